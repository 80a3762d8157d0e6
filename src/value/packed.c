/* Reading packed values in place. */
#include "value/packed_private.h"

static bloop_slice slice_of(element current);

static const char *const tag_names[BLOOP_TAG_COUNT] = {
    [BLOOP_TAG_NONE] = "?", [BLOOP_TAG_NULL] = "NULL", [BLOOP_TAG_BOOL] = "BOOL", [BLOOP_TAG_N] = "N",
    [BLOOP_TAG_S] = "S",    [BLOOP_TAG_B] = "B",       [BLOOP_TAG_SS] = "SS",     [BLOOP_TAG_NS] = "NS",
    [BLOOP_TAG_BS] = "BS",  [BLOOP_TAG_L] = "L",       [BLOOP_TAG_M] = "M",
};

const char *bloop_tag_name(bloop_tag tag)
{
    return (unsigned)tag < BLOOP_TAG_COUNT ? tag_names[tag] : tag_names[BLOOP_TAG_NONE];
}

bloop_tag bloop_tag_of_name(const char *name, size_t size)
{
    for (bloop_tag tag = BLOOP_TAG_NULL; tag < BLOOP_TAG_COUNT; tag++) {
        if (strlen(tag_names[tag]) == size && memcmp(tag_names[tag], name, size) == 0)
            return tag;
    }
    return BLOOP_TAG_NONE;
}

bloop_tag bloop_value_tag(bloop_value value)
{
    return value.data ? (bloop_tag)value.data[0] : BLOOP_TAG_NONE;
}

bool bloop_value_bool(bloop_value value)
{
    return bloop_value_tag(value) == BLOOP_TAG_BOOL && value.data[1] != 0;
}

bloop_slice bloop_value_bytes(bloop_value value)
{
    bloop_tag tag = bloop_value_tag(value);
    if (tag != BLOOP_TAG_S && tag != BLOOP_TAG_B)
        return (bloop_slice){ NULL, 0 };
    return (bloop_slice){ (const char *)value.data + BYTES_HEAD, bl_load_le32(value.data + 1) };
}

bloop_number bloop_value_number(bloop_value value)
{
    if (bloop_value_tag(value) != BLOOP_TAG_N)
        return (bloop_number){ 0 };
    return bl_number_decode(value.data + 2, value.data[1]);
}

uint32_t bloop_value_count(bloop_value value)
{
    return value.data && is_container(value.data[0]) ? bl_load_le32(value.data + 5) : 0;
}

/* Packed values are canonical, so equal ones have equal bytes. */
bool bloop_value_equal(bloop_value a, bloop_value b)
{
    if (!a.data || !b.data)
        return !a.data && !b.data;
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

bool bloop_value_compare(bloop_value a, bloop_value b, int *order)
{
    bloop_tag tag = bloop_value_tag(a);
    if (tag != bloop_value_tag(b))
        return false;
    if (tag == BLOOP_TAG_N) {
        *order = compare_bytes(a.data + 2, a.data[1], b.data + 2, b.data[1]);
        return true;
    }
    if (tag != BLOOP_TAG_S && tag != BLOOP_TAG_B)
        return false;
    bloop_slice left = bloop_value_bytes(a), right = bloop_value_bytes(b);
    *order = compare_bytes(left.data, left.size, right.data, right.size);
    return true;
}

bloop_walk bloop_value_walk(bloop_value container)
{
    bloop_walk walk = { .left = bloop_value_count(container), .tag = bloop_value_tag(container) };
    if (walk.left > 0)
        walk.next = container.data + CONTAINER_HEAD;
    return walk;
}

bool bloop_walk_next(bloop_walk *walk)
{
    if (walk->left == 0)
        return false;
    walk->left--;
    if (walk->tag == BLOOP_TAG_L) {
        walk->value.data = walk->next;
        walk->next = bl_value_end(walk->value.data);
        walk->value.size = (size_t)(walk->next - walk->value.data);
        return true;
    }
    element current = element_at((uint8_t)walk->tag, walk->next);
    walk->next = current.rest;
    if (walk->tag != BLOOP_TAG_M) {
        walk->bytes = slice_of(current);
        return true;
    }
    walk->name = slice_of(current);
    walk->value.data = current.rest;
    walk->next = bl_value_end(current.rest);
    walk->value.size = (size_t)(walk->next - current.rest);
    return true;
}

bloop_number bloop_walk_number(const bloop_walk *walk)
{
    if (walk->tag != BLOOP_TAG_NS || !walk->bytes.data)
        return (bloop_number){ 0 };
    return bl_number_decode((const uint8_t *)walk->bytes.data, walk->bytes.size);
}

bloop_value bloop_item_get(bloop_value map, const char *name, size_t size)
{
    const bloop_value none = { NULL, 0 };
    if (bloop_value_tag(map) != BLOOP_TAG_M)
        return none;
    const uint8_t *at = map.data + CONTAINER_HEAD;
    for (uint32_t left = bloop_value_count(map); left > 0; left--) {
        element entry = element_at(BLOOP_TAG_M, at);
        int order = compare_bytes(entry.key, entry.key_size, name, size);
        if (order >= 0)
            return order == 0 ? bl_value_at(entry.rest) : none;
        at = bl_value_end(entry.rest);
    }
    return none;
}

bloop_value bloop_list_get(bloop_value list, uint32_t index)
{
    if (bloop_value_tag(list) != BLOOP_TAG_L || index >= bloop_value_count(list))
        return (bloop_value){ NULL, 0 };
    const uint8_t *at = list.data + CONTAINER_HEAD;
    for (; index > 0; index--)
        at = bl_value_end(at);
    return bl_value_at(at);
}

static bloop_slice slice_of(element current)
{
    return (bloop_slice){ (const char *)current.key, current.key_size };
}
