/* Responses as a server writes them, byte for byte: shapes and members of the API reference, as the service sends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reads.h"
#include "support/fail_alloc.h"
#include "support/notation.h"
#include "wire/wire.h"

static const bloop_item no_item = { NULL, 0 };

static const bloop_index_capacity indexes[] = { { "loc", true, 0.5 }, { "glob", false, 1 }, { "other", false, 2 } };
static const bloop_consumed_capacity total = { "tab", 2.5, false, 0, NULL, 0 };
static const bloop_consumed_capacity divided = { "tab", 4.5, true, 1, indexes, 3 };

#define TOTAL "\"ConsumedCapacity\":{\"TableName\":\"tab\",\"CapacityUnits\":2.5}"
#define DIVIDED                                                                                \
    "{\"TableName\":\"tab\",\"CapacityUnits\":4.5,\"Table\":{\"CapacityUnits\":1.0},"          \
    "\"LocalSecondaryIndexes\":{\"loc\":{\"CapacityUnits\":0.5}},\"GlobalSecondaryIndexes\":{" \
    "\"glob\":{\"CapacityUnits\":1.0},\"other\":{\"CapacityUnits\":2.0}}}"

/* Compares, and empties. */
static void expect_text(bl_buffer *out, const char *expected)
{
    assert_int_equal(out->status, BLOOP_OK);
    bl_buffer_byte(out, 0);
    assert_string_equal((const char *)out->data, expected);
    bl_buffer_clear(out);
}

static void writes_items(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_buffer out = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_GET_ITEM };
    bloop_get_result result = { 0 };
    bl_wire_write_item_response(&out, &request, &result, no_item);
    expect_text(&out, "{}");
    result.capacity = &total;
    bl_wire_write_item_response(&out, &request, &result, no_item);
    expect_text(&out, "{" TOTAL "}");
    result = (bloop_get_result){ .found = true, .capacity = &divided };
    bl_wire_write_item_response(&out, &request, &result,
                                notation_value(&n, "{id: \"a\", l: [null, true], m: {b: x\"00\"}, s: {1, 2}}"));
    expect_text(&out, "{\"Item\":{\"id\":{\"S\":\"a\"},\"l\":{\"L\":[{\"NULL\":true},{\"BOOL\":true}]},"
                      "\"m\":{\"M\":{\"b\":{\"B\":\"AA==\"}}},\"s\":{\"NS\":[\"1\",\"2\"]}},"
                      "\"ConsumedCapacity\":" DIVIDED "}");
    bl_buffer_free(&out);
    notation_free(&n);
}

static void writes_writes(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_buffer out = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_UPDATE_ITEM };
    const bloop_collection_metrics metrics = { "tab", notation_value(&n, "{id: 1}"), 0, 1 };
    bloop_write_result result = { .attributes = notation_value(&n, "{id: 1}") };
    bl_wire_write_write_response(&out, &request, &result);
    expect_text(&out, "{}");
    request.as.write.return_values = BLOOP_RETURN_ALL_NEW;
    result.capacity = &total;
    result.metrics = &metrics;
    bl_wire_write_write_response(&out, &request, &result);
    expect_text(&out, "{\"Attributes\":{\"id\":{\"N\":\"1\"}}," TOTAL ",\"ItemCollectionMetrics\":{"
                      "\"ItemCollectionKey\":{\"id\":{\"N\":\"1\"}},\"SizeEstimateRangeGB\":[0,1]}}");
    result = (bloop_write_result){ 0 };
    bl_wire_write_write_response(&out, &request, &result);
    expect_text(&out, "{}");
    bl_buffer_free(&out);
    notation_free(&n);
}

static void writes_searches(void **state)
{
    (void)state;
    notation n = { 0 };
    bl_buffer out = { 0 }, page = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_QUERY };
    bloop_item one = notation_value(&n, "{id: 1}"), two = notation_value(&n, "{id: 2}");
    bl_buffer_append(&page, one.data, one.size);
    bl_buffer_append(&page, two.data, two.size);
    bloop_search_result result = { .items = page.data, .items_size = page.size, .count = 2, .scanned = 9, .last = two };
    result.capacity = &total;
    bl_wire_write_search_response(&out, &request, &result);
    expect_text(&out, "{\"Items\":[{\"id\":{\"N\":\"1\"}},{\"id\":{\"N\":\"2\"}}],\"Count\":2,\"ScannedCount\":9,"
                      "\"LastEvaluatedKey\":{\"id\":{\"N\":\"2\"}}," TOTAL "}");
    result = (bloop_search_result){ .scanned = 3 };
    bl_wire_write_search_response(&out, &request, &result);
    expect_text(&out, "{\"Items\":[],\"Count\":0,\"ScannedCount\":3}");
    request.as.search.select = BLOOP_SELECT_COUNT;
    result.count = 3;
    bl_wire_write_search_response(&out, &request, &result);
    expect_text(&out, "{\"Count\":3,\"ScannedCount\":3}");
    bl_buffer_free(&page);
    bl_buffer_free(&out);
    notation_free(&n);
}

