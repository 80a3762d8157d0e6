/* What a writer writes, that it reads back, and calls out of place. */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "events.h"

static void write_sample(bloop_json_writer *writer)
{
    bloop_json_write_object(writer);
    bloop_json_put_string(writer, "name", "a\"b");
    bloop_json_put_int64(writer, "count", -3);
    bloop_json_put_bool(writer, "yes", true);
    bloop_json_write_name(writer, "list", 4);
    bloop_json_write_array(writer);
    bloop_json_write_null(writer);
    bloop_json_write_number_text(writer, "1E400", 5);
    bloop_json_write_array(writer);
    bloop_json_write_end(writer);
    bloop_json_write_object(writer);
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
    bloop_json_write_end(writer);
}

static void assert_text(bloop_json_writer *writer, const char *expected)
{
    bloop_slice text;
    assert_int_equal(bloop_json_writer_text(writer, &text), BLOOP_OK);
    assert_string_equal(text.data, expected);
    assert_int_equal(text.size, strlen(expected));
    assert_true(is_json(text.data, text.size));
}

static void writes_compact(void **state)
{
    (void)state;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
    write_sample(writer);
    assert_text(writer, "{\"name\":\"a\\\"b\",\"count\":-3,\"yes\":true,\"list\":[null,1E400,[],{}]}");
    bloop_json_writer_free(writer);
    bloop_json_writer_free(NULL);
}

/* As Python's json.dumps(…, indent=2) has it. */
static void writes_indented(void **state)
{
    (void)state;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_INDENTED);
    write_sample(writer);
    assert_text(writer, "{\n  \"name\": \"a\\\"b\",\n  \"count\": -3,\n  \"yes\": true,\n  \"list\": [\n    null,\n"
                        "    1E400,\n    [],\n    {}\n  ]\n}");
    bloop_json_writer_free(writer);
}

static void escapes_what_must_be(void **state)
{
    (void)state;
    static const char text[] = "\x00\x01\b\t\n\x0B\f\r\x1F \"/\\\x7F\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80";
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
    bloop_json_write_string(writer, text, sizeof text - 1);
    assert_text(writer,
                "\"\\u0000\\u0001\\b\\t\\n\\u000B\\f\\r\\u001F \\\"/\\\\\x7F\xC2\x80\xE2\x80\xA8\xF0\x9F\x98\x80\"");
    bloop_json_writer_free(writer);
}

/* Each character that needs an escape, at each place of strings of each length: it is read back as it was. */
static void escapes_anywhere(void **state)
{
    (void)state;
    char text[40];
    for (size_t size = 1; size <= sizeof text; size++) {
        for (size_t at = 0; at < size; at++) {
            memset(text, 'x', size);
            text[at] = "\"\\\n\x01\0"[at % 5];
            bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
            bloop_slice json, back;
            bloop_json_write_string(writer, text, size);
            assert_int_equal(bloop_json_writer_text(writer, &json), BLOOP_OK);
            bloop_json_reader *reader = bloop_json_reader_new(json.data, json.size);
            assert_int_equal(bloop_json_read_string(reader, &back), BLOOP_OK);
            assert_int_equal(back.size, size);
            assert_memory_equal(back.data, text, size);
            bloop_json_reader_free(reader);
            bloop_json_writer_free(writer);
        }
    }
}

static void writes_numbers(void **state)
{
    (void)state;
    bloop_number number;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
    assert_int_equal(bloop_number_parse("-12.50e-3", 9, &number), BLOOP_OK);
    bloop_json_write_array(writer);
    bloop_json_write_int64(writer, 0);
    bloop_json_write_int64(writer, INT64_MAX);
    bloop_json_write_int64(writer, INT64_MIN);
    bloop_json_write_number(writer, number);
    bloop_json_write_number(writer, (bloop_number){ 0 });
    bloop_json_write_end(writer);
    assert_text(writer, "[0,9223372036854775807,-9223372036854775808,-0.0125,0]");
    bloop_json_writer_free(writer);
}

