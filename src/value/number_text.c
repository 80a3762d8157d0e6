/* Numbers as text: the forms that DynamoDB accepts, and the one that it returns. */
#include <stdio.h>

#include "value/number_private.h"

/* Exponents beyond this are out of range whatever the digits before them, up to a text of this many. */
#define EXPONENT_CAP (INT64_MAX / 8)

/* What has been read of a number's digits. */
typedef struct digits {
    uint128 coefficient; /* of the first 38 significant digits, without the zeros at their end */
    int64_t zeros;       /* zeros after these, which count once another digit follows */
    int64_t count;       /* significant digits */
    int64_t fraction;    /* digits after the point */
    bool any, point;
} digits;

static const char *read_digits(const char *at, const char *end, digits *out);
static void add_digit(digits *out, unsigned digit);
static const char *read_exponent(const char *at, const char *end, int64_t *out);
static bloop_status finish(const digits *read, int64_t exponent, bool negative, bloop_number *out);
static bloop_status finish_zero(int64_t exponent, int64_t magnitude, bloop_number *out);
static bool out_of_range(int64_t magnitude);
static bloop_status not_numeric(const char *text, size_t size);
static size_t write_digits(uint128 coefficient, char out[40]);
static size_t write_plain(char *out, const char *figures, int count, int exponent);

bloop_status bloop_number_parse(const char *text, size_t size, bloop_number *out)
{
    if (size == 0)
        return not_numeric(text, size);
    const char *at = text, *end = text + size;
    bool negative = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    digits read = { 0 };
    int64_t exponent = 0;
    at = read_digits(at, end, &read);
    if (!read.any)
        return not_numeric(text, size);
    if (at < end && (*at == 'e' || *at == 'E'))
        at = read_exponent(at + 1, end, &exponent);
    if (at != end)
        return not_numeric(text, size);
    return finish(&read, exponent, negative, out);
}

size_t bloop_number_format(bloop_number number, char *text)
{
    decimal value = bl_decimal_of(number);
    char figures[40], *at = text;
    if (value.coefficient == 0) {
        memcpy(text, "0", 2);
        return 1;
    }
    if (value.negative)
        *at++ = '-';
    int count = (int)write_digits(value.coefficient, figures);
    int magnitude = count - 1 + value.exponent;
    if (magnitude > MAX_MAGNITUDE || magnitude < MIN_MAGNITUDE) {
        /* No number of DynamoDB's; its plain form would be of any length. */
        at += snprintf(at, BLOOP_NUMBER_TEXT_SIZE - 1, "%.*sE%+d", count, figures, value.exponent);
        return (size_t)(at - text);
    }
    at += write_plain(at, figures, count, value.exponent);
    *at = 0;
    return (size_t)(at - text);
}

static const char *read_digits(const char *at, const char *end, digits *out)
{
    for (; at < end; at++) {
        unsigned digit = (unsigned)(unsigned char)*at - '0';
        if (digit <= 9)
            add_digit(out, digit);
        else if (*at == '.' && !out->point)
            out->point = true;
        else
            break;
    }
    return at;
}

static void add_digit(digits *out, unsigned digit)
{
    out->any = true;
    out->fraction += out->point;
    if (digit == 0) {
        out->zeros += out->count > 0;
        return;
    }
    out->count += out->zeros + 1;
    if (out->count <= MAX_DIGITS)
        out->coefficient = out->coefficient * bl_powers_128[out->zeros + 1] + digit;
    out->zeros = 0;
}

/* Leaves `at` before the end when it is no exponent; to the service, one that no 64 bits hold is none
   (paritysuite/dynamodb-conformance, `tier3/limits/numberExponent`). */
