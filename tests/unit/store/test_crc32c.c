/* CRC-32C against the examples of RFC 3720, B.4, by both ways of computing it, in pieces and at every alignment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store/record_private.h"

static void known_values(void **state)
{
    (void)state;
    uint8_t zeros[32] = { 0 }, ones[32], up[32], down[32];
    memset(ones, 0xFF, sizeof ones);
    for (uint8_t i = 0; i < 32; i++) {
        up[i] = i;
        down[i] = (uint8_t)(31 - i);
    }
    const uint8_t command[48] = {
        [0] = 0x01, [1] = 0xC0, [16] = 0x14, [22] = 0x04, [27] = 0x14, [31] = 0x18, [32] = 0x28, [40] = 0x02
    };
    const struct {
        const void *data;
        size_t size;
        uint32_t crc;
    } cases[] = {
        { "", 0, 0 },
        { "123456789", 9, 0xE3069283 },
        { zeros, sizeof zeros, 0x8A9136AA },
        { ones, sizeof ones, 0x62A8AB43 },
        { up, sizeof up, 0x46DD794E },
        { down, sizeof down, 0x113FDB5C },
        { command, sizeof command, 0xD9963A56 },
    };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        assert_int_equal(bl_crc32c(0, cases[i].data, cases[i].size), cases[i].crc);
        assert_int_equal(bl_crc32c_tables(0, cases[i].data, cases[i].size), cases[i].crc);
    }
}

static void pieces_and_alignments_agree(void **state)
{
    (void)state;
    uint8_t data[300];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7 + i / 13);
    for (size_t start = 0; start < 9; start++)
        for (size_t size = 0; size < 100; size++) {
            uint32_t whole = bl_crc32c(0, data + start, size);
            assert_int_equal(whole, bl_crc32c_tables(0, data + start, size));
            for (size_t cut = 0; cut <= size; cut += 11) {
                uint32_t first = bl_crc32c(0, data + start, cut);
                assert_int_equal(whole, bl_crc32c(first, data + start + cut, size - cut));
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_values),
        cmocka_unit_test(pieces_and_alignments_agree),
    };
    return cmocka_run_group_tests_name("store/crc32c", tests, NULL, NULL);
}
