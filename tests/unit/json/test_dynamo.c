/* The DynamoDB form of every type, both ways, and what it forbids. Messages of the service: developer guide and the
   behaviour of PutItem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "events.h"

/* Texts that are read, and how they are written: sorted, numbers plain, compact. NULL: as they were. */
static const struct {
    const char *text, *written;
} values[] = {
    { "{\"NULL\":true}", NULL },
    { "{\"BOOL\":true}", NULL },
    { "{\"BOOL\":false}", NULL },
    { "{\"S\":\"\"}", NULL },
    { "{\"S\":\"text\"}", NULL },
    { "{\"S\":\"a\\u0000\\u00e9\\\"\\n\\/\"}", "{\"S\":\"a\\u0000\xC3\xA9\\\"\\n/\"}" },
    { "{\"S\":\"\xF0\x9F\x98\x80 and more than sixteen bytes\"}", NULL },
    { "{\"N\":\"0\"}", NULL },
    { "{\"N\":\"-0\"}", "{\"N\":\"0\"}" },
    { "{\"N\":\"-0.00\"}", "{\"N\":\"0\"}" },
    { "{\"N\":\"1\"}", NULL },
    { "{\"N\":\"-12.50\"}", "{\"N\":\"-12.5\"}" },
    { "{\"N\":\"007\"}", "{\"N\":\"7\"}" },
    { "{\"N\":\"0.001\"}", NULL },
    { "{\"N\":\"100000000000000000\"}", NULL },
    { "{\"N\":\"999999999999999999\"}", NULL },
    { "{\"N\":\"9999999999999999999\"}", NULL },
    { "{\"N\":\"-0.00000000000000001\"}", NULL },
    { "{\"N\":\"12345678901234567890123456789012345678\"}", NULL },
    { "{\"N\":\"1.5e3\"}", "{\"N\":\"1500\"}" },
    { "{\"N\":\"1E-130\"}", NULL },
    { "{\"N\":\"\\u0031\"}", "{\"N\":\"1\"}" },
    { "{\"B\":\"\"}", NULL },
    { "{\"B\":\"AA==\"}", NULL },
    { "{\"B\":\"AAH/+v4=\"}", NULL },
    { "{\"B\":\"\\/\\/\\/\\/\"}", "{\"B\":\"////\"}" },
    { "{\"SS\":[\"b\",\"a\",\"\"]}", "{\"SS\":[\"\",\"a\",\"b\"]}" },
    { "{\"NS\":[\"2\",\"-1\",\"1e1\"]}", "{\"NS\":[\"-1\",\"2\",\"10\"]}" },
    { "{\"BS\":[\"Ag==\",\"AQ==\"]}", "{\"BS\":[\"AQ==\",\"Ag==\"]}" },
    { "{\"L\":[]}", NULL },
    { "{\"M\":{}}", NULL },
    { "{\"L\":[{\"S\":\"a\"},{\"N\":\"1\"},{\"L\":[{\"M\":{}}]},{\"NULL\":true}]}", NULL },
    { "{\"M\":{\"b\":{\"S\":\"x\"},\"a\":{\"M\":{\"c\":{\"BOOL\":true}}},\"\":{\"SS\":[\"q\"]}}}",
      "{\"M\":{\"\":{\"SS\":[\"q\"]},\"a\":{\"M\":{\"c\":{\"BOOL\":true}}},\"b\":{\"S\":\"x\"}}}" },
    { " { \"S\" : \"x\" } ", "{\"S\":\"x\"}" },
    { "{\"M\" : { \"k\" : { \"L\" : [ { \"NS\" : [ \"1\" , \"2\" ] } , {\"BOOL\": false } ] } } }",
      "{\"M\":{\"k\":{\"L\":[{\"NS\":[\"1\",\"2\"]},{\"BOOL\":false}]}}}" },
    { "{\"\\u0053\":\"x\"}", "{\"S\":\"x\"}" },
    { "{\"M\":{\"k\\u0065y\":{\"S\":\"x\"}}}", "{\"M\":{\"key\":{\"S\":\"x\"}}}" },
};

