/* Reading what is expected: the happy way, what comes instead, and calls out of place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json/json.h"

static bloop_json_reader *reader_of(const char *text)
{
    bloop_json_reader *reader = bloop_json_reader_new(text, strlen(text));
    assert_non_null(reader);
    return reader;
}

static void reads_a_configuration(void **state)
{
    (void)state;
    static const char text[] =
        "{\n \"port\": 8080, \"hosts\": [\"a\", \"b\\u00e9\"], \"unknown\": {\"deep\": [1, {}]},\n"
        " \"rate\": 0.25, \"debug\": false, \"nothing\": null, \"empty\": [], \"none\": {} }\n";
    bloop_json_reader *reader = reader_of(text);
    const char *hosts[2] = { NULL, NULL };
    size_t host_count = 0, skipped = 0;
    int64_t port = 0;
    bloop_number rate = { 0 };
    bool debug = true;
    assert_int_equal(bloop_json_enter_object(reader), BLOOP_OK);
    while (bloop_json_next_name(reader, NULL)) {
        if (bloop_json_text_is(reader, "port")) {
            assert_int_equal(bloop_json_read_int64(reader, &port), BLOOP_OK);
        } else if (bloop_json_text_is(reader, "hosts")) {
            assert_int_equal(bloop_json_enter_array(reader), BLOOP_OK);
            while (bloop_json_next_element(reader))
                hosts[host_count++] = bloop_json_read_text(reader);
        } else if (bloop_json_text_is(reader, "rate")) {
            assert_int_equal(bloop_json_read_number(reader, &rate), BLOOP_OK);
        } else if (bloop_json_text_is(reader, "debug")) {
            assert_int_equal(bloop_json_read_bool(reader, &debug), BLOOP_OK);
        } else {
            assert_int_equal(bloop_json_skip(reader), BLOOP_OK);
            skipped++;
        }
    }
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    assert_int_equal(port, 8080);
    assert_int_equal(host_count, 2);
    assert_string_equal(hosts[0], "a");
    assert_string_equal(hosts[1], "b\xC3\xA9");
    assert_true(bloop_number_to_double(rate) == 0.25);
    assert_false(debug);
    assert_int_equal(skipped, 4);
    bloop_json_reader_free(reader);
}

static const struct {
    const char *text;
    int64_t value;
    bloop_status status;
} integers[] = {
    { "0", 0, BLOOP_OK },
    { "-0", 0, BLOOP_OK },
    { "-17", -17, BLOOP_OK },
    { "999999999999999999", 999999999999999999, BLOOP_OK },
    { "-1000000000000000000", -1000000000000000000, BLOOP_OK },
    { "9223372036854775807", INT64_MAX, BLOOP_OK },
    { "-9223372036854775808", INT64_MIN, BLOOP_OK },
    { "9223372036854775808", 0, BLOOP_INVALID_VALUE },
    { "-9223372036854775809", 0, BLOOP_INVALID_VALUE },
    { "1.0", 1, BLOOP_OK },
    { "25e2", 2500, BLOOP_OK },
    { "1.5", 0, BLOOP_INVALID_VALUE },
    { "1e400", 0, BLOOP_INVALID_VALUE },
    { "\"1\"", 0, BLOOP_INVALID_VALUE },
    { "true", 0, BLOOP_INVALID_VALUE },
    { "01", 0, BLOOP_INVALID_SYNTAX },
};

static void reads_integers(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(integers); i++) {
        bloop_json_reader *reader = reader_of(integers[i].text);
        int64_t value = 4242;
        assert_int_equal(bloop_json_read_int64(reader, &value), integers[i].status);
        assert_int_equal(value, integers[i].status == BLOOP_OK ? integers[i].value : 4242);
        assert_int_equal(bloop_json_finish(reader), integers[i].status);
        bloop_json_reader_free(reader);
    }
}

typedef bloop_status (*read_function)(bloop_json_reader *reader);

static bloop_status read_string(bloop_json_reader *reader)
{
    bloop_slice out = { NULL, 77 };
    bloop_status status = bloop_json_read_string(reader, &out);
    assert_true((status == BLOOP_OK) == (out.size != 77));
    return status;
}

static bloop_status read_text(bloop_json_reader *reader)
{
    return bloop_json_read_text(reader) ? BLOOP_OK : bloop_last_error()->status;
}

static bloop_status read_number(bloop_json_reader *reader)
{
    bloop_number out;
    return bloop_json_read_number(reader, &out);
}

static bloop_status read_int64(bloop_json_reader *reader)
{
    int64_t out;
    return bloop_json_read_int64(reader, &out);
}

static bloop_status read_bool(bloop_json_reader *reader)
{
    bool out;
    return bloop_json_read_bool(reader, &out);
}

static bloop_status next_name(bloop_json_reader *reader)
{
    bl_error_clear();
    bloop_json_next_name(reader, NULL);
    return bloop_last_error()->status;
}

static bloop_status next_element(bloop_json_reader *reader)
{
    bl_error_clear();
    bloop_json_next_element(reader);
    return bloop_last_error()->status;
}

static const struct {
    const char *text;
    read_function read;
    const char *message;
} mismatches[] = {
    { " [1]", read_string, "JSON, line 1, column 2 (byte 1): a string is expected, not an array" },
    { "1", read_text, "JSON, line 1, column 1 (byte 0): a string is expected, not a number" },
    { "\"a\\u0000\"", read_text, "JSON, line 1, column 1 (byte 0): the string has U+0000 in it" },
    { "null", read_number, "JSON, line 1, column 1 (byte 0): a number is expected, not null" },
    { "{}", read_int64, "JSON, line 1, column 1 (byte 0): a number is expected, not an object" },
    { "\"\"", read_bool, "JSON, line 1, column 1 (byte 0): true or false is expected, not a string" },
    { "true", bloop_json_enter_object, "JSON, line 1, column 1 (byte 0): an object is expected, not true" },
    { "\n\nfalse", bloop_json_enter_array, "JSON, line 3, column 1 (byte 2): an array is expected, not false" },
    { "123456789012345678901234567890123456789", read_number,
      "JSON, line 1, column 1 (byte 0): Attempting to store more than 38 significant digits in a Number" },
};

static void tells_mismatches(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(mismatches); i++) {
        bloop_json_reader *reader = reader_of(mismatches[i].text);
        assert_int_equal(mismatches[i].read(reader), BLOOP_INVALID_VALUE);
        assert_string_equal(bloop_last_error()->message, mismatches[i].message);
        assert_int_equal(bloop_json_finish(reader), BLOOP_INVALID_VALUE);
        bloop_json_reader_free(reader);
    }
}

/* Every function, where no value is pending and no container is open, is a misuse, and fails the reader for good. */
static void tells_misuse(void **state)
{
    (void)state;
    static const read_function functions[] = {
        read_string,
        read_text,
        read_number,
        read_int64,
        read_bool,
        bloop_json_enter_object,
        bloop_json_enter_array,
        bloop_json_skip,
        bloop_json_leave,
        next_name,
        next_element,
    };
    for (size_t i = 0; i < BL_COUNT_OF(functions); i++) {
        bloop_json_reader *reader = reader_of("1");
        assert_int_equal(bloop_json_skip(reader), BLOOP_OK);
        assert_int_equal(functions[i](reader), BLOOP_INVALID_ARGUMENT);
        for (size_t j = 0; j < BL_COUNT_OF(functions); j++)
            assert_int_equal(functions[j](reader), BLOOP_INVALID_ARGUMENT);
        assert_int_equal(bloop_json_finish(reader), BLOOP_INVALID_ARGUMENT);
        bloop_json_reader_free(reader);
    }
}

