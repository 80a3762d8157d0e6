/* The two ways of scanning against each other: for the unit test and the fuzzer. */
#ifndef TEST_JSON_SCAN_CHECK_H
#define TEST_JSON_SCAN_CHECK_H

#include "base/base.h"
#include "json/scan_private.h"

/* Whether both say the same of these bytes, and of what is left of them after each of the first few. */
static inline bool scans_agree(const uint8_t *data, size_t size)
{
    bool agree = true;
#if BL_JSON_SIMD
    const uint8_t *end = data + size;
    for (size_t from = 0; from < size && from < 40; from++) {
        const uint8_t *at = data + from;
        agree &= bl_json_scan_simd(at, end) == bl_json_scan_portable(at, end);
        agree &= bl_json_scan_special_simd(at, end) == bl_json_scan_special_portable(at, end);
        agree &= bl_json_scan_space_simd(at, end) == bl_json_scan_space_portable(at, end);
        agree &= bl_json_plain_simd(at, size - from) == bl_json_plain_portable(at, size - from);
    }
#else
    (void)data;
    (void)size;
#endif
    return agree;
}

#endif
