/* The service model's constraints: which are broken, all in one message, in the service's order. Sources: nubo-db's
   conformance suite (tier3/error-messages, tier3/validation-ordering) and architect/dynalite's tests. */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ONE                  "1 validation error detected: "
#define NAME_PATTERN         "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
#define CAPACITY_SET         "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
#define RETURN_SET           "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"
#define FAILED(value, place) "Value " value " at '" place "' failed to satisfy constraint: "
#define IS_NULL(place)       FAILED("null", place) "Member must not be null"
#define COMPARISON_SET                                                                                                  \
    "Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, " \
    "GE, CONTAINS]"

#define SELECT_SET \
    "Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]"
#define INVALID "One or more parameter values were invalid: "
#define KEY     "'KeySchema': [{'AttributeName': 'a', 'KeyType': 'HASH'}]"
#define TABLE(more)                                                                                           \
    "{'TableName': 'abc', 'BillingMode': 'PAY_PER_REQUEST', 'AttributeDefinitions': [{'AttributeName': 'a', " \
    "'AttributeType': 'S'}], " more "}"

static void check_beginning(const request_case *c);

static void test_names_of_tables(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_PUT_ITEM, "{'Item': {'pk': {'S': 'a'}}}", ONE IS_NULL("tableName") },
        { BL_WIRE_PUT_ITEM, "{'TableName': null, 'Item': {}}", ONE IS_NULL("tableName") },
        { BL_WIRE_PUT_ITEM, "{'TableName': '', 'Item': {'pk': {'S': 'a'}}}",
          ONE FAILED("''", "tableName") "Member must have length greater than or equal to 1" },
        { BL_WIRE_PUT_ITEM, "{'TableName': 'bad table!@#', 'Item': {'pk': {'S': 'a'}}}",
          ONE FAILED("'bad table!@#'", "tableName") NAME_PATTERN },
        /* Alone, whatever else is wrong. */
        { BL_WIRE_PUT_ITEM, "{'TableName': '', 'ReturnValues': 'INVALID'}",
          ONE FAILED("''", "tableName") "Member must have length greater than or equal to 1" },
        { BL_WIRE_UPDATE_ITEM, "{'TableName': 'x!', 'Key': {}}", ONE FAILED("'x!'", "tableName") NAME_PATTERN },
        /* Unless there is no key, which comes last: paritysuite/dynamodb-conformance, validation-ordering/updateItem. */
        { BL_WIRE_UPDATE_ITEM, "{'TableName': '', 'ConditionalOperator': 'XOR'}",
          "3 validation errors detected: " FAILED(
              "''",
              "tableName") "Member must have length greater than or equal to "
                           "1; " FAILED(
                               "'XOR'",
                               "conditionalOperator") "Member must satisfy enum value set: [OR, AND]; " IS_NULL("key") },
        { BL_WIRE_DELETE_ITEM, "{'TableName': 'x!'}",
          "2 validation errors detected: " FAILED("'x!'", "tableName") NAME_PATTERN "; " IS_NULL("key") },
        { BL_WIRE_CREATE_TABLE, "{}", "The parameter 'TableName' is required but was not present in the request" },
        { BL_WIRE_DESCRIBE_TABLE, "{}", "The parameter 'TableName' is required but was not present in the request" },
        { BL_WIRE_DELETE_TABLE, "{'TableName': 'a b'}", ONE FAILED("'a b'", "tableName") NAME_PATTERN },
        { BL_WIRE_GET_ITEM, "{'TableName': 'arn:aws:dynamodb:x:1:table/a!', 'Key': {'a': {'S': 'b'}}}",
          ONE FAILED("'a!'", "tableName") NAME_PATTERN },
        { BL_WIRE_LIST_TABLES, "{'ExclusiveStartTableName': 'a;', 'Limit': 0}",
          "3 validation errors detected: " FAILED(
              "'0'", "limit") "Member must have value greater than or equal to 1; " FAILED("'a;'",
                                                                                           "exclusiveStartTableName")
              NAME_PATTERN
          "; " FAILED("'a;'", "exclusiveStartTableName") "Member must have length greater than or equal to 3" },
        { BL_WIRE_LIST_TABLES, "{'Limit': 101}",
          ONE FAILED("'101'", "limit") "Member must have value less than or equal to 100" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{}", "Invalid TableArn" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{'ResourceArn': 'a:b:c:d:e:f/g'}",
          INVALID "ARNs must start with 'arn:': a:b:c:d:e:f/g" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{'ResourceArn': 'arn:aws:s3:r:1:table/a'}",
          INVALID "Provided Arn is not a DynamoDB resource arn: arn:aws:s3:r:1:table/a" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{'ResourceArn': 'arn:aws:dynamodb:r:1:backup/a'}",
          INVALID "Provided Arn is not a DynamoDB resource arn: arn:aws:dynamodb:r:1:backup/a" },
        { BL_WIRE_LIST_TAGS_OF_RESOURCE, "{'ResourceArn': 'arn:aws:dynamodb:r:1:table/a/index/b'}",
          INVALID "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: "
                  "arn:aws:dynamodb:r:1:table/a/index/b" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_items(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_GET_ITEM, "{'TableName': 'abc'}", ONE IS_NULL("key") },
        { BL_WIRE_GET_ITEM, "{'TableName': 'abc', 'ReturnConsumedCapacity': 'hi', 'AttributesToGet': []}",
          "3 validation errors detected: " FAILED("'hi'", "returnConsumedCapacity") CAPACITY_SET "; " FAILED(
              "'[]'", "attributesToGet") "Member must have length greater than or equal to 1; " IS_NULL("key") },
        { BL_WIRE_PUT_ITEM, "{'TableName': 'abc'}", ONE IS_NULL("item") },
        { BL_WIRE_PUT_ITEM,
          "{'TableName': 'abc', 'Item': {'pk': {'S': 'a'}}, 'ReturnConsumedCapacity': 'INVALID',"
          " 'ReturnItemCollectionMetrics': 'INVALID', 'ReturnValues': 'INVALID'}",
          "3 validation errors detected: " FAILED("'INVALID'", "returnConsumedCapacity") CAPACITY_SET
          "; " FAILED("'INVALID'", "returnValues") RETURN_SET
          "; " FAILED("'INVALID'", "returnItemCollectionMetrics") "Member must satisfy enum value set: [SIZE, NONE]" },
        { BL_WIRE_DELETE_ITEM,
          "{'TableName': 'abc', 'Key': {}, 'ReturnValues': 'INVALID', 'ReturnConsumedCapacity': 'INVALID'}",
          "2 validation errors detected: " FAILED("'INVALID'", "returnConsumedCapacity") CAPACITY_SET
          "; " FAILED("'INVALID'", "returnValues") RETURN_SET },
        { BL_WIRE_UPDATE_ITEM,
          "{'TableName': 'abc', 'Key': {}, 'ReturnValues': 'INVALID', 'ReturnConsumedCapacity': 'INVALID'}",
          "2 validation errors detected: " FAILED("'INVALID'", "returnConsumedCapacity") CAPACITY_SET
          "; " FAILED("'INVALID'", "returnValues") RETURN_SET },
        { BL_WIRE_UPDATE_ITEM, "{'TableName': 'abc', 'Key': {}, 'AttributeUpdates': {'x': {'Action': 'POT'}}}",
          ONE FAILED("'POT'", "attributeUpdates.x.member.action") "Member must satisfy enum value set: [ADD, PUT, "
                                                                  "DELETE]" },
        { BL_WIRE_PUT_ITEM,
          "{'TableName': 'abc', 'Item': {}, 'ConditionalOperator': 'XOR', 'Expected': {'x': {'ComparisonOperator': "
          "'ISH'}}, 'ReturnValuesOnConditionCheckFailure': 'ALL_NEW'}",
          "3 validation errors detected: " FAILED(
              "'XOR'", "conditionalOperator") "Member must satisfy enum value set: "
                                              "[OR, AND]; " FAILED("'ISH'", "expected.x.member.comparisonOperator")
                                                  COMPARISON_SET
          "; " FAILED("'ALL_NEW'",
                      "returnValuesOnConditionCheckFailure") "Member must satisfy enum value set: [ALL_OLD, "
                                                             "NONE]" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_batches(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_BATCH_GET_ITEM, "{}", ONE IS_NULL("requestItems") },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {}}", "The requestItems parameter is required for BatchGetItem" },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'abc': {}}}", ONE IS_NULL("requestItems.abc.member.keys") },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'abc': {'Keys': [{}, null], 'AttributesToGet': [null]}}}",
          "2 validation errors detected: " IS_NULL("requestItems.abc.member.keys.2.member") "; " IS_NULL(
              "requestItems.abc.member.attributesToGet.1.member") },
        { BL_WIRE_GET_ITEM,
          "{'TableName': 'abc', 'Key': {}, 'ProjectionExpression': '#a', 'ExpressionAttributeNames': {'#a': null}}",
          ONE IS_NULL("expressionAttributeNames.#a.member") },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'abc': {'Keys': []}}}",
          ONE "Value at 'RequestItems.abc.member.Keys' failed to satisfy constraint: Member must have length greater "
              "than or equal to 1" },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'a;': {'Keys': [{'a': {'S': 'b'}}]}}}",
          ONE FAILED(
              "'{a;=…}'",
              "requestItems") "Map keys must satisfy constraint: [Member must have length less than "
                              "or equal to 255, Member must have length greater than or equal to 3, " NAME_PATTERN
                              "]" },
        { BL_WIRE_BATCH_WRITE_ITEM, "{'RequestItems': {}}",
          "The requestItems parameter is required for BatchWriteItem" },
        { BL_WIRE_BATCH_WRITE_ITEM, "{'RequestItems': {'abc': []}}",
          ONE FAILED("'{abc=[]}'",
                     "requestItems") "Map value must satisfy constraint: [Member must have length less "
                                     "than or equal to 25, Member must have length greater than or equal to 1]" },
        /* Beside another fault BatchGetItem tells of a name first, BatchWriteItem not at all: paritysuite/
           dynamodb-conformance, validation-ordering/batchOperations. */
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'a;b': {'Keys': [{}]}}, 'ReturnConsumedCapacity': 'x'}",
          "2 validation errors detected: " FAILED(
              "'{a;b=…}'",
              "requestItems") "Map keys must satisfy constraint: [Member must have length less than "
                              "or equal to 255, Member must have length greater than or equal to 3, " NAME_PATTERN
                              "]; " FAILED("'x'", "returnConsumedCapacity") "Member must satisfy enum value set: "
                                                                            "[INDEXES, TOTAL, NONE]" },
        { BL_WIRE_BATCH_WRITE_ITEM,
          "{'RequestItems': {'a;b': [{'DeleteRequest': {'Key': {}}}]}, 'ReturnConsumedCapacity': 'x'}",
          ONE FAILED("'x'", "returnConsumedCapacity") "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]" },
        { BL_WIRE_BATCH_WRITE_ITEM, "{'RequestItems': {'abc': [{'PutRequest': {}}, {'DeleteRequest': {}}]}}",
          "2 validation errors detected: " IS_NULL("requestItems.abc.member.1.member.putRequest.item") "; " IS_NULL(
              "requestItems.abc.member.2.member.deleteRequest.key") },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_searches(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_QUERY, "{'TableName': 'abc', 'KeyConditionExpression': 'pk = :v', 'Select': 'INVALID_VALUE'}",
          ONE FAILED("'INVALID_VALUE'", "select") SELECT_SET },
        { BL_WIRE_QUERY, "{'TableName': 'abc', 'Limit': 0}",
          ONE "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'Limit': 0}",
          ONE FAILED("'0'", "limit") "Member must have value greater than or equal to 1" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'Segment': -1, 'TotalSegments': 0}",
          "2 validation errors detected: " FAILED("'0'", "totalSegments") "Member must have value greater than or equal to 1; " FAILED(
              "'-1'", "segment") "Member must have value greater than or equal to 0" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'Segment': 1000000, 'TotalSegments': 1000001}",
          "2 validation errors detected: " FAILED("'1000001'", "totalSegments") "Member must have value less than or equal to 1000000; " FAILED(
              "'1000000'", "segment") "Member must have value less than or equal to 999999" },
        { BL_WIRE_QUERY,
          "{'TableName': 'abc;', 'IndexName': 'a;', 'ReturnConsumedCapacity': 'hi', 'Select': 'hi', 'Limit': -1,"
          " 'ConditionalOperator': 'AN', 'AttributesToGet': [], 'QueryFilter': {'a': {},"
          " 'b': {'ComparisonOperator': ''}}, 'KeyConditions': {'c': {'ComparisonOperator': 'x'}}}",
          "10 validation errors detected: " FAILED("'hi'", "select") SELECT_SET "; " FAILED("'a;'", "indexName")
              NAME_PATTERN
          "; " FAILED("'a;'", "indexName") "Member must have length greater than or equal to 3; " FAILED(
              "'hi'", "returnConsumedCapacity") CAPACITY_SET "; " IS_NULL("queryFilter.a.member.comparisonOperator") },
    };
    check_refusals(cases, BL_COUNT_OF(cases) - 1, BLOOP_VALIDATION);
    check_beginning(&cases[BL_COUNT_OF(cases) - 1]);
}

