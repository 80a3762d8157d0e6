/* The recording backend: what it writes down, of every operation, and that it changes nothing. */
#include <pthread.h>

#include "store.h"
#include "support/fail_alloc.h"

static void expect_text(bloop_backend *recording, const char *text)
{
    char got[4096];
    size_t length = bloop_recorded_print(recording, got, sizeof got);
    assert_int_equal(length, strlen(got));
    assert_string_equal(got, text);
    bloop_recorded_forget(recording);
    assert_int_equal(bloop_recorded_count(recording), 0);
}

static bloop_backend *recorded_store(void)
{
    bloop_backend *made = bloop_recording_backend_new(memory_store());
    assert_non_null(made);
    given_notes(made, "notes");
    return made;
}

static void records_writes_and_reads(void **state)
{
    (void)state;
    bloop_backend *recording = recorded_store();
    expect_text(recording, "create_table notes id:S\n");
    expect_ok(put_note(recording, "{id: \"a\", text: \"hello\"}"));
    expect_ok(write_note(recording, BLOOP_WRITE_UPDATE, "notes", "{id: \"a\"}", "SET size = 3 REMOVE text",
                         "attribute_exists(id)"));
    expect_status(write_note(recording, BLOOP_WRITE_DELETE, "notes", "{id: \"a\"}", NULL, "size = 4"),
                  BLOOP_CONSTRAINT_VIOLATION);
    assert_int_equal(has_note(recording, "{id: \"a\"}"), 1);
    bloop_recorded_call call;
    expect_ok(bloop_recorded(recording, 1, &call));
    assert_int_equal(call.kind, BLOOP_CALL_WRITE);
    assert_string_equal(call.table, "notes");
    assert_true(call.answered);
    assert_int_equal(call.status, BLOOP_OK);
    expect_ok(bloop_recorded(recording, 2, &call));
    assert_int_equal(call.status, BLOOP_CONSTRAINT_VIOLATION);
    expect_ok(bloop_recorded(recording, 3, &call));
    assert_int_equal(call.kind, BLOOP_CALL_GET);
    expect_status(bloop_recorded(recording, 4, &call), BLOOP_INVALID_ARGUMENT);
    expect_text(recording, "put notes {id: \"a\", text: \"hello\"}\n"
                           "update notes {id: \"a\"} SET size = 3 REMOVE text if attribute_exists(id)\n"
                           "delete notes {id: \"a\"} if size = 4\n"
                           "get notes {id: \"a\"}\n");
    bloop_backend_close(recording);
}

static void records_tables(void **state)
{
    (void)state;
    bloop_backend *recording = recorded_store();
    const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S }, { "n", BLOOP_TAG_N } };
    const bloop_index_definition index = { .name = "by_n", .hash_key = "n", .range_key = "id" };
    const bloop_update_table_request update = {
        .table = "notes", .attributes = attributes, .attribute_count = 2, .create_index = &index
    };
    bloop_table_result table;
    bloop_list_tables_result list;
    bloop_recorded_call call;
    expect_ok(bloop_describe_table(recording, "notes", &table));
    bloop_result_free(&table.memory);
    expect_ok(bloop_update_table(recording, &update, NULL));
    expect_ok(
        bloop_list_tables(recording, &(bloop_list_tables_request){ .exclusive_start = "a12", .limit = 3 }, &list));
    assert_int_equal(list.count, 1);
    bloop_result_free(&list.memory);
    expect_ok(bloop_recorded(recording, 3, &call));
    assert_null(call.table);
    expect_ok(bloop_delete_table(recording, "notes", NULL));
    expect_status(bloop_delete_table(recording, "notes", NULL), BLOOP_TABLE_NOT_FOUND);
    expect_text(recording, "create_table notes id:S\n"
                           "describe_table notes\n"
                           "update_table notes, create, index by_n n id\n"
                           "list_tables after a12 limit 3\n"
                           "delete_table notes\n"
                           "delete_table notes\n");
    bloop_backend_close(recording);
}

static bloop_status take(void *context, size_t index, bloop_item item)
{
    (void)index;
    (void)item;
    ++*(int *)context;
    return BLOOP_OK;
}

