/* Loading from a backend that leaves keys unprocessed, fails, or gives what nobody asked for. */
#include "fake.h"

enum { MANY = 150, BATCH = 100 };

static fake f;
static bloop_status statuses[MANY];

static void given_documents(struct Document **documents, size_t count)
{
    for (size_t i = 0; i < count; i++)
        documents[i] = new_document((int64_t)i, "a");
}

static void free_documents(struct Document **documents, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bloop_free(documents[i]);
}

static size_t count_of(bloop_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < MANY; i++)
        count += statuses[i] == status;
    return count;
}

/* The last error's objects are those whose status is not BLOOP_OK, and no others. */
static void expect_objects(struct Document **documents)
{
    const bloop_error *error = bloop_last_error();
    size_t failed = 0;
    for (size_t i = 0; i < MANY; i++) {
        bool told = false;
        for (size_t k = 0; k < error->object_count; k++)
            told = told || error->objects[k] == (void *)documents[i];
        assert_int_equal(told, statuses[i] != BLOOP_OK);
        failed += statuses[i] != BLOOP_OK;
    }
    assert_int_equal(error->object_count, failed);
}

static void asks_for_all_columns_by_their_names(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Document *document = new_document(1, "a");
    struct Note *note = new_note("n");
    expect_ok(bloop_load(engine, document));
    expect_ok(bloop_load(engine, note, .consistent = true));
    fake_expect(&f, "get_item documents {folder: \"a\", id: 1} of folder,id,size,t, about\n"
                    "get_item notes {id: \"n\"} of id,text, about, consistent\n");
    expect_ok(bloop_load_all(engine, bloop_objects(note, document), .consistent = true));
    fake_expect(&f, "batch_get_item 2 {id: \"n\"} {folder: \"a\", id: 1} "
                    "documents of folder,id,size,t, consistent notes of id,text, consistent\n");
    bloop_free(document);
    bloop_free(note);
    bloop_close(engine);
}

/* A backend that can have requests in flight is given all keys at once; what it leaves is not known to be missing. */
static bloop_status get_all(bloop_backend *base, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                            bloop_batch_get_result *out)
{
    fake *in = (fake *)base;
    in->in_flight = in_flight;
    in->calls[FAKE_BATCH_GET_ITEM] = (int)request->count;
    for (size_t i = 2; i < request->count; i++) {
        bloop_status status = request->receive(request->context, i, request->keys[i].key);
        if (status != BLOOP_OK)
            return status;
    }
    if (in->answers[FAKE_BATCH_GET_ITEM].status == BLOOP_OK)
        return BLOOP_OK;
    size_t *left = bloop_result_alloc(&out->memory, sizeof *left);
    *left = 1;
    out->unprocessed = left;
    out->unprocessed_count = in->silent ? 0 : 1;
    return bloop_backend_fail(in->answers[FAKE_BATCH_GET_ITEM].status, "the fake is out of breath");
}

static void hands_all_keys_over_at_once(void **state)
{
    (void)state;
    struct Document *documents[MANY];
    bloop_engine *engine = fake_engine(&f);
    f.operations.get_items = get_all;
    given_documents(documents, MANY);
    expect_failure(
        bloop_load_all(engine, bloop_objects_in((void **)documents, MANY), .in_flight = 5, .statuses = statuses),
        BLOOP_MISSING_OBJECTS, "2 of 150 objects were not found");
    assert_int_equal(f.in_flight, 5);
    assert_int_equal(f.calls[FAKE_BATCH_GET_ITEM], MANY);
    assert_int_equal(count_of(BLOOP_OK), MANY - 2);

    f.answers[FAKE_BATCH_GET_ITEM].status = BLOOP_NETWORK;
    expect_failure(bloop_load_all(engine, bloop_objects_in((void **)documents, MANY), .statuses = statuses),
                   BLOOP_NETWORK, "bloop_load: the fake is out of breath");
    assert_int_equal(f.in_flight, 0);
    assert_int_equal(count_of(BLOOP_NETWORK), 1);
    assert_int_equal(count_of(BLOOP_MISSING_OBJECTS), 1);
    f.silent = true;
    expect_failure(bloop_load_all(engine, bloop_objects_in((void **)documents, MANY), .statuses = statuses),
                   BLOOP_NETWORK, "bloop_load: the fake is out of breath");
    assert_int_equal(count_of(BLOOP_NETWORK), 2);
    assert_int_equal(count_of(BLOOP_OK), MANY - 2);
    free_documents(documents, MANY);
    bloop_close(engine);
}

static void asks_once_for_equal_keys(void **state)
{
    (void)state;
    int loaded;
    bloop_engine *engine = fake_engine(&f);
    bloop_connection connection = count_signals(engine, BLOOP_OBJECT_LOADED, &loaded);
    struct Document *one = new_document(1, "a"), *twin = new_document(1, "a");
    expect_ok(bloop_set(twin, title, "forgotten by the load"));
    expect_ok(bloop_load_all(engine, bloop_objects(one, twin, one)));
    fake_expect(&f, "batch_get_item 1 {folder: \"a\", id: 1} documents of folder,id,size,t\n");
    assert_int_equal(loaded, 2);
    assert_int_equal(bloop_state(one, title), BLOOP_NONE);
    assert_int_equal(bloop_state(twin, title), BLOOP_NONE);
    expect_ok(bloop_disconnect(connection));
    bloop_free(one);
    bloop_free(twin);
    bloop_close(engine);
}

