/* What all number arithmetic stands on: digits, normal form, range. */
#include "value/number_private.h"

#define E19              UINT64_C(10000000000000000000)
#define BEYOND_19(power) ((uint128)E19 * UINT64_C(power))

static uint64_t drop_zeros_64(uint64_t coefficient, int *exponent);

const uint64_t bl_powers_64[MAX_POWER_64 + 1] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    E19,
};

const uint128 bl_powers_128[MAX_POWER_128 + 1] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
    E19,
    BEYOND_19(10),
    BEYOND_19(100),
    BEYOND_19(1000),
    BEYOND_19(10000),
    BEYOND_19(100000),
    BEYOND_19(1000000),
    BEYOND_19(10000000),
    BEYOND_19(100000000),
    BEYOND_19(1000000000),
    BEYOND_19(10000000000),
    BEYOND_19(100000000000),
    BEYOND_19(1000000000000),
    BEYOND_19(10000000000000),
    BEYOND_19(100000000000000),
    BEYOND_19(1000000000000000),
    BEYOND_19(10000000000000000),
    BEYOND_19(100000000000000000),
    BEYOND_19(1000000000000000000),
    BEYOND_19(10000000000000000000),
};

int bl_count_digits_64(uint64_t value)
{
    if (value == 0)
        return 0;
    /* 1233 / 4096 is a little less than log10(2): one comparison decides between the two candidates. */
    int guess = ((64 - __builtin_clzll(value)) * 1233) >> 12;
    return guess + (value >= bl_powers_64[guess]);
}

int bl_count_digits(uint128 value)
{
    uint64_t high = (uint64_t)(value >> 64);
    if (high == 0)
        return bl_count_digits_64((uint64_t)value);
    int guess = ((128 - __builtin_clzll(high)) * 1233) >> 12;
    return guess + (value >= bl_powers_128[guess]);
}

decimal bl_decimal_of(bloop_number number)
{
    decimal value = { (uint128)number.high << 64 | number.low, number.exponent, number.negative };
    return bl_decimal_normalize(value);
}

bloop_number bl_decimal_pack(decimal value)
{
    return (bloop_number){
        .high = (uint64_t)(value.coefficient >> 64),
        .low = (uint64_t)value.coefficient,
        .exponent = (int16_t)value.exponent,
        .negative = value.negative,
    };
}

decimal bl_decimal_normalize(decimal value)
{
    if (value.coefficient == 0)
        return (decimal){ 0 };
    while (value.coefficient >> 64 != 0) {
        if (value.coefficient % 10 != 0)
            return value;
        value.coefficient /= 10;
        value.exponent++;
    }
    value.coefficient = drop_zeros_64((uint64_t)value.coefficient, &value.exponent);
    return value;
}

bloop_status bl_decimal_check(decimal value)
{
    if (value.coefficient == 0)
        return BLOOP_OK;
    int magnitude = bl_decimal_magnitude(value);
    if (magnitude > MAX_MAGNITUDE || magnitude < MIN_MAGNITUDE)
        return bl_number_magnitude_error(magnitude);
    if (value.coefficient >= bl_powers_128[MAX_DIGITS])
        return bl_number_digits_error();
    return BLOOP_OK;
}

/* The words are the service's, as recorded in dynalite's tests, which ran against it. */
bloop_status bl_number_magnitude_error(int magnitude)
{
    const char *message = "Number underflow. Attempting to store a number with magnitude smaller than supported range";
    if (magnitude > 0)
        message = "Number overflow. Attempting to store a number with magnitude larger than supported range";
    return bl_error(BLOOP_INVALID_VALUE, "%s", message);
}

bloop_status bl_number_digits_error(void)
{
    return bl_error(BLOOP_INVALID_VALUE, "Attempting to store more than 38 significant digits in a Number");
}

static uint64_t drop_zeros_64(uint64_t coefficient, int *exponent)
{
    while (coefficient % 10 == 0) {
        coefficient /= 10;
        ++*exponent;
    }
    return coefficient;
}
