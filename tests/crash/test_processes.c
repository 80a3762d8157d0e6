/* One file among several backends and processes: growing at once, killed in the middle of a write or a read, forked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/ledger.h"
#include "crash/shelf.h"
#include "support/scratch.h"
#include "support/stores.h"

enum { GROWERS = 3, BODY = 6000, SMALL_MAP = 1 << 20 };

/* What processes tell each other, in shared memory. */
typedef struct board {
    char path[PATH_MAX];
    size_t items; /* of each grower */
    _Atomic size_t ready, written[GROWERS];
    size_t grower;
    ledger_lane lane;
    ledger_call call;
    _Atomic int calling; /* 0: no call, 1: it runs, 2: it was acknowledged */
    _Atomic size_t calls;
    _Atomic int pinned;
    bloop_backend *inherited;
} board;

static board *new_board(const scratch *s, const char *name);
static void free_board(board *b);
static void grow(void *context);
static void check_others(bloop_backend *backend, const board *b, trial_random *random);
static void pin(void *context);
static bloop_status wait_for_ever(void *context, bloop_item item);
static void overwrite(bloop_backend *backend, size_t rounds);
static off_t size_of(const char *path);
static void use_inherited(void *context);
static void write_calls(void *context);
static void read_only_reader(void *context);

static void test_two_backends_share_a_file(void **state)
{
    char path[PATH_MAX];
    (void)state;
    scratch s = scratch_new();
    const bloop_store_options options = { .path = scratch_path(&s, "store", path) };
    bloop_backend *one = stores_open(&options), *other = stores_open(&options);
    shelf_create(one);
    bool found = false;
    for (size_t id = 0; id < 20; id++) {
        stores_ok(shelf_put(id % 2 ? one : other, id, id * 100));
        stores_ok(shelf_find(id % 2 ? other : one, id, &found, NULL));
        assert_true(found);
    }
    assert_null(bloop_store_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER }));
    assert_int_equal(bloop_last_error()->status, BLOOP_BUSY);
    assert_null(bloop_store_open(&(bloop_store_options){ .path = path, .read_only = true }));
    assert_int_equal(bloop_last_error()->status, BLOOP_BUSY);
    bloop_backend_close(one);
    stores_ok(shelf_put(other, 20, 1));
    shelf_check_count(other, 21);
    bloop_backend_close(other);
    assert_int_equal(stores_check(path).items, 21);
    scratch_remove(&s);
}

/* Each starts with a map that holds a small part of what all write, and reads what the others have written. */
static void test_processes_grow_a_file_at_once(void **state)
{
    (void)state;
    scratch s = scratch_new();
    board *b = new_board(&s, "store");
    b->items = trial_count("BLOOP_GROW_ITEMS", (trial_counts){ 250, 1000, 10000 });
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = b->path });
    shelf_create(backend);
    bloop_backend_close(backend);
    pid_t children[GROWERS];
    for (size_t i = 0; i < GROWERS; i++) {
        b->grower = i;
        children[i] = trial_fork(grow, b);
        while (atomic_load(&b->ready) == i)
            trial_wait(200);
    }
    for (size_t i = 0; i < GROWERS; i++)
        trial_join(children[i]);
    assert_true(size_of(b->path) > 2 * SMALL_MAP);
    backend = stores_open(&(bloop_store_options){ .path = b->path, .map_bytes = SMALL_MAP });
    for (size_t id = 0; id < GROWERS * b->items; id++) {
        bool found = false;
        stores_ok(shelf_find(backend, id, &found, NULL));
        assert_true(found);
    }
    shelf_check_count(backend, GROWERS * b->items);
    bloop_backend_close(backend);
    (void)stores_check(b->path);
    free_board(b);
    scratch_remove(&s);
}

/* A reader pins what it reads: the file grows. When it is dead, the file soon stops growing. */
static void test_killed_reader_lets_go(void **state)
{
    (void)state;
    scratch s = scratch_new();
    board *b = new_board(&s, "store");
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = b->path, .durability = BLOOP_DURABLE_LATER });
    shelf_create(backend);
    overwrite(backend, 40);
    off_t settled = size_of(b->path);
    overwrite(backend, 40);
    assert_int_equal(size_of(b->path), settled);
    pid_t reader = trial_fork(pin, b);
    while (!atomic_load(&b->pinned))
        trial_wait(200);
    overwrite(backend, 100);
    off_t pinned = size_of(b->path);
    assert_true(pinned > settled + 100 * BODY);
    trial_kill(reader);
    overwrite(backend, 1500);
    off_t after = size_of(b->path);
    overwrite(backend, 1500);
    (void)printf("%jd bytes, %jd with a reader, %jd and %jd after its death\n", (intmax_t)settled, (intmax_t)pinned,
                 (intmax_t)after, (intmax_t)size_of(b->path));
    assert_int_equal(size_of(b->path), after);
    assert_true(after < pinned + 1000 * BODY);
    bloop_backend_close(backend);
    (void)stores_check(b->path);
    free_board(b);
    scratch_remove(&s);
}

