/* What is JSON and what is not, case by case after RFC 8259; what events a text gives; where errors are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "events.h"

#define TEXT(literal)                \
    {                                \
        literal, sizeof(literal) - 1 \
    }

static const bloop_slice accepted[] = {
    /* values alone, and white space */
    TEXT("0"),
    TEXT("\"\""),
    TEXT("true"),
    TEXT("false"),
    TEXT("null"),
    TEXT("[]"),
    TEXT("{}"),
    TEXT(" \t\r\n1\n\r\t "),
    TEXT("[ ]"),
    TEXT("{\n}"),
    TEXT("                    []                      "),
    TEXT("{ \"a\" : 1 , \"b\" : [ 2 , 3 ] }"),
    TEXT("[[[[]]],{}]"),
    TEXT("[1\n,2]"),
    TEXT("{\"a\"\t:1}"),
    /* numbers */
    TEXT("-0"),
    TEXT("-0.0"),
    TEXT("0e0"),
    TEXT("0E-1"),
    TEXT("1E400"),
    TEXT("-1e-999999999999"),
    TEXT("10"),
    TEXT("1.0"),
    TEXT("123.456e+78"),
    TEXT("1e01"),
    TEXT("12345678901234567890123456789012345678901234567890.5"),
    TEXT("[-1,0.5,1e5]"),
    /* strings: every escape, U+0000, DEL, ends of the UTF-8 ranges, noncharacters, pairs */
    TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""),
    TEXT("\"\\u0000\\u001f\\u001F\""),
    TEXT("\"\x7F\""),
    TEXT("\"\xC2\x80\xDF\xBF\""),
    TEXT("\"\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\""),
    TEXT("\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""),
    TEXT("\"\\uD83D\\uDE00\""),
    TEXT("\"\\ud800\\udc00\\uDBFF\\uDFFF\""),
    TEXT("\"\\uFFFF\\uFDD0\\uE000\\uD7FF\""),
    TEXT("\"a/b\""),
    TEXT("\"\xEF\xBB\xBF\""),
    TEXT("\"\xE2\x80\xA8\""),
    TEXT("\"abcdefghijklmnopqrstuvwxyz\\n\xC3\xA9"
         "abcdefghijklmnopqrstuvwxyz\""),
    /* objects */
    TEXT("{\"\":0}"),
    TEXT("{\"a\":1,\"a\":2}"),
    TEXT("{\"a\\u0000b\":null}"),
    TEXT("{\"\\u00e9\":{}}"),
};

