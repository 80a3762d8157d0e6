/* Bytes of unknown origin, made fit for a message. */
#include "base/base.h"

static const char ellipsis[] = "\xE2\x80\xA6";

static size_t character_size(const uint8_t *text, size_t left);
static size_t write_escaped(char *out, const uint8_t *text, size_t size);

const char *bl_quote(char *out, const void *text, size_t size)
{
    const uint8_t *bytes = text;
    const size_t limit = BL_QUOTE_SIZE - sizeof "\"" - (sizeof ellipsis - 1);
    size_t written = 0;
    out[written++] = '"';
    for (size_t at = 0; at < size;) {
        char piece[16];
        size_t length = character_size(bytes + at, size - at);
        size_t piece_size = write_escaped(piece, bytes + at, length);
        if (written + piece_size > limit) {
            memcpy(out + written, ellipsis, sizeof ellipsis - 1);
            written += sizeof ellipsis - 1;
            break;
        }
        memcpy(out + written, piece, piece_size);
        written += piece_size;
        at += length;
    }
    out[written++] = '"';
    out[written] = '\0';
    return out;
}

/* The bytes that are shown together: a whole character, or one byte that belongs to none. */
static size_t character_size(const uint8_t *text, size_t left)
{
    for (size_t size = 1; size <= 4 && size <= left; size++) {
        if (bl_utf8_valid(text, size))
            return size;
    }
    return 1;
}

/* Writes one character, as it is or as escapes of its bytes. At most 8 bytes: a control character has two. */
static size_t write_escaped(char *out, const uint8_t *text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    bool is_control = text[0] < 0x20 || text[0] == 0x7F || (size == 2 && text[0] == 0xC2 && text[1] < 0xA0);
    bool is_stray = size == 1 && text[0] >= 0x80;
    if (!is_control && !is_stray) {
        size_t written = 0;
        if (text[0] == '"' || text[0] == '\\')
            out[written++] = '\\';
        memcpy(out + written, text, size);
        return written + size;
    }
    for (size_t i = 0; i < size; i++) {
        char *escape = out + 4 * i;
        escape[0] = '\\';
        escape[1] = 'x';
        escape[2] = digits[text[i] >> 4];
        escape[3] = digits[text[i] & 15];
    }
    return 4 * size;
}
