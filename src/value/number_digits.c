/* The order-preserving form straight from decimal text, and back: base-100 digits are pairs of decimal ones, counted from the
   point. */
#include "value/number_private.h"

#define BIAS           (0x80 + 64) /* first byte of a positive number with exponent 0 */
#define ZERO           0x80        /* first byte of 0 */
#define LONGEST_DIGITS MAX_DIGITS  /* what is not longer is in range, however the point lies */

static inline unsigned digit_at(const uint8_t *at);
static inline char *put_pair(char *to, uint8_t byte, uint8_t mask);
static char *put_zeros(char *to, int pairs);

size_t bl_number_form_of_digits(const uint8_t *text, size_t size, uint8_t out[BL_NUMBER_SIZE])
{
    const uint8_t *at = text, *end = text + size;
    uint8_t mask = size > 0 && *at == '-' ? 0xFF : 0;
    at += mask & 1;
    if (end - at > LONGEST_DIGITS || at == end)
        return 0;
    const uint8_t *point = memchr(at, '.', (size_t)(end - at));
    const uint8_t *whole = point ? point : end;
    if (at == whole || point == end - 1)
        return 0;
    int exponent = (int)(whole - at + 1) / 2;
    size_t digits = 0, used = 0; /* written; up to the last that is not 0 */
    unsigned wrong = 0;
    bool single = (whole - at) & 1; /* the first pair lacks its tens */
    while (at < end) {
        unsigned tens = single ? 0 : digit_at(at++);
        unsigned ones = at < end ? digit_at(at++) : 0;
        wrong |= (tens > 9) | (ones > 9);
        single = false;
        if (at == point)
            at++;
        unsigned pair = tens * 10 + ones;
        if (digits == 0 && pair == 0) {
            exponent--;
            continue;
        }
        out[++digits] = (uint8_t)(pair + 1) ^ mask;
        used = pair ? digits : used;
    }
    if (wrong)
        return 0;
    out[0] = used ? (uint8_t)(BIAS + exponent) ^ mask : ZERO;
    out[used + 1] = used ? mask : 0;
    return used + 2;
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

/* Above 9 for what is none. */
static inline unsigned digit_at(const uint8_t *at)
{
    return (unsigned)*at - '0';
}
