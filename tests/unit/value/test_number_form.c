/* The order-preserving form of numbers: its bytes, its order, that it is canonical, and the fast paths of integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "value/value.h"

enum { RANDOM_PAIRS = 100000 };

static uint64_t random_state = 1;

static uint64_t random_below(uint64_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (random_state >> 33) % limit;
}

static bloop_number random_number(void)
{
    char text[64];
    size_t size = 0, digits = 1 + random_below(38);
    bloop_number number;
    if (random_below(2))
        text[size++] = '-';
    text[size++] = (char)('1' + random_below(9));
    for (size_t i = 1; i < digits; i++)
        text[size++] = (char)('0' + (random_below(3) ? random_below(10) : 9 * random_below(2)));
    assert_int_equal(bloop_number_parse(text, size, &number), BLOOP_OK);
    int top = (int)random_below(4) ? (int)random_below(8) - 4 : (int)random_below(256) - 130;
    number.exponent = (int16_t)(top - bl_number_digits(number) + 1);
    return number;
}

static bloop_number parsed(const char *text)
{
    bloop_number number;
    assert_int_equal(bloop_number_parse(text, strlen(text), &number), BLOOP_OK);
    return number;
}

static void assert_same_number(bloop_number a, bloop_number b)
{
    assert_int_equal(a.high, b.high);
    assert_int_equal(a.low, b.low);
    assert_int_equal(a.exponent, b.exponent);
    assert_int_equal(a.negative, b.negative);
}

static void forms_are_as_documented(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        uint8_t form[8];
    } rows[] = {
        { "0", 2, { 0x80, 0x00 } },
        { "1", 3, { 0xC1, 2, 0x00 } },
        { "-1", 3, { 0x3E, 0xFD, 0xFF } },
        { "10", 3, { 0xC1, 11, 0x00 } },
        { "100", 3, { 0xC2, 2, 0x00 } },
        { "0.5", 3, { 0xC0, 51, 0x00 } },
        { "0.05", 3, { 0xC0, 6, 0x00 } },
        { "12.5", 4, { 0xC1, 13, 51, 0x00 } },
        { "-12500", 4, { 0x3C, 0xFD, 0xE5, 0xFF } },
        { "1E-130", 3, { 0x80, 2, 0x00 } },
        { "-1E-130", 3, { 0x7F, 0xFD, 0xFF } },
        { "9.9E+125", 3, { 0xFF, 100, 0x00 } },
        { "-9.9E+125", 3, { 0x00, 0x9B, 0xFF } },
    };
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++) {
        uint8_t form[BL_NUMBER_SIZE];
        assert_int_equal(bl_number_encode(parsed(rows[i].text), form), rows[i].size);
        assert_memory_equal(form, rows[i].form, rows[i].size);
        assert_true(bl_number_form_valid(form, rows[i].size));
        assert_same_number(bl_number_decode(form, rows[i].size), parsed(rows[i].text));
    }
}

static void the_longest_form_fits(void **state)
{
    (void)state;
    uint8_t form[BL_NUMBER_SIZE];
    bloop_number number = parsed("-12345678901234567890.123456789012345678");
    assert_int_equal(bl_number_encode(number, form), 21);
    number = parsed("-1.2345678901234567890123456789012345678E-130");
    assert_int_equal(bl_number_encode(number, form), 22);
    number = parsed("-1234567890123456789.0123456789012345678");
    assert_int_equal(bl_number_encode(number, form), 22);
    assert_same_number(bl_number_decode(form, 22), number);
    number = parsed("9999999999999999999.9999999999999999999");
    assert_int_equal(bl_number_encode(number, form), 22);
    assert_same_number(bl_number_decode(form, 22), number);
}

static void order_of_bytes_is_order_of_numbers(void **state)
{
    (void)state;
    for (int i = 0; i < RANDOM_PAIRS; i++) {
        uint8_t a_form[BL_NUMBER_SIZE], b_form[BL_NUMBER_SIZE];
        bloop_number a = random_number(), b = random_below(10) ? random_number() : (bloop_number){ 0 };
        if (random_below(10) == 0) {
            b = a;
            b.low ^= 2;
            if (bl_number_check(b, &b) != BLOOP_OK)
                b = a;
        }
        size_t a_size = bl_number_encode(a, a_form), b_size = bl_number_encode(b, b_form);
        size_t common = a_size < b_size ? a_size : b_size;
        int order = memcmp(a_form, b_form, common), expected = bloop_number_compare(a, b);
        assert_int_equal((order > 0) - (order < 0), expected);
        assert_true(expected != 0 || a_size == b_size);
        assert_true(bl_number_form_valid(a_form, a_size));
        assert_same_number(bl_number_decode(a_form, a_size), a);
        assert_same_number(bl_number_decode(b_form, b_size), b);
    }
}

static void every_form_of_a_number_has_the_same_bytes(void **state)
{
    (void)state;
    static const bloop_number same[] = { { 0, 12, 3, false },
                                         { 0, 120, 2, false },
                                         { 0, 1200, 1, false },
                                         { 0, 12000, 0, false },
                                         { 0, 120000, -1, false } };
    uint8_t expected[BL_NUMBER_SIZE], form[BL_NUMBER_SIZE];
    size_t size = bl_number_encode_int64(12000, expected);
    for (size_t i = 0; i < BL_COUNT_OF(same); i++) {
        assert_int_equal(bl_number_encode(same[i], form), size);
        assert_memory_equal(form, expected, size);
    }
    assert_int_equal(bl_number_encode((bloop_number){ 0, 0, 5, true }, form), 2);
    assert_memory_equal(form, "\x80\x00", 2);
}

static void integers_take_the_fast_path(void **state)
{
    (void)state;
    static const int64_t edges[] = { 0,
                                     1,
                                     -1,
                                     99,
                                     100,
                                     101,
                                     -100,
                                     9999,
                                     10000,
                                     INT64_MAX,
                                     INT64_MIN,
                                     INT64_MIN + 1,
                                     INT64_C(9000000000000000000),
                                     INT64_C(-9200000000000000000),
                                     1000000000000000000 };
    for (int i = 0; i < 20000; i++) {
        int64_t value = (int64_t)(random_below(1u << 31) << 33 ^ random_below(1u << 31) << 16 ^ random_below(1u << 31));
        value = i < (int)BL_COUNT_OF(edges) ? edges[i] : value >> random_below(64);
        uint8_t form[BL_NUMBER_SIZE], slow[BL_NUMBER_SIZE];
        int64_t back = 7;
        size_t size = bl_number_encode_int64(value, form);
        assert_int_equal(bl_number_encode(bloop_number_of_int64(value), slow), size);
        assert_memory_equal(form, slow, size);
        assert_true(bl_number_decode_int64(form, size, &back));
        assert_int_equal(back, value);
    }
}

static void what_is_no_int64_is_not_decoded_as_one(void **state)
{
    (void)state;
    static const char *const texts[] = { "0.5",
                                         "-0.01",
                                         "1.5",
                                         "9223372036854775808",
                                         "-9223372036854775809",
                                         "1E19",
                                         "1E20",
                                         "9.3E18",
                                         "99E18",
                                         "1E125",
                                         "1E-130",
                                         "12345678901234567890123456789012345678" };
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++) {
        uint8_t form[BL_NUMBER_SIZE];
        int64_t value = 7;
        size_t size = bl_number_encode(parsed(texts[i]), form);
        assert_false(bl_number_decode_int64(form, size, &value));
        assert_int_equal(value, 7);
    }
}

static void only_canonical_forms_are_valid(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        uint8_t form[24];
    } rows[] = {
        { 0, { 0 } },                      /* nothing */
        { 1, { 0x80 } },                   /* no end */
        { 2, { 0xC1, 0 } },                /* no digits, but not 0 */
        { 2, { 0x7F, 0xFF } },             /* -0 */
        { 3, { 0xC1, 1, 0 } },             /* a leading zero alone */
        { 4, { 0xC1, 1, 2, 0 } },          /* a leading zero */
        { 4, { 0xC1, 2, 1, 0 } },          /* a zero at the end */
        { 3, { 0xC1, 102, 0 } },           /* digit 101 */
        { 3, { 0xC1, 2, 0xFF } },          /* the wrong end */
        { 3, { 0x3E, 0xFD, 0x00 } },       /* the wrong end */
        { 4, { 0xC1, 0, 2, 0 } },          /* an end in the middle */
        { 4, { 0x3E, 0xFF, 0xFD, 0xFF } }, /* and of a negative number */
        { 3, { 0x3E, 0x9A, 0xFF } },       /* digit 101 of a negative number */
        { 22, { 0xC1, 11, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 12, 0 } }, /* 40 digits */
        { 22, { 0xC1, 11, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 11, 0 } }, /* 39 */
        { 22, { 0xC1, 10, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 12, 0 } }, /* 39 */
        { 23, { 0xC1, 10, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 11, 0 } },
    };
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++)
        assert_false(bl_number_form_valid(rows[i].form, rows[i].size));
    const uint8_t most[22] = { 0xC1, 10, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 11, 0 };
    assert_true(bl_number_form_valid(most, sizeof most));
    assert_int_equal(bl_number_digits(bl_number_decode(most, sizeof most)), 38);
}

