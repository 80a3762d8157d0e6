/* Instants, dates and their text: known values, the edges of the calendar, refusals, and the C library as an oracle. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/base.h"

static const int64_t first = INT64_C(-62135596800000000), last = INT64_C(253402300799999999);

/* Reference values: Python's datetime, (datetime.fromisoformat(text) - epoch) // timedelta(microseconds=1). */
static const struct {
    const char *text; /* as it is stored */
    int64_t microseconds;
} known[] = {
    { "1970-01-01T00:00:00.000000+00:00", 0 },
    { "1970-01-01T00:00:00.000001+00:00", 1 },
    { "1969-12-31T23:59:59.999999+00:00", -1 },
    { "2016-08-09T01:16:25.322849+00:00", INT64_C(1470705385322849) },
    { "2000-02-29T12:00:00.000000+00:00", INT64_C(951825600000000) },
    { "2000-03-01T00:00:00.000000+00:00", INT64_C(951868800000000) },
    { "1900-02-28T23:59:59.000000+00:00", INT64_C(-2203891201000000) },
    { "1900-03-01T00:00:00.000000+00:00", INT64_C(-2203891200000000) },
    { "2038-01-19T03:14:08.000000+00:00", INT64_C(2147483648000000) },
    { "0001-01-01T00:00:00.000000+00:00", INT64_C(-62135596800000000) },
    { "0004-02-29T00:00:00.000000+00:00", INT64_C(-62035891200000000) },
    { "9999-12-31T23:59:59.999999+00:00", INT64_C(253402300799999999) },
};

static uint64_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 20;
}

static int64_t random_instant(uint64_t *seed)
{
    uint64_t bits = next_random(seed) << 22 ^ next_random(seed);
    return first + (int64_t)(bits % (uint64_t)(last - first + 1));
}

static void known_instants_are_read_and_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(known); i++) {
        bloop_datetime value = { 42, 42 };
        assert_int_equal(bloop_datetime_parse(known[i].text, strlen(known[i].text), &value), BLOOP_OK);
        assert_int_equal(value.microseconds, known[i].microseconds);
        assert_int_equal(value.utc_offset, 0);
        char text[BLOOP_DATETIME_TEXT_SIZE];
        value.utc_offset = 3600; /* which the stored form does not show */
        assert_int_equal(bloop_datetime_format_utc(value, text), BLOOP_OK);
        assert_string_equal(text, known[i].text);
    }
}

static void other_forms_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *utc;
        int32_t offset;
    } cases[] = {
        { "2016-08-09T01:16:25Z", "2016-08-09T01:16:25.000000+00:00", 0 },
        { "2016-08-09 01:16:25Z", "2016-08-09T01:16:25.000000+00:00", 0 },
        { "2016-08-09T01:16:25-00:00", "2016-08-09T01:16:25.000000+00:00", 0 },
        { "2016-08-09T01:16:25.3Z", "2016-08-09T01:16:25.300000+00:00", 0 },
        { "2016-08-09T01:16:25.32284Z", "2016-08-09T01:16:25.322840+00:00", 0 },
        { "2016-08-09T01:16:25.322849000Z", "2016-08-09T01:16:25.322849+00:00", 0 },
        { "2016-08-09T01:16:25.0000010Z", "2016-08-09T01:16:25.000001+00:00", 0 },
        { "2016-08-09T03:16:25+02:00", "2016-08-09T01:16:25.000000+00:00", 7200 },
        { "2016-08-09T03:16:25+0200", "2016-08-09T01:16:25.000000+00:00", 7200 },
        { "2016-08-09T03:16:25.5+02", "2016-08-09T01:16:25.500000+00:00", 7200 },
        { "2016-08-08T19:46:25-05:30", "2016-08-09T01:16:25.000000+00:00", -19800 },
        { "2016-08-09T01:16:25+23:59", "2016-08-08T01:17:25.000000+00:00", 86340 },
        { "2016-08-09T01:16:25-23:59:59", "2016-08-10T01:16:24.000000+00:00", -86399 },
        { "1890-01-01T00:53:28+00:53:28", "1890-01-01T00:00:00.000000+00:00", 3208 },
        { "1970-01-01T00:00:00.5+00:01", "1969-12-31T23:59:00.500000+00:00", 60 },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_datetime value;
        assert_int_equal(bloop_datetime_parse(cases[i].text, strlen(cases[i].text), &value), BLOOP_OK);
        assert_int_equal(value.utc_offset, cases[i].offset);
        char text[BLOOP_DATETIME_TEXT_SIZE];
        assert_int_equal(bloop_datetime_format_utc(value, text), BLOOP_OK);
        assert_string_equal(text, cases[i].utc);
    }
}

