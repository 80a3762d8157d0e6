/* The faulty backend: when a fault happens, to what, and what becomes of the call. */
#include "store.h"

#include <time.h>

#include "support/fail_alloc.h"

static bloop_backend *faulty_store(void)
{
    bloop_backend *made = bloop_faulty_backend_new(memory_store(), 42);
    assert_non_null(made);
    given_notes(made, "notes");
    given_notes(made, "others");
    return made;
}

static void without_faults_nothing_happens(void **state)
{
    (void)state;
    bloop_backend *faulty = faulty_store();
    expect_ok(put_note(faulty, "{id: \"a\"}"));
    assert_int_equal(has_note(faulty, "{id: \"a\"}"), 1);
    assert_true(bloop_faults_happened(faulty) == 0);
    bloop_backend_close(faulty);
}

static void fails_the_calls_it_is_told(void **state)
{
    (void)state;
    bloop_backend *faulty = faulty_store();
    expect_ok(bloop_inject(
        faulty,
        { .on = BLOOP_ON(BLOOP_CALL_WRITE), .table = "notes", .skip = 1, .times = 2, .status = BLOOP_THROTTLED }));
    static const bloop_status expected[] = { BLOOP_OK, BLOOP_THROTTLED, BLOOP_THROTTLED, BLOOP_OK };
    for (size_t i = 0; i < 4; i++) {
        char item[24];
        snprintf(item, sizeof item, "{id: \"%zu\"}", i);
        expect_ok(write_note(faulty, BLOOP_WRITE_PUT, "others", item, NULL, NULL));
        expect_status(put_note(faulty, item), expected[i]);
        assert_int_equal(has_note(faulty, item), expected[i] == BLOOP_OK);
    }
    assert_true(bloop_faults_happened(faulty) == 2);
    expect_ok(bloop_faults_set(faulty, NULL, 0));
    bloop_backend_close(faulty);
}

static void says_where_the_failure_comes_from(void **state)
{
    (void)state;
    bloop_backend *faulty = faulty_store();
    bloop_write_result result;
    notation n = { 0 };
    const bloop_write_request request = { .kind = BLOOP_WRITE_PUT,
                                          .table = "notes",
                                          .item = notation_value(&n, "{id: \"a\"}") };
    expect_ok(bloop_inject(faulty, { .status = BLOOP_THROTTLED, .times = 2 }));
    expect_status(bloop_write_item(faulty, &request, &result), BLOOP_THROTTLED);
    assert_string_equal(result.message, "injected into write: too many requests for now");
    assert_string_equal(bloop_last_error()->message, result.message);
    bloop_result_free(&result.memory);
    assert_int_equal(has_note(faulty, "{id: \"a\"}"), -(int)BLOOP_THROTTLED);
    assert_string_equal(bloop_last_error()->message, "injected into get: too many requests for now");
    notation_free(&n);
    bloop_backend_close(faulty);
}

/* Carried out, and then failed. */
static void loses_answers(void **state)
{
    (void)state;
    bloop_backend *faulty = faulty_store();
    expect_ok(
        bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_WRITE), .times = 2, .answer_lost = true },
                     { .on = BLOOP_ON(BLOOP_CALL_WRITE), .times = 1, .answer_lost = true, .status = BLOOP_TIMEOUT },
                     { .on = BLOOP_ON(BLOOP_CALL_DELETE_TABLE), .answer_lost = true }));
    expect_status(put_note(faulty, "{id: \"a\"}"), BLOOP_UNKNOWN_OUTCOME);
    assert_non_null(strstr(bloop_last_error()->message, "(its answer was lost)"));
    assert_int_equal(has_note(faulty, "{id: \"a\"}"), 1);
    /* Its condition is not met; but who would know? */
    expect_status(write_note(faulty, BLOOP_WRITE_DELETE, "notes", "{id: \"a\"}", NULL, "attribute_exists(x)"),
                  BLOOP_UNKNOWN_OUTCOME);
    assert_int_equal(has_note(faulty, "{id: \"a\"}"), 1);
    expect_status(write_note(faulty, BLOOP_WRITE_DELETE, "notes", "{id: \"a\"}", NULL, NULL), BLOOP_TIMEOUT);
    assert_int_equal(has_note(faulty, "{id: \"a\"}"), 0);
    expect_ok(put_note(faulty, "{id: \"a\"}"));
    expect_status(bloop_delete_table(faulty, "notes", NULL), BLOOP_UNKNOWN_OUTCOME);
    expect_status(bloop_describe_table(faulty, "notes", NULL), BLOOP_TABLE_NOT_FOUND);
    bloop_backend_close(faulty);
}

