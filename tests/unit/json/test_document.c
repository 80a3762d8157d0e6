/* Plain JSON as packed values, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "events.h"

/* A document, its DynamoDB form, and how it is written again; NULL: as it was. */
static const struct {
    const char *text, *dynamo, *written;
} documents[] = {
    { "null", "{\"NULL\":true}", NULL },
    { "true", "{\"BOOL\":true}", NULL },
    { " false ", "{\"BOOL\":false}", "false" },
    { "\"a\\u00e9\"", "{\"S\":\"a\xC3\xA9\"}", "\"a\xC3\xA9\"" },
    { "-1.50", "{\"N\":\"-1.5\"}", "-1.5" },
    { "1e3", "{\"N\":\"1000\"}", "1000" },
    { "[]", "{\"L\":[]}", NULL },
    { "{}", "{\"M\":{}}", NULL },
    { "{\"b\":[1,\"x\",null,{\"y\":[]}],\"a\":true}",
      "{\"M\":{\"a\":{\"BOOL\":true},\"b\":{\"L\":[{\"N\":\"1\"},{\"S\":\"x\"},{\"NULL\":true},{\"M\":{\"y\":{\"L\":[]}}}]}}}",
      "{\"a\":true,\"b\":[1,\"x\",null,{\"y\":[]}]}" },
};

static void reads_and_writes(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    for (size_t i = 0; i < BL_COUNT_OF(documents); i++) {
        size_t size = strlen(documents[i].text);
        char *text = exact_copy(documents[i].text, size);
        bloop_value value;
        assert_int_equal(bloop_document_of_json(text, size, builder, &value), BLOOP_OK);
        char *dynamo = bloop_value_to_json(value, BLOOP_JSON_COMPACT, NULL);
        assert_string_equal(dynamo, documents[i].dynamo);
        bloop_json_free(dynamo);
        char *written = bloop_document_to_json(value, BLOOP_JSON_COMPACT, &size);
        assert_string_equal(written, documents[i].written ? documents[i].written : documents[i].text);
        assert_int_equal(size, strlen(written));
        bloop_json_free(written);
        free(text);
    }
    bloop_builder_free(builder);
}

static void writes_what_json_lacks(void **state)
{
    (void)state;
    static const char dynamo[] =
        "{\"M\":{\"b\":{\"B\":\"AAE=\"},\"ss\":{\"SS\":[\"x\",\"y\"]},\"ns\":{\"NS\":[\"1\",\"0.5\"]},"
        "\"bs\":{\"BS\":[\"AA==\"]}}}";
    static const char plain[] = "{\"b\":\"AAE=\",\"bs\":[\"AA==\"],\"ns\":[0.5,1],\"ss\":[\"x\",\"y\"]}";
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    assert_int_equal(bloop_value_of_json(dynamo, sizeof dynamo - 1, builder, &value), BLOOP_OK);
    char *written = bloop_document_to_json(value, BLOOP_JSON_COMPACT, NULL);
    assert_string_equal(written, plain);
    bloop_json_free(written);
    bloop_builder_free(builder);
}

static const struct {
    const char *text;
    bloop_status status;
    const char *message; /* a part of it */
} refusals[] = {
    { "", BLOOP_INVALID_SYNTAX, "line 1, column 1 (byte 0): a value is expected" },
    { "[1,]", BLOOP_INVALID_SYNTAX, "(byte 3): a value is expected" },
    { "[1] 2", BLOOP_INVALID_SYNTAX, "(byte 4): the end of the text is expected" },
    { "[1E400]", BLOOP_INVALID_VALUE, "(byte 1): Number overflow" },
    { "[123456789012345678901234567890123456789]", BLOOP_INVALID_VALUE, "(byte 1): Attempting to store more than 38" },
    { "{\"a\":1,\"a\":2}", BLOOP_INVALID_VALUE, "(byte 7): a map with two values named \"a\"" },
    { "{\"b\":1,\"a\":2,\"b\":3}", BLOOP_INVALID_VALUE, "(byte 18): a map with two values named \"b\"" },
};

static void refuses(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    for (size_t i = 0; i < BL_COUNT_OF(refusals); i++) {
        bloop_value value = { NULL, 77 };
        assert_int_equal(bloop_document_of_json(refusals[i].text, strlen(refusals[i].text), builder, &value),
                         refusals[i].status);
        if (!strstr(bloop_last_error()->message, refusals[i].message))
            fail_msg("%s: %s", refusals[i].text, bloop_last_error()->message);
        assert_int_equal(value.size, 77);
    }
    bloop_builder_free(builder);
}

static void bounds_depth(void **state)
{
    (void)state;
    char text[200];
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    memset(text, '[', 100);
    memset(text + 100, ']', 100);
    assert_int_equal(bloop_document_of_json(text, 200, builder, &value), BLOOP_INVALID_VALUE);
    assert_non_null(strstr(bloop_last_error()->message, "Nesting Levels have exceeded supported limits"));
    assert_int_equal(bloop_document_of_json(text + 100 - BLOOP_MAX_DEPTH, 2 * BLOOP_MAX_DEPTH, builder, &value),
                     BLOOP_OK);
    bloop_builder_free(builder);
}

/* As one column of a larger document, between others. */
static void reads_inside_a_document(void **state)
{
    (void)state;
    static const char text[] = "{\"first\":[1,{\"a\":2}],\"second\":7}";
    bloop_json_reader *reader = bloop_json_reader_new(text, sizeof text - 1);
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    int64_t second = 0;
    bloop_json_enter_object(reader);
    assert_true(bloop_json_next_name(reader, NULL));
    assert_int_equal(bloop_json_read_document(reader, builder), BLOOP_OK);
    assert_int_equal(bloop_builder_value(builder, &value), BLOOP_OK);
    assert_int_equal(bloop_value_count(value), 2);
    assert_true(bloop_json_next_name(reader, NULL));
    assert_int_equal(bloop_json_read_int64(reader, &second), BLOOP_OK);
    assert_int_equal(second, 7);
    assert_false(bloop_json_next_name(reader, NULL));
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    bloop_builder_free(builder);
    bloop_json_reader_free(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes), cmocka_unit_test(writes_what_json_lacks),  cmocka_unit_test(refuses),
        cmocka_unit_test(bounds_depth),     cmocka_unit_test(reads_inside_a_document),
    };
    return cmocka_run_group_tests_name("json/document", tests, NULL, NULL);
}