static void writes_batches_of_items(void **state)
{
    static const size_t unprocessed[] = { 2, 3 };
    (void)state;
    notation n = { 0 };
    bl_buffer out = { 0 };
    const bloop_batch_table tables[] = { { "one", true, notation_projection(&n, "x"), false } };
    const bloop_batch_get_key keys[] = {
        { "one", notation_value(&n, "{id: 1}") }, { "two", notation_value(&n, "{id: 2}") },
        { "one", notation_value(&n, "{id: 3}") }, { "one", notation_value(&n, "{id: 4}") },
        { "one", notation_value(&n, "{id: 5}") },
    };
    bl_wire_request request = { .operation = BL_WIRE_BATCH_GET_ITEM };
    request.as.batch_get = (bloop_batch_get_request){ .keys = keys, .count = 5, .tables = tables, .table_count = 1 };
    bl_wire_batch_gatherer *gatherer = bl_wire_batch_gatherer_new(&request);
    assert_non_null(gatherer);
    bloop_batch_get_result result = { 0 };
    bl_wire_write_batch_get_response(&out, gatherer, &result);
    expect_text(&out, "{\"Responses\":{\"one\":[],\"two\":[]},\"UnprocessedKeys\":{}}");
    assert_int_equal(bl_wire_batch_gather(gatherer, 4, notation_value(&n, "{x: 5}")), BLOOP_OK);
    assert_int_equal(bl_wire_batch_gather(gatherer, 1, notation_value(&n, "{id: 2}")), BLOOP_OK);
    assert_int_equal(bl_wire_batch_gather(gatherer, 0, notation_value(&n, "{}")), BLOOP_OK);
    result = (bloop_batch_get_result){ .unprocessed = unprocessed, .unprocessed_count = 2, .capacity = &divided };
    result.capacity_count = 1;
    bl_wire_write_batch_get_response(&out, gatherer, &result);
    expect_text(&out, "{\"Responses\":{\"one\":[{\"x\":{\"N\":\"5\"}},{}],\"two\":[{\"id\":{\"N\":\"2\"}}]},"
                      "\"UnprocessedKeys\":{\"one\":{\"Keys\":[{\"id\":{\"N\":\"3\"}},{\"id\":{\"N\":\"4\"}}],"
                      "\"ConsistentRead\":true,\"ProjectionExpression\":\"#0\",\"ExpressionAttributeNames\":{"
                      "\"#0\":\"x\"}}},\"ConsumedCapacity\":[" DIVIDED "]}");
    bl_wire_batch_gatherer_free(gatherer);
    bl_wire_batch_gatherer_free(NULL);
    bl_buffer_free(&out);
    notation_free(&n);
}

