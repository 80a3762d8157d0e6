/* Time zones out of the system's files: known offsets, local times that occur once, twice or never, and the C library's
   localtime_r as an oracle. Zone files are needed (Debian's package tzdata). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <pthread.h>
#include <cmocka.h>

#include "base/base.h"
#include "support/fail_alloc.h"

static const char *const zones[] = {
    "Europe/Berlin",    "America/New_York",  "Asia/Kolkata",        "Asia/Kathmandu",
    "Europe/Dublin",    "Africa/Casablanca", "Pacific/Apia",        "America/Sao_Paulo",
    "Asia/Gaza",        "America/Nuuk",      "Australia/Lord_Howe", "Asia/Tokyo",
    "Antarctica/Troll", "Etc/GMT+12",        "Pacific/Kiritimati",  "America/Argentina/Buenos_Aires",
};

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 20;
}

/* Reference values: Python's zoneinfo with tzdata 2025b. */
static void known_offsets_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t seconds;
        int32_t offset;
    } cases[] = {
        { "UTC", 1470700800, 0 },
        { "Europe/Berlin", -5364662400, 3208 }, /* 1800: before the first change */
        { "Europe/Berlin", -775872000, 10800 }, /* summer 1945: two hours ahead of standard */
        { "Europe/Berlin", 1470705385, 7200 },
        { "Europe/Berlin", 1482624000, 3600 },
        { "Europe/Berlin", INT64_C(16740864000), 7200 }, /* 2500: by the rule */
        { "America/New_York", -5364662400, -17762 },
        { "America/New_York", 1470700800, -14400 },
        { "America/New_York", INT64_C(16740864000), -14400 },
        { "America/New_York", INT64_C(16754083200), -18000 },
        { "Asia/Kolkata", -3786825600, 21208 },
        { "Asia/Kolkata", -852076800, 23400 },
        { "Asia/Kolkata", 1470700800, 19800 },
        { "Asia/Kolkata", INT64_C(16740864000), 19800 },
        { "Europe/Dublin", 1470700800, 3600 }, /* whose winter time is the "daylight saving" one */
        { "Europe/Dublin", 1482624000, 0 },
        { "Europe/Dublin", INT64_C(16740864000), 3600 },
        { "Africa/Casablanca", 1710892800, 0 },
        { "Australia/Lord_Howe", INT64_C(16725225600), 39600 },
        { "Pacific/Apia", 1325239199, -36000 }, /* which left out 30 December 2011 */
        { "Pacific/Apia", 1325239200, 50400 },
        { "America/Nuuk", INT64_C(16732656000), -7200 },
        { "America/Juneau", -5364662400, 54139 }, /* 1800: on Asia's side of the date line */
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_datetime value = { cases[i].seconds * 1000000 + 999999, 5 }, shown;
        assert_int_equal(bloop_datetime_in_zone(value, cases[i].zone, &shown), BLOOP_OK);
        assert_int_equal(shown.microseconds, value.microseconds);
        if (shown.utc_offset != cases[i].offset)
            fail_msg("%s at %lld: %d, not %d", cases[i].zone, (long long)cases[i].seconds, (int)shown.utc_offset,
                     (int)cases[i].offset);
    }
}

static void the_first_and_last_instants_have_offsets(void **state)
{
    (void)state;
    bloop_datetime shown;
    bloop_datetime edges[] = { { INT64_C(-62135596800000000), 0 }, { INT64_C(253402300799999999), 0 } };
    assert_int_equal(bloop_datetime_in_zone(edges[0], "Europe/Berlin", &shown), BLOOP_OK);
    assert_int_equal(shown.utc_offset, 3208);
    assert_int_equal(bloop_datetime_in_zone(edges[1], "Europe/Berlin", &shown), BLOOP_OK);
    assert_int_equal(shown.utc_offset, 3600);
    for (int i = 0; i < 2; i++) {
        bloop_datetime outside = { i ? edges[1].microseconds + 1 : edges[0].microseconds - 1, 0 };
        shown.utc_offset = 77;
        assert_int_equal(bloop_datetime_in_zone(outside, "Europe/Berlin", &shown), BLOOP_INVALID_VALUE);
        assert_int_equal(shown.utc_offset, 77);
    }
}