/* Of five writes the second is refused and the fourth's answer lost. */
static void meets_each_of_many_writes(void **state)
{
    (void)state;
    enum { COUNT = 5 };
    static const bloop_status expected[COUNT] = { BLOOP_OK, BLOOP_SERVICE, BLOOP_OK, BLOOP_UNKNOWN_OUTCOME, BLOOP_OK };
    notation n = { 0 };
    bloop_backend *faulty = faulty_store();
    bloop_write_request requests[COUNT];
    bloop_write_result results[COUNT];
    for (int i = 0; i < COUNT; i++) {
        char item[24];
        snprintf(item, sizeof item, "{id: \"%d\"}", i);
        requests[i] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                             .table = "notes",
                                             .item = notation_value(&n, item),
                                             .return_values = BLOOP_RETURN_ALL_OLD };
    }
    expect_ok(bloop_write_items(faulty, requests, COUNT, 0, results));
    for (int i = 0; i < COUNT; i++)
        bloop_result_free(&results[i].memory);
    expect_ok(bloop_inject(faulty, { .skip = 1, .times = 1, .status = BLOOP_SERVICE },
                           { .skip = 2, .times = 1, .answer_lost = true }));
    expect_status(bloop_write_items(faulty, requests, COUNT, 0, results), BLOOP_SERVICE);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(results[i].status, expected[i]);
        assert_int_equal(results[i].message != NULL, expected[i] != BLOOP_OK);
        assert_int_equal(results[i].attributes.data != NULL, expected[i] == BLOOP_OK);
        bloop_result_free(&results[i].memory);
    }
    notation_free(&n);
    bloop_backend_close(faulty);
}

static bloop_status take(void *context, size_t index, bloop_item item)
{
    (void)item;
    ((int *)context)[index]++;
    return BLOOP_OK;
}

static void leaves_some_of_batches(void **state)
{
    (void)state;
    enum { COUNT = 6 };
    int taken[COUNT] = { 0 };
    notation n = { 0 };
    bloop_backend *faulty = faulty_store();
    bloop_write_request writes[COUNT];
    bloop_batch_get_key keys[COUNT];
    for (int i = 0; i < COUNT; i++) {
        char item[24];
        snprintf(item, sizeof item, "{id: \"%d\"}", i);
        writes[i] = (bloop_write_request){ .table = "notes", .item = notation_value(&n, item) };
        keys[i] = (bloop_batch_get_key){ "notes", writes[i].item };
    }
    const bloop_batch_write_request write = { .writes = writes, .count = COUNT };
    const bloop_batch_get_request get = { .keys = keys, .count = COUNT, .receive = take, .context = taken };
    bloop_batch_write_result written;
    bloop_batch_get_result gotten;
    expect_ok(bloop_inject(faulty, { .table = "others", .unprocessed = 9 },
                           { .on = BLOOP_ON(BLOOP_CALL_BATCH_WRITE), .times = 1, .unprocessed = 2 },
                           { .on = BLOOP_ON(BLOOP_CALL_BATCH_WRITE), .times = 1, .unprocessed = 99 },
                           { .on = BLOOP_ON(BLOOP_CALL_BATCH_GET), .times = 1, .unprocessed = 3 },
                           { .on = BLOOP_ON(BLOOP_CALL_BATCH_GET), .times = 1, .status = BLOOP_SERVICE }));
    expect_ok(bloop_batch_write_item(faulty, &write, &written));
    assert_int_equal(written.unprocessed_count, 2);
    assert_int_equal(written.unprocessed[0], 4);
    assert_int_equal(written.unprocessed[1], 5);
    bloop_result_free(&written.memory);
    assert_int_equal(has_note(faulty, "{id: \"4\"}"), 0);
    expect_ok(bloop_batch_write_item(faulty, &write, &written));
    assert_int_equal(written.unprocessed_count, COUNT);
    bloop_result_free(&written.memory);

    expect_ok(bloop_batch_get_item(faulty, &get, &gotten));
    assert_int_equal(gotten.unprocessed_count, 3);
    assert_int_equal(gotten.unprocessed[0], 3);
    bloop_result_free(&gotten.memory);
    expect_status(bloop_batch_get_item(faulty, &get, &gotten), BLOOP_SERVICE);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(taken[i], i < 3); /* stored are 0 to 3, of which 3 was left */
    expect_ok(bloop_get_items(faulty, &get, 0, &gotten));
    assert_int_equal(taken[3], 1);
    bloop_result_free(&gotten.memory);
    notation_free(&n);
    bloop_backend_close(faulty);
}