static void writes_batches_of_writes(void **state)
{
    static const size_t unprocessed[] = { 0, 1, 2 };
    (void)state;
    notation n = { 0 };
    bl_buffer out = { 0 };
    bloop_item key = notation_value(&n, "{id: 1}");
    const bloop_collection_metrics metrics[] = { { "one", key, 0, 1 }, { "two", key, 1, 2 }, { "one", key, 0, 1 } };
    const bloop_write_request writes[] = {
        { .kind = BLOOP_WRITE_PUT, .table = "one", .item = notation_value(&n, "{id: 1, x: 2}") },
        { .kind = BLOOP_WRITE_DELETE, .table = "two", .item = notation_value(&n, "{id: 2}") },
        { .kind = BLOOP_WRITE_DELETE, .table = "one", .item = notation_value(&n, "{id: 3}") },
    };
    bl_wire_request request = { .operation = BL_WIRE_BATCH_WRITE_ITEM };
    request.as.batch_write = (bloop_batch_write_request){ .writes = writes, .count = 3 };
    bloop_batch_write_result result = { 0 };
    bl_wire_write_batch_write_response(&out, &request, &result);
    expect_text(&out, "{\"UnprocessedItems\":{}}");
    result = (bloop_batch_write_result){ .unprocessed = unprocessed, .unprocessed_count = 3, .metrics = metrics };
    result.metrics_count = 3;
    result.capacity = &total;
    result.capacity_count = 1;
    bl_wire_write_batch_write_response(&out, &request, &result);
    expect_text(
        &out, "{\"UnprocessedItems\":{\"one\":[{\"PutRequest\":{\"Item\":{\"id\":{\"N\":\"1\"},\"x\":{\"N\":\"2\"}}}},"
              "{\"DeleteRequest\":{\"Key\":{\"id\":{\"N\":\"3\"}}}}],\"two\":[{\"DeleteRequest\":{\"Key\":{\"id\":{"
              "\"N\":\"2\"}}}}]},\"ItemCollectionMetrics\":{\"one\":[{\"ItemCollectionKey\":{\"id\":{\"N\":\"1\"}},"
              "\"SizeEstimateRangeGB\":[0,1]},{\"ItemCollectionKey\":{\"id\":{\"N\":\"1\"}},\"SizeEstimateRangeGB\":"
              "[0,1]}],\"two\":[{\"ItemCollectionKey\":{\"id\":{\"N\":\"1\"}},\"SizeEstimateRangeGB\":[1,2]}]},"
              "\"ConsumedCapacity\":[{\"TableName\":\"tab\",\"CapacityUnits\":2.5}]}");
    bl_buffer_free(&out);
    notation_free(&n);
}

static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S }, { "r", BLOOP_TAG_N } };
static const char *const include[] = { "a" };
static const bloop_index_definition global[] = {
    { "g1", "r", NULL, BLOOP_PROJECT_INCLUDE, include, 1, { 3, 4 } },
    { "g2", "r", "id", BLOOP_PROJECT_ALL, NULL, 0, { 5, 6 } },
};
static const bloop_index_definition local = { "l1", "id", "r", BLOOP_PROJECT_KEYS_ONLY, NULL, 0, { 0, 0 } };
static const bloop_index_state global_states[] = {
    { BLOOP_TABLE_CREATING, true, 1, 2 },
    { BLOOP_TABLE_ACTIVE, false, 3, 4 },
};
static const bloop_index_state local_state = { BLOOP_TABLE_ACTIVE, false, 5, 6 };
static const bloop_table_description full = {
    .definition = { .name = "tab",
                    .hash_key = "id",
                    .range_key = "r",
                    .attributes = attributes,
                    .attribute_count = 2,
                    .global_indexes = global,
                    .global_index_count = 2,
                    .local_indexes = &local,
                    .local_index_count = 1,
                    .throughput = { 1, 2 },
                    .stream = BLOOP_VIEW_NEW_AND_OLD_IMAGES,
                    .deletion_protection = true },
    .status = BLOOP_TABLE_ACTIVE,
    .item_count = 7,
    .size_bytes = 8,
    .created_at_microseconds = INT64_C(1480000000012345),
    .id = "d0f1c1a5-0000-4000-8000-000000000000",
    .arn = "arn:aws:dynamodb:ddblocal:000000000000:table/tab",
    .stream_label = "2016-11-24T00:00:00.000",
    .stream_arn = "arn:aws:dynamodb:ddblocal:000000000000:table/tab/stream/2016-11-24T00:00:00.000",
    .global_states = global_states,
    .local_states = &local_state,
};
#define ARN "arn:aws:dynamodb:ddblocal:000000000000:table/tab"
#define UNITS(read, write)                                                                \
    "\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,\"ReadCapacityUnits\":" read \
    ",\"WriteCapacityUnits\":" write "}"

static const bloop_table_description small = { .definition = { .name = "tab",
                                                               .hash_key = "id",
                                                               .attributes = attributes,
                                                               .attribute_count = 1,
                                                               .billing = BLOOP_BILLING_PAY_PER_REQUEST },
                                               .status = BLOOP_TABLE_DELETING,
                                               .created_at_microseconds = 1000000,
                                               .arn = ARN,
                                               .id = "x" };