static const struct {
    const char *text;
    int events; /* that are read first */
    read_function then;
} misplaced[] = {
    { "{\"a\":1}", 0, next_name },   { "{\"a\":1}", 1, next_element }, { "{\"a\":1}", 2, next_name },
    { "[1]", 1, next_name },         { "[1]", 1, read_int64 },         { "[1]", 2, bloop_json_skip },
    { "[1]", 1, bloop_json_finish }, { "{}", 2, next_name },           { "1", 0, bloop_json_finish },
};

static void tells_misplaced(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(misplaced); i++) {
        bloop_json_reader *reader = reader_of(misplaced[i].text);
        for (int j = 0; j < misplaced[i].events; j++)
            assert_int_not_equal(bloop_json_next(reader), BLOOP_JSON_ERROR);
        assert_int_equal(misplaced[i].then(reader), BLOOP_INVALID_ARGUMENT);
        bloop_json_reader_free(reader);
    }
}

static const struct {
    const char *text;
    bloop_json_event kind;
} kinds[] = {
    { "{}", BLOOP_JSON_BEGIN_OBJECT }, { " [", BLOOP_JSON_BEGIN_ARRAY }, { "\"", BLOOP_JSON_STRING },
    { "-", BLOOP_JSON_NUMBER },        { "0", BLOOP_JSON_NUMBER },       { "9", BLOOP_JSON_NUMBER },
    { "true", BLOOP_JSON_TRUE },       { "false", BLOOP_JSON_FALSE },    { "\n\t null", BLOOP_JSON_NULL },
    { "", BLOOP_JSON_ERROR },          { "]", BLOOP_JSON_ERROR },        { "x", BLOOP_JSON_ERROR },
};

