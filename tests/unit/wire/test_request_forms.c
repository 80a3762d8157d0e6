/* Requests that are as they should be: what op gets of them. */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void test_reads_items(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_GET_ITEM, "{'TableName': 'Books', 'Key': {'id': {'N': '1'}}}", "Books key={'id':{'N':'1'}}" },
        { BL_WIRE_GET_ITEM,
          "{'Key': {'id': {'S': 'a'}, 'at': {'B': 'aGk='}}, 'ConsistentRead': true, 'TableName': 'Books',"
          " 'ProjectionExpression': '#a.b[2], c', 'ExpressionAttributeNames': {'#a': 'select'},"
          " 'ReturnConsumedCapacity': 'INDEXES', 'Unknown': [{'x': 1}]}",
          "Books key={'at':{'B':'aGk='},'id':{'S':'a'}} [select.b[2], c] consistent=1 capacity=2" },
        { BL_WIRE_GET_ITEM, "{'TableName': 'Books', 'Key': {'id': {'N': '1'}}, 'AttributesToGet': ['a.b', 'c']}",
          "Books key={'id':{'N':'1'}} [`a.b`, c]" },
        /* A name as it is in ARNs; truths as the service takes them; null is nothing. */
        { BL_WIRE_GET_ITEM,
          "{'TableName': 'arn:aws:dynamodb:us-east-1:123456789012:table/Books', 'Key': {'id': {'N': '1', 'S': null}},"
          " 'ConsistentRead': 'YES', 'ProjectionExpression': null}",
          "Books key={'id':{'N':'1'}} consistent=1" },
        /* Of a member that is there twice the last counts. */
        { BL_WIRE_GET_ITEM,
          "{'TableName': 'Old', 'Key': {'id': {'N': '1'}}, 'Key': {'id': {'N': '2'}}, 'TableName': 'Books'}",
          "Books key={'id':{'N':'2'}}" },
        { BL_WIRE_PUT_ITEM,
          "{'TableName': 'Books', 'Item': {'id': {'N': '1'}, 'l': {'L': [{'NULL': true}, {'BOOL': false}]},"
          " 'm': {'M': {'x': {'SS': ['b', 'a']}}}}, 'ConditionExpression': 'attribute_not_exists(id)',"
          " 'ReturnValues': 'ALL_OLD', 'ReturnItemCollectionMetrics': 'SIZE',"
          " 'ReturnValuesOnConditionCheckFailure': 'ALL_OLD', 'ReturnConsumedCapacity': 'TOTAL'}",
          "put Books item={'id':{'N':'1'},'l':{'L':[{'NULL':true},{'BOOL':false}]},'m':{'M':{'x':{'SS':['a','b']}}}} "
          "condition=attribute_not_exists(id) return=1 on_failure=1 capacity=1 metrics=1" },
        { BL_WIRE_DELETE_ITEM,
          "{'TableName': 'Books', 'Key': {'id': {'N': '1'}}, 'ConditionExpression': 'a = :a AND :b > c',"
          " 'ExpressionAttributeValues': {':b': {'N': '2'}, ':a': {'S': 'x'}}, 'ReturnValues': 'NONE'}",
          "delete Books key={'id':{'N':'1'}} condition=(a = \"x\" AND 2 > c)" },
        { BL_WIRE_UPDATE_ITEM,
          "{'TableName': 'Books', 'Key': {'id': {'N': '1'}}, 'UpdateExpression': 'SET a = a + :one REMOVE b',"
          " 'ExpressionAttributeValues': {':one': {'N': '1'}}, 'ReturnValues': 'UPDATED_NEW'}",
          "update Books key={'id':{'N':'1'}} update=SET a = a + 1 REMOVE b return=4" },
        { BL_WIRE_UPDATE_ITEM, "{'TableName': 'Books', 'Key': {'id': {'N': '1'}}}",
          "update Books key={'id':{'N':'1'}}" },
    };
    check_requests(cases, BL_COUNT_OF(cases));
}

