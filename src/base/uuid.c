/* The text of UUIDs. */
#include "base/base.h"

static bool is_dash_position(size_t index);
static int digit_value(char c);

void bl_uuid_format(const uint8_t bytes[16], char out[37])
{
    static const char digits[] = "0123456789abcdef";
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if (is_dash_position(at))
            out[at++] = '-';
        out[at++] = digits[bytes[i] >> 4];
        out[at++] = digits[bytes[i] & 15];
    }
    out[at] = '\0';
}

bool bl_uuid_parse(const char *text, size_t size, uint8_t bytes[16])
{
    if (size != 36 && size != 32)
        return false;
    uint8_t read[16];
    size_t at = 0;
    for (size_t i = 0; i < 16; i++) {
        if (size == 36 && is_dash_position(at) && text[at++] != '-')
            return false;
        int value = digit_value(text[at]) * 16 | digit_value(text[at + 1]);
        if (value < 0)
            return false;
        read[i] = (uint8_t)value;
        at += 2;
    }
    memcpy(bytes, read, sizeof read);
    return true;
}

static bool is_dash_position(size_t index)
{
    return index == 8 || index == 13 || index == 18 || index == 23;
}

/* -1 for what is no hexadecimal digit, which stays negative whatever it is multiplied by or ORed with. */
static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
