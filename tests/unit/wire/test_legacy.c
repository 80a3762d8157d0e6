/* The parameters from before there were expressions: what they become, and how the service refuses them. Sources: API
   reference ("Legacy conditional parameters"), nubo-db's conformance suite (tier3/legacy-api), architect/dynalite's tests;
   the words about ConditionalOperator: ExtendDB's captures. */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include <bloop/json.h>

#define INVALID                    "One or more parameter values were invalid: "
#define ONE                        "1 validation error detected: "
#define PUT                        "{'TableName': 'abc', 'Item': {'pk': {'S': 'a'}}, "
#define UPDATE                     "{'TableName': 'abc', 'Key': {'pk': {'S': 'a'}}, "
#define PUTS                       "put abc item={'pk':{'S':'a'}}"
#define UPDATES                    "update abc key={'pk':{'S':'a'}}"
#define KEYS                       "'KeyConditions': {'pk': {'ComparisonOperator': 'EQ', 'AttributeValueList': [{'S': 'a'}]}}"
#define COMPARE(operator_, values) "'ComparisonOperator': '" operator_ "', 'AttributeValueList': [" values "]"
#define EXPECT(operator_, values)  PUT "'Expected': {'x': {" COMPARE(operator_, values) "}}}"

static void test_expected(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Exists': false}}}", PUTS " condition=attribute_not_exists(x)" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Value': {'N': '1'}}}}", PUTS " condition=x = 1" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Value': {'N': '1'}, 'Exists': true}}}", PUTS " condition=x = 1" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'ComparisonOperator': 'GE', 'Value': {'N': '1'}}}}",
          PUTS " condition=x >= 1" },
        { BL_WIRE_PUT_ITEM, EXPECT("EQ", "{'L': [{'S': 'a'}]}"), PUTS " condition=x = [\"a\"]" },
        { BL_WIRE_PUT_ITEM, EXPECT("NE", "{'BOOL': true}"), PUTS " condition=x <> true" },
        { BL_WIRE_PUT_ITEM, EXPECT("LE", "{'S': 'a'}"), PUTS " condition=x <= \"a\"" },
        { BL_WIRE_PUT_ITEM, EXPECT("LT", "{'N': '2'}"), PUTS " condition=x < 2" },
        { BL_WIRE_PUT_ITEM, EXPECT("GT", "{'N': '2'}"), PUTS " condition=x > 2" },
        { BL_WIRE_PUT_ITEM, EXPECT("NOT_NULL", ""), PUTS " condition=attribute_exists(x)" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'ComparisonOperator': 'NULL'}}}",
          PUTS " condition=attribute_not_exists(x)" },
        { BL_WIRE_PUT_ITEM, EXPECT("CONTAINS", "{'S': 'a'}"), PUTS " condition=contains(x, \"a\")" },
        { BL_WIRE_PUT_ITEM, EXPECT("NOT_CONTAINS", "{'S': 'a'}"),
          PUTS " condition=(attribute_exists(x) AND (NOT contains(x, \"a\")))" },
        { BL_WIRE_PUT_ITEM, EXPECT("BEGINS_WITH", "{'S': 'a'}"), PUTS " condition=begins_with(x, \"a\")" },
        { BL_WIRE_PUT_ITEM, EXPECT("IN", "{'S': 'a'}, {'S': 'b'}, {'S': 'c'}"),
          PUTS " condition=x IN (\"a\", \"b\", \"c\")" },
        { BL_WIRE_PUT_ITEM, EXPECT("BETWEEN", "{'N': '1'}, {'N': '3'}"), PUTS " condition=x BETWEEN 1 AND 3" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Exists': false}, 'y.z': {" COMPARE("GT", "{'N': '1'}") "}}}",
          PUTS " condition=(attribute_not_exists(x) AND `y.z` > 1)" },
        { BL_WIRE_PUT_ITEM,
          PUT
          "'ConditionalOperator': 'OR', 'Expected': {'x': {'Exists': false}, 'y': {" COMPARE("GT", "{'N': '1'}") "}}}",
          PUTS " condition=(attribute_not_exists(x) OR y > 1)" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {}}", PUTS },
        { BL_WIRE_DELETE_ITEM,
          "{'TableName': 'abc', 'Key': {'pk': {'S': 'a'}}, 'Expected': {'x': {'Value': {'S': 'b'}}}}",
          "delete abc key={'pk':{'S':'a'}} condition=x = \"b\"" },
    };
    check_requests(cases, BL_COUNT_OF(cases));
}

