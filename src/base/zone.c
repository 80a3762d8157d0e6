/* Time zones by name: the zones that were read, shared by all threads, and what is asked of them. A zone's file is read
   once in a process. Zones are used under the lock and never handed out, so that they can be freed at any time. */
#include <pthread.h>

#include <bloop/datetime.h>

#include "base/base.h"
#include "base/calendar_private.h"
#include "base/zone_private.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static bl_zone *zones;

static bloop_status lock_zone(const char *name, const bl_zone **out);
static const bl_zone *find_zone(const char *name);
static int32_t offset_at(const bl_zone *zone, int64_t seconds, int64_t *until);
static bool instant_of_local(const bl_zone *zone, int64_t local, int64_t *out);
static bloop_status not_occurring(const bloop_civil_time *civil, const char *name);

bloop_status bloop_datetime_in_zone(bloop_datetime value, const char *zone, bloop_datetime *out)
{
    if (!zone || !out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_datetime_in_zone: NULL");
    if (value.microseconds < BL_FIRST_INSTANT || value.microseconds > BL_LAST_INSTANT)
        return bl_error(BLOOP_INVALID_VALUE, "an instant outside the years 1 to 9999");
    const bl_zone *found = NULL;
    bloop_status status = lock_zone(zone, &found);
    if (status != BLOOP_OK)
        return status;
    int64_t seconds = (value.microseconds - BL_FIRST_INSTANT) / BL_MICROSECONDS + BL_FIRST_SECOND;
    int64_t until = 0;
    int32_t offset = offset_at(found, seconds, &until);
    pthread_rwlock_unlock(&lock);
    *out = (bloop_datetime){ .microseconds = value.microseconds, .utc_offset = offset };
    return BLOOP_OK;
}

bloop_status bloop_datetime_of_local(const bloop_civil_time *civil, const char *zone, bloop_datetime *out)
{
    if (!civil || !zone || !out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_datetime_of_local: NULL");
    bloop_civil_time local = *civil;
    local.utc_offset = 0;
    int64_t microseconds = 0;
    const char *rule = bl_instant_of_civil(&local, &microseconds);
    if (rule)
        return bl_error(BLOOP_INVALID_VALUE, "not a date and time: %s", rule);
    const bl_zone *found = NULL;
    bloop_status status = lock_zone(zone, &found);
    if (status != BLOOP_OK)
        return status;
    int64_t local_seconds = (microseconds - local.microsecond) / BL_MICROSECONDS;
    int64_t seconds = 0;
    bool occurs = instant_of_local(found, local_seconds, &seconds);
    pthread_rwlock_unlock(&lock);
    if (!occurs)
        return not_occurring(civil, zone);
    if (seconds < BL_FIRST_SECOND || seconds > BL_LAST_SECOND)
        return bl_error(BLOOP_INVALID_VALUE, "in UTC, the time is outside the years 1 to 9999");
    *out = (bloop_datetime){
        .microseconds = seconds * BL_MICROSECONDS + local.microsecond,
        .utc_offset = (int32_t)(local_seconds - seconds),
    };
    return BLOOP_OK;
}

void bl_zones_release(void)
{
    pthread_rwlock_wrlock(&lock);
    while (zones) {
        bl_zone *next = zones->next;
        bl_free(zones);
        zones = next;
    }
    pthread_rwlock_unlock(&lock);
}

/* With success, the lock is held. A file is read without it: two threads may then both read one, and the later's is
   dropped. */
static bloop_status lock_zone(const char *name, const bl_zone **out)
{
    pthread_rwlock_rdlock(&lock);
    *out = find_zone(name);
    if (*out)
        return BLOOP_OK;
    pthread_rwlock_unlock(&lock);
    bl_zone *fresh = NULL;
    bloop_status status = bl_zone_read_file(name, &fresh);
    if (status != BLOOP_OK)
        return status;
    pthread_rwlock_wrlock(&lock);
    *out = find_zone(name);
    if (*out) {
        bl_free(fresh);
        return BLOOP_OK;
    }
    fresh->next = zones;
    zones = fresh;
    *out = fresh;
    return BLOOP_OK;
}

/* UTC is there on systems without zone files too. */
static const bl_zone *find_zone(const char *name)
{
    static const bl_zone utc = { .name = "UTC" };
    if (strcmp(name, utc.name) == 0)
        return &utc;
    const bl_zone *zone = zones;
    while (zone && strcmp(name, zone->name) != 0)
        zone = zone->next;
    return zone;
}

/* The offset at an instant, and until when it holds at least. */
static int32_t offset_at(const bl_zone *zone, int64_t seconds, int64_t *until)
{
    size_t low = 0, high = zone->count; /* the number of changes until now is in low … high */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->times[middle] <= seconds)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == zone->count && zone->has_rule)
        return bl_zone_rule_offset(&zone->rule, seconds, until);
    *until = low < zone->count ? zone->times[low] : INT64_MAX;
    return low > 0 ? zone->offsets[low - 1] : zone->first_offset;
}

/* Goes through the stretches of one offset that the two days around the time touch, earliest first: the time occurs in
   each that it falls into when that stretch's offset is taken off it. */
static bool instant_of_local(const bl_zone *zone, int64_t local, int64_t *out)
{
    int64_t from = local - BL_DAY_SECONDS;
    while (from <= local + BL_DAY_SECONDS) {
        int64_t until = 0;
        int64_t candidate = local - offset_at(zone, from, &until);
        if (candidate >= from && candidate < until) {
            *out = candidate;
            return true;
        }
        from = until;
    }
    return false;
}

static bloop_status not_occurring(const bloop_civil_time *civil, const char *name)
{
    char quoted[BL_QUOTE_SIZE];
    return bl_error(BLOOP_INVALID_VALUE, "%04d-%02d-%02d %02d:%02d:%02d does not occur in %s: the clock is put forward",
                    (int)civil->year, (int)civil->month, (int)civil->day, (int)civil->hour, (int)civil->minute,
                    (int)civil->second, bl_quote(quoted, name, strlen(name)));
}
