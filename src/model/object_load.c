/* Loading: an item becomes the values of an object, by merging two sorted lists. */
#include "model/object_private.h"

#define STACK_FIELDS  1024 /* bytes of an object that are decoded on the stack */
#define STACK_COLUMNS 48

/* What is decoded, until all of it is. */
typedef struct draft {
    const bl_model_info *info;
    const uint64_t *requested; /* NULL: all columns */
    uint8_t *fields;           /* a zeroed object */
    bloop_value *values;       /* of each column; .data NULL: absent */
    void *heap;                /* both, when they do not fit on the stack */
    bool nulls;                /* some value is NULL, and its column has none then */
} draft;

static bool has_all(const bl_model_info *info, const uint64_t *requested);
static bloop_status detach_others(bloop_object *object, const uint64_t *requested);
static bloop_status load_all(bloop_object *object, bloop_item item, draft *to);
static bloop_status make_room(draft *to, uint8_t *fields, bloop_value *values);
static bloop_status merge(bloop_item item, draft *to, bloop_memory *memory);
static inline bool has_name(const bl_column_info *column, const uint8_t *name, size_t size);
static bool comes_before(const bl_column_info *column, const uint8_t *name, size_t size);
static bloop_status load_column(const bl_column_info *column, bloop_value value, draft *to, bloop_memory *memory);
static void commit(bloop_object *object, const draft *from);
static void commit_all(bloop_object *object, const draft *from);
static void commit_some(bloop_object *object, const draft *from);
static inline void commit_slot(bl_slot *slot, const bl_column_info *column, bloop_value value, const draft *from);
static void drop_own(bl_slot *slot);
static void drop_known(bl_slot *slot);

bloop_status bl_object_load(bloop_object *object, bloop_item item, const uint64_t *requested)
{
    _Alignas(max_align_t) uint8_t fields[STACK_FIELDS];
    bloop_value values[STACK_COLUMNS];
    const bl_model_info *info = bl_object_info(object);
    draft to = { .info = info, .requested = requested && !has_all(info, requested) ? requested : NULL };
    bloop_status status = to.requested ? detach_others(object, to.requested) : BLOOP_OK;
    if (status == BLOOP_OK)
        status = make_room(&to, fields, values);
    if (status == BLOOP_OK)
        status = load_all(object, item, &to);
    bl_free(to.heap);
    return status;
}

static bool has_all(const bl_model_info *info, const uint64_t *requested)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < info->words; i++)
        missing |= info->all[i] & ~requested[i];
    return missing == 0;
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
    const uint8_t *at = item.data + BL_CONTAINER_HEAD, *item_end = item.data + item.size;
    while (at < item_end && column < end) {
        size_t size = bl_load_le16(at);
        const uint8_t *name = at + 2, *value = name + size + 1;
        if (BL_LIKELY(has_name(column, name, size))) {
            at = bl_value_end(value);
            if (BL_UNLIKELY(load_column(column, (bloop_value){ value, (size_t)(at - value) }, to, memory) != BLOOP_OK))
                return bl_error_in_column(to->info, column);
            column++;
        } else if (comes_before(column, name, size)) {
            column++;
        } else {
            at = bl_value_end(value);
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

static bloop_status load_column(const bl_column_info *column, bloop_value value, draft *to, bloop_memory *memory)
{
    if (to->requested && !bl_bit(to->requested, column->number))
        return BLOOP_OK;
    to->values[column->number] = value;
    if (BL_UNLIKELY(value.data[0] == BLOOP_TAG_NULL) && column->backing != BLOOP_TAG_NONE) {
        to->nulls = true;
        return BLOOP_OK;
    }
    return column->load(column->type, value, to->fields + column->offset, memory);
}

static void commit(bloop_object *object, const draft *from)
{
    bl_object_state *state = bl_state_of(object);
    const uint64_t *loaded = from->requested ? from->requested : from->info->all;
    if (from->requested)
        commit_some(object, from);
    else
        commit_all(object, from);
    for (size_t i = 0; i < from->info->words; i++) {
        state->touched[i] |= loaded[i];
        state->snapshot[i] = loaded[i];
    }
    state->synced = true;
    bloop_memory old = state->loaded;
    state->loaded = state->spare;
    state->spare = old;
}

static void commit_all(bloop_object *object, const draft *from)
{
    bl_slot *slots = bl_state_of(object)->slots;
    const bl_column_info *columns = from->info->columns;
    for (size_t i = 0, count = from->info->column_count; i < count; i++)
        commit_slot(&slots[i], &columns[i], from->values[i], from);
    memcpy(object + 1, from->fields + sizeof *object, from->info->model->object_size - sizeof *object);
}

static void commit_some(bloop_object *object, const draft *from)
{
    bl_slot *slots = bl_state_of(object)->slots;
    for (size_t i = 0; i < from->info->column_count; i++) {
        const bl_column_info *column = &from->info->columns[i];
        if (!bl_bit(from->requested, i)) {
            drop_known(&slots[i]);
            continue;
        }
        commit_slot(&slots[i], column, from->values[i], from);
        memcpy(bl_field_of(object, column), from->fields + column->offset, column->size);
    }
}

/* The value is written twice, not copied from one place to the other: reading in one piece what has just been written in two
   stalls the processor, and did so for a tenth of the time that a page took. */
static inline void commit_slot(bl_slot *slot, const bl_column_info *column, bloop_value value, const draft *from)
{
    if (BL_UNLIKELY(slot->own || slot->known_own))
        drop_own(slot);
    slot->value = value;
    slot->known = value;
    if (BL_UNLIKELY(from->nulls) && value.data && value.data[0] == BLOOP_TAG_NULL && column->backing != BLOOP_TAG_NONE)
        slot->value = (bloop_value){ NULL, 0 };
}

static void drop_own(bl_slot *slot)
{
    drop_known(slot);
    bl_blocks_free(slot->own);
    slot->own = NULL;
}

static void drop_known(bl_slot *slot)
{
    if (slot->known_own != slot->own)
        bl_blocks_free(slot->known_own);
    slot->known_own = NULL;
    slot->known = (bloop_value){ NULL, 0 };
}
