/* Requests as a client sends them: expressions with placeholders, and every operation's members. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "requests.h"
#include "support/notation.h"

/* A condition in the tests' notation, and what it is as a Scan's filter. */
typedef struct condition_case {
    const char *condition, *text, *names, *values;
} condition_case;

/* The body is just this. */
static void expect_text(const bl_wire_request *request, const char *expected)
{
    bl_buffer out = { 0 };
    bl_wire_write_request(&out, request);
    assert_int_equal(out.status, BLOOP_OK);
    bl_buffer_byte(&out, 0);
    assert_string_equal((const char *)out.data, expected);
    bl_buffer_free(&out);
}

/* The body is just this, and is read as the request that it was made of. */
static void expect_body(const bl_wire_request *request, const char *expected)
{
    bl_buffer before = { 0 }, after = { 0 };
    bl_wire_request read;
    bl_wire_reading *reading = bl_wire_reading_new();
    expect_text(request, expected);
    if (bl_wire_read_request(reading, request->operation, expected, strlen(expected), &read) != BLOOP_OK)
        fail_msg("%s is refused: %s", expected, bloop_last_error()->message);
    request_text(&before, request);
    request_text(&after, &read);
    bl_buffer_byte(&before, 0);
    bl_buffer_byte(&after, 0);
    assert_string_equal((const char *)after.data, (const char *)before.data);
    bl_buffer_free(&before);
    bl_buffer_free(&after);
    bl_wire_reading_free(reading);
}

static void renders_conditions(void **state)
{
    static const condition_case cases[] = {
        { "a = 1", "#0 = :0", "\"#0\":\"a\"", "\":0\":{\"N\":\"1\"}" },
        { "a = 1 AND a <> 1", "#0 = :0 AND #0 <> :0", "\"#0\":\"a\"", "\":0\":{\"N\":\"1\"}" },
        { "a.b[3].a < \"x\"", "#0.#1[3].#0 < :0", "\"#0\":\"a\",\"#1\":\"b\"", "\":0\":{\"S\":\"x\"}" },
        { "(a = 1 OR b = 2) AND NOT c = 3", "(#0 = :0 OR #1 = :1) AND NOT #2 = :2",
          "\"#0\":\"a\",\"#1\":\"b\",\"#2\":\"c\"", "\":0\":{\"N\":\"1\"},\":1\":{\"N\":\"2\"},\":2\":{\"N\":\"3\"}" },
        { "a = 1 OR b = 2 AND c = 3", "#0 = :0 OR #1 = :1 AND #2 = :2", "\"#0\":\"a\",\"#1\":\"b\",\"#2\":\"c\"",
          "\":0\":{\"N\":\"1\"},\":1\":{\"N\":\"2\"},\":2\":{\"N\":\"3\"}" },
        { "NOT (a = 1 AND b = 1)", "NOT (#0 = :0 AND #1 = :0)", "\"#0\":\"a\",\"#1\":\"b\"", "\":0\":{\"N\":\"1\"}" },
        { "NOT (NOT a = 1)", "NOT NOT #0 = :0", "\"#0\":\"a\"", "\":0\":{\"N\":\"1\"}" },
        { "a BETWEEN 1 AND 2 AND b IN (1, 2, 3)", "#0 BETWEEN :0 AND :1 AND #1 IN (:0, :1, :2)",
          "\"#0\":\"a\",\"#1\":\"b\"", "\":0\":{\"N\":\"1\"},\":1\":{\"N\":\"2\"},\":2\":{\"N\":\"3\"}" },
        { "attribute_type(a, \"SS\") AND contains(b, size(a)) OR begins_with(c, \"x\")",
          "attribute_type(#0, :0) AND contains(#1, size(#0)) OR begins_with(#2, :1)",
          "\"#0\":\"a\",\"#1\":\"b\",\"#2\":\"c\"", "\":0\":{\"S\":\"SS\"},\":1\":{\"S\":\"x\"}" },
    };
    char expected[1024];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        notation n = { 0 };
        bl_wire_request request = { .operation = BL_WIRE_SCAN };
        request.as.search = (bloop_search_request){ .kind = BLOOP_SEARCH_SCAN,
                                                    .table = "tab",
                                                    .filter = notation_condition(&n, cases[i].condition) };
        snprintf(expected, sizeof expected,
                 "{\"TableName\":\"tab\",\"FilterExpression\":\"%s\",\"ExpressionAttributeNames\":{%s},"
                 "\"ExpressionAttributeValues\":{%s}}",
                 cases[i].text, cases[i].names, cases[i].values);
        expect_body(&request, expected);
        notation_free(&n);
    }
}