static void writes_tables(void **state)
{
    (void)state;
    bl_buffer out = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_DESCRIBE_TABLE };
    bl_wire_write_table(&out, &request, &full);
    expect_text(
        &out,
        "{\"Table\":{\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"},{\"AttributeName\":\"r\","
        "\"AttributeType\":\"N\"}],\"TableName\":\"tab\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"},"
        "{\"AttributeName\":\"r\",\"KeyType\":\"RANGE\"}],\"TableStatus\":\"ACTIVE\",\"CreationDateTime\":1480000000.012," UNITS(
            "1",
            "2") ",\"TableSizeBytes\":8,\"ItemCount\":7,\"TableArn\":\"" ARN "\","
                 "\"TableId\":\"d0f1c1a5-0000-4000-8000-000000000000\",\"LocalSecondaryIndexes\":[{\"IndexName\":\"l1\","
                 "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"r\",\"KeyType\":\"RANGE\"}],"
                 "\"Projection\":{\"ProjectionType\":\"KEYS_ONLY\"},\"IndexSizeBytes\":6,\"ItemCount\":5,\"IndexArn\":\"" ARN
                 "/index/l1\"}],\"GlobalSecondaryIndexes\":[{\"IndexName\":\"g1\",\"KeySchema\":[{\"AttributeName\":\"r\","
                 "\"KeyType\":\"HASH\"}],\"Projection\":{\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":[\"a\"]},"
                 "\"IndexStatus\":\"CREATING\",\"Backfilling\":true," UNITS(
                     "3",
                     "4") ",\"IndexSizeBytes\":2,\"ItemCount\":1,"
                          "\"IndexArn\":\"" ARN
                          "/index/g1\"},{\"IndexName\":\"g2\",\"KeySchema\":[{\"AttributeName\":\"r\",\"KeyType\":\"HASH\"},"
                          "{\"AttributeName\":\"id\",\"KeyType\":\"RANGE\"}],\"Projection\":{\"ProjectionType\":\"ALL\"},"
                          "\"IndexStatus\":\"ACTIVE\"," UNITS(
                              "5",
                              "6") ",\"IndexSizeBytes\":4,\"ItemCount\":3,\"IndexArn\":\"" ARN
                                   "/index/g2\"}],\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_AND_OLD_IMAGES\"},"
                                   "\"LatestStreamLabel\":\"2016-11-24T00:00:00.000\",\"LatestStreamArn\":\"" ARN
                                   "/stream/2016-11-24T00:00:00.000\",\"DeletionProtectionEnabled\":true}}");
    request.operation = BL_WIRE_CREATE_TABLE;
    bl_wire_write_table(&out, &request, &small);
    expect_text(
        &out, "{\"TableDescription\":{\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],"
              "\"TableName\":\"tab\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"
              "\"TableStatus\":\"DELETING\",\"CreationDateTime\":1.000," UNITS(
                  "0", "0") ",\"TableSizeBytes\":0,\"ItemCount\":0,\"TableArn\":\"" ARN "\",\"TableId\":\"x\","
                            "\"BillingModeSummary\":{\"BillingMode\":\"PAY_PER_REQUEST\","
                            "\"LastUpdateToPayPerRequestDateTime\":1.000},\"TableThroughputModeSummary\":{"
                            "\"TableThroughputMode\":\"PAY_PER_REQUEST\",\"LastUpdateToPayPerRequestDateTime\":1.000},"
                            "\"DeletionProtectionEnabled\":false}}");
    bl_buffer_free(&out);
}

/* Of which the service tells neither keys nor indexes. */
static void writes_deleted_tables(void **state)
{
    (void)state;
    bl_buffer out = { 0 };
    const bl_wire_request request = { .operation = BL_WIRE_DELETE_TABLE };
    bl_wire_write_table(&out, &request, &small);
    expect_text(&out,
                "{\"TableDescription\":{\"TableName\":\"tab\",\"TableStatus\":\"DELETING\"," UNITS(
                    "0", "0") ",\"TableSizeBytes\":0,\"ItemCount\":0,\"TableArn\":\"" ARN "\",\"TableId\":\"x\","
                              "\"BillingModeSummary\":{\"BillingMode\":\"PAY_PER_REQUEST\","
                              "\"LastUpdateToPayPerRequestDateTime\":1.000},\"TableThroughputModeSummary\":{"
                              "\"TableThroughputMode\":\"PAY_PER_REQUEST\","
                              "\"LastUpdateToPayPerRequestDateTime\":1.000},\"DeletionProtectionEnabled\":false}}");
    bl_buffer_free(&out);
}