static const char *const not_instants[] = {
    "",
    "2016",
    "2016-08-09",
    "2016-08-09T01:16:25", /* no offset */
    "2016-08-09T01:16:25.322849",
    "2016-08-09T01:16Z", /* no seconds */
    "2016-08-09t01:16:25Z",
    "2016-08-09T01:16:25z",
    "2016-08-09_01:16:25Z",
    "2016/08/09T01:16:25Z",
    "2016-08-09T01-16-25Z",
    "16-08-09T01:16:25+00:00",
    "+2016-08-09T01:16:25Z",
    " 2016-08-09T01:16:25Z",
    "2016-08-09T01:16:25Z ",
    "2016-08-09T01:16:25ZZ",
    "2016-08-09T01:16:25 Z",
    "2O16-08-09T01:16:25Z",
    "2016-0:-09T01:16:25Z",
    "2016-08-09T01:16:2/Z",
    "2016-08-09T-1:16:25Z",
    "0000-08-09T01:16:25Z",
    "2016-00-09T01:16:25Z",
    "2016-13-09T01:16:25Z",
    "2016-08-00T01:16:25Z",
    "2016-08-32T01:16:25Z",
    "2016-04-31T01:16:25Z",
    "2015-02-29T01:16:25Z",
    "1900-02-29T01:16:25Z",
    "2016-02-30T01:16:25Z",
    "2016-08-09T24:00:00Z",
    "2016-08-09T01:60:25Z",
    "2016-08-09T01:16:60Z",
    "2016-08-09T01:16:25.Z",
    "2016-08-09T01:16:25,5Z",
    "2016-08-09T01:16:25.3228491Z", /* would have to be rounded */
    "2016-08-09T01:16:25.322849001Z",
    "2016-08-09T01:16:25.3228490000Z",
    "2016-08-09T01:16:25.5",
    "2016-08-09T01:16:25+",
    "2016-08-09T01:16:25+0",
    "2016-08-09T01:16:25+000",
    "2016-08-09T01:16:25+0:00",
    "2016-08-09T01:16:25+00:0",
    "2016-08-09T01:16:25+00:",
    "2016-08-09T01:16:25+00:60",
    "2016-08-09T01:16:25+24:00",
    "2016-08-09T01:16:25+00:00:60",
    "2016-08-09T01:16:25+00:00:0",
    "2016-08-09T01:16:25+0000:00",
    "2016-08-09T01:16:25+00:00+00",
    "2016-08-09T01:16:25*00:00",
    "0001-01-01T00:00:00+00:01", /* outside the years 1 to 9999 in UTC */
    "9999-12-31T23:59:59-00:01",
};

static void text_that_is_no_instant_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(not_instants); i++) {
        bloop_datetime value = { 42, 43 };
        if (bloop_datetime_parse(not_instants[i], strlen(not_instants[i]), &value) != BLOOP_INVALID_VALUE)
            fail_msg("\"%s\" is taken for an instant", not_instants[i]);
        assert_int_equal(value.microseconds, 42);
        assert_int_equal(value.utc_offset, 43);
        assert_non_null(strstr(bloop_last_error()->message, not_instants[i]));
    }
}

/* The stored form has a fast path; a seventh digit, a zero, takes the general one. Both must agree on every byte. */
static void the_fast_path_is_as_strict_as_the_general_one(void **state)
{
    (void)state;
    char text[] = "2016-08-09T01:16:25.322849+00:00", longer[sizeof text + 1];
    size_t accepted = 0;
    for (size_t at = 0; at < sizeof text - 1; at++) {
        char before = text[at];
        for (int byte = 0; byte < 256; byte++) {
            text[at] = (char)byte;
            memcpy(longer, text, 26);
            longer[26] = '0';
            memcpy(longer + 27, text + 26, sizeof text - 26);
            bloop_datetime fast = { 0, 0 }, general = { 0, 0 };
            bloop_status status = bloop_datetime_parse(text, sizeof text - 1, &fast);
            assert_int_equal(bloop_datetime_parse(longer, sizeof text, &general), status);
            assert_int_equal(fast.microseconds, general.microseconds);
            assert_int_equal(fast.utc_offset, general.utc_offset);
            accepted += status == BLOOP_OK;
        }
        text[at] = before;
    }
    assert_in_range(accepted, 100, 300);
}

/* The size counts, not a zero byte; and nothing past it is read (the block is just as large). */
static void text_is_read_up_to_its_size(void **state)
{
    (void)state;
    static const char whole[] = "2016-08-09T01:16:25.322849+02:00:30";
    for (size_t size = 0; size <= strlen(whole); size++) {
        char *text = malloc(size ? size : 1);
        assert_non_null(text);
        memcpy(text, whole, size);
        bloop_datetime value;
        bool valid = bloop_datetime_parse(text, size, &value) == BLOOP_OK;
        /* "+02", "+02:00" and "+02:00:30" are whole. */
        assert_int_equal(valid, size == 29 || size == 32 || size == 35);
        free(text);
    }
}