static void assert_written(bloop_value value, const char *expected)
{
    size_t size;
    char *text = bloop_value_to_json(value, BLOOP_JSON_COMPACT, &size);
    assert_non_null(text);
    assert_int_equal(size, strlen(text));
    /* 1E-130 is written in full: 131 characters that the table spares. */
    if (!strstr(expected, "E-130"))
        assert_string_equal(text, expected);
    bloop_json_free(text);
}

static void reads_and_writes_values(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    for (size_t i = 0; i < BL_COUNT_OF(values); i++) {
        size_t size = strlen(values[i].text);
        char *text = exact_copy(values[i].text, size);
        bloop_value value;
        if (bloop_value_of_json(text, size, builder, &value))
            fail_msg("%s: %s", values[i].text, bloop_last_error()->message);
        assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
        assert_written(value, values[i].written ? values[i].written : values[i].text);
        free(text);
    }
    bloop_builder_free(builder);
}

/* The short way for numbers, and the long one, make the same bytes. */
static void numbers_have_one_form(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        { "0", "0e0" },
        { "42", "42e0" },
        { "-42", "-42.0e0" },
        { "12.34", "1234e-2" },
        { "-0.5", "-5E-1" },
        { "1000000", "1e6" },
        { "0.000001", "1e-6" },
        { "123456789012345678", "123456789012345678e0" },
        { "00012.500", "125e-1" },
        { "99999999999999.9999", "999999999999999999e-4" },
        { "0.10", "1e-1" },
    };
    bloop_builder *fast = bloop_builder_new(), *slow = bloop_builder_new();
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++) {
        char text[64];
        bloop_value a, b;
        snprintf(text, sizeof text, "{\"N\":\"%s\"}", texts[i][0]);
        assert_int_equal(bloop_value_of_json(text, strlen(text), fast, &a), BLOOP_OK);
        snprintf(text, sizeof text, "{\"N\":\"%s\"}", texts[i][1]);
        assert_int_equal(bloop_value_of_json(text, strlen(text), slow, &b), BLOOP_OK);
        assert_true(bloop_value_equal(a, b));
    }
    bloop_builder_free(fast);
    bloop_builder_free(slow);
}

/* What is a number is decided by bloop_number_parse alone, also where there is a shorter way. */
static void numbers_are_what_parse_says(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "1.",
        ".5",
        "-.5",
        "-1.",
        ".",
        "-",
        "-.",
        "",
        "1-",
        "--1",
        "+1",
        "1..2",
        " 1",
        "1 ",
        "0x1",
        "1e",
        "1e2",
        "00",
        "-00.10",
        "1.0000000000000000000000000000000000000000000",
        "000000000000000000000000000001",
        "1,5",
        "\xC2\xB2",
    };
    bloop_builder *builder = bloop_builder_new();
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++) {
        char text[128];
        bloop_number number = { 0 };
        bloop_value value = { NULL, 0 };
        snprintf(text, sizeof text, "{\"N\":\"%s\"}", texts[i]);
        bloop_status status = bloop_number_parse(texts[i], strlen(texts[i]), &number);
        assert_int_equal(bloop_value_of_json(text, strlen(text), builder, &value), status);
        if (status == BLOOP_OK)
            assert_int_equal(bloop_number_compare(bloop_value_number(value), number), 0);
    }
    bloop_builder_free(builder);
}

