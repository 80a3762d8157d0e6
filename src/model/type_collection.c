/* Sets, lists and maps. */
#include "model/type_private.h"

static bloop_status load_set(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status dump_set(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory);
static bool is_absent_set(const bloop_type *type, const void *value);
static bloop_status load_list(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status dump_list(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory);
static bloop_status load_map(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory);
static bloop_status dump_map(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory);

const bloop_type bloop_type_Set = { .name = "Set",
                                    .kind = BLOOP_KIND_ITEMS,
                                    .size = sizeof(bloop_set_of_Integer),
                                    .load_value = load_set,
                                    .dump_value = dump_set,
                                    .is_absent = is_absent_set };
const bloop_type bloop_type_List = { .name = "List",
                                     .backing = BLOOP_TAG_L,
                                     .kind = BLOOP_KIND_ITEMS,
                                     .size = sizeof(bloop_list_of_Integer),
                                     .load_value = load_list,
                                     .dump_value = dump_list };
const bloop_type bloop_type_Map = { .name = "Map",
                                    .backing = BLOOP_TAG_M,
                                    .kind = BLOOP_KIND_MAP,
                                    .size = sizeof(uint64_t),
                                    .load_value = load_map,
                                    .dump_value = dump_map };

/* The C form of every list and set. */
typedef struct collection {
    const uint8_t *items;
    size_t count;
} collection;

static size_t find_key(const bloop_type *map, bloop_slice name, size_t expected);
static inline bool has_name(const bloop_key *key, bloop_slice name);
static bloop_status check_tag(const bloop_type *type, bloop_value stored);
static uint8_t *take_items(bloop_value stored, size_t size, bloop_memory *memory);
static inline const uint8_t *read_element(uint8_t tag, const uint8_t *at, bloop_stored *out);
static bloop_status check_items(const collection *items, const char *what);

static bloop_status load_set(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory)
{
    const bloop_type *inner = bl_type_inner(type);
    const bloop_type *loader = bl_type_that_loads(inner);
    bloop_status status = check_tag(type, stored);
    uint8_t *items = status == BLOOP_OK ? take_items(stored, inner->size, memory) : NULL;
    if (!items)
        return status == BLOOP_OK ? BLOOP_NO_MEMORY : status;
    const uint8_t *at = stored.data + BL_CONTAINER_HEAD, *end = stored.data + stored.size;
    size_t count = 0;
    for (; at < end; count++) {
        uint8_t *item = items + count * inner->size;
        bloop_stored element;
        at = read_element(stored.data[0], at, &element);
        if (loader == &bloop_type_String)
            status = bl_string_load(element.as.text, item);
        else
            status = loader->load(inner, &element, item, memory);
        if (BL_UNLIKELY(status != BLOOP_OK))
            return bl_error_in("[%zu]", count);
    }
    *(collection *)value = (collection){ items, count };
    return BLOOP_OK;
}

static bloop_status dump_set(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory)
{
    const collection *set = value;
    const bloop_type *inner = bl_type_inner(type);
    bloop_status status = check_items(set, "Set");
    bloop_build_begin(builder, bloop_type_backing(type));
    for (size_t i = 0; status == BLOOP_OK && i < set->count; i++) {
        bloop_stored element;
        status = bloop_type_dump(inner, set->items + i * inner->size, &element, memory);
        if (status == BLOOP_OK && element.tag != BLOOP_TAG_NONE)
            status = bl_stored_build(&element, builder);
        if (status != BLOOP_OK)
            return bl_error_in("[%zu]", i);
    }
    bloop_build_end(builder);
    return status == BLOOP_OK ? bl_builder_status(builder) : status;
}

/* DynamoDB has no empty sets. So is one whose every element is stored as nothing. */
static bool is_absent_set(const bloop_type *type, const void *value)
{
    const collection *set = value;
    const bloop_type *inner = bl_type_inner(type);
    bloop_memory memory = { 0 };
    bool absent = true;
    for (size_t i = 0; absent && set->items && i < set->count; i++) {
        bloop_stored element = { .tag = BLOOP_TAG_NONE };
        bloop_status status = bloop_type_dump(inner, set->items + i * inner->size, &element, &memory);
        absent = status == BLOOP_OK && element.tag == BLOOP_TAG_NONE; /* dump_set tells of a failure */
    }
    bl_memory_free(&memory);
    return absent && (set->items || set->count == 0);
}

static bloop_status load_list(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory)
{
    const bloop_type *inner = bl_type_inner(type);
    bloop_status status = check_tag(type, stored);
    uint8_t *items = status == BLOOP_OK ? take_items(stored, inner->size, memory) : NULL;
    if (!items)
        return status == BLOOP_OK ? BLOOP_NO_MEMORY : status;
    bloop_walk walk = bloop_value_walk(stored);
    size_t count = 0;
    for (; bloop_walk_next(&walk); count++) {
        status = bl_type_load(inner, walk.value, items + count * inner->size, memory);
        if (BL_UNLIKELY(status != BLOOP_OK))
            return bl_error_in("[%zu]", count);
    }
    *(collection *)value = (collection){ items, count };
    return BLOOP_OK;
}

/* Elements that are stored as nothing (empty sets) are left out, as in the reference. */
static bloop_status dump_list(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory)
{
    const collection *list = value;
    const bloop_type *inner = bl_type_inner(type);
    bloop_status status = check_items(list, "List");
    bloop_build_begin(builder, BLOOP_TAG_L);
    if (status == BLOOP_OK)
        status = bl_builder_status(builder); /* nesting too deeply ends here, also in lists that hold themselves */
    for (size_t i = 0; status == BLOOP_OK && i < list->count; i++) {
        if (bl_type_dump(inner, NULL, list->items + i * inner->size, builder, memory, NULL) != BLOOP_OK)
            return bl_error_in("[%zu]", i);
    }
    bloop_build_end(builder);
    return status == BLOOP_OK ? bl_builder_status(builder) : status;
}

/* Keys are found where they are expected, when they are declared in the order of their names. */
static bloop_status load_map(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory)
{
    const bloop_type *map = bl_type_map(type);
    uint64_t *present = value;
    bloop_status status = check_tag(type, stored);
    if (status != BLOOP_OK)
        return status;
    const uint8_t *at = stored.data + BL_CONTAINER_HEAD, *end = stored.data + stored.size;
    for (size_t expected = 0; at < end;) {
        bloop_slice name = { (const char *)at + 2, bl_load_le16(at) };
        const uint8_t *entry = at + 2 + name.size + 1;
        at = bl_value_end(entry);
        size_t i = find_key(map, name, expected);
        if (i == map->key_count)
            continue;
        const bloop_key *key = &map->keys[i];
        expected = i + 1;
        if (entry[0] == BLOOP_TAG_NULL && !bl_type_like(key->type, &bloop_type_Dynamic))
            continue;
        bl_loader load = key->type->load_value ? key->type->load_value : bl_type_loader(key->type);
        if (load(key->type, (bloop_value){ entry, (size_t)(at - entry) }, (uint8_t *)value + key->offset, memory) !=
            BLOOP_OK)
            return bl_error_in(".%s", key->name);
        *present |= UINT64_C(1) << i;
    }
    return BLOOP_OK;
}

static bloop_status dump_map(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory)
{
    const bloop_type *map = bl_type_map(type);
    uint64_t present = *(const uint64_t *)value;
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_status status = bl_builder_status(builder);
    for (size_t i = 0; status == BLOOP_OK && i < map->key_count; i++) {
        const bloop_key *key = &map->keys[i];
        const char *name = bl_key_dynamo_name(key);
        bloop_slice slice = { name, strlen(name) };
        if (!(present >> i & 1))
            continue;
        if (bl_type_dump(key->type, &slice, (const uint8_t *)value + key->offset, builder, memory, NULL) != BLOOP_OK)
            return bl_error_in(".%s", key->name);
    }
    bloop_build_end(builder);
    return status == BLOOP_OK ? bl_builder_status(builder) : status;
}

/* The key of that name, looked for from `expected` on, and then from the first; key_count: there is none. */
static size_t find_key(const bloop_type *map, bloop_slice name, size_t expected)
{
    const size_t count = map->key_count;
    for (size_t i = expected; i < count; i++) {
        if (has_name(&map->keys[i], name))
            return i;
    }
    for (size_t i = 0; i < count && i < expected; i++) {
        if (has_name(&map->keys[i], name))
            return i;
    }
    return count;
}

static inline bool has_name(const bloop_key *key, bloop_slice name)
{
    return bl_slice_is(name, key->dynamo_name ? key->dynamo_name : key->name);
}

static bloop_status check_tag(const bloop_type *type, bloop_value stored)
{
    bloop_tag found = (bloop_tag)stored.data[0];
    return BL_LIKELY(found == bloop_type_backing(type)) ? BLOOP_OK : bl_type_fail_tag(type, found);
}

/* Zeroed room for the elements' C values; of none at all, a place that is not NULL. */
static uint8_t *take_items(bloop_value stored, size_t size, bloop_memory *memory)
{
    size_t count = bloop_value_count(stored);
    if (count > SIZE_MAX / size) {
        bl_error_no_memory(SIZE_MAX);
        return NULL;
    }
    return bloop_memory_alloc(memory, count * size);
}

/* The element of a set of this tag that is at `at`; returns where it ends. */
static inline const uint8_t *read_element(uint8_t tag, const uint8_t *at, bloop_stored *out)
{
    if (tag == BLOOP_TAG_NS) {
        *out = (bloop_stored){ .tag = BLOOP_TAG_N, .as.number = bl_number_decode(at + 1, at[0]) };
        return at + 1 + at[0];
    }
    size_t size = bl_load_le32(at);
    const char *bytes = (const char *)at + 4;
    if (tag == BLOOP_TAG_BS)
        *out = (bloop_stored){ .tag = BLOOP_TAG_B, .as.binary = { bytes, size } };
    else
        *out = (bloop_stored){ .tag = BLOOP_TAG_S, .as.text = { bytes, size } };
    return at + 4 + size + 1;
}

static bloop_status check_items(const collection *items, const char *what)
{
    if (!items->items && items->count)
        return bl_error(BLOOP_INVALID_VALUE, "NULL with a count of %zu is no %s", items->count, what);
    return BLOOP_OK;
}
