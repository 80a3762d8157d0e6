/* Which writes share a commit. A commit lets the clock jump ahead of the system's by far more than any wait is long: a wait
   that begins after it ends by who comes, never by itself. So who is waited for follows from the numbers of commits, and not
   from time. */
#include "store_fixture.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <time.h>

#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store_private.h"
#include "support/trial.h"

enum { MOST = 6, WRITES = 10, JUMP_SECONDS = 1000 };

typedef struct writer {
    bloop_backend *backend;
    unsigned number, writes;
    pthread_t thread;
} writer;

static atomic_uint commits;
static atomic_llong ahead_seconds;
static atomic_bool jumps;
/* These are started by the first commit, which ends when they all wait for the next one. */
static writer followers[MOST];
static unsigned follower_count;
static atomic_bool follow;

int clock_gettime(clockid_t clock, struct timespec *out)
{
    int code = (int)syscall(SYS_clock_gettime, clock, out);
    if (clock == CLOCK_MONOTONIC)
        out->tv_sec += (time_t)atomic_load(&ahead_seconds);
    return code;
}

static void *write_all(void *context)
{
    const writer *w = context;
    char id[32];
    (void)snprintf(id, sizeof id, "%u", w->number);
    for (unsigned i = 0; i < w->writes; i++)
        trial_check(store_add(w->backend, id, 1) == BLOOP_OK, "%s", bloop_last_error()->message);
    return NULL;
}

static size_t waiting_of(bloop_backend *backend)
{
    bl_queue *queue = &((bl_backend *)backend)->store->queue;
    pthread_mutex_lock(&queue->lock);
    size_t waiting = queue->gathering.waiting;
    pthread_mutex_unlock(&queue->lock);
    return waiting;
}

static void start_followers(void)
{
    for (unsigned i = 0; i < follower_count; i++)
        trial_check(pthread_create(&followers[i].thread, NULL, write_all, &followers[i]) == 0, "no thread");
    while (waiting_of(followers[0].backend) < follower_count)
        trial_wait(100);
}

int mdb_txn_commit(MDB_txn *txn)
{
    int (*commit)(MDB_txn *);
    *(void **)&commit = dlsym(RTLD_NEXT, "mdb_txn_commit");
    trial_check(commit, "mdb_txn_commit");
    commits++;
    if (atomic_exchange(&follow, false))
        start_followers();
    if (atomic_load(&jumps))
        ahead_seconds += JUMP_SECONDS;
    return commit(txn);
}

static bloop_backend *open_with_table(const env_folder *folder, bloop_durability durability)
{
    atomic_store(&jumps, false);
    atomic_store(&ahead_seconds, 0);
    bloop_backend *backend = bloop_store_open(&(bloop_store_options){ .path = folder->path, .durability = durability });
    assert_non_null(backend);
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    atomic_store(&commits, 0);
    return backend;
}

/* A write, in whose commit the others begin to wait. */
static void write_with_followers(bloop_backend *backend, unsigned count, unsigned writes)
{
    follower_count = count;
    for (unsigned i = 0; i < count; i++)
        followers[i] = (writer){ .backend = backend, .number = i + 1, .writes = writes };
    atomic_store(&follow, true);
    assert_ok(store_add(backend, "0", 1));
}

static void join_followers(void)
{
    for (unsigned i = 0; i < follower_count; i++)
        assert_int_equal(pthread_join(followers[i].thread, NULL), 0);
}

/* From the second commit on each has one write of everybody. */
static void commits_have_all_who_keep_writing(void **state)
{
    bloop_backend *backend = open_with_table(*state, BLOOP_DURABLE);
    atomic_store(&jumps, true);
    write_with_followers(backend, MOST, WRITES);
    write_all(&(writer){ .backend = backend, .number = 0, .writes = WRITES });
    join_followers();
    assert_int_equal(commits, 1 + WRITES);
    assert_int_equal(store_n(backend, "0"), 1 + WRITES);
    for (unsigned i = 1; i <= MOST; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "%u", i);
        assert_int_equal(store_n(backend, id), WRITES);
    }
    bloop_backend_close(backend);
}

static void who_writes_alone_waits_for_nobody(void **state)
{
    bloop_backend *backend = open_with_table(*state, BLOOP_DURABLE);
    atomic_store(&jumps, true);
    write_all(&(writer){ .backend = backend, .number = 0, .writes = WRITES });
    assert_int_equal(commits, WRITES);
    bloop_backend_close(backend);
}

/* The writer of "1" leads, and expects that of "0", which never comes. */
static void nobody_is_waited_for_without_syncs(void **state)
{
    bloop_backend *backend = open_with_table(*state, BLOOP_DURABLE_LATER);
    atomic_store(&jumps, true);
    write_with_followers(backend, 1, 1);
    join_followers();
    assert_int_equal(commits, 2);
    bloop_backend_close(backend);
}

static void who_does_not_come_is_waited_for_a_moment(void **state)
{
    bloop_backend *backend = open_with_table(*state, BLOOP_DURABLE);
    write_with_followers(backend, 2, 1);
    join_followers();
    assert_int_equal(commits, 2);
    assert_int_equal(store_n(backend, "2"), 1);
    bloop_backend_close(backend);
}

/* A change of a table can't share the commit of those who wait, and would wait for them itself. */
static void a_change_of_a_table_ends_the_wait(void **state)
{
    bloop_backend *backend = open_with_table(*state, BLOOP_DURABLE);
    atomic_store(&jumps, true);
    write_with_followers(backend, 1, 1);
    assert_ok(bloop_delete_table(backend, "things", NULL));
    join_followers();
    bloop_backend_close(backend);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(commits_have_all_who_keep_writing, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(who_writes_alone_waits_for_nobody, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(nobody_is_waited_for_without_syncs, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(who_does_not_come_is_waited_for_a_moment, env_folder_make, env_folder_remove),
        cmocka_unit_test_setup_teardown(a_change_of_a_table_ends_the_wait, env_folder_make, env_folder_remove),
    };
    return cmocka_run_group_tests_name("store/gather", tests, NULL, NULL);
}