static const char *read_exponent(const char *at, const char *end, int64_t *out)
{
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return end - 1;
    int64_t below = 0; /* the exponent, if it is negative: the one sign that has room for both ends */
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        if (__builtin_mul_overflow(below, 10, &below) || __builtin_sub_overflow(below, *at - '0', &below))
            return end - 1;
    }
    if (!negative && below == INT64_MIN)
        return end - 1;
    below = below < -EXPONENT_CAP ? -EXPONENT_CAP : below;
    *out = negative ? below : -below;
    return at;
}

static bloop_status finish(const digits *read, int64_t exponent, bool negative, bloop_number *out)
{
    if (read->count == 0)
        return finish_zero(exponent, exponent - read->fraction, out);
    exponent += read->zeros - read->fraction;
    int64_t magnitude = exponent + read->count - 1;
    if (out_of_range(magnitude))
        return bl_number_magnitude_error(magnitude > 0 ? 1 : -1);
    if (read->count > MAX_DIGITS)
        return bl_number_digits_error();
    *out = bl_decimal_pack((decimal){ read->coefficient, (int)exponent, negative });
    return BLOOP_OK;
}

/* A zero, too, has the magnitude that it is written with: the service refuses 0e126 and 0e-131, and takes 0e125 and 0.0e126
   (paritysuite/dynamodb-conformance, `tier3/limits/numberExponent`; Alternator's `test_number_magnitude_not_allowed_zero`).
   Nobody has seen what it says to a zero without an exponent that has as many digits. */
static bloop_status finish_zero(int64_t exponent, int64_t magnitude, bloop_number *out)
{
    if (exponent != 0 && out_of_range(magnitude))
        return bl_number_magnitude_error(magnitude > 0 ? 1 : -1);
    *out = (bloop_number){ 0 };
    return BLOOP_OK;
}

static bool out_of_range(int64_t magnitude)
{
    return magnitude > MAX_MAGNITUDE || magnitude < MIN_MAGNITUDE;
}

/* The service repeats the text as it came. What can't be shown, or is too long, is quoted. */
static bloop_status not_numeric(const char *text, size_t size)
{
    char quoted[BL_QUOTE_SIZE];
    const char *words = "The parameter cannot be converted to a numeric value";
    if (size == 0)
        return bl_error(BLOOP_INVALID_VALUE, "%s", words);
    if (size <= 256 && bl_utf8_valid(text, size) && !memchr(text, 0, size))
        return bl_error(BLOOP_INVALID_VALUE, "%s: %.*s", words, (int)size, text);
    return bl_error(BLOOP_INVALID_VALUE, "%s: %s", words, bl_quote(quoted, text, size));
}

/* Returns how many; not ended by a zero byte. */
static size_t write_digits(uint128 coefficient, char out[40])
{
    size_t count = (size_t)bl_count_digits(coefficient), at = count;
    while (coefficient >> 64 != 0) {
        uint64_t part = (uint64_t)(coefficient % bl_powers_64[MAX_POWER_64]);
        coefficient /= bl_powers_64[MAX_POWER_64];
        for (int i = 0; i < MAX_POWER_64; i++, part /= 10)
            out[--at] = (char)('0' + part % 10);
    }
    for (uint64_t part = (uint64_t)coefficient; at > 0; part /= 10)
        out[--at] = (char)('0' + part % 10);
    return count;
}

static size_t write_plain(char *out, const char *figures, int count, int exponent)
{
    int whole = count + exponent; /* digits before the point */
    if (exponent >= 0) {
        memcpy(out, figures, (size_t)count);
        memset(out + count, '0', (size_t)exponent);
        return (size_t)whole;
    }
    if (whole > 0) {
        memcpy(out, figures, (size_t)whole);
        out[whole] = '.';
        memcpy(out + whole + 1, figures + whole, (size_t)(count - whole));
        return (size_t)count + 1;
    }
    memcpy(out, "0.", 2);
    memset(out + 2, '0', (size_t)-whole);
    memcpy(out + 2 - whole, figures, (size_t)count);
    return (size_t)(2 - whole + count);
}