static bloop_status receive_nothing(void *context, bloop_item item)
{
    (void)context;
    (void)item;
    return BLOOP_OK;
}

static void renders_gets(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_GET_ITEM };
    request.as.get = (bloop_get_request){ .table = "tab", .key = notation_value(&n, "{id: \"a\"}") };
    expect_body(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"S\":\"a\"}}}");
    request.as.get.consistent = true;
    request.as.get.projection = notation_projection(&n, "a, b.c[2], a_b");
    request.as.get.projection_is_hint = true;
    request.as.get.capacity = BLOOP_CAPACITY_INDEXES;
    /* Nobody receives the item: it is no hint. */
    expect_body(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"S\":\"a\"}},\"ConsistentRead\":true,"
                          "\"ProjectionExpression\":\"#0,#1.#2[2],#3\",\"ExpressionAttributeNames\":{\"#0\":\"a\","
                          "\"#1\":\"b\",\"#2\":\"c\",\"#3\":\"a_b\"},\"ReturnConsumedCapacity\":\"INDEXES\"}");
    request.as.get.receive = receive_nothing;
    expect_text(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"S\":\"a\"}},\"ConsistentRead\":true,"
                          "\"ReturnConsumedCapacity\":\"INDEXES\"}");
    request.as.get.projection_is_hint = false;
    request.as.get.projection = notation_projection(&n, "a");
    expect_body(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"S\":\"a\"}},\"ConsistentRead\":true,"
                          "\"ProjectionExpression\":\"#0\",\"ExpressionAttributeNames\":{\"#0\":\"a\"},"
                          "\"ReturnConsumedCapacity\":\"INDEXES\"}");
    notation_free(&n);
}

static void renders_writes(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_PUT_ITEM };
    request.as.write = (bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                              .table = "tab",
                                              .item = notation_value(&n, "{id: \"a\", n: [1, null, {\"x\"}]}"),
                                              .condition = notation_condition(&n, "attribute_not_exists(id)"),
                                              .return_values = BLOOP_RETURN_ALL_OLD,
                                              .return_old_on_failure = true,
                                              .capacity = BLOOP_CAPACITY_TOTAL,
                                              .collection_metrics = true };
    expect_body(&request,
                "{\"TableName\":\"tab\",\"Item\":{\"id\":{\"S\":\"a\"},\"n\":{\"L\":[{\"N\":\"1\"},{\"NULL\":true},"
                "{\"SS\":[\"x\"]}]}},\"ConditionExpression\":\"attribute_not_exists(#0)\","
                "\"ExpressionAttributeNames\":{\"#0\":\"id\"},\"ReturnValues\":\"ALL_OLD\","
                "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\",\"ReturnConsumedCapacity\":\"TOTAL\","
                "\"ReturnItemCollectionMetrics\":\"SIZE\"}");
    request.operation = BL_WIRE_DELETE_ITEM;
    request.as.write = (bloop_write_request){ .kind = BLOOP_WRITE_DELETE,
                                              .table = "tab",
                                              .item = notation_value(&n, "{id: x\"6869\"}") };
    expect_body(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"B\":\"aGk=\"}}}");
    notation_free(&n);
}

