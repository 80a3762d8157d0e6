/* Instants as text, ISO 8601. Every load and save of a DateTime column passes here: digits are read and written by hand. */
#include <bloop/datetime.h>

#include "base/base.h"
#include "base/calendar_private.h"

enum { DATE_TIME_SIZE = 19 /* 2016-08-09T01:16:25 */, MOST_DIGITS = 9 };

static bloop_status fail_parse(const char *text, size_t size, const char *rule) BL_COLD;
static bool parse_stored(const char *text, size_t size, bloop_civil_time *civil);
static const char *parse(const char *text, size_t size, bloop_civil_time *civil);
static const char *parse_fraction(const char *text, size_t size, size_t *at, int32_t *microsecond);
static const char *parse_offset(const char *text, size_t size, int32_t *offset);
static int32_t two_digits(const char *text);
static char *write_two(char *at, int32_t value);
static char *write_offset(char *at, int32_t offset);

bloop_status bloop_datetime_parse(const char *text, size_t size, bloop_datetime *out)
{
    if (!text || !out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_datetime_parse: NULL");
    bloop_civil_time civil;
    int64_t microseconds = 0;
    const char *rule = parse_stored(text, size, &civil) ? NULL : parse(text, size, &civil);
    if (!rule)
        rule = bl_instant_of_civil(&civil, &microseconds);
    if (BL_UNLIKELY(rule != NULL))
        return fail_parse(text, size, rule);
    *out = (bloop_datetime){ .microseconds = microseconds, .utc_offset = civil.utc_offset };
    return BLOOP_OK;
}

bloop_status bloop_datetime_format_utc(bloop_datetime value, char *text)
{
    value.utc_offset = 0;
    return bloop_datetime_format(value, text);
}

bloop_status bloop_datetime_format(bloop_datetime value, char *text)
{
    if (!text)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_datetime_format: NULL");
    bloop_civil_time civil;
    bloop_status status = bloop_datetime_to_civil(value, &civil);
    if (status != BLOOP_OK)
        return status;
    char *at = write_two(text, civil.year / 100);
    at = write_two(at, civil.year % 100);
    *at++ = '-';
    at = write_two(at, civil.month);
    *at++ = '-';
    at = write_two(at, civil.day);
    *at++ = 'T';
    at = write_two(at, civil.hour);
    *at++ = ':';
    at = write_two(at, civil.minute);
    *at++ = ':';
    at = write_two(at, civil.second);
    *at++ = '.';
    at = write_two(at, civil.microsecond / 10000);
    at = write_two(at, civil.microsecond / 100 % 100);
    at = write_two(at, civil.microsecond % 100);
    *write_offset(at, civil.utc_offset) = '\0';
    return BLOOP_OK;
}

static bloop_status fail_parse(const char *text, size_t size, const char *rule)
{
    char quoted[BL_QUOTE_SIZE];
    return bl_error(BLOOP_INVALID_VALUE, "%s is not a date and time: %s", bl_quote(quoted, text, size), rule);
}

/* The form in which instants are stored, and no other; all 32 bytes are checked in four steps. Bytes XORed with the form
   are 0 to 9 where it has a digit and 0 elsewhere; what is added takes exactly the others to 0x80 and beyond. */
static bool parse_stored(const char *text, size_t size, bloop_civil_time *civil)
{
    static const char form[] = "0000-00-00T00:00:00.000000+00:00";
    static const char limit[] = "vvvv\x7Fvv\x7Fvv\x7Fvv\x7Fvv\x7Fvv\x7Fvvvvvv\x7F\x7F\x7F\x7F\x7F\x7F";
    if (size != sizeof form - 1)
        return false;
    uint8_t d[sizeof form - 1];
    uint64_t wrong = 0;
    for (size_t i = 0; i < sizeof d; i += 8) {
        uint64_t bytes, expected, added;
        memcpy(&bytes, text + i, 8);
        memcpy(&expected, form + i, 8);
        memcpy(&added, limit + i, 8);
        bytes ^= expected;
        wrong |= bytes | ((bytes & UINT64_C(0x7F7F7F7F7F7F7F7F)) + added);
        memcpy(d + i, &bytes, 8);
    }
    if (wrong & UINT64_C(0x8080808080808080))
        return false;
    civil->year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3];
    civil->month = d[5] * 10 + d[6];
    civil->day = d[8] * 10 + d[9];
    civil->hour = d[11] * 10 + d[12];
    civil->minute = d[14] * 10 + d[15];
    civil->second = d[17] * 10 + d[18];
    civil->microsecond = d[20] * 100000 + d[21] * 10000 + d[22] * 1000 + d[23] * 100 + d[24] * 10 + d[25];
    civil->utc_offset = 0;
    return true;
}

