/* Responses as a client reads them: what each member becomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "reads.h"
#include "support/notation.h"

static const char *body_of(const char *name)
{
    for (size_t i = 0; i < read_case_count; i++)
        if (strcmp(read_cases[i].name, name) == 0)
            return read_cases[i].body;
    fail_msg("no response %s", name);
    return "";
}

static void expect_item_is(bloop_value value, const char *expected)
{
    notation n = { 0 };
    assert_non_null(value.data);
    assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
    assert_string_equal(notation_print(&n, value), expected);
    notation_free(&n);
}

static void expect_capacity(const bloop_consumed_capacity *capacity)
{
    assert_non_null(capacity);
    assert_string_equal(capacity->table, "t");
    assert_true(capacity->units == 2.5 && capacity->table_units == 1.0);
    assert_true(capacity->divided);
    assert_int_equal(capacity->index_count, 2);
    assert_string_equal(capacity->indexes[0].index, "by_name");
    assert_true(!capacity->indexes[0].local && capacity->indexes[0].units == 1.0);
    assert_string_equal(capacity->indexes[1].index, "by_rank");
    assert_true(capacity->indexes[1].local && capacity->indexes[1].units == 0.5);
}

static void reads_tables(void **state)
{
    (void)state;
    bloop_table_result result;
    const char *body = body_of("table");
    assert_int_equal(bl_wire_read_table(body, strlen(body), BL_WIRE_DESCRIBE_TABLE, &result), BLOOP_OK);
    const bloop_table_description *table = &result.table;
    const bloop_table_definition *definition = &table->definition;
    assert_string_equal(definition->name, "things");
    assert_string_equal(definition->hash_key, "id");
    assert_string_equal(definition->range_key, "rank");
    assert_int_equal(definition->attribute_count, 2);
    assert_string_equal(definition->attributes[1].name, "rank");
    assert_int_equal(definition->attributes[1].type, BLOOP_TAG_N);
    assert_int_equal(definition->billing, BLOOP_BILLING_PROVISIONED);
    assert_int_equal(definition->throughput.read_units, 5);
    assert_int_equal(definition->throughput.write_units, 6);
    assert_int_equal(definition->stream, BLOOP_VIEW_NEW_IMAGE);
    assert_true(definition->deletion_protection);
    assert_int_equal(table->status, BLOOP_TABLE_ACTIVE);
    assert_int_equal(table->created_at_microseconds, INT64_C(1480000000000000));
    assert_int_equal(table->size_bytes, 70);
    assert_int_equal(table->item_count, 7);
    assert_string_equal(table->arn, "arn:aws:dynamodb:us-west-2:123456789012:table/things");
    assert_string_equal(table->id, "12345678-0123-4567-a123-abcdefghijkl");
    assert_string_equal(table->stream_label, "2016-11-18");
    assert_string_equal(table->stream_arn, "arn:stream");
    bloop_result_free(&result.memory);
}

/* The service describes a table that it deletes without its keys, and no other. */
static void reads_a_farewell(void **state)
{
    (void)state;
    bloop_table_result result;
    static const char body[] = "{\"TableDescription\":{\"TableName\":\"things\",\"TableStatus\":\"DELETING\"}}";
    assert_int_equal(bl_wire_read_table(body, sizeof body - 1, BL_WIRE_DELETE_TABLE, &result), BLOOP_OK);
    assert_string_equal(result.table.definition.name, "things");
    assert_int_equal(result.table.status, BLOOP_TABLE_DELETING);
    assert_null(result.table.definition.hash_key);
    bloop_result_free(&result.memory);
    assert_int_equal(bl_wire_read_table(body, sizeof body - 1, BL_WIRE_UPDATE_TABLE, &result), BLOOP_NETWORK);
}