static void renders_updates(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_UPDATE_ITEM };
    request.as.write =
        (bloop_write_request){ .kind = BLOOP_WRITE_UPDATE, .table = "tab", .item = notation_value(&n, "{id: 1}") };
    expect_body(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"N\":\"1\"}}}");
    request.as.write.update =
        notation_update(&n, "REMOVE r ADD c 1 SET a = b + 1, d = list_append(if_not_exists(d, []), []) "
                            "DELETE s {\"x\"} SET e = 2");
    request.as.write.condition = notation_condition(&n, "a = 1");
    request.as.write.return_values = BLOOP_RETURN_UPDATED_NEW;
    expect_body(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"N\":\"1\"}},\"UpdateExpression\":\"SET #0=#1 + :0,"
                          "#2=list_append(if_not_exists(#2, :1), :1),#3=:2 REMOVE #4 ADD #5 :0 DELETE #6 :3\","
                          "\"ConditionExpression\":\"#0 = :0\",\"ExpressionAttributeNames\":{\"#0\":\"a\",\"#1\":\"b\","
                          "\"#2\":\"d\",\"#3\":\"e\",\"#4\":\"r\",\"#5\":\"c\",\"#6\":\"s\"},"
                          "\"ExpressionAttributeValues\":{\":0\":{\"N\":\"1\"},\":1\":{\"L\":[]},\":2\":{\"N\":\"2\"},"
                          "\":3\":{\"SS\":[\"x\"]}},\"ReturnValues\":\"UPDATED_NEW\"}");
    request.as.write = (bloop_write_request){ .kind = BLOOP_WRITE_UPDATE,
                                              .table = "tab",
                                              .item = notation_value(&n, "{id: 1}"),
                                              .update = notation_update(&n, "ADD c 1 REMOVE r, s") };
    expect_body(&request, "{\"TableName\":\"tab\",\"Key\":{\"id\":{\"N\":\"1\"}},"
                          "\"UpdateExpression\":\"REMOVE #0,#1 ADD #2 :0\","
                          "\"ExpressionAttributeNames\":{\"#0\":\"r\",\"#1\":\"s\",\"#2\":\"c\"},"
                          "\"ExpressionAttributeValues\":{\":0\":{\"N\":\"1\"}}}");
    notation_free(&n);
}

static void renders_searches(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_QUERY };
    request.as.search = (bloop_search_request){ .kind = BLOOP_SEARCH_QUERY,
                                                .table = "tab",
                                                .index = "idx",
                                                .key_condition = notation_condition(&n, "id = \"a\" AND r > 1"),
                                                .filter = notation_condition(&n, "x > 1"),
                                                .projection = notation_projection(&n, "x"),
                                                .select = BLOOP_SELECT_SPECIFIC,
                                                .consistent = true,
                                                .descending = true,
                                                .limit = 7,
                                                .exclusive_start = notation_value(&n, "{id: \"a\", r: 3}") };
    expect_body(
        &request,
        "{\"TableName\":\"tab\",\"IndexName\":\"idx\",\"Select\":\"SPECIFIC_ATTRIBUTES\",\"ConsistentRead\":true,"
        "\"Limit\":7,\"ExclusiveStartKey\":{\"id\":{\"S\":\"a\"},\"r\":{\"N\":\"3\"}},\"ScanIndexForward\":false,"
        "\"KeyConditionExpression\":\"#0 = :0 AND #1 > :1\",\"FilterExpression\":\"#2 > :1\","
        "\"ProjectionExpression\":\"#2\",\"ExpressionAttributeNames\":{\"#0\":\"id\",\"#1\":\"r\","
        "\"#2\":\"x\"},\"ExpressionAttributeValues\":{\":0\":{\"S\":\"a\"},\":1\":{\"N\":\"1\"}}}");
    request.operation = BL_WIRE_SCAN;
    request.as.search = (bloop_search_request){ .kind = BLOOP_SEARCH_SCAN,
                                                .table = "tab",
                                                .select = BLOOP_SELECT_COUNT,
                                                .total_segments = 4,
                                                .capacity = BLOOP_CAPACITY_TOTAL };
    expect_body(&request, "{\"TableName\":\"tab\",\"Select\":\"COUNT\",\"Segment\":0,\"TotalSegments\":4,"
                          "\"ReturnConsumedCapacity\":\"TOTAL\"}");
    notation_free(&n);
}

