/* Attribute values that are not valid, and those that only seem so. Words: nubo-db's conformance suite (tier3/limits,
   tier3/error-messages) and architect/dynalite's tests. */
#include "requests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define INVALID "One or more parameter values were invalid: "
#define EMPTY   "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
#define MANY \
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
#define NESTING \
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"

/* A value, and what is wrong with it. */
typedef struct value_case {
    const char *value, *fault;
} value_case;

static const value_case faulty[] = {
    { "{}", EMPTY },
    { "null", EMPTY },
    { "{'X': 'a'}", EMPTY },
    { "{'S': null}", EMPTY },
    { "{'S': 'a', 'N': '1'}", MANY },
    { "{'S': 'a', 'N': 'b'}", "The parameter cannot be converted to a numeric value: b" },
    { "{'N': ''}", "The parameter cannot be converted to a numeric value" },
    { "{'N': 'abc'}", "The parameter cannot be converted to a numeric value: abc" },
    { "{'N': '1.2.3'}", "The parameter cannot be converted to a numeric value: 1.2.3" },
    { "{'N': '1E+126'}", "Number overflow. Attempting to store a number with magnitude larger than supported range" },
    { "{'N': '-1E+126'}", "Number overflow. Attempting to store a number with magnitude larger than supported range" },
    { "{'N': '1E-131'}", "Number underflow. Attempting to store a number with magnitude smaller than supported range" },
    { "{'N': '123456789012345678901234567890123456789'}",
      "Attempting to store more than 38 significant digits in a Number" },
    { "{'NULL': false}", INVALID "Null attribute value types must have the value of true" },
    { "{'NULL': 'no'}", INVALID "Null attribute value types must have the value of true" },
    { "{'SS': []}", INVALID "An string set  may not be empty" },
    { "{'NS': []}", INVALID "An number set  may not be empty" },
    { "{'BS': []}", INVALID "Binary sets should not be empty" },
    { "{'SS': ['a', 'a']}", INVALID "Input collection [a, a] contains duplicates." },
    { "{'SS': ['b', 'a', 'b', 'c']}", INVALID "Input collection [b, a, b, c] contains duplicates." },
    { "{'BS': ['Yg==', 'Yg==']}", INVALID "Input collection [Yg==, Yg==]of type BS contains duplicates." },
    { "{'NS': ['1', '2', '1.0']}", "Input collection contains duplicates" },
    { "{'NS': ['1', 'x']}", "The parameter cannot be converted to a numeric value: x" },
    { "{'L': [{'S': 'a'}, {}]}", EMPTY },
    { "{'L': [{'S': 'a'}, null]}", EMPTY },
    { "{'M': {'x': {'L': [{'SS': []}]}}}", INVALID "An string set  may not be empty" },
    { "{'SS': ['a', null]}", INVALID "A set may not contain null" },
    { "{'M': {'x': {'S': 'a'}, 'x': {'S': 'b'}}}", "a map with two values named \"x\"" },
    /* The first in the text. */
    { "{'L': [{'N': 'x'}, {'SS': []}]}", "The parameter cannot be converted to a numeric value: x" },
};

static void test_tells_faults_of_items(void **state)
{
    (void)state;
    char body[256];
    for (size_t i = 0; i < BL_COUNT_OF(faulty); i++) {
        snprintf(body, sizeof body, "{'TableName': 'abc', 'Item': {'pk': {'S': 'x'}, 'a': %s, 'z': {'N': 'later'}}}",
                 faulty[i].value);
        const request_case put = { BL_WIRE_PUT_ITEM, body, faulty[i].fault };
        check_refusals(&put, 1, BLOOP_VALIDATION);
        snprintf(body, sizeof body, "{'RequestItems': {'abc': [{'DeleteRequest': {'Key': {'a': %s}}}]}}",
                 faulty[i].value);
        const request_case batch = { BL_WIRE_BATCH_WRITE_ITEM, body, faulty[i].fault };
        check_refusals(&batch, 1, BLOOP_VALIDATION);
    }
}

static void test_tells_faults_of_placeholders(void **state)
{
    (void)state;
    char body[256], message[400];
    for (size_t i = 0; i < BL_COUNT_OF(faulty); i++) {
        snprintf(body, sizeof body,
                 "{'TableName': 'abc', 'FilterExpression': 'a = :v', 'ExpressionAttributeValues': {':v': %s}}",
                 faulty[i].value);
        snprintf(message, sizeof message, "ExpressionAttributeValues contains invalid value: %s for key :v",
                 faulty[i].fault);
        const request_case scan = { BL_WIRE_SCAN, body, message };
        check_refusals(&scan, 1, BLOOP_VALIDATION);
    }
}