static void offsets_are_written(void **state)
{
    (void)state;
    static const struct {
        int32_t offset;
        const char *text;
    } cases[] = {
        { 0, "2016-08-09T01:16:25.322849+00:00" },         { 7200, "2016-08-09T03:16:25.322849+02:00" },
        { -12600, "2016-08-08T21:46:25.322849-03:30" },    { 3208, "2016-08-09T02:09:53.322849+00:53:28" },
        { -86399, "2016-08-08T01:16:26.322849-23:59:59" },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char text[BLOOP_DATETIME_TEXT_SIZE];
        bloop_datetime value = { INT64_C(1470705385322849), cases[i].offset }, back;
        assert_int_equal(bloop_datetime_format(value, text), BLOOP_OK);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(bloop_datetime_parse(text, strlen(text), &back), BLOOP_OK);
        assert_int_equal(back.microseconds, value.microseconds);
        assert_int_equal(back.utc_offset, value.utc_offset);
    }
}

static void what_can_not_be_written_is_refused(void **state)
{
    (void)state;
    static const bloop_datetime cases[] = {
        { INT64_C(-62135596800000001), 0 },
        { INT64_C(253402300800000000), 0 },
        { INT64_MIN, 0 },
        { INT64_MAX, 0 },
        { INT64_MIN, -86399 },
        { INT64_MAX, 86399 },
        { 0, 86400 },
        { 0, -86400 },
        { 0, INT32_MIN },
        { 0, INT32_MAX },
        { INT64_C(-62135596800000000), -1 },
        { INT64_C(253402300799999999), 1 },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char text[BLOOP_DATETIME_TEXT_SIZE] = "untouched";
        bloop_civil_time civil = { .year = 77 };
        assert_int_equal(bloop_datetime_format(cases[i], text), BLOOP_INVALID_VALUE);
        assert_string_equal(text, "untouched");
        assert_int_equal(bloop_datetime_to_civil(cases[i], &civil), BLOOP_INVALID_VALUE);
        assert_int_equal(civil.year, 77);
    }
}

static void fields_out_of_range_are_refused(void **state)
{
    (void)state;
    static const bloop_civil_time cases[] = {
        { 0, 1, 1, 0, 0, 0, 0, 0 },         { 10000, 1, 1, 0, 0, 0, 0, 0 },      { INT32_MIN, 1, 1, 0, 0, 0, 0, 0 },
        { 2016, 0, 1, 0, 0, 0, 0, 0 },      { 2016, 13, 1, 0, 0, 0, 0, 0 },      { 2016, INT32_MAX, 1, 0, 0, 0, 0, 0 },
        { 2016, 1, 0, 0, 0, 0, 0, 0 },      { 2016, 2, 30, 0, 0, 0, 0, 0 },      { 2015, 2, 29, 0, 0, 0, 0, 0 },
        { 2016, 1, 1, -1, 0, 0, 0, 0 },     { 2016, 1, 1, 24, 0, 0, 0, 0 },      { 2016, 1, 1, 0, -1, 0, 0, 0 },
        { 2016, 1, 1, 0, 60, 0, 0, 0 },     { 2016, 1, 1, 0, 0, -1, 0, 0 },      { 2016, 1, 1, 0, 0, 60, 0, 0 },
        { 2016, 1, 1, 0, 0, 0, -1, 0 },     { 2016, 1, 1, 0, 0, 0, 1000000, 0 }, { 2016, 1, 1, 0, 0, 0, 0, 86400 },
        { 2016, 1, 1, 0, 0, 0, 0, -86400 }, { 1, 1, 1, 0, 0, 0, 0, 1 },          { 9999, 12, 31, 23, 59, 59, 0, -1 },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_datetime value = { 42, 43 };
        assert_int_equal(bloop_datetime_of_civil(&cases[i], &value), BLOOP_INVALID_VALUE);
        assert_int_equal(value.microseconds, 42);
        assert_int_equal(value.utc_offset, 43);
    }
}

