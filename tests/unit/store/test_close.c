/* Closing a backend under calls: those that are under way end as if nobody closed, later ones get BLOOP_CLOSED, and the
   close returns after the last of them. Others of the same file stay open. */
#include "every_operation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <semaphore.h>
#include <stdio.h>
#include <cmocka.h>

#include "store/store_private.h"
#include "support/stores.h"
#include "support/trial.h"

enum { WRITERS = 4, PATIENCE = 100000 /* of 100 microseconds */ };

typedef struct room {
    bloop_backend *backend;
    sem_t inside, leave; /* a reader is in its receiver; it may go on */
    atomic_bool closed;  /* bloop_backend_close has returned */
    bloop_status status; /* of the reader's call */
} room;

typedef struct writer {
    room *room;
    char id[16];
    bloop_status status;
} writer;

static bloop_backend *open_things(const env_folder *folder)
{
    bloop_backend *backend = store_open(folder->path);
    assert_non_null(backend);
    assert_ok(store_make_table(backend, BLOOP_TAG_S));
    assert_ok(store_put(backend, "a", 1, "group"));
    return backend;
}

static void *close_it(void *context)
{
    room *r = context;
    bloop_backend_close(r->backend);
    atomic_store(&r->closed, true);
    return NULL;
}

static bloop_status stay_inside(void *context, bloop_item item)
{
    room *r = context;
    (void)sem_post(&r->inside);
    while (sem_wait(&r->leave) != 0)
        continue;
    trial_check(!atomic_load(&r->closed), "closed under a call");
    trial_check(bloop_value_count(item) == 3, "the item is gone under a call");
    return BLOOP_OK;
}

static void *read_slowly(void *context)
{
    room *r = context;
    bloop_get_result result;
    bloop_builder *builder = bloop_builder_new();
    const bloop_get_request request = {
        .table = "things", .key = store_key(builder, "a"), .receive = stay_inside, .context = r
    };
    r->status = bloop_get_item(r->backend, &request, &result);
    bloop_builder_free(builder);
    return NULL;
}

/* Until the backend answers that it is closed. A call is under way on it, so that it can't be gone. */
static void wait_until_closing(bloop_backend *backend)
{
    bloop_status status = BLOOP_OK;
    for (int i = 0; status != BLOOP_CLOSED && i < PATIENCE; i++) {
        status = bloop_describe_table(backend, "things", NULL);
        if (status != BLOOP_CLOSED)
            trial_wait(100);
    }
    assert_fails(status, BLOOP_CLOSED, "the store is closed");
}

static void later_calls_are_refused(void **state)
{
    pthread_t reader, closer;
    room r = { .backend = open_things(*state) };
    assert_int_equal(sem_init(&r.inside, 0, 0) | sem_init(&r.leave, 0, 0), 0);
    assert_int_equal(pthread_create(&reader, NULL, read_slowly, &r), 0);
    while (sem_wait(&r.inside) != 0)
        continue;
    assert_int_equal(pthread_create(&closer, NULL, close_it, &r), 0);
    wait_until_closing(r.backend);
    for (size_t i = 0; i < store_operation_count; i++) {
        bloop_status status = store_operations[i].call(r.backend);
        if (status != BLOOP_CLOSED)
            fail_msg("%s: %s", store_operations[i].name, bloop_status_name(status));
    }
    assert_false(atomic_load(&r.closed));
    (void)sem_post(&r.leave);
    assert_int_equal(pthread_join(reader, NULL), 0);
    assert_int_equal(pthread_join(closer, NULL), 0);
    assert_int_equal(r.status, BLOOP_OK);
    assert_int_equal(sem_destroy(&r.inside) | sem_destroy(&r.leave), 0);
}

static void *write_one(void *context)
{
    writer *w = context;
    w->status = store_put(w->room->backend, w->id, 7, "group");
    return NULL;
}

/* The first leads and waits for the file's one writer, which is this thread; the others wait in its queue. */
static void writes_in_the_queue_are_done(void **state)
{
    const env_folder *folder = *state;
    bl_txn txn;
    pthread_t threads[WRITERS], closer;
    writer writers[WRITERS];
    room r = { .backend = open_things(folder) };
    bloop_backend *other = store_open(folder->path);
    assert_non_null(other);
    assert_ok(bl_write_begin(((bl_backend *)r.backend)->env, &txn));
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){ .room = &r, .status = BLOOP_INTERNAL };
        (void)snprintf(writers[i].id, sizeof writers[i].id, "w%d", i);
        assert_int_equal(pthread_create(&threads[i], NULL, write_one, &writers[i]), 0);
    }
    while (atomic_load(&((bl_backend *)r.backend)->calls) < WRITERS)
        trial_wait(100);
    assert_int_equal(pthread_create(&closer, NULL, close_it, &r), 0);
    wait_until_closing(r.backend);
    bl_write_abort(&txn);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(writers[i].status, BLOOP_OK);
        assert_int_equal(store_n(other, writers[i].id), 7);
    }
    assert_int_equal(pthread_join(closer, NULL), 0);
    assert_int_equal(store_n(other, "a"), 1);
    bloop_backend_close(other);
    assert_int_equal(stores_check(folder->path).items, 1 + WRITERS);
}

static void *write_until_closed(void *context)
{
    writer *w = context;
    do {
        w->status = store_add(w->room->backend, w->id, 1);
    } while (w->status == BLOOP_OK);
    return NULL;
}

/* Writers at full speed while a read keeps the backend alive: each write is done or refused, none in between. */
static void busy_writers_end_with_closed(void **state)
{
    const env_folder *folder = *state;
    pthread_t threads[WRITERS], holder, closer;
    writer writers[WRITERS];
    room r = { .backend = open_things(folder) };
    assert_int_equal(sem_init(&r.inside, 0, 0) | sem_init(&r.leave, 0, 0), 0);
    assert_int_equal(pthread_create(&holder, NULL, read_slowly, &r), 0);
    while (sem_wait(&r.inside) != 0)
        continue;
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){ .room = &r };
        (void)snprintf(writers[i].id, sizeof writers[i].id, "w%d", i);
        assert_int_equal(pthread_create(&threads[i], NULL, write_until_closed, &writers[i]), 0);
    }
    trial_wait(20000);
    assert_int_equal(pthread_create(&closer, NULL, close_it, &r), 0);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(writers[i].status, BLOOP_CLOSED);
    }
    (void)sem_post(&r.leave);
    assert_int_equal(pthread_join(holder, NULL), 0);
    assert_int_equal(pthread_join(closer, NULL), 0);
    assert_int_equal(r.status, BLOOP_OK);
    assert_int_equal(sem_destroy(&r.inside) | sem_destroy(&r.leave), 0);
    (void)stores_check(folder->path);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, env_folder_make, env_folder_remove)

int main(void)
{
    const struct CMUnitTest tests[] = { CASE(later_calls_are_refused), CASE(writes_in_the_queue_are_done),
                                        CASE(busy_writers_end_with_closed) };
    return cmocka_run_group_tests_name("store/close", tests, NULL, NULL);
}