static void test_takes_what_only_seems_faulty(void **state)
{
    (void)state;
    static const value_case values[] = {
        { "{'S': ''}", "{'S':''}" },
        { "{'B': ''}", "{'B':''}" },
        { "{'L': []}", "{'L':[]}" },
        { "{'M': {}}", "{'M':{}}" },
        { "{'SS': ['']}", "{'SS':['']}" },
        { "{'BOOL': 'true'}", "{'BOOL':true}" },
        { "{'BOOL': 'No'}", "{'BOOL':false}" },
        { "{'NULL': '1'}", "{'NULL':true}" },
        { "{'S': 'a', 'N': null, 'Other': {'S': [1]}}", "{'S':'a'}" },
        { "{'M': {'x': {'BOOL': 'yes', 'S': null}, 'b': {'NS': ['2', '1']}}}",
          "{'M':{'b':{'NS':['1','2']},'x':{'BOOL':true}}}" },
        { "{'N': '+5'}", "{'N':'5'}" },
        { "{'N': '-0'}", "{'N':'0'}" },
        { "{'N': '1.5E2'}", "{'N':'150'}" },
        { "{'N': '9.9999999999999999999999999999999999999E+37'}", "{'N':'99999999999999999999999999999999999999'}" },
        { "{'S': '\\u00e9\\ud83d\\ude00'}", "{'S':'\xC3\xA9\xF0\x9F\x98\x80'}" },
    };
    char body[256], text[512];
    for (size_t i = 0; i < BL_COUNT_OF(values); i++) {
        snprintf(body, sizeof body, "{'TableName': 'abc', 'Item': {'a': %s}}", values[i].value);
        snprintf(text, sizeof text, "put abc item={'a':%s}", values[i].fault);
        const request_case c = { BL_WIRE_PUT_ITEM, body, text };
        check_requests(&c, 1);
    }
}

