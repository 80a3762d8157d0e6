/* Numbers against Python's decimal and float (tests/vectors/number_vectors.py), and what a table can't say. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "value/value.h"

/* `shown` is what a number is formatted as, or OVERFLOW, UNDERFLOW or DIGITS. */
typedef struct parse_vector {
    const char *text, *shown;
} parse_vector;
typedef struct pair_vector {
    const char *a, *b, *sum, *difference;
    int order;
} pair_vector;
typedef struct round_vector {
    const char *text;
    int digits;
    const char *shown;
} round_vector;
typedef struct double_vector {
    double value;
    const char *shown;
} double_vector;
typedef struct nearest_vector {
    const char *text;
    double value;
} nearest_vector;
typedef struct integer_vector {
    const char *text;
    enum { EXACT, TRUNCATED, NEITHER } kind;
    int64_t value;
} integer_vector;

#include "vectors/number_vectors.inc"

static const struct {
    const char *name, *message;
} errors[] = {
    { "OVERFLOW", "Number overflow. Attempting to store a number with magnitude larger than supported range" },
    { "UNDERFLOW", "Number underflow. Attempting to store a number with magnitude smaller than supported range" },
    { "DIGITS", "Attempting to store more than 38 significant digits in a Number" },
};

static bloop_number parsed(const char *text)
{
    bloop_number number;
    if (bloop_number_parse(text, strlen(text), &number) != BLOOP_OK)
        fail_msg("%s: %s", text, bloop_last_error()->message);
    return number;
}

static void assert_normalized(bloop_number number)
{
    bloop_number again;
    assert_int_equal(bl_number_check(number, &again), BLOOP_OK);
    assert_int_equal(again.high, number.high);
    assert_int_equal(again.low, number.low);
    assert_int_equal(again.exponent, number.exponent);
    assert_int_equal(again.negative, number.negative);
}

/* That a call which gave `status` and, if that is OK, `number` did what the vector says. */
static void assert_shown(bloop_status status, bloop_number number, const char *shown)
{
    char text[BLOOP_NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < BL_COUNT_OF(errors); i++) {
        if (strcmp(shown, errors[i].name) == 0) {
            assert_int_equal(status, BLOOP_INVALID_VALUE);
            assert_string_equal(bloop_last_error()->message, errors[i].message);
            return;
        }
    }
    assert_int_equal(status, BLOOP_OK);
    size_t size = bloop_number_format(number, text);
    assert_string_equal(text, shown);
    assert_int_equal(size, strlen(text));
    assert_normalized(number);
}

static void texts_are_read_and_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(parse_vectors); i++) {
        bloop_number number = { 7, 7, 7, true };
        bloop_status status = bloop_number_parse(parse_vectors[i].text, strlen(parse_vectors[i].text), &number);
        assert_shown(status, number, parse_vectors[i].shown);
        if (status != BLOOP_OK)
            assert_int_equal(number.high, 7);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    char expected[128];
    for (size_t i = 0; i < BL_COUNT_OF(not_numbers); i++) {
        bloop_number number = { 7, 7, 7, true };
        assert_int_equal(bloop_number_parse(not_numbers[i], strlen(not_numbers[i]), &number), BLOOP_INVALID_VALUE);
        snprintf(expected, sizeof expected, "The parameter cannot be converted to a numeric value: %s", not_numbers[i]);
        assert_string_equal(bloop_last_error()->message, expected);
        assert_int_equal(number.low, 7);
    }
}

static void the_size_ends_a_text(void **state)
{
    (void)state;
    bloop_number number;
    assert_int_equal(bloop_number_parse("123", 2, &number), BLOOP_OK);
    assert_int_equal(number.low, 12);
    assert_int_equal(bloop_number_parse("12\0", 3, &number), BLOOP_INVALID_VALUE);
    assert_int_equal(bloop_number_parse("", 0, &number), BLOOP_INVALID_VALUE);
    assert_string_equal(bloop_last_error()->message, "The parameter cannot be converted to a numeric value");
}

static void a_long_bad_text_does_not_flood_the_message(void **state)
{
    (void)state;
    char text[5000];
    bloop_number number;
    memset(text, 'x', sizeof text);
    assert_int_equal(bloop_number_parse(text, sizeof text, &number), BLOOP_INVALID_VALUE);
    assert_true(strlen(bloop_last_error()->message) < 300);
    assert_int_equal(bloop_number_parse("1\xff", 2, &number), BLOOP_INVALID_VALUE);
    assert_null(strchr(bloop_last_error()->message, '\xff'));
}

