/* Checksums of 32 bits by reflected polynomials, eight bytes at a time, on any machine ("slicing by eight", Kounavis and Berry
   2005). */
#include "base/base.h"

void bl_crc_fill(bl_crc_tables *tables, uint32_t polynomial)
{
    uint32_t(*rows)[256] = tables->rows;
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
        rows[0][byte] = crc;
    }
    for (int zeros = 1; zeros < 8; zeros++)
        for (uint32_t byte = 0; byte < 256; byte++) {
            uint32_t before = rows[zeros - 1][byte];
            rows[zeros][byte] = before >> 8 ^ rows[0][before & 0xFF];
        }
}

uint32_t bl_crc_run(const bl_crc_tables *tables, uint32_t crc, const uint8_t *at, size_t size)
{
    const uint32_t(*rows)[256] = tables->rows;
    for (; size >= 8; size -= 8, at += 8) {
        uint32_t low = crc ^ bl_load_le32(at);
        uint32_t high = bl_load_le32(at + 4);
        crc = rows[7][low & 0xFF] ^ rows[6][low >> 8 & 0xFF] ^ rows[5][low >> 16 & 0xFF] ^ rows[4][low >> 24] ^
              rows[3][high & 0xFF] ^ rows[2][high >> 8 & 0xFF] ^ rows[1][high >> 16 & 0xFF] ^ rows[0][high >> 24];
    }
    for (; size > 0; size--, at++)
        crc = crc >> 8 ^ rows[0][(crc ^ *at) & 0xFF];
    return crc;
}