static void test_reads_searches(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_QUERY,
          "{'TableName': 'Books', 'IndexName': 'by_author', 'KeyConditionExpression': 'author = :a AND year > :y',"
          " 'FilterExpression': 'size(title) > :y', 'ProjectionExpression': 'title', 'ScanIndexForward': false,"
          " 'ExpressionAttributeValues': {':a': {'S': 'x'}, ':y': {'N': '3'}}, 'Limit': 10,"
          " 'Select': 'SPECIFIC_ATTRIBUTES', 'ExclusiveStartKey': {'id': {'N': '7'}},"
          " 'ReturnConsumedCapacity': 'NONE'}",
          "refused: Invalid KeyConditionExpression: Attribute name is a reserved keyword; reserved keyword: year" },
        { BL_WIRE_QUERY,
          "{'TableName': 'Books', 'IndexName': 'by_author', 'KeyConditionExpression': 'author = :a AND #y > :y',"
          " 'FilterExpression': 'size(title) > :y', 'ProjectionExpression': 'title', 'ScanIndexForward': false,"
          " 'ExpressionAttributeNames': {'#y': 'year'},"
          " 'ExpressionAttributeValues': {':a': {'S': 'x'}, ':y': {'N': '3'}}, 'Limit': 10,"
          " 'Select': 'SPECIFIC_ATTRIBUTES', 'ExclusiveStartKey': {'id': {'N': '7'}},"
          " 'ReturnConsumedCapacity': 'NONE'}",
          "query Books.by_author key=(author = \"x\" AND year > 3) filter=size(title) > 3 [title] "
          "start={'id':{'N':'7'}} select=3 descending=1 limit=10" },
        { BL_WIRE_SCAN, "{'TableName': 'Books'}", "scan Books" },
        { BL_WIRE_SCAN,
          "{'TableName': 'Books', 'Segment': 0, 'TotalSegments': 4, 'Select': 'COUNT', 'ConsistentRead': 'true',"
          " 'Limit': 1.9}",
          "scan Books select=4 consistent=1 limit=1 of=4" },
        { BL_WIRE_SCAN, "{'TableName': 'Books', 'Limit': 99999999999999999999}", "scan Books limit=2147483647" },
        { BL_WIRE_SCAN, "{'TableName': 'Books', 'Limit': -0.5}",
          "refused: 1 validation error detected: Value '-1' at 'limit' failed to satisfy constraint: Member must have "
          "value greater than or equal to 1" },
        { BL_WIRE_SCAN, "{'TableName': 'Books', 'Limit': -1e30}",
          "refused: 1 validation error detected: Value '-2147483648' at 'limit' failed to satisfy constraint: Member "
          "must have value greater than or equal to 1" },
        { BL_WIRE_SCAN, "{'TableName': 'Books', 'Limit': 1e999}",
          "refused: NUMBER_VALUE cannot be converted to Integer" },
    };
    check_requests(cases, BL_COUNT_OF(cases));
}

static void test_reads_batches(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_BATCH_GET_ITEM,
          "{'RequestItems': {'Books': {'Keys': [{'id': {'N': '1'}}, {'id': {'N': '2'}}], 'ConsistentRead': true,"
          " 'ProjectionExpression': '#t', 'ExpressionAttributeNames': {'#t': 'title'}},"
          " 'Pens': {'Keys': [{'id': {'N': '1'}}], 'ProjectionExpression': '#t, b',"
          " 'ExpressionAttributeNames': {'#t': 'tip'}}, 'Ink': {'Keys': [{'id': {'N': '3'}}],"
          " 'ProjectionExpression': 'c'}}, 'ReturnConsumedCapacity': 'TOTAL'}",
          "Books [title] consistent=1 Pens [tip, b] Ink [c] Books={'id':{'N':'1'}} Books={'id':{'N':'2'}} "
          "Pens={'id':{'N':'1'}} Ink={'id':{'N':'3'}} capacity=1" },
        { BL_WIRE_BATCH_GET_ITEM,
          "{'RequestItems': {'Ink': {'Keys': [{'id': {'N': '3'}}], 'AttributesToGet': ['c']},"
          " 'Pens': {'Keys': [{'id': {'N': '1'}}], 'AttributesToGet': ['a', 'b']}}}",
          "Ink [c] Pens [a, b] Ink={'id':{'N':'3'}} Pens={'id':{'N':'1'}}" },
        { BL_WIRE_BATCH_WRITE_ITEM,
          "{'RequestItems': {'Books': [{'PutRequest': {'Item': {'id': {'N': '1'}}}},"
          " {'DeleteRequest': {'Key': {'id': {'N': '2'}}}}], 'Pens': [{'DeleteRequest': {'Key': {'id': {'N': '2'}}}}]},"
          " 'ReturnItemCollectionMetrics': 'SIZE', 'ReturnConsumedCapacity': 'INDEXES'}",
          "put Books item={'id':{'N':'1'}}; delete Books key={'id':{'N':'2'}}; delete Pens key={'id':{'N':'2'}} "
          "capacity=2 metrics=1" },
    };
    check_requests(cases, BL_COUNT_OF(cases));
}

