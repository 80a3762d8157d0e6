/* Zone files of our own making, in a folder that TZDIR names: each version, each form of rule, and damage of every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/base.h"

/* What a file says. Zeroed parts are left out. */
typedef struct file {
    const char *footer;
    int64_t times[4];
    size_t time_count;
    int32_t offsets[4];
    size_t type_count;
    uint32_t leaps;
    uint8_t indexes[4];
    char version; /* '1' stands for the zero byte */
} file;

static char folder[] = "zone-files-XXXXXX";

static void put_be32(bl_buffer *out, uint32_t v)
{
    uint8_t *at = bl_buffer_extend(out, 4);
    assert_non_null(at);
    bl_store_be32(at, v);
}

static void put_block(bl_buffer *out, const file *f, size_t time_size)
{
    uint8_t header[20] = "TZif";
    header[4] = f->version == '1' ? 0 : (uint8_t)f->version;
    bl_buffer_append(out, header, sizeof header);
    put_be32(out, 0);
    put_be32(out, 0);
    put_be32(out, f->leaps);
    put_be32(out, (uint32_t)f->time_count);
    put_be32(out, (uint32_t)f->type_count);
    put_be32(out, 4);
    for (size_t i = 0; i < f->time_count; i++) {
        if (time_size == 8)
            put_be32(out, (uint32_t)((uint64_t)f->times[i] >> 32));
        put_be32(out, (uint32_t)f->times[i]);
    }
    bl_buffer_append(out, f->indexes, f->time_count);
    for (size_t i = 0; i < f->type_count; i++) {
        put_be32(out, (uint32_t)f->offsets[i]);
        bl_buffer_append(out, "\0\0", 2);
    }
    bl_buffer_append(out, "ABC", 4);
    for (size_t i = 0; i < f->leaps * (time_size + 4); i++)
        bl_buffer_byte(out, 0);
}

static void make_bytes(bl_buffer *out, const file *f)
{
    put_block(out, f, 4);
    if (f->version != '1') {
        put_block(out, f, 8);
        bl_buffer_format(out, "\n%s\n", f->footer ? f->footer : "");
    }
    assert_int_equal(out->status, BLOOP_OK);
}

static void write_bytes(const void *bytes, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "%s/Zone", folder);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
    bloop_set_allocator(NULL); /* forgets the zone that was read before */
}

static void write_file(const file *f)
{
    bl_buffer bytes = { 0 };
    make_bytes(&bytes, f);
    write_bytes(bytes.data, bytes.size);
    bl_buffer_free(&bytes);
}

static bloop_status offset_at(int64_t seconds, int32_t *offset)
{
    bloop_datetime shown;
    bloop_status status = bloop_datetime_in_zone((bloop_datetime){ seconds * 1000000, 0 }, "Zone", &shown);
    if (status == BLOOP_OK)
        *offset = shown.utc_offset;
    return status;
}

static void check_offset(int64_t seconds, int32_t expected)
{
    int32_t offset = 0;
    assert_int_equal(offset_at(seconds, &offset), BLOOP_OK);
    if (offset != expected)
        fail_msg("at %lld: %d, not %d", (long long)seconds, (int)offset, (int)expected);
}

static const file two_changes = {
    .version = '2',
    .time_count = 2,
    .times = { -1000, 5000 },
    .indexes = { 1, 2 },
    .type_count = 3,
    .offsets = { 1800, 3600, -7200 },
};

static void each_version_is_read(void **state)
{
    (void)state;
    for (int version = '1'; version <= '4'; version++) {
        file f = two_changes;
        f.version = (char)version;
        write_file(&f);
        check_offset(-1001, 1800);
        check_offset(-1000, 3600);
        check_offset(4999, 3600);
        check_offset(5000, -7200);
        check_offset(INT64_C(16740864000), -7200);
    }
}

static void the_64_bit_part_is_the_one_that_counts(void **state)
{
    (void)state;
    file f = two_changes;
    f.times[0] = INT64_C(-5000000000);
    f.times[1] = INT64_C(5000000000);
    write_file(&f);
    check_offset(INT64_C(-5000000001), 1800);
    check_offset(INT64_C(4999999999), 3600);
    check_offset(INT64_C(5000000000), -7200);
}