static const bloop_slice refused[] = {
    /* nothing, or not only one value */
    TEXT(""),
    TEXT(" "),
    TEXT("\n\n"),
    TEXT("1 2"),
    TEXT("[] []"),
    TEXT("{}}"),
    TEXT("[]]"),
    TEXT("\"a\"b"),
    TEXT("1,"),
    TEXT("null\0"),
    TEXT("[]\x0B"),
    TEXT("[]\xC2\xA0"),
    /* byte order marks, other encodings, other white space */
    TEXT("\xEF\xBB\xBF{}"),
    TEXT("\xEF\xBB"),
    TEXT("\xFF\xFE[\0]\0"),
    TEXT("\0[\0]"),
    TEXT("\f1"),
    TEXT("\xE2\x81\xA0[]"),
    /* structure */
    TEXT("["),
    TEXT("{"),
    TEXT("]"),
    TEXT("}"),
    TEXT("[1"),
    TEXT("[1,"),
    TEXT("[,"),
    TEXT("[,1]"),
    TEXT("[1,]"),
    TEXT("[1,,2]"),
    TEXT("[1 2]"),
    TEXT("[1:2]"),
    TEXT("[1}"),
    TEXT("{1}"),
    TEXT("{\"a\"}"),
    TEXT("{\"a\":}"),
    TEXT("{\"a\":1,}"),
    TEXT("{,\"a\":1}"),
    TEXT("{\"a\" 1}"),
    TEXT("{\"a\",1}"),
    TEXT("{\"a\":1 \"b\":2}"),
    TEXT("{a:1}"),
    TEXT("{'a':1}"),
    TEXT("{1:1}"),
    TEXT("{null:1}"),
    TEXT("{\"a\"::1}"),
    TEXT("{\"a\":1]"),
    TEXT("{\"a\":1,,\"b\":2}"),
    TEXT("{[]:1}"),
    TEXT("{\"a\""),
    TEXT("{\"a\":"),
    TEXT("{\"a\":1"),
    TEXT("{\"a\":1,"),
    TEXT("[[]"),
    TEXT("[{]}"),
    TEXT(","),
    TEXT(":"),
    TEXT("*"),
    TEXT("()"),
    /* comments and other extensions */
    TEXT("[1] // one"),
    TEXT("/* */1"),
    TEXT("[1,/**/2]"),
    TEXT("#\n1"),
    TEXT("undefined"),
    TEXT("NaN"),
    TEXT("Infinity"),
    TEXT("-Infinity"),
    TEXT("'a'"),
    TEXT("`a`"),
    /* constants */
    TEXT("True"),
    TEXT("TRUE"),
    TEXT("tru"),
    TEXT("truee"),
    TEXT("fals"),
    TEXT("nul"),
    TEXT("nulll"),
    TEXT("nil"),
    TEXT("t"),
    TEXT("f"),
    TEXT("n"),
    TEXT("[true,fals]"),
    /* numbers */
    TEXT("+1"),
    TEXT("-"),
    TEXT("01"),
    TEXT("-01"),
    TEXT("00"),
    TEXT("-00.5"),
    TEXT("1."),
    TEXT("1.e5"),
    TEXT(".5"),
    TEXT("-.5"),
    TEXT("1e"),
    TEXT("1e+"),
    TEXT("1E-"),
    TEXT("1e1.5"),
    TEXT("1.2.3"),
    TEXT("0x10"),
    TEXT("1_000"),
    TEXT("1 000"),
    TEXT("--1"),
    TEXT("-+1"),
    TEXT("1a"),
    TEXT("[1.]"),
    TEXT("[-]"),
    TEXT("1f"),
    TEXT("\xEF\xBC\x91"),
    TEXT("012"),
    TEXT("1e5e5"),
    TEXT("- 1"),
    TEXT("1 .5"),
    /* strings */
    TEXT("\""),
    TEXT("\"a"),
    TEXT("\"\\"),
    TEXT("\"\\\""),
    TEXT("\"\\a\""),
    TEXT("\"\\x41\""),
    TEXT("\"\\'\""),
    TEXT("\"\\0\""),
    TEXT("\"\\U0041\""),
    TEXT("\"\\u\""),
    TEXT("\"\\u1\""),
    TEXT("\"\\u12\""),
    TEXT("\"\\u123\""),
    TEXT("\"\\u123g\""),
    TEXT("\"\\u-123\""),
    TEXT("\"\\u 123\""),
    TEXT("\"\\u{41}\""),
    TEXT("\"\\u004"),
    TEXT("\"\n\""),
    TEXT("\"\t\""),
    TEXT("\"\0\""),
    TEXT("\"\x1F\""),
    TEXT("\"\\\n\""),
    TEXT("\"\\\xC3\xA9\""),
    TEXT("[\"a\nb\"]"),
    TEXT("{\"a\tb\":1}"),
    TEXT("{\"\\q\":1}"),
    /* surrogates, in escapes and raw */
    TEXT("\"\\uD800\""),
    TEXT("\"\\uDFFF\""),
    TEXT("\"\\uD800\\uD800\""),
    TEXT("\"\\uDC00\\uD800\""),
    TEXT("\"\\uD83Dx\""),
    TEXT("\"\\uD83D\\n\""),
    TEXT("\"\\uD83D\\u0041\""),
    TEXT("\"\\uD83D\\uDE0\""),
    TEXT("\"\\uD83D\\uE000\""),
    TEXT("\"\\uD83D\\\""),
    TEXT("\"\\uD83D\xF0\x9F\x98\x80\""),
    TEXT("\"\xED\xA0\x80\""),
    TEXT("\"\xED\xBF\xBF\""),
    TEXT("\"\xED\xA0\xBD\xED\xB8\x80\""),
    /* UTF-8: lone continuations, overlong forms, too high, cut short, bytes that never occur */
    TEXT("\"\x80\""),
    TEXT("\"\xBF\""),
    TEXT("\"a\x80\""),
    TEXT("\"\xC0\x80\""),
    TEXT("\"\xC0\xAF\""),
    TEXT("\"\xC1\xBF\""),
    TEXT("\"\xE0\x80\x80\""),
    TEXT("\"\xE0\x9F\xBF\""),
    TEXT("\"\xF0\x80\x80\x80\""),
    TEXT("\"\xF0\x8F\xBF\xBF\""),
    TEXT("\"\xF4\x90\x80\x80\""),
    TEXT("\"\xF5\x80\x80\x80\""),
    TEXT("\"\xF8\x88\x80\x80\x80\""),
    TEXT("\"\xFE\""),
    TEXT("\"\xFF\""),
    TEXT("\"\xC3\""),
    TEXT("\"\xC3(\""),
    TEXT("\"\xE2\x82\""),
    TEXT("\"\xE2(\xA1\""),
    TEXT("\"\xE2\x82(\""),
    TEXT("\"\xF0\x9F\x98\""),
    TEXT("\"\xF0(\x98\x80\""),
    TEXT("\"\xF0\x9F(\x80\""),
    TEXT("\"\xF0\x9F\x98(\""),
    TEXT("\"\xC3"),
    TEXT("\"\xE2\x82"),
    TEXT("\"\xF0\x9F\x98"),
    TEXT("{\"\xFF\":1}"),
    TEXT("[\xC3\xA9]"),
    TEXT("\"\xE9\""),
};

