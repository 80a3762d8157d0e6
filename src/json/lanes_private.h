/* Sixteen bytes at a time, by what every x86-64 processor has (SSE2) or every AArch64 one (NEON): for scan_private.h. */
#ifndef BL_JSON_LANES_PRIVATE_H
#define BL_JSON_LANES_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__SSE2__)

#    include <emmintrin.h>

typedef __m128i bl_json_lanes;

static inline bl_json_lanes bl_json_load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}
static inline bl_json_lanes bl_json_equal(bl_json_lanes lanes, char byte)
{
    return _mm_cmpeq_epi8(lanes, _mm_set1_epi8(byte));
}
static inline bl_json_lanes bl_json_either(bl_json_lanes a, bl_json_lanes b)
{
    return _mm_or_si128(a, b);
}
static inline bl_json_lanes bl_json_control(bl_json_lanes lanes)
{
    return _mm_cmpeq_epi8(_mm_min_epu8(lanes, _mm_set1_epi8(0x1F)), lanes);
}
/* Bytes of 0x80 and above are negative here, and so below a space as control characters are. */
static inline bl_json_lanes bl_json_control_or_not_ascii(bl_json_lanes lanes)
{
    return _mm_cmplt_epi8(lanes, _mm_set1_epi8(0x20));
}
static inline bool bl_json_any(bl_json_lanes found)
{
    return _mm_movemask_epi8(found) != 0;
}
static inline bool bl_json_all(bl_json_lanes found)
{
    return _mm_movemask_epi8(found) == 0xFFFF;
}
static inline int bl_json_first(bl_json_lanes found)
{
    return __builtin_ctz((unsigned)_mm_movemask_epi8(found));
}
static inline int bl_json_first_not(bl_json_lanes found)
{
    return __builtin_ctz(~(unsigned)_mm_movemask_epi8(found));
}

#else

#    include <arm_neon.h>

typedef uint8x16_t bl_json_lanes;

static inline bl_json_lanes bl_json_load(const uint8_t *at)
{
    return vld1q_u8(at);
}
static inline bl_json_lanes bl_json_equal(bl_json_lanes lanes, char byte)
{
    return vceqq_u8(lanes, vdupq_n_u8((uint8_t)byte));
}
static inline bl_json_lanes bl_json_either(bl_json_lanes a, bl_json_lanes b)
{
    return vorrq_u8(a, b);
}
static inline bl_json_lanes bl_json_control(bl_json_lanes lanes)
{
    return vcltq_u8(lanes, vdupq_n_u8(0x20));
}
static inline bl_json_lanes bl_json_control_or_not_ascii(bl_json_lanes lanes)
{
    return vcltq_s8(vreinterpretq_s8_u8(lanes), vdupq_n_s8(0x20));
}
/* Four bits for each lane: NEON has no instruction that gathers one. */
static inline uint64_t bl_json_nibbles(bl_json_lanes found)
{
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(found), 4)), 0);
}
static inline bool bl_json_any(bl_json_lanes found)
{
    return bl_json_nibbles(found) != 0;
}
static inline bool bl_json_all(bl_json_lanes found)
{
    return bl_json_nibbles(found) == UINT64_MAX;
}
static inline int bl_json_first(bl_json_lanes found)
{
    return __builtin_ctzll(bl_json_nibbles(found)) >> 2;
}
static inline int bl_json_first_not(bl_json_lanes found)
{
    return __builtin_ctzll(~bl_json_nibbles(found)) >> 2;
}

#endif

#endif