/* Of random bytes, whatever is called valid must be what encoding its number writes. */
static void what_is_valid_is_what_is_written(void **state)
{
    (void)state;
    int valid = 0;
    for (int i = 0; i < 200000; i++) {
        uint8_t bytes[BL_NUMBER_SIZE], again[BL_NUMBER_SIZE];
        size_t size = 2 + random_below(6);
        for (size_t at = 0; at < size; at++)
            bytes[at] = (uint8_t)random_below(at == 0 ? 256 : 110);
        bytes[size - 1] = bytes[0] & 0x80 ? 0 : 0xFF;
        for (size_t at = 1; !(bytes[0] & 0x80) && at + 1 < size; at++)
            bytes[at] ^= 0xFF;
        if (!bl_number_form_valid(bytes, size))
            continue;
        valid++;
        assert_int_equal(bl_number_encode(bl_number_decode(bytes, size), again), size);
        assert_memory_equal(bytes, again, size);
    }
    assert_true(valid > 50000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_are_as_documented),
        cmocka_unit_test(the_longest_form_fits),
        cmocka_unit_test(order_of_bytes_is_order_of_numbers),
        cmocka_unit_test(every_form_of_a_number_has_the_same_bytes),
        cmocka_unit_test(integers_take_the_fast_path),
        cmocka_unit_test(what_is_no_int64_is_not_decoded_as_one),
        cmocka_unit_test(only_canonical_forms_are_valid),
        cmocka_unit_test(what_is_valid_is_what_is_written),
    };
    return cmocka_run_group_tests_name("value/number_form", tests, NULL, NULL);
}