static void renders_batches_of_keys(void **state)
{
    (void)state;
    notation n = { 0 };
    const bloop_batch_get_key keys[] = {
        { "one", notation_value(&n, "{id: 1, r: 1}") },
        { "two", notation_value(&n, "{k: \"x\"}") },
        { "one", notation_value(&n, "{id: 1, r: 2}") },
    };
    const bloop_batch_table tables[] = { { "one", true, notation_projection(&n, "a, id, b"), false } };
    bl_wire_request request = { .operation = BL_WIRE_BATCH_GET_ITEM };
    request.as.batch_get = (bloop_batch_get_request){ .keys = keys, .count = 3, .capacity = BLOOP_CAPACITY_TOTAL };
    request.as.batch_get.tables = tables;
    request.as.batch_get.table_count = 1;
    expect_text(&request, "{\"RequestItems\":{\"one\":{\"Keys\":[{\"id\":{\"N\":\"1\"},\"r\":{\"N\":\"1\"}},"
                          "{\"id\":{\"N\":\"1\"},\"r\":{\"N\":\"2\"}}],\"ConsistentRead\":true,"
                          "\"ProjectionExpression\":\"#0,#1,#2,#3\",\"ExpressionAttributeNames\":{\"#0\":\"a\","
                          "\"#1\":\"b\",\"#2\":\"id\",\"#3\":\"r\"}},\"two\":{\"Keys\":[{\"k\":{\"S\":\"x\"}}]}},"
                          "\"ReturnConsumedCapacity\":\"TOTAL\"}");
    notation_free(&n);
}

static void renders_batches_of_writes(void **state)
{
    (void)state;
    notation n = { 0 };
    const bloop_write_request writes[] = {
        { .kind = BLOOP_WRITE_PUT, .table = "one", .item = notation_value(&n, "{id: 1, x: true}") },
        { .kind = BLOOP_WRITE_DELETE, .table = "one", .item = notation_value(&n, "{id: 2}") },
        { .kind = BLOOP_WRITE_DELETE, .table = "two", .item = notation_value(&n, "{k: \"x\"}") },
    };
    bl_wire_request request = { .operation = BL_WIRE_BATCH_WRITE_ITEM };
    request.as.batch_write = (bloop_batch_write_request){ .writes = writes, .count = 3, .collection_metrics = true };
    expect_body(
        &request,
        "{\"RequestItems\":{\"one\":[{\"PutRequest\":{\"Item\":{\"id\":{\"N\":\"1\"},\"x\":{\"BOOL\":true}}}},"
        "{\"DeleteRequest\":{\"Key\":{\"id\":{\"N\":\"2\"}}}}],"
        "\"two\":[{\"DeleteRequest\":{\"Key\":{\"k\":{\"S\":\"x\"}}}}]},\"ReturnItemCollectionMetrics\":\"SIZE\"}");
    notation_free(&n);
}

static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S }, { "r", BLOOP_TAG_N } };
static const char *const include[] = { "a", "b" };
static const bloop_index_definition global = {
    "glob", "r", NULL, BLOOP_PROJECT_INCLUDE, include, 2, { 3, 4 },
};