static void reads_indexes(void **state)
{
    (void)state;
    bloop_table_result result;
    const char *body = body_of("table");
    assert_int_equal(bl_wire_read_table(body, strlen(body), BL_WIRE_DESCRIBE_TABLE, &result), BLOOP_OK);
    const bloop_table_definition *definition = &result.table.definition;
    assert_int_equal(definition->global_index_count, 1);
    const bloop_index_definition *global = &definition->global_indexes[0];
    assert_string_equal(global->name, "by_rank");
    assert_string_equal(global->hash_key, "rank");
    assert_null(global->range_key);
    assert_int_equal(global->projection, BLOOP_PROJECT_INCLUDE);
    assert_int_equal(global->include_count, 2);
    assert_string_equal(global->include[1], "b");
    assert_int_equal(result.table.global_states[0].status, BLOOP_TABLE_CREATING);
    assert_true(result.table.global_states[0].backfilling);
    assert_int_equal(result.table.global_states[0].size_bytes, 10);
    assert_int_equal(definition->local_index_count, 1);
    assert_string_equal(definition->local_indexes[0].range_key, "x");
    assert_int_equal(definition->local_indexes[0].projection, BLOOP_PROJECT_ALL);
    assert_int_equal(result.table.local_states[0].status, BLOOP_TABLE_ACTIVE);
    bloop_result_free(&result.memory);
}

static void reads_table_names(void **state)
{
    (void)state;
    bloop_list_tables_result result;
    const char *body = body_of("names");
    assert_int_equal(bl_wire_read_table_names(body, strlen(body), &result), BLOOP_OK);
    assert_int_equal(result.count, 2);
    assert_string_equal(result.names[0], "a");
    assert_string_equal(result.names[1], "b\xC3\xA9");
    assert_string_equal(result.last, "b\xC3\xA9");
    bloop_result_free(&result.memory);
    assert_int_equal(bl_wire_read_table_names("{\"TableNames\":[]}", 17, &result), BLOOP_OK);
    assert_int_equal(result.count, 0);
    assert_null(result.last);
    bloop_result_free(&result.memory);
}

static void reads_an_item(void **state)
{
    (void)state;
    bloop_get_result result;
    const char *body = body_of("get");
    const bloop_get_request *request = &read_requests_make()->get;
    assert_int_equal(bl_wire_read_item_response(body, strlen(body), request, &result), BLOOP_OK);
    assert_true(result.found);
    expect_item_is(result.item, "{id: \"a\", n: 12}");
    expect_capacity(result.capacity);
    bloop_result_free(&result.memory);
    assert_int_equal(bl_wire_read_item_response("{}", 2, request, &result), BLOOP_OK);
    assert_false(result.found);
    assert_null(result.item.data);
    assert_null(result.capacity);
    bloop_result_free(&result.memory);
}

static bloop_status count_item(void *context, bloop_item item)
{
    expect_item_is(item, "{id: \"a\", n: 12}");
    ++*(int *)context;
    return BLOOP_OK;
}

static bloop_status refuse_item(void *context, bloop_item item)
{
    (void)context;
    (void)item;
    return bl_error(BLOOP_INVALID_VALUE, "not this one");
}

static void hands_an_item_to_its_receiver(void **state)
{
    (void)state;
    int calls = 0;
    bloop_get_result result;
    const char *body = body_of("get");
    bloop_get_request request = { .table = "t", .receive = count_item, .context = &calls };
    assert_int_equal(bl_wire_read_item_response(body, strlen(body), &request, &result), BLOOP_OK);
    assert_int_equal(calls, 1);
    assert_true(result.found);
    assert_null(result.item.data);
    bloop_result_free(&result.memory);
    assert_int_equal(bl_wire_read_item_response("{}", 2, &request, &result), BLOOP_OK);
    assert_int_equal(calls, 1);
    bloop_result_free(&result.memory);
    request.receive = refuse_item;
    assert_int_equal(bl_wire_read_item_response(body, strlen(body), &request, &result), BLOOP_INVALID_VALUE);
    assert_string_equal(bloop_last_error()->message, "not this one");
    assert_null(result.memory.blocks);
}

static void reads_a_write(void **state)
{
    (void)state;
    bloop_write_result result;
    const char *body = body_of("write");
    const bloop_write_request *request = &read_requests_make()->update;
    assert_int_equal(bl_wire_read_write_response(body, strlen(body), request, &result), BLOOP_OK);
    expect_item_is(result.attributes, "{n: 1}");
    expect_capacity(result.capacity);
    assert_non_null(result.metrics);
    assert_string_equal(result.metrics->table, "t");
    expect_item_is(result.metrics->key, "{id: \"a\"}");
    assert_true(result.metrics->low_gb == 0.0 && result.metrics->high_gb == 1.0);
    bloop_result_free(&result.memory);
    assert_int_equal(bl_wire_read_write_response("{}", 2, request, &result), BLOOP_OK);
    assert_null(result.attributes.data);
    assert_null(result.metrics);
    bloop_result_free(&result.memory);
}

