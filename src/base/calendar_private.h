/* The proleptic Gregorian calendar, as dates, zones and their text need it. */
#ifndef BL_CALENDAR_PRIVATE_H
#define BL_CALENDAR_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#include <bloop/datetime.h>

#define BL_MICROSECONDS  INT64_C(1000000) /* in a second */
#define BL_DAY_SECONDS   86400
#define BL_FIRST_SECOND  INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define BL_LAST_SECOND   INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
#define BL_FIRST_INSTANT (BL_FIRST_SECOND * BL_MICROSECONDS)
#define BL_LAST_INSTANT  (BL_LAST_SECOND * BL_MICROSECONDS + BL_MICROSECONDS - 1)

/* Days from 1 March of the year -400 to 1970-01-01. Counting from a March puts the leap day at the end of a year, and
   from -400 leaves nothing negative. */
#define BL_DAYS_TO_1970 865565

static inline bool bl_is_leap_year(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static inline int32_t bl_days_of_month(int32_t year, int32_t month)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return days[month - 1] + (month == 2 && bl_is_leap_year(year));
}

/* Days from 1970-01-01 to a date, for years from -399. The day may lie outside its month. */
static inline int32_t bl_days_of_date(int32_t year, int32_t month, int32_t day)
{
    int32_t from_march = month > 2 ? month - 3 : month + 9;
    int32_t years = year + 400 - (month <= 2);
    int32_t before_year = 365 * years + years / 4 - years / 100 + years / 400;
    int32_t before_month = (153 * from_march + 2) / 5; /* months of 31, 30, 31, 30, 31 days, and again */
    return before_year + before_month + day - 1 - BL_DAYS_TO_1970;
}

/* The reverse: the date of a day in the years from -399. */
static inline void bl_date_of_days(int32_t days, int32_t *year, int32_t *month, int32_t *day)
{
    uint32_t all = (uint32_t)(days + BL_DAYS_TO_1970);
    uint32_t cycle = all / 146097, of_cycle = all % 146097; /* 400 years */
    uint32_t leap_days = of_cycle / 1460 - of_cycle / 36524 + of_cycle / 146096;
    uint32_t years = (of_cycle - leap_days) / 365;
    uint32_t of_year = of_cycle - (365 * years + years / 4 - years / 100);
    uint32_t from_march = (5 * of_year + 2) / 153;
    *day = (int32_t)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int32_t)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int32_t)(cycle * 400 + years) - 400 + (*month <= 2);
}

/* The microseconds since 1970 of a date and time; or, when a field is out of range, the rule that is broken (else NULL)
   and nothing in *out. */
const char *bl_instant_of_civil(const bloop_civil_time *civil, int64_t *out);

#endif
