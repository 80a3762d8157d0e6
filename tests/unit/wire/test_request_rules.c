/* What only the operation knows: which parameters go together, placeholders, expressions, and in which order the service
   looks at them. Sources: nubo-db's conformance suite, architect/dynalite's tests. */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define INVALID "One or more parameter values were invalid: "
#define ONE     "1 validation error detected: "
#define MIX(others, expressions)                                                                                         \
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {" others \
    "} Expression parameters: {" expressions "}"
#define KEY  "'TableName': 'abc', 'Key': {'pk': {'S': 'a'}}"
#define ITEM "'TableName': 'abc', 'Item': {'pk': {'S': 'a'}}"
#define ABC  "'TableName': 'abc'"
#define V    "'ExpressionAttributeValues': {':v': {'S': 'x'}}"

static void test_parameters_go_together(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_PUT_ITEM,
          "{" ITEM ", 'Expected': {'pk': {'Exists': false}}, 'ConditionExpression': 'attribute_not_exists(pk)'}",
          MIX("Expected", "ConditionExpression") },
        { BL_WIRE_PUT_ITEM, "{" ITEM ", 'ConditionalOperator': 'AND', 'ConditionExpression': 'x'}",
          MIX("ConditionalOperator", "ConditionExpression") },
        { BL_WIRE_UPDATE_ITEM,
          "{" KEY ", 'UpdateExpression': 'SET attr1 = :v', " V
          ", 'AttributeUpdates': {'attr1': {'Value': {'S': 'a'}, 'Action': 'PUT'}}}",
          MIX("AttributeUpdates", "UpdateExpression") },
        { BL_WIRE_UPDATE_ITEM,
          "{" KEY ", 'UpdateExpression': '', 'ConditionExpression': '', 'AttributeUpdates': {}, 'Expected': {}}",
          MIX("AttributeUpdates, Expected", "UpdateExpression, ConditionExpression") },
        { BL_WIRE_GET_ITEM, "{" KEY ", 'AttributesToGet': ['a'], 'ProjectionExpression': 'a'}",
          MIX("AttributesToGet", "ProjectionExpression") },
        { BL_WIRE_QUERY,
          "{" ABC ", 'QueryFilter': {}, 'AttributesToGet': ['a'], 'ConditionalOperator': 'OR', 'KeyConditions': {},"
          " 'ProjectionExpression': '', 'FilterExpression': '', 'KeyConditionExpression': ''}",
          MIX("AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions",
              "ProjectionExpression, FilterExpression, KeyConditionExpression") },
        { BL_WIRE_QUERY, "{" ABC ", 'QueryFilter': {}, 'KeyConditions': {}, 'FilterExpression': ''}",
          MIX("QueryFilter", "FilterExpression") },
        { BL_WIRE_SCAN,
          "{" ABC ", 'ScanFilter': {}, 'FilterExpression': 'val = :v', 'ExpressionAttributeValues': {':v': {}}}",
          MIX("ScanFilter", "FilterExpression") },
        { BL_WIRE_BATCH_GET_ITEM,
          "{'RequestItems': {'abc': {'Keys': [{}], 'AttributesToGet': ['a'], 'ProjectionExpression': 'b'}}}",
          MIX("AttributesToGet", "ProjectionExpression") },
        /* One table has the one, another the other: paritysuite/dynamodb-conformance, error-messages/batchGetItem. */
        { BL_WIRE_BATCH_GET_ITEM,
          "{'RequestItems': {'abc': {'Keys': [{}], 'AttributesToGet': ['a']},"
          " 'def': {'Keys': [{}], 'ProjectionExpression': 'b'}}}",
          MIX("AttributesToGet", "ProjectionExpression") },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_placeholders_need_expressions(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_GET_ITEM, "{" KEY ", 'ExpressionAttributeNames': {'#a': 'b'}}",
          "ExpressionAttributeNames can only be specified when using expressions" },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'abc': {'Keys': [{}], 'ExpressionAttributeNames': {}}}}",
          "ExpressionAttributeNames can only be specified when using expressions" },
        { BL_WIRE_PUT_ITEM, "{" ITEM ", " V "}",
          "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", 'ExpressionAttributeNames': {'#a': 'b'}}",
          "ExpressionAttributeNames can only be specified when using expressions" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", " V "}",
          "ExpressionAttributeValues can only be specified when using expressions: UpdateExpression and "
          "ConditionExpression are null" },
        { BL_WIRE_QUERY, "{" ABC ", 'ProjectionExpression': 'a', " V "}",
          "ExpressionAttributeValues can only be specified when using expressions: FilterExpression and "
          "KeyConditionExpression are null" },
        { BL_WIRE_SCAN, "{" ABC ", " V "}",
          "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null" },
        { BL_WIRE_GET_ITEM, "{" KEY ", 'ProjectionExpression': 'a', 'ExpressionAttributeNames': {}}",
          "ExpressionAttributeNames must not be empty" },
        { BL_WIRE_SCAN, "{" ABC ", 'FilterExpression': 'a', 'ExpressionAttributeValues': {}}",
          "ExpressionAttributeValues must not be empty" },
        { BL_WIRE_GET_ITEM, "{" KEY ", 'ProjectionExpression': 'a', 'ExpressionAttributeNames': {'a': 'b'}}",
          "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"" },
        { BL_WIRE_SCAN, "{" ABC ", 'FilterExpression': 'a', 'ExpressionAttributeValues': {':a!': {'S': 'b'}}}",
          "ExpressionAttributeValues contains invalid key: Syntax error; key: \":a!\"" },
        { BL_WIRE_QUERY,
          "{" ABC ", 'KeyConditionExpression': 'pk = :v', " V ", 'ExpressionAttributeNames': {'#unused': 'a'}}",
          "Value provided in ExpressionAttributeNames unused in expressions: keys: {#unused}" },
        { BL_WIRE_UPDATE_ITEM,
          "{" KEY ", 'UpdateExpression': 'SET a = :v',"
          " 'ExpressionAttributeValues': {':v': {'S': 'x'}, ':unused': {'S': 'y'}}}",
          "Value provided in ExpressionAttributeValues unused in expressions: keys: {:unused}" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

/* paritysuite/dynamodb-conformance, error-messages of PutItem, DeleteItem and UpdateItem, October 2026: words in the
   envelope of the service model's constraints. What nubo-db's suite has without it, an update's above all, is above. */
static void test_envelope(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_DELETE_ITEM, "{" KEY ", " V "}",
          ONE "ExpressionAttributeValues can only be specified when using expressions" },
        { BL_WIRE_DELETE_ITEM, "{" KEY ", 'ExpressionAttributeNames': {'#a': 'b'}, " V "}",
          ONE "ExpressionAttributeNames can only be specified when using expressions" },
        { BL_WIRE_PUT_ITEM, "{" ITEM ", 'ExpressionAttributeNames': {'#a': 'b'}, 'Expected': {'a': {'Exists': false}}}",
          ONE "ExpressionAttributeNames can only be specified when using expressions" },
        { BL_WIRE_DELETE_ITEM, "{" KEY ", 'ConditionExpression': 'a', 'ExpressionAttributeValues': {}}",
          ONE "ExpressionAttributeValues must not be empty" },
        { BL_WIRE_PUT_ITEM, "{" ITEM ", 'ConditionExpression': 'a', 'ExpressionAttributeNames': {}}",
          ONE "ExpressionAttributeNames must not be empty" },
        { BL_WIRE_DELETE_ITEM, "{" KEY ", 'ConditionExpression': ''}",
          ONE "Invalid ConditionExpression: The expression can not be empty;" },
        { BL_WIRE_PUT_ITEM, "{" ITEM ", 'ConditionExpression': ''}",
          ONE "Invalid ConditionExpression: The expression can not be empty;" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", 'UpdateExpression': 'SET b = :v', " V ", 'ConditionExpression': 'a = :w'}",
          ONE "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute "
              "value: :w" },
        { BL_WIRE_DELETE_ITEM,
          "{" KEY ", 'ConditionExpression': 'attribute_exists(a)', 'ExpressionAttributeNames': {'#b': 'a'}}",
          ONE "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}" },
        { BL_WIRE_DELETE_ITEM, "{" KEY ", 'ReturnValues': 'UPDATED_NEW'}",
          ONE "ReturnValues can only be ALL_OLD or NONE" },
        { BL_WIRE_DELETE_ITEM, "{" KEY ", 'Expected': {'a': {'Exists': true}}}",
          ONE INVALID "Value must be provided when Exists is true for Attribute: a" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", 'Expected': {'a': {'ComparisonOperator': 'EQ'}}}",
          ONE INVALID "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a" },
        { BL_WIRE_QUERY, "{" ABC ", 'KeyConditionExpression': 'pk = :v', 'ExpressionAttributeValues': {}}",
          "ExpressionAttributeValues must not be empty" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_expressions(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_GET_ITEM, "{" KEY ", 'ProjectionExpression': '!!! INVALID !!!'}",
          "Invalid ProjectionExpression: Syntax error; token: \"!\", near: \"!!\"" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", 'UpdateExpression': 'INVALID SYNTAX HERE', " V "}",
          "Invalid UpdateExpression: Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", 'UpdateExpression': 'SET attr1 = :v'}",
          "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: "
          ":v" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", 'UpdateExpression': ''}",
          "Invalid UpdateExpression: The expression can not be empty;" },
        { BL_WIRE_QUERY, "{" ABC ", 'KeyConditionExpression': ''}",
          "Invalid KeyConditionExpression: The expression can not be empty;" },
        { BL_WIRE_QUERY, "{" ABC ", 'KeyConditionExpression': 'pk = :v', 'FilterExpression': '#missing = :v', " V "}",
          "Invalid FilterExpression: An expression attribute name used in the document path is not defined; attribute "
          "name: #missing" },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'abc': {'Keys': [{}], 'ProjectionExpression': 'a, a.b'}}}",
          "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of "
          "these paths; path one: [a], path two: [a, b]" },
        { BL_WIRE_QUERY, "{" ABC "}",
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request." },
        { BL_WIRE_PUT_ITEM, "{" ITEM ", 'ReturnValues': 'ALL_NEW'}", ONE "ReturnValues can only be ALL_OLD or NONE" },
        { BL_WIRE_GET_ITEM, "{" KEY ", 'AttributesToGet': ['a', 'b', 'a']}",
          INVALID "Duplicate value in attribute name: a" },
        { BL_WIRE_SCAN, "{" ABC ", 'AttributesToGet': ['a', 'a']}", INVALID "Duplicate value in attribute name: a" },
        { BL_WIRE_QUERY, "{" ABC ", 'KeyConditionExpression': 'pk = :v', " V ", 'Select': 'SPECIFIC_ATTRIBUTES'}",
          "1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get "
          "SPECIFIC_ATTRIBUTES" },
        { BL_WIRE_SCAN, "{" ABC ", 'Select': 'COUNT', 'ProjectionExpression': 'a'}",
          "Cannot specify the ProjectionExpression when choosing to get only the Count" },
        { BL_WIRE_SCAN, "{" ABC ", 'Segment': 0}",
          "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
          "present" },
        { BL_WIRE_SCAN, "{" ABC ", 'TotalSegments': 4}",
          "The Segment parameter is required but was not present in the request when parameter TotalSegments is "
          "present" },
        { BL_WIRE_SCAN, "{" ABC ", 'Segment': 5, 'TotalSegments': 5}",
          "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less "
          "than TotalSegments: 5" },
        { BL_WIRE_SCAN, "{" ABC ", 'ExclusiveStartKey': {'a': {}}}",
          "The provided starting key is invalid: Supplied AttributeValue is empty, must contain exactly one of the "
          "supported datatypes" },
        { BL_WIRE_SCAN, "{" ABC ", 'ExclusiveStartKey': {'a': {'N': 'x'}}}",
          "The parameter cannot be converted to a numeric value: x" },
        { BL_WIRE_BATCH_WRITE_ITEM, "{'RequestItems': {'abc': [{}]}}",
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
          "datatypes" },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'abc': {'Keys': [{'a': {'S': 'b'}}, {'a': {'S': 'b'}}]}}}",
          "Provided list of item keys contains duplicates" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

