/* Attribute values and items, packed.

   A packed value is one run of bytes that can be moved and stored: strings, numbers, lists and maps inside it are found
   by lengths, not pointers. An item is a packed map. Values are read in place; nothing is decoded before it is asked for.

   The encoding (all integers little-endian; it is what the store's file holds, so it can't change):

     value   = tag (1 byte, bloop_tag) payload
     NULL    nothing
     BOOL    1 byte, 0 or 1
     N       1 byte size, that many bytes of the number's order-preserving form (src/value/README.md)
     S, B    u32 size, the bytes, one zero byte that `size` does not count
     SS, BS  u32 size of what follows the count, u32 count, then for each element: u32 size, bytes, zero byte
     NS      the same, each element: 1 byte size, number
     L       u32 size of what follows the count, u32 count, then each value
     M       the same, then for each entry: u16 size of the name, name, zero byte, value
     item    a packed value with tag M

   It is canonical: maps are sorted by name and sets by element (as bytes, the shorter first where one starts the other;
   numbers by value), without duplicates, numbers without trailing zeros. So two values are equal, in DynamoDB's sense,
   exactly when their bytes are. Names and strings are valid UTF-8. Values nest to 32 levels at most (developer guide,
   "Service, account, and table quotas"): the attributes of an item are at level 1, what is in these at level 2 … */
#ifndef BLOOP_VALUE_H
#define BLOOP_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/number.h>

BLOOP_BEGIN_C_

typedef enum bloop_tag {
    BLOOP_TAG_NONE = 0, /* no value */
    BLOOP_TAG_NULL = 1,
    BLOOP_TAG_BOOL = 2,
    BLOOP_TAG_N = 3,
    BLOOP_TAG_S = 4,
    BLOOP_TAG_B = 5,
    BLOOP_TAG_SS = 6,
    BLOOP_TAG_NS = 7,
    BLOOP_TAG_BS = 8,
    BLOOP_TAG_L = 9,
    BLOOP_TAG_M = 10
} bloop_tag;
#define BLOOP_TAG_COUNT 11

/* The level of the deepest value in an item; its attributes are at level 1. */
#define BLOOP_MAX_DEPTH 32

/* A borrowed packed value; data is NULL for "no value". Copied by copying the `size` bytes. */
typedef struct bloop_value {
    const uint8_t *data;
    size_t size;
} bloop_value;

/* A borrowed packed item: a bloop_value of tag M. */
typedef bloop_value bloop_item;

/* A run of bytes or characters inside a packed value; followed by a zero byte that `size` does not count. */
typedef struct bloop_slice {
    const char *data;
    size_t size;
} bloop_slice;

/* "S", "N", "BOOL" …: the name of a tag on the wire; "?" for none. A static string. */
BLOOP_API const char *bloop_tag_name(bloop_tag tag);
/* The tag of a wire name; BLOOP_TAG_NONE when it is none. */
BLOOP_API bloop_tag bloop_tag_of_name(const char *name, size_t size);

/* Whether `size` bytes are exactly one well-formed, canonical packed value. For bytes of unknown origin; all other
   functions take only values for which this is true. BLOOP_CORRUPT with the byte's position and the rule otherwise. */
BLOOP_API bloop_status bloop_value_check(const void *data, size_t size);

/* What a value holds. */
BLOOP_API bloop_tag bloop_value_tag(bloop_value value);
BLOOP_API bool bloop_value_bool(bloop_value value);           /* BOOL, else false */
BLOOP_API bloop_slice bloop_value_bytes(bloop_value value);   /* S and B, else {NULL, 0} */
BLOOP_API bloop_number bloop_value_number(bloop_value value); /* N, else 0 */
BLOOP_API uint32_t bloop_value_count(bloop_value value);      /* elements of a set, list or map; else 0 */

/* Equal in DynamoDB's sense: same type, same content, sets in any order. */
BLOOP_API bool bloop_value_equal(bloop_value a, bloop_value b);
/* Order of two S (UTF-8 bytes), N (numeric) or B (unsigned bytes) of the same tag: negative, zero, positive in *order.
   False when the two can't be ordered. */
