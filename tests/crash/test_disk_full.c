/* No space left: by a limit of the file's size, and on a small file system. A clear status, reads go on, nothing that was
   acknowledged is lost, the store opens, and goes on once there is space. */
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/ledger.h"
#include "support/scratch.h"
#include "support/stores.h"

enum { THREADS = 6, ITEMS = 4096, BODY = 1800, READERS = 400 };

/* Which items are there: written by one thread each. */
typedef struct shelf {
    bloop_backend *backend;
    bool there[ITEMS];
    bool unsure[ITEMS]; /* the write was said to have an unknown outcome */
    _Atomic size_t next;
    _Atomic size_t refused, odd;
    bloop_status odd_status;
} shelf;

static shelf *new_shelf(void);
static void create_table(bloop_backend *backend);
static void fill(shelf *s);
static void *fill_from_thread(void *context);
static bloop_status put(bloop_backend *backend, size_t id, size_t body);
static bloop_status remove_item(bloop_backend *backend, size_t id);
static bloop_status find(bloop_backend *backend, size_t id, bool *found);
static void check_all(bloop_backend *backend, shelf *s);
static void empty(bloop_backend *backend, shelf *s);
static void limit_files(rlim_t bytes);
static void fill_to_the_limit(void *context);
static void fill_file_system(void *context);
static void fill_memory(void *context);
static void read_at_once(bloop_backend *backend);
static void *read_and_wait(void *context);
static bool mount_small(const char *folder);

static void test_limit_of_file_size(void **state)
{
    (void)state;
    scratch s = scratch_new();
    trial_join(trial_fork(fill_to_the_limit, &s));
    scratch_remove(&s);
}

static void test_small_file_system(void **state)
{
    (void)state;
    scratch s = scratch_new();
    trial_join(trial_fork(fill_file_system, &s));
    scratch_remove(&s);
}

static void test_memory_on_a_small_file_system(void **state)
{
    (void)state;
    scratch s = scratch_new();
    trial_join(trial_fork(fill_memory, &s));
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limit_of_file_size),
        cmocka_unit_test(test_small_file_system),
        cmocka_unit_test(test_memory_on_a_small_file_system),
    };
    (void)trial_seed();
    (void)signal(SIGXFSZ, SIG_IGN);
    return cmocka_run_group_tests_name("crash/disk_full", tests, NULL, NULL);
}

static void fill_to_the_limit(void *context)
{
    char path[PATH_MAX];
    const bloop_store_options options = { .path = scratch_path(context, "store", path) };
    shelf *s = new_shelf();
    bloop_backend *backend = s->backend = stores_open(&options);
    create_table(backend);
    limit_files(2 << 20);
    fill(s);
    check_all(backend, s);
    bloop_backend_close(backend);
    (void)stores_check(path);
    backend = s->backend = stores_open(&options);
    check_all(backend, s);
    /* There may be room for a delete, as pages are free; when there is none, it says so. */
    bloop_status status = remove_item(backend, 0);
    trial_check(status == BLOOP_OK || status == BLOOP_DISK_FULL, "a delete gave %s", bloop_status_name(status));
    s->there[0] = s->there[0] && status != BLOOP_OK;
    check_all(backend, s);
    limit_files(RLIM_INFINITY);
    empty(backend, s);
    bloop_backend_close(backend);
    (void)stores_check(path);
    free(s);
}

static void fill_file_system(void *context)
{
    char path[PATH_MAX], ballast[PATH_MAX];
    const bloop_store_options options = { .path = scratch_path(context, "store", path) };
    if (!mount_small(((const scratch *)context)->folder)) {
        (void)printf("skipped: no file system may be mounted here\n");
        (void)fflush(stdout);
        return;
    }
    shelf *s = new_shelf();
    char *bytes = calloc(1, 1 << 20);
    scratch_write(scratch_path(context, "ballast", ballast), bytes, 1 << 20);
    bloop_backend *backend = s->backend = stores_open(&options);
    create_table(backend);
    fill(s);
    check_all(backend, s);
    read_at_once(backend);
    bloop_backend_close(backend);
    (void)stores_check(path);
    backend = s->backend = stores_open(&options);
    check_all(backend, s);
    read_at_once(backend);
    (void)unlink(ballast);
    empty(backend, s);
    bloop_backend_close(backend);
    (void)stores_check(path);
    free(bytes);
    free(s);
}