static void test_forked_child_is_told(void **state)
{
    (void)state;
    scratch s = scratch_new();
    board *b = new_board(&s, "store");
    b->inherited = stores_open(&(bloop_store_options){ .path = b->path });
    shelf_create(b->inherited);
    stores_ok(shelf_put(b->inherited, 1, 10));
    pid_t child = trial_fork(use_inherited, b);
    for (size_t id = 100; id < 120; id++)
        stores_ok(shelf_put(b->inherited, id, 500));
    trial_join(child);
    bool found = false;
    stores_ok(shelf_find(b->inherited, 2, &found, NULL));
    assert_true(found);
    shelf_check_count(b->inherited, 22);
    bloop_backend_close(b->inherited);
    (void)stores_check(b->path);
    free_board(b);
    scratch_remove(&s);
}

/* A writer dies with the file's one writer's turn, while another process has the file open: that goes on. */
static void test_killed_writer_gives_its_turn_back(void **state)
{
    (void)state;
    scratch s = scratch_new();
    board *b = new_board(&s, "store");
    trial_random random = trial_stream(20);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = b->path, .durability = BLOOP_DURABLE_LATER });
    ledger_create(backend);
    shelf_create(backend);
    size_t kills = trial_count("BLOOP_WRITER_KILLS", (trial_counts){ 20, 100, 1000 });
    for (size_t i = 0; i < kills; i++) {
        char what[256] = "";
        size_t before = atomic_load(&b->calls);
        b->grower = i;
        pid_t child = trial_fork(write_calls, b);
        while (atomic_load(&b->calls) < before + 3)
            stores_ok(shelf_put(backend, i % 10, trial_below(&random, 3000)));
        trial_wait((unsigned)trial_below(&random, 4000));
        trial_kill(child);
        /* Who dies between its commit and saying so to LMDB's readers is found out by the next writer: until then its
           write, which nobody was told of, is not seen. */
        stores_ok(shelf_put(backend, 10, i % 100));
        int calling = atomic_exchange(&b->calling, 0);
        if (calling == 2)
            ledger_apply(&b->lane, &b->call);
        size_t wrong = ledger_compare(backend, 0, &b->lane, calling == 1 ? &b->call : NULL, what, sizeof what);
        trial_check(wrong == 0, "after kill %zu: %s", i, what);
        ledger_check_counts(backend, &b->lane, 1);
    }
    bloop_backend_close(backend);
    (void)stores_check(b->path);
    free_board(b);
    scratch_remove(&s);
}

static void test_reader_process_follows_a_growing_file(void **state)
{
    (void)state;
    scratch s = scratch_new();
    board *b = new_board(&s, "store");
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = b->path, .durability = BLOOP_DURABLE_LATER });
    shelf_create(backend);
    stores_ok(shelf_put(backend, 0, BODY));
    atomic_store(&b->written[0], 1);
    pid_t child = trial_fork(read_only_reader, b);
    while (!atomic_load(&b->ready))
        trial_wait(200);
    for (size_t id = 1; id < 1000; id++) {
        stores_ok(shelf_put(backend, id, BODY));
        atomic_store(&b->written[0], id + 1);
    }
    trial_join(child);
    bloop_backend_close(backend);
    free_board(b);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_backends_share_a_file),
        cmocka_unit_test(test_processes_grow_a_file_at_once),
        cmocka_unit_test(test_killed_reader_lets_go),
        cmocka_unit_test(test_forked_child_is_told),
        cmocka_unit_test(test_killed_writer_gives_its_turn_back),
        cmocka_unit_test(test_reader_process_follows_a_growing_file),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("crash/processes", tests, NULL, NULL);
}

static board *new_board(const scratch *s, const char *name)
{
    board *b = trial_shared(sizeof *b);
    (void)scratch_path(s, name, b->path);
    return b;
}

