/* A column's new value: made ready first, which may fail, then put in its place, which can't. */
#include "model/object_private.h"

static bloop_status decode(const bl_column_info *column, bl_column_change *change);

bloop_status bl_column_change_dump(const bl_column_info *column, const void *value, bl_column_change *out)
{
    _Alignas(max_align_t) uint64_t scratch[32];
    uint64_t storage[64];
    bloop_builder builder;
    bloop_memory memory;
    bloop_value packed = { NULL, 0 };
    bool absent = false;
    bl_builder_use(&builder, storage, sizeof storage);
    bl_memory_use(&memory, scratch, sizeof scratch);
    bloop_status status = bl_type_dump(column->type, NULL, value, &builder, &memory, &absent);
    if (status == BLOOP_OK && !absent)
        status = bloop_builder_value(&builder, &packed);
    if (status == BLOOP_OK)
        status = bl_column_change_make(column, packed, out);
    bl_builder_free(&builder);
    bl_memory_free(&memory);
    return status;
}

bloop_status bl_column_change_make(const bl_column_info *column, bloop_value packed, bl_column_change *out)
{
    bool is_none = !packed.data || (packed.data[0] == BLOOP_TAG_NULL && column->backing != BLOOP_TAG_NONE);
    *out = (bl_column_change){ .packed = { NULL, 0 } };
    if (is_none)
        return BLOOP_OK;
    bool nests = packed.data[0] >= BLOOP_TAG_SS;
    bloop_status status = bl_memory_begin(&out->memory, packed.size + (nests ? 2 * packed.size : 0) + 16);
    if (status != BLOOP_OK)
        return status;
    uint8_t *copy = bl_memory_take(&out->memory, packed.size); /* there is room */
    memcpy(copy, packed.data, packed.size);
    out->packed = (bloop_value){ copy, packed.size };
    status = decode(column, out);
    if (status != BLOOP_OK)
        bl_memory_free(&out->memory);
    return status;
}

void bl_column_change_commit(bloop_object *object, const bl_column_info *column, bl_column_change *change)
{
    bl_object_state *state = bl_state_of(object);
    bl_slot *slot = &state->slots[column->number];
    void *field = bl_field_of(object, column);
    if (change->packed.data)
        memcpy(field, change->field ? change->field : change->small, column->size);
    else
        memset(field, 0, column->size);
    if (slot->own != slot->known_own)
        bl_blocks_free(slot->own);
    slot->own = change->memory.blocks;
    slot->value = change->packed;
    bl_bit_set(state->touched, column->number);
}

bloop_status bl_error_in_column(const bl_model_info *info, const bl_column_info *column)
{
    return bl_error_in("%s.%s", info->model->name, column->column->name);
}

/* `small` is found by its being NULL, so that a change can be copied. */
static bloop_status decode(const bl_column_info *column, bl_column_change *change)
{
    void *value = change->small;
    if (column->size > sizeof change->small) {
        value = change->field = bloop_memory_alloc(&change->memory, column->size);
        if (!value)
            return BLOOP_NO_MEMORY;
    }
    return column->load(column->type, change->packed, value, &change->memory);
}
