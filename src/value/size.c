/* Sizes as DynamoDB counts them, and levels of nesting. */
#include "value/packed_private.h"

/* Developer guide, "DynamoDB item sizes and formats": a list or map is 3 bytes, and 1 for each element. */
#define DOCUMENT_SIZE 3
#define NESTED_SIZE   1

/* The longest that a number gets, which is without the mark that ends a shorter negative one. */
#define MAX_NUMBER_SIZE 21

static size_t number_size(const uint8_t *form, size_t size);
static size_t container_size(bloop_value container);

size_t bloop_item_size(bloop_item item)
{
    size_t size = 0;
    bloop_walk walk = bloop_value_walk(item);
    while (bloop_walk_next(&walk))
        size += walk.name.size + bloop_value_size(walk.value);
    return size;
}

size_t bloop_value_size(bloop_value value)
{
    switch (bloop_value_tag(value)) {
    case BLOOP_TAG_NONE: return 0;
    case BLOOP_TAG_NULL:
    case BLOOP_TAG_BOOL: return 1;
    case BLOOP_TAG_N: return number_size(value.data + 2, value.data[1]);
    case BLOOP_TAG_S:
    case BLOOP_TAG_B: return bloop_value_bytes(value).size;
    default: return container_size(value);
    }
}

uint32_t bl_value_depth(bloop_value value)
{
    uint32_t deepest = 0;
    bloop_walk walk = bloop_value_walk(value);
    if (walk.tag != BLOOP_TAG_L && walk.tag != BLOOP_TAG_M)
        return 1;
    while (bloop_walk_next(&walk)) {
        uint32_t depth = bl_value_depth(walk.value);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

/* A byte for sign and exponent, one for each two digits (pairs as the decimal point cuts them), one more for a negative
   number; 1 for zero. The guide says "approximately"; this is what github.com/zaccharles/dynamodb-calculator found by
   measuring. Our form has the same pairs, and one byte more at its end. */
static size_t number_size(const uint8_t *form, size_t size)
{
    bool negative = form[0] < 0x80;
    size_t counted = size - 1 + negative;
    return counted < MAX_NUMBER_SIZE ? counted : MAX_NUMBER_SIZE;
}

static size_t container_size(bloop_value container)
{
    bloop_walk walk = bloop_value_walk(container);
    bool nested = walk.tag == BLOOP_TAG_L || walk.tag == BLOOP_TAG_M;
    size_t size = nested ? DOCUMENT_SIZE : 0;
    while (bloop_walk_next(&walk)) {
        if (nested)
            size += NESTED_SIZE + walk.name.size + bloop_value_size(walk.value);
        else if (walk.tag == BLOOP_TAG_NS)
            size += number_size((const uint8_t *)walk.bytes.data, walk.bytes.size);
        else
            size += walk.bytes.size;
    }
    return size;
}
