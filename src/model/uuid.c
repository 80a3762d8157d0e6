/* UUIDs as values. */
#include "model/type_private.h"

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static bloop_status fail_parse(const char *text, size_t size) BL_COLD;
static bool read_uuid(const char *text, uint32_t out[4]);
static inline uint64_t read_digits(uint64_t text, uint32_t *out);

bloop_status bloop_uuid_random(bloop_uuid *out)
{
    bloop_uuid made;
    bloop_status status = bl_random(made.bytes, sizeof made.bytes);
    if (status != BLOOP_OK)
        return status;
    made.bytes[6] = (uint8_t)((made.bytes[6] & 0x0F) | 0x40); /* RFC 9562, 5.4: version 4, variant 10 */
    made.bytes[8] = (uint8_t)((made.bytes[8] & 0x3F) | 0x80);
    *out = made;
    return BLOOP_OK;
}

bloop_status bloop_uuid_parse(const char *text, size_t size, bloop_uuid *out)
{
    uint32_t parsed[4];
    if (BL_UNLIKELY(!text || size != BLOOP_UUID_TEXT_SIZE - 1 || !read_uuid(text, parsed)))
        return fail_parse(text, text ? size : 0);
    for (int i = 0; i < 4; i++)
        bl_store_le32(out->bytes + 4 * i, parsed[i]);
    return BLOOP_OK;
}

void bloop_uuid_format(bloop_uuid value, char *text)
{
    bl_uuid_format(value.bytes, text);
}

static bloop_status fail_parse(const char *text, size_t size)
{
    char quoted[BL_QUOTE_SIZE];
    return bl_error(BLOOP_INVALID_VALUE, "%s is no UUID: that has 8-4-4-4-12 hexadecimal digits",
                    bl_quote(quoted, text ? text : "", size));
}

/* Keys are UUIDs so often that reading them counts: the digits are read in four steps of eight. */
static bool read_uuid(const char *text, uint32_t out[4])
{
    bool dashes = text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
    uint64_t second = bl_load_le32(text + 9) | (uint64_t)bl_load_le32(text + 14) << 32;
    uint64_t third = bl_load_le32(text + 19) | (uint64_t)bl_load_le32(text + 24) << 32;
    uint64_t right = read_digits(bl_load_le64(text), &out[0]) & read_digits(second, &out[1]) &
                     read_digits(third, &out[2]) & read_digits(bl_load_le64(text + 28), &out[3]);
    return dashes && (right & EACH(0x80)) == EACH(0x80);
}

/* Eight hexadecimal digits, the first in the lowest byte, become four bytes. The highest bit of each byte of what is
   returned tells whether it was a digit. No sum of a byte goes beyond it, once its highest bit is off. */
static inline uint64_t read_digits(uint64_t text, uint32_t *out)
{
    uint64_t ascii = text & EACH(0x7F);
    uint64_t from_zero = ascii ^ EACH('0'), from_a = (ascii | EACH(0x20)) ^ EACH(0x60); /* 0 to 9, 1 to 6 */
    uint64_t digit = ~(from_zero + EACH(0x7F - 9)) & EACH(0x80);
    uint64_t letter = ~(from_a + EACH(0x7F - 6)) & (from_a + EACH(0x7F)) & EACH(0x80);
    uint64_t values = (ascii & EACH(0x0F)) + (letter >> 7) * 9;
    uint64_t bytes = (values << 4 | values >> 8) & UINT64_C(0x00FF00FF00FF00FF);
    bytes = (bytes | bytes >> 8) & UINT64_C(0x0000FFFF0000FFFF);
    *out = (uint32_t)(bytes | bytes >> 16);
    return (digit | letter) & ~text;
}