static void asks_again_for_what_was_left(void **state)
{
    (void)state;
    int loaded;
    struct Document *documents[4];
    bloop_engine *engine = fake_engine(&f);
    bloop_connection connection = count_signals(engine, BLOOP_OBJECT_LOADED, &loaded);
    given_documents(documents, 4);
    f.unprocessed[0] = 3;
    f.unprocessed[1] = 3;
    f.unprocessed[2] = 1;
    expect_ok(bloop_load_all(engine, bloop_objects_in((void **)documents, 4)));
    fake_expect(&f, "batch_get_item 4 {folder: \"a\", id: 3} {folder: \"a\", id: 2} {folder: \"a\", id: 1} "
                    "{folder: \"a\", id: 0} documents of folder,id,size,t\n"
                    "batch_get_item 3 {folder: \"a\", id: 2} {folder: \"a\", id: 1} {folder: \"a\", id: 0} "
                    "documents of folder,id,size,t\n"
                    "batch_get_item 3 {folder: \"a\", id: 2} {folder: \"a\", id: 1} {folder: \"a\", id: 0} "
                    "documents of folder,id,size,t\n"
                    "batch_get_item 1 {folder: \"a\", id: 0} documents of folder,id,size,t\n");
    assert_int_equal(loaded, 4);
    assert_int_equal(sleeps, 1); /* only after a batch of which nothing was processed */
    expect_ok(bloop_disconnect(connection));
    free_documents(documents, 4);
    bloop_close(engine);
}

/* Ten fruitless requests in a row, with pauses of at most 20 ms, doubled each time. */
static void gives_up_when_nothing_is_processed(void **state)
{
    (void)state;
    struct Document *documents[MANY];
    bloop_engine *engine = fake_engine(&f);
    given_documents(documents, MANY);
    for (size_t i = 0; i < 16; i++)
        f.unprocessed[i] = i < 2 ? 20 : BATCH; /* 100 less 20, then the other 70 less 20, then no more */
    expect_failure(bloop_load_all(engine, bloop_objects_in((void **)documents, MANY), .statuses = statuses),
                   BLOOP_THROTTLED, "bloop_load: 20 keys were left unprocessed, 10 times in a row");
    assert_int_equal(f.calls[FAKE_BATCH_GET_ITEM], 2 + 10);
    assert_int_equal(sleeps, 9);
    for (size_t i = 0; i < 9; i++)
        assert_true(slept_ms[i] >= 1 && slept_ms[i] <= (20 << (i + 1)));
    assert_int_equal(count_of(BLOOP_OK), 130);
    assert_int_equal(count_of(BLOOP_THROTTLED), 20);
    expect_objects(documents);
    free_documents(documents, MANY);
    bloop_close(engine);
}

/* What was loaded before stays loaded and is told of; the others have the status of the failure, and are not "missing". */
static void keeps_what_was_loaded_before_a_failure(void **state)
{
    (void)state;
    int loaded;
    struct Document *documents[MANY];
    bloop_engine *engine = fake_engine(&f);
    bloop_connection connection = count_signals(engine, BLOOP_OBJECT_LOADED, &loaded);
    given_documents(documents, MANY);
    f.answers[FAKE_BATCH_GET_ITEM] = (fake_answer){ .status = BLOOP_NETWORK, .after = 1, .times = 1 };
    f.receives_before_fail = 7;
    expect_failure(bloop_load_all(engine, bloop_objects_in((void **)documents, MANY), .statuses = statuses),
                   BLOOP_NETWORK, "bloop_load: the fake says NETWORK");
    assert_int_equal(count_of(BLOOP_OK), BATCH + 7);
    assert_int_equal(count_of(BLOOP_NETWORK), MANY - BATCH - 7);
    assert_int_equal(loaded, BATCH + 7);
    expect_objects(documents);
    expect_ok(bloop_disconnect(connection));
    free_documents(documents, MANY);
    bloop_close(engine);
}

/* Items that are not there are missing, even when the rest of the call fails. */
static void tells_missing_from_failed(void **state)
{
    (void)state;
    struct Document *documents[MANY];
    bloop_engine *engine = fake_engine(&f);
    given_documents(documents, MANY);
    f.item = NULL;
    expect_failure(bloop_load_all(engine, bloop_objects_in((void **)documents, MANY), .statuses = statuses),
                   BLOOP_MISSING_OBJECTS, "150 of 150 objects were not found");
    fake_forget(&f);
    f.answers[FAKE_BATCH_GET_ITEM] = (fake_answer){ .status = BLOOP_SERVICE, .after = 1, .times = 1 };
    expect_status(bloop_load_all(engine, bloop_objects_in((void **)documents, MANY), .statuses = statuses),
                  BLOOP_SERVICE);
    assert_int_equal(count_of(BLOOP_MISSING_OBJECTS), BATCH);
    assert_int_equal(count_of(BLOOP_SERVICE), MANY - BATCH);
    expect_objects(documents);
    free_documents(documents, MANY);
    bloop_close(engine);
}

