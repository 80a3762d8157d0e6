/* Loading: an item becomes the values of an object, by merging two sorted lists. */
#include "model/object_private.h"

#define STACK_FIELDS  1024 /* bytes of an object that are decoded on the stack */
#define STACK_COLUMNS 48
#define MAP_HEAD      9 /* tag, size and count: bloop/value.h */

/* What is decoded, until all of it is. */
typedef struct draft {
    const bl_model_info *info;
    const uint64_t *requested;
    uint8_t *fields;     /* a zeroed object */
    bloop_value *values; /* of each column; .data NULL: absent */
    void *heap;          /* both, when they do not fit on the stack */
} draft;

static bloop_status detach_others(bloop_object *object, const uint64_t *requested);
static bloop_status load_all(bloop_object *object, bloop_item item, draft *to);
static bloop_status make_room(draft *to, uint8_t *fields, bloop_value *values);
static bloop_status merge(bloop_item item, draft *to, bloop_memory *memory);
static inline bool has_name(const bl_column_info *column, const uint8_t *name, size_t size);
static bool comes_before(const bl_column_info *column, const uint8_t *name, size_t size);
static inline const uint8_t *end_of(const uint8_t *value);
static bloop_status load_column(const bl_column_info *column, bloop_value value, draft *to, bloop_memory *memory);
static void commit(bloop_object *object, const draft *from);
static inline void commit_column(bloop_object *object, const bl_column_info *column, const draft *from, bool copied);
static void drop_known(bl_slot *slot);

bloop_status bl_object_load(bloop_object *object, bloop_item item, const uint64_t *requested)
{
    _Alignas(max_align_t) uint8_t fields[STACK_FIELDS];
    bloop_value values[STACK_COLUMNS];
    const bl_model_info *info = bl_object_info(object);
    draft to = { .info = info, .requested = requested ? requested : info->all };
    bloop_status status = requested ? detach_others(object, requested) : BLOOP_OK;
    if (status == BLOOP_OK)
        status = make_room(&to, fields, values);
    if (status == BLOOP_OK)
        status = load_all(object, item, &to);
    bl_free(to.heap);
    return status;
}

/* Values that were loaded before, and that this load is not about, get memory of their own. */
static bloop_status detach_others(bloop_object *object, const uint64_t *requested)
{
    bl_object_state *state = bl_state_of(object);
    for (size_t i = 0; i < state->info->column_count; i++) {
        const bl_column_info *column = &state->info->columns[i];
        bl_slot *slot = &state->slots[i];
        bl_column_change change;
        if (bl_bit(requested, i) || !slot->value.data || slot->own)
            continue;
        bloop_status status = bl_column_change_make(column, slot->value, &change);
        if (status != BLOOP_OK)
            return status;
        bl_column_change_commit(object, column, &change);
    }
    return BLOOP_OK;
}

static bloop_status make_room(draft *to, uint8_t *fields, bloop_value *values)
{
    size_t size = to->info->model->object_size, count = to->info->column_count;
    to->fields = fields;
    to->values = values;
    if (size > STACK_FIELDS || count > STACK_COLUMNS) {
        size_t rounded = (size + 15) & ~(size_t)15;
        to->fields = to->heap = bl_alloc(rounded + count * sizeof *values);
        if (!to->heap)
            return BLOOP_NO_MEMORY;
        to->values = (bloop_value *)(void *)(to->fields + rounded);
    }
    memset(to->fields, 0, size);
    memset(to->values, 0, count * sizeof *to->values);
    return BLOOP_OK;
}

static bloop_status load_all(bloop_object *object, bloop_item item, draft *to)
{
    bl_object_state *state = bl_state_of(object);
    bloop_status status = bl_memory_begin(&state->spare, item.size + item.size / 2 + 64);
    if (status != BLOOP_OK)
        return status;
    uint8_t *copy = bl_memory_take(&state->spare, item.size + sizeof(uint64_t)); /* there is room */
    memcpy(copy, item.data, item.size);
    status = merge((bloop_item){ copy, item.size }, to, &state->spare);
    if (status == BLOOP_OK)
        commit(object, to);
    return status;
}

