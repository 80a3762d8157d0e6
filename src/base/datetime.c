/* Instants and calendar dates: the one from the other. */
#include <bloop/datetime.h>

#include "base/base.h"
#include "base/calendar_private.h"

bloop_datetime bloop_datetime_now(void)
{
    return (bloop_datetime){ .microseconds = bl_now_microseconds() };
}

bloop_datetime bloop_datetime_of_unix(int64_t seconds)
{
    if (seconds < BL_FIRST_SECOND)
        return (bloop_datetime){ .microseconds = BL_FIRST_INSTANT };
    if (seconds > BL_LAST_SECOND)
        return (bloop_datetime){ .microseconds = BL_LAST_INSTANT };
    return (bloop_datetime){ .microseconds = seconds * BL_MICROSECONDS };
}

bloop_status bloop_datetime_of_civil(const bloop_civil_time *civil, bloop_datetime *out)
{
    if (!civil || !out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_datetime_of_civil: NULL");
    int64_t microseconds = 0;
    const char *rule = bl_instant_of_civil(civil, &microseconds);
    if (rule)
        return bl_error(BLOOP_INVALID_VALUE, "not a date and time: %s", rule);
    *out = (bloop_datetime){ .microseconds = microseconds, .utc_offset = civil->utc_offset };
    return BLOOP_OK;
}

bloop_status bloop_datetime_to_civil(bloop_datetime value, bloop_civil_time *out)
{
    if (!out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_datetime_to_civil: NULL");
    if (value.utc_offset <= -BL_DAY_SECONDS || value.utc_offset >= BL_DAY_SECONDS)
        return bl_error(BLOOP_INVALID_VALUE, "an offset from UTC of %d seconds is not less than a day",
                        (int)value.utc_offset);
    int64_t local = value.microseconds;
    if (local >= BL_FIRST_INSTANT && local <= BL_LAST_INSTANT)
        local += value.utc_offset * BL_MICROSECONDS;
    if (local < BL_FIRST_INSTANT || local > BL_LAST_INSTANT)
        return bl_error(BLOOP_INVALID_VALUE, "an instant outside the years 1 to 9999");
    uint64_t since_first = (uint64_t)(local - BL_FIRST_INSTANT);
    uint32_t microsecond = (uint32_t)(since_first % BL_MICROSECONDS);
    uint64_t seconds = since_first / BL_MICROSECONDS;
    int32_t days = (int32_t)(seconds / BL_DAY_SECONDS) + (int32_t)(BL_FIRST_SECOND / BL_DAY_SECONDS);
    int32_t of_day = (int32_t)(seconds % BL_DAY_SECONDS);
    bl_date_of_days(days, &out->year, &out->month, &out->day);
    out->hour = of_day / 3600;
    out->minute = of_day / 60 % 60;
    out->second = of_day % 60;
    out->microsecond = (int32_t)microsecond;
    out->utc_offset = value.utc_offset;
    return BLOOP_OK;
}

const char *bl_instant_of_civil(const bloop_civil_time *civil, int64_t *out)
{
    if (civil->year < 1 || civil->year > 9999)
        return "the year is not 1 to 9999";
    if (civil->month < 1 || civil->month > 12)
        return "the month is not 1 to 12";
    if (civil->day < 1 || civil->day > bl_days_of_month(civil->year, civil->month))
        return "the month does not have this day";
    if (civil->hour < 0 || civil->hour > 23)
        return "the hour is not 0 to 23";
    if (civil->minute < 0 || civil->minute > 59)
        return "the minute is not 0 to 59";
    if (civil->second < 0 || civil->second > 59)
        return "the second is not 0 to 59";
    if (civil->microsecond < 0 || civil->microsecond > 999999)
        return "the microsecond is not 0 to 999999";
    if (civil->utc_offset <= -BL_DAY_SECONDS || civil->utc_offset >= BL_DAY_SECONDS)
        return "the offset from UTC is not less than a day";
    int64_t seconds = (int64_t)bl_days_of_date(civil->year, civil->month, civil->day) * BL_DAY_SECONDS +
                      civil->hour * 3600 + civil->minute * 60 + civil->second - civil->utc_offset;
    if (seconds < BL_FIRST_SECOND || seconds > BL_LAST_SECOND)
        return "in UTC, it is outside the years 1 to 9999";
    *out = seconds * BL_MICROSECONDS + civil->microsecond;
    return NULL;
}
