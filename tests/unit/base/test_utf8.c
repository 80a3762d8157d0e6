/* UTF-8 validation: the sharp cases of RFC 3629, at every position relative to the fast paths' steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/base.h"

static const struct {
    const char *bytes;
    size_t size;
    bool valid;
} cases[] = {
#define CASE(text, valid)            \
    {                                \
        text, sizeof text - 1, valid \
    }
    CASE("a", true),
    CASE("\0", true),
    CASE("\x7F", true),
    CASE("\xC2\x80", true),         /* U+0080 */
    CASE("\xDF\xBF", true),         /* U+07FF */
    CASE("\xE0\xA0\x80", true),     /* U+0800 */
    CASE("\xED\x9F\xBF", true),     /* U+D7FF, before the surrogates */
    CASE("\xEE\x80\x80", true),     /* U+E000, after them */
    CASE("\xEF\xBB\xBF", true),     /* U+FEFF */
    CASE("\xEF\xBF\xBF", true),     /* U+FFFF */
    CASE("\xF0\x90\x80\x80", true), /* U+10000 */
    CASE("\xF4\x8F\xBF\xBF", true), /* U+10FFFF */
    CASE("\x80", false),            /* continuations without a lead */
    CASE("\xBF", false),
    CASE("\xC0\x80", false), /* overlong */
    CASE("\xC0\xAF", false),
    CASE("\xC1\xBF", false),
    CASE("\xE0\x80\x80", false),
    CASE("\xE0\x9F\xBF", false),
    CASE("\xF0\x80\x80\x80", false),
    CASE("\xF0\x8F\xBF\xBF", false),
    CASE("\xED\xA0\x80", false), /* surrogates: U+D800, U+DFFF, and a pair of them */
    CASE("\xED\xBF\xBF", false),
    CASE("\xED\xA0\xBD\xED\xB8\x80", false),
    CASE("\xF4\x90\x80\x80", false), /* U+110000 */
    CASE("\xF5\x80\x80\x80", false), /* leads of what UTF-8 once had */
    CASE("\xF8\x88\x80\x80\x80", false),
    CASE("\xFC\x84\x80\x80\x80\x80", false),
    CASE("\xFE", false),
    CASE("\xFF", false),
    CASE("\xC2", false), /* cut short */
    CASE("\xE2\x82", false),
    CASE("\xE2", false),
    CASE("\xF0\x9F\x98", false),
    CASE("\xF0\x9F", false),
    CASE("\xF0", false),
    CASE("\xC2\x41", false), /* a continuation that is none */
    CASE("\xC2\xC2", false),
    CASE("\xE2\x28\xA1", false),
    CASE("\xE2\x82\x28", false),
    CASE("\xF0\x28\x8C\xBC", false),
    CASE("\xF0\x90\x28\xBC", false),
    CASE("\xF0\x90\x8C\x28", false),
#undef CASE
};

/* A block of just the size, so that the address sanitizer sees a read past the end. */
static char *exact(const char *bytes, size_t size)
{
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    if (size)
        memcpy(copy, bytes, size);
    return copy;
}

static void check_at(const char *fill, size_t before, size_t after, size_t i)
{
    char text[256];
    size_t fill_size = strlen(fill), size = 0;
    for (size_t n = 0; n < before; n++, size += fill_size)
        memcpy(text + size, fill, fill_size);
    size_t at = size;
    memcpy(text + size, cases[i].bytes, cases[i].size);
    size += cases[i].size;
    for (size_t n = 0; n < after; n++, size += fill_size)
        memcpy(text + size, fill, fill_size);
    char *copy = exact(text, size);
    assert_int_equal(bl_utf8_valid(copy, size), cases[i].valid);
    assert_int_equal(bl_utf8_error_at(copy, size), cases[i].valid ? size : at);
    free(copy);
}

static void each_case_is_judged_alone_and_within_text(void **state)
{
    (void)state;
    static const char *const fills[] = { "x", "é", "€", "😀" };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        for (size_t f = 0; f < BL_COUNT_OF(fills); f++) {
            for (size_t before = 0; before < 36; before++)
                check_at(fills[f], before, before % 19, i);
        }
    }
}

static void two_errors_are_the_first_one(void **state)
{
    (void)state;
    assert_int_equal(bl_utf8_error_at("ab\xFF"
                                      "cd\xFF",
                                      6),
                     2);
    assert_int_equal(bl_utf8_error_at("\xED\xA0\xBD\xED\xB8\x80", 6), 0);
}

static void nothing_is_valid(void **state)
{
    (void)state;
    assert_true(bl_utf8_valid("", 0));
    assert_true(bl_utf8_valid(NULL, 0));
}

static bool is_scalar_value(uint32_t c)
{
    return c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
}

static size_t encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t size = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = size; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(0xF00 >> size | c);
    return size;
}

static void every_code_point_is_judged_as_the_standard_does(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x120000; c++) {
        char text[4];
        size_t size = encode(c, text);
        if (bl_utf8_valid(text, size) != is_scalar_value(c))
            fail_msg("U+%04X is judged wrongly", c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_judged_alone_and_within_text),
        cmocka_unit_test(two_errors_are_the_first_one),
        cmocka_unit_test(nothing_is_valid),
        cmocka_unit_test(every_code_point_is_judged_as_the_standard_does),
    };
    return cmocka_run_group_tests_name("base/utf8", tests, NULL, NULL);
}