static void free_board(board *b)
{
    trial_shared_free(b, sizeof *b);
}

static void grow(void *context)
{
    board *b = context;
    size_t me = b->grower;
    trial_random random = trial_stream(10 + me);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = b->path, .map_bytes = SMALL_MAP });
    atomic_fetch_add(&b->ready, 1);
    while (atomic_load(&b->ready) < GROWERS)
        trial_wait(200);
    for (size_t i = 0; i < b->items; i++) {
        stores_ok(shelf_put(backend, me * b->items + i, BODY + trial_below(&random, 2000)));
        atomic_store(&b->written[me], i + 1);
        check_others(backend, b, &random);
    }
    bloop_backend_close(backend);
}

/* What another process was told is written is there for this one at once. */
static void check_others(bloop_backend *backend, const board *b, trial_random *random)
{
    bool found = false;
    size_t other = trial_below(random, GROWERS), written = atomic_load(&b->written[other]);
    if (written == 0)
        return;
    size_t id = other * b->items + (trial_chance(random, 50) ? written - 1 : trial_below(random, written));
    stores_ok(shelf_find(backend, id, &found, NULL));
    trial_check(found, "item %zu of another process is not there", id);
}

static void pin(void *context)
{
    board *b = context;
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = b->path, .durability = BLOOP_DURABLE_LATER });
    (void)shelf_receive(backend, 3, wait_for_ever, b);
}

static bloop_status wait_for_ever(void *context, bloop_item item)
{
    (void)item;
    atomic_store(&((board *)context)->pinned, 1);
    for (;;)
        (void)pause();
    return BLOOP_OK;
}

static void overwrite(bloop_backend *backend, size_t rounds)
{
    for (size_t i = 0; i < rounds; i++)
        stores_ok(shelf_put(backend, i % 8, BODY + i / 8 % 2));
}

static off_t size_of(const char *path)
{
    struct stat file;
    trial_check(stat(path, &file) == 0, "%s is gone", path);
    return file.st_size;
}

/* Every call answers that it is the parent's; the child may open the file itself, and close what it inherited. */
static void use_inherited(void *context)
{
    board *b = context;
    bool found = false;
    bloop_table_result about = { 0 };
    stores_fails(shelf_find(b->inherited, 1, &found, NULL), BLOOP_FORKED);
    stores_fails(shelf_put(b->inherited, 2, 20), BLOOP_FORKED);
    stores_fails(bloop_describe_table(b->inherited, SHELF, &about), BLOOP_FORKED);
    stores_fails(bloop_delete_table(b->inherited, SHELF, NULL), BLOOP_FORKED);
    bloop_backend *own = stores_open(&(bloop_store_options){ .path = b->path });
    stores_ok(shelf_put(own, 2, 20));
    stores_ok(shelf_find(own, 1, &found, NULL));
    trial_check(found, "the child does not see the item");
    bloop_backend_close(b->inherited);
    stores_ok(shelf_find(own, 2, &found, NULL));
    trial_check(found, "the child does not see its own item");
    bloop_backend_close(own);
}

static void write_calls(void *context)
{
    board *b = context;
    trial_random random = trial_stream(1000 + b->grower);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = b->path, .durability = BLOOP_DURABLE_LATER });
    for (;;) {
        bloop_status statuses[LEDGER_GROUP];
        b->call = ledger_plan(&b->lane, &random);
        atomic_store(&b->calling, 1);
        stores_ok(ledger_run(backend, 0, &b->call, statuses));
        atomic_store(&b->calling, 2);
        ledger_apply(&b->lane, &b->call);
        atomic_store(&b->calling, 0);
        atomic_fetch_add(&b->calls, 1);
    }
}

static void read_only_reader(void *context)
{
    board *b = context;
    trial_random random = trial_stream(30);
    bloop_backend *backend =
        stores_open(&(bloop_store_options){ .path = b->path, .read_only = true, .map_bytes = SMALL_MAP });
    atomic_store(&b->ready, 1);
    for (size_t written = 0; written < 1000;) {
        bool found = false;
        written = atomic_load(&b->written[0]);
        stores_ok(
            shelf_find(backend, trial_chance(&random, 50) ? written - 1 : trial_below(&random, written), &found, NULL));
        trial_check(found, "an item is not there for a reader");
    }
    stores_fails(shelf_put(backend, 0, 1), BLOOP_READ_ONLY);
    bloop_backend_close(backend);
}
