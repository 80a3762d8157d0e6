/* Loading: an item becomes the values of an object, by merging two sorted lists. */
#include "model/object_private.h"

#define STACK_FIELDS  1024 /* bytes of an object that are decoded on the stack */
#define STACK_COLUMNS 48

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
static bloop_status load_column(const bl_column_info *column, bloop_value value, draft *to, bloop_memory *memory);
static void commit(bloop_object *object, const draft *from);
static void commit_column(bloop_object *object, const bl_column_info *column, const draft *from);

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
    uint8_t *copy = bl_memory_take(&state->spare, item.size); /* there is room */
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
    const uint8_t *at = item.data + 9, *item_end = item.data + item.size;
    while (at < item_end && column < end) {
        size_t size = bl_load_le16(at);
        const uint8_t *name = at + 2, *value = name + size + 1;
        size_t common = size < column->dynamo_name.size ? size : column->dynamo_name.size;
        int order = memcmp(name, column->dynamo_name.data, common);
        if (order == 0 && size == column->dynamo_name.size) {
            at = bl_value_end(value);
            bloop_value found = { value, (size_t)(at - value) };
            bloop_status status = load_column(column, found, to, memory);
            if (BL_UNLIKELY(status != BLOOP_OK))
                return bl_error_in_column(to->info, column);
            column++;
        } else if (order > 0 || (order == 0 && size > column->dynamo_name.size)) {
            column++;
        } else {
            at = bl_value_end(value);
        }
    }
    return BLOOP_OK;
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
    for (size_t i = 0; i < state->info->column_count; i++)
        commit_column(object, &state->info->columns[i], from);
    for (size_t i = 0; i < state->info->words; i++) {
        state->touched[i] |= from->requested[i];
        state->snapshot[i] = from->requested[i];
    }
    state->synced = true;
    bloop_memory old = state->loaded;
    state->loaded = state->spare;
    state->spare = old;
}

static void commit_column(bloop_object *object, const bl_column_info *column, const draft *from)
{
    bl_slot *slot = &bl_state_of(object)->slots[column->number];
    bloop_value value = from->values[column->number];
    bool is_none = !value.data || (value.data[0] == BLOOP_TAG_NULL && column->backing != BLOOP_TAG_NONE);
    if (slot->known_own != slot->own)
        bl_blocks_free(slot->known_own);
    slot->known_own = NULL;
    slot->known = value;
    if (!bl_bit(from->requested, column->number))
        return;
    bl_blocks_free(slot->own);
    slot->own = NULL;
    slot->value = is_none ? (bloop_value){ NULL, 0 } : value;
    memcpy(bl_field_of(object, column), from->fields + column->offset, column->size);
}