/* A client sees the table that the server has. */
static void tables_go_through(void **state)
{
    (void)state;
    bl_buffer out = { 0 }, again = { 0 };
    bl_wire_request request = { .operation = BL_WIRE_UPDATE_TABLE };
    bloop_table_result read;
    bl_wire_write_table(&out, &request, &full);
    assert_int_equal(bl_wire_read_table((const char *)out.data, out.size, BL_WIRE_UPDATE_TABLE, &read), BLOOP_OK);
    assert_int_equal(read.table.created_at_microseconds, INT64_C(1480000000012000));
    bl_wire_write_table(&again, &request, &read.table);
    assert_int_equal(again.size, out.size);
    assert_memory_equal(again.data, out.data, out.size);
    bloop_result_free(&read.memory);
    bl_buffer_free(&out);
    bl_buffer_free(&again);
}

static void writes_names_of_tables(void **state)
{
    static const char *const names[] = { "a", "b.c" };
    (void)state;
    bl_buffer out = { 0 };
    bloop_list_tables_result result = { 0 };
    bl_wire_write_table_names(&out, &result);
    expect_text(&out, "{\"TableNames\":[]}");
    result = (bloop_list_tables_result){ .names = names, .count = 2, .last = "b.c" };
    bl_wire_write_table_names(&out, &result);
    expect_text(&out, "{\"TableNames\":[\"a\",\"b.c\"],\"LastEvaluatedTableName\":\"b.c\"}");
    bl_buffer_free(&out);
}

static void writes_describe_calls(void **state)
{
    static const struct {
        bl_wire_operation operation;
        const char *body;
    } cases[] = {
        { BL_WIRE_DESCRIBE_LIMITS, "{\"AccountMaxReadCapacityUnits\":80000,\"AccountMaxWriteCapacityUnits\":80000,"
                                   "\"TableMaxReadCapacityUnits\":40000,\"TableMaxWriteCapacityUnits\":40000}" },
        { BL_WIRE_DESCRIBE_ENDPOINTS,
          "{\"Endpoints\":[{\"Address\":\"127.0.0.1:8000\",\"CachePeriodInMinutes\":1440}]}" },
        { BL_WIRE_DESCRIBE_TIME_TO_LIVE, "{\"TimeToLiveDescription\":{\"TimeToLiveStatus\":\"DISABLED\"}}" },
        { BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS,
          "{\"ContinuousBackupsDescription\":{\"ContinuousBackupsStatus\":\"ENABLED\","
          "\"PointInTimeRecoveryDescription\":{\"PointInTimeRecoveryStatus\":\"DISABLED\"}}}" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{\"Tags\":[]}" },
    };
    (void)state;
    bl_buffer out = { 0 };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_wire_request request = { .operation = cases[i].operation };
        bl_wire_write_describe_response(&out, &request, &full, "127.0.0.1:8000");
        expect_text(&out, cases[i].body);
    }
    bl_buffer_free(&out);
}

/* All of it into buffers that have no memory: their status tells. */
static bloop_status write_all(void *context)
{
    (void)context;
    bl_buffer out = { 0 };
    static const uint8_t id[] = "\x0A\x0C\0\0\0\x01\0\0\0\x02\0id\0\x04\x01\0\0\0a";
    const bloop_item item = { id, 21 };
    bl_wire_request request = { .operation = BL_WIRE_BATCH_GET_ITEM };
    request.as.batch_get = read_requests_make()->batch_get;
    bl_wire_batch_gatherer *gatherer = bl_wire_batch_gatherer_new(&request);
    bloop_status status = gatherer ? bl_wire_batch_gather(gatherer, 1, item) : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK)
        status = bl_wire_batch_gather(gatherer, 2, item);
    if (status == BLOOP_OK) {
        bl_wire_write_batch_get_response(&out, gatherer, &(bloop_batch_get_result){ 0 });
        bl_wire_write_table(&out, &request, &full);
        bl_wire_write_error(&out, BLOOP_CONSTRAINT_VIOLATION, "m", item);
        status = out.status;
    }
    bl_wire_batch_gatherer_free(gatherer);
    bl_buffer_free(&out);
    return status;
}

static void survives_without_memory(void **state)
{
    (void)state;
    assert_true(fail_alloc_every(write_all, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_items),
        cmocka_unit_test(writes_writes),
        cmocka_unit_test(writes_searches),
        cmocka_unit_test(writes_batches_of_items),
        cmocka_unit_test(writes_batches_of_writes),
        cmocka_unit_test(writes_tables),
        cmocka_unit_test(writes_deleted_tables),
        cmocka_unit_test(tables_go_through),
        cmocka_unit_test(writes_names_of_tables),
        cmocka_unit_test(writes_describe_calls),
        cmocka_unit_test(survives_without_memory),
    };
    return cmocka_run_group_tests_name("wire/responses", tests, NULL, NULL);
}