static void records_batches_and_searches(void **state)
{
    (void)state;
    int taken = 0;
    notation n = { 0 };
    bloop_backend *recording = recorded_store();
    const bloop_write_request writes[] = {
        { .kind = BLOOP_WRITE_PUT, .table = "notes", .item = notation_value(&n, "{id: \"a\"}") },
        { .kind = BLOOP_WRITE_DELETE, .table = "notes", .item = notation_value(&n, "{id: \"b\"}") },
    };
    const bloop_batch_get_key keys[] = { { "notes", writes[0].item }, { "notes", writes[1].item } };
    const bloop_batch_table table = { .table = "notes",
                                      .consistent = true,
                                      .projection = notation_projection(&n, "id, size") };
    const bloop_batch_get_request get = {
        .keys = keys, .count = 2, .tables = &table, .table_count = 1, .receive = take, .context = &taken
    };
    bloop_batch_write_result written;
    bloop_batch_get_result gotten;
    bloop_search_result page;
    bloop_write_result results[2];
    bloop_recorded_forget(recording);
    expect_ok(
        bloop_batch_write_item(recording, &(bloop_batch_write_request){ .writes = writes, .count = 2 }, &written));
    bloop_result_free(&written.memory);
    expect_ok(bloop_write_items(recording, writes, 2, 0, results));
    expect_ok(bloop_batch_get_item(recording, &get, &gotten));
    bloop_result_free(&gotten.memory);
    expect_ok(bloop_get_items(recording, &get, 4, &gotten));
    bloop_result_free(&gotten.memory);
    assert_int_equal(taken, 2);
    bloop_search_request search = { .kind = BLOOP_SEARCH_QUERY,
                                    .table = "notes",
                                    .key_condition = notation_condition(&n, "id = \"a\""),
                                    .filter = notation_condition(&n, "size > 3"),
                                    .projection = notation_projection(&n, "id, text.words[2]"),
                                    .descending = true,
                                    .consistent = true,
                                    .limit = 2 };
    expect_ok(bloop_search_page(recording, &search, &page));
    bloop_result_free(&page.memory);
    search = (bloop_search_request){ .kind = BLOOP_SEARCH_SCAN,
                                     .table = "notes",
                                     .select = BLOOP_SELECT_COUNT,
                                     .segment = 0,
                                     .total_segments = 1,
                                     .exclusive_start = writes[0].item };
    expect_ok(bloop_search_page(recording, &search, &page));
    bloop_result_free(&page.memory);
    expect_text(recording,
                "batch_write put notes {id: \"a\"}, delete notes {id: \"b\"}\n"
                "put notes {id: \"a\"}\n"
                "delete notes {id: \"b\"}\n"
                "batch_get notes {id: \"a\"}, notes {id: \"b\"}, notes of id, size, notes consistent\n"
                "batch_get notes {id: \"a\"}, notes {id: \"b\"}, notes of id, size, notes consistent\n"
                "query notes key id = \"a\" filter size > 3 of id, text.words[2], consistent, descending, limit 2\n"
                "scan notes, count, segment 0 of 1, after {id: \"a\"}\n");
    notation_free(&n);
    bloop_backend_close(recording);
}

static void prints_what_fits(void **state)
{
    (void)state;
    char text[16];
    bloop_backend *recording = recorded_store();
    assert_int_equal(put_note(recording, "{id: \"a\"}"), BLOOP_OK);
    size_t length = strlen("create_table notes id:S\nput notes {id: \"a\"}\n");
    assert_int_equal(bloop_recorded_print(recording, NULL, 0), length);
    assert_int_equal(bloop_recorded_print(recording, text, sizeof text), length);
    assert_string_equal(text, "create_table no");
    bloop_backend_close(recording);
}

static void refuses_what_is_none(void **state)
{
    (void)state;
    bloop_recorded_call call;
    bloop_backend *store = memory_store();
    assert_int_equal(bloop_recorded_count(store), 0);
    assert_int_equal(bloop_recorded_count(NULL), 0);
    assert_int_equal(bloop_recorded_print(store, NULL, 0), 0);
    expect_status(bloop_recorded(store, 0, &call), BLOOP_INVALID_ARGUMENT);
    bloop_recorded_forget(store);
    bloop_backend_close(store);
    assert_null(bloop_recording_backend_new(NULL));
    assert_int_not_equal(bloop_last_error()->status, BLOOP_OK);
    assert_string_equal(bloop_call_name(BLOOP_CALL_SEARCH), "search");
    assert_string_equal(bloop_call_name((bloop_call_kind)BLOOP_CALL_KIND_COUNT), "?");
}

static void *put_many(void *context)
{
    char item[32];
    for (int i = 0; i < 50; i++) {
        snprintf(item, sizeof item, "{id: \"%d\"}", i);
        if (put_note(context, item) != BLOOP_OK)
            return context;
    }
    return NULL;
}

static void records_from_many_threads(void **state)
{
    (void)state;
    pthread_t threads[4];
    void *failed;
    bloop_backend *recording = recorded_store();
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, put_many, recording), 0);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    assert_int_equal(bloop_recorded_count(recording), 1 + 4 * 50);
    bloop_backend_close(recording);
}

/* What can't be recorded is not done. */
static void a_call_without_memory_is_not_made(void **state)
{
    (void)state;
    notation n = { 0 };
    const bloop_write_request request = { .kind = BLOOP_WRITE_PUT,
                                          .table = "notes",
                                          .item = notation_value(&n, "{id: \"a\", text: \"a longer text\"}") };
    size_t failures = 0;
    for (bool failed = true; failed;) {
        bloop_backend *recording = recorded_store();
        bloop_recorded_forget(recording);
        fail_alloc_begin(failures, FAIL_ALLOC_ONE);
        bloop_status status = bloop_write_item(recording, &request, NULL);
        fail_alloc_report report = fail_alloc_end();
        failed = report.failures > 0;
        failures += failed;
        assert_int_equal(status, failed ? BLOOP_NO_MEMORY : BLOOP_OK);
        assert_int_equal(has_note(recording, "{id: \"a\"}"), !failed);
        bloop_backend_close(recording);
    }
    assert_true(failures >= 2); /* the list, the text */
    notation_free(&n);
}

static bloop_status make_and_close(void *context)
{
    (void)context;
    bloop_backend *made = bloop_recording_backend_new(bloop_store_open(&(bloop_store_options){ .path = NULL }));
    if (!made)
        return bloop_last_error()->status;
    bloop_backend_close(made);
    return BLOOP_OK;
}

static void owns_what_it_wraps_without_memory_too(void **state)
{
    (void)state;
    assert_int_equal(make_and_close(NULL), BLOOP_OK);
    assert_true(fail_alloc_every(make_and_close, NULL) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_writes_and_reads),
        cmocka_unit_test(records_tables),
        cmocka_unit_test(records_batches_and_searches),
        cmocka_unit_test(prints_what_fits),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(records_from_many_threads),
        cmocka_unit_test(a_call_without_memory_is_not_made),
        cmocka_unit_test(owns_what_it_wraps_without_memory_too),
    };
    return cmocka_run_group_tests_name("inject/recording", tests, NULL, NULL);
}
