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

static bool shortest_at(double magnitude, int figures, decimal *out);
static decimal nearest(double magnitude, int figures);
static double to_double(decimal value);
static bool to_double_exactly(decimal value, double *out);

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
    while (!shortest_at(fabs(value), figures, &found))
        figures++;
    found.negative = value < 0;
    bloop_status status = bl_decimal_check(found);
    if (status == BLOOP_OK)
        *out = bl_decimal_pack(found);
    return status;
}

double bloop_number_to_double(bloop_number number)
{
    double magnitude;
    decimal value = bl_decimal_of(number);
    if (!to_double_exactly(value, &magnitude))
        magnitude = to_double(value);
    return value.negative ? -magnitude : magnitude;
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
    value.exponent = atoi(at + 1) - (figures - 1);
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
static bool to_double_exactly(decimal value, double *out)
{
    static const double powers[EXACT_POWER + 1] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
    if (FLT_EVAL_METHOD != 0 || value.coefficient > UINT64_C(1) << DBL_MANT_DIG)
        return false;
    if (value.exponent < -EXACT_POWER || value.exponent > EXACT_POWER)
        return false;
    double coefficient = (double)(uint64_t)value.coefficient;
    *out = value.exponent < 0 ? coefficient / powers[-value.exponent] : coefficient * powers[value.exponent];
    return true;
}