/* In the envelope: paritysuite/dynamodb-conformance, error-messages/deleteItem and putItem (October 2026). */
static void test_refuses_expected(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_PUT_ITEM,
          PUT "'Expected': {'x': {'Value': {'S': 'a'}, 'AttributeValueList': [], 'ComparisonOperator': 'EQ'}}}",
          ONE INVALID "Value and AttributeValueList cannot be used together for Attribute: x" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Exists': true, 'ComparisonOperator': 'EQ'}}}",
          ONE INVALID "Exists and ComparisonOperator cannot be used together for Attribute: x" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'ComparisonOperator': 'EQ'}}}",
          ONE INVALID "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: x" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'AttributeValueList': [{'S': 'a'}]}}}",
          ONE INVALID "AttributeValueList can only be used with a ComparisonOperator for Attribute: x" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {}}}",
          ONE INVALID "Value must be provided when Exists is null for Attribute: x" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Exists': true}}}",
          ONE INVALID "Value must be provided when Exists is true for Attribute: x" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Exists': false, 'Value': {'S': 'a'}}}}",
          ONE INVALID "Value cannot be used when Exists is false for Attribute: x" },
        { BL_WIRE_PUT_ITEM, PUT "'Expected': {'x': {'Value': {}}}}",
          ONE "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
        { BL_WIRE_PUT_ITEM, EXPECT("EQ", ""),
          ONE INVALID "Invalid number of argument(s) for the EQ ComparisonOperator" },
        { BL_WIRE_PUT_ITEM, EXPECT("NULL", "{'S': 'a'}"),
          ONE INVALID "Invalid number of argument(s) for the NULL ComparisonOperator" },
        { BL_WIRE_PUT_ITEM, EXPECT("BETWEEN", "{'S': 'a'}"),
          ONE INVALID "Invalid number of argument(s) for the BETWEEN ComparisonOperator" },
        { BL_WIRE_PUT_ITEM, EXPECT("IN", ""),
          ONE INVALID "Invalid number of argument(s) for the IN ComparisonOperator" },
        { BL_WIRE_PUT_ITEM, EXPECT("IN", "{'S': 'a'}, {'N': '1'}"),
          ONE INVALID "AttributeValues inside AttributeValueList must be of same type" },
        { BL_WIRE_PUT_ITEM, EXPECT("LT", "{'SS': ['a']}"),
          ONE INVALID "ComparisonOperator LT is not valid for SS AttributeValue type" },
        { BL_WIRE_PUT_ITEM, EXPECT("BEGINS_WITH", "{'N': '1'}"),
          ONE INVALID "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type" },
        { BL_WIRE_PUT_ITEM, EXPECT("BETWEEN", "{'N': '3'}, {'N': '1'}"),
          ONE "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound" },
        { BL_WIRE_PUT_ITEM, EXPECT("EQ", "{'N': 'x'}"), ONE "The parameter cannot be converted to a numeric value: x" },
        { BL_WIRE_PUT_ITEM, PUT "'ConditionalOperator': 'AND'}",
          "ConditionalOperator cannot be used without Filter or Expected" },
        { BL_WIRE_PUT_ITEM, PUT "'ConditionalOperator': 'AND', 'Expected': {'x': {'Exists': false}}}",
          "ConditionalOperator can only be used when Filter or Expected has two or more elements" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_VALIDATION);
}

static void test_updates(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x': {'Value': {'S': 'b'}}}}",
          UPDATES " update=SET x = \"b\"" },
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x.y': {'Action': 'PUT', 'Value': {'L': []}}}}",
          UPDATES " update=SET `x.y` = []" },
        { BL_WIRE_UPDATE_ITEM,
          UPDATE "'AttributeUpdates': {'n': {'Action': 'ADD', 'Value': {'N': '5'}}, 's': {'Action': 'ADD', 'Value':"
                 " {'SS': ['a']}}, 'd': {'Action': 'DELETE', 'Value': {'NS': ['1']}}, 'r': {'Action': 'DELETE'}}}",
          UPDATES " update=REMOVE r ADD n 5, s {\"a\"} DELETE d {1}" },
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'l': {'Action': 'ADD', 'Value': {'L': [{'N': '1'}]}}}}",
          UPDATES " update=SET l = list_append(if_not_exists(l, []), [1])" },
        { BL_WIRE_UPDATE_ITEM,
          UPDATE "'AttributeUpdates': {'x': {'Value': {'S': 'b'}}}, 'Expected': {'x': {'Exists': false}},"
                 " 'ReturnValues': 'ALL_NEW'}",
          UPDATES " update=SET x = \"b\" condition=attribute_not_exists(x) return=3" },
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {}}", UPDATES },
    };
    check_requests(cases, BL_COUNT_OF(cases));
    static const request_case refused[] = {
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x': {'Action': 'ADD'}}}",
          INVALID "Only DELETE action is allowed when no attribute value is specified" },
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x': {}}}",
          INVALID "Only DELETE action is allowed when no attribute value is specified" },
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x': {'Action': 'DELETE', 'Value': {'N': '1'}}}}",
          INVALID "DELETE action with value is not supported for the type N" },
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x': {'Action': 'ADD', 'Value': {'S': '1'}}}}",
          INVALID "ADD action is not supported for the type S" },
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x': {'Value': {'SS': []}}}}",
          INVALID "An string set  may not be empty" },
    };
    check_refusals(refused, BL_COUNT_OF(refused), BLOOP_VALIDATION);
}

