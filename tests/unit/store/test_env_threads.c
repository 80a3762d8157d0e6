/* Environments used by many threads: snapshots that hold while others write, slots that are waited for, maps that grow
   below readers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "env_fixture.h"

#define PAIRS 16

/* What the threads of a test share. cmocka's assertions are for its own thread, so others count what is wrong. */
typedef struct crew {
    bl_env *env;
    _Atomic bool stop;
    _Atomic uint64_t wrong, reads, writes, next;
    size_t rounds; /* a reader's, 0: until stopped */
    size_t size;   /* of a record */
} crew;

static void start(pthread_t *threads, size_t count, void *(*run)(void *), crew *work)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, work), 0);
}

static void join(const pthread_t *threads, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
}

static void sleep_ms(long milliseconds)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = milliseconds * 1000000 }, NULL);
}

static bloop_status put_value(bl_txn *txn, uint64_t number, uint64_t value, size_t size)
{
    static const uint8_t rest[65536];
    uint8_t key[9], head[8];
    env_key(number, key);
    bl_store_le64(head, value);
    return bl_record_put(txn, (bl_bytes){ key, sizeof key }, BL_RECORD_ITEM, (bl_bytes){ head, 8 },
                         (bl_bytes){ rest, size - 8 });
}

static uint64_t value_of(bl_txn *txn, uint64_t number)
{
    uint8_t key[9];
    bl_bytes payload = { NULL, 0 };
    env_key(number, key);
    if (bl_record_get(txn, (bl_bytes){ key, sizeof key }, BL_RECORD_ITEM, &payload) != BLOOP_OK || !payload.data)
        return UINT64_MAX;
    return bl_load_le64(payload.data);
}

/* One transaction gives all records the same value. */
static bloop_status write_pairs(crew *work, uint64_t value)
{
    for (;;) {
        bl_txn txn;
        bloop_status status = bl_write_begin(work->env, &txn);
        if (status != BLOOP_OK)
            return status;
        for (uint64_t i = 0; i < PAIRS && status == BLOOP_OK; i++)
            status = put_value(&txn, i, value, work->size);
        if (status == BLOOP_OK)
            status = bl_write_commit(&txn);
        else
            bl_write_abort(&txn);
        if (!bl_txn_map_full(&txn))
            return status;
        status = bl_env_grow(work->env);
        if (status != BLOOP_OK)
            return status;
    }
}

static void *read_pairs(void *context)
{
    crew *work = context;
    uint64_t seen = 0;
    for (size_t round = 0; work->rounds ? round < work->rounds : !round || !work->stop; round++) {
        bl_txn txn;
        if (bl_read_begin(work->env, &txn) != BLOOP_OK) {
            work->wrong++;
            return NULL;
        }
        uint64_t first = value_of(&txn, 0);
        for (uint64_t i = 1; i < PAIRS; i += 5)
            work->wrong += value_of(&txn, i) != first;
        work->wrong += first < seen;
        seen = first;
        bl_read_end(&txn);
        work->reads++;
    }
    return NULL;
}

static void *write_until_stopped(void *context)
{
    crew *work = context;
    do {
        work->wrong += write_pairs(work, ++work->next) != BLOOP_OK;
        work->writes++;
    } while (!work->stop);
    return NULL;
}

static void five_hundred_readers_and_a_writer(void **state)
{
    (void)state;
    enum { READERS = 500 };
    pthread_t readers[READERS], writer;
    crew work = { .env = env_open(NULL, BLOOP_DURABLE), .rounds = 40, .size = 500 };
    assert_ok(write_pairs(&work, 0));
    start(&writer, 1, write_until_stopped, &work);
    start(readers, READERS, read_pairs, &work);
    join(readers, READERS);
    work.stop = true;
    join(&writer, 1);
    assert_int_equal(work.wrong, 0);
    assert_int_equal(work.reads, READERS * 40);
    assert_true(work.writes > 0);
    bl_env_release(work.env);
}

static void readers_wait_for_slots(void **state)
{
    static const unsigned slots[] = { 1, 2, 9, 40 };
    const env_folder *folder = *state;
    enum { READERS = 32 };
    pthread_t readers[READERS];
    for (size_t i = 0; i < BL_COUNT_OF(slots); i++) {
        char path[PATH_MAX + 1];
        crew work = { .rounds = 200, .size = 100 };
        memcpy(path, folder->path, sizeof folder->path);
        path[strlen(path) - 1] = (char)('0' + i);
        const bloop_store_options options = { .path = path,
                                              .max_readers = slots[i],
                                              .durability = BLOOP_DURABLE_LATER };
        assert_ok(bl_env_acquire(&options, &work.env));
        assert_ok(write_pairs(&work, 7));
        start(readers, READERS, read_pairs, &work);
        join(readers, READERS);
        assert_int_equal(work.wrong, 0);
        assert_int_equal(work.reads, READERS * 200);
        bl_env_release(work.env);
    }
}

