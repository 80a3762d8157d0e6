/* Memory of readings: out of it at every point, of none when a reading is used again, and little of it kept. */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/fail_alloc.h"

/* Requests that go through every file that reads. */
static const request_case requests[] = {
    { BL_WIRE_GET_ITEM,
      "{'TableName': 'abc', 'Key': {'a\\u0041': {'S': 'b\\n'}}, 'ProjectionExpression': '#a.b[2], c',"
      " 'ExpressionAttributeNames': {'#a': 'select'}}",
      NULL },
    { BL_WIRE_GET_ITEM, "{'TableName': 'abc', 'Key': {'a': {'S': 'b'}}, 'AttributesToGet': ['a', 'b']}", NULL },
    { BL_WIRE_PUT_ITEM,
      "{'TableName': 'abc', 'Item': {'b': {'BOOL': 'true'}, 'l': {'L': [{'NS': ['2', '1']}, {'B': 'aGk='}]}},"
      " 'ConditionExpression': 'a = :a OR size(b) > :b', 'ExpressionAttributeValues': {':a': {'S': 'x'},"
      " ':b': {'N': '1'}}}",
      NULL },
    { BL_WIRE_PUT_ITEM,
      "{'TableName': 'abc', 'Item': {}, 'ConditionalOperator': 'OR', 'Expected': {'a': {'Exists': false},"
      " 'b': {'ComparisonOperator': 'NOT_CONTAINS', 'AttributeValueList': [{'S': 'x'}]}, 'c': {'Value': {'N': '1'}},"
      " 'd': {'ComparisonOperator': 'IN', 'AttributeValueList': [{'S': 'x'}, {'S': 'y'}]}}}",
      NULL },
    { BL_WIRE_UPDATE_ITEM,
      "{'TableName': 'abc', 'Key': {'a': {'N': '1'}}, 'UpdateExpression': 'SET a = :a, c = list_append(c, :b)',"
      " 'ConditionExpression': 'attribute_exists(x)', 'ExpressionAttributeValues': {':a': {'S': 'x'},"
      " ':b': {'L': []}}}",
      NULL },
    { BL_WIRE_UPDATE_ITEM,
      "{'TableName': 'abc', 'Key': {'a': {'N': '1'}}, 'AttributeUpdates': {'b': {'Value': {'S': 'x'}},"
      " 'c': {'Action': 'ADD', 'Value': {'L': [{'N': '1'}]}}, 'd': {'Action': 'DELETE'}}}",
      NULL },
    { BL_WIRE_QUERY,
      "{'TableName': 'abc', 'IndexName': 'def', 'KeyConditionExpression': 'a = :a AND b BETWEEN :b AND :c',"
      " 'FilterExpression': 'NOT contains(d, :a)', 'ProjectionExpression': 'e', 'ExclusiveStartKey': {'a': {'S': 'x'}},"
      " 'ExpressionAttributeValues': {':a': {'S': 'x'}, ':b': {'N': '1'}, ':c': {'N': '2'}}}",
      NULL },
    { BL_WIRE_QUERY,
      "{'TableName': 'abc', 'AttributesToGet': ['a'], 'KeyConditions': {'a': {'ComparisonOperator': 'EQ',"
      " 'AttributeValueList': [{'S': 'x'}]}}, 'QueryFilter': {'b': {'ComparisonOperator': 'NULL'}}}",
      NULL },
    { BL_WIRE_SCAN, "{'TableName': 'abc', 'Segment': 1, 'TotalSegments': 2}", NULL },
    { BL_WIRE_BATCH_GET_ITEM,
      "{'RequestItems': {'abc': {'Keys': [{'a': {'S': 'b'}}], 'ProjectionExpression': 'a'}, 'ghi': {'Keys':"
      " [{'a': {'S': 'b'}}]}}}",
      NULL },
    { BL_WIRE_BATCH_GET_ITEM,
      "{'RequestItems': {'abc': {'Keys': [{'a': {'S': 'b'}}]}, 'ghi': {'Keys': [{'a': {'S': 'b'}}],"
      " 'AttributesToGet': ['c']}}}",
      NULL },
    { BL_WIRE_BATCH_WRITE_ITEM,
      "{'RequestItems': {'abc': [{'PutRequest': {'Item': {'a': {'S': 'b'}}}}, {'DeleteRequest': {'Key':"
      " {'a': {'S': 'c'}}}}]}}",
      NULL },
    { BL_WIRE_CREATE_TABLE,
      "{'TableName': 'abc', 'BillingMode': 'PAY_PER_REQUEST', 'AttributeDefinitions': [{'AttributeName': 'a',"
      " 'AttributeType': 'S'}, {'AttributeName': 'b', 'AttributeType': 'S'}], 'KeySchema': [{'AttributeName': 'a',"
      " 'KeyType': 'HASH'}, {'AttributeName': 'b', 'KeyType': 'RANGE'}], 'GlobalSecondaryIndexes': [{'IndexName':"
      " 'def', 'KeySchema': [{'AttributeName': 'b', 'KeyType': 'HASH'}], 'Projection': {'ProjectionType': 'INCLUDE',"
      " 'NonKeyAttributes': ['x']}}], 'Tags': [{'Key': 'a', 'Value': 'b'}]}",
      NULL },
    { BL_WIRE_UPDATE_TABLE,
      "{'TableName': 'abc', 'AttributeDefinitions': [{'AttributeName': 'a', 'AttributeType': 'S'}],"
      " 'GlobalSecondaryIndexUpdates': [{'Create': {'IndexName': 'def', 'KeySchema': [{'AttributeName': 'a',"
      " 'KeyType': 'HASH'}], 'Projection': {'ProjectionType': 'ALL'}}}]}",
      NULL },
    { BL_WIRE_DELETE_TABLE, "{'TableName': 'abc'}", NULL },
    { BL_WIRE_LIST_TABLES, "{'ExclusiveStartTableName': 'abc'}", NULL },
    { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{'ResourceArn': 'arn:aws:dynamodb:a:1:table/abc'}", NULL },
};

/* Each table but one with an expression takes memory for it. */
static const request_case batches[] = {
    { BL_WIRE_BATCH_GET_ITEM,
      "{'RequestItems': {'abc': {'Keys': [{'a': {'S': 'b'}}], 'ProjectionExpression': 'a'}, 'def': {'Keys':"
      " [{'a': {'S': 'b'}}], 'ProjectionExpression': 'b'}, 'ghi': {'Keys': [{'a': {'S': 'b'}}]}}}",
      NULL },
};

/* Requests that are refused, with messages that take memory to make. */
static const request_case refusals[] = {
    { BL_WIRE_PUT_ITEM, "{'TableName': 'abc', 'Item': {'a': {'SS': ['b', 'b']}}}", NULL },
    { BL_WIRE_PUT_ITEM, "{'TableName': 'abc', 'Item': {'a': {'N': 'b'}}}", NULL },
    { BL_WIRE_PUT_ITEM, "{'TableName': 'abc', 'Item': {'a': {'S': 'b'}, 'a': {'S': 'c'}}}", NULL },
    { BL_WIRE_PUT_ITEM, "{'TableName': 'abc', 'Item': {}, 'Expected': {}, 'ConditionExpression': ''}", NULL },
    { BL_WIRE_CREATE_TABLE, "{'TableName': 'abc', 'KeySchema': [{}, {}, {}, {}]}", NULL },
};

static bloop_status read_once(void *context)
{
    const request_case *c = context;
    char body[1024];
    size_t size = 0;
    for (const char *at = c->body; *at; at++)
        body[size++] = *at == '\'' ? '"' : *at;
    bl_wire_request request;
    bl_wire_reading *reading = bl_wire_reading_new();
    if (!reading)
        return bloop_last_error()->status;
    bloop_status status = bl_wire_read_request(reading, c->operation, body, size, &request);
    bl_wire_reading_free(reading);
    return status;
}

/* A refusal that is expected, so that fail_alloc_every takes it for success. */
static bloop_status refuse_once(void *context)
{
    bloop_status status = read_once(context);
    return status == BLOOP_VALIDATION ? BLOOP_OK : status;
}

static void test_out_of_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(requests); i++)
        assert_true(fail_alloc_every(read_once, (void *)&requests[i]) > 1);
    for (size_t i = 0; i < BL_COUNT_OF(batches); i++)
        assert_true(fail_alloc_every(read_once, (void *)&batches[i]) > 1);
    for (size_t i = 0; i < BL_COUNT_OF(refusals); i++)
        assert_true(fail_alloc_every(refuse_once, (void *)&refusals[i]) > 1);
}

