/* The rule at the end of a zone file: POSIX's TZ text, with the wider range of hours that RFC 8536 adds. */
#include "base/base.h"
#include "base/calendar_private.h"
#include "base/zone_private.h"

enum { MOST_HOURS = 24, MOST_RULE_HOURS = 167 };

typedef struct reader {
    const char *at, *end;
} reader;

static bool read_name(reader *in);
static bool read_number(reader *in, int32_t least, int32_t most, int32_t *out);
static bool read_time(reader *in, int32_t most_hours, int32_t *seconds);
static bool read_change(reader *in, bl_zone_change *change);
static bool read_day(reader *in, bl_zone_change *change);
static bool take(reader *in, char c);
static int64_t second_of_change(const bl_zone_change *change, int32_t year);
static int32_t day_of_change(const bl_zone_change *change, int32_t year);

bool bl_zone_rule_parse(const char *text, size_t size, bl_zone_rule *out)
{
    reader in = { text, text + size };
    bl_zone_rule rule = { 0 };
    int32_t west = 0;
    if (!read_name(&in) || !read_time(&in, MOST_HOURS, &west))
        return false;
    rule.standard_offset = -west;
    rule.has_daylight = in.at < in.end;
    if (rule.has_daylight) {
        west -= 3600;
        if (!read_name(&in))
            return false;
        if (in.at < in.end && *in.at != ',' && !read_time(&in, MOST_HOURS, &west))
            return false;
        rule.daylight_offset = -west;
        if (!read_change(&in, &rule.start) || !read_change(&in, &rule.end) || in.at < in.end)
            return false;
    }
    *out = rule;
    return true;
}

int32_t bl_zone_rule_offset(const bl_zone_rule *rule, int64_t seconds, int64_t *until)
{
    *until = INT64_MAX;
    if (!rule->has_daylight)
        return rule->standard_offset;
    int32_t year, month, day;
    bl_date_of_days((int32_t)((seconds - BL_FIRST_SECOND) / BL_DAY_SECONDS + BL_FIRST_SECOND / BL_DAY_SECONDS), &year,
                    &month, &day);
    int64_t latest = INT64_MIN;
    bool is_daylight = false;
    /* A change may lie a week outside its year, and one of the year before may be the last there was. */
    for (int32_t y = year - 2; y <= year + 2; y++) {
        int64_t start = second_of_change(&rule->start, y) - rule->standard_offset;
        int64_t end = second_of_change(&rule->end, y) - rule->daylight_offset;
        if (end <= seconds && end > latest) {
            latest = end;
            is_daylight = false;
        }
        /* A start at the very end of the last daylight saving time means that it goes on. */
        if (start <= seconds && start >= latest) {
            latest = start;
            is_daylight = true;
        }
        if (start > seconds && start < *until)
            *until = start;
        if (end > seconds && end < *until)
            *until = end;
    }
    return is_daylight ? rule->daylight_offset : rule->standard_offset;
}

/* Three letters or more; or letters, digits and signs between < and >. */
static bool read_name(reader *in)
{
    bool quoted = take(in, '<');
    const char *start = in->at;
    for (; in->at < in->end; in->at++) {
        char c = *in->at, lower = (char)(c | 0x20);
        bool letter = lower >= 'a' && lower <= 'z';
        bool other = (c >= '0' && c <= '9') || c == '+' || c == '-';
        if (!letter && !(quoted && other))
            break;
    }
    return in->at - start >= 3 && (!quoted || take(in, '>'));
}

static bool read_number(reader *in, int32_t least, int32_t most, int32_t *out)
{
    const char *start = in->at;
    int32_t value = 0;
    for (; in->at < in->end && in->at - start < 3 && (unsigned)(*in->at - '0') <= 9; in->at++)
        value = value * 10 + (*in->at - '0');
    *out = value;
    return in->at > start && value >= least && value <= most;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(reader *in, int32_t most_hours, int32_t *seconds)
{
    bool negative = take(in, '-');
    if (!negative)
        take(in, '+');
    int32_t hours = 0, minutes = 0, rest = 0;
    if (!read_number(in, 0, most_hours, &hours))
        return false;
    if (take(in, ':')) {
        if (!read_number(in, 0, 59, &minutes))
            return false;
        if (take(in, ':') && !read_number(in, 0, 59, &rest))
            return false;
    }
    int32_t size = hours * 3600 + minutes * 60 + rest;
    *seconds = negative ? -size : size;
    return true;
}

/* ,day[/time]; two in the morning when there is no time. */
static bool read_change(reader *in, bl_zone_change *change)
{
    if (!take(in, ',') || !read_day(in, change))
        return false;
    change->seconds = 2 * 3600;
    return !take(in, '/') || read_time(in, MOST_RULE_HOURS, &change->seconds);
}

static bool read_day(reader *in, bl_zone_change *change)
{
    if (take(in, 'J')) {
        change->kind = BL_ZONE_DAY_WITHOUT_LEAP;
        return read_number(in, 1, 365, &change->day);
    }
    if (take(in, 'M')) {
        change->kind = BL_ZONE_MONTH_WEEK_DAY;
        return read_number(in, 1, 12, &change->month) && take(in, '.') && read_number(in, 1, 5, &change->week) &&
               take(in, '.') && read_number(in, 0, 6, &change->day);
    }
    change->kind = BL_ZONE_DAY_FROM_ZERO;
    return read_number(in, 0, 365, &change->day);
}

static bool take(reader *in, char c)
{
    if (in->at == in->end || *in->at != c)
        return false;
    in->at++;
    return true;
}

/* In seconds since 1970 of the local clock. */
static int64_t second_of_change(const bl_zone_change *change, int32_t year)
{
    return (int64_t)day_of_change(change, year) * BL_DAY_SECONDS + change->seconds;
}

static int32_t day_of_change(const bl_zone_change *change, int32_t year)
{
    int32_t new_year = bl_days_of_date(year, 1, 1);
    if (change->kind == BL_ZONE_DAY_FROM_ZERO)
        return new_year + change->day;
    if (change->kind == BL_ZONE_DAY_WITHOUT_LEAP)
        return new_year + change->day - 1 + (change->day >= 60 && bl_is_leap_year(year));
    int32_t first = bl_days_of_date(year, change->month, 1);
    int32_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday, number 4 */
    int32_t day = (change->day - weekday + 7) % 7 + 7 * (change->week - 1);
    /* Week 5 is the last one, whether the month has five of that weekday or four. */
    return first + (day < bl_days_of_month(year, change->month) ? day : day - 7);
}
