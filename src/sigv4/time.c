/* The times that signatures carry, and those that a server's answers do. */
#include "sigv4_private.h"

#include <time.h>

/* A form of time: its shape ('0' is any digit, '*' any character), and where its fields begin. */
typedef struct time_form {
    const char *shape;
    uint8_t year, month, day, hour, minute, second;
    bool month_is_name;
} time_form;

static bool has_shape(bl_sigv4_text text, const char *shape);
static int read_digits(const char *text, size_t count);
static int read_month(const char *name);

bloop_status bl_sigv4_format_time(int64_t seconds, char out[BL_SIGV4_TIME_SIZE])
{
    bloop_civil_time civil;
    bloop_datetime instant;
    if (__builtin_mul_overflow(seconds, INT64_C(1000000), &instant.microseconds))
        return bl_error(BLOOP_INVALID_VALUE, "a time outside the years 1 to 9999 can't be signed");
    instant.utc_offset = 0;
    bloop_status status = bloop_datetime_to_civil(instant, &civil);
    if (status != BLOOP_OK)
        return status;
    const struct {
        int32_t value;
        int digits;
        char after;
    } fields[] = { { civil.year, 4, 0 }, { civil.month, 2, 0 },  { civil.day, 2, 'T' },
                   { civil.hour, 2, 0 }, { civil.minute, 2, 0 }, { civil.second, 2, 'Z' } };
    char *at = out;
    for (size_t i = 0; i < BL_COUNT_OF(fields); i++) {
        int32_t value = fields[i].value;
        for (int digit = fields[i].digits - 1; digit >= 0; digit--, value /= 10)
            at[digit] = (char)('0' + value % 10);
        at += fields[i].digits;
        if (fields[i].after)
            *at++ = fields[i].after;
    }
    *at = '\0';
    return BLOOP_OK;
}

bool bl_sigv4_parse_time(bl_sigv4_text text, int64_t *out)
{
    static const time_form forms[] = { { "00000000T000000Z", 0, 4, 6, 9, 11, 13, false },
                                       { "***, 00 *** 0000 00:00:00 GMT", 12, 8, 5, 17, 20, 23, true } };
    const time_form *form = NULL;
    for (size_t i = 0; i < BL_COUNT_OF(forms) && !form; i++) {
        if (has_shape(text, forms[i].shape))
            form = &forms[i];
    }
    if (!form)
        return false;
    const char *at = text.data;
    struct tm fields = {
        .tm_year = read_digits(at + form->year, 4) - 1900,
        .tm_mon = (form->month_is_name ? read_month(at + form->month) : read_digits(at + form->month, 2)) - 1,
        .tm_mday = read_digits(at + form->day, 2),
        .tm_hour = read_digits(at + form->hour, 2),
        .tm_min = read_digits(at + form->minute, 2),
        .tm_sec = read_digits(at + form->second, 2)
    };
    const struct tm given = fields;
    int64_t seconds = timegm(&fields);
    /* A field out of its range, a 30th of February too, is carried over into another by timegm. */
    bool in_range = fields.tm_year == given.tm_year && fields.tm_mon == given.tm_mon &&
                    fields.tm_mday == given.tm_mday && fields.tm_hour == given.tm_hour &&
                    fields.tm_min == given.tm_min && fields.tm_sec == given.tm_sec;
    if (in_range)
        *out = seconds;
    return in_range;
}

static bool has_shape(bl_sigv4_text text, const char *shape)
{
    if (text.size != strlen(shape))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool fits = shape[i] == '*' || (shape[i] == '0' ? c >= '0' && c <= '9' : c == shape[i]);
        if (!fits)
            return false;
    }
    return true;
}

static int read_digits(const char *text, size_t count)
{
    int value = 0;
    for (size_t i = 0; i < count; i++)
        value = 10 * value + (text[i] - '0');
    return value;
}

/* 1 to 12; 0, which is out of range, for what is no month's name. */
static int read_month(const char *name)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int month = 0; month < 12; month++) {
        if (memcmp(name, names + (size_t)month * 3, 3) == 0)
            return month + 1;
    }
    return 0;
}
