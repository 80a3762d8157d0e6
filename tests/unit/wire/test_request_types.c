/* Members of the wrong JSON type, and bodies that are no JSON: the service's SerializationException. The words are those
   that architect/dynalite's suite recorded from the service (test/helpers.js there: assertType). */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* What is put where a member of some type should be, and the refusal. */
typedef struct wrong_value {
    const char *json;
    const char *message;
} wrong_value;

#define MISPLACED "Start of structure or map found where not expected"
#define FIELD     "Unexpected field type"
#define PAYLOAD   "Unexpected value type in payload"
#define PACKAGE   "com.amazonaws.dynamodb.v20120810."
#define CAST                                                                                                        \
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class "   \
    "(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of " \
    "loader 'bootstrap')"

static const wrong_value texts[] = {
    { "true", "TRUE_VALUE cannot be converted to String" },
    { "false", "FALSE_VALUE cannot be converted to String" },
    { "23", "NUMBER_VALUE cannot be converted to String" },
    { "-2147483648", "NUMBER_VALUE cannot be converted to String" },
    { "34.56", "DECIMAL_VALUE cannot be converted to String" },
    { "[]", "Unrecognized collection type class java.lang.String" },
    { "{}", MISPLACED },
    { NULL, NULL },
};
static const wrong_value booleans[] = {
    { "'23'", "Unexpected token received from parser" },
    { "23", "NUMBER_VALUE cannot be converted to Boolean" },
    { "34.56", "DECIMAL_VALUE cannot be converted to Boolean" },
    { "[]", "Unrecognized collection type class java.lang.Boolean" },
    { "{}", MISPLACED },
    { NULL, NULL },
};
static const wrong_value integers[] = {
    { "'23'", "STRING_VALUE cannot be converted to Integer" },
    { "true", "TRUE_VALUE cannot be converted to Integer" },
    { "false", "FALSE_VALUE cannot be converted to Integer" },
    { "[]", "Unrecognized collection type class java.lang.Integer" },
    { "{}", MISPLACED },
    { NULL, NULL },
};
static const wrong_value longs[] = {
    { "'23'", "STRING_VALUE cannot be converted to Long" },
    { "[]", "Unrecognized collection type class java.lang.Long" },
    { NULL, NULL },
};
static const wrong_value blobs[] = {
    { "true", "only base-64-encoded strings are convertible to bytes" },
    { "34.56", "only base-64-encoded strings are convertible to bytes" },
    { "[]", "Unrecognized collection type class java.nio.ByteBuffer" },
    { "{}", MISPLACED },
    { "'23456'", "Base64 encoded length is expected a multiple of 4 bytes but found: 5" },
    { "'=+/='", "Invalid last non-pad Base64 character dectected" },
    { "'+/+='", "Invalid last non-pad Base64 character dectected" },
    { NULL, NULL },
};
static const wrong_value lists[] = {
    { "'23'", FIELD }, { "true", FIELD }, { "34.56", FIELD }, { "{}", MISPLACED }, { NULL, NULL },
};
static const wrong_value lists_in_maps[] = {
    { "'23'", CAST },
    { "23", CAST },
    { "{}", MISPLACED },
    { NULL, NULL },
};
static const wrong_value maps_of_values[] = {
    { "'23'", FIELD },
    { "true", FIELD },
    { "[]", "Unrecognized collection type java.util.Map<java.lang.String, " PACKAGE "AttributeValue>" },
    { NULL, NULL },
};
static const wrong_value maps_in_lists[] = {
    { "'23'", CAST },
    { "[]", "Unrecognized collection type java.util.Map<java.lang.String, " PACKAGE "AttributeValue>" },
    { NULL, NULL },
};
static const wrong_value maps_of_texts[] = {
    { "23", FIELD },
    { "[]", "Unrecognized collection type java.util.Map<java.lang.String, java.lang.String>" },
    { NULL, NULL },
};
static const wrong_value maps_of_conditions[] = {
    { "23", FIELD },
    { "[]", "Unrecognized collection type java.util.Map<java.lang.String, " PACKAGE "Condition>" },
    { NULL, NULL },
};
static const wrong_value maps_of_requests[] = {
    { "23", FIELD },
    { "[]", "Unrecognized collection type java.util.Map<java.lang.String, java.util.List<" PACKAGE "WriteRequest>>" },
    { NULL, NULL },
};
static const wrong_value values[] = {
    { "'23'", PAYLOAD },  { "true", PAYLOAD },
    { "34.56", PAYLOAD }, { "[]", "Unrecognized collection type class " PACKAGE "AttributeValue" },
    { NULL, NULL },
};
static const wrong_value value_members[] = {
    { "'23'", FIELD },
    { "[]", "Unrecognized collection type class " PACKAGE "AttributeValue" },
    { NULL, NULL },
};
static const wrong_value key_elements[] = {
    { "'23'", PAYLOAD },
    { "[]", "Unrecognized collection type class " PACKAGE "KeySchemaElement" },
    { NULL, NULL },
};
static const wrong_value throughputs[] = {
    { "'23'", FIELD },
    { "[]", "Unrecognized collection type class " PACKAGE "ProvisionedThroughput" },
    { NULL, NULL },
};