static void test_reads_tables(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'Books', 'KeySchema': [{'AttributeName': 'id', 'KeyType': 'HASH'}],"
          " 'AttributeDefinitions': [{'AttributeName': 'id', 'AttributeType': 'N'}], 'BillingMode': 'PAY_PER_REQUEST'}",
          "Books(id) id:N billing=1" },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'Books', 'KeySchema': [{'AttributeName': 'id', 'KeyType': 'HASH'},"
          " {'KeyType': 'RANGE', 'AttributeName': 'at'}],"
          " 'AttributeDefinitions': [{'AttributeName': 'id', 'AttributeType': 'S'},"
          " {'AttributeName': 'at', 'AttributeType': 'B'}, {'AttributeName': 'x', 'AttributeType': 'S'}],"
          " 'LocalSecondaryIndexes': [{'IndexName': 'one', 'KeySchema': [{'AttributeName': 'id', 'KeyType': 'HASH'},"
          " {'AttributeName': 'x', 'KeyType': 'RANGE'}], 'Projection': {'ProjectionType': 'INCLUDE',"
          " 'NonKeyAttributes': ['p', 'q']}}], 'GlobalSecondaryIndexes': [{'IndexName': 'two', 'KeySchema':"
          " [{'AttributeName': 'x', 'KeyType': 'HASH'}], 'Projection': {'ProjectionType': 'KEYS_ONLY'},"
          " 'ProvisionedThroughput': {'ReadCapacityUnits': 3, 'WriteCapacityUnits': 4},"
          " 'OnDemandThroughput': {'MaxReadRequestUnits': -1}, 'WarmThroughput': {'ReadUnitsPerSecond': 12000}}],"
          " 'ProvisionedThroughput': {'ReadCapacityUnits': 1, 'WriteCapacityUnits': 2},"
          " 'StreamSpecification': {'StreamEnabled': true, 'StreamViewType': 'NEW_IMAGE'},"
          " 'SSESpecification': {'Enabled': true, 'SSEType': 'KMS', 'KMSMasterKeyId': 'k'},"
          " 'Tags': [{'Key': 'owner', 'Value': ''}], 'TableClass': 'STANDARD', 'DeletionProtectionEnabled': true,"
          " 'ResourcePolicy': '{}'}",
          "Books(id, at) id:S at:B x:S local one(id, x) projection=2 +p +q global two(x) projection=1 read=3 write=4 "
          "read=1 write=2 stream=2 protected=1" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'Books', 'AttributeDefinitions': [{'AttributeName': 'x', 'AttributeType': 'S'}],"
          " 'GlobalSecondaryIndexUpdates': [{'Create': {'IndexName': 'two', 'KeySchema':"
          " [{'AttributeName': 'x', 'KeyType': 'HASH'}], 'Projection': {'ProjectionType': 'ALL'}}},"
          " {'Update': {'IndexName': 'one', 'ProvisionedThroughput': {'ReadCapacityUnits': 5,"
          " 'WriteCapacityUnits': 6}}}]}",
          "Books x:S create two(x) update one units=5/6" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'Books', 'DeletionProtectionEnabled': false}", "Books protection=0" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'Books', 'StreamSpecification': {'StreamEnabled': false}}",
          "Books stream=0" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'Books', 'BillingMode': 'PROVISIONED',"
          " 'ProvisionedThroughput': {'ReadCapacityUnits': 5, 'WriteCapacityUnits': 6}}",
          "Books billing=0 units=5/6" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'Books', 'BillingMode': 'PAY_PER_REQUEST',"
          " 'GlobalSecondaryIndexUpdates': [{'Delete': {'IndexName': 'two'}}]}",
          "Books billing=1 delete two" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'Books', 'TableClass': 'STANDARD'}", "Books unchanged" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'Books', 'SSESpecification': {}, 'DeletionProtectionEnabled': true}",
          "Books protection=1" },
        { BL_WIRE_DESCRIBE_TABLE, "{'TableName': 'Books'}", "Books" },
        { BL_WIRE_DELETE_TABLE, "{'TableName': 'arn:aws:dynamodb:ddblocal:000000000000:table/Books'}", "Books" },
        { BL_WIRE_DESCRIBE_TIME_TO_LIVE, "{'TableName': 'Books'}", "Books" },
        { BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS, "{'TableName': 'Books'}", "Books" },
        { BL_WIRE_LIST_TABLES, "{}", "tables" },
        { BL_WIRE_LIST_TABLES, "{'Limit': 5, 'ExclusiveStartTableName': 'Books'}", "tables after=Books limit=5" },
        { BL_WIRE_DESCRIBE_LIMITS, "{}", "nothing" },
        { BL_WIRE_DESCRIBE_ENDPOINTS, "{'x': [1, {}]}", "nothing" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{'ResourceArn': 'arn:aws:dynamodb:ddblocal:000000000000:table/Books'}",
          "arn:aws:dynamodb:ddblocal:000000000000:table/Books" },
    };
    check_requests(cases, BL_COUNT_OF(cases));
}

static void test_knows_operations(void **state)
{
    (void)state;
    bl_wire_operation operation = BL_WIRE_SCAN;
    char target[80];
    for (int i = 0; i < BL_WIRE_OPERATION_COUNT; i++) {
        snprintf(target, sizeof target, BL_WIRE_TARGET_PREFIX "%s", bl_wire_operation_name((bl_wire_operation)i));
        assert_true(bl_wire_operation_of_target(target, &operation));
        assert_int_equal(operation, i);
    }
    static const char *const strange[] = { "",
                                           "GetItem",
                                           "DynamoDB_20120810.",
                                           "DynamoDB_20120810.GetItems",
                                           "DynamoDB_20120810.getitem",
                                           "DynamoDBStreams_20120810.GetItem" };
    for (size_t i = 0; i < BL_COUNT_OF(strange); i++)
        assert_false(bl_wire_operation_of_target(strange[i], &operation));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_items),      cmocka_unit_test(test_reads_searches),
        cmocka_unit_test(test_reads_batches),    cmocka_unit_test(test_reads_tables),
        cmocka_unit_test(test_knows_operations),
    };
    return cmocka_run_group_tests_name("wire/request_forms", tests, NULL, NULL);
}