static void a_million_digits_are_read(void **state)
{
    (void)state;
    size_t zeros = 1000000;
    bloop_number number;
    char *text = malloc(zeros + 20);
    assert_non_null(text);
    memset(text, '0', zeros);
    memcpy(text, "0.", 2);
    memcpy(text + zeros, "12e999999", sizeof "12e999999");
    assert_int_equal(bloop_number_parse(text, strlen(text), &number), BLOOP_OK);
    assert_int_equal(bloop_number_compare(number, parsed("1.2")), 0);
    free(text);
}

static void sums_and_order_are_exact(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(pair_vectors); i++) {
        const pair_vector *row = &pair_vectors[i];
        bloop_number a = parsed(row->a), b = parsed(row->b), sum = { 0 };
        assert_shown(bloop_number_add(a, b, &sum), sum, row->sum);
        assert_shown(bloop_number_add(b, a, &sum), sum, row->sum);
        assert_shown(bloop_number_subtract(a, b, &sum), sum, row->difference);
        assert_int_equal(bloop_number_compare(a, b), row->order);
        assert_int_equal(bloop_number_compare(b, a), -row->order);
        assert_int_equal(bloop_number_compare(a, a), 0);
    }
}

static void a_failed_sum_leaves_its_output_alone(void **state)
{
    (void)state;
    bloop_number out = { 1, 2, 3, true }, most = parsed("9E125");
    assert_int_equal(bloop_number_add(most, most, &out), BLOOP_INVALID_VALUE);
    assert_int_equal(bloop_number_subtract(most, parsed("1"), &out), BLOOP_INVALID_VALUE);
    assert_int_equal(bloop_number_round(most, 0, &out), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_number_round(most, 39, &out), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(out.high, 1);
    assert_int_equal(out.low, 2);
    assert_int_equal(out.exponent, 3);
}

static void rounding_is_half_to_even(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(round_vectors); i++) {
        bloop_number rounded = { 0 };
        bloop_status status = bloop_number_round(parsed(round_vectors[i].text), round_vectors[i].digits, &rounded);
        assert_shown(status, rounded, round_vectors[i].shown);
    }
}

static void doubles_become_their_shortest_decimal(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(double_vectors); i++) {
        bloop_number number = { 0 };
        bloop_status status = bloop_number_of_double(double_vectors[i].value, &number);
        assert_shown(status, number, double_vectors[i].shown);
        if (status == BLOOP_OK)
            assert_true(bloop_number_to_double(number) == double_vectors[i].value);
    }
}

static void doubles_that_are_no_numbers_are_refused(void **state)
{
    (void)state;
    bloop_number number = { 0 };
    const double bad[] = { INFINITY, -INFINITY, NAN, 1e126, -1e300, 1e-131, 5e-324, 1.7976931348623157e308 };
    for (size_t i = 0; i < BL_COUNT_OF(bad); i++)
        assert_int_equal(bloop_number_of_double(bad[i], &number), BLOOP_INVALID_VALUE);
    number.low = 1;
    assert_int_equal(bloop_number_of_double(-0.0, &number), BLOOP_OK);
    assert_shown(BLOOP_OK, number, "0");
}

static void the_nearest_double_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(nearest_vectors); i++) {
        double value = bloop_number_to_double(parsed(nearest_vectors[i].text));
        if (value != nearest_vectors[i].value)
            fail_msg("%s: %a, not %a", nearest_vectors[i].text, value, nearest_vectors[i].value);
    }
}

static void random_doubles_survive(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 20000; i++) {
        double value;
        bloop_number number;
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t bits = (random & UINT64_C(0x800FFFFFFFFFFFFF)) | (UINT64_C(1023 - 400) + (random >> 32) % 800) << 52;
        memcpy(&value, &bits, sizeof value);
        assert_int_equal(bloop_number_of_double(value, &number), BLOOP_OK);
        assert_true(bloop_number_to_double(number) == value);
        assert_true(bl_number_digits(number) <= 17);
    }
}

static void a_locale_with_a_comma_changes_nothing(void **state)
{
    (void)state;
    const char *const commas[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };
    const char *found = NULL;
    for (size_t i = 0; i < BL_COUNT_OF(commas) && !found; i++)
        found = setlocale(LC_NUMERIC, commas[i]);
    if (!found)
        skip();
    doubles_become_their_shortest_decimal(state);
    the_nearest_double_is_found(state);
    setlocale(LC_NUMERIC, "C");
}

static void integers_are_exact_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(integer_vectors); i++) {
        const integer_vector *row = &integer_vectors[i];
        int64_t exact = 42, truncated = 42;
        bloop_number number = parsed(row->text);
        bloop_status status = bloop_number_to_int64(number, &exact);
        assert_int_equal(status, row->kind == EXACT ? BLOOP_OK : BLOOP_INVALID_VALUE);
        assert_int_equal(exact, row->kind == EXACT ? row->value : 42);
        status = bloop_number_truncate_to_int64(number, &truncated);
        assert_int_equal(status, row->kind == NEITHER ? BLOOP_INVALID_VALUE : BLOOP_OK);
        assert_int_equal(truncated, row->kind == NEITHER ? 42 : row->value);
        if (row->kind == EXACT)
            assert_int_equal(bloop_number_compare(bloop_number_of_int64(row->value), number), 0);
    }
}

