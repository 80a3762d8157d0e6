/* Signals: who is told what, in which order, and what handlers may do. */
#include "behaviour.h"

#include <pthread.h>
#include <stdatomic.h>

BLOOP_MODEL(Base, column(String, id, .hash_key = true), column(String, name));
BLOOP_DERIVED_MODEL(Derived, Base, column(String, more));

static struct {
    bloop_signal signals[64];
    const void *objects[64];
    int count;
} heard;

static void hear(void *context, bloop_event *event)
{
    (void)context;
    assert_true(heard.count < 64);
    heard.objects[heard.count] = event->object ? event->object : (const void *)event->model;
    heard.signals[heard.count++] = event->signal;
}

static void expect_heard(const bloop_signal *wanted, int count)
{
    assert_int_equal(heard.count, count);
    for (int i = 0; i < count; i++)
        assert_string_equal(bloop_signal_name(heard.signals[i]), bloop_signal_name(wanted[i]));
    heard.count = 0;
}

static void test_each_call_tells_of_what_it_did(void **state)
{
    bloop_connection connections[BLOOP_SIGNAL_COUNT];
    for (int i = 0; i < BLOOP_SIGNAL_COUNT; i++)
        connections[i] = bloop_connect((bloop_signal)i, NULL, hear, NULL);
    heard.count = 0;
    expect_ok(bloop_bind(*state, Document));
    expect_heard((bloop_signal[]){ BLOOP_BEFORE_CREATE_TABLE, BLOOP_MODEL_VALIDATED, BLOOP_MODEL_BOUND }, 3);

    struct Document *document = bloop_new(Document);
    expect_ok(bloop_set(document, id, 1));
    expect_ok(bloop_set(document, folder, "a"));
    expect_ok(bloop_set(document, size, 1));
    expect_ok(bloop_unset(document, title));
    expect_heard(
        (bloop_signal[]){ BLOOP_OBJECT_MODIFIED, BLOOP_OBJECT_MODIFIED, BLOOP_OBJECT_MODIFIED, BLOOP_OBJECT_MODIFIED },
        4);
    expect_ok(bloop_save(*state, document));
    assert_ptr_equal(heard.objects[0], document);
    expect_ok(bloop_load(*state, document));
    expect_ok(bloop_delete(*state, document));
    expect_heard((bloop_signal[]){ BLOOP_OBJECT_SAVED, BLOOP_OBJECT_LOADED, BLOOP_OBJECT_DELETED }, 3);

    expect_status(bloop_load(*state, document), BLOOP_MISSING_OBJECTS);
    expect_status(bloop_save(*state, document, .condition = bloop_eq(Document.size, 2)), BLOOP_CONSTRAINT_VIOLATION);
    expect_status(bloop_set(document, folder, "\xFF"), BLOOP_INVALID_VALUE);
    expect_heard(NULL, 0);
    for (int i = 0; i < BLOOP_SIGNAL_COUNT; i++)
        expect_ok(bloop_disconnect(connections[i]));
    expect_ok(bloop_save(*state, document));
    expect_heard(NULL, 0);
    bloop_free(document);
}

BLOOP_MODEL(Fresh, column(String, id, .hash_key = true));

static void test_a_model_is_created_once(void **state)
{
    (void)state;
    static bool done; /* once in the life of the process */
    if (done)
        return;
    done = true;
    bloop_connection connection = bloop_connect(BLOOP_MODEL_CREATED, bloop_model_of(Fresh), hear, NULL);
    heard.count = 0;
    bloop_free(bloop_new(Fresh));
    bloop_free(bloop_new(Fresh));
    expect_heard((bloop_signal[]){ BLOOP_MODEL_CREATED }, 1);
    expect_ok(bloop_disconnect(connection));
}

static int calls;
static void call_count(void *context, bloop_event *event)
{
    (void)context;
    (void)event;
    calls++;
}

static void test_inherited_columns_are_senders_of_their_own(void **state)
{
    (void)state;
    calls = 0;
    const bloop_column *own = bloop_model_column(bloop_model_of(Derived), "name");
    bloop_connection of_base = bloop_connect(BLOOP_OBJECT_MODIFIED, &Base.name, call_count, NULL);
    bloop_connection of_derived = bloop_connect(BLOOP_OBJECT_MODIFIED, own, call_count, NULL);
    struct Derived *object = bloop_new(Derived);
    expect_ok(bloop_set(object, Base.name, "a"));
    assert_int_equal(calls, 1);
    expect_ok(bloop_disconnect(of_derived));
    expect_ok(bloop_set(object, Base.name, "b"));
    assert_int_equal(calls, 1);
    expect_ok(bloop_disconnect(of_base));
    bloop_free(object);
}