static void reads_a_page(void **state)
{
    static const char *const expected[] = {
        "{id: \"a\", m: {k: 1}, s: {\"x\", \"y\"}}",
        "{id: \"b\", m: {k: -2.5}, s: {\"x\", \"y\"}}",
        "{id: \"c\", m: {k: 30}, s: {\"z\"}}",
    };
    (void)state;
    bloop_search_result result;
    const char *body = body_of("search");
    const bloop_search_request *request = &read_requests_make()->query;
    assert_int_equal(bl_wire_read_search_response(body, strlen(body), request, &result), BLOOP_OK);
    assert_int_equal(result.count, 3);
    assert_int_equal(result.scanned, 5);
    size_t position = 0;
    bloop_item item;
    for (size_t i = 0; i < 3; i++) {
        assert_true(bloop_page_next(&result, &position, &item));
        expect_item_is(item, expected[i]);
    }
    assert_false(bloop_page_next(&result, &position, &item));
    expect_item_is(result.last, "{id: \"c\"}");
    expect_capacity(result.capacity);
    bloop_result_free(&result.memory);
}

/* Packed, these are larger than their text: the page has to grow, whichever way they are read. */
static void reads_pages_that_grow(void **state)
{
    static const char *const texts[] = {
        "{}",
        "{\"a\":{\"SS\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\"]}}",
        "{\"a\":{\"L\":[{\"L\":[]},{\"M\":{}},{\"M\":{}}]},\"b\":{\"N\":\"1\"}}",
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++) {
        enum { ITEMS = 2000 };
        bl_buffer body = { 0 };
        bloop_search_result result;
        size_t position = 0;
        bloop_item item, expected;
        bloop_builder *builder = bloop_builder_new();
        assert_int_equal(bloop_item_of_json(texts[i], strlen(texts[i]), builder, &expected), BLOOP_OK);
        for (int k = 0; k < ITEMS; k++)
            bl_buffer_format(&body, "%s%s", k ? "," : "{\"Items\":[", texts[i]);
        bl_buffer_format(&body, "],\"Count\":%d}", ITEMS);
        assert_int_equal(body.status, BLOOP_OK);
        assert_int_equal(
            bl_wire_read_search_response((const char *)body.data, body.size, &read_requests_make()->query, &result),
            BLOOP_OK);
        assert_int_equal(result.items_size, ITEMS * expected.size);
        while (bloop_page_next(&result, &position, &item))
            assert_true(bloop_value_equal(item, expected));
        assert_int_equal(position, result.items_size);
        bloop_result_free(&result.memory);
        bloop_builder_free(builder);
        bl_buffer_free(&body);
    }
}

static void reads_counts(void **state)
{
    (void)state;
    bloop_search_result result;
    static const char body[] = "{\"Count\":12,\"ScannedCount\":90,\"LastEvaluatedKey\":{}}";
    const bloop_search_request request = { .kind = BLOOP_SEARCH_SCAN, .table = "t", .select = BLOOP_SELECT_COUNT };
    assert_int_equal(bl_wire_read_search_response(body, sizeof body - 1, &request, &result), BLOOP_OK);
    assert_int_equal(result.count, 12);
    assert_int_equal(result.scanned, 90);
    assert_int_equal(result.items_size, 0);
    assert_null(result.last.data);
    bloop_result_free(&result.memory);
    assert_int_equal(bl_wire_read_search_response("{\"Items\":[],\"Count\":5}", 22, &request, &result), BLOOP_OK);
    assert_int_equal(result.count, 5);
    assert_int_equal(result.scanned, 5);
    bloop_result_free(&result.memory);
    assert_int_equal(bl_wire_read_search_response("{\"Items\":[{}],\"Count\":5}", 24, &request, &result),
                     BLOOP_NETWORK);
}

/* What a batch hands over, as text by the number of the key. */
typedef struct received {
    char text[4][64];
    int calls;
    int fail_at;
} received;

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    received *to = context;
    notation n = { 0 };
    assert_true(index < 4);
    assert_int_equal(to->text[index][0], 0);
    snprintf(to->text[index], sizeof to->text[index], "%s", notation_print(&n, item));
    notation_free(&n);
    return ++to->calls == to->fail_at ? bl_error(BLOOP_INVALID_VALUE, "enough") : BLOOP_OK;
}

