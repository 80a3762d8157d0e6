/* An engine on a backend of one's own (bloop/sys/backend.h): what is asked of it, how often, and who closes it. */
#include "behaviour.h"

#include <bloop/sys/backend.h>

enum { MOST_KEYS = 400 };

/* Passes everything on to a store in memory, and notes what it is asked. */
typedef struct {
    bloop_backend base;
    bloop_backend *store;
    size_t gets, batches, keys, largest_batch, writes, closed;
    size_t times_halved;  /* so many batches are processed to the half */
    size_t times_refused; /* and so many before them not at all */
} spy;

static bloop_status spy_create(bloop_backend *backend, const bloop_table_definition *table, bloop_table_result *out)
{
    return bloop_create_table(((spy *)backend)->store, table, out);
}

static bloop_status spy_describe(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    return bloop_describe_table(((spy *)backend)->store, table, out);
}

static bloop_status spy_get(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out)
{
    ((spy *)backend)->gets++;
    return bloop_get_item(((spy *)backend)->store, request, out);
}

static bloop_status spy_batch_get(bloop_backend *backend, const bloop_batch_get_request *request,
                                  bloop_batch_get_result *out)
{
    spy *s = (spy *)backend;
    size_t processed = request->count;
    s->batches++;
    s->keys += request->count;
    if (request->count > s->largest_batch)
        s->largest_batch = request->count;
    if (s->times_refused) {
        s->times_refused--;
        processed = 0;
    } else if (s->times_halved) {
        s->times_halved--;
        processed = (request->count + 1) / 2;
    }
    bloop_batch_get_request part = *request;
    part.count = processed;
    bloop_status status = processed ? bloop_batch_get_item(s->store, &part, out) : BLOOP_OK;
    if (status != BLOOP_OK || processed == request->count)
        return status;
    size_t left = request->count - processed;
    size_t *unprocessed = bloop_result_alloc(&out->memory, left * sizeof *unprocessed);
    assert_non_null(unprocessed);
    for (size_t i = 0; i < left; i++)
        unprocessed[i] = processed + i;
    out->unprocessed = unprocessed;
    out->unprocessed_count = left;
    return BLOOP_OK;
}

static bloop_status spy_write(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                              bloop_in_flight in_flight, bloop_write_result *results)
{
    ((spy *)backend)->writes += count;
    return bloop_write_items(((spy *)backend)->store, requests, count, in_flight, results);
}

static void spy_close(bloop_backend *backend)
{
    ((spy *)backend)->closed++;
    bloop_backend_close(((spy *)backend)->store);
}

static const bloop_backend_operations spied = { .name = "spy",
                                                .create_table = spy_create,
                                                .describe_table = spy_describe,
                                                .get_item = spy_get,
                                                .batch_get_item = spy_batch_get,
                                                .write_items = spy_write,
                                                .close = spy_close };
static const bloop_backend_operations reading_only = {
    .name = "reader", .create_table = spy_create, .describe_table = spy_describe, .close = spy_close
};

static spy new_spy(const bloop_backend_operations *operations)
{
    spy made = { .base = { operations }, .store = bloop_backend_open("memory:") };
    assert_non_null(made.store);
    return made;
}

static bloop_engine *engine_on(spy *s)
{
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = &s->base);
    assert_non_null(engine);
    expect_ok(bloop_bind(engine, Document));
    return engine;
}

/* Objects of `distinct` different keys, saved. */
static void given_documents(bloop_engine *engine, struct Document **documents, size_t count, size_t distinct)
{
    for (size_t i = 0; i < count; i++) {
        documents[i] = new_document((int64_t)(i % distinct), "a");
        expect_ok(bloop_set(documents[i], size, (int64_t)(i % distinct)));
    }
    expect_ok(bloop_save_all(engine, bloop_objects_in((void **)documents, count)));
    for (size_t i = 0; i < count; i++)
        expect_ok(bloop_unset(documents[i], size));
}

static void expect_loaded(struct Document **documents, size_t count, size_t distinct)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(documents[i]->size, i % distinct);
        bloop_free(documents[i]);
    }
}