BLOOP_API bool bloop_value_compare(bloop_value a, bloop_value b, int *order);

/* Walks the elements of a set, list or map. */
typedef struct bloop_walk {
    const uint8_t *next;
    uint32_t left;
    bloop_tag tag;     /* of the container */
    bloop_slice name;  /* of the current entry (maps) */
    bloop_value value; /* the current element of a list or map */
    bloop_slice bytes; /* the current element of SS and BS; of NS its order-preserving form */
} bloop_walk;
BLOOP_API bloop_walk bloop_value_walk(bloop_value container);
/* Goes to the next element. False at the end. */
BLOOP_API bool bloop_walk_next(bloop_walk *walk);
/* The current element of NS. */
BLOOP_API bloop_number bloop_walk_number(const bloop_walk *walk);

/* The value of a name in an item or map; .data is NULL when there is none. */
BLOOP_API bloop_value bloop_item_get(bloop_value map, const char *name, size_t size);
/* The element of a list; .data is NULL beyond its end. */
BLOOP_API bloop_value bloop_list_get(bloop_value list, uint32_t index);

/* Sizes as DynamoDB counts them (developer guide, "DynamoDB item sizes and formats"): an item is the sum of its names in
   UTF-8 and values; an N is about (significant digits / 2) + 1; lists and maps 3 plus 1 an element. */
BLOOP_API size_t bloop_item_size(bloop_item item);
BLOOP_API size_t bloop_value_size(bloop_value value);

/* Builds packed values in one pass. Each call appends; a failure is kept and told at the end, so that no call in between
   needs a check. Maps and sets are sorted when they end. */
typedef struct bloop_builder bloop_builder;

/* A new builder; NULL when out of memory. Free it with bloop_builder_free. */
BLOOP_API bloop_builder *bloop_builder_new(void);
BLOOP_API void bloop_builder_free(bloop_builder *builder);
/* Forgets everything, failure included, and keeps the memory. */
BLOOP_API void bloop_builder_reset(bloop_builder *builder);

/* The name of the next value of a map. 0 to 65,535 bytes of UTF-8 (the service's own limits are checked by requests). */
BLOOP_API void bloop_build_name(bloop_builder *builder, const char *name, size_t size);
BLOOP_API void bloop_build_null(bloop_builder *builder);
BLOOP_API void bloop_build_bool(bloop_builder *builder, bool value);
BLOOP_API void bloop_build_number(bloop_builder *builder, bloop_number value);
BLOOP_API void bloop_build_int64(bloop_builder *builder, int64_t value);
BLOOP_API void bloop_build_string(bloop_builder *builder, const char *text, size_t size); /* UTF-8, checked */
BLOOP_API void bloop_build_binary(bloop_builder *builder, const void *data, size_t size);
/* A copy of a whole packed value. */
BLOOP_API void bloop_build_value(bloop_builder *builder, bloop_value value);
/* Containers. Within SS, NS and BS the elements are given with bloop_build_string, _number and _binary. A duplicate or
   an element of another type is a failure; so is an empty set. */
BLOOP_API void bloop_build_begin(bloop_builder *builder, bloop_tag container);
BLOOP_API void bloop_build_end(bloop_builder *builder);

/* Shorthands for name and value. `name` and `text` end in a zero byte. */
BLOOP_API void bloop_put_string(bloop_builder *builder, const char *name, const char *text);
BLOOP_API void bloop_put_int64(bloop_builder *builder, const char *name, int64_t value);

/* The finished value, which the builder owns until it is reset or freed. Fails with what went wrong first:
   BLOOP_INVALID_VALUE (bad UTF-8, duplicates, a set of mixed types or empty, nesting beyond 32, a number out of range),
   BLOOP_INVALID_ARGUMENT (an unfinished container, a name missing or out of place) or BLOOP_NO_MEMORY. */
BLOOP_API bloop_status bloop_builder_value(bloop_builder *builder, bloop_value *out);

BLOOP_END_C_

#endif
