/* Group commit with failures in the middle of groups and at commits: every call learns what became of its write.

   LMDB's functions are put in place of by this program's own, which pass on what they are not told to fail. */
#include "store_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <cmocka.h>

#include <bloop/sys/check.h>

#include "support/trial.h"

enum { THREADS = 16, WRITES = 60 };

static atomic_uint puts_seen, commits_seen;
static atomic_uint fail_put_every, fail_commit_every; /* 0: never */
static atomic_int put_error, commit_error;
static atomic_bool poison; /* puts of large values fail */

typedef int (*put_function)(MDB_txn *, MDB_dbi, MDB_val *, MDB_val *, unsigned);
typedef int (*commit_function)(MDB_txn *);

static void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    trial_check(found, "%s", name);
    return found;
}

int mdb_txn_commit(MDB_txn *txn)
{
    commit_function commit;
    *(void **)&commit = real("mdb_txn_commit");
    unsigned every = atomic_load(&fail_commit_every);
    if (!every || ++commits_seen % every)
        return commit(txn);
    mdb_txn_abort(txn);
    return atomic_load(&commit_error);
}

int mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *value, unsigned flags)
{
    put_function put;
    *(void **)&put = real("mdb_put");
    unsigned every = atomic_load(&fail_put_every);
    if (every && ++puts_seen % every == 0)
        return atomic_load(&put_error);
    int code = put(txn, dbi, key, value, flags);
    if (code == 0 && atomic_load(&poison) && value->mv_size > 4000)
        return ENOSPC;
    return code;
}

/* A map that starts small, so that it can be made larger many times. */
static bloop_backend *open_small(const env_folder *folder)
{
    return bloop_store_open(
        &(bloop_store_options){ .path = folder->path, .durability = BLOOP_DURABLE_LATER, .map_bytes = 1 << 20 });
}

static void calm(void)
{
    atomic_store(&fail_put_every, 0);
    atomic_store(&fail_commit_every, 0);
    atomic_store(&poison, false);
}

typedef struct worker {
    bloop_backend *backend;
    unsigned number;
    unsigned done, failed, unknown;
} worker;

/* Adds to an item of its own and to one that all share, by turns. */
static void *work(void *context)
{
    worker *w = context;
    char own[32];
    (void)snprintf(own, sizeof own, "own-%u", w->number);
    for (int i = 0; i < WRITES; i++) {
        bloop_status status = store_add(w->backend, i % 2 ? "shared" : own, 1);
        if (status == BLOOP_OK)
            w->done++;
        else if (status == BLOOP_UNKNOWN_OUTCOME)
            w->unknown++;
        else
            w->failed++;
        trial_check(status == BLOOP_OK || *bloop_last_error()->message, "no message");
    }
    return NULL;
}

static int64_t sum_of(bloop_backend *backend)
{
    int64_t sum = store_n(backend, "shared");
    if (sum < 0)
        sum = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        char own[32];
        (void)snprintf(own, sizeof own, "own-%u", i);
        int64_t n = store_n(backend, own);
        assert_true(n >= -1);
        sum += n > 0 ? n : 0;
    }
    return sum;
}

/* Sixteen threads; what they were told has been done is there, once, and nothing else is. */
static void run_workers(const env_folder *folder, unsigned *done, unsigned *failed, unsigned *unknown)
{
    pthread_t threads[THREADS];
    worker workers[THREADS] = { 0 };
    bloop_backend *backend = open_small(folder);
    assert_non_null(backend);
    assert_int_equal(sum_of(backend), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        workers[i] = (worker){ .backend = backend, .number = i };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    *done = *failed = *unknown = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        *done += workers[i].done;
        *failed += workers[i].failed;
        *unknown += workers[i].unknown;
    }
    calm();
    assert_int_equal(*done + *failed + *unknown, THREADS * WRITES);
    assert_int_equal(sum_of(backend), *done);
    bloop_backend_close(backend);
    bloop_check_counts counts;
    assert_ok(bloop_check_file(folder->path, NULL, NULL, &counts));
}

static void make_things(const env_folder *folder)
{
    calm();
    bloop_backend *backend = open_small(folder);
    assert_non_null(backend);
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    bloop_backend_close(backend);
}

static void counts_every_write(void **state)
{
    unsigned done, failed, unknown;
    make_things(*state);
    run_workers(*state, &done, &failed, &unknown);
    assert_int_equal(done, THREADS * WRITES);
}