static void local_times_that_occur_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        bloop_civil_time local;
        const char *text;
    } cases[] = {
        { "UTC", { 2016, 8, 9, 1, 16, 25, 322849, 999 }, "2016-08-09T01:16:25.322849+00:00" },
        { "Europe/Berlin", { 2021, 3, 28, 1, 59, 59, 999999, 0 }, "2021-03-28T01:59:59.999999+01:00" },
        { "Europe/Berlin", { 2021, 3, 28, 3, 0, 0, 0, 0 }, "2021-03-28T03:00:00.000000+02:00" },
        { "Europe/Berlin", { 2021, 10, 31, 1, 59, 59, 0, 0 }, "2021-10-31T01:59:59.000000+02:00" },
        { "Europe/Berlin", { 2021, 10, 31, 2, 0, 0, 0, 0 }, "2021-10-31T02:00:00.000000+02:00" }, /* twice: the first */
        { "Europe/Berlin", { 2021, 10, 31, 2, 59, 59, 0, 0 }, "2021-10-31T02:59:59.000000+02:00" },
        { "Europe/Berlin", { 2021, 10, 31, 3, 0, 0, 0, 0 }, "2021-10-31T03:00:00.000000+01:00" },
        { "Europe/Berlin", { 2500, 3, 28, 3, 0, 0, 0, 0 }, "2500-03-28T03:00:00.000000+02:00" },
        { "Europe/Berlin", { 2500, 10, 31, 2, 30, 0, 0, 0 }, "2500-10-31T02:30:00.000000+02:00" },
        { "America/New_York", { 2021, 11, 7, 1, 30, 0, 0, 0 }, "2021-11-07T01:30:00.000000-04:00" },
        { "America/New_York", { 9999, 12, 31, 18, 59, 59, 0, 0 }, "9999-12-31T18:59:59.000000-05:00" },
        { "Asia/Kolkata", { 1, 1, 1, 6, 0, 0, 0, 0 }, "0001-01-01T06:00:00.000000+05:53:28" },
        { "Pacific/Apia", { 2011, 12, 31, 0, 0, 0, 0, 0 }, "2011-12-31T00:00:00.000000+14:00" },
        { "America/Juneau", { 1800, 1, 1, 0, 0, 0, 0, 0 }, "1800-01-01T00:00:00.000000+15:02:19" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_datetime value;
        assert_int_equal(bloop_datetime_of_local(&cases[i].local, cases[i].zone, &value), BLOOP_OK);
        char text[BLOOP_DATETIME_TEXT_SIZE];
        assert_int_equal(bloop_datetime_format(value, text), BLOOP_OK);
        assert_string_equal(text, cases[i].text);
    }
}

