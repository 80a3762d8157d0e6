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

#include "crash/shelf.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

enum { THREADS = 6, ITEMS = 4096, BODY = 1800, READERS = 400 };

/* Which items are there: written by one thread each. */
typedef struct filling {
    bloop_backend *backend;
    bool there[ITEMS];
    bool unsure[ITEMS]; /* the write was said to have an unknown outcome */
    _Atomic size_t next;
    _Atomic size_t refused, odd;
    bloop_status odd_status;
} filling;

static filling *new_filling(void);
static void fill(filling *s);
static void *fill_from_thread(void *context);
static void check_all(bloop_backend *backend, filling *s);
static void empty(bloop_backend *backend, filling *s);
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
    filling *s = new_filling();
    bloop_backend *backend = s->backend = stores_open(&options);
    shelf_create(backend);
    limit_files(2 << 20);
    fill(s);
    check_all(backend, s);
    bloop_backend_close(backend);
    (void)stores_check(path);
    backend = s->backend = stores_open(&options);
    check_all(backend, s);
    /* There may be room for a delete, as pages are free; when there is none, it says so. */
    bloop_status status = shelf_remove(backend, 0);
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
    filling *s = new_filling();
    char *bytes = calloc(1, 1 << 20);
    scratch_write(scratch_path(context, "ballast", ballast), bytes, 1 << 20);
    bloop_backend *backend = s->backend = stores_open(&options);
    shelf_create(backend);
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
    filling *s = new_filling();
    bloop_backend *backend = s->backend = stores_open(&(bloop_store_options){ .path = NULL });
    shelf_create(backend);
    fill(s);
    check_all(backend, s);
    read_at_once(backend);
    check_all(backend, s);
    bloop_backend_close(backend);
    trial_check(scratch_count(folder, "") == 0, "files are left of a store in memory");
    free(s);
}

static filling *new_filling(void)
{
    filling *s = calloc(1, sizeof *s);
    trial_check(s, "out of memory");
    return s;
}

/* Many threads write until the disk is full for all of them. */
static void fill(filling *s)
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
    filling *s = context;
    for (int refused = 0; refused < 10;) {
        size_t id = s->next++;
        if (id >= ITEMS)
            break;
        bloop_status status = shelf_put(s->backend, id, BODY);
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

static void check_all(bloop_backend *backend, filling *s)
{
    uint64_t count = 0;
    for (size_t id = 0; id < ITEMS; id++) {
        bool found = false;
        stores_ok(shelf_find(backend, id, &found, NULL));
        trial_check(found == s->there[id] || s->unsure[id], "item %zu is %s", id,
                    found ? "there though its write was refused" : "lost");
        s->there[id] = found;
        count += found;
    }
    shelf_check_count(backend, count);
}

/* There is space again: rewrites, deletes and new items. */
static void empty(bloop_backend *backend, filling *s)
{
    for (size_t id = 0; id < ITEMS; id += 3) {
        if (s->there[id])
            stores_ok(shelf_put(backend, id, BODY / 2));
        else if (id % 2 == 0 && id < ITEMS / 8)
            stores_ok(shelf_put(backend, id, BODY));
        s->there[id] = s->there[id] || (id % 2 == 0 && id < ITEMS / 8);
        s->unsure[id] = false;
    }
    check_all(backend, s);
    for (size_t id = 0; id < ITEMS; id++) {
        if (s->there[id])
            stores_ok(shelf_remove(backend, id));
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
    stores_ok(shelf_receive(c->backend, 1, wait_for_all, &c->all_inside));
    return NULL;
}