static void unsigned_integers_come_in(void **state)
{
    (void)state;
    assert_shown(BLOOP_OK, bloop_number_of_uint64(UINT64_MAX), "18446744073709551615");
    assert_shown(BLOOP_OK, bloop_number_of_uint64(0), "0");
    assert_shown(BLOOP_OK, bloop_number_of_uint64(1000), "1000");
    assert_shown(BLOOP_OK, bloop_number_of_int64(INT64_MIN), "-9223372036854775808");
}

static void any_form_of_a_number_is_taken(void **state)
{
    (void)state;
    const bloop_number one = { 0, 1, 0, false }, same[] = { { 0, 10, -1, false }, { 0, 10000, -4, false } };
    const bloop_number zero = { 0, 0, -7, true };
    char text[BLOOP_NUMBER_TEXT_SIZE];
    int64_t integer;
    for (size_t i = 0; i < BL_COUNT_OF(same); i++) {
        bloop_number sum;
        assert_int_equal(bloop_number_compare(one, same[i]), 0);
        assert_int_equal(bloop_number_add(one, same[i], &sum), BLOOP_OK);
        assert_shown(BLOOP_OK, sum, "2");
        assert_int_equal(bloop_number_to_int64(same[i], &integer), BLOOP_OK);
        assert_int_equal(integer, 1);
    }
    assert_int_equal(bloop_number_compare(zero, (bloop_number){ 0 }), 0);
    assert_int_equal(bloop_number_format(zero, text), 1);
    assert_string_equal(text, "0");
    assert_false(signbit(bloop_number_to_double(zero)));
}

static void numbers_beyond_any_limit_do_no_harm(void **state)
{
    (void)state;
    const bloop_number most = { UINT64_MAX, UINT64_MAX, INT16_MAX, true }, least = { 0, 1, INT16_MIN, false };
    const bloop_number tens = { 0, UINT64_C(10000000000000000000), INT16_MAX, false };
    bloop_number out = { 0 };
    char text[BLOOP_NUMBER_TEXT_SIZE];
    int64_t integer = 42;
    assert_true(bloop_number_compare(most, least) < 0);
    assert_true(bloop_number_compare(least, tens) < 0);
    assert_int_equal(bloop_number_add(most, least, &out), BLOOP_INVALID_VALUE);
    assert_int_equal(bl_number_check(tens, &out), BLOOP_INVALID_VALUE);
    assert_int_equal(bl_number_check(least, &out), BLOOP_INVALID_VALUE);
    assert_int_equal(bloop_number_to_int64(most, &integer), BLOOP_INVALID_VALUE);
    assert_int_equal(bloop_number_truncate_to_int64(least, &integer), BLOOP_OK);
    assert_int_equal(integer, 0);
    assert_int_equal(bloop_number_format(most, text), strlen("-340282366920938463463374607431768211455E+32767"));
    assert_string_equal(text, "-340282366920938463463374607431768211455E+32767");
    assert_true(isinf(bloop_number_to_double(most)));
    assert_true(bloop_number_to_double(least) == 0);
}

static void digits_are_counted(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int digits;
    } rows[] = { { "0", 0 },     { "1", 1 },    { "10", 1 },
                 { "0.001", 1 }, { "1.05", 3 }, { "-99999999999999999999999999999999999999", 38 } };
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++)
        assert_int_equal(bl_number_digits(parsed(rows[i].text)), rows[i].digits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_read_and_shown),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(the_size_ends_a_text),
        cmocka_unit_test(a_long_bad_text_does_not_flood_the_message),
        cmocka_unit_test(a_million_digits_are_read),
        cmocka_unit_test(sums_and_order_are_exact),
        cmocka_unit_test(a_failed_sum_leaves_its_output_alone),
        cmocka_unit_test(rounding_is_half_to_even),
        cmocka_unit_test(doubles_become_their_shortest_decimal),
        cmocka_unit_test(doubles_that_are_no_numbers_are_refused),
        cmocka_unit_test(the_nearest_double_is_found),
        cmocka_unit_test(random_doubles_survive),
        cmocka_unit_test(a_locale_with_a_comma_changes_nothing),
        cmocka_unit_test(integers_are_exact_or_refused),
        cmocka_unit_test(unsigned_integers_come_in),
        cmocka_unit_test(any_form_of_a_number_is_taken),
        cmocka_unit_test(numbers_beyond_any_limit_do_no_harm),
        cmocka_unit_test(digits_are_counted),
    };
    return cmocka_run_group_tests_name("value/number", tests, NULL, NULL);
}