static void local_times_that_do_not_occur_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        bloop_civil_time local;
    } cases[] = {
        { "Europe/Berlin", { 2021, 3, 28, 2, 0, 0, 0, 0 } },
        { "Europe/Berlin", { 2021, 3, 28, 2, 59, 59, 999999, 0 } },
        { "Europe/Berlin", { 2500, 3, 28, 2, 30, 0, 0, 0 } },
        { "America/New_York", { 2021, 3, 14, 2, 30, 0, 0, 0 } },
        { "Pacific/Apia", { 2011, 12, 30, 0, 0, 0, 0, 0 } },
        { "Pacific/Apia", { 2011, 12, 30, 23, 59, 59, 0, 0 } },
        { "Australia/Lord_Howe", { 2021, 10, 3, 2, 15, 0, 0, 0 } },
        { "Europe/Berlin", { 2021, 2, 29, 12, 0, 0, 0, 0 } },
        { "Europe/Berlin", { 1, 1, 1, 0, 0, 0, 0, 0 } },          /* year 0 in UTC */
        { "America/New_York", { 9999, 12, 31, 23, 0, 0, 0, 0 } }, /* year 10000 in UTC */
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_datetime value = { 42, 43 };
        assert_int_equal(bloop_datetime_of_local(&cases[i].local, cases[i].zone, &value), BLOOP_INVALID_VALUE);
        assert_int_equal(value.microseconds, 42);
        assert_int_equal(value.utc_offset, 43);
    }
    bloop_datetime value;
    bloop_datetime_of_local(&cases[0].local, cases[0].zone, &value);
    assert_string_equal(bloop_last_error()->message,
                        "2021-03-28 02:00:00 does not occur in \"Europe/Berlin\": the clock is put forward");
}

static void names_that_are_no_zones_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "/",
        ".",
        "..",
        "../zoneinfo/UTC",
        "../../../etc/passwd",
        "../../etc/passwd",
        "/etc/passwd",
        "/usr/share/zoneinfo/Europe/Berlin",
        "Europe/../Europe/Berlin",
        "Europe/./Berlin",
        "./Europe/Berlin",
        "Europe//Berlin",
        "Europe/Berlin/",
        "Europe/Berlin/..",
        "Europe",
        "Europe/Berlin/x",
        "Europe/Berlin ",
        "Europe/Berlin\n",
        "Europe\\Berlin",
        "Europe/Bérlin",
        "~/Berlin",
        "Nowhere/City",
        "tzdata.zi",
        "zone.tab",
        "right/Europe/Berlin", /* counts leap seconds */
    };
    for (size_t i = 0; i < BL_COUNT_OF(names); i++) {
        bloop_datetime value = { 42, 43 };
        if (bloop_datetime_in_zone((bloop_datetime){ 0, 0 }, names[i], &value) != BLOOP_INVALID_VALUE)
            fail_msg("\"%s\" is taken for a zone", names[i]);
        assert_int_equal(value.microseconds, 42);
        assert_int_equal(value.utc_offset, 43);
    }
    char longest[10000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    bloop_datetime value;
    assert_int_equal(bloop_datetime_in_zone((bloop_datetime){ 0, 0 }, longest, &value), BLOOP_INVALID_VALUE);
}