static void renders_new_tables(void **state)
{
    static const bloop_index_definition local = { "loc", "id", "r", BLOOP_PROJECT_KEYS_ONLY, NULL, 0, { 0, 0 } };
    (void)state;
    bl_wire_request request = { .operation = BL_WIRE_CREATE_TABLE };
    request.as.create_table = (bloop_table_definition){ .name = "tab",
                                                        .hash_key = "id",
                                                        .attributes = attributes,
                                                        .attribute_count = 1,
                                                        .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_body(&request,
                "{\"TableName\":\"tab\",\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],"
                "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"BillingMode\":\"PAY_PER_REQUEST\"}");
    request.as.create_table = (bloop_table_definition){ .name = "tab",
                                                        .hash_key = "id",
                                                        .range_key = "r",
                                                        .attributes = attributes,
                                                        .attribute_count = 2,
                                                        .global_indexes = &global,
                                                        .global_index_count = 1,
                                                        .local_indexes = &local,
                                                        .local_index_count = 1,
                                                        .throughput = { 1, 2 },
                                                        .stream = BLOOP_VIEW_OLD_IMAGE,
                                                        .deletion_protection = true };
    expect_body(
        &request,
        "{\"TableName\":\"tab\",\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"},"
        "{\"AttributeName\":\"r\",\"AttributeType\":\"N\"}],\"KeySchema\":[{\"AttributeName\":\"id\","
        "\"KeyType\":\"HASH\"},{\"AttributeName\":\"r\",\"KeyType\":\"RANGE\"}],\"LocalSecondaryIndexes\":["
        "{\"IndexName\":\"loc\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"r\",\"KeyType\":\"RANGE\"}],\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"}}],"
        "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"glob\",\"KeySchema\":[{\"AttributeName\":\"r\","
        "\"KeyType\":\"HASH\"}],\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":[\"a\",\"b\"]},"
        "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":3,\"WriteCapacityUnits\":4}}],"
        "\"BillingMode\":\"PROVISIONED\",\"ProvisionedThroughput\":{\"ReadCapacityUnits\":1,\"WriteCapacityUnits\":2},"
        "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"OLD_IMAGE\"},"
        "\"DeletionProtectionEnabled\":true}");
}

static void renders_changes_of_tables(void **state)
{
    static const struct {
        bloop_update_table_request update;
        const char *members;
    } cases[] = {
        { { .set_billing = true, .billing = BLOOP_BILLING_PAY_PER_REQUEST }, "\"BillingMode\":\"PAY_PER_REQUEST\"" },
        { { .set_throughput = true, .throughput = { 5, 6 } },
          "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":5,\"WriteCapacityUnits\":6}" },
        { { .set_stream = true, .stream = BLOOP_VIEW_KEYS_ONLY },
          "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"KEYS_ONLY\"}" },
        { { .set_stream = true }, "\"StreamSpecification\":{\"StreamEnabled\":false}" },
        { { .set_deletion_protection = true }, "\"DeletionProtectionEnabled\":false" },
        { { .delete_index = "glob" }, "\"GlobalSecondaryIndexUpdates\":[{\"Delete\":{\"IndexName\":\"glob\"}}]" },
        { { .update_index = "glob", .index_throughput = { 7, 8 } },
          "\"GlobalSecondaryIndexUpdates\":[{\"Update\":{\"IndexName\":\"glob\",\"ProvisionedThroughput\":"
          "{\"ReadCapacityUnits\":7,\"WriteCapacityUnits\":8}}}]" },
        { { .create_index = &global, .attributes = attributes + 1, .attribute_count = 1 },
          "\"AttributeDefinitions\":[{\"AttributeName\":\"r\",\"AttributeType\":\"N\"}],"
          "\"GlobalSecondaryIndexUpdates\":[{\"Create\":{\"IndexName\":\"glob\",\"KeySchema\":[{\"AttributeName\":\"r\","
          "\"KeyType\":\"HASH\"}],\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":[\"a\",\"b\"]},"
          "\"ProvisionedThroughput\":{\"ReadCapacityUnits\":3,\"WriteCapacityUnits\":4}}}]" },
    };
    char expected[1024];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_wire_request request = { .operation = BL_WIRE_UPDATE_TABLE };
        request.as.update_table = cases[i].update;
        request.as.update_table.table = "tab";
        snprintf(expected, sizeof expected, "{\"TableName\":\"tab\",%s}", cases[i].members);
        expect_body(&request, expected);
    }
}