static void accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(accepted); i++) {
        if (!is_json(accepted[i].data, accepted[i].size))
            fail_msg("refused: %s: %s", accepted[i].data, bloop_last_error()->message);
    }
}

static void refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(refused); i++) {
        if (is_json(refused[i].data, refused[i].size))
            fail_msg("accepted: %s", refused[i].data);
        assert_int_equal(bloop_last_error()->status, BLOOP_INVALID_SYNTAX);
    }
}

/* Every accepted text that is not a bare number, cut short anywhere before its last byte that matters, is refused. */
static void refuses_truncated(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(accepted); i++) {
        size_t size = accepted[i].size;
        while (size > 0 && strchr(" \t\r\n", accepted[i].data[size - 1]))
            size--;
        if (!strchr("]}\"el", accepted[i].data[size - 1]))
            continue;
        for (size_t cut = 0; cut < size; cut++) {
            if (is_json(accepted[i].data, cut))
                fail_msg("accepted the first %zu bytes of %s", cut, accepted[i].data);
        }
    }
}

static const struct {
    bloop_slice text;
    const char *events;
} shown[] = {
    { TEXT("{\"a\":[1,true,false,null,\"s\",{}],\"b\":{\"c\":-0.5E+3}}"),
      "{ name:\"a\" [ number:1 true false null string:\"s\" { } ] name:\"b\" { name:\"c\" number:-0.5E+3 } } end" },
    { TEXT(" [ ] "), "[ ] end" },
    { TEXT("1E400"), "number:1E400 end" },
    { TEXT("\"\\\"\\\\\\/\\u0041\\u00e9\\u20AC\\uD83D\\uDE00\""),
      "string:\"\"\\/A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\" end" },
    { TEXT("\"\\uD800\\uDC00\\uDBFF\\uDFFF\""), "string:\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\" end" },
    { TEXT("\"\\b\\f\\n\\r\\t\""), "string:\"\b\f\n\r\t\" end" },
    { TEXT("\"\\u007f\\u0080\\u07FF\\u0800\\uFFFF\""), "string:\"\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\" end" },
    { TEXT("{\"\\u0061\":1,\"a\":2}"), "{ name:\"a\" number:1 name:\"a\" number:2 } end" },
    { TEXT("[1,2"), "[ number:1 number:2 error" },
    { TEXT("{\"a\":x}"), "{ name:\"a\" error" },
};

static void shows_events(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(shown); i++) {
        char *text = exact_copy(shown[i].text.data, shown[i].text.size);
        bloop_json_reader *reader = bloop_json_reader_new(text, shown[i].text.size);
        bl_buffer out = { 0 };
        show_events(reader, &out);
        bl_buffer_byte(&out, 0);
        assert_string_equal((char *)out.data, shown[i].events);
        bl_buffer_free(&out);
        bloop_json_reader_free(reader);
        free(text);
    }
}

static void keeps_zero_characters(void **state)
{
    (void)state;
    static const char text[] = "[\"a\\u0000b\"]";
    bloop_json_reader *reader = bloop_json_reader_new(text, sizeof text - 1);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_BEGIN_ARRAY);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_STRING);
    assert_int_equal(bloop_json_text(reader).size, 3);
    assert_memory_equal(bloop_json_text(reader).data, "a\0b", 3);
    bloop_json_reader_free(reader);
}