/* A put that fails once spoils its group; run one by one, most go through. */
static void survives_failing_puts(void **state)
{
    unsigned done, failed, unknown;
    make_things(*state);
    atomic_store(&put_error, ENOMEM);
    atomic_store(&fail_put_every, 41);
    run_workers(*state, &done, &failed, &unknown);
    assert_true(puts_seen > 41);
    assert_true(done > THREADS * WRITES / 2);
    assert_true(failed > 0);
    assert_int_equal(unknown, 0);
}

/* A commit whose sync fails is an unknown outcome for all who were in it. (Here it is known not to have happened.) */
static void tells_unknown_outcomes(void **state)
{
    unsigned done, failed, unknown;
    make_things(*state);
    atomic_store(&commit_error, EIO);
    atomic_store(&fail_commit_every, 7);
    run_workers(*state, &done, &failed, &unknown);
    assert_true(unknown > 0);
    assert_true(done > 0);
    assert_int_equal(failed, 0);
}

/* A full map is made larger, and nobody notices. */
static void grows_in_the_middle(void **state)
{
    unsigned done, failed, unknown;
    make_things(*state);
    atomic_store(&put_error, MDB_MAP_FULL);
    atomic_store(&fail_put_every, 397);
    run_workers(*state, &done, &failed, &unknown);
    assert_int_equal(done, THREADS * WRITES);
}

/* Of many writes in one transaction only the culprit fails, always. */
static void fails_the_culprit_alone(void **state)
{
    const env_folder *folder = *state;
    enum { COUNT = 20, CULPRIT = 13 };
    static char large[8000];
    bloop_builder *builders[COUNT];
    bloop_write_request requests[COUNT];
    bloop_write_result results[COUNT];
    make_things(folder);
    bloop_backend *backend = open_small(folder);
    memset(large, 'x', sizeof large - 1);
    for (int i = 0; i < COUNT; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%d", i);
        builders[i] = bloop_builder_new();
        requests[i] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                             .table = "things",
                                             .item = store_item(builders[i], id, i, "g") };
    }
    bloop_builder *big = bloop_builder_new();
    bloop_build_begin(big, BLOOP_TAG_M);
    bloop_put_string(big, "id", "13");
    bloop_put_string(big, "large", large);
    bloop_build_end(big);
    assert_ok(bloop_builder_value(big, &requests[CULPRIT].item));
    atomic_store(&poison, true);
    assert_int_equal(bloop_write_items(backend, requests, COUNT, 0, results), BLOOP_DISK_FULL);
    calm();
    for (int i = 0; i < COUNT; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%d", i);
        assert_int_equal(results[i].status, i == CULPRIT ? BLOOP_DISK_FULL : BLOOP_OK);
        assert_int_equal(!results[i].message, i != CULPRIT);
        assert_int_equal(store_n(backend, id), i == CULPRIT ? -1 : i);
        bloop_result_free(&results[i].memory);
        bloop_builder_free(builders[i]);
    }
    bloop_builder_free(big);
    bloop_backend_close(backend);
    bloop_check_counts counts;
    assert_ok(bloop_check_file(folder->path, NULL, NULL, &counts));
    assert_int_equal(counts.items, COUNT - 1);
}

/* The leader's last error tells nothing of what it did for others. */
static void keeps_the_last_error(void **state)
{
    make_things(*state);
    bloop_backend *backend = open_small(*state);
    assert_fails(bloop_delete_table(backend, "absent", NULL), BLOOP_TABLE_NOT_FOUND, "absent");
    atomic_store(&put_error, MDB_MAP_FULL);
    atomic_store(&puts_seen, 4);
    atomic_store(&fail_put_every, 7);
    assert_ok(store_put(backend, "a", 1, "g"));
    calm();
    assert_true(puts_seen > 7);
    assert_int_equal(bloop_last_error()->status, BLOOP_TABLE_NOT_FOUND);
    assert_non_null(strstr(bloop_last_error()->message, "absent"));
    bloop_backend_close(backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counts_every_write, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(survives_failing_puts, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(tells_unknown_outcomes, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(grows_in_the_middle, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(fails_the_culprit_alone, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(keeps_the_last_error, env_folder_make, env_folder_remove),
    };
    return cmocka_run_group_tests_name("store/commit", tests, NULL, NULL);
}