static void null_is_refused(void **state)
{
    (void)state;
    bloop_datetime value = { 0, 0 };
    bloop_civil_time civil = { 0 };
    assert_int_equal(bloop_datetime_parse(NULL, 0, &value), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_parse("", 0, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_format(value, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_format_utc(value, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_of_civil(NULL, &value), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_of_civil(&civil, NULL), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_datetime_to_civil(value, NULL), BLOOP_INVALID_ARGUMENT);
}

static void unix_seconds_saturate(void **state)
{
    (void)state;
    assert_int_equal(bloop_datetime_of_unix(0).microseconds, 0);
    assert_int_equal(bloop_datetime_of_unix(-1).microseconds, -1000000);
    assert_int_equal(bloop_datetime_of_unix(INT64_C(253402300799)).microseconds, last - 999999);
    assert_int_equal(bloop_datetime_of_unix(INT64_C(253402300800)).microseconds, last);
    assert_int_equal(bloop_datetime_of_unix(INT64_MAX).microseconds, last);
    assert_int_equal(bloop_datetime_of_unix(INT64_C(-62135596801)).microseconds, first);
    assert_int_equal(bloop_datetime_of_unix(INT64_MIN).microseconds, first);
}

static void check_against_c_library(int64_t microseconds)
{
    int64_t microsecond = ((microseconds % 1000000) + 1000000) % 1000000;
    time_t seconds = (time_t)((microseconds - microsecond) / 1000000);
    struct tm expected;
    assert_non_null(gmtime_r(&seconds, &expected));
    bloop_civil_time civil;
    bloop_datetime back;
    assert_int_equal(bloop_datetime_to_civil((bloop_datetime){ microseconds, 0 }, &civil), BLOOP_OK);
    assert_int_equal(civil.year, expected.tm_year + 1900);
    assert_int_equal(civil.month, expected.tm_mon + 1);
    assert_int_equal(civil.day, expected.tm_mday);
    assert_int_equal(civil.hour, expected.tm_hour);
    assert_int_equal(civil.minute, expected.tm_min);
    assert_int_equal(civil.second, expected.tm_sec);
    assert_int_equal(civil.microsecond, microsecond);
    assert_int_equal(bloop_datetime_of_civil(&civil, &back), BLOOP_OK);
    assert_int_equal(back.microseconds, microseconds);
}

static void random_instants_have_the_c_librarys_dates(void **state)
{
    (void)state;
    uint64_t seed = 20160809;
    for (size_t i = 0; i < 20000; i++)
        check_against_c_library(random_instant(&seed));
    check_against_c_library(first);
    check_against_c_library(last);
}

static void every_day_follows_the_one_before(void **state)
{
    (void)state;
    bloop_civil_time before = { 0 };
    for (int64_t day = first / 86400000000; day <= last / 86400000000; day++) {
        bloop_civil_time civil;
        bloop_datetime back;
        assert_int_equal(bloop_datetime_to_civil((bloop_datetime){ day * 86400000000, 0 }, &civil), BLOOP_OK);
        bool next_day = civil.day == before.day + 1 && civil.month == before.month && civil.year == before.year;
        bool next_month = civil.day == 1 && civil.month == before.month + 1 && civil.year == before.year;
        bool next_year = civil.day == 1 && civil.month == 1 && civil.year == before.year + 1;
        if (next_day + next_month + next_year != 1)
            fail_msg("day %lld does not follow", (long long)day);
        if (bloop_datetime_of_civil(&civil, &back) != BLOOP_OK || back.microseconds != day * 86400000000)
            fail_msg("day %lld does not come back", (long long)day);
        before = civil;
    }
    assert_int_equal(before.year, 9999);
    assert_int_equal(before.month, 12);
    assert_int_equal(before.day, 31);
}

static void text_order_is_time_order(void **state)
{
    (void)state;
    uint64_t seed = 4;
    char before[BLOOP_DATETIME_TEXT_SIZE], after[BLOOP_DATETIME_TEXT_SIZE];
    for (size_t i = 0; i < 5000; i++) {
        bloop_datetime a = { random_instant(&seed), 0 }, b = { random_instant(&seed), 0 };
        if (i % 2)
            b.microseconds = a.microseconds < last ? a.microseconds + 1 : a.microseconds;
        assert_int_equal(bloop_datetime_format_utc(a, before), BLOOP_OK);
        assert_int_equal(bloop_datetime_format_utc(b, after), BLOOP_OK);
        int order = strcmp(before, after);
        assert_int_equal((order > 0) - (order < 0),
                         (a.microseconds > b.microseconds) - (a.microseconds < b.microseconds));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_instants_are_read_and_written),
        cmocka_unit_test(other_forms_are_read),
        cmocka_unit_test(text_that_is_no_instant_is_refused),
        cmocka_unit_test(the_fast_path_is_as_strict_as_the_general_one),
        cmocka_unit_test(text_is_read_up_to_its_size),
        cmocka_unit_test(offsets_are_written),
        cmocka_unit_test(what_can_not_be_written_is_refused),
        cmocka_unit_test(fields_out_of_range_are_refused),
        cmocka_unit_test(null_is_refused),
        cmocka_unit_test(unix_seconds_saturate),
        cmocka_unit_test(random_instants_have_the_c_librarys_dates),
        cmocka_unit_test(every_day_follows_the_one_before),
        cmocka_unit_test(text_order_is_time_order),
    };
    return cmocka_run_group_tests_name("base/datetime", tests, NULL, NULL);
}
