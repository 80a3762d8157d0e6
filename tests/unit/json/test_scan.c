/* The two ways of scanning, against each other and against the definition, at every length and alignment of small texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scan_check.h"

#define LONGEST 70

static uint64_t seed = 0x9E3779B97F4A7C15;

static uint32_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32);
}

static size_t first_that(const uint8_t *text, size_t size, bool (*wanted)(uint8_t byte))
{
    size_t at = 0;
    while (at < size && !wanted(text[at]))
        at++;
    return at;
}

static bool special(uint8_t byte)
{
    return byte < 0x20 || byte == 0x22 || byte == 0x5C;
}

static bool special_or_not_ascii(uint8_t byte)
{
    return special(byte) || byte > 0x7F;
}

static bool no_space(uint8_t byte)
{
    return byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09;
}

/* On the heap, so that a sanitizer sees a byte read too many. */
static void check_all(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    const uint8_t *end = exact + size;
    size_t plain = first_that(exact, size, special_or_not_ascii), clean = first_that(exact, size, special);
    assert_int_equal(bl_json_scan_portable(exact, end) - exact, plain);
    assert_int_equal(bl_json_scan_special_portable(exact, end) - exact, clean);
    assert_int_equal(bl_json_scan_space_portable(exact, end) - exact, first_that(exact, size, no_space));
    assert_int_equal(bl_json_plain_portable(exact, size), clean == size);
#if BL_JSON_SIMD
    assert_int_equal(bl_json_scan_simd(exact, end) - exact, plain);
    assert_int_equal(bl_json_scan_special_simd(exact, end) - exact, clean);
    assert_int_equal(bl_json_scan_space_simd(exact, end) - exact, first_that(exact, size, no_space));
    assert_int_equal(bl_json_plain_simd(exact, size), clean == size);
    assert_true(scans_agree(exact, size));
#endif
    free(exact);
}

/* Each byte value at each place of a run of letters, and of spaces. */
static void every_byte_at_every_place(void **state)
{
    (void)state;
    uint8_t text[40];
    for (size_t size = 1; size <= sizeof text; size += 3) {
        for (size_t at = 0; at < size; at++) {
            for (int byte = 0; byte < 256; byte++) {
                memset(text, byte % 2 ? 'a' : ' ', size);
                text[at] = (uint8_t)byte;
                check_all(text, size);
            }
        }
    }
}

static void random_bytes(void **state)
{
    (void)state;
    static const uint8_t likely[] = "  \n\r\tab\"\\\x1F\x20\x7F\x80\xFF";
    uint8_t text[LONGEST];
    for (int round = 0; round < 20000; round++) {
        size_t size = next_random() % (LONGEST + 1);
        uint32_t rarity = 1 + next_random() % 40;
        uint8_t filler = round % 2 ? 'x' : ' ';
        for (size_t i = 0; i < size; i++)
            text[i] = next_random() % rarity ? filler : likely[next_random() % (sizeof likely - 1)];
        check_all(text, size);
    }
}

static void nothing(void **state)
{
    (void)state;
    check_all((const uint8_t *)"", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_at_every_place),
        cmocka_unit_test(random_bytes),
        cmocka_unit_test(nothing),
    };
    return cmocka_run_group_tests_name("json/scan", tests, NULL, NULL);
}
