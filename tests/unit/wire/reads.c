/* Each read releases what it gave; one that fails must give nothing. */
#include "reads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bloop_item key(const char *packed)
{
    /* tag, size, count; name; string of one byte */
    bloop_item item = { (const uint8_t *)packed, 9 + 5 + 7 };
    return item;
}

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    (void)context;
    (void)index;
    assert_int_equal(bloop_value_check(item.data, item.size), BLOOP_OK);
    return BLOOP_OK;
}

const read_requests *read_requests_make(void)
{
    static bloop_batch_get_key keys[4];
    static bloop_write_request writes[3];
    static read_requests made;
    static const char a[] = "\x0A\x0C\0\0\0\x01\0\0\0\x02\0id\0\x04\x01\0\0\0a\0";
    static const char b[] = "\x0A\x0C\0\0\0\x01\0\0\0\x02\0id\0\x04\x01\0\0\0b\0";
    static const char c[] = "\x0A\x0C\0\0\0\x01\0\0\0\x02\0id\0\x04\x01\0\0\0c\0";
    keys[0] = (bloop_batch_get_key){ "t", key(a) };
    keys[1] = (bloop_batch_get_key){ "t", key(b) };
    keys[2] = (bloop_batch_get_key){ "u", key(a) };
    keys[3] = (bloop_batch_get_key){ "t", key(c) };
    writes[0] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "t", .item = key(a) };
    writes[1] = (bloop_write_request){ .kind = BLOOP_WRITE_DELETE, .table = "t", .item = key(b) };
    writes[2] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "u", .item = key(a) };
    made.get = (bloop_get_request){ .table = "t", .key = key(a) };
    made.update = (bloop_write_request){ .kind = BLOOP_WRITE_UPDATE, .table = "t", .item = key(a) };
    made.query = (bloop_search_request){ .kind = BLOOP_SEARCH_QUERY, .table = "t" };
    made.batch_get = (bloop_batch_get_request){ .keys = keys, .count = 4, .receive = receive };
    made.batch_write = (bloop_batch_write_request){ .writes = writes, .count = 3 };
    return &made;
}

/* Releases a result, which a failure has left as zeroed memory is. */
static bloop_status end(bloop_status status, const void *result, size_t size, bloop_result_memory *memory)
{
    const uint8_t *bytes = result;
    for (size_t i = 0; status != BLOOP_OK && i < size; i++)
        assert_int_equal(bytes[i], 0);
    bloop_result_free(memory);
    return status;
}

static bloop_status read_description(const char *body, size_t size)
{
    bloop_table_result result;
    memset(&result, 1, sizeof result);
    bloop_status status = bl_wire_read_table(body, size, BL_WIRE_DESCRIBE_TABLE, &result);
    return end(status, &result, sizeof result, &result.memory);
}

static bloop_status read_names(const char *body, size_t size)
{
    bloop_list_tables_result result;
    memset(&result, 1, sizeof result);
    bloop_status status = bl_wire_read_table_names(body, size, &result);
    return end(status, &result, sizeof result, &result.memory);
}

static bloop_status read_get(const char *body, size_t size)
{
    bloop_get_result result;
    memset(&result, 1, sizeof result);
    bloop_status status = bl_wire_read_item_response(body, size, &read_requests_make()->get, &result);
    return end(status, &result, sizeof result, &result.memory);
}

static bloop_status read_write(const char *body, size_t size)
{
    bloop_write_result result;
    memset(&result, 1, sizeof result);
    bloop_status status = bl_wire_read_write_response(body, size, &read_requests_make()->update, &result);
    return end(status, &result, sizeof result, &result.memory);
}

static bloop_status read_search(const char *body, size_t size)
{
    bloop_search_result result;
    memset(&result, 1, sizeof result);
    bloop_status status = bl_wire_read_search_response(body, size, &read_requests_make()->query, &result);
    return end(status, &result, sizeof result, &result.memory);
}

static bloop_status read_batch_get(const char *body, size_t size)
{
    bloop_batch_get_result result;
    memset(&result, 1, sizeof result);
    bloop_status status = bl_wire_read_batch_get_response(body, size, &read_requests_make()->batch_get, &result);
    return end(status, &result, sizeof result, &result.memory);
}

static bloop_status read_batch_write(const char *body, size_t size)
{
    bloop_batch_write_result result;
    memset(&result, 1, sizeof result);
    bloop_status status = bl_wire_read_batch_write_response(body, size, &read_requests_make()->batch_write, &result);
    return end(status, &result, sizeof result, &result.memory);
}

#define CAPACITY                                                                    \
    "{\"TableName\":\"t\",\"CapacityUnits\":2.5,\"Table\":{\"CapacityUnits\":1.0}," \
    "\"LocalSecondaryIndexes\":{\"by_rank\":{\"CapacityUnits\":0.5}},"              \
    "\"GlobalSecondaryIndexes\":{\"by_name\":{\"CapacityUnits\":1.0}}}"

