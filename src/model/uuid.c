/* UUIDs as values. */
#include "model/type_private.h"

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
    if (!text || size != BLOOP_UUID_TEXT_SIZE - 1 || !bl_uuid_parse(text, size, parsed.bytes))
        return bl_error(BLOOP_INVALID_VALUE, "%s is no UUID: that has 8-4-4-4-12 hexadecimal digits",
                        bl_quote(quoted, text ? text : "", text ? size : 0));
    *out = parsed;
    return BLOOP_OK;
}

void bloop_uuid_format(bloop_uuid value, char *text)
{
    bl_uuid_format(value.bytes, text);
}
