/* Packed values from the inside: where things are. For values that are known to be well-formed. */
#ifndef BL_PACKED_PRIVATE_H
#define BL_PACKED_PRIVATE_H

#include "value/value.h"

#define BYTES_HEAD     BL_BYTES_HEAD
#define CONTAINER_HEAD BL_CONTAINER_HEAD

/* What the service says of a value that nests too deeply. */
#define BL_NESTING_MESSAGE \
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"

/* An element of a set or an entry of a map, as sorting sees it. */
typedef struct element {
    const uint8_t *key; /* the bytes that it is sorted by */
    size_t key_size;
    const uint8_t *rest; /* after the key: of an entry its value, of an element the next one */
} element;

static inline bool is_set(uint8_t tag)
{
    return tag >= BLOOP_TAG_SS && tag <= BLOOP_TAG_BS;
}

static inline bool is_container(uint8_t tag)
{
    return tag >= BLOOP_TAG_SS && tag <= BLOOP_TAG_M;
}

/* The element of a container of this tag that is at `at`. Lists have no keys. */
static inline element element_at(uint8_t tag, const uint8_t *at)
{
    size_t size;
    switch (tag) {
    case BLOOP_TAG_NS: return (element){ at + 1, at[0], at + 1 + at[0] };
    case BLOOP_TAG_M: size = bl_load_le16(at); return (element){ at + 2, size, at + 2 + size + 1 };
    default: size = bl_load_le32(at); return (element){ at + 4, size, at + 4 + size + 1 };
    }
}

/* Bytes in order, the shorter first where one starts the other. Most are told apart by their first byte. */
static inline int compare_bytes(const void *a, size_t a_size, const void *b, size_t b_size)
{
    const uint8_t *left = a, *right = b;
    if (a_size && b_size && left[0] != right[0])
        return left[0] - right[0];
    size_t common = a_size < b_size ? a_size : b_size;
    int order = common ? memcmp(left, right, common) : 0;
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* memcpy for the short runs that names and strings are: two copies of fixed size that may overlap, and no call. */
static inline void copy_bytes(uint8_t *to, const void *from, size_t size)
{
    const uint8_t *bytes = from;
    if (size > 32) {
        memcpy(to, bytes, size);
    } else if (size >= 16) {
        memcpy(to, bytes, 16);
        memcpy(to + size - 16, bytes + size - 16, 16);
    } else if (size >= 8) {
        memcpy(to, bytes, 8);
        memcpy(to + size - 8, bytes + size - 8, 8);
    } else if (size >= 4) {
        memcpy(to, bytes, 4);
        memcpy(to + size - 4, bytes + size - 4, 4);
    } else if (size > 0) {
        to[0] = bytes[0];
        to[size / 2] = bytes[size / 2];
        to[size - 1] = bytes[size - 1];
    }
}

/* Whether text is UTF-8, without a call for the usual case of ASCII. */
static inline bool is_utf8(const char *text, size_t size)
{
    uint64_t bits = 0;
    if (size >= 8) {
        for (size_t at = 0; at + 8 <= size; at += 8)
            bits |= bl_load_le64(text + at);
        bits |= bl_load_le64(text + size - 8);
    } else if (size >= 4) {
        bits = bl_load_le32(text) | bl_load_le32(text + size - 4);
    } else if (size > 0) {
        bits = (uint8_t)text[0] | (uint8_t)text[size / 2] | (uint8_t)text[size - 1];
    }
    return BL_LIKELY((bits & UINT64_C(0x8080808080808080)) == 0) || bl_utf8_valid(text, size);
}

/* Sorts the elements of a container of this tag, which take `size` bytes at `content`. Duplicates stay, side by side.
   BLOOP_NO_MEMORY leaves the content as it was. */
bloop_status bl_sort_elements(uint8_t tag, uint8_t *content, size_t size, uint32_t count);

#endif