static void test_searches(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_QUERY, "{'TableName': 'abc', " KEYS "}", "query abc key=pk = \"a\"" },
        { BL_WIRE_QUERY,
          "{'TableName': 'abc', 'KeyConditions': {'pk': {" COMPARE("EQ", "{'S': 'a'}") "}, 'sk': {" COMPARE(
              "BETWEEN",
              "{'N': '1'}, {'N': '2'}") "}}, 'QueryFilter': {'v': {" COMPARE("EQ",
                                                                             "{'N': '3'}") "}, 'w': {" COMPARE("CONTAINS",
                                                                                                               "{'S': 'h'}") "}}, 'ConditionalOperator': 'OR', 'ScanIndexForward': false,"
                                                                                                                             " 'AttributesToGet': ['v', 'pk']}",
          "query abc key=(pk = \"a\" AND sk BETWEEN 1 AND 2) filter=(v = 3 OR contains(w, \"h\")) [v, pk] "
          "descending=1" },
        /* Expressions may stand beside KeyConditions. */
        { BL_WIRE_QUERY,
          "{'TableName': 'abc', " KEYS ", 'FilterExpression': 'v > :v', 'ExpressionAttributeValues':"
          " {':v': {'N': '1'}}, 'ProjectionExpression': 'v'}",
          "query abc key=pk = \"a\" filter=v > 1 [v]" },
        { BL_WIRE_SCAN,
          "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("NOT_CONTAINS",
                                                               "{'N': '3'}") "}},"
                                                                             " 'AttributesToGet': ['v']}",
          "scan abc filter=(attribute_exists(v) AND (NOT contains(v, 3))) [v]" },
        /* What a list may contain that no order compares. */
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("CONTAINS", "{'BOOL': true}") "}}}",
          "scan abc filter=contains(v, true)" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("CONTAINS", "{'NULL': true}") "}}}",
          "scan abc filter=contains(v, null)" },
    };
    check_requests(cases, BL_COUNT_OF(cases));
    static const request_case refused[] = {
        { BL_WIRE_QUERY, "{'TableName': 'abc', 'KeyConditions': {}}", "Conditions can be of length 1 or 2 only" },
        { BL_WIRE_QUERY, "{'TableName': 'abc', 'KeyConditions': {'pk': {" COMPARE("NE", "{'S': 'a'}") "}}}",
          "Attempted conditional constraint is not an indexable operation" },
        { BL_WIRE_QUERY, "{'TableName': 'abc', 'KeyConditions': {'pk': {" COMPARE("EQ", "") "}}}",
          INVALID "Invalid number of argument(s) for the EQ ComparisonOperator" },
        { BL_WIRE_QUERY,
          "{'TableName': 'abc', 'KeyConditions': {'a': {" COMPARE("EQ", "{'S': 'a'}") "}, 'b': {" COMPARE(
              "EQ", "{'S': 'a'}") "}, 'c': {" COMPARE("EQ", "{'S': 'a'}") "}}}",
          "Conditions can be of length 1 or 2 only" },
        { BL_WIRE_QUERY, "{'TableName': 'abc', " KEYS ", 'ConditionalOperator': 'AND'}",
          "ConditionalOperator cannot be used without Filter or Expected" },
        { BL_WIRE_SCAN,
          "{'TableName': 'abc', 'ConditionalOperator': 'OR', 'ScanFilter': {'v': {" COMPARE("NULL", "") "}}}",
          "ConditionalOperator can only be used when Filter or Expected has two or more elements" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("CONTAINS", "{'L': []}") "}}}",
          INVALID "ComparisonOperator CONTAINS is not valid for L AttributeValue type" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("IN", "{'S': 'a'}, {'M': {}}") "}}}",
          INVALID "ComparisonOperator IN is not valid for M AttributeValue type" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("IN", "{'S': 'a'}, {'N': '1'}") "}}}",
          INVALID "AttributeValues inside AttributeValueList must be of same type" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("GT", "{'BOOL': true}") "}}}",
          INVALID "ComparisonOperator GT is not valid for BOOL AttributeValue type" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'ScanFilter': {'v': {" COMPARE("GT", "null") "}}}",
          "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    };
    check_refusals(refused, BL_COUNT_OF(refused), BLOOP_VALIDATION);
}

