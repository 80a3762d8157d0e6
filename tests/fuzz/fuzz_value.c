/* Bytes as a packed value: refused with a message, or a value that can be walked, measured and searched, and that the
   builder and the number form write again byte for byte. */
#include <stdlib.h>

#include "value/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds);
static void rebuild(bloop_builder *builder, bloop_value value);
static void rebuild_elements(bloop_builder *builder, bloop_value container);
static void rebuild_element(bloop_builder *builder, const bloop_walk *at);
static void check_number(const uint8_t *form, size_t size);
static void check_sizes(bloop_value value);
static void check_search(bloop_value map);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t storage[256];
    bloop_builder builder;
    bloop_value value = { data, size }, again = { NULL, 0 };
    if (bloop_value_check(data, size) != BLOOP_OK) {
        require(bloop_last_error()->status == BLOOP_CORRUPT && bloop_last_error()->message[0] != 0);
        return 0;
    }
    require(bl_value_end(data) == data + size);
    bl_builder_use(&builder, storage, sizeof storage);
    rebuild(&builder, value);
    require(bloop_builder_value(&builder, &again) == BLOOP_OK);
    require(bloop_value_equal(value, again));
    bl_builder_free(&builder);
    check_sizes(value);
    check_search(value);
    return 0;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void rebuild(bloop_builder *builder, bloop_value value)
{
    bloop_slice bytes = bloop_value_bytes(value);
    switch (bloop_value_tag(value)) {
    case BLOOP_TAG_NULL: bloop_build_null(builder); return;
    case BLOOP_TAG_BOOL: bloop_build_bool(builder, bloop_value_bool(value)); return;
    case BLOOP_TAG_S: bloop_build_string(builder, bytes.data, bytes.size); return;
    case BLOOP_TAG_B: bloop_build_binary(builder, bytes.data, bytes.size); return;
    case BLOOP_TAG_N:
        check_number(value.data + 2, value.data[1]);
        bloop_build_number(builder, bloop_value_number(value));
        return;
    default: rebuild_elements(builder, value);
    }
}

/* The first of a set or map comes last, so that there is something to sort. */
static void rebuild_elements(bloop_builder *builder, bloop_value container)
{
    bloop_walk first = bloop_value_walk(container);
    bool any = bloop_walk_next(&first), in_order = first.tag == BLOOP_TAG_L;
    bloop_walk walk = first;
    bloop_build_begin(builder, first.tag);
    if (any && in_order)
        rebuild_element(builder, &first);
    while (any && bloop_walk_next(&walk))
        rebuild_element(builder, &walk);
    if (any && !in_order)
        rebuild_element(builder, &first);
    bloop_build_end(builder);
}

static void rebuild_element(bloop_builder *builder, const bloop_walk *at)
{
    switch (at->tag) {
    case BLOOP_TAG_SS: bloop_build_string(builder, at->bytes.data, at->bytes.size); return;
    case BLOOP_TAG_BS: bloop_build_binary(builder, at->bytes.data, at->bytes.size); return;
    case BLOOP_TAG_NS:
        check_number((const uint8_t *)at->bytes.data, at->bytes.size);
        bloop_build_number(builder, bloop_walk_number(at));
        return;
    case BLOOP_TAG_M: bloop_build_name(builder, at->name.data, at->name.size); break;
    default: break;
    }
    rebuild(builder, at->value);
}

static void check_number(const uint8_t *form, size_t size)
{
    uint8_t again[BL_NUMBER_SIZE];
    char text[BLOOP_NUMBER_TEXT_SIZE];
    bloop_number number = bl_number_decode(form, size), parsed;
    require(bl_number_encode(number, again) == size && memcmp(again, form, size) == 0);
    size_t length = bloop_number_format(number, text);
    require(length < BLOOP_NUMBER_TEXT_SIZE && text[length] == 0);
    require(bloop_number_parse(text, length, &parsed) == BLOOP_OK && bloop_number_compare(number, parsed) == 0);
    int64_t fast = 0, slow = 0;
    bool fits = bl_number_decode_int64(form, size, &fast);
    require(fits == (bloop_number_to_int64(number, &slow) == BLOOP_OK) && fast == slow);
    require(!fits || (bl_number_encode_int64(fast, again) == size && memcmp(again, form, size) == 0));
}

static void check_sizes(bloop_value value)
{
    size_t sum = 0;
    bloop_walk walk = bloop_value_walk(value);
    require(bl_value_depth(value) <= BLOOP_MAX_DEPTH + 1);
    if (bloop_value_tag(value) != BLOOP_TAG_M)
        return;
    while (bloop_walk_next(&walk))
        sum += walk.name.size + bloop_value_size(walk.value);
    require(bloop_item_size(value) == sum);
    require(bloop_value_size(value) == sum + 3 + bloop_value_count(value));
}

static void check_search(bloop_value map)
{
    bloop_walk walk = bloop_value_walk(map);
    if (bloop_value_tag(map) != BLOOP_TAG_M)
        return;
    for (int limit = 64; limit > 0 && bloop_walk_next(&walk); limit--) {
        require(walk.name.data[walk.name.size] == 0);
        require(bloop_item_get(map, walk.name.data, walk.name.size).data == walk.value.data);
    }
}