/* Slices of strings with escapes and without stay good while reading goes on; those without lie in the text. */
static void slices_are_stable(void **state)
{
    (void)state;
    static const char text[] = "[\"plain\",\"tab\\there\",\"next\\nline\",1]";
    bloop_json_reader *reader = bloop_json_reader_new(text, sizeof text - 1);
    bloop_slice slices[3];
    bloop_json_next(reader);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(bloop_json_next(reader), BLOOP_JSON_STRING);
        slices[i] = bloop_json_text(reader);
    }
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_NUMBER);
    assert_ptr_equal(slices[0].data, text + 2);
    assert_memory_equal(slices[1].data, "tab\there", slices[1].size);
    assert_memory_equal(slices[2].data, "next\nline", slices[2].size);
    assert_int_equal(slices[1].size + slices[2].size, 8 + 9);
    bloop_json_reader_free(reader);
}

static const struct {
    const char *text;
    size_t offset, line, column;
    const char *message;
} errors[] = {
    { "", 0, 1, 1, "a value is expected, not the end of the text" },
    { "  ", 2, 1, 3, "a value is expected, not the end of the text" },
    { "\xEF\xBB\xBF{}", 0, 1, 1, "a text can't begin with a byte order mark" },
    { "{\n  \"a\": 1,\n}", 12, 3, 1, "a name in quotes is expected, not '}'" },
    { "[1,\n 2,\n]", 8, 3, 1, "a value is expected, not ']'" },
    { "[1 2]", 3, 1, 4, "a comma or ']' is expected, not '2'" },
    { "{\"a\":1;}", 6, 1, 7, "a comma or '}' is expected, not ';'" },
    { "{\"a\" 1}", 5, 1, 6, "a colon is expected, not '1'" },
    { "[\"\xC3\xA9\xE2\x82\xAC\", x]", 10, 1, 8, "a value is expected, not 'x'" },
    { "[1] 2", 4, 1, 5, "the end of the text is expected, not '2'" },
    { "[\x01]", 1, 1, 2, "a value is expected, not the byte 0x01" },
    { "[trve]", 1, 1, 2, "'true' is expected here" },
    { "[-01]", 2, 1, 3, "a number can't begin with a zero and another digit" },
    { "[1.]", 3, 1, 4, "a digit is expected, not ']'" },
    { "[1e+", 4, 1, 5, "a digit is expected, not the end of the text" },
    { "[\"ab", 4, 1, 5, "the text ends inside a string" },
    { "\"\\", 2, 1, 3, "the text ends inside a string" },
    { "\"a\\q\"", 2, 1, 3, "a backslash can be followed by one of \"\\/bfnrtu only" },
    { "\"\\u12G4\"", 1, 1, 2, "\\u must be followed by four hexadecimal digits" },
    { "\"a\\udc00\"", 2, 1, 3, "\\uDC00 is half of a surrogate pair, without the other half" },
    { "\"a\nb\"", 2, 1, 3, "the control character U+000A must be escaped in a string" },
    { "\"ab\xC3\xA9\xFF\"", 5, 1, 5, "the byte 0xFF is not valid UTF-8 here" },
    { "\"\xED\xA0\x80\"", 1, 1, 2, "the byte 0xED is not valid UTF-8 here" },
};

static void tells_where_and_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(errors); i++) {
        char expected[256];
        bloop_json_reader *reader = bloop_json_reader_new(errors[i].text, strlen(errors[i].text));
        bl_buffer out = { 0 };
        show_events(reader, &out);
        bl_buffer_free(&out);
        snprintf(expected, sizeof expected, "JSON, line %zu, column %zu (byte %zu): %s", errors[i].line,
                 errors[i].column, errors[i].offset, errors[i].message);
        assert_string_equal(bloop_last_error()->message, expected);
        assert_int_equal(bloop_json_where(reader).offset, errors[i].offset);
        assert_int_equal(bloop_json_where(reader).line, errors[i].line);
        assert_int_equal(bloop_json_where(reader).column, errors[i].column);
        bl_error_clear();
        assert_int_equal(bloop_json_next(reader), BLOOP_JSON_ERROR);
        assert_string_equal(bloop_last_error()->message, expected);
        bloop_json_reader_free(reader);
    }
}

