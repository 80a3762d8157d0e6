/* Standard base64 (RFC 4648, section 4): with padding, without line breaks, and only in its canonical form. */
#include "base/base.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The six bits that an ASCII character stands for; XX, whose highest bit is set, for one outside the alphabet. */
enum { XX = 0x80 };
/* clang-format off */
static const uint8_t six_bits[128] = {
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* 0x00 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, /* 0x10 */
    XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX, XX, 63, /* 0x20 */
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, XX, XX, XX, /* 0x30 */
    XX,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, /* 0x40 */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, XX, /* 0x50 */
    XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, /* 0x60 */
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX, /* 0x70 */
};
/* clang-format on */

static uint32_t decode_quad(const uint8_t *text);
static bloop_status decode_last(uint8_t *out, const uint8_t *text, size_t padding);
static bloop_status bad_text(bl_buffer *out, size_t old_size, const char *rule);

void bl_base64_encode(bl_buffer *out, const void *data, size_t size)
{
    const uint8_t *in = data;
    /* A size whose text can't be counted is refused as one that can't be had. */
    uint8_t *to = bl_buffer_extend(out, size > PTRDIFF_MAX / 2 ? SIZE_MAX : (size + 2) / 3 * 4);
    if (!to)
        return;
    size_t whole = size / 3 * 3;
    for (size_t i = 0; i < whole; i += 3, to += 4) {
        uint32_t bits = (uint32_t)in[i] << 16 | (uint32_t)in[i + 1] << 8 | in[i + 2];
        to[0] = (uint8_t)alphabet[bits >> 18];
        to[1] = (uint8_t)alphabet[bits >> 12 & 63];
        to[2] = (uint8_t)alphabet[bits >> 6 & 63];
        to[3] = (uint8_t)alphabet[bits & 63];
    }
    if (whole == size)
        return;
    bool has_two = size - whole == 2;
    uint32_t bits = (uint32_t)in[whole] << 16 | (has_two ? (uint32_t)in[whole + 1] << 8 : 0);
    to[0] = (uint8_t)alphabet[bits >> 18];
    to[1] = (uint8_t)alphabet[bits >> 12 & 63];
    to[2] = (uint8_t)(has_two ? alphabet[bits >> 6 & 63] : '=');
    to[3] = '=';
}

bloop_status bl_base64_decode(bl_buffer *out, const char *text, size_t size)
{
    const uint8_t *in = (const uint8_t *)text;
    size_t old_size = out->size;
    if (out->status != BLOOP_OK || size == 0)
        return out->status;
    if (size % 4 != 0)
        return bad_text(out, old_size, "its length is no multiple of four");
    size_t padding = in[size - 1] != '=' ? 0 : in[size - 2] != '=' ? 1 : 2;
    uint8_t *to = bl_buffer_extend(out, size / 4 * 3 - padding);
    if (!to)
        return out->status;
    size_t whole = padding ? size - 4 : size;
    uint32_t wrong = 0;
    for (size_t i = 0; i < whole; i += 4, to += 3) {
        uint32_t bits = decode_quad(in + i);
        wrong |= bits;
        to[0] = (uint8_t)(bits >> 16);
        to[1] = (uint8_t)(bits >> 8);
        to[2] = (uint8_t)bits;
    }
    if (wrong >> 24)
        return bad_text(out, old_size, "a character is outside the alphabet");
    if (padding && decode_last(to, in + whole, padding) != BLOOP_OK)
        return bad_text(out, old_size, "its end is not canonical");
    return BLOOP_OK;
}

/* The 24 bits of four characters; a bit above these is set when one of them is not in the alphabet. */
static uint32_t decode_quad(const uint8_t *text)
{
    uint8_t a = text[0], b = text[1], c = text[2], d = text[3];
    uint8_t va = six_bits[a & 0x7F], vb = six_bits[b & 0x7F], vc = six_bits[c & 0x7F], vd = six_bits[d & 0x7F];
    uint32_t bad = (uint32_t)((va | vb | vc | vd | a | b | c | d) & 0x80);
    return bad << 24 | (uint32_t)(va & 63) << 18 | (uint32_t)(vb & 63) << 12 | (uint32_t)(vc & 63) << 6 | (vd & 63);
}

/* The last four characters, `padding` of which are '='. The bits that pad the last byte have to be zero. */
static bloop_status decode_last(uint8_t *out, const uint8_t *text, size_t padding)
{
    uint8_t quad[4] = { text[0], text[1], padding == 2 ? 'A' : text[2], 'A' };
    uint32_t bits = decode_quad(quad);
    uint32_t unused = padding == 2 ? 0xFFFF : 0xFF;
    if (bits >> 24 || (bits & unused) != 0)
        return BLOOP_INVALID_VALUE;
    out[0] = (uint8_t)(bits >> 16);
    if (padding == 1)
        out[1] = (uint8_t)(bits >> 8);
    return BLOOP_OK;
}

static bloop_status bad_text(bl_buffer *out, size_t old_size, const char *rule)
{
    out->size = old_size;
    return bl_error(BLOOP_INVALID_VALUE, "not base64: %s", rule);
}