/* Two things are wrong with each; the one that the service looks at first is told. */
static void test_order(void **state)
{
    (void)state;
    static const request_case cases[] = {
        /* constraints before parameters */
        { BL_WIRE_GET_ITEM, "{" KEY ", 'ReturnConsumedCapacity': 'x', 'ExpressionAttributeNames': {}}",
          "1 validation error detected: Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: Member must "
          "satisfy enum value set: [INDEXES, TOTAL, NONE]" },
        /* parameters before values */
        { BL_WIRE_PUT_ITEM, "{'TableName': 'abc', 'Item': {'a': {}}, 'ExpressionAttributeNames': {}}",
          ONE "ExpressionAttributeNames can only be specified when using expressions" },
        /* values before the rest */
        { BL_WIRE_PUT_ITEM, "{'TableName': 'abc', 'Item': {'a': {'SS': []}}, 'ReturnValues': 'ALL_NEW'}",
          INVALID "An string set  may not be empty" },
        /* returned values before what is expected, and before expressions */
        { BL_WIRE_PUT_ITEM, "{" ITEM ", 'ReturnValues': 'ALL_NEW', 'Expected': {'a': {}}}",
          ONE "ReturnValues can only be ALL_OLD or NONE" },
        { BL_WIRE_PUT_ITEM, "{" ITEM ", 'ReturnValues': 'ALL_NEW', 'ConditionExpression': ''}",
          ONE "ReturnValues can only be ALL_OLD or NONE" },
        /* names before values, these before expressions, in their order, and unused placeholders last */
        { BL_WIRE_QUERY,
          "{" ABC ", 'KeyConditionExpression': '', 'ExpressionAttributeNames': {'a': 'b'},"
          " 'ExpressionAttributeValues': {'a': {}}}",
          "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"" },
        { BL_WIRE_QUERY, "{" ABC ", 'KeyConditionExpression': '', 'ExpressionAttributeValues': {':a': {}}}",
          "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one "
          "of the supported datatypes for key :a" },
        { BL_WIRE_UPDATE_ITEM, "{" KEY ", 'ConditionExpression': '', 'UpdateExpression': ''}",
          "Invalid UpdateExpression: The expression can not be empty;" },
        { BL_WIRE_QUERY, "{" ABC ", 'ProjectionExpression': '', 'FilterExpression': '', " V "}",
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request." },
        { BL_WIRE_QUERY,
          "{" ABC ", 'KeyConditionExpression': 'a = :v', 'ProjectionExpression': '', 'FilterExpression': '', " V "}",
          "Invalid FilterExpression: The expression can not be empty;" },
        { BL_WIRE_SCAN, "{" ABC ", 'ProjectionExpression': '', 'FilterExpression': 'a = a', " V "}",
          "Invalid FilterExpression: The first operand must be distinct from the remaining operands for this operator "
          "or function; operator: =, first operand: [a]" },
        { BL_WIRE_SCAN, "{" ABC ", 'ProjectionExpression': '', 'FilterExpression': 'a = :w', " V "}",
          "Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute value: "
          ":w" },
        /* segments before expressions */
        { BL_WIRE_SCAN, "{" ABC ", 'FilterExpression': '', 'Segment': 1}",
          "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
          "present" },
        /* attributes before the starting key */
        { BL_WIRE_SCAN, "{" ABC ", 'AttributesToGet': ['a', 'a'], 'ExclusiveStartKey': {'a': {}}}",
          INVALID "Duplicate value in attribute name: a" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_item_size(void **state)
{
    (void)state;
    enum { SIZE = 400 * 1024 };
    bl_buffer body = { 0 };
    bl_buffer_text(&body, "{'TableName': 'abc', 'Item': {'pk': {'S': 'a'}, 'x': {'S': '");
    uint8_t *room = bl_buffer_extend(&body, SIZE);
    assert_non_null(room);
    memset(room, 'y', SIZE);
    bl_buffer_text(&body, "'}}, 'ConditionExpression': ''}");
    bl_buffer_byte(&body, '\0');
    const request_case c = { BL_WIRE_PUT_ITEM, (const char *)body.data,
                             "Item size has exceeded the maximum allowed size" };
    check_refusals(&c, 1, BLOOP_VALIDATION);
    bl_buffer_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters_go_together),
        cmocka_unit_test(test_placeholders_need_expressions),
        cmocka_unit_test(test_envelope),
        cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_item_size),
    };
    return cmocka_run_group_tests_name("wire/request_rules", tests, NULL, NULL);
}