const read_case read_cases[] = {
    { "table", read_description,
      "{\"Table\":{\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"},"
      "{\"AttributeName\":\"rank\",\"AttributeType\":\"N\"}],\"TableName\":\"things\","
      "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"},"
      "{\"AttributeName\":\"rank\",\"KeyType\":\"RANGE\"}],\"TableStatus\":\"ACTIVE\","
      "\"CreationDateTime\":1.48E9,\"ProvisionedThroughput\":{\"NumberOfDecreasesToday\":0,"
      "\"ReadCapacityUnits\":5,\"WriteCapacityUnits\":6},\"TableSizeBytes\":70,\"ItemCount\":7,"
      "\"TableArn\":\"arn:aws:dynamodb:us-west-2:123456789012:table/things\","
      "\"TableId\":\"12345678-0123-4567-a123-abcdefghijkl\",\"WarmThroughput\":{\"ReadUnitsPerSecond\":12000},"
      "\"GlobalSecondaryIndexes\":[{\"IndexName\":\"by_rank\","
      "\"KeySchema\":[{\"AttributeName\":\"rank\",\"KeyType\":\"HASH\"}],\"Projection\":{"
      "\"ProjectionType\":\"INCLUDE\",\"NonKeyAttributes\":[\"a\",\"b\"]},\"IndexStatus\":\"CREATING\","
      "\"Backfilling\":true,\"IndexSizeBytes\":10,\"ItemCount\":1}],"
      "\"LocalSecondaryIndexes\":[{\"IndexName\":\"local\",\"KeySchema\":["
      "{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"x\",\"KeyType\":\"RANGE\"}],"
      "\"Projection\":{\"ProjectionType\":\"ALL\"}}],"
      "\"StreamSpecification\":{\"StreamEnabled\":true,\"StreamViewType\":\"NEW_IMAGE\"},"
      "\"LatestStreamLabel\":\"2016-11-18\",\"LatestStreamArn\":\"arn:stream\",\"DeletionProtectionEnabled\":true}}" },
    { "names", read_names, "{\"TableNames\":[\"a\",\"b\\u00e9\"],\"LastEvaluatedTableName\":\"b\\u00e9\"}" },
    { "get", read_get, "{\"Item\":{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"12\"}},\"ConsumedCapacity\":" CAPACITY "}" },
    { "write", read_write,
      "{\"Attributes\":{\"n\":{\"N\":\"1\"}},\"ConsumedCapacity\":" CAPACITY ",\"ItemCollectionMetrics\":{"
      "\"ItemCollectionKey\":{\"id\":{\"S\":\"a\"}},\"SizeEstimateRangeGB\":[0.0,1.0]}}" },
    { "search", read_search,
      "{\"Count\":3,\"Items\":[{\"id\":{\"S\":\"a\"},\"s\":{\"SS\":[\"y\",\"x\"]},\"m\":{\"M\":{\"k\":{\"N\":\"1\"}}}},"
      "{\"id\":{\"S\":\"b\"},\"s\":{\"SS\":[\"x\",\"y\"]},\"m\":{\"M\":{\"k\":{\"N\":\"-2.5\"}}}},"
      "{\"id\":{\"S\":\"\\u0063\"},\"s\":{\"SS\":[\"z\"]},\"m\":{\"M\":{\"k\":{\"N\":\"30\"}}}}],"
      "\"LastEvaluatedKey\":{\"id\":{\"S\":\"c\"}},\"ScannedCount\":5,\"ConsumedCapacity\":" CAPACITY "}" },
    { "batch get", read_batch_get,
      "{\"Responses\":{\"u\":[{\"id\":{\"S\":\"a\"}}],\"t\":[{\"x\":{\"BOOL\":true},\"id\":{\"S\":\"b\"}}]},"
      "\"UnprocessedKeys\":{\"t\":{\"ConsistentRead\":true,\"Keys\":[{\"id\":{\"S\":\"c\"}}]}},"
      "\"ConsumedCapacity\":[" CAPACITY ",{\"TableName\":\"u\",\"CapacityUnits\":1}]}" },
    { "batch write", read_batch_write,
      "{\"UnprocessedItems\":{\"u\":[{\"PutRequest\":{\"Item\":{\"id\":{\"S\":\"a\"}}}}],"
      "\"t\":[{\"DeleteRequest\":{\"Key\":{\"id\":{\"S\":\"b\"}}}}]},"
      "\"ItemCollectionMetrics\":{\"t\":[{\"ItemCollectionKey\":{\"id\":{\"S\":\"a\"}},"
      "\"SizeEstimateRangeGB\":[0,1]}]},\"ConsumedCapacity\":[" CAPACITY "]}" },
};
const size_t read_case_count = BL_COUNT_OF(read_cases);
