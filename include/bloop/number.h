/* Numbers as DynamoDB has them: decimals of up to 38 significant digits, exact.

   Range, by the developer guide ("Data types: Number"): zero, and magnitudes from 1E-130 to
   9.9999999999999999999999999999999999999E+125. Nothing is ever rounded unless a function says so. */
#ifndef BLOOP_NUMBER_H
#define BLOOP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>

BLOOP_BEGIN_C_

/* (negative ? -1 : 1) x (high x 2^64 + low) x 10^exponent. The library's own results are normalized: no trailing zero
   in the coefficient, zero is all zero bits (so a zeroed struct is the number 0). Functions take any form. */
typedef struct bloop_number {
    uint64_t high, low;
    int16_t exponent;
    bool negative;
} bloop_number;

/* The longest text of a number, its zero byte included ("-0." and 129 zeros and 38 digits). */
#define BLOOP_NUMBER_TEXT_SIZE 176

/* From text: an optional sign, digits with an optional point, an optional exponent ("-12.50e+3"). Zeros on either side
   do not count as digits. BLOOP_INVALID_VALUE when it is no number, has more than 38 significant digits or is out of
   range; the message is DynamoDB's own for it. */
BLOOP_API bloop_status bloop_number_parse(const char *text, size_t size, bloop_number *out);

/* To the text that DynamoDB returns: plain decimal without exponent or needless zeros ("-12500", "0.001"). A number out
   of DynamoDB's range, which no function here makes, is written with an exponent ("-1E+200").
   Returns the length without the zero byte; `text` has room for BLOOP_NUMBER_TEXT_SIZE bytes. */
BLOOP_API size_t bloop_number_format(bloop_number value, char *text);

BLOOP_API bloop_number bloop_number_of_int64(int64_t value);
BLOOP_API bloop_number bloop_number_of_uint64(uint64_t value);

/* The shortest decimal that reads back as the same double. BLOOP_INVALID_VALUE for infinities, NaN and magnitudes out
   of range. -0.0 becomes 0. */
BLOOP_API bloop_status bloop_number_of_double(double value, bloop_number *out);

/* The exact value. BLOOP_INVALID_VALUE when it has a fraction or does not fit. */
BLOOP_API bloop_status bloop_number_to_int64(bloop_number value, int64_t *out);

/* The value without its fraction (towards zero). BLOOP_INVALID_VALUE when that does not fit. */
BLOOP_API bloop_status bloop_number_truncate_to_int64(bloop_number value, int64_t *out);

/* The nearest double (ties to even). Never fails: the whole range fits. */
BLOOP_API double bloop_number_to_double(bloop_number value);

/* Exact sum and difference. BLOOP_INVALID_VALUE when the exact result has more than 38 significant digits or is out of
   range. */
BLOOP_API bloop_status bloop_number_add(bloop_number a, bloop_number b, bloop_number *out);
BLOOP_API bloop_status bloop_number_subtract(bloop_number a, bloop_number b, bloop_number *out);

/* Numerical order: negative, zero or positive as a < b, a == b, a > b. 1 and 1.0 are equal. */
BLOOP_API int bloop_number_compare(bloop_number a, bloop_number b);

/* Rounds half to even to `digits` significant digits (1 to 38): the reference's context, for those who ask for it. */
BLOOP_API bloop_status bloop_number_round(bloop_number value, int digits, bloop_number *out);

BLOOP_END_C_

#endif