/* An IN of more values than an expression takes: a set, with each value once. */
static void check_long_in(const char *format, int count, const char *in, const char *out)
{
    bl_buffer body = { 0 };
    bl_wire_request request;
    bl_wire_reading *reading = bl_wire_reading_new();
    bloop_builder *builder = bloop_builder_new();
    assert_non_null(reading);
    assert_non_null(builder);
    bl_buffer_text(&body, "{\"TableName\": \"abc\", \"ScanFilter\": {\"x\": {\"ComparisonOperator\": \"IN\", "
                          "\"AttributeValueList\": [");
    bl_buffer_text(&body, in);
    for (int i = count; i > 0; i--) {
        char value[40];
        snprintf(value, sizeof value, format, i);
        bl_buffer_format(&body, ", %s", value);
    }
    bl_buffer_text(&body, "]}}}");
    assert_int_equal(bl_wire_read_request(reading, BL_WIRE_SCAN, (const char *)body.data, body.size, &request),
                     BLOOP_OK);
    assert_int_equal(bl_op_check_search(&request.as.search), BLOOP_OK);
    const char *const items[] = { out, in };
    for (size_t i = 0; i < BL_COUNT_OF(items); i++) {
        char text[64];
        bloop_item item;
        bool met = i == 0;
        snprintf(text, sizeof text, "{\"x\": %s}", items[i]);
        assert_int_equal(bloop_item_of_json(text, strlen(text), builder, &item), BLOOP_OK);
        assert_int_equal(bloop_expr_evaluate(request.as.search.filter, item, &met), BLOOP_OK);
        assert_int_equal(met, i == 1);
    }
    bloop_builder_free(builder);
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

static void test_long_in(void **state)
{
    (void)state;
    check_long_in("{\"N\": \"%d\"}", 27499, "{\"N\": \"7\"}", "{\"N\": \"27500\"}");
    check_long_in("{\"S\": \"%d\"}", 100, "{\"S\": \"7\"}", "{\"S\": \"70 \"}");
    check_long_in("{\"B\": \"%04d\"}", 100, "{\"B\": \"0007\"}", "{\"S\": \"0007\"}");
}

/* What op says of expressions, for a request of legacy parameters and for one of expressions. */
static void test_words(void **state)
{
    (void)state;
    static const struct {
        bl_wire_operation operation;
        const char *body, *said, *told;
    } cases[] = {
        { BL_WIRE_UPDATE_ITEM, UPDATE "'AttributeUpdates': {'x': {'Action': 'ADD', 'Value': {'N': '1'}}}}",
          "An operand in the update expression has an incorrect data type", "Type mismatch for attribute to update" },
        { BL_WIRE_UPDATE_ITEM,
          UPDATE "'UpdateExpression': 'ADD x :x', 'ExpressionAttributeValues': {':x': {'N': '1'}}}",
          "An operand in the update expression has an incorrect data type", NULL },
        { BL_WIRE_QUERY, "{'TableName': 'abc', " KEYS ", 'QueryFilter': {'pk': {" COMPARE("EQ", "{'S': 'a'}") "}}}",
          "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk",
          "QueryFilter can only contain non-primary key attributes: Primary key attribute: pk" },
        { BL_WIRE_QUERY, "{'TableName': 'abc', " KEYS ", 'FilterExpression': 'attribute_exists(pk)'}",
          "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk", NULL },
        { BL_WIRE_QUERY, "{'TableName': 'abc', " KEYS ", 'AttributesToGet': ['x'], 'Select': 'COUNT'}",
          "Cannot specify the ProjectionExpression when choosing to get only the Count",
          "Cannot specify the AttributesToGet when choosing to get only the Count" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'AttributesToGet': ['x'], 'Select': 'ALL_ATTRIBUTES'}",
          "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
          "Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES" },
        { BL_WIRE_SCAN, "{'TableName': 'abc', 'AttributesToGet': ['x']}", "Requested resource not found", NULL },
    };
    bl_wire_reading *reading = bl_wire_reading_new();
    assert_non_null(reading);
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_buffer body = { 0 };
        bl_wire_request request;
        request_body(&body, cases[i].body);
        assert_int_equal(
            bl_wire_read_request(reading, cases[i].operation, (const char *)body.data, body.size, &request), BLOOP_OK);
        assert_string_equal(bl_wire_legacy_words(&request, cases[i].said),
                            cases[i].told ? cases[i].told : cases[i].said);
        bl_buffer_free(&body);
    }
    bl_wire_reading_free(reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expected), cmocka_unit_test(test_refuses_expected), cmocka_unit_test(test_updates),
        cmocka_unit_test(test_searches), cmocka_unit_test(test_long_in),          cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests_name("wire/legacy", tests, NULL, NULL);
}