/* Reads the fields; NULL, or the rule that is broken. What fields may be is bl_instant_of_civil's to say. */
static const char *parse(const char *text, size_t size, bloop_civil_time *civil)
{
    static const char form[] = "it has not the form YYYY-MM-DDTHH:MM:SS[.ffffff]+HH:MM";
    if (size < DATE_TIME_SIZE)
        return form;
    bool separated =
        text[4] == '-' && text[7] == '-' && (text[10] == 'T' || text[10] == ' ') && text[13] == ':' && text[16] == ':';
    int32_t century = two_digits(text), of_century = two_digits(text + 2);
    civil->month = two_digits(text + 5);
    civil->day = two_digits(text + 8);
    civil->hour = two_digits(text + 11);
    civil->minute = two_digits(text + 14);
    civil->second = two_digits(text + 17);
    int32_t all = century | of_century | civil->month | civil->day | civil->hour | civil->minute | civil->second;
    if (!separated || all < 0)
        return form;
    civil->year = century * 100 + of_century;
    size_t at = DATE_TIME_SIZE;
    const char *rule = parse_fraction(text, size, &at, &civil->microsecond);
    return rule ? rule : parse_offset(text + at, size - at, &civil->utc_offset);
}

static const char *parse_fraction(const char *text, size_t size, size_t *at, int32_t *microsecond)
{
    *microsecond = 0;
    if (*at == size || text[*at] != '.')
        return NULL;
    const char *digits = text + *at + 1;
    size_t left = size - *at - 1, count = 0;
    int32_t value = 0;
    for (; count < left && (unsigned)(digits[count] - '0') <= 9; count++) {
        if (count < 6)
            value = value * 10 + (digits[count] - '0');
        else if (count >= MOST_DIGITS || digits[count] != '0')
            return "its fraction of a second is finer than microseconds";
    }
    if (count == 0)
        return "its fraction of a second has no digits";
    for (size_t i = count; i < 6; i++)
        value *= 10;
    *microsecond = value;
    *at += 1 + count;
    return NULL;
}

/* Z, +HH:MM, +HHMM, +HH, and +HH:MM:SS, which old local times need. */
static const char *parse_offset(const char *text, size_t size, int32_t *offset)
{
    static const char form[] = "its offset from UTC is none of Z, +HH:MM, +HHMM, +HH";
    if (size == 0)
        return "its offset from UTC is missing";
    if (size == 1 && text[0] == 'Z') {
        *offset = 0;
        return NULL;
    }
    bool colon = size > 3 && text[3] == ':';
    if ((text[0] != '+' && text[0] != '-') || (size != 3 && size != (colon ? 6 : 5) && size != 9))
        return form;
    int32_t hours = two_digits(text + 1);
    int32_t minutes = size > 3 ? two_digits(text + (colon ? 4 : 3)) : 0;
    int32_t seconds = size == 9 ? two_digits(text + 7) : 0;
    if ((hours | minutes | seconds) < 0 || (size == 9 && (!colon || text[6] != ':')))
        return form;
    if (hours > 23 || minutes > 59 || seconds > 59)
        return "its offset from UTC is not less than a day";
    int32_t east = hours * 3600 + minutes * 60 + seconds;
    *offset = text[0] == '-' ? -east : east;
    return NULL;
}

/* Negative unless both are digits. */
static int32_t two_digits(const char *text)
{
    unsigned tens = (unsigned)(text[0] - '0'), ones = (unsigned)(text[1] - '0');
    return (int32_t)(tens * 10 + ones) | -(int32_t)((tens > 9) | (ones > 9));
}

static char *write_two(char *at, int32_t value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
                                "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    memcpy(at, pairs + 2 * value, 2);
    return at + 2;
}

static char *write_offset(char *at, int32_t offset)
{
    int32_t size = offset < 0 ? -offset : offset;
    *at++ = offset < 0 ? '-' : '+';
    at = write_two(at, size / 3600);
    *at++ = ':';
    at = write_two(at, size / 60 % 60);
    if (size % 60 == 0)
        return at;
    *at++ = ':';
    return write_two(at, size % 60);
}
