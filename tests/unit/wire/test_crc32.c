/* The checksum of responses: published values, values that the service sent, and both ways of computing it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wire/crc32_private.h"

static void has_published_values(void **state)
{
    (void)state;
    assert_int_equal(bl_wire_crc32("", 0), 0);
    assert_int_equal(bl_wire_crc32("123456789", 9), 0xCBF43926U); /* the check value of CRC-32/ISO-HDLC */
    assert_int_equal(bl_wire_crc32("{}", 2), 2745614147U);        /* what the service sends with an empty answer */
}

/* Recorded from the service by dynalite's tests. */
static void has_the_service_s_values(void **state)
{
    static const struct {
        const char *body;
        uint32_t crc;
    } cases[] = {
        { "healthy: dynamodb.us-east-1.amazonaws.com ", 3128867991U },
        { "<UnknownOperationException/>\n", 3552371480U },
        { "{\"__type\":\"com.amazon.coral.service#SerializationException\"}", 3948637019U },
        { "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}", 1368724161U },
        { "{\"__type\":\"com.amazon.coral.service#MissingAuthenticationTokenException\","
          "\"message\":\"Request is missing Authentication Token\"}",
          2088342776U },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++)
        assert_int_equal(bl_wire_crc32(cases[i].body, strlen(cases[i].body)), cases[i].crc);
}

static void both_ways_agree(void **state)
{
    static uint8_t bytes[4096];
    uint32_t random = 1;
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
    for (size_t size = 0; size <= 400; size++)
        for (size_t from = 0; from < 17; from++)
            assert_int_equal(bl_wire_crc32(bytes + from, size), bl_wire_crc32_tables(bytes + from, size));
    assert_int_equal(bl_wire_crc32(bytes, sizeof bytes), bl_wire_crc32_tables(bytes, sizeof bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_published_values),
        cmocka_unit_test(has_the_service_s_values),
        cmocka_unit_test(both_ways_agree),
    };
    return cmocka_run_group_tests_name("wire/crc32", tests, NULL, NULL);
}