static void test_a_sender_limits_what_is_heard(void **state)
{
    bloop_engine *other = bloop_open("memory:");
    expect_ok(bloop_bind(other, Document));
    calls = 0;
    bloop_connection by_engine = bloop_connect(BLOOP_OBJECT_SAVED, other, call_count, NULL);
    bloop_connection by_column = bloop_connect(BLOOP_OBJECT_MODIFIED, &Document.title, call_count, NULL);
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_save(*state, document));
    assert_int_equal(calls, 0);
    expect_ok(bloop_save(other, document));
    assert_int_equal(calls, 1);
    expect_ok(bloop_set(document, title, "t"));
    assert_int_equal(calls, 2);
    expect_ok(bloop_disconnect(by_engine));
    expect_ok(bloop_disconnect(by_column));
    bloop_free(document);
    bloop_close(other);
}

static bloop_connection first, second, third;
static void end_second(void *context, bloop_event *event)
{
    (void)event;
    calls++;
    expect_ok(bloop_disconnect(second));
    third = bloop_connect(BLOOP_OBJECT_SAVED, NULL, call_count, NULL);
    expect_ok(bloop_disconnect(first));
    (void)context;
}

static void test_connecting_and_disconnecting_while_delivering(void **state)
{
    struct Document *document = new_document(1, "a");
    calls = 0;
    first = bloop_connect(BLOOP_OBJECT_SAVED, NULL, end_second, NULL);
    second = bloop_connect(BLOOP_OBJECT_SAVED, NULL, call_count, NULL);
    expect_ok(bloop_save(*state, document));
    assert_int_equal(calls, 1); /* the second is gone, the third comes with the next event */
    expect_ok(bloop_save(*state, document));
    assert_int_equal(calls, 2);
    expect_ok(bloop_disconnect(third));
    expect_status(bloop_disconnect(third), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_disconnect(0), BLOOP_INVALID_ARGUMENT);
    bloop_free(document);
}

/* A handler that uses the engine, and leaves an error behind. */
static void use_engine(void *context, bloop_event *event)
{
    struct Document *other = new_document(99, "nowhere");
    expect_status(bloop_load(event->engine, other), BLOOP_MISSING_OBJECTS);
    bloop_free(other);
    ++*(int *)context;
}

static void test_handlers_may_call_anything(void **state)
{
    int done = 0;
    bloop_connection connection = bloop_connect(BLOOP_OBJECT_SAVED, *state, use_engine, &done);
    struct Document *one = new_document(1, "a"), *two = new_document(2, "");
    expect_ok(bloop_save(*state, one));
    expect_failure(bloop_save_all(*state, bloop_objects(one, two)), BLOOP_VALIDATION, "empty string value");
    assert_int_equal(done, 2);
    expect_ok(bloop_disconnect(connection));
    bloop_free(one);
    bloop_free(two);
}

static _Atomic int delivered;
static void count_atomically(void *context, bloop_event *event)
{
    (void)context;
    (void)event;
    atomic_fetch_add(&delivered, 1);
}

static void *churn(void *context)
{
    (void)context;
    for (int i = 0; i < 300; i++) {
        bloop_connection mine = bloop_connect(BLOOP_OBJECT_MODIFIED, NULL, count_atomically, NULL);
        struct Document *document = bloop_new(Document);
        bloop_status status = bloop_set(document, id, i);
        bloop_free(document);
        if (!mine || status != BLOOP_OK || bloop_disconnect(mine) != BLOOP_OK)
            return "failed";
    }
    return NULL;
}

static void test_many_threads_connect_and_deliver(void **state)
{
    (void)state;
    pthread_t threads[8];
    atomic_store(&delivered, 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, NULL), 0);
    for (int i = 0; i < 8; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    assert_true(atomic_load(&delivered) >= 8 * 300);
}

static void test_bad_arguments(void **state)
{
    (void)state;
    assert_true(bloop_connect((bloop_signal)99, NULL, call_count, NULL) == 0);
    assert_int_equal(bloop_last_error()->status, BLOOP_INVALID_ARGUMENT);
    assert_true(bloop_connect(BLOOP_OBJECT_SAVED, NULL, NULL, NULL) == 0);
    assert_null(bloop_signal_name((bloop_signal)99));
    expect_status(bloop_event_rename_table(NULL, "name"), BLOOP_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_each_call_tells_of_what_it_did),
        BEHAVES(test_a_model_is_created_once),
        BEHAVES(test_a_sender_limits_what_is_heard),
        BEHAVES(test_inherited_columns_are_senders_of_their_own),
        BEHAVES(test_connecting_and_disconnecting_while_delivering),
        BEHAVES(test_handlers_may_call_anything),
        BEHAVES(test_many_threads_connect_and_deliver),
        BEHAVES(test_bad_arguments),
    };
    return RUN_OVER_URLS("signals", tests);
}