static void tells_where_events_begin(void **state)
{
    (void)state;
    static const char text[] = "{\n \"a\" : [ 10,\n  \"\xC3\xA9\" ,true ] }";
    static const size_t offsets[] = { 0, 3, 9, 11, 17, 23, 28, 30 };
    bloop_json_reader *reader = bloop_json_reader_new(text, sizeof text - 1);
    for (size_t i = 0; i < BL_COUNT_OF(offsets); i++) {
        assert_int_not_equal(bloop_json_next(reader), BLOOP_JSON_ERROR);
        assert_int_equal(bloop_json_where(reader).offset, offsets[i]);
    }
    assert_int_equal(bloop_json_where(reader).line, 3);
    bloop_json_reader_free(reader);
}

/* `levels` arrays, or objects, in each other. */
static char *nested(size_t levels, bool objects, size_t *size)
{
    bl_buffer text = { 0 };
    for (size_t i = 0; i < levels; i++)
        bl_buffer_text(&text, objects ? "{\"a\":" : "[");
    bl_buffer_text(&text, "0");
    for (size_t i = 0; i < levels; i++)
        bl_buffer_byte(&text, objects ? '}' : ']');
    return (char *)bl_buffer_take(&text, size);
}

static bloop_status read_nested(size_t levels, bool objects, uint32_t limit)
{
    size_t size;
    char *text = nested(levels, objects, &size);
    bloop_json_reader *reader = bloop_json_reader_new(text, size);
    if (limit)
        assert_int_equal(bloop_json_reader_set_depth(reader, limit), BLOOP_OK);
    bloop_json_skip(reader);
    bloop_status status = bloop_json_finish(reader);
    bloop_json_reader_free(reader);
    bl_free(text);
    return status;
}

static void bounds_depth(void **state)
{
    (void)state;
    for (int objects = 0; objects < 2; objects++) {
        assert_int_equal(read_nested(BLOOP_JSON_DEFAULT_DEPTH, objects, 0), BLOOP_OK);
        assert_int_equal(read_nested(BLOOP_JSON_DEFAULT_DEPTH + 1, objects, 0), BLOOP_INVALID_VALUE);
        assert_non_null(strstr(bloop_last_error()->message, "nest deeper than 128 levels"));
        assert_int_equal(read_nested(1, objects, 1), BLOOP_OK);
        assert_int_equal(read_nested(2, objects, 1), BLOOP_INVALID_VALUE);
        assert_int_equal(read_nested(BLOOP_JSON_MAX_DEPTH, objects, BLOOP_JSON_MAX_DEPTH), BLOOP_OK);
        assert_int_equal(read_nested(BLOOP_JSON_MAX_DEPTH + 1, objects, BLOOP_JSON_MAX_DEPTH), BLOOP_INVALID_VALUE);
        assert_int_equal(read_nested(100000, objects, 0), BLOOP_INVALID_VALUE);
    }
    bloop_json_reader *reader = bloop_json_reader_new("1", 1);
    assert_int_equal(bloop_json_reader_set_depth(reader, 0), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_json_reader_set_depth(reader, BLOOP_JSON_MAX_DEPTH + 1), BLOOP_INVALID_ARGUMENT);
    bloop_json_reader_free(reader);
}

static void is_reusable(void **state)
{
    (void)state;
    bloop_json_reader *reader = bloop_json_reader_new("[\"\\n\",", 6);
    while (bloop_json_next(reader) != BLOOP_JSON_ERROR)
        ;
    assert_int_equal(bloop_json_finish(reader), BLOOP_INVALID_SYNTAX);
    bloop_json_reader_reset(reader, "7", 1);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_NUMBER);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_END);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_END);
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    bloop_json_reader_reset(reader, NULL, 0);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_ERROR);
    bloop_json_reader_free(reader);
    bloop_json_reader_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_truncated),
        cmocka_unit_test(shows_events),
        cmocka_unit_test(keeps_zero_characters),
        cmocka_unit_test(slices_are_stable),
        cmocka_unit_test(tells_where_and_why),
        cmocka_unit_test(tells_where_events_begin),
        cmocka_unit_test(bounds_depth),
        cmocka_unit_test(is_reusable),
    };
    return cmocka_run_group_tests_name("json/reader", tests, NULL, NULL);
}