static void peeks(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(kinds); i++) {
        bloop_json_reader *reader = reader_of(kinds[i].text);
        assert_int_equal(bloop_json_peek(reader), kinds[i].kind);
        assert_int_equal(bloop_json_peek(reader), kinds[i].kind);
        bloop_json_reader_free(reader);
    }
}

static void leaves(void **state)
{
    (void)state;
    bloop_json_reader *reader = reader_of("{\"a\":[1,[2,{\"b\":3}],4],\"c\":5}");
    int64_t value = 0;
    bloop_slice name = { NULL, 0 };
    bloop_json_enter_object(reader);
    assert_true(bloop_json_next_name(reader, &name));
    assert_int_equal(name.size, 1);
    assert_int_equal(name.data[0], 'a');
    bloop_json_enter_array(reader);
    assert_true(bloop_json_next_element(reader));
    assert_int_equal(bloop_json_skip(reader), BLOOP_OK);
    assert_true(bloop_json_next_element(reader));
    assert_int_equal(bloop_json_leave(reader), BLOOP_OK); /* with an element pending */
    assert_true(bloop_json_next_name(reader, NULL));
    assert_true(bloop_json_text_is(reader, "c"));
    assert_int_equal(bloop_json_read_int64(reader, &value), BLOOP_OK);
    assert_int_equal(value, 5);
    assert_int_equal(bloop_json_leave(reader), BLOOP_OK);
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    bloop_json_reader_free(reader);
}

static void checks_what_it_passes(void **state)
{
    (void)state;
    bloop_json_reader *reader = reader_of("{\"a\":[1,\"\\q\"],\"c\":5}");
    bloop_json_enter_object(reader);
    assert_true(bloop_json_next_name(reader, NULL));
    assert_int_equal(bloop_json_skip(reader), BLOOP_INVALID_SYNTAX);
    assert_false(bloop_json_next_name(reader, NULL));
    assert_int_equal(bloop_json_leave(reader), BLOOP_INVALID_SYNTAX);
    bloop_json_reader_free(reader);
}

static void refuses_with_words(void **state)
{
    (void)state;
    static const char message[] = "JSON, line 1, column 9 (byte 8): a port is 1 to 65535, not 0";
    bloop_json_reader *reader = reader_of("{\"port\":0}");
    int64_t port;
    bloop_json_enter_object(reader);
    bloop_json_next_name(reader, NULL);
    bloop_json_read_int64(reader, &port);
    assert_int_equal(bloop_json_refuse(reader, "a port is 1 to %d, not %d", 65535, (int)port), BLOOP_INVALID_VALUE);
    assert_string_equal(bloop_last_error()->message, message);
    assert_int_equal(bloop_json_refuse(reader, "something else"), BLOOP_INVALID_VALUE);
    assert_string_equal(bloop_last_error()->message, message);
    assert_false(bloop_json_next_name(reader, NULL));
    assert_int_equal(bloop_json_finish(reader), BLOOP_INVALID_VALUE);
    bloop_json_reader_free(reader);
}

static void mixes_with_events(void **state)
{
    (void)state;
    bloop_json_reader *reader = reader_of("[{\"a\":1},2]");
    int64_t value;
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_BEGIN_ARRAY);
    assert_true(bloop_json_next_element(reader));
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_BEGIN_OBJECT);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_NAME);
    assert_int_equal(bloop_json_read_int64(reader, &value), BLOOP_OK);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_END_OBJECT);
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_NUMBER);
    assert_false(bloop_json_next_element(reader));
    assert_int_equal(bloop_json_next(reader), BLOOP_JSON_END);
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    bloop_json_reader_free(reader);
}

/* What succeeds leaves the thread's last error alone. */
static void success_says_nothing(void **state)
{
    (void)state;
    bl_error(BLOOP_CLOSED, "earlier");
    reads_a_configuration(state);
    assert_int_equal(bloop_last_error()->status, BLOOP_CLOSED);
    assert_string_equal(bloop_last_error()->message, "earlier");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_configuration),
        cmocka_unit_test(reads_integers),
        cmocka_unit_test(tells_mismatches),
        cmocka_unit_test(tells_misuse),
        cmocka_unit_test(tells_misplaced),
        cmocka_unit_test(peeks),
        cmocka_unit_test(leaves),
        cmocka_unit_test(checks_what_it_passes),
        cmocka_unit_test(refuses_with_words),
        cmocka_unit_test(mixes_with_events),
        cmocka_unit_test(success_says_nothing),
    };
    return cmocka_run_group_tests_name("json/typed", tests, NULL, NULL);
}
