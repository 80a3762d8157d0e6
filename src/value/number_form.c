/* The order-preserving form of numbers; src/value/README.md has the layout.

   The form of a negative number is the complement of that of its magnitude, so one mask serves both signs. */
#include "value/number_private.h"

#define BIAS            (0x80 + 64) /* first byte of a positive number with exponent 0 */
#define ZERO_EXPONENT   (-64)       /* of 0, which has no digits; the least there is */
#define MAX_FORM_DIGITS 20          /* 38 decimal digits that begin in the middle of a pair */
#define DIGITS_IN_64    9           /* base-100 digits that always fit in a uint64_t */

static size_t write_form(uint8_t *out, int exponent, size_t digits, uint8_t mask);
static void write_digits(uint8_t *out, uint64_t value, size_t digits, uint8_t mask);
static size_t encode_64(uint64_t coefficient, int pair_exponent, uint8_t mask, uint8_t *out);
static size_t encode_128(decimal value, uint8_t mask, uint8_t *out);
static uint8_t mask_of(const uint8_t *form);
static uint64_t digit_of(uint8_t byte, uint8_t mask);

size_t bl_number_encode(bloop_number number, uint8_t out[BL_NUMBER_SIZE])
{
    if (bl_number_is_small(number)) {
        bool odd = number.exponent & 1;
        return encode_64(number.low * (odd ? 10 : 1), (number.exponent - odd) / 2, number.negative ? 0xFF : 0, out);
    }
    decimal value = bl_decimal_of(number);
    return value.coefficient ? encode_128(value, value.negative ? 0xFF : 0, out) : encode_64(0, 0, 0, out);
}

size_t bl_number_encode_int64(int64_t value, uint8_t out[BL_NUMBER_SIZE])
{
    return encode_64(value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 0, value < 0 ? 0xFF : 0, out);
}

bloop_number bl_number_decode(const uint8_t *form, size_t size)
{
    bloop_number number;
    bl_number_read(form, size, &number);
    return number;
}

void bl_number_read(const uint8_t *form, size_t size, bloop_number *out)
{
    uint8_t mask = mask_of(form);
    size_t digits = size - 2;
    *out = (bloop_number){ .negative = digits > 0 && mask };
    if (digits == 0)
        return;
    /* The last digit is apart, because only half of it counts when it ends in 0, and because 40 decimal digits would
       not fit in 128 bits. */
    uint64_t last = digit_of(form[digits], mask), start = 0;
    bool half = last % 10 == 0;
    uint64_t scale = half ? 10 : 100, rest = half ? last / 10 : last;
    size_t before = digits - 1, first = before < DIGITS_IN_64 - 1 ? before : DIGITS_IN_64 - 1;
    for (size_t i = 1; i <= first; i++)
        start = start * 100 + digit_of(form[i], mask);
    out->exponent = (int16_t)(2 * ((form[0] ^ mask) - BIAS - (int)digits) + half);
    out->low = start * scale + rest;
    if (BL_LIKELY(first == before))
        return;
    uint128 coefficient = start;
    for (size_t i = first + 1; i <= before; i++)
        coefficient = coefficient * 100 + digit_of(form[i], mask);
    coefficient = coefficient * scale + rest;
    out->high = (uint64_t)(coefficient >> 64);
    out->low = (uint64_t)coefficient;
}

bool bl_number_decode_int64(const uint8_t *form, size_t size, int64_t *out)
{
    uint8_t mask = mask_of(form);
    int digits = (int)size - 2;
    int exponent = (form[0] ^ mask) - BIAS;
    if (digits == 0) {
        *out = 0;
        return true;
    }
    /* 100^10 is beyond 2^63, but with a first digit below 10 the magnitude still fits 64 bits without a sign. */
    if (exponent < digits || exponent > 10 || (exponent == 10 && (form[1] ^ mask) > 10))
        return false;
    uint64_t magnitude = 0;
    for (int i = 1; i <= digits; i++)
        magnitude = magnitude * 100 + digit_of(form[i], mask);
    magnitude *= bl_powers_64[2 * (exponent - digits)];
    if (magnitude > (uint64_t)INT64_MAX + (mask != 0))
        return false;
    *out = mask ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}

bool bl_number_form_valid(const uint8_t *form, size_t size)
{
    if (size < 2 || size > MAX_FORM_DIGITS + 2)
        return false;
    uint8_t mask = mask_of(form);
    size_t digits = size - 2;
    if ((form[size - 1] ^ mask) != 0)
        return false;
    if (digits == 0)
        return form[0] == 0x80;
    for (size_t i = 1; i <= digits; i++) {
        uint8_t byte = form[i] ^ mask;
        if (byte < 1 || byte > 100)
            return false;
    }
    int first = (form[1] ^ mask) - 1, last = (form[digits] ^ mask) - 1;
    int decimal_digits = 2 * (int)digits - (first < 10) - (last % 10 == 0);
    return first != 0 && last != 0 && decimal_digits <= MAX_DIGITS;
}

static uint8_t mask_of(const uint8_t *form)
{
    return form[0] & 0x80 ? 0 : 0xFF;
}

/* 0 to 99, of a well-formed form. */
static uint64_t digit_of(uint8_t byte, uint8_t mask)
{
    return (uint64_t)(uint8_t)(byte ^ mask) - 1;
}

/* First and last byte of a form. */
static size_t write_form(uint8_t *out, int exponent, size_t digits, uint8_t mask)
{
    out[0] = (uint8_t)(BIAS + exponent) ^ mask;
    out[digits + 1] = mask;
    return digits + 2;
}

/* The lowest `digits` base-100 digits of a value. */
static void write_digits(uint8_t *out, uint64_t value, size_t digits, uint8_t mask)
{
    for (size_t i = digits; i-- > 0; value /= 100)
        out[i] = (uint8_t)(value % 100 + 1) ^ mask;
}

/* coefficient x 100^pair_exponent, in any form. */
static size_t encode_64(uint64_t coefficient, int pair_exponent, uint8_t mask, uint8_t *out)
{
    if (coefficient == 0)
        return write_form(out, ZERO_EXPONENT, 0, 0);
    while (coefficient % 100 == 0) {
        coefficient /= 100;
        pair_exponent++;
    }
    size_t digits = (size_t)(bl_count_digits_64(coefficient) + 1) / 2;
    write_digits(out + 1, coefficient, digits, mask);
    return write_form(out, pair_exponent + (int)digits, digits, mask);
}

/* From the end, in parts of 64 bits. An odd exponent puts the last decimal digit into a pair of its own. */
static size_t encode_128(decimal value, uint8_t mask, uint8_t *out)
{
    bool odd = value.exponent & 1;
    uint64_t last = odd ? (uint64_t)(value.coefficient % 10) * 10 : 0;
    uint128 rest = odd ? value.coefficient / 10 : value.coefficient;
    size_t pairs = (size_t)(bl_count_digits(rest) + 1) / 2, digits = pairs + odd;
    write_digits(out + 1 + pairs, last, odd, mask);
    for (size_t left = pairs, part; left > 0; left -= part) {
        part = left < DIGITS_IN_64 ? left : DIGITS_IN_64;
        write_digits(out + 1 + left - part, (uint64_t)(rest % bl_powers_64[2 * DIGITS_IN_64]), part, mask);
        rest /= bl_powers_64[2 * DIGITS_IN_64];
    }
    return write_form(out, (value.exponent - odd) / 2 + (int)pairs + odd, digits, mask);
}