static const struct {
    const char *text;
    bloop_status status;
    size_t offset;
    const char *message; /* a part of it */
} refusals[] = {
    { "", BLOOP_INVALID_SYNTAX, 0, "an attribute value, such as {\"S\": \"text\"}, is expected, not the end" },
    { "\"S\"", BLOOP_INVALID_SYNTAX, 0, "an attribute value" },
    { "{}", BLOOP_INVALID_VALUE, 0,
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    { "{\"S\":\"a\",\"N\":\"1\"}", BLOOP_INVALID_VALUE, 8, "Supplied AttributeValue has more than one datatypes set" },
    { "{\"X\":\"a\"}", BLOOP_INVALID_VALUE, 1, "\"X\" is no type" },
    { "{\"s\":\"a\"}", BLOOP_INVALID_VALUE, 1, "is no type" },
    { "{\"\":\"a\"}", BLOOP_INVALID_VALUE, 1, "is no type" },
    { "{\"SSS\":[\"a\"]}", BLOOP_INVALID_VALUE, 1, "\"SSS\" is no type" },
    { "{S:\"a\"}", BLOOP_INVALID_SYNTAX, 1, "a name in quotes" },
    { "{\"S\" \"a\"}", BLOOP_INVALID_SYNTAX, 5, "a colon" },
    { "{\"S\":1}", BLOOP_INVALID_SYNTAX, 5, "a string is expected, not '1'" },
    { "{\"S\":null}", BLOOP_INVALID_SYNTAX, 5, "a string is expected" },
    { "{\"S\":\"a\"", BLOOP_INVALID_SYNTAX, 8, "'}' is expected, not the end of the text" },
    { "{\"S\":\"a\\q\"}", BLOOP_INVALID_SYNTAX, 7, "a backslash" },
    { "{\"S\":\"\xFF\"}", BLOOP_INVALID_SYNTAX, 6, "not valid UTF-8" },
    { "{\"S\":\"a\"}x", BLOOP_INVALID_SYNTAX, 9, "the end of the text is expected" },
    { "{\"N\":1}", BLOOP_INVALID_SYNTAX, 5, "a number in quotes is expected, not '1'" },
    { "{\"N\":\"\"}", BLOOP_INVALID_VALUE, 6, "" },
    { "{\"N\":\"abc\"}", BLOOP_INVALID_VALUE, 6, "numeric value: abc" },
    { "{\"N\":\"1.2.3\"}", BLOOP_INVALID_VALUE, 6, "numeric value" },
    { "{\"N\":\"-\"}", BLOOP_INVALID_VALUE, 6, "numeric value" },
    { "{\"N\":\"1 \"}", BLOOP_INVALID_VALUE, 6, "numeric value" },
    { "{\"N\":\"1E126\"}", BLOOP_INVALID_VALUE, 6, "Number overflow" },
    { "{\"N\":\"123456789012345678901234567890123456789\"}", BLOOP_INVALID_VALUE, 6, "38 significant digits" },
    { "{\"N\":\"1", BLOOP_INVALID_SYNTAX, 7, "inside a string" },
    { "{\"B\":\"A\"}", BLOOP_INVALID_VALUE, 6, "base64" },
    { "{\"B\":\"AAA-\"}", BLOOP_INVALID_VALUE, 6, "base64" },
    { "{\"B\":[]}", BLOOP_INVALID_SYNTAX, 5, "base64 in quotes is expected, not '['" },
    { "{\"BOOL\":\"true\"}", BLOOP_INVALID_SYNTAX, 8, "true or false" },
    { "{\"BOOL\":tru}", BLOOP_INVALID_SYNTAX, 8, "'true' is expected" },
    { "{\"NULL\":false}", BLOOP_INVALID_VALUE, 8, "Null attribute value types must have the value of true" },
    { "{\"NULL\":null}", BLOOP_INVALID_SYNTAX, 8, "'true' is expected" },
    { "{\"SS\":[]}", BLOOP_INVALID_VALUE, 6,
      "One or more parameter values were invalid: An string set  may not be empty" },
    { "{\"NS\":[]}", BLOOP_INVALID_VALUE, 6,
      "One or more parameter values were invalid: An number set  may not be empty" },
    { "{\"BS\": [ ] }", BLOOP_INVALID_VALUE, 6,
      "One or more parameter values were invalid: An binary set  may not be empty" },
    { "{\"SS\":[\"a\",\"b\",\"a\"]}", BLOOP_INVALID_VALUE, 6, "a set with \"a\" twice" },
    { "{\"NS\":[\"1\",\"1.0\"]}", BLOOP_INVALID_VALUE, 6, "a set with 1 twice" },
    { "{\"SS\":[1]}", BLOOP_INVALID_SYNTAX, 7, "a string is expected" },
    { "{\"SS\":[\"a\",]}", BLOOP_INVALID_SYNTAX, 11, "a string is expected, not ']'" },
    { "{\"SS\":[\"a\" \"b\"]}", BLOOP_INVALID_SYNTAX, 11, "a comma or ']'" },
    { "{\"SS\":\"a\"}", BLOOP_INVALID_SYNTAX, 6, "an array is expected" },
    { "{\"L\":{}}", BLOOP_INVALID_SYNTAX, 5, "an array is expected" },
    { "{\"L\":[\"a\"]}", BLOOP_INVALID_SYNTAX, 6, "an attribute value" },
    { "{\"L\":[{\"S\":\"a\"},]}", BLOOP_INVALID_SYNTAX, 16, "an attribute value" },
    { "{\"M\":[]}", BLOOP_INVALID_SYNTAX, 5, "an object is expected" },
    { "{\"M\":{\"a\":\"b\"}}", BLOOP_INVALID_SYNTAX, 10, "an attribute value" },
    { "{\"M\":{\"a\":{\"S\":\"b\"},}}", BLOOP_INVALID_SYNTAX, 20, "a name in quotes" },
    { "{\"M\":{\"a\":{\"S\":\"1\"},\"a\":{\"S\":\"2\"}}}", BLOOP_INVALID_VALUE, 20,
      "a map with two values named \"a\"" },
    { "{\"M\":{\"b\":{\"S\":\"1\"},\"a\":{\"S\":\"2\"},\"b\":{\"S\":\"3\"}}}", BLOOP_INVALID_VALUE, 5, "named \"b\"" },
};

static void refuses_values(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    for (size_t i = 0; i < BL_COUNT_OF(refusals); i++) {
        char place[32];
        size_t size = strlen(refusals[i].text);
        char *text = exact_copy(refusals[i].text, size);
        bloop_value value = { NULL, 77 };
        if (bloop_value_of_json(text, size, builder, &value) != refusals[i].status)
            fail_msg("%s: %s", refusals[i].text, bloop_last_error()->message);
        snprintf(place, sizeof place, "(byte %zu)", refusals[i].offset);
        if (!strstr(bloop_last_error()->message, place) || !strstr(bloop_last_error()->message, refusals[i].message))
            fail_msg("%s: %s", refusals[i].text, bloop_last_error()->message);
        assert_int_equal(value.size, 77);
        assert_int_equal(bloop_builder_value(builder, &value), refusals[i].status);
        free(text);
    }
    bloop_builder_free(builder);
}

/* {"L":[{"L":[ … ]}]} of so many lists, each in the one before. */
static char *nested_lists(int levels, size_t *size)
{
    bl_buffer text = { 0 };
    for (int i = 0; i < levels; i++)
        bl_buffer_text(&text, "{\"L\":[");
    for (int i = 0; i < levels; i++)
        bl_buffer_text(&text, "]}");
    return (char *)bl_buffer_take(&text, size);
}

static bloop_status read_nested_lists(bloop_builder *builder, int levels)
{
    size_t size;
    bloop_value value;
    char *text = nested_lists(levels, &size);
    bloop_status status = bloop_value_of_json(text, size, builder, &value);
    bl_free(text);
    return status;
}

static void bounds_depth(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    int deepest = 1;
    while (deepest < 1000 && read_nested_lists(builder, deepest + 1) == BLOOP_OK)
        deepest++;
    /* A value's own container, and 32 levels below it at the most. */
    assert_in_range(deepest, BLOOP_MAX_DEPTH, BLOOP_MAX_DEPTH + 1);
    assert_int_equal(read_nested_lists(builder, deepest + 1), BLOOP_INVALID_VALUE);
    assert_non_null(strstr(bloop_last_error()->message, "Nesting Levels have exceeded supported limits"));
    assert_int_equal(read_nested_lists(builder, 1000000), BLOOP_INVALID_VALUE);
    bloop_builder_free(builder);
}

static void reads_and_writes_items(void **state)
{
    (void)state;
    static const char text[] =
        "{\"id\": {\"S\": \"1\"}, \"b\": {\"L\": [{\"N\": \"2\"}]}, \"c\": {\"SS\": [\"x\", \"y\"]}}";
    static const char indented[] =
        "{\n  \"b\": {\n    \"L\": [\n      {\"N\": \"2\"}\n    ]\n  },\n  \"c\": {\n    \"SS\": [\n"
        "      \"x\",\n      \"y\"\n    ]\n  },\n  \"id\": {\"S\": \"1\"}\n}";
    bloop_builder *builder = bloop_builder_new();
    bloop_item item;
    size_t size;
    assert_int_equal(bloop_item_of_json(text, sizeof text - 1, builder, &item), BLOOP_OK);
    assert_int_equal(bloop_value_tag(item), BLOOP_TAG_M);
    char *written = bloop_item_to_json(item, BLOOP_JSON_INDENTED, &size);
    assert_string_equal(written, indented);
    assert_int_equal(size, sizeof indented - 1);
    assert_true(is_json(written, size));
    bloop_json_free(written);
    written = bloop_item_to_json(item, BLOOP_JSON_COMPACT, NULL);
    assert_string_equal(written, "{\"b\":{\"L\":[{\"N\":\"2\"}]},\"c\":{\"SS\":[\"x\",\"y\"]},\"id\":{\"S\":\"1\"}}");
    bloop_json_free(written);
    assert_int_equal(bloop_item_of_json("[]", 2, builder, &item), BLOOP_INVALID_SYNTAX);
    bloop_builder_free(builder);
}

static void refuses_to_write_no_item(void **state)
{
    (void)state;
    static const uint8_t null_value[] = { BLOOP_TAG_NULL };
    assert_null(bloop_item_to_json((bloop_value){ null_value, 1 }, BLOOP_JSON_COMPACT, NULL));
    assert_int_equal(bloop_last_error()->status, BLOOP_INVALID_VALUE);
    assert_null(bloop_item_to_json((bloop_value){ NULL, 0 }, BLOOP_JSON_COMPACT, NULL));
    assert_null(bloop_value_to_json((bloop_value){ NULL, 0 }, BLOOP_JSON_COMPACT, NULL));
    assert_null(bloop_document_to_json((bloop_value){ NULL, 0 }, BLOOP_JSON_COMPACT, NULL));
    assert_int_equal(bloop_last_error()->status, BLOOP_INVALID_VALUE);
}

/* Items inside a response, read where they stand, into one builder each. */
static void reads_items_of_a_page(void **state)
{
    (void)state;
    static const char text[] =
        "{\"Count\":2,\"Items\":[{\"a\":{\"N\":\"1\"}}, {\"a\":{\"N\":\"2\"}} ],\"ScannedCount\":2}";
    bloop_json_reader *reader = bloop_json_reader_new(text, sizeof text - 1);
    bloop_builder *builder = bloop_builder_new();
    int64_t sum = 0;
    bloop_json_enter_object(reader);
    while (bloop_json_next_name(reader, NULL)) {
        if (!bloop_json_text_is(reader, "Items")) {
            bloop_json_skip(reader);
            continue;
        }
        bloop_json_enter_array(reader);
        while (bloop_json_next_element(reader)) {
            bloop_value item;
            int64_t a = 0;
            bloop_builder_reset(builder);
            assert_int_equal(bloop_json_read_item(reader, builder), BLOOP_OK);
            assert_int_equal(bloop_builder_value(builder, &item), BLOOP_OK);
            assert_int_equal(bloop_number_to_int64(bloop_value_number(bloop_item_get(item, "a", 1)), &a), BLOOP_OK);
            sum = sum * 10 + a;
        }
    }
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    assert_int_equal(sum, 12);
    bloop_builder_free(builder);
    bloop_json_reader_free(reader);
}

static void read_out_of_place_is_misuse(void **state)
{
    (void)state;
    bloop_json_reader *reader = bloop_json_reader_new("[{\"S\":\"a\"}]", 11);
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    bloop_json_enter_array(reader);
    assert_int_equal(bloop_json_read_value(reader, builder), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_json_read_item(reader, builder), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_json_read_document(reader, builder), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_builder_value(builder, &value), BLOOP_INVALID_ARGUMENT);
    bloop_builder_free(builder);
    bloop_json_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_values),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(refuses_values),
        cmocka_unit_test(numbers_are_what_parse_says),
        cmocka_unit_test(bounds_depth),
        cmocka_unit_test(reads_and_writes_items),
        cmocka_unit_test(refuses_to_write_no_item),
        cmocka_unit_test(reads_items_of_a_page),
        cmocka_unit_test(read_out_of_place_is_misuse),
    };
    return cmocka_run_group_tests_name("json/dynamo", tests, NULL, NULL);
}