static void test_tables(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'ab', 'AttributeDefinitions': [], 'KeySchema': [{'AttributeName': 'a', 'KeyType': 'HASH'}]}",
          ONE FAILED("'ab'", "tableName") "Member must have length greater than or equal to 3" },
        { BL_WIRE_CREATE_TABLE, "{'TableName': 'abc'}",
          "2 validation errors detected: " IS_NULL("attributeDefinitions") "; " IS_NULL("keySchema") },
        /* Global indexes first: paritysuite/dynamodb-conformance, validation-ordering/createTable. */
        { BL_WIRE_CREATE_TABLE,
          TABLE(KEY ", 'LocalSecondaryIndexes': [{'IndexName': 'aa', " KEY ", 'Projection': {}}],"
                    " 'GlobalSecondaryIndexes': [{'IndexName': 'zz', " KEY ", 'Projection': {}}]"),
          "2 validation errors detected: " FAILED(
              "'zz'",
              "globalSecondaryIndexes.1.member.indexName") "Member must have length greater than or equal to "
                                                           "3; " FAILED(
                                                               "'aa'",
                                                               "localSecondaryIndexes.1.member.indexName") "Member must have length greater than or "
                                                                                                           "equal to 3" },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'abc', 'AttributeDefinitions': [{}], 'KeySchema': [], 'ProvisionedThroughput': {},"
          " 'LocalSecondaryIndexes': [{}]}",
          "8 validation errors detected: " IS_NULL("attributeDefinitions.1.member.attributeName") "; " IS_NULL("attributeDefinitions.1.member.attributeType") "; " IS_NULL("provisionedThroughput.writeCapacityUnits") "; " IS_NULL("provisionedThroughput.readCapacityUnits") "; " FAILED(
              "'[]'",
              "keySchema") "Member must have length greater than or equal to 1; " IS_NULL("localSecondaryIndexes.1.member.indexName") "; " IS_NULL("localSecondaryIndexes.1.member.keySchema") "; " IS_NULL("localSecondaryIndexes.1.member.projection") },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'abc', 'AttributeDefinitions': [{'AttributeName': 'pk', 'AttributeType': 'INVALID'}],"
          " 'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'INVALID'}], 'BillingMode': 'INVALID'}",
          "3 validation errors detected: " FAILED("'INVALID'", "attributeDefinitions.1.member.attributeType") "Member must satisfy enum value set: [B, N, S]; " FAILED(
              "'INVALID'",
              "billingMode") "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; " FAILED("'INVALID'",
                                                                                                           "keySchema.1.member.keyType") "Member must satisfy enum value set: [HASH, RANGE]" },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'abc', 'AttributeDefinitions': [], 'KeySchema': [{'AttributeName': 'pk', 'KeyType': 'HASH'},"
          " {'AttributeName': 'sk', 'KeyType': 'RANGE'}, {'AttributeName': 'extra', 'KeyType': 'RANGE'}]}",
          ONE "Value '[KeySchemaElement(attributeName=pk, keyType=HASH), KeySchemaElement(attributeName=sk, "
              "keyType=RANGE), KeySchemaElement(attributeName=extra, keyType=RANGE)]' at 'keySchema' failed to satisfy "
              "constraint: Member must have length less than or equal to 2" },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'abc', 'AttributeDefinitions': [], 'KeySchema': [{'AttributeName': 'a', 'KeyType': 'HASH'}],"
          " 'StreamSpecification': {'StreamViewType': 'ALL'}, 'TableClass': 'FIRST', 'SSESpecification':"
          " {'SSEType': 'DES'}, 'Tags': [{'Key': ''}]}",
          "6 validation errors detected: " IS_NULL("streamSpecification.streamEnabled") "; " FAILED(
              "'ALL'",
              "streamSpecification.streamViewType") "Member must satisfy enum value set: [NEW_IMAGE, "
                                                    "OLD_IMAGE, NEW_AND_OLD_IMAGES, KEYS_ONLY]; " FAILED("'DES'",
                                                                                                         "sSESpecification.sSEType") "Member must satisfy enum value set: [AES256, KMS]; " FAILED("''",
                                                                                                                                                                                                  "tags.1.member.key") "Member must have length greater than or equal to 1; " IS_NULL("tags.1.member.value") "; " FAILED("'FIRST'",
                                                                                                                                                                                                                                                                                                                         "tableClass") "Member must satisfy enum value set: [STANDARD, STANDARD_INFREQUENT_ACCESS]" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'ProvisionedThroughput': {'WriteCapacityUnits': -1, 'ReadCapacityUnits': 0},"
          " 'GlobalSecondaryIndexUpdates': [{'Update': {'IndexName': 'a', 'ProvisionedThroughput': {}}}]}",
          "5 validation errors detected: " FAILED(
              "'-1'", "provisionedThroughput.writeCapacityUnits") "Member must have value greater than or equal to 1; " FAILED("'0'",
                                                                                                                               "provisionedThroughput.readCapacityUnits") "Member must have value greater than or equal to 1; " FAILED("'a'", "globalSecondaryIndexUpdates.1.member.update.indexName") "Member must have length greater than or equal to 3; " IS_NULL("globalSecondaryIndexUpdates.1.member.update.provisionedThroughput.writeCapacityUnits") "; " IS_NULL("globalSecondaryIndexUpdates.1.member.update.provisionedThroughput.readCapacityUnits") },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