/* The second time a request of a usual size is read there is no allocation. */
static void test_reading_again_allocates_nothing(void **state)
{
    (void)state;
    bl_buffer body = { 0 };
    bl_wire_reading *reading = bl_wire_reading_new();
    assert_non_null(reading);
    for (size_t i = 0; i < BL_COUNT_OF(requests); i++) {
        bl_wire_request request;
        fail_alloc_report report = { 0 };
        request_body(&body, requests[i].body);
        for (int turn = 0; turn < 4; turn++) {
            fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
            bloop_status status =
                bl_wire_read_request(reading, requests[i].operation, (const char *)body.data, body.size, &request);
            report = fail_alloc_end();
            assert_int_equal(status, BLOOP_OK);
        }
        if (report.allocations != 0)
            fail_msg("%s: %zu allocations", requests[i].body, report.allocations);
    }
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

/* After a large request a reading goes back to a modest size. */
static void test_lets_go_of_much_memory(void **state)
{
    (void)state;
    enum { SIZE = 4 * 1024 * 1024 };
    bl_buffer body = { 0 };
    bl_wire_request request;
    bl_wire_reading *reading = bl_wire_reading_new();
    assert_non_null(reading);
    bl_buffer_text(&body, "{\"RequestItems\": {\"abc\": [{\"PutRequest\": {\"Item\": {\"a\": {\"S\": \"\\n");
    uint8_t *room = bl_buffer_extend(&body, SIZE);
    assert_non_null(room);
    memset(room, 'y', SIZE);
    bl_buffer_text(&body, "\"}}}}]}}");
    fail_alloc_begin(FAIL_ALLOC_NEVER, FAIL_ALLOC_ONE);
    bloop_status status =
        bl_wire_read_request(reading, BL_WIRE_BATCH_WRITE_ITEM, (const char *)body.data, body.size, &request);
    fail_alloc_report full = fail_alloc_so_far();
    bl_wire_reading_reset(reading);
    fail_alloc_report rest = fail_alloc_so_far();
    fail_alloc_end();
    assert_int_equal(status, BLOOP_OK);
    assert_true(full.leaked_bytes > SIZE);
    assert_true(rest.leaked_bytes < 1024 * 1024);
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_reading_again_allocates_nothing),
        cmocka_unit_test(test_lets_go_of_much_memory),
    };
    return cmocka_run_group_tests_name("wire/request_memory", tests, NULL, NULL);
}