static void reads_a_batch_of_items(void **state)
{
    (void)state;
    bloop_batch_get_result result;
    received to = { .calls = 0 };
    const char *body = body_of("batch get");
    bloop_batch_get_request request = read_requests_make()->batch_get;
    request.receive = receive;
    request.context = &to;
    assert_int_equal(bl_wire_read_batch_get_response(body, strlen(body), &request, &result), BLOOP_OK);
    assert_int_equal(to.calls, 2);
    assert_string_equal(to.text[1], "{id: \"b\", x: true}");
    assert_string_equal(to.text[2], "{id: \"a\"}");
    assert_int_equal(result.unprocessed_count, 1);
    assert_int_equal(result.unprocessed[0], 3);
    assert_int_equal(result.capacity_count, 2);
    expect_capacity(&result.capacity[0]);
    assert_string_equal(result.capacity[1].table, "u");
    assert_false(result.capacity[1].divided);
    bloop_result_free(&result.memory);
    to = (received){ .fail_at = 1 };
    assert_int_equal(bl_wire_read_batch_get_response(body, strlen(body), &request, &result), BLOOP_INVALID_VALUE);
    assert_int_equal(to.calls, 1);
    assert_null(result.memory.blocks);
}

/* The key comes with each item, because the request asked for it; the receiver gets what its caller wanted. */
static void projects_the_items_of_a_batch(void **state)
{
    static const char body[] = "{\"Responses\":{\"t\":[{\"x\":{\"N\":\"1\"},\"id\":{\"S\":\"b\"}}],"
                               "\"u\":[{\"x\":{\"N\":\"1\"},\"id\":{\"S\":\"a\"}}]},\"UnprocessedKeys\":{}}";
    (void)state;
    notation n = { 0 };
    bloop_batch_get_result result;
    received to = { .calls = 0 };
    const bloop_projection_paths *x = notation_projection(&n, "x");
    const bloop_batch_table tables[] = {
        { .table = "t", .projection = x },
        { .table = "u", .projection = x, .projection_is_hint = true },
    };
    bloop_batch_get_request request = read_requests_make()->batch_get;
    request.tables = tables;
    request.table_count = 2;
    request.receive = receive;
    request.context = &to;
    assert_int_equal(bl_wire_read_batch_get_response(body, sizeof body - 1, &request, &result), BLOOP_OK);
    assert_string_equal(to.text[1], "{x: 1}");
    assert_string_equal(to.text[2], "{id: \"a\", x: 1}");
    bloop_result_free(&result.memory);
    notation_free(&n);
}

static void reads_a_batch_of_writes(void **state)
{
    (void)state;
    bloop_batch_write_result result;
    const char *body = body_of("batch write");
    const bloop_batch_write_request *request = &read_requests_make()->batch_write;
    assert_int_equal(bl_wire_read_batch_write_response(body, strlen(body), request, &result), BLOOP_OK);
    assert_int_equal(result.unprocessed_count, 2);
    assert_int_equal(result.unprocessed[0], 2);
    assert_int_equal(result.unprocessed[1], 1);
    assert_int_equal(result.metrics_count, 1);
    assert_string_equal(result.metrics[0].table, "t");
    expect_item_is(result.metrics[0].key, "{id: \"a\"}");
    assert_int_equal(result.capacity_count, 1);
    expect_capacity(&result.capacity[0]);
    bloop_result_free(&result.memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_tables),
        cmocka_unit_test(reads_a_farewell),
        cmocka_unit_test(reads_indexes),
        cmocka_unit_test(reads_table_names),
        cmocka_unit_test(reads_an_item),
        cmocka_unit_test(hands_an_item_to_its_receiver),
        cmocka_unit_test(reads_a_write),
        cmocka_unit_test(reads_a_page),
        cmocka_unit_test(reads_pages_that_grow),
        cmocka_unit_test(reads_counts),
        cmocka_unit_test(reads_a_batch_of_items),
        cmocka_unit_test(projects_the_items_of_a_batch),
        cmocka_unit_test(reads_a_batch_of_writes),
    };
    return cmocka_run_group_tests_name("wire/answers", tests, NULL, NULL);
}
