/* Clocks, random bytes, loads and stores of integers, and the version. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include <bloop/version.h>

#include "base/base.h"

static void the_wall_clock_is_the_systems(void **state)
{
    (void)state;
    int64_t before = (int64_t)time(NULL) - 1;
    int64_t now = bl_now_microseconds();
    bloop_datetime datetime = bloop_datetime_now();
    int64_t after = (int64_t)time(NULL) + 1;
    assert_true(now >= before * 1000000 && now <= after * 1000000);
    assert_true(datetime.microseconds >= before * 1000000 && datetime.microseconds <= after * 1000000);
    assert_int_equal(datetime.utc_offset, 0);
}

static void the_monotonic_clock_measures_a_pause(void **state)
{
    (void)state;
    int64_t before = bl_monotonic_nanoseconds();
    struct timespec pause = { .tv_nsec = 2000000 };
    nanosleep(&pause, NULL);
    int64_t passed = bl_monotonic_nanoseconds() - before;
    assert_true(passed >= 2000000);
    assert_true(passed < INT64_C(60000000000));
}

static void random_bytes_take_every_value(void **state)
{
    (void)state;
    static uint8_t bytes[100000];
    assert_int_equal(bl_random(bytes, sizeof bytes), BLOOP_OK);
    bool seen[256] = { false };
    for (size_t i = 0; i < sizeof bytes; i++)
        seen[bytes[i]] = true;
    for (size_t i = 0; i < 256; i++)
        assert_true(seen[i]);
    uint8_t first[16], second[16], nothing = 5;
    assert_int_equal(bl_random(first, sizeof first), BLOOP_OK);
    assert_int_equal(bl_random(second, sizeof second), BLOOP_OK);
    assert_memory_not_equal(first, second, sizeof first);
    assert_int_equal(bl_random(&nothing, 0), BLOOP_OK);
    assert_int_equal(nothing, 5);
}

static void integers_have_the_byte_order_they_say(void **state)
{
    (void)state;
    uint8_t at[9] = { 0 };
    bl_store_le64(at + 1, UINT64_C(0x0102030405060708));
    assert_memory_equal(at, "\0\x08\x07\x06\x05\x04\x03\x02\x01", 9);
    assert_int_equal(bl_load_le64(at + 1), UINT64_C(0x0102030405060708));
    assert_int_equal(bl_load_be64(at + 1), UINT64_C(0x0807060504030201));
    assert_int_equal(bl_load_le32(at + 1), 0x05060708);
    assert_int_equal(bl_load_be32(at + 1), 0x08070605);
    assert_int_equal(bl_load_le16(at + 1), 0x0708);
    bl_store_be64(at + 1, UINT64_C(0xF102030405060708));
    assert_memory_equal(at, "\0\xF1\x02\x03\x04\x05\x06\x07\x08", 9);
    bl_store_be32(at + 1, 0xA1B2C3D4);
    assert_memory_equal(at, "\0\xA1\xB2\xC3\xD4\x05", 6);
    bl_store_le32(at + 1, 0xA1B2C3D4);
    assert_memory_equal(at, "\0\xD4\xC3\xB2\xA1\x05", 6);
    bl_store_le16(at + 1, 0xFFEE);
    assert_memory_equal(at, "\0\xEE\xFF\xB2", 4);
}

static void the_version_is_told(void **state)
{
    (void)state;
    char expected[32];
    snprintf(expected, sizeof expected, "%d.%d.%d", BLOOP_VERSION_MAJOR, BLOOP_VERSION_MINOR, BLOOP_VERSION_PATCH);
    assert_string_equal(BLOOP_VERSION, expected);
    assert_string_equal(bloop_version(), expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_wall_clock_is_the_systems), cmocka_unit_test(the_monotonic_clock_measures_a_pause),
        cmocka_unit_test(random_bytes_take_every_value), cmocka_unit_test(integers_have_the_byte_order_they_say),
        cmocka_unit_test(the_version_is_told),
    };
    return cmocka_run_group_tests_name("base/system", tests, NULL, NULL);
}
