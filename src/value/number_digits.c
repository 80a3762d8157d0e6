/* The order-preserving form straight from decimal text: base-100 digits are pairs of decimal ones, counted from the point. */
#include "value/number_private.h"

#define BIAS           (0x80 + 64) /* first byte of a positive number with exponent 0 */
#define ZERO           0x80        /* first byte of 0 */
#define LONGEST_DIGITS MAX_DIGITS  /* what is not longer is in range, however the point lies */

static inline unsigned digit_at(const uint8_t *at);

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

/* Above 9 for what is none. */
static inline unsigned digit_at(const uint8_t *at)
{
    return (unsigned)*at - '0';
}