/* A body with a hole, and what may not be put there. */
typedef struct hole {
    bl_wire_operation operation;
    const char *before, *after;
    const wrong_value *wrong;
} hole;

static void test_refuses_wrong_types(void **state)
{
    (void)state;
    static const hole holes[] = {
        { BL_WIRE_GET_ITEM, "{'TableName': ", "}", texts },
        { BL_WIRE_GET_ITEM, "{'ReturnConsumedCapacity': ", "}", texts },
        { BL_WIRE_GET_ITEM, "{'ConsistentRead': ", "}", booleans },
        { BL_WIRE_GET_ITEM, "{'AttributesToGet': ", "}", lists },
        { BL_WIRE_GET_ITEM, "{'AttributesToGet': [", "]}", texts },
        { BL_WIRE_GET_ITEM, "{'ExpressionAttributeNames': ", "}", maps_of_texts },
        { BL_WIRE_GET_ITEM, "{'ExpressionAttributeNames': {'#a': ", "}}", texts },
        { BL_WIRE_GET_ITEM, "{'Key': ", "}", maps_of_values },
        { BL_WIRE_GET_ITEM, "{'Key': {'a': ", "}}", values },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'S': ", "}}}", texts },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'N': ", "}}}", texts },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'B': ", "}}}", blobs },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'BOOL': ", "}}}", booleans },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'NULL': ", "}}}", booleans },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'SS': ", "}}}", lists },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'SS': ['x', ", "]}}}", texts },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'NS': [", "]}}}", texts },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'BS': [", "]}}}", blobs },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'L': ", "}}}", lists },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'L': [{'S': 'a'}, ", "]}}}", values },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'L': [{'BS': [", "]}]}}}", blobs },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'M': ", "}}}", maps_of_values },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'M': {'b': ", "}}}}", values },
        { BL_WIRE_PUT_ITEM, "{'Expected': {'a': {'Value': ", "}}}", value_members },
        { BL_WIRE_PUT_ITEM, "{'Expected': {'a': {'Exists': ", "}}}", booleans },
        { BL_WIRE_PUT_ITEM, "{'Expected': {'a': {'AttributeValueList': [", "]}}}", values },
        { BL_WIRE_QUERY, "{'QueryFilter': ", "}", maps_of_conditions },
        { BL_WIRE_QUERY, "{'Limit': ", "}", integers },
        { BL_WIRE_QUERY, "{'ScanIndexForward': ", "}", booleans },
        { BL_WIRE_QUERY, "{'ExpressionAttributeValues': {':a': {'SS': [", "]}}}", texts },
        { BL_WIRE_SCAN, "{'Segment': ", "}", integers },
        { BL_WIRE_CREATE_TABLE, "{'KeySchema': ", "}", lists },
        { BL_WIRE_CREATE_TABLE, "{'KeySchema': [", "]}", key_elements },
        { BL_WIRE_CREATE_TABLE, "{'ProvisionedThroughput': ", "}", throughputs },
        { BL_WIRE_CREATE_TABLE, "{'ProvisionedThroughput': {'ReadCapacityUnits': ", "}}", longs },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'a': {'Keys': ", "}}}", lists },
        { BL_WIRE_BATCH_GET_ITEM, "{'RequestItems': {'a': {'Keys': [", "]}}}", maps_in_lists },
        { BL_WIRE_BATCH_WRITE_ITEM, "{'RequestItems': ", "}", maps_of_requests },
        { BL_WIRE_BATCH_WRITE_ITEM, "{'RequestItems': {'a': ", "}}", lists_in_maps },
        { BL_WIRE_BATCH_WRITE_ITEM, "{'RequestItems': {'a': [{'PutRequest': {'Item': ", "}}]}}", maps_of_values },
    };
    char body[512];
    for (size_t i = 0; i < BL_COUNT_OF(holes); i++) {
        for (const wrong_value *wrong = holes[i].wrong; wrong->json; wrong++) {
            snprintf(body, sizeof body, "%s%s%s", holes[i].before, wrong->json, holes[i].after);
            const request_case c = { holes[i].operation, body, wrong->message };
            check_refusals(&c, 1, BLOOP_INVALID_SYNTAX);
        }
    }
}

