/* Numbers from and to double, correctly rounded both ways and whatever the locale. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "value/number_private.h"

/* Digits of which every decimal survives a double, and with which every double survives a decimal. */
#define FIRST_DIGITS DBL_DIG
#define LAST_DIGITS  17

/* Powers of ten that are doubles exactly. */
#define EXACT_POWER 22

static bool few_digits(double magnitude, decimal *out);
static bool shortest_at(double magnitude, int figures, decimal *out);
static decimal nearest(double magnitude, int figures);
static double to_double(decimal value);
static bool to_double_exactly(bloop_number value, double *out);

static const double exact_powers[EXACT_POWER + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

bloop_status bloop_number_of_double(double value, bloop_number *out)
{
    if (!isfinite(value))
        return bl_error(BLOOP_INVALID_VALUE, "%s is no number of DynamoDB's", isnan(value) ? "NaN" : "an infinity");
    if (value == 0) {
        *out = (bloop_number){ 0 };
        return BLOOP_OK;
    }
    decimal found = { 0 };
    int figures = FIRST_DIGITS;
    bool done = few_digits(fabs(value), &found);
    for (; !done; figures++)
        done = shortest_at(fabs(value), figures, &found);
    found.negative = value < 0;
    bloop_status status = bl_decimal_check(found);
    if (status == BLOOP_OK)
        *out = bl_decimal_pack(found);
    return status;
}

double bloop_number_to_double(bloop_number number)
{
    double magnitude;
    if (!to_double_exactly(number, &magnitude))
        magnitude = to_double(bl_decimal_of(number));
    return number.negative && magnitude != 0 ? -magnitude : magnitude;
}

/* Most doubles stand for a decimal of at most 15 digits. No two such decimals are the same double, so the one that
   reads back is the shortest, however it was found: here by scaling, which may miss it but can't make a wrong one. */
static bool few_digits(double magnitude, decimal *out)
{
    int binary;
    frexp(magnitude, &binary);
    int scale = FIRST_DIGITS - 1 - (int)((binary * 1233) >> 12);
    if (scale < -EXACT_POWER || scale > EXACT_POWER)
        return false;
    double scaled = scale < 0 ? magnitude / exact_powers[-scale] : magnitude * exact_powers[scale];
    uint64_t coefficient = (uint64_t)(scaled + 0.5);
    double back;
    bloop_number candidate = { .low = coefficient, .exponent = (int16_t)-scale };
    if (coefficient >= bl_powers_64[FIRST_DIGITS] || !to_double_exactly(candidate, &back) || back != magnitude)
        return false;
    *out = bl_decimal_of(candidate);
    return true;
}

/* Whether a decimal of so many digits reads back as the double; always so with 17. The nearest one does if any does,
   but for powers of two: doubles are twice as dense below them, and the next decimal above may be the only one. */
static bool shortest_at(double magnitude, int figures, decimal *out)
{
    int exponent;
    decimal candidate = nearest(magnitude, figures);
    *out = bl_decimal_normalize(candidate);
    if (figures == LAST_DIGITS || to_double(candidate) == magnitude)
        return true;
    if (frexp(magnitude, &exponent) != 0.5)
        return false;
    candidate.coefficient++;
    *out = bl_decimal_normalize(candidate);
    return to_double(candidate) == magnitude;
}

/* printf rounds correctly; its decimal point, which is the locale's, is passed over. */
static decimal nearest(double magnitude, int figures)
{
    char text[48];
    decimal value = { 0 };
    snprintf(text, sizeof text, "%.*e", figures - 1, magnitude);
    const char *at = text;
    for (; *at != 'e'; at++) {
        if (*at >= '0' && *at <= '9')
            value.coefficient = value.coefficient * 10 + (uint128)(unsigned)(*at - '0');
    }
    value.exponent = (int)strtol(at + 1, NULL, 10) - (figures - 1);
    return value;
}

/* By way of text without a decimal point, which strtod rounds correctly in every locale. */
static double to_double(decimal value)
{
    char text[80];
    uint64_t unit = bl_powers_64[MAX_POWER_64];
    uint64_t high = (uint64_t)(value.coefficient / unit / unit), middle = (uint64_t)(value.coefficient / unit % unit);
    snprintf(text, sizeof text, "%llu%019llu%019llue%d", (unsigned long long)high, (unsigned long long)middle,
             (unsigned long long)(value.coefficient % unit), value.exponent);
    return strtod(text, NULL);
}

/* One multiplication or division of two exact doubles rounds once, which is correct rounding. */
static bool to_double_exactly(bloop_number value, double *out)
{
    if (FLT_EVAL_METHOD != 0 || value.high != 0 || value.low > UINT64_C(1) << DBL_MANT_DIG)
        return false;
    if (value.exponent < -EXACT_POWER || value.exponent > EXACT_POWER)
        return false;
    double coefficient = (double)value.low;
    *out =
        value.exponent < 0 ? coefficient / exact_powers[-value.exponent] : coefficient * exact_powers[value.exponent];
    return true;
}
