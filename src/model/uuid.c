/* UUIDs as values. */
#include "model/type_private.h"

/* The value of each hexadecimal digit, plus 16; 0 for all other bytes. Keys are UUIDs so often that reading them counts. */
#define DIGIT_(character, value) [character] = 16 + (value)
static const uint8_t digits[256] = {
    DIGIT_('0', 0),  DIGIT_('1', 1),  DIGIT_('2', 2),  DIGIT_('3', 3),  DIGIT_('4', 4),  DIGIT_('5', 5),
    DIGIT_('6', 6),  DIGIT_('7', 7),  DIGIT_('8', 8),  DIGIT_('9', 9),  DIGIT_('a', 10), DIGIT_('b', 11),
    DIGIT_('c', 12), DIGIT_('d', 13), DIGIT_('e', 14), DIGIT_('f', 15), DIGIT_('A', 10), DIGIT_('B', 11),
    DIGIT_('C', 12), DIGIT_('D', 13), DIGIT_('E', 14), DIGIT_('F', 15),
};

static bool read_uuid(const char *text, uint8_t *out);
static bool read_bytes(const char *text, uint8_t *out, size_t count);

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
    char quoted[BL_QUOTE_SIZE];
    bloop_uuid parsed;
    if (!text || size != BLOOP_UUID_TEXT_SIZE - 1 || !read_uuid(text, parsed.bytes))
        return bl_error(BLOOP_INVALID_VALUE, "%s is no UUID: that has 8-4-4-4-12 hexadecimal digits",
                        bl_quote(quoted, text ? text : "", text ? size : 0));
    *out = parsed;
    return BLOOP_OK;
}

void bloop_uuid_format(bloop_uuid value, char *text)
{
    bl_uuid_format(value.bytes, text);
}

static bool read_uuid(const char *text, uint8_t *out)
{
    bool dashes = text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-';
    return dashes && read_bytes(text, out, 4) && read_bytes(text + 9, out + 4, 2) &&
           read_bytes(text + 14, out + 6, 2) && read_bytes(text + 19, out + 8, 2) && read_bytes(text + 24, out + 10, 6);
}

static bool read_bytes(const char *text, uint8_t *out, size_t count)
{
    unsigned all = 16;
    for (size_t i = 0; i < count; i++) {
        unsigned high = digits[(uint8_t)text[2 * i]], low = digits[(uint8_t)text[2 * i + 1]];
        all &= high & low;
        out[i] = (uint8_t)(high << 4 | (low & 15));
    }
    return all & 16;
}