/* A wrong type is told before anything else that is wrong, wherever it is. */
static void test_types_come_first(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'N': 'b'}, 'c': {'S': 1}}}",
          "NUMBER_VALUE cannot be converted to String" },
        { BL_WIRE_PUT_ITEM, "{'Item': {'a': {'SS': []}, 'c': {'SS': ['x', 'x']}}, 'TableName': false}",
          "FALSE_VALUE cannot be converted to String" },
        { BL_WIRE_QUERY, "{'TableName': '!', 'Limit': 0, 'ConsistentRead': 3}",
          "NUMBER_VALUE cannot be converted to Boolean" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_INVALID_SYNTAX);
}

static void test_refuses_what_is_no_json(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        " ",
        "x",
        "{",
        "{'TableName'",
        "{'TableName': 'a'",
        "{'TableName': 'a',}",
        "{'TableName': 'a'} x",
        "{'Key': {'a': {'S': 'b'}",
        "{'Key': {'a': {'S': 'b\x01'}}}",
        "{'Key': {'a': {'S': 'b\xFF'}}}",
        "{'Key': {'a': {'L': [{'S': 'x'},]}}}",
        "{'Limit': 01}",
        "{'Unknown': [1, 2}",
        "null",
        "\xEF\xBB\xBF{}",
    };
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    assert_non_null(reading);
    for (size_t i = 0; i < BL_COUNT_OF(bodies); i++) {
        bl_wire_request request;
        request_body(&body, bodies[i]);
        bloop_status status =
            bl_wire_read_request(reading, BL_WIRE_QUERY, (const char *)body.data, body.size, &request);
        if (status != BLOOP_INVALID_SYNTAX)
            fail_msg("%s gives %d", bodies[i], (int)status);
    }
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

/* An array where the body should be an object. */
static void test_refuses_other_bodies(void **state)
{
    (void)state;
    static const request_case cases[] = {
        { BL_WIRE_GET_ITEM, "[]", "Unrecognized collection type class " PACKAGE "GetItemInput" },
        { BL_WIRE_GET_ITEM, "3", PAYLOAD },
        { BL_WIRE_GET_ITEM, "'{}'", PAYLOAD },
        { BL_WIRE_GET_ITEM, "", "JSON, line 1, column 1 (byte 0): a value is expected, not the end of the text" },
    };
    check_refusals(cases, BL_COUNT_OF(cases), BLOOP_INVALID_SYNTAX);
}

/* What nests deeply, or is many, takes bounded time and memory, and is refused. */
static void test_bounds_what_it_reads(void **state)
{
    (void)state;
    enum { MANY = 400000 };
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    bl_wire_request request;
    assert_non_null(reading);
    bl_buffer_text(&body, "{\"TableName\": \"Books\", \"Item\": ");
    for (int i = 0; i < MANY; i++)
        bl_buffer_text(&body, "{\"a\": {\"M\": ");
    assert_int_equal(bl_wire_read_request(reading, BL_WIRE_PUT_ITEM, (const char *)body.data, body.size, &request),
                     BLOOP_INVALID_SYNTAX);
    bl_buffer_clear(&body);
    bl_buffer_text(&body, "{\"TableName\": \"Books\", \"GlobalSecondaryIndexes\": [{}");
    for (int i = 0; i < MANY; i++)
        bl_buffer_text(&body, ",{}");
    bl_buffer_text(&body, "]}");
    assert_int_equal(bl_wire_read_request(reading, BL_WIRE_CREATE_TABLE, (const char *)body.data, body.size, &request),
                     BLOOP_INVALID_SYNTAX);
    assert_non_null(strstr(bloop_last_error()->message, "far more elements"));
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refuses_wrong_types),     cmocka_unit_test(test_types_come_first),
        cmocka_unit_test(test_refuses_what_is_no_json), cmocka_unit_test(test_refuses_other_bodies),
        cmocka_unit_test(test_bounds_what_it_reads),
    };
    return cmocka_run_group_tests_name("wire/request_types", tests, NULL, NULL);
}