/* Rules between the parts of tables that only the wire can see. */
static void test_parts_of_tables(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_CREATE_TABLE, TABLE("'KeySchema': [{'AttributeName': 'a', 'KeyType': 'RANGE'}]"),
          "Invalid KeySchema: The first KeySchemaElement is not a HASH key type" },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'abc', 'BillingMode': 'PAY_PER_REQUEST', 'AttributeDefinitions': [{'AttributeName': 'a', "
          "'AttributeType': 'S'}, {'AttributeName': 'b', 'AttributeType': 'S'}], 'KeySchema': [{'AttributeName': 'a', "
          "'KeyType': 'HASH'}, {'AttributeName': 'b', 'KeyType': 'HASH'}]}",
          "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type" },
        { BL_WIRE_CREATE_TABLE,
          TABLE("'KeySchema': [{'AttributeName': 'a', 'KeyType': 'HASH'}, {'AttributeName': 'a', 'KeyType': 'RANGE'}]"),
          "Invalid KeySchema: Some index key attribute have no definition" },
        { BL_WIRE_CREATE_TABLE, TABLE(KEY ", 'LocalSecondaryIndexes': []"),
          INVALID "List of LocalSecondaryIndexes is empty" },
        { BL_WIRE_CREATE_TABLE, TABLE(KEY ", 'GlobalSecondaryIndexes': []"),
          INVALID "List of GlobalSecondaryIndexes is empty" },
        { BL_WIRE_CREATE_TABLE,
          TABLE(KEY ", 'GlobalSecondaryIndexes': [{'IndexName': 'abc', " KEY ", 'Projection': {}}]"),
          INVALID "Unknown ProjectionType: null" },
        { BL_WIRE_CREATE_TABLE,
          TABLE(KEY ", 'StreamSpecification': {'StreamEnabled': false, 'StreamViewType': 'KEYS_ONLY'}"),
          INVALID "Table is being created with a stream disabled, UpdateViewType should not be specified" },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'abc', 'AttributeDefinitions': [{'AttributeName': 'a', 'AttributeType': 'S'}], " KEY "}",
          INVALID "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED" },
        { BL_WIRE_CREATE_TABLE, TABLE(KEY ", 'StreamSpecification': {'StreamEnabled': true}"),
          INVALID "Table is being created with a stream enabled, UpdateViewType is required" },
        { BL_WIRE_CREATE_TABLE,
          "{'TableName': 'abc', 'AttributeDefinitions': [{'AttributeName': 'a\\u0000', 'AttributeType': 'S'}], " KEY
          "}",
          INVALID "A name may not contain U+0000" },
        { BL_WIRE_GET_ITEM, "{'TableName': 'arn:aws:dynamodb', 'Key': {}}",
          ONE FAILED("'arn:aws:dynamodb'", "tableName") NAME_PATTERN },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_parts_of_updates(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': [{'Update': {'IndexName': 'one'}},"
          " {'Update': {'IndexName': 'two'}}]}",
          INVALID "the throughput of one index is changed by a request, not more" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'abc'}",
          "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
          "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
          "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': []}",
          "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
          "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, "
          "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': [], 'DeletionProtectionEnabled': true}",
          INVALID "List of GlobalSecondaryIndexUpdates is empty" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': [{'Update': {'IndexName': 'one'}, 'Delete':"
          " {'IndexName': 'two'}}]}",
          INVALID "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': [{'Create': {'IndexName': 'abc', " KEY
          ", 'Projection': {'ProjectionType': 'ALL'}}}]}",
          INVALID "AttributeDefinitions is not specified for index: abc" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'abc', 'StreamSpecification': {'StreamEnabled': true}}",
          INVALID "If stream is being enabled then UpdateViewType is required" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'StreamSpecification': {'StreamEnabled': false, 'StreamViewType': 'KEYS_ONLY'}}",
          INVALID "If stream is being disabled, then UpdateViewType must not be specified" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

