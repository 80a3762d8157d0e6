/* Finding the bytes that matter, many at a time: 16 with SSE2 or NEON, or 8 in a general register. The portable functions
   are always there; their twins follow what the compiler targets, and BLOOP_NO_SIMD leaves them out. Both give the same
   answer for every input. */
#ifndef BL_JSON_SCAN_PRIVATE_H
#define BL_JSON_SCAN_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if !defined(BLOOP_NO_SIMD) && (defined(__SSE2__) || (defined(__ARM_NEON) && defined(__aarch64__)))
#    define BL_JSON_SIMD 1
#    include "json/lanes_private.h"
#else
#    define BL_JSON_SIMD 0
#endif

#define BL_JSON_EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Not zero if and only if some byte of `word` is below `limit`, which is at most 128. Which byte it is, is not told. */
static inline uint64_t bl_json_word_below(uint64_t word, uint8_t limit)
{
    return (word - BL_JSON_EACH_BYTE(limit)) & ~word & BL_JSON_EACH_BYTE(0x80);
}

/* Whether one of eight bytes is special. */
static inline bool bl_json_word_special(uint64_t word)
{
    uint64_t quotes = word ^ BL_JSON_EACH_BYTE('"'), backslashes = word ^ BL_JSON_EACH_BYTE('\\');
    return (bl_json_word_below(word, 0x20) | bl_json_word_below(quotes, 1) | bl_json_word_below(backslashes, 1)) != 0;
}

static inline bool bl_json_is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* Quotes, backslashes and control characters: what a string can't hold as it is. */
static inline bool bl_json_is_special(uint8_t byte)
{
    return byte < 0x20 || byte == '"' || byte == '\\';
}

/* The first byte that ends a run of plain ASCII in a string, special or not ASCII; `end` if there is none. */
static inline const uint8_t *bl_json_scan_portable(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        if (bl_json_word_special(word) || (word & BL_JSON_EACH_BYTE(0x80)))
            break;
    }
    while (at < end && !bl_json_is_special(*at) && *at < 0x80)
        at++;
    return at;
}

/* The first special byte; `end` if there is none. */
static inline const uint8_t *bl_json_scan_special_portable(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        if (bl_json_word_special(word))
            break;
    }
    while (at < end && !bl_json_is_special(*at))
        at++;
    return at;
}

/* The first byte that is no white space; `end` if there is none. */
static inline const uint8_t *bl_json_scan_space_portable(const uint8_t *at, const uint8_t *end)
{
    while (at < end && bl_json_is_space(*at))
        at++;
    return at;
}

/* Whether none of `size` bytes is special. Unlike a scan it needs no loop over the last few: it looks at some twice. */
static inline bool bl_json_plain_portable(const uint8_t *at, size_t size)
{
    uint64_t word;
    uint32_t first, last;
    if (size >= 8) {
        const uint8_t *tail = at + size - 8;
        for (; at < tail; at += 8) {
            memcpy(&word, at, 8);
            if (bl_json_word_special(word))
                return false;
        }
        memcpy(&word, tail, 8);
        return !bl_json_word_special(word);
    }
    if (size >= 4) {
        memcpy(&first, at, 4);
        memcpy(&last, at + size - 4, 4);
        return !bl_json_word_special(first | (uint64_t)last << 32);
    }
    for (size_t i = 0; i < size; i++) {
        if (bl_json_is_special(at[i]))
            return false;
    }
    return true;
}

#if BL_JSON_SIMD

static inline bl_json_lanes bl_json_lanes_special(bl_json_lanes lanes)
{
    bl_json_lanes quoting = bl_json_either(bl_json_equal(lanes, '"'), bl_json_equal(lanes, '\\'));
    return bl_json_either(quoting, bl_json_control(lanes));
}

static inline const uint8_t *bl_json_scan_simd(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 16; at += 16) {
        bl_json_lanes lanes = bl_json_load(at);
        bl_json_lanes quoting = bl_json_either(bl_json_equal(lanes, '"'), bl_json_equal(lanes, '\\'));
        bl_json_lanes found = bl_json_either(quoting, bl_json_control_or_not_ascii(lanes));
        if (bl_json_any(found))
            return at + bl_json_first(found);
    }
    return bl_json_scan_portable(at, end);
}

static inline const uint8_t *bl_json_scan_special_simd(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 16; at += 16) {
        bl_json_lanes found = bl_json_lanes_special(bl_json_load(at));
        if (bl_json_any(found))
            return at + bl_json_first(found);
    }
    return bl_json_scan_special_portable(at, end);
}

static inline const uint8_t *bl_json_scan_space_simd(const uint8_t *at, const uint8_t *end)
{
    for (; end - at >= 16; at += 16) {
        bl_json_lanes lanes = bl_json_load(at);
        bl_json_lanes blank = bl_json_either(bl_json_equal(lanes, ' '), bl_json_equal(lanes, '\n'));
        blank = bl_json_either(blank, bl_json_either(bl_json_equal(lanes, '\r'), bl_json_equal(lanes, '\t')));
        if (!bl_json_all(blank))
            return at + bl_json_first_not(blank);
    }
    return bl_json_scan_space_portable(at, end);
}

static inline bool bl_json_plain_simd(const uint8_t *at, size_t size)
{
    if (size < 16)
        return bl_json_plain_portable(at, size);
    const uint8_t *tail = at + size - 16;
    for (; at < tail; at += 16) {
        if (bl_json_any(bl_json_lanes_special(bl_json_load(at))))
            return false;
    }
    return !bl_json_any(bl_json_lanes_special(bl_json_load(tail)));
}

#    define bl_json_scan         bl_json_scan_simd
#    define bl_json_scan_special bl_json_scan_special_simd
#    define bl_json_scan_space   bl_json_scan_space_simd
#    define bl_json_plain        bl_json_plain_simd

#else

#    define bl_json_scan         bl_json_scan_portable
#    define bl_json_scan_special bl_json_scan_special_portable
#    define bl_json_scan_space   bl_json_scan_space_portable
#    define bl_json_plain        bl_json_plain_portable

#endif

#endif