static const struct {
    double value;
    const char *text;
} doubles[] = {
    { 0, "0" },
    { -0.0, "-0" },
    { 0.1, "0.1" },
    { 1.0 / 3, "0.3333333333333333" },
    { 1e300, "1e+300" },
    { -2.5e-300, "-2.5e-300" },
    { 123456789, "123456789" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { DBL_MAX, "1.7976931348623157e+308" },
    { 5e-324, "4.94065645841247e-324" },
};

static void check_doubles(void)
{
    for (size_t i = 0; i < BL_COUNT_OF(doubles); i++) {
        bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
        bloop_json_write_double(writer, doubles[i].value);
        assert_text(writer, doubles[i].text);
        bloop_json_writer_free(writer);
    }
}

static void writes_doubles(void **state)
{
    (void)state;
    check_doubles();
    /* A locale with a decimal comma must not show. Where none is installed there is nothing to see. */
    static const char *const locales[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "ps_AF.utf8" };
    for (size_t i = 0; i < BL_COUNT_OF(locales); i++) {
        if (setlocale(LC_NUMERIC, locales[i]))
            check_doubles();
    }
    setlocale(LC_NUMERIC, "C");
}

/* Calls as letters: { [ ] begin and end, v a value, n a name. */
static void call(bloop_json_writer *writer, char letter)
{
    switch (letter) {
    case '{': bloop_json_write_object(writer); break;
    case '[': bloop_json_write_array(writer); break;
    case ']': bloop_json_write_end(writer); break;
    case 'v': bloop_json_write_bool(writer, true); break;
    default: bloop_json_write_name(writer, "n", 1); break;
    }
}

static const struct {
    const char *calls, *message;
} misuses[] = {
    { "", "JSON: no value was written" },
    { "[", "JSON: an object or array was not ended" },
    { "{n", "JSON: an object or array was not ended" },
    { "]", "JSON: no object or array to end" },
    { "[]]", "JSON: no object or array to end" },
    { "vv", "JSON: a second value after the first has ended" },
    { "[][", "JSON: a second value after the first has ended" },
    { "n", "JSON: a name out of place: names belong to the values of an object" },
    { "[n", "JSON: a name out of place: names belong to the values of an object" },
    { "{nn", "JSON: a name out of place: names belong to the values of an object" },
    { "{nv]n", "JSON: a name out of place: names belong to the values of an object" },
    { "{v", "JSON: a value without a name in an object" },
    { "{[", "JSON: a value without a name in an object" },
    { "{nvv", "JSON: a value without a name in an object" },
    { "{n]", "JSON: a name without a value" },
};

static void tells_misuse(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(misuses); i++) {
        bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
        bloop_slice text = { NULL, 77 };
        for (const char *letter = misuses[i].calls; *letter; letter++)
            call(writer, *letter);
        bloop_status status = bloop_json_writer_text(writer, &text);
        assert_int_equal(status, BLOOP_INVALID_ARGUMENT);
        assert_string_equal(bloop_last_error()->message, misuses[i].message);
        assert_int_equal(text.size, 77);
        assert_null(bloop_json_writer_take(writer, NULL));
        bloop_json_writer_reset(writer);
        write_sample(writer);
        assert_int_equal(bloop_json_writer_text(writer, &text), BLOOP_OK);
        bloop_json_writer_free(writer);
    }
}

/* Nothing that is called after a failure is written, or changes what is told of it. */
static void keeps_its_failure(void **state)
{
    (void)state;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
    bloop_slice text;
    bloop_json_write_array(writer);
    call(writer, 'n');
    size_t size = writer->buffer.size;
    for (const char *letter = "v[{n]]]"; *letter; letter++)
        call(writer, *letter);
    bloop_json_write_string(writer, "\xFF", 1);
    assert_int_equal(writer->buffer.size, size);
    assert_int_equal(bloop_json_writer_text(writer, &text), BLOOP_INVALID_ARGUMENT);
    assert_string_equal(bloop_last_error()->message,
                        "JSON: a name out of place: names belong to the values of an object");
    bloop_json_writer_free(writer);
}

static void bad_utf8(bloop_json_writer *writer)
{
    bloop_json_write_string(writer, "a\xC3", 2);
}