/* Both the item's attributes and the columns are sorted by name; most names are equal. */
static bloop_status merge(bloop_item item, draft *to, bloop_memory *memory)
{
    const bl_column_info *column = to->info->columns, *end = column + to->info->column_count;
    const uint8_t *at = item.data + MAP_HEAD, *item_end = item.data + item.size;
    while (at < item_end && column < end) {
        size_t size = bl_load_le16(at);
        const uint8_t *name = at + 2, *value = name + size + 1;
        if (BL_LIKELY(has_name(column, name, size))) {
            at = end_of(value);
            if (BL_UNLIKELY(load_column(column, (bloop_value){ value, (size_t)(at - value) }, to, memory) != BLOOP_OK))
                return bl_error_in_column(to->info, column);
            column++;
        } else if (comes_before(column, name, size)) {
            column++;
        } else {
            at = end_of(value);
        }
    }
    return BLOOP_OK;
}

/* Reads 8 bytes of the name at once, which may be more than there are: behind a copied item there is room. */
static inline bool has_name(const bl_column_info *column, const uint8_t *name, size_t size)
{
    if (size != column->dynamo_name.size || ((bl_load_le64(name) ^ column->name_start) & column->name_mask))
        return false;
    return size <= 8 || memcmp(name + 8, column->dynamo_name.data + 8, size - 8) == 0;
}

static bool comes_before(const bl_column_info *column, const uint8_t *name, size_t size)
{
    size_t common = size < column->dynamo_name.size ? size : column->dynamo_name.size;
    int order = memcmp(column->dynamo_name.data, name, common);
    return order < 0 || (order == 0 && column->dynamo_name.size < size);
}

static inline const uint8_t *end_of(const uint8_t *value)
{
    switch (value[0]) {
    case BLOOP_TAG_S: return value + 6 + bl_load_le32(value + 1);
    case BLOOP_TAG_N: return value + 2 + value[1];
    default: return bl_value_end(value);
    }
}

static bloop_status load_column(const bl_column_info *column, bloop_value value, draft *to, bloop_memory *memory)
{
    if (!bl_bit(to->requested, column->number))
        return BLOOP_OK;
    to->values[column->number] = value;
    if (BL_UNLIKELY(value.data[0] == BLOOP_TAG_NULL) && column->backing != BLOOP_TAG_NONE)
        return BLOOP_OK;
    return column->load(column->type, value, to->fields + column->offset, memory);
}

static void commit(bloop_object *object, const draft *from)
{
    bl_object_state *state = bl_state_of(object);
    const bl_model_info *info = state->info;
    bool all = from->requested == info->all;
    if (all)
        memcpy(object + 1, from->fields + sizeof *object, info->model->object_size - sizeof *object);
    for (size_t i = 0; i < info->column_count; i++) {
        if (all || bl_bit(from->requested, i))
            commit_column(object, &info->columns[i], from, all);
        else
            drop_known(&state->slots[i]);
    }
    for (size_t i = 0; i < info->words; i++) {
        state->touched[i] |= from->requested[i];
        state->snapshot[i] = from->requested[i];
    }
    state->synced = true;
    bloop_memory old = state->loaded;
    state->loaded = state->spare;
    state->spare = old;
}

static inline void commit_column(bloop_object *object, const bl_column_info *column, const draft *from, bool copied)
{
    bl_slot *slot = &bl_state_of(object)->slots[column->number];
    bloop_value value = from->values[column->number];
    if (BL_UNLIKELY(slot->own || slot->known_own)) {
        drop_known(slot);
        bl_blocks_free(slot->own);
        slot->own = NULL;
    }
    slot->value = slot->known = value;
    if (BL_UNLIKELY(value.data && value.data[0] == BLOOP_TAG_NULL) && column->backing != BLOOP_TAG_NONE)
        slot->value = (bloop_value){ NULL, 0 };
    if (!copied)
        memcpy(bl_field_of(object, column), from->fields + column->offset, column->size);
}

static void drop_known(bl_slot *slot)
{
    if (slot->known_own != slot->own)
        bl_blocks_free(slot->known_own);
    slot->known_own = NULL;
    slot->known = (bloop_value){ NULL, 0 };
}