static void fill_memory(void *context)
{
    const char *folder = ((const scratch *)context)->folder;
    if (!mount_small(folder)) {
        (void)printf("skipped: no file system may be mounted here\n");
        (void)fflush(stdout);
        return;
    }
    (void)setenv("TMPDIR", folder, 1);
    shelf *s = new_shelf();
    bloop_backend *backend = s->backend = stores_open(&(bloop_store_options){ .path = NULL });
    create_table(backend);
    fill(s);
    check_all(backend, s);
    read_at_once(backend);
    check_all(backend, s);
    bloop_backend_close(backend);
    trial_check(scratch_count(folder, "") == 0, "files are left of a store in memory");
    free(s);
}

static shelf *new_shelf(void)
{
    shelf *s = calloc(1, sizeof *s);
    trial_check(s, "out of memory");
    return s;
}

static void create_table(bloop_backend *backend)
{
    static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_N }, { "tenth", BLOOP_TAG_N } };
    static const bloop_index_definition index = {
        .name = "by_tenth", .hash_key = "tenth", .range_key = "id", .projection = BLOOP_PROJECT_KEYS_ONLY
    };
    stores_ok(bloop_create_table(backend,
                                 &(bloop_table_definition){ .name = "shelf",
                                                            .hash_key = "id",
                                                            .attributes = attributes,
                                                            .attribute_count = 2,
                                                            .global_indexes = &index,
                                                            .global_index_count = 1,
                                                            .billing = BLOOP_BILLING_PAY_PER_REQUEST },
                                 NULL));
}

/* Many threads write until the disk is full for all of them. */
static void fill(shelf *s)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        trial_check(pthread_create(&threads[i], NULL, fill_from_thread, s) == 0, "no thread");
    for (size_t i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
    trial_check(s->odd == 0, "%zu writes gave another status than that the disk is full, the last %s", (size_t)s->odd,
                bloop_status_name(s->odd_status));
    trial_check(s->refused >= THREADS, "the disk did not become full");
}

static void *fill_from_thread(void *context)
{
    shelf *s = context;
    for (int refused = 0; refused < 10;) {
        size_t id = s->next++;
        if (id >= ITEMS)
            break;
        bloop_status status = put(s->backend, id, BODY);
        s->there[id] = status == BLOOP_OK;
        if (status == BLOOP_OK)
            continue;
        refused++;
        s->refused++;
        s->unsure[id] = status == BLOOP_UNKNOWN_OUTCOME;
        if (status != BLOOP_DISK_FULL) {
            s->odd++;
            s->odd_status = status;
        }
    }
    return NULL;
}

static bloop_item build(bloop_builder *builder, size_t id, size_t body)
{
    static const uint8_t bytes[BODY];
    bloop_item item;
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_int64(builder, "id", (int64_t)id);
    if (body) {
        bloop_put_int64(builder, "tenth", (int64_t)(id / 10));
        bloop_build_name(builder, "body", 4);
        bloop_build_binary(builder, bytes, body);
    }
    bloop_build_end(builder);
    stores_ok(bloop_builder_value(builder, &item));
    return item;
}

static bloop_status write_one(bloop_backend *backend, bloop_write_kind kind, size_t id, size_t body)
{
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    bloop_status status = bloop_write_item(
        backend, &(bloop_write_request){ .kind = kind, .table = "shelf", .item = build(builder, id, body) }, NULL);
    bloop_builder_free(builder);
    return status;
}

static bloop_status put(bloop_backend *backend, size_t id, size_t body)
{
    return write_one(backend, BLOOP_WRITE_PUT, id, body);
}