static void tells_each_status(void **state)
{
    (void)state;
    static const bloop_status failures[] = {
        BLOOP_VALIDATION, BLOOP_TABLE_NOT_FOUND, BLOOP_THROTTLED, BLOOP_SERVICE, BLOOP_ACCESS_DENIED, BLOOP_NO_MEMORY,
        BLOOP_IO,         BLOOP_CORRUPT,         BLOOP_NETWORK,   BLOOP_TIMEOUT, BLOOP_CLOSED,        BLOOP_FORKED
    };
    bloop_engine *engine = fake_engine(&f);
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "kept"));
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        bloop_status told = BLOOP_OK;
        fake_forget(&f);
        f.answers[FAKE_GET_ITEM] = (fake_answer){ .status = failures[i], .times = 1 };
        expect_failure(bloop_load(engine, document, .statuses = &told), failures[i],
                       "bloop_load: model Document, key {\"folder\":\"a\",\"id\":1}: the fake says ");
        assert_int_equal(told, failures[i]);
        assert_int_equal(bloop_last_error()->object_count, 1);
        assert_ptr_equal(bloop_last_error()->objects[0], document);
        assert_string_equal(document->title, "kept");
    }
    bloop_free(document);
    bloop_close(engine);
}

static void tells_what_an_item_has_that_no_column_can(void **state)
{
    (void)state;
    int loaded;
    bloop_engine *engine = fake_engine(&f);
    bloop_connection connection = count_signals(engine, BLOOP_OBJECT_LOADED, &loaded);
    struct Document *document = new_document(1, "a");
    f.item = "{folder: \"a\", id: 1, size: \"large\"}";
    expect_failure(bloop_load(engine, document), BLOOP_INVALID_VALUE, "Document.size");
    assert_int_equal(bloop_state(document, size), BLOOP_MISSING);
    assert_int_equal(loaded, 0);
    f.item = "{folder: \"a\", id: 1, size: 7, unknown: true}";
    expect_ok(bloop_load(engine, document));
    assert_int_equal(document->size, 7);
    assert_int_equal(loaded, 1);
    expect_ok(bloop_disconnect(connection));
    bloop_free(document);
    bloop_close(engine);
}

static void tells_what_a_backend_lacks(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Document *document = new_document(1, "a"), *other = new_document(2, "a");
    f.operations.get_item = NULL;
    f.operations.batch_get_item = NULL;
    expect_failure(bloop_load(engine, document), BLOOP_UNSUPPORTED_OPERATION,
                   "the backend fake does not have the operation get_item");
    expect_failure(bloop_load_all(engine, bloop_objects(document, other)), BLOOP_UNSUPPORTED_OPERATION,
                   "batch_get_item");
    assert_int_equal(bloop_last_error()->object_count, 2);
    bloop_free(document);
    bloop_free(other);
    bloop_close(engine);
}

static bloop_status give_too_many(bloop_backend *base, const bloop_batch_get_request *request,
                                  bloop_batch_get_result *out)
{
    (void)base;
    (void)out;
    return request->receive(request->context, request->count, request->keys[0].key);
}

static bloop_status leave_too_many(bloop_backend *base, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out)
{
    size_t *unprocessed = bloop_result_alloc(&out->memory, sizeof *unprocessed);
    (void)base;
    *unprocessed = request->count;
    out->unprocessed = unprocessed;
    out->unprocessed_count = 1;
    return BLOOP_OK;
}

static void takes_nothing_that_it_did_not_ask_for(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Document *document = new_document(1, "a"), *other = new_document(2, "a");
    f.operations.batch_get_item = give_too_many;
    expect_status(bloop_load_all(engine, bloop_objects(document, other)), BLOOP_INTERNAL);
    f.operations.batch_get_item = leave_too_many;
    expect_status(bloop_load_all(engine, bloop_objects(document, other)), BLOOP_INTERNAL);
    bloop_free(document);
    bloop_free(other);
    bloop_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_all_columns_by_their_names),
        cmocka_unit_test(hands_all_keys_over_at_once),
        cmocka_unit_test(asks_once_for_equal_keys),
        cmocka_unit_test(asks_again_for_what_was_left),
        cmocka_unit_test(gives_up_when_nothing_is_processed),
        cmocka_unit_test(keeps_what_was_loaded_before_a_failure),
        cmocka_unit_test(tells_missing_from_failed),
        cmocka_unit_test(tells_each_status),
        cmocka_unit_test(tells_what_an_item_has_that_no_column_can),
        cmocka_unit_test(tells_what_a_backend_lacks),
        cmocka_unit_test(takes_nothing_that_it_did_not_ask_for),
    };
    return cmocka_run_group_tests_name("engine/load", tests, NULL, NULL);
}
