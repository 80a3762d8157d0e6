/* A store in memory leaves no file behind: not at its close, not at the end of a process that forgets it, not after
   SIGKILL. It is private, and its folder is taken from TMPDIR. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/shelf.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

static _Atomic size_t *items; /* shared with children */

static size_t count_files(void);
static void forget(void *context);
static void write_until_killed(void *context);

static void test_nothing_is_left_while_it_is_open(void **state)
{
    (void)state;
    size_t before = count_files();
    bloop_backend *one = stores_open(&(bloop_store_options){ .path = NULL });
    bloop_backend *other = stores_open(&(bloop_store_options){ .path = NULL });
    assert_int_equal(count_files(), before);
    shelf_create(one);
    shelf_create(other);
    stores_ok(shelf_put(one, 1, 3000));
    bool found = true;
    stores_ok(shelf_find(other, 1, &found, NULL));
    assert_false(found);
    assert_int_equal(count_files(), before);
    bloop_backend_close(one);
    bloop_backend_close(other);
    assert_int_equal(count_files(), before);
}

static void test_nothing_is_left_by_a_process_that_ends(void **state)
{
    (void)state;
    size_t before = count_files();
    trial_join(trial_fork(forget, NULL));
    assert_int_equal(count_files(), before);
}

static void test_nothing_is_left_by_a_killed_process(void **state)
{
    (void)state;
    size_t before = count_files();
    trial_random random = trial_stream(50);
    for (int i = 0; i < 20; i++) {
        atomic_store(items, 0);
        pid_t child = trial_fork(write_until_killed, NULL);
        while (atomic_load(items) < 2)
            trial_wait(100);
        trial_wait((unsigned)trial_below(&random, 5000));
        trial_kill(child);
        assert_int_equal(count_files(), before);
    }
}

static void test_folder_that_is_not_there(void **state)
{
    char folder[PATH_MAX];
    (void)state;
    (void)snprintf(folder, sizeof folder, "%s", getenv("TMPDIR"));
    (void)setenv("TMPDIR", "/no/such/folder", 1);
    assert_null(bloop_store_open(&(bloop_store_options){ .path = NULL }));
    assert_int_equal(bloop_last_error()->status, BLOOP_NOT_FOUND);
    (void)setenv("TMPDIR", folder, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_left_while_it_is_open),
        cmocka_unit_test(test_nothing_is_left_by_a_process_that_ends),
        cmocka_unit_test(test_nothing_is_left_by_a_killed_process),
        cmocka_unit_test(test_folder_that_is_not_there),
    };
    scratch s = scratch_new();
    items = trial_shared(sizeof *items);
    (void)setenv("TMPDIR", s.folder, 1);
    int failed = cmocka_run_group_tests_name("crash/memory_files", tests, NULL, NULL);
    trial_shared_free(items, sizeof *items);
    scratch_remove(&s);
    return failed;
}

static size_t count_files(void)
{
    return scratch_count(getenv("TMPDIR"), "");
}

static void forget(void *context)
{
    (void)context;
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = NULL });
    shelf_create(backend);
    stores_ok(shelf_put(backend, 1, 3000));
}

static void write_until_killed(void *context)
{
    (void)context;
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = NULL });
    shelf_create(backend);
    for (size_t id = 0;; id++) {
        stores_ok(shelf_put(backend, id, 3000));
        atomic_store(items, id);
    }
}
