/* The order-preserving form straight from decimal text, and back: base-100 digits are pairs of decimal ones, counted from the
   point. */
#include "value/number_private.h"

#define BIAS           (0x80 + 64) /* first byte of a positive number with exponent 0 */
#define ZERO           0x80        /* first byte of 0 */
#define LONGEST_DIGITS MAX_DIGITS  /* what is not longer is in range, however the point lies */

static inline uint8_t *take_digit(uint8_t *to, uint8_t byte, unsigned worth, unsigned *wrong);
static inline uint8_t *take_pair(uint8_t *to, const uint8_t *text, unsigned *wrong);
static size_t finish_form(uint8_t *out, size_t digits, int exponent, bool negative);
static inline char *put_pair(char *to, uint8_t byte, uint8_t mask);
static char *put_zeros(char *to, int pairs);

size_t bl_number_form_of_digits(const uint8_t *text, size_t size, uint8_t out[BL_NUMBER_SIZE])
{
    const uint8_t *at = text, *end = text + size;
    bool negative = size > 0 && *at == '-';
    at += negative;
    if (end - at > LONGEST_DIGITS || at == end)
        return 0;
    const uint8_t *point = at;
    while (point < end && *point != '.')
        point++;
    if (at == point || point == end - 1)
        return 0;
    int exponent = (int)(point - at + 1) / 2;
    unsigned wrong = 0; /* bits 7 and 15 */
    uint8_t *to = out + 1;
    if ((point - at) & 1)
        to = take_digit(to, *at++, 1, &wrong);
    for (; at < point; at += 2)
        to = take_pair(to, at, &wrong);
    if (point < end) {
        for (at++; end - at >= 2; at += 2)
            to = take_pair(to, at, &wrong);
        if (at < end)
            to = take_digit(to, *at, 10, &wrong);
    }
    return wrong & 0x8080 ? 0 : finish_form(out, (size_t)(to - out) - 1, exponent, negative);
}

size_t bl_number_form_text(const uint8_t *form, size_t size, char *out)
{
    uint8_t mask = form[0] & 0x80 ? 0 : 0xFF;
    const uint8_t *at = form + 1, *end = form + size - 1;
    int before = (form[0] ^ mask) - BIAS; /* pairs before the point */
    char *to = out;
    if (at == end) {
        *to = '0';
        return 1;
    }
    if (mask)
        *to++ = '-';
    char *first = to;
    if (before <= 0)
        *to++ = '0';
    for (; before > 0 && at < end; before--)
        to = put_pair(to, *at++, mask);
    if (*first == '0' && to - first > 1) {
        memmove(first, first + 1, (size_t)(to - first - 1));
        to--;
    }
    if (at == end)
        return (size_t)(put_zeros(to, before) - out);
    *to++ = '.';
    to = put_zeros(to, -before);
    while (at < end)
        to = put_pair(to, *at++, mask);
    return (size_t)(to - out) - (to[-1] == '0');
}

/* The two decimal digits of a base-100 one. */
static inline char *put_pair(char *to, uint8_t byte, uint8_t mask)
{
    unsigned digit = (unsigned)(uint8_t)(byte ^ mask) - 1;
    to[0] = (char)('0' + digit / 10);
    to[1] = (char)('0' + digit % 10);
    return to + 2;
}

static char *put_zeros(char *to, int pairs)
{
    if (pairs <= 0)
        return to;
    memset(to, '0', 2 * (size_t)pairs);
    return to + 2 * (size_t)pairs;
}

/* A decimal digit that has no other beside it in its pair. */
static inline uint8_t *take_digit(uint8_t *to, uint8_t byte, unsigned worth, unsigned *wrong)
{
    unsigned digit = byte ^ 0x30U;
    *wrong |= digit | (digit + 0x76);
    *to = (uint8_t)(digit * worth + 1);
    return to + 1;
}

/* Two, the tens in the lower byte. What is no digit is above 9 after the XOR, and then it, or with 0x76 more, has bit 7 of its
   byte; a byte that carries into the other has it already. */
static inline uint8_t *take_pair(uint8_t *to, const uint8_t *text, unsigned *wrong)
{
    unsigned digits = bl_load_le16(text) ^ 0x3030U;
    *wrong |= digits | (digits + 0x7676);
    *to = (uint8_t)(digits * 10 + (digits >> 8) + 1);
    return to + 1;
}

/* Puts the ends around base-100 digits (each plus 1), without the zeros at either side. */
static size_t finish_form(uint8_t *out, size_t digits, int exponent, bool negative)
{
    size_t zeros = 0;
    while (digits > 0 && out[digits] == 1)
        digits--;
    if (digits == 0) {
        out[0] = ZERO;
        out[1] = 0;
        return 2;
    }
    while (out[1 + zeros] == 1)
        zeros++;
    if (BL_UNLIKELY(zeros > 0)) {
        digits -= zeros;
        exponent -= (int)zeros;
        memmove(out + 1, out + 1 + zeros, digits);
    }
    out[0] = (uint8_t)(BIAS + exponent);
    out[digits + 1] = 0;
    if (negative) {
        for (size_t i = 0; i < digits + 2; i++)
            out[i] ^= 0xFF;
    }
    return digits + 2;
}