static void bad_name(bloop_json_writer *writer)
{
    bloop_json_write_object(writer);
    bloop_json_write_name(writer, "\xED\xA0\x80", 3);
}

static void infinity(bloop_json_writer *writer)
{
    bloop_json_write_double(writer, -INFINITY);
}

static void not_a_number(bloop_json_writer *writer)
{
    bloop_json_write_double(writer, NAN);
}

static void number_text(bloop_json_writer *writer)
{
    bloop_json_write_number_text(writer, "01", 2);
}

static void number_with_space(bloop_json_writer *writer)
{
    bloop_json_write_number_text(writer, " 1", 2);
}

static void no_number_text(bloop_json_writer *writer)
{
    bloop_json_write_number_text(writer, "", 0);
}

static void number_out_of_range(bloop_json_writer *writer)
{
    bloop_json_write_number(writer, (bloop_number){ 0, 1, 126, false });
}

static void too_deep(bloop_json_writer *writer)
{
    for (int i = 0; i <= BLOOP_JSON_MAX_DEPTH; i++)
        bloop_json_write_array(writer);
}

static void tells_bad_values(void **state)
{
    (void)state;
    static void (*const writes[])(bloop_json_writer *) = {
        bad_utf8, bad_name, infinity, not_a_number, number_text, number_with_space, no_number_text, number_out_of_range,
        too_deep,
    };
    for (size_t i = 0; i < BL_COUNT_OF(writes); i++) {
        bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
        bloop_slice text;
        writes[i](writer);
        bloop_json_write_null(writer);
        assert_int_equal(bloop_json_writer_text(writer, &text), BLOOP_INVALID_VALUE);
        bloop_json_writer_free(writer);
    }
}

static void writes_to_the_greatest_depth(void **state)
{
    (void)state;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_INDENTED);
    bloop_slice text;
    for (int i = 0; i < BLOOP_JSON_MAX_DEPTH; i++)
        bloop_json_write_array(writer);
    for (int i = 0; i < BLOOP_JSON_MAX_DEPTH; i++)
        bloop_json_write_end(writer);
    assert_int_equal(bloop_json_writer_text(writer, &text), BLOOP_OK);
    bloop_json_writer_free(writer);
}

static void gives_the_text_away(void **state)
{
    (void)state;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_COMPACT);
    size_t size = 0;
    bloop_json_write_bool(writer, false);
    char *text = bloop_json_writer_take(writer, &size);
    bloop_json_write_null(writer);
    assert_text(writer, "null");
    bloop_json_writer_free(writer);
    assert_string_equal(text, "false");
    assert_int_equal(size, 5);
    bloop_json_free(text);
    bloop_json_free(NULL);
}

/* Storage of the caller's is used, and left when it is too small. */
static void uses_storage(void **state)
{
    (void)state;
    char storage[16], expected[] = "\"0123456789abcdef\"";
    bloop_json_writer writer;
    bl_json_writer_use(&writer, BLOOP_JSON_COMPACT, storage, sizeof storage);
    bloop_json_write_string(&writer, "0123", 4);
    assert_text(&writer, "\"0123\"");
    assert_ptr_equal(writer.buffer.data, storage);
    bloop_json_writer_reset(&writer);
    bloop_json_write_string(&writer, "0123456789abcdef", 16);
    assert_text(&writer, expected);
    bl_json_writer_release(&writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_compact),       cmocka_unit_test(writes_indented),
        cmocka_unit_test(escapes_what_must_be), cmocka_unit_test(escapes_anywhere),
        cmocka_unit_test(writes_numbers),       cmocka_unit_test(writes_doubles),
        cmocka_unit_test(tells_misuse),         cmocka_unit_test(keeps_its_failure),
        cmocka_unit_test(tells_bad_values),     cmocka_unit_test(writes_to_the_greatest_depth),
        cmocka_unit_test(gives_the_text_away),  cmocka_unit_test(uses_storage),
    };
    return cmocka_run_group_tests_name("json/writer", tests, NULL, NULL);
}
