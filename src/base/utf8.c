/* Validation of UTF-8. Most text is ASCII, so runs of it are skipped 16 or 8 bytes at a time. */
#include "base/base.h"

#ifdef __SSE2__
#    include <emmintrin.h>
#endif

static size_t ascii_run(const uint8_t *text, size_t size);
static size_t character_size(const uint8_t *text, size_t left);
static bool is_continuation(uint8_t byte);

bool bl_utf8_valid(const void *text, size_t size)
{
    return bl_utf8_error_at(text, size) == size;
}

size_t bl_utf8_error_at(const void *text, size_t size)
{
    const uint8_t *bytes = text;
    size_t at = 0;
    while (at < size) {
        at += ascii_run(bytes + at, size - at);
        /* Other scripts come in runs too: stay here until the next ASCII byte. */
        while (at < size && bytes[at] >= 0x80) {
            size_t length = character_size(bytes + at, size - at);
            if (length == 0)
                return at;
            at += length;
        }
    }
    return size;
}

/* The number of ASCII bytes that `text` starts with. */
static size_t ascii_run(const uint8_t *text, size_t size)
{
    size_t at = 0;
#ifdef __SSE2__
    for (; size - at >= 16; at += 16) {
        int high_bits = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(text + at)));
        if (high_bits)
            return at + (size_t)__builtin_ctz((unsigned)high_bits);
    }
#endif
    for (; size - at >= 8; at += 8) {
        uint64_t high_bits = bl_load_le64(text + at) & UINT64_C(0x8080808080808080);
        if (high_bits)
            return at + (size_t)__builtin_ctzll(high_bits) / 8;
    }
    while (at < size && text[at] < 0x80)
        at++;
    return at;
}

/* The size of the character of more than one byte that `text` starts with; 0 when it is not well-formed. The ranges are
   those of RFC 3629, section 4: they leave out overlong forms, surrogates, and what lies beyond U+10FFFF. */
static size_t character_size(const uint8_t *text, size_t left)
{
    uint8_t lead = text[0];
    if (lead < 0xC2 || lead > 0xF4 || left < 2)
        return 0;
    if (lead < 0xE0)
        return is_continuation(text[1]) ? 2 : 0;
    uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (text[1] < low || text[1] > high || left < 3 || !is_continuation(text[2]))
        return 0;
    if (lead < 0xF0)
        return 3;
    return left >= 4 && is_continuation(text[3]) ? 4 : 0;
}

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xC0) == 0x80;
}