static void renders_small_requests(void **state)
{
    static const struct {
        bl_wire_operation operation;
        const char *text, *body;
    } cases[] = {
        { BL_WIRE_DESCRIBE_TABLE, "tab", "{\"TableName\":\"tab\"}" },
        { BL_WIRE_DELETE_TABLE, "tab", "{\"TableName\":\"tab\"}" },
        { BL_WIRE_DESCRIBE_TIME_TO_LIVE, "tab", "{\"TableName\":\"tab\"}" },
        { BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS, "tab", "{\"TableName\":\"tab\"}" },
        { BL_WIRE_DESCRIBE_LIMITS, NULL, "{}" },
        { BL_WIRE_DESCRIBE_ENDPOINTS, NULL, "{}" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "arn:aws:dynamodb:ddblocal:000000000000:table/tab",
          "{\"ResourceArn\":\"arn:aws:dynamodb:ddblocal:000000000000:table/tab\"}" },
    };
    (void)state;
    bl_wire_request request = { .operation = BL_WIRE_LIST_TABLES };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        request.operation = cases[i].operation;
        request.as.table = cases[i].text;
        expect_body(&request, cases[i].body);
    }
    request = (bl_wire_request){ .operation = BL_WIRE_LIST_TABLES };
    expect_body(&request, "{}");
    request.as.list_tables = (bloop_list_tables_request){ "abc", 5 };
    expect_body(&request, "{\"ExclusiveStartTableName\":\"abc\",\"Limit\":5}");
}

/* What no check has seen is a failure of the buffer, not a body that says something else. */
static void refuses_what_is_not_well_formed(void **state)
{
    static const bloop_step step = { { "\xFF", 1 }, 0 };
    static const bloop_expr path = { .kind = BLOOP_EXPR_PATH, .path = { &step, 1 } }, nothing = { 0 };
    static const bloop_expr *const bad_path[] = { &path }, *const empty[] = { &nothing, &nothing };
    static const bloop_expr bad_name = { .kind = BLOOP_EXPR_ATTRIBUTE_EXISTS, .count = 1, .args = bad_path };
    static const bloop_expr bad_tree = { .kind = BLOOP_EXPR_AND, .count = 2, .args = empty };
    const bloop_expr *const filters[] = { &bad_name, &bad_tree };
    const bloop_status statuses[] = { BLOOP_INVALID_VALUE, BLOOP_INVALID_ARGUMENT };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        bl_buffer out = { 0 };
        bl_wire_request request = { .operation = BL_WIRE_SCAN };
        request.as.search = (bloop_search_request){ .kind = BLOOP_SEARCH_SCAN, .table = "tab", .filter = filters[i] };
        bl_wire_write_request(&out, &request);
        assert_int_equal(out.status, statuses[i]);
        assert_int_equal(bloop_last_error()->status, statuses[i]);
        bl_buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renders_conditions),
        cmocka_unit_test(renders_gets),
        cmocka_unit_test(renders_writes),
        cmocka_unit_test(renders_updates),
        cmocka_unit_test(renders_searches),
        cmocka_unit_test(renders_batches_of_keys),
        cmocka_unit_test(renders_batches_of_writes),
        cmocka_unit_test(renders_new_tables),
        cmocka_unit_test(renders_changes_of_tables),
        cmocka_unit_test(renders_small_requests),
        cmocka_unit_test(refuses_what_is_not_well_formed),
    };
    return cmocka_run_group_tests_name("wire/render", tests, NULL, NULL);
}
