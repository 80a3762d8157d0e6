/* Decimals as number arithmetic uses them: one 128-bit coefficient and a wide exponent. */
#ifndef BL_NUMBER_PRIVATE_H
#define BL_NUMBER_PRIVATE_H

#include "value/value.h"

__extension__ typedef unsigned __int128 uint128;

/* Significant digits, and the powers of ten of the first of them: developer guide, "Data types: Number". */
#define MAX_DIGITS    38
#define MAX_MAGNITUDE 125
#define MIN_MAGNITUDE (-130)

/* Largest power of ten in a uint64_t, and in a uint128. */
#define MAX_POWER_64  19
#define MAX_POWER_128 38

/* (negative ? -1 : 1) x coefficient x 10^exponent; normalized: zero, or a coefficient that 10 does not divide. */
typedef struct decimal {
    uint128 coefficient;
    int exponent;
    bool negative;
} decimal;

extern const uint64_t bl_powers_64[MAX_POWER_64 + 1];
extern const uint128 bl_powers_128[MAX_POWER_128 + 1];

/* Decimal digits of a coefficient; 0 of 0. */
int bl_count_digits_64(uint64_t value);
int bl_count_digits(uint128 value);

/* A public number, in any form, as a normalized decimal; and one that is in range back. */
decimal bl_decimal_of(bloop_number number);
bloop_number bl_decimal_pack(decimal value);
decimal bl_decimal_normalize(decimal value);

/* The power of ten of the first digit; of a value that is not 0. */
static inline int bl_decimal_magnitude(decimal value)
{
    return bl_count_digits(value.coefficient) - 1 + value.exponent;
}

/* Whether a number needs neither 128 bits nor a check of its range, as nearly none does: 18 digits, near the point. */
static inline bool bl_number_is_small(bloop_number number)
{
    return number.high == 0 && number.low < UINT64_C(1000000000000000000) && number.exponent >= -MAX_MAGNITUDE &&
           number.exponent <= MAX_MAGNITUDE - 18;
}

/* The errors of numbers beyond DynamoDB's, in its words. */
bloop_status bl_decimal_check(decimal value);
bloop_status bl_number_magnitude_error(int magnitude); /* which is out of range */
bloop_status bl_number_digits_error(void);

#endif