static void the_map_grows_below_readers(void **state)
{
    const env_folder *folder = *state;
    enum { READERS = 12 };
    pthread_t readers[READERS];
    crew work = { .size = 30000 };
    const bloop_store_options options = { .path = folder->path,
                                          .map_bytes = 1 << 20,
                                          .durability = BLOOP_DURABLE_LATER };
    assert_ok(bl_env_acquire(&options, &work.env));
    assert_ok(write_pairs(&work, 0));
    start(readers, READERS, read_pairs, &work);
    /* More and more live data, so that the map has to grow again and again. */
    for (uint64_t number = PAIRS; number < PAIRS + 400; number++) {
        assert_ok(env_save(work.env, number, 60000));
        if (number % 8 == 0)
            assert_ok(write_pairs(&work, number));
    }
    work.stop = true;
    join(readers, READERS);
    assert_int_equal(work.wrong, 0);
    assert_true(work.reads > 0);
    bl_env_release(work.env);
}

static void *save_many(void *context)
{
    crew *work = context;
    for (int i = 0; i < 40; i++)
        work->wrong += env_save(work->env, work->next++, 20000) != BLOOP_OK;
    return NULL;
}

static void sixteen_writers_grow_the_map(void **state)
{
    const env_folder *folder = *state;
    enum { WRITERS = 16 };
    pthread_t writers[WRITERS];
    crew work = { .rounds = 0 };
    const bloop_store_options options = { .path = folder->path,
                                          .map_bytes = 1 << 20,
                                          .durability = BLOOP_DURABLE_LATER };
    assert_ok(bl_env_acquire(&options, &work.env));
    start(writers, WRITERS, save_many, &work);
    join(writers, WRITERS);
    assert_int_equal(work.wrong, 0);
    assert_int_equal(env_count(work.env), WRITERS * 40);
    bl_env_release(work.env);
}

static void *grow(void *context)
{
    crew *work = context;
    work->wrong += bl_env_grow(work->env) != BLOOP_OK;
    work->stop = true;
    return NULL;
}

/* Growing waits for the reader; whoever comes meanwhile waits for the growth; nobody is forgotten. */
static void growing_waits_for_readers(void **state)
{
    (void)state;
    pthread_t grower, readers[8];
    crew work = { .env = env_open(NULL, BLOOP_DURABLE), .rounds = 5, .size = 100 };
    assert_ok(write_pairs(&work, 3));
    bl_txn txn;
    assert_ok(bl_read_begin(work.env, &txn));
    start(&grower, 1, grow, &work);
    sleep_ms(30);
    start(readers, BL_COUNT_OF(readers), read_pairs, &work);
    sleep_ms(30);
    assert_false(work.stop);
    assert_int_equal(value_of(&txn, 0), 3);
    bl_read_end(&txn);
    join(&grower, 1);
    join(readers, BL_COUNT_OF(readers));
    assert_true(work.stop);
    assert_int_equal(work.wrong, 0);
    assert_int_equal(work.reads, 5 * BL_COUNT_OF(readers));
    bl_env_release(work.env);
}

static void *read_once(void *context)
{
    crew *work = context;
    work->rounds = 1;
    return read_pairs(work);
}

static void readers_do_not_wait_for_the_writer(void **state)
{
    (void)state;
    pthread_t reader;
    crew work = { .env = env_open(NULL, BLOOP_DURABLE), .rounds = 1, .size = 100 };
    assert_ok(write_pairs(&work, 3));
    bl_txn txn;
    assert_ok(bl_write_begin(work.env, &txn));
    assert_ok(put_value(&txn, 0, 4, 100));
    start(&reader, 1, read_once, &work);
    join(&reader, 1); /* hangs if it waited */
    assert_int_equal(work.wrong, 0);
    assert_int_equal(work.reads, 1);
    bl_write_abort(&txn);
    bl_env_release(work.env);
}

static void *open_and_close(void *context)
{
    const env_folder *folder = context;
    const bloop_store_options options = { .path = folder->path, .durability = BLOOP_DURABLE_LATER };
    uint64_t failures = 0;
    for (int i = 0; i < 60; i++) {
        bl_env *env = NULL;
        if (bl_env_acquire(&options, &env) != BLOOP_OK) {
            failures++;
            continue;
        }
        bl_txn txn;
        if (bl_read_begin(env, &txn) == BLOOP_OK)
            bl_read_end(&txn);
        else
            failures++;
        bl_env_release(env);
    }
    return (void *)(uintptr_t)failures;
}

static void opening_and_closing_at_once(void **state)
{
    pthread_t threads[8];
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, *state), 0);
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++) {
        void *failures = NULL;
        assert_int_equal(pthread_join(threads[i], &failures), 0);
        assert_null(failures);
    }
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_hundred_readers_and_a_writer),
        WITH_FOLDER(readers_wait_for_slots),
        WITH_FOLDER(the_map_grows_below_readers),
        WITH_FOLDER(sixteen_writers_grow_the_map),
        cmocka_unit_test(growing_waits_for_readers),
        cmocka_unit_test(readers_do_not_wait_for_the_writer),
        WITH_FOLDER(opening_and_closing_at_once),
    };
    return cmocka_run_group_tests_name("store/env_threads", tests, NULL, NULL);
}
