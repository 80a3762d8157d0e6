/* Numbers: integers in and out, order, exact sums, rounding. */
#include "value/number_private.h"

static bloop_status to_int64(decimal value, int64_t *out);
static int compare_magnitudes(decimal a, decimal b);
static bloop_status add(decimal a, decimal b, bloop_number *out);
static bloop_status add_aligned(decimal high, uint128 aligned, decimal low, bloop_number *out);
static uint128 round_half_even(uint128 value, uint128 unit);

bloop_number bloop_number_of_int64(int64_t value)
{
    bloop_number number = bloop_number_of_uint64(value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    number.negative = value < 0;
    return number;
}

bloop_number bloop_number_of_uint64(uint64_t value)
{
    return bl_decimal_pack(bl_decimal_normalize((decimal){ .coefficient = value }));
}

bloop_status bloop_number_to_int64(bloop_number number, int64_t *out)
{
    decimal value = bl_decimal_of(number);
    if (value.exponent < 0)
        return bl_error(BLOOP_INVALID_VALUE, "the number has a fraction");
    return to_int64(value, out);
}

bloop_status bloop_number_truncate_to_int64(bloop_number number, int64_t *out)
{
    decimal value = bl_decimal_of(number);
    if (value.exponent < -MAX_POWER_128) {
        /* Nothing is left of a coefficient below 10^39 but, at most, a first digit at 10^-1. */
        *out = 0;
        return BLOOP_OK;
    }
    if (value.exponent < 0) {
        value.coefficient /= bl_powers_128[-value.exponent];
        value.exponent = 0;
    }
    return to_int64(value, out);
}

int bloop_number_compare(bloop_number a, bloop_number b)
{
    decimal left = bl_decimal_of(a), right = bl_decimal_of(b);
    if (left.coefficient == 0 || right.coefficient == 0 || left.negative != right.negative) {
        int left_sign = left.coefficient == 0 ? 0 : left.negative ? -1 : 1;
        int right_sign = right.coefficient == 0 ? 0 : right.negative ? -1 : 1;
        return (left_sign > right_sign) - (left_sign < right_sign);
    }
    int order = compare_magnitudes(left, right);
    return left.negative ? -order : order;
}

bloop_status bloop_number_add(bloop_number a, bloop_number b, bloop_number *out)
{
    return add(bl_decimal_of(a), bl_decimal_of(b), out);
}

bloop_status bloop_number_subtract(bloop_number a, bloop_number b, bloop_number *out)
{
    decimal right = bl_decimal_of(b);
    right.negative = !right.negative;
    return add(bl_decimal_of(a), right, out);
}

bloop_status bloop_number_round(bloop_number number, int digits, bloop_number *out)
{
    if (digits < 1 || digits > MAX_DIGITS)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%d digits to round to: 1 to 38 are possible", digits);
    decimal value = bl_decimal_of(number);
    int excess = bl_count_digits(value.coefficient) - digits;
    if (excess > 0) {
        value.coefficient = round_half_even(value.coefficient, bl_powers_128[excess]);
        value.exponent += excess;
        value = bl_decimal_normalize(value);
    }
    bloop_status status = bl_decimal_check(value);
    if (status == BLOOP_OK)
        *out = bl_decimal_pack(value);
    return status;
}

bloop_status bl_number_check(bloop_number number, bloop_number *normalized)
{
    decimal value = bl_decimal_of(number);
    bloop_status status = bl_decimal_check(value);
    if (status == BLOOP_OK)
        *normalized = bl_decimal_pack(value);
    return status;
}

int bl_number_digits(bloop_number number)
{
    return bl_count_digits(bl_decimal_of(number).coefficient);
}

/* Of a value without a fraction. */
static bloop_status to_int64(decimal value, int64_t *out)
{
    uint64_t limit = (uint64_t)INT64_MAX + value.negative;
    bool fits = value.coefficient <= limit && value.exponent <= MAX_POWER_64;
    uint128 magnitude = fits ? value.coefficient * bl_powers_64[value.exponent] : 0;
    if (value.coefficient != 0 && (!fits || magnitude > limit))
        return bl_error(BLOOP_INVALID_VALUE, "the number does not fit in 64 bits");
    *out = value.negative ? (int64_t)(0 - (uint64_t)magnitude) : (int64_t)magnitude;
    return BLOOP_OK;
}

/* Of two that are not 0. */
static int compare_magnitudes(decimal a, decimal b)
{
    int a_top = bl_decimal_magnitude(a), b_top = bl_decimal_magnitude(b);
    if (a_top != b_top)
        return a_top < b_top ? -1 : 1;
    if (a.exponent < b.exponent)
        return -compare_magnitudes(b, a);
    /* Both begin at the same power of ten, so aligning gives a as many digits as b has: at most 39. */
    uint128 scale = bl_powers_128[a.exponent - b.exponent];
    if (a.coefficient > ~(uint128)0 / scale)
        return 1;
    uint128 aligned = a.coefficient * scale;
    return (aligned > b.coefficient) - (aligned < b.coefficient);
}

static bloop_status add(decimal a, decimal b, bloop_number *out)
{
    bloop_status status = bl_decimal_check(a);
    if (status == BLOOP_OK)
        status = bl_decimal_check(b);
    if (status != BLOOP_OK)
        return status;
    if (a.coefficient == 0 || b.coefficient == 0) {
        *out = bl_decimal_pack(a.coefficient ? a : b.coefficient ? b : (decimal){ 0 });
        return BLOOP_OK;
    }
    decimal high = a.exponent >= b.exponent ? a : b;
    decimal low = a.exponent >= b.exponent ? b : a;
    /* The exact sum ends in the last digit of `low`. Aligned to that, `high` may have 39 digits when the difference can
       still have 38, which needs it to be below 2 x 10^38 and so to fit; more is too much in any case. */
    int shift = high.exponent - low.exponent;
    if (shift > MAX_POWER_128 || high.coefficient > 2 * bl_powers_128[MAX_DIGITS] / bl_powers_128[shift])
        return bl_number_digits_error();
    return add_aligned(high, high.coefficient * bl_powers_128[shift], low, out);
}

static bloop_status add_aligned(decimal high, uint128 aligned, decimal low, bloop_number *out)
{
    decimal sum = { .exponent = low.exponent, .negative = high.negative };
    if (high.negative == low.negative) {
        sum.coefficient = aligned + low.coefficient;
    } else if (aligned >= low.coefficient) {
        sum.coefficient = aligned - low.coefficient;
    } else {
        sum.coefficient = low.coefficient - aligned;
        sum.negative = low.negative;
    }
    sum = bl_decimal_normalize(sum);
    bloop_status status = bl_decimal_check(sum);
    if (status == BLOOP_OK)
        *out = bl_decimal_pack(sum);
    return status;
}

static uint128 round_half_even(uint128 value, uint128 unit)
{
    uint128 quotient = value / unit, rest = value % unit, half = unit / 2;
    bool up = rest > half || (rest == half && quotient % 2 == 1);
    return quotient + up;
}