/* What the quick way makes of a value, and the careful one, which a truth in quotes makes an item take. */
static void test_both_ways_agree(void **state)
{
    (void)state;
    static const char *const values[] = {
        "{'S': 'plain'}",
        "{'S': 'with \\u0041 \\\\ \\/ \\t escapes'}",
        "{'S': ''}",
        "{'B': 'AAECAwQ='}",
        "{'B': 'AAEC\\u0041wQ='}",
        "{'N': '-12.50e+3'}",
        "{'N': '0.000001'}",
        "{'N': '12345678901234567890123456789012345678'}",
        "{'NULL': true}",
        "{'BOOL': false}",
        "{'SS': ['c', 'a', 'b']}",
        "{'NS': ['10', '9', '-1', '1e-5']}",
        "{'BS': ['Yg==', 'YQ==', '']}",
        "{'L': [{'S': 'a'}, {'L': []}, {'M': {'z': {'N': '1'}, 'a': {'N': '2'}}}]}",
        "{'M': {'b': {'M': {'c': {'SS': ['y', 'x']}}}, 'a': {'NULL': true}, '': {'S': 'unnamed'}}}",
        " { 'L' : [ { 'N' : '1' } , { 'S' : 'x' } ] } ",
    };
    bl_buffer texts[2] = { { 0 }, { 0 } }, body = { 0 };
    bl_wire_reading *reading = bl_wire_reading_new();
    assert_non_null(reading);
    for (size_t i = 0; i < BL_COUNT_OF(values); i++) {
        for (size_t way = 0; way < 2; way++) {
            char text[256];
            bl_wire_request request;
            snprintf(text, sizeof text, "{'TableName': 'abc', 'Item': {'x': %s, 'w': {'BOOL': %s}}}", values[i],
                     way ? "'TRUE'" : "true");
            request_body(&body, text);
            assert_int_equal(
                bl_wire_read_request(reading, BL_WIRE_PUT_ITEM, (const char *)body.data, body.size, &request),
                BLOOP_OK);
            bl_buffer_clear(&texts[way]);
            bl_buffer_append(&texts[way], request.as.write.item.data, request.as.write.item.size);
            assert_int_equal(texts[way].status, BLOOP_OK);
        }
        if (texts[0].size != texts[1].size || memcmp(texts[0].data, texts[1].data, texts[0].size) != 0)
            fail_msg("%s comes to two things", values[i]);
    }
    bl_buffer_free(&texts[0]);
    bl_buffer_free(&texts[1]);
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

/* 31 maps around a text are stored, 32 are not; what is far below is passed over. */
static void test_counts_levels(void **state)
{
    (void)state;
    static const struct {
        unsigned levels;
        const char *fault;
    } cases[] = { { 31, NULL }, { 32, NESTING }, { 33, NESTING }, { 200, NESTING } };
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    assert_non_null(reading);
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bl_wire_request request;
        bl_buffer_clear(&body);
        bl_buffer_text(&body, "{\"TableName\": \"abc\", \"Item\": {\"a\": ");
        for (unsigned k = 0; k < cases[i].levels; k++)
            bl_buffer_text(&body, "{\"L\": [");
        bl_buffer_text(&body, "{\"S\": \"x\"}");
        for (unsigned k = 0; k < cases[i].levels; k++)
            bl_buffer_text(&body, "]}");
        bl_buffer_text(&body, "}}");
        bloop_status status =
            bl_wire_read_request(reading, BL_WIRE_PUT_ITEM, (const char *)body.data, body.size, &request);
        assert_int_equal(status, cases[i].fault ? BLOOP_VALIDATION : BLOOP_OK);
        if (cases[i].fault)
            assert_string_equal(bloop_last_error()->message, cases[i].fault);
    }
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

/* A value of an expression that cannot be built is refused, neither cut nor told of in the builder's words. */
static void test_refuses_deep_values(void **state)
{
    (void)state;
    static const char *const ways[][2] = { { "{\"L\": [", "]}" }, { "{\"M\": {\"n\": ", "}}" } };
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    assert_non_null(reading);
    for (size_t i = 0; i < BL_COUNT_OF(ways); i++) {
        for (unsigned levels = 31; levels <= 120; levels += levels == 31 ? 2 : 29) {
            bl_wire_request request;
            bl_buffer_clear(&body);
            bl_buffer_text(&body, "{\"TableName\": \"abc\", \"FilterExpression\": \"a = :v\", "
                                  "\"ExpressionAttributeValues\": {\":v\": ");
            for (unsigned k = 0; k < levels; k++)
                bl_buffer_text(&body, ways[i][0]);
            bl_buffer_text(&body, "{\"S\": \"x\"}");
            for (unsigned k = 0; k < levels; k++)
                bl_buffer_text(&body, ways[i][1]);
            bl_buffer_text(&body, "}}");
            bloop_status status =
                bl_wire_read_request(reading, BL_WIRE_SCAN, (const char *)body.data, body.size, &request);
            assert_int_equal(status, levels == 31 ? BLOOP_OK : BLOOP_VALIDATION);
            if (status != BLOOP_OK)
                assert_string_equal(bloop_last_error()->message,
                                    "ExpressionAttributeValues contains invalid value: " NESTING " for key :v");
        }
    }
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

/* A long set with a duplicate: the message is cut between characters, and made in bounded time. */
static void test_cuts_long_messages(void **state)
{
    (void)state;
    bl_wire_reading *reading = bl_wire_reading_new();
    bl_buffer body = { 0 };
    bl_wire_request request;
    assert_non_null(reading);
    bl_buffer_text(&body, "{\"TableName\": \"abc\", \"Item\": {\"a\": {\"SS\": [\"x\"");
    for (int i = 0; i < 500; i++)
        bl_buffer_text(&body, ",\"\xC3\xA9\xC3\xA9\xC3\xA9\"");
    bl_buffer_text(&body, "]}}}");
    assert_int_equal(bl_wire_read_request(reading, BL_WIRE_PUT_ITEM, (const char *)body.data, body.size, &request),
                     BLOOP_VALIDATION);
    const char *message = bloop_last_error()->message;
    assert_non_null(strstr(message, "Input collection [x, \xC3\xA9\xC3\xA9\xC3\xA9"));
    assert_true(bl_utf8_valid(message, strlen(message)));
    bl_buffer_free(&body);
    bl_wire_reading_free(reading);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_faults_of_items),
        cmocka_unit_test(test_tells_faults_of_placeholders),
        cmocka_unit_test(test_takes_what_only_seems_faulty),
        cmocka_unit_test(test_both_ways_agree),
        cmocka_unit_test(test_counts_levels),
        cmocka_unit_test(test_refuses_deep_values),
        cmocka_unit_test(test_cuts_long_messages),
    };
    return cmocka_run_group_tests_name("wire/request_values", tests, NULL, NULL);
}