static void test_loads_are_batches_of_a_hundred_different_keys(void **state)
{
    (void)state;
    static struct Document *documents[MOST_KEYS];
    spy s = new_spy(&spied);
    bloop_engine *engine = engine_on(&s);
    given_documents(engine, documents, MOST_KEYS, 250);
    expect_ok(bloop_load_all(engine, bloop_objects_in((void **)documents, MOST_KEYS)));
    assert_int_equal(s.keys, 250);
    assert_int_equal(s.batches, 3);
    assert_int_equal(s.largest_batch, 100);
    expect_loaded(documents, MOST_KEYS, 250);
    bloop_close(engine);
}

static void test_unprocessed_keys_are_asked_for_again(void **state)
{
    (void)state;
    static struct Document *documents[MOST_KEYS];
    spy s = new_spy(&spied);
    bloop_engine *engine = engine_on(&s);
    given_documents(engine, documents, 150, 150);
    s.times_refused = 2;
    s.times_halved = 3;
    expect_ok(bloop_load_all(engine, bloop_objects_in((void **)documents, 150)));
    assert_true(s.batches > 5 && s.keys > 150);
    expect_loaded(documents, 150, 150);
    bloop_close(engine);
}

static void test_one_object_is_one_request(void **state)
{
    (void)state;
    spy s = new_spy(&spied);
    bloop_engine *engine = engine_on(&s);
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_save(engine, document));
    expect_ok(bloop_load(engine, document));
    assert_int_equal(s.writes, 1);
    assert_int_equal(s.gets, 1);
    bloop_free(document);
    bloop_close(engine);
}

static void test_what_is_wrong_is_found_before_anything_is_sent(void **state)
{
    (void)state;
    spy s = new_spy(&spied);
    bloop_engine *engine = engine_on(&s);
    struct Document *whole = new_document(1, "a"), *without_key = bloop_new(Document);
    struct Account *unbound = new_account(1);
    expect_status(bloop_save_all(engine, bloop_objects(whole, without_key)), BLOOP_MISSING_KEY);
    expect_status(bloop_load_all(engine, bloop_objects(whole, without_key)), BLOOP_MISSING_KEY);
    expect_status(bloop_delete_all(engine, bloop_objects(whole, unbound)), BLOOP_UNBOUND_MODEL);
    expect_status(bloop_save(engine, whole, .condition = bloop_eq(Document.size, "text")), BLOOP_INVALID_CONDITION);
    assert_int_equal(s.writes + s.gets + s.batches, 0);
    bloop_free(whole);
    bloop_free(without_key);
    bloop_free(unbound);
    bloop_close(engine);
}

static void test_what_a_backend_lacks_is_told(void **state)
{
    (void)state;
    spy s = new_spy(&reading_only);
    bloop_engine *engine = engine_on(&s);
    struct Document *document = new_document(1, "a");
    expect_failure(bloop_save(engine, document), BLOOP_UNSUPPORTED_OPERATION, "reader");
    expect_failure(bloop_load(engine, document), BLOOP_UNSUPPORTED_OPERATION, "reader");
    bloop_free(document);
    bloop_close(engine);
}

static void test_an_engine_closes_its_backends_once(void **state)
{
    (void)state;
    spy one = new_spy(&spied), streams = new_spy(&spied);
    bloop_close(bloop_engine_new_with(.dynamodb = &one.base, .dynamodbstreams = &streams.base));
    assert_int_equal(one.closed, 1);
    assert_int_equal(streams.closed, 1);
    spy both = new_spy(&spied);
    bloop_close(bloop_engine_new_with(.dynamodb = &both.base, .dynamodbstreams = &both.base));
    assert_int_equal(both.closed, 1);
    spy refused = new_spy(&spied);
    assert_null(bloop_engine_new(&(bloop_engine_options){ .size = 1, .dynamodb = &refused.base }));
    assert_int_equal(refused.closed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loads_are_batches_of_a_hundred_different_keys),
        cmocka_unit_test(test_unprocessed_keys_are_asked_for_again),
        cmocka_unit_test(test_one_object_is_one_request),
        cmocka_unit_test(test_what_is_wrong_is_found_before_anything_is_sent),
        cmocka_unit_test(test_what_a_backend_lacks_is_told),
        cmocka_unit_test(test_an_engine_closes_its_backends_once),
    };
    return cmocka_run_group_tests_name("behaviour/backends", tests, NULL, NULL);
}
