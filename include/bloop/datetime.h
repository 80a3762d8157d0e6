/* Instants with microseconds, their text, and time zones. */
#ifndef BLOOP_DATETIME_H
#define BLOOP_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>

BLOOP_BEGIN_C_

/* An instant. Two values with the same microseconds are the same instant, whatever their offset says. Years 1 to 9999,
   as in the reference (Python's datetime). */
typedef struct bloop_datetime {
    int64_t microseconds; /* since 1970-01-01T00:00:00Z; negative before it */
    int32_t utc_offset;   /* seconds east of UTC at which local values are shown; not part of the instant */
} bloop_datetime;

/* A calendar date and time of day at some offset from UTC. */
typedef struct bloop_civil_time {
    int32_t year;        /* 1 to 9999 */
    int32_t month;       /* 1 to 12 */
    int32_t day;         /* 1 to 31 */
    int32_t hour;        /* 0 to 23 */
    int32_t minute;      /* 0 to 59 */
    int32_t second;      /* 0 to 59 */
    int32_t microsecond; /* 0 to 999999 */
    int32_t utc_offset;  /* seconds east of UTC, within a day */
} bloop_civil_time;

/* The longest text that bloop_datetime_format writes, its zero byte included. */
#define BLOOP_DATETIME_TEXT_SIZE 40

/* The present, in UTC. */
BLOOP_API bloop_datetime bloop_datetime_now(void);

/* An instant from seconds since 1970, in UTC. Saturates at the years 1 and 9999. */
BLOOP_API bloop_datetime bloop_datetime_of_unix(int64_t seconds);

/* The instant of a date and time. BLOOP_INVALID_VALUE when a field is out of range (a 30th of February too). */
BLOOP_API bloop_status bloop_datetime_of_civil(const bloop_civil_time *civil, bloop_datetime *out);

/* The date and time of day of an instant at its own utc_offset. BLOOP_INVALID_VALUE outside the years 1 to 9999. */
BLOOP_API bloop_status bloop_datetime_to_civil(bloop_datetime value, bloop_civil_time *out);

/* Reads ISO 8601: "2016-08-09T01:16:25.322849+00:00". 'T' or a space between date and time; 0 to 9 digits of fraction
   (those past the sixth must be zeros: nothing is rounded); 'Z', +HH:MM, +HHMM, +HH or +HH:MM:SS, which must be given.
   `size` bytes. BLOOP_INVALID_VALUE, with the rule that was broken, otherwise. */
BLOOP_API bloop_status bloop_datetime_parse(const char *text, size_t size, bloop_datetime *out);

/* Writes an instant in UTC with six digits, "2016-08-09T01:16:25.322849+00:00", so that text order is time order (the
   reference's stored form). `text` has room for BLOOP_DATETIME_TEXT_SIZE bytes. */
BLOOP_API bloop_status bloop_datetime_format_utc(bloop_datetime value, char *text);

/* The same at the value's own utc_offset, written +HH:MM, or +HH:MM:SS when it has seconds. BLOOP_INVALID_VALUE when the
   date and time there is outside the years 1 to 9999. */
BLOOP_API bloop_status bloop_datetime_format(bloop_datetime value, char *text);

/* The same instant, shown in a time zone: sets utc_offset to what the IANA zone ("Europe/Berlin", "UTC") has at that
   moment, as the system's zone files say (TZDIR or /usr/share/zoneinfo), each of which is read once; "UTC" needs none.
   BLOOP_INVALID_VALUE for a zone that is not there, whose name leads out of that folder, or whose file is not usable;
   BLOOP_IO or BLOOP_PERMISSION when it can't be read. */
BLOOP_API bloop_status bloop_datetime_in_zone(bloop_datetime value, const char *zone, bloop_datetime *out);

/* The instant of a local date and time in a zone (utc_offset of `civil` is ignored). A time that occurs twice is the
   first of the two; one that does not occur (a clock put forward) is BLOOP_INVALID_VALUE. Errors otherwise as above. */
BLOOP_API bloop_status bloop_datetime_of_local(const bloop_civil_time *civil, const char *zone, bloop_datetime *out);

BLOOP_END_C_

#endif
