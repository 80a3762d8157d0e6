/* Time zones, within the area: a zone's table of changes and the rule for what comes after. */
#ifndef BL_ZONE_PRIVATE_H
#define BL_ZONE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>

/* A change of a rule: a day of each year, and a time of it. */
typedef struct bl_zone_change {
    enum { BL_ZONE_MONTH_WEEK_DAY, BL_ZONE_DAY_WITHOUT_LEAP, BL_ZONE_DAY_FROM_ZERO } kind;
    int32_t month, week; /* of the first kind */
    int32_t day;         /* 0 to 6 from Sunday, 1 to 365 (never 29 February), or 0 to 365 */
    int32_t seconds;     /* after midnight, and maybe before it or beyond the day */
} bl_zone_change;

/* The text of TZ in POSIX, such as CET-1CEST,M3.5.0,M10.5.0/3. Offsets are in seconds east of UTC. */
typedef struct bl_zone_rule {
    int32_t standard_offset;
    int32_t daylight_offset;
    bool has_daylight;
    bl_zone_change start, end; /* of daylight saving time */
} bl_zone_rule;

typedef struct bl_zone {
    struct bl_zone *next;
    const char *name;
    int32_t first_offset; /* before times[0] */
    size_t count;
    const int64_t *times;   /* of changes, in seconds since 1970, ascending */
    const int32_t *offsets; /* from each on */
    bool has_rule;          /* from the last change on; otherwise offsets[count - 1] goes on for ever */
    bl_zone_rule rule;
} bl_zone;

/* Reads the system's file of a zone. The caller's with bl_free: it is one block. */
bloop_status bl_zone_read_file(const char *name, bl_zone **out);

/* Reads the bytes of a TZif file (RFC 8536). BLOOP_INVALID_VALUE when they are none. */
bloop_status bl_zone_parse(const char *name, const uint8_t *data, size_t size, bl_zone **out);

bool bl_zone_rule_parse(const char *text, size_t size, bl_zone_rule *out);

/* The offset at an instant in the years 0 to 10000, and until when it holds. */
int32_t bl_zone_rule_offset(const bl_zone_rule *rule, int64_t seconds, int64_t *until);

/* Forgets the zones that were read, and frees their memory. Safe at any time. */
void bl_zones_release(void);

#endif