static void shortens_pages(void **state)
{
    (void)state;
    bloop_backend *faulty = faulty_store();
    for (int i = 0; i < 7; i++) {
        char item[24];
        snprintf(item, sizeof item, "{id: \"%d\"}", i);
        expect_ok(put_note(faulty, item));
    }
    expect_ok(bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_SEARCH), .page_items = 3 }));
    static const struct {
        int32_t limit;
        uint32_t count;
    } cases[] = { { 0, 3 }, { 2, 2 }, { 5, 3 } };
    for (size_t i = 0; i < 3; i++) {
        bloop_search_result page;
        expect_ok(bloop_search_page(
            faulty, &(bloop_search_request){ .kind = BLOOP_SEARCH_SCAN, .table = "notes", .limit = cases[i].limit },
            &page));
        assert_int_equal(page.count, cases[i].count);
        assert_non_null(page.last.data);
        bloop_result_free(&page.memory);
    }
    bloop_backend_close(faulty);
}

static int failures_of(uint64_t seed, uint32_t percent, char pattern[201])
{
    int failures = 0;
    bloop_backend *faulty = bloop_faulty_backend_new(memory_store(), seed);
    given_notes(faulty, "notes");
    expect_ok(bloop_inject(faulty, { .status = BLOOP_SERVICE, .percent = percent }));
    for (int i = 0; i < 200; i++) {
        bool failed = has_note(faulty, "{id: \"a\"}") < 0;
        pattern[i] = failed ? 'x' : '.';
        failures += failed;
    }
    pattern[200] = 0;
    bloop_backend_close(faulty);
    return failures;
}

static void chance_follows_the_seed(void **state)
{
    (void)state;
    char first[201], again[201], other[201];
    int failures = failures_of(1, 30, first);
    assert_in_range(failures, 35, 85);
    assert_int_equal(failures_of(1, 30, again), failures);
    assert_string_equal(first, again);
    failures_of(2, 30, other);
    assert_string_not_equal(first, other);
    assert_int_equal(failures_of(3, 100, other), 200);
}

static void delays(void **state)
{
    (void)state;
    struct timespec before, after;
    bloop_backend *faulty = faulty_store();
    expect_ok(bloop_inject(faulty, { .delay_ms = 30, .times = 1 }));
    clock_gettime(CLOCK_MONOTONIC, &before);
    expect_ok(put_note(faulty, "{id: \"a\"}"));
    clock_gettime(CLOCK_MONOTONIC, &after);
    assert_true((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 >= 29);
    assert_int_equal(has_note(faulty, "{id: \"a\"}"), 1);
    bloop_backend_close(faulty);
}

/* And leaves the faults that there are. */
static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    bloop_backend *faulty = faulty_store(), *store = memory_store();
    expect_ok(bloop_inject(faulty, { .status = BLOOP_SERVICE }));
    const bloop_fault wrong[] = {
        { .on = BLOOP_ON(BLOOP_CALL_KIND_COUNT) },
        { .percent = 101 },
        { .delay_ms = -1 },
        { .page_items = -1 },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_status(bloop_faults_set(faulty, &wrong[i], 1), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_faults_set(faulty, NULL, 1), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_faults_set(store, NULL, 0), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_faults_set(NULL, NULL, 0), BLOOP_INVALID_ARGUMENT);
    assert_true(bloop_faults_happened(store) == 0);
    expect_status(put_note(faulty, "{id: \"a\"}"), BLOOP_SERVICE);
    assert_null(bloop_faulty_backend_new(NULL, 0));
    bloop_backend_close(faulty);
    bloop_backend_close(store);
}

static bloop_status everything(void *context)
{
    bloop_backend *faulty = bloop_faulty_backend_new(bloop_store_open(&(bloop_store_options){ .path = NULL }), 1);
    if (!faulty)
        return bloop_last_error()->status;
    const bloop_attribute_definition id = { "id", BLOOP_TAG_S };
    const bloop_table_definition table = { .name = "notes",
                                           .hash_key = "id",
                                           .attributes = &id,
                                           .attribute_count = 1,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    bloop_status status = bloop_create_table(faulty, &table, NULL);
    if (status == BLOOP_OK)
        status = bloop_inject(faulty, { .table = "others", .status = BLOOP_SERVICE }, { .table = "notes", .skip = 1 });
    if (status == BLOOP_OK)
        status = bloop_write_item(faulty, context, NULL);
    bloop_backend_close(faulty);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    notation n = { 0 };
    bloop_write_request request = { .table = "notes", .item = notation_value(&n, "{id: \"a\"}") };
    assert_int_equal(everything(&request), BLOOP_OK);
    assert_true(fail_alloc_every(everything, &request) > 6);
    notation_free(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_faults_nothing_happens),
        cmocka_unit_test(fails_the_calls_it_is_told),
        cmocka_unit_test(says_where_the_failure_comes_from),
        cmocka_unit_test(loses_answers),
        cmocka_unit_test(meets_each_of_many_writes),
        cmocka_unit_test(leaves_some_of_batches),
        cmocka_unit_test(shortens_pages),
        cmocka_unit_test(chance_follows_the_seed),
        cmocka_unit_test(delays),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests_name("inject/faulty", tests, NULL, NULL);
}