/* Instants: 2021-01-01, 2021-07-01 and their likes, in seconds. Expected values follow from the text of the rule. */
static void each_form_of_rule_is_followed(void **state)
{
    (void)state;
    static const struct {
        const char *footer;
        int64_t seconds;
        int32_t offset;
    } cases[] = {
        { "UTC0", 1609459200, 0 },
        { "<+0530>-5:30", 1609459200, 19800 },
        { "<-03>3", 1609459200, -10800 },
        { "LMT-0:53:28", 1609459200, 3208 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", 1616893199, 3600 }, /* 2021-03-28T00:59:59Z */
        { "CET-1CEST,M3.5.0,M10.5.0/3", 1616893200, 7200 },
        { "CET-1CEST,M3.5.0,M10.5.0/3", 1635641999, 7200 }, /* 2021-10-31T00:59:59Z */
        { "CET-1CEST,M3.5.0,M10.5.0/3", 1635642000, 3600 },
        { "EST5EDT,M3.2.0,M11.1.0", 1615705199, -18000 }, /* 2021-03-14T06:59:59Z */
        { "EST5EDT,M3.2.0,M11.1.0", 1615705200, -14400 },
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 1609459200, 0 }, /* the winter is the exception */
        { "IST-1GMT0,M10.5.0,M3.5.0/1", 1625097600, 3600 },
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", 1609459200, 39600 }, /* the south: around the new year */
        { "AEST-10AEDT,M10.1.0,M4.1.0/3", 1625097600, 36000 },
        { "EST5EDT,0/0,J365/25", 1609459200, -14400 }, /* daylight saving time for ever */
        { "EST5EDT,0/0,J365/25", 1625097600, -14400 },
        { "EST5EDT,0/0,J365/25", 1609477200, -14400 }, /* 2021-01-01T05:00:00Z, where it ends and starts */
        { "EST5EDT,0/0,J365/25", 1609477199, -14400 },
        { "AAA0BBB,J60,J300", 1614563999, 0 }, /* 2021-03-01T01:59:59Z */
        { "AAA0BBB,J60,J300", 1614564000, 3600 },
        { "AAA0BBB,J60,J300", 1583027999, 0 }, /* 2020-03-01T01:59:59Z: 1 March in leap years too */
        { "AAA0BBB,J60,J300", 1583028000, 3600 },
        { "AAA0BBB,59,300", 1614564000, 3600 }, /* day 59 from 0: 1 March 2021 … */
        { "AAA0BBB,59,300", 1614563999, 0 },
        { "AAA0BBB,59,300", 1582941600, 3600 }, /* … and 29 February 2020 */
        { "AAA0BBB,59,300", 1582941599, 0 },
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1616893200, -3600 }, /* 23 h on the day before: 2021-03-28T01:00Z */
        { "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1616893199, -7200 },
        { "EET-2EEST,M3.4.4/50,M10.4.4/50", 1616803199, 7200 }, /* two days after a Thursday: 2021-03-27T00:00Z */
        { "EET-2EEST,M3.4.4/50,M10.4.4/50", 1616803200, 10800 },
        { "AAA0BBB-3,M1.1.0/-167,M12.5.0/167", 1609459200, 10800 }, /* changes in the year before and after */
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        file f = { .version = '3', .type_count = 1, .offsets = { 42 }, .footer = cases[i].footer };
        write_file(&f);
        int32_t offset = 0;
        assert_int_equal(offset_at(cases[i].seconds, &offset), BLOOP_OK);
        if (offset != cases[i].offset)
            fail_msg("%s at %lld: %d, not %d", cases[i].footer, (long long)cases[i].seconds, (int)offset,
                     (int)cases[i].offset);
    }
}

static void a_bad_rule_is_refused(void **state)
{
    (void)state;
    static const char *const footers[] = {
        "X",
        "CE-1",
        "CET",
        "CET-",
        "CET-25",
        "CET-1:60",
        "CET-1:00:60",
        "<CET-1",
        "<>-1",
        "CET-1CEST", /* when it changes is not said */
        "CET-1CEST,",
        "CET-1CEST,M3.5.0",
        "CET-1CEST,M3.5.0,",
        "CET-1CEST,M0.5.0,M10.5.0",
        "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.0.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0",
        "CET-1CEST,M3.5,M10.5.0",
        "CET-1CEST,J0,J365",
        "CET-1CEST,J1,J366",
        "CET-1CEST,0,366",
        "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0/,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0x",
        "CET-1CEST-25,M3.5.0,M10.5.0",
        "CET-99999999999999999999",
    };
    for (size_t i = 0; i < BL_COUNT_OF(footers); i++) {
        file f = { .version = '2', .type_count = 1, .footer = footers[i] };
        write_file(&f);
        int32_t offset = 0;
        if (offset_at(0, &offset) != BLOOP_INVALID_VALUE)
            fail_msg("\"%s\" is taken for a rule", footers[i]);
    }
}

static void contradictory_files_are_refused(void **state)
{
    (void)state;
    file cases[] = { two_changes, two_changes, two_changes, two_changes, two_changes, two_changes, two_changes };
    cases[0].times[1] = cases[0].times[0];
    cases[1].times[1] = -2000;
    cases[2].indexes[1] = 3;
    cases[3].offsets[0] = 86400;
    cases[4].offsets[2] = INT32_MIN;
    cases[5].leaps = 1;
    cases[6].time_count = cases[6].type_count = 0;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        write_file(&cases[i]);
        int32_t offset = 0;
        if (offset_at(0, &offset) != BLOOP_INVALID_VALUE)
            fail_msg("case %zu is taken for a zone", i);
    }
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    file f = two_changes;
    f.footer = "CET-1CEST,M3.5.0,M10.5.0/3";
    bl_buffer bytes = { 0 };
    make_bytes(&bytes, &f);
    for (size_t size = 0; size <= bytes.size; size++) {
        write_bytes(bytes.data, size);
        int32_t offset = 0;
        assert_int_equal(offset_at(0, &offset), size < bytes.size ? BLOOP_INVALID_VALUE : BLOOP_OK);
    }
    bl_buffer_free(&bytes);
}