static void null_is_refused(void **state)
{
    (void)state;
    bloop_datetime value = { 0, 0 };
    bloop_civil_time civil = { 2016, 1, 1, 0, 0, 0, 0, 0 };
    assert_int_equal(bloop_datetime_in_zone(value, NULL, &value), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_in_zone(value, "UTC", NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_of_local(NULL, "UTC", &value), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_of_local(&civil, NULL, &value), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_of_local(&civil, "UTC", NULL), BLOOP_INVALID_ARGUMENT);
}

/* The local time of an instant leads back to it, or, when it occurs twice, to the first of the two. */
static void check_way_back(bloop_datetime shown, const char *zone)
{
    bloop_civil_time local, local_of_back;
    bloop_datetime back;
    assert_int_equal(bloop_datetime_to_civil(shown, &local), BLOOP_OK);
    assert_int_equal(bloop_datetime_of_local(&local, zone, &back), BLOOP_OK);
    assert_true(back.microseconds <= shown.microseconds);
    assert_int_equal(bloop_datetime_to_civil(back, &local_of_back), BLOOP_OK);
    local_of_back.utc_offset = local.utc_offset;
    assert_memory_equal(&local, &local_of_back, sizeof local);
    bloop_datetime again;
    assert_int_equal(bloop_datetime_in_zone(back, zone, &again), BLOOP_OK);
    assert_int_equal(again.utc_offset, back.utc_offset);
}

static void check_against_c_library(const char *zone, int64_t seconds)
{
    time_t at = (time_t)seconds;
    struct tm expected;
    assert_non_null(localtime_r(&at, &expected));
    bloop_datetime shown;
    assert_int_equal(bloop_datetime_in_zone((bloop_datetime){ seconds * 1000000, 0 }, zone, &shown), BLOOP_OK);
    if (shown.utc_offset != expected.tm_gmtoff)
        fail_msg("%s at %lld: %d, the C library says %ld", zone, (long long)seconds, (int)shown.utc_offset,
                 expected.tm_gmtoff);
    check_way_back(shown, zone);
}

static void the_c_library_agrees(void **state)
{
    (void)state;
    const int64_t from = INT64_C(-6000000000), to = INT64_C(20000000000); /* 1779 to 2603 */
    uint64_t seed = 1970;
    for (size_t i = 0; i < BL_COUNT_OF(zones); i++) {
        assert_int_equal(setenv("TZ", zones[i], 1), 0);
        tzset();
        for (size_t n = 0; n < 1000; n++) {
            int64_t range = n % 4 ? INT64_C(2000000000) : to;
            check_against_c_library(zones[i], from + (int64_t)(next_random(&seed) % (uint64_t)(range - from)));
        }
        /* Every six hours of a year by the table and of one by the rule, so that each change is passed closely. */
        for (int64_t hours = 0; hours < 370 * 24; hours += 6) {
            check_against_c_library(zones[i], INT64_C(1609459200) + hours * 3600);
            check_against_c_library(zones[i], INT64_C(10413792000) + hours * 3600);
        }
    }
    unsetenv("TZ");
    tzset();
}

static void *use_all_zones(void *out)
{
    size_t *wrong = out;
    for (size_t i = 0; i < 200; i++) {
        bloop_datetime shown = { 0, 0 }, value = { INT64_C(1470705385000000), 0 };
        const char *zone = zones[i % BL_COUNT_OF(zones)];
        *wrong += bloop_datetime_in_zone(value, zone, &shown) != BLOOP_OK;
        *wrong += strcmp(zone, "Europe/Berlin") == 0 && shown.utc_offset != 7200;
        *wrong += bloop_datetime_in_zone(value, "No/Zone", &shown) != BLOOP_INVALID_VALUE;
    }
    return NULL;
}

static void threads_share_zones(void **state)
{
    (void)state;
    bloop_set_allocator(NULL); /* forgets what was read, so that the threads read it at the same time */
    pthread_t threads[8];
    size_t wrong[BL_COUNT_OF(threads)] = { 0 };
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use_all_zones, &wrong[i]), 0);
    for (size_t i = 0; i < BL_COUNT_OF(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(wrong[i], 0);
    }
}

static bloop_status use_two_zones(void *unused)
{
    (void)unused;
    bloop_datetime value = { INT64_C(1470705385000000), 0 };
    bloop_status status = bloop_datetime_in_zone(value, "Europe/Berlin", &value);
    return status ? status : bloop_datetime_in_zone(value, "Asia/Kolkata", &value);
}

static void every_failed_allocation_is_told(void **state)
{
    (void)state;
    /* The file and the zone, of each. */
    assert_int_equal(fail_alloc_every(use_two_zones, NULL), 4);
}

int main(void)
{
    unsetenv("TZDIR");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_offsets_are_found),
        cmocka_unit_test(the_first_and_last_instants_have_offsets),
        cmocka_unit_test(local_times_that_occur_are_found),
        cmocka_unit_test(local_times_that_do_not_occur_are_refused),
        cmocka_unit_test(names_that_are_no_zones_are_refused),
        cmocka_unit_test(null_is_refused),
        cmocka_unit_test(the_c_library_agrees),
        cmocka_unit_test(threads_share_zones),
        cmocka_unit_test(every_failed_allocation_is_told),
    };
    return cmocka_run_group_tests_name("base/zone", tests, NULL, NULL);
}