/* In the service's order: how it is billed, definitions, types of keys, indexes. */
static void test_order_of_parts(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_CREATE_TABLE,
          TABLE("'KeySchema': [{'AttributeName': 'a', 'KeyType': 'RANGE'}], 'ProvisionedThroughput':"
                " {'ReadCapacityUnits': 1, 'WriteCapacityUnits': 1}"),
          INVALID "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                  "PAY_PER_REQUEST" },
        { BL_WIRE_CREATE_TABLE, TABLE("'KeySchema': [{'AttributeName': 'b', 'KeyType': 'RANGE'}]"),
          INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: "
                  "[a]" },
        { BL_WIRE_CREATE_TABLE,
          TABLE(KEY ", 'GlobalSecondaryIndexes': [{'IndexName': 'abc', 'Projection': {}, 'KeySchema':"
                    " [{'AttributeName': 'b', 'KeyType': 'RANGE'}]}]"),
          INVALID "Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: "
                  "[a]" },
        { BL_WIRE_CREATE_TABLE,
          TABLE(KEY ", 'GlobalSecondaryIndexes': [{'IndexName': 'abc', 'Projection': {}, 'KeySchema':"
                    " [{'AttributeName': 'a', 'KeyType': 'RANGE'}]}]"),
          "Invalid KeySchema: The first KeySchemaElement is not a HASH key type" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'AttributeDefinitions': [{'AttributeName': 'a', 'AttributeType': 'S'}],"
          " 'GlobalSecondaryIndexUpdates': [{'Create': {'IndexName': 'abc', " KEY ", 'Projection': {}}}]}",
          INVALID "Unknown ProjectionType: null" },
        { BL_WIRE_UPDATE_TABLE,
          "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': [{'Delete': {'IndexName': 'abc'}},"
          " {'Delete': {'IndexName': 'abc'}}]}",
          INVALID "Only one global secondary index update per index is allowed simultaneously. Index: abc" },
        { BL_WIRE_UPDATE_TABLE, "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': [{}]}",
          INVALID "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                  "GlobalSecondaryIndexUpdate.Delete must not be null" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
    static const request_case many = {
        BL_WIRE_UPDATE_TABLE,
        "{'TableName': 'abc', 'GlobalSecondaryIndexUpdates': [{'Delete': {'IndexName': 'one'}},"
        " {'Delete': {'IndexName': 'two'}}]}",
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    };
    check_refusals(&many, 1, BLOOP_LIMIT_EXCEEDED);
}

/* So many parts that comparing them would take long. */
static void test_absurdly_many_parts(void **state)
{
    (void)state;
    bl_buffer body = { 0 };
    bl_buffer_text(&body, "{'TableName': 'abc', " KEY ", 'AttributeDefinitions': [");
    for (int i = 0; i < 20000; i++)
        bl_buffer_format(&body, "%s{'AttributeName': 'a%d', 'AttributeType': 'S'}", i ? ", " : "", i);
    bl_buffer_text(&body, "]}");
    bl_buffer_byte(&body, '\0');
    const request_case c = { BL_WIRE_CREATE_TABLE, (const char *)body.data,
                             INVALID "20000 AttributeDefinitions are more than any table has" };
    check_refusals(&c, 1, BLOOP_VALIDATION);
    bl_buffer_free(&body);
}

/* The keys of maps are cut in messages, between characters. */
static void test_long_place(void **state)
{
    (void)state;
    bl_buffer body = { 0 }, message = { 0 };
    bl_buffer_text(&body, "{'TableName': 'abc', 'Key': {}, 'AttributeUpdates': {'x");
    bl_buffer_text(&message, ONE "Value 'no' at 'attributeUpdates.x");
    for (int i = 0; i < 200; i++)
        bl_buffer_text(&body, "\xC3\xA9");
    for (int i = 0; i < 127; i++)
        bl_buffer_text(&message, "\xC3\xA9");
    bl_buffer_text(&body, "': {'Action': 'no'}}}");
    bl_buffer_text(&message,
                   ".member.action' failed to satisfy constraint: Member must satisfy enum value set: [ADD, PUT, "
                   "DELETE]");
    bl_buffer_byte(&body, '\0');
    bl_buffer_byte(&message, '\0');
    assert_int_equal(message.status, BLOOP_OK);
    const request_case c = { BL_WIRE_UPDATE_ITEM, (const char *)body.data, (const char *)message.data };
    check_refusals(&c, 1, BLOOP_VALIDATION);
    bl_buffer_free(&message);
    bl_buffer_free(&body);
}

/* A message that has no room for all ends with a whole character, wherever it is cut. */
static void test_cuts_between_characters(void **state)
{
    (void)state;
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    assert_non_null(reading);
    for (int shift = 0; shift < 4; shift++) {
        bl_wire_request request;
        bl_buffer_clear(&body);
        bl_buffer_format(&body, "{\"TableName\": \"abc\", \"Key\": {}, \"AttributeUpdates\": {\"%.*s", shift, "xxx");
        for (int i = 0; i < 6; i++) {
            for (int k = 0; k < 60; k++)
                bl_buffer_text(&body, "\xF0\x9F\x98\x80");
            bl_buffer_format(&body, "\": {\"Action\": \"no\"}, \"%d", i);
        }
        bl_buffer_text(&body, "\": {}}}");
        assert_int_equal(
            bl_wire_read_request(reading, BL_WIRE_UPDATE_ITEM, (const char *)body.data, body.size, &request),
            BLOOP_VALIDATION);
        const char *message = bloop_last_error()->message;
        assert_true(strlen(message) > 900);
        assert_true(bl_utf8_valid(message, strlen(message)));
    }
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

/* Batches that are too large: of one table, and of several. */
static void test_large_batches(void **state)
{
    (void)state;
    bl_buffer body = { 0 };
    bl_buffer_text(&body, "{'RequestItems': {'abc': {'Keys': [{'a': {'N': '0'}}");
    for (int i = 1; i <= 100; i++)
        bl_buffer_format(&body, ", {'a': {'N': '%d'}}", i);
    bl_buffer_text(&body, "]}}}");
    bl_buffer_byte(&body, '\0');
    request_case c = { BL_WIRE_BATCH_GET_ITEM, (const char *)body.data,
                       ONE "Value at 'RequestItems.abc.member.Keys' failed to satisfy constraint: Member must have "
                           "length less than or equal to 100" };
    check_refusals(&c, 1, BLOOP_VALIDATION);
    bl_buffer_clear(&body);
    bl_buffer_text(&body, "{'RequestItems': {'abc': [{'DeleteRequest': {'Key': {'a': {'N': '0'}}}}");
    for (int i = 1; i <= 25; i++)
        bl_buffer_format(&body, ", {'DeleteRequest': {'Key': {'a': {'N': '%d'}}}}", i);
    bl_buffer_text(&body, "]}}");
    bl_buffer_byte(&body, '\0');
    c = (request_case){
        BL_WIRE_BATCH_WRITE_ITEM, (const char *)body.data,
        ONE FAILED(
            "'{abc=[…]}'",
            "requestItems") "Map value must satisfy constraint: [Member must "
                            "have length less than or equal to 25, Member must have length greater than or equal to 1]"
    };
    check_refusals(&c, 1, BLOOP_VALIDATION);
    bl_buffer_free(&body);
}

static void test_long_name_of_table(void **state)
{
    (void)state;
    char body[400], message[600], name[257];
    memset(name, 'a', 256);
    name[256] = '\0';
    snprintf(body, sizeof body, "{'TableName': '%s', 'Item': {'pk': {'S': 'a'}}}", name);
    snprintf(message, sizeof message,
             ONE
             "Value '%s' at 'tableName' failed to satisfy constraint: Member must have length less than or equal to "
             "255",
             name);
    const request_case c = { BL_WIRE_PUT_ITEM, body, message };
    check_refusals(&c, 1, BLOOP_VALIDATION);
}

/* A message that is longer than the record of errors. */
static void check_beginning(const request_case *c)
{
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    bl_wire_request request;
    assert_non_null(reading);
    request_body(&body, c->body);
    assert_int_equal(bl_wire_read_request(reading, c->operation, (const char *)body.data, body.size, &request),
                     BLOOP_VALIDATION);
    const char *message = bloop_last_error()->message;
    if (strncmp(message, c->expected, strlen(c->expected)) != 0)
        fail_msg("%s\n  gives    %s\n  expected %s", c->body, message, c->expected);
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_of_tables),
        cmocka_unit_test(test_long_name_of_table),
        cmocka_unit_test(test_items),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_searches),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_parts_of_tables),
        cmocka_unit_test(test_parts_of_updates),
        cmocka_unit_test(test_order_of_parts),
        cmocka_unit_test(test_large_batches),
        cmocka_unit_test(test_absurdly_many_parts),
        cmocka_unit_test(test_long_place),
        cmocka_unit_test(test_cuts_between_characters),
    };
    return cmocka_run_group_tests_name("wire/request_constraints", tests, NULL, NULL);
}