static bloop_status remove_item(bloop_backend *backend, size_t id)
{
    return write_one(backend, BLOOP_WRITE_DELETE, id, 0);
}

static bloop_status find(bloop_backend *backend, size_t id, bool *found)
{
    bloop_get_result got = { 0 };
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    bloop_status status =
        bloop_get_item(backend, &(bloop_get_request){ .table = "shelf", .key = build(builder, id, 0) }, &got);
    *found = got.found;
    bloop_result_free(&got.memory);
    bloop_builder_free(builder);
    return status;
}

static void check_all(bloop_backend *backend, shelf *s)
{
    uint64_t count = 0;
    for (size_t id = 0; id < ITEMS; id++) {
        bool found = false;
        stores_ok(find(backend, id, &found));
        trial_check(found == s->there[id] || s->unsure[id], "item %zu is %s", id,
                    found ? "there though its write was refused" : "lost");
        s->there[id] = found;
        count += found;
    }
    bloop_table_result about = { 0 };
    stores_ok(bloop_describe_table(backend, "shelf", &about));
    trial_check(about.table.item_count == count && about.table.global_states[0].item_count == count,
                "the table counts %ju items, and %ju entries, of %ju", (uintmax_t)about.table.item_count,
                (uintmax_t)about.table.global_states[0].item_count, (uintmax_t)count);
    bloop_result_free(&about.memory);
}

/* There is space again: rewrites, deletes and new items. */
static void empty(bloop_backend *backend, shelf *s)
{
    for (size_t id = 0; id < ITEMS; id += 3) {
        if (s->there[id])
            stores_ok(put(backend, id, BODY / 2));
        else if (id % 2 == 0 && id < ITEMS / 8)
            stores_ok(put(backend, id, BODY));
        s->there[id] = s->there[id] || (id % 2 == 0 && id < ITEMS / 8);
        s->unsure[id] = false;
    }
    check_all(backend, s);
    for (size_t id = 0; id < ITEMS; id++) {
        if (s->there[id])
            stores_ok(remove_item(backend, id));
        s->there[id] = false;
    }
    check_all(backend, s);
}

/* Only the soft limit, which can be raised again. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    trial_check(getrlimit(RLIMIT_FSIZE, &limit) == 0, "no limit");
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    trial_check(setrlimit(RLIMIT_FSIZE, &limit) == 0, "no limit");
}

/* In a mount namespace of this process's own, so that nobody else sees it and nothing is left. */
static bool mount_small(const char *folder)
{
    if (unshare(geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0)
        return false;
    (void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
    return mount("tmpfs", folder, "tmpfs", 0, "size=4m") == 0;
}

/* So many readers at one moment that their places in the lock file are on pages that nobody has used before. */
typedef struct crowd {
    bloop_backend *backend;
    pthread_barrier_t all_inside;
} crowd;

static void read_at_once(bloop_backend *backend)
{
    static pthread_t threads[READERS];
    pthread_attr_t attributes;
    crowd c = { .backend = backend };
    (void)pthread_barrier_init(&c.all_inside, NULL, READERS);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, 256 << 10);
    for (size_t i = 0; i < READERS; i++)
        trial_check(pthread_create(&threads[i], &attributes, read_and_wait, &c) == 0, "no thread");
    for (size_t i = 0; i < READERS; i++)
        (void)pthread_join(threads[i], NULL);
    (void)pthread_attr_destroy(&attributes);
    (void)pthread_barrier_destroy(&c.all_inside);
}

static bloop_status wait_for_all(void *context, bloop_item item)
{
    (void)item;
    (void)pthread_barrier_wait(context);
    return BLOOP_OK;
}

static void *read_and_wait(void *context)
{
    crowd *c = context;
    bloop_get_result got = { 0 };
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    stores_ok(bloop_get_item(
        c->backend,
        &(bloop_get_request){
            .table = "shelf", .key = build(builder, 1, 0), .receive = wait_for_all, .context = &c->all_inside },
        &got));
    trial_check(got.found, "item 1 is not there");
    bloop_builder_free(builder);
    return NULL;
}