/* A changed byte gives another zone or none; the counts among them must not lead outside of the file. */
static void a_changed_byte_never_crashes(void **state)
{
    (void)state;
    static const uint8_t masks[] = { 0x01, 0x80, 0xFF, 0x40 };
    file f = two_changes;
    f.footer = "CET-1CEST,M3.5.0,M10.5.0/3";
    bl_buffer bytes = { 0 };
    make_bytes(&bytes, &f);
    size_t refused = 0;
    for (size_t at = 0; at < bytes.size; at++) {
        for (size_t m = 0; m < BL_COUNT_OF(masks); m++) {
            bytes.data[at] ^= masks[m];
            write_bytes(bytes.data, bytes.size);
            bytes.data[at] ^= masks[m];
            int32_t offset = 0;
            bloop_status status = offset_at(INT64_C(4102444800), &offset);
            refused += status != BLOOP_OK;
            assert_true(status == BLOOP_OK || status == BLOOP_INVALID_VALUE);
            assert_in_range(offset + 86400, 1, 2 * 86400 - 1);
        }
    }
    assert_true(refused > bytes.size / 2);
    bl_buffer_free(&bytes);
}

static void what_is_no_small_file_is_refused(void **state)
{
    (void)state;
    int32_t offset = 0;
    uint8_t *large = calloc(1, 300 * 1024);
    assert_non_null(large);
    bl_buffer bytes = { 0 };
    make_bytes(&bytes, &two_changes);
    memcpy(large, bytes.data, bytes.size);
    write_bytes(large, 300 * 1024);
    assert_int_equal(offset_at(0, &offset), BLOOP_INVALID_VALUE);
    bl_buffer_free(&bytes);
    free(large);

    char path[64];
    snprintf(path, sizeof path, "%s/Zone", folder);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(offset_at(0, &offset), BLOOP_INVALID_VALUE);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(offset_at(0, &offset), BLOOP_INVALID_VALUE); /* and does not wait for a writer */
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(offset_at(0, &offset), BLOOP_INVALID_VALUE);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(symlink("Zone", path), 0); /* to itself */
    assert_int_equal(offset_at(0, &offset), BLOOP_IO);
    assert_int_equal(unlink(path), 0);
}

/* Many changes a second apart, all within the two days that are searched for a local time. */
static void a_zone_that_changes_all_the_time_is_searched(void **state)
{
    (void)state;
    file f = two_changes;
    f.time_count = 4;
    int64_t times[4] = { 100, 101, 102, 103 };
    memcpy(f.times, times, sizeof times);
    memcpy(f.indexes, (uint8_t[]){ 0, 1, 0, 1 }, 4);
    write_file(&f);
    bloop_civil_time civil = { 1970, 1, 1, 1, 1, 42, 0, 0 }; /* 3702 local would be second 102, whose offset is 1800 */
    bloop_datetime value;
    assert_int_equal(bloop_datetime_of_local(&civil, "Zone", &value), BLOOP_INVALID_VALUE);
    civil.second = 43;
    assert_int_equal(bloop_datetime_of_local(&civil, "Zone", &value), BLOOP_OK);
    assert_int_equal(value.microseconds, 103000000);
}

static void a_zone_is_read_once(void **state)
{
    (void)state;
    write_file(&two_changes);
    check_offset(0, 3600);
    char path[64];
    snprintf(path, sizeof path, "%s/Zone", folder);
    assert_int_equal(unlink(path), 0);
    check_offset(0, 3600);
    bloop_set_allocator(NULL);
    int32_t offset = 0;
    assert_int_equal(offset_at(0, &offset), BLOOP_INVALID_VALUE);
}

static void utc_needs_no_file(void **state)
{
    (void)state;
    bloop_datetime shown = { 0, 9 };
    assert_int_equal(bloop_datetime_in_zone((bloop_datetime){ 0, 5 }, "UTC", &shown), BLOOP_OK);
    assert_int_equal(shown.utc_offset, 0);
    assert_int_equal(bloop_datetime_in_zone((bloop_datetime){ 0, 5 }, "Europe/Berlin", &shown), BLOOP_INVALID_VALUE);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && setenv("TZDIR", folder, 1) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/Zone", folder);
    unlink(path);
    bloop_set_allocator(NULL);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_version_is_read),
        cmocka_unit_test(the_64_bit_part_is_the_one_that_counts),
        cmocka_unit_test(each_form_of_rule_is_followed),
        cmocka_unit_test(a_bad_rule_is_refused),
        cmocka_unit_test(contradictory_files_are_refused),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_changed_byte_never_crashes),
        cmocka_unit_test(what_is_no_small_file_is_refused),
        cmocka_unit_test(a_zone_that_changes_all_the_time_is_searched),
        cmocka_unit_test(a_zone_is_read_once),
        cmocka_unit_test(utc_needs_no_file),
    };
    return cmocka_run_group_tests_name("base/zone_file", tests, make_folder, remove_folder);
}
