/* Objects: their making, their end, and what they hold. */
#include "model/object_private.h"

static bloop_status apply_defaults(bloop_object *object);
static bloop_status apply_default(bloop_object *object, const bl_column_info *column);
static bloop_status call_default(const bl_column_info *column, bl_column_change *change, bloop_column_state *state);

void *bloop_object_new(const bloop_model *model)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    bloop_object *object = bl_object_create(info);
    if (object && info->inside->default_count > 0 && apply_defaults(object) != BLOOP_OK) {
        bloop_free(object);
        return NULL;
    }
    return object;
}

bloop_object *bl_object_create(const bl_model_info *info)
{
    bloop_object *object = bl_alloc_zeroed(1, info->state_size);
    if (!object)
        return NULL;
    size_t fields = (info->model->object_size + 15) & ~(size_t)15;
    bl_object_state *state = (bl_object_state *)(void *)((uint8_t *)object + fields);
    state->info = info;
    state->touched = (uint64_t *)(void *)&state->slots[info->column_count];
    state->snapshot = state->touched + info->words;
    object->model = info->model;
    object->state = state;
    return object;
}

size_t bl_object_total_size(const bl_model_info *info)
{
    size_t fields = (info->model->object_size + 15) & ~(size_t)15;
    return fields + sizeof(bl_object_state) + info->column_count * sizeof(bl_slot) + 2 * info->words * sizeof(uint64_t);
}

void bloop_free(void *memory)
{
    bloop_object *object = memory;
    if (!object)
        return;
    bl_object_keep(object);
    bl_object_state *state = bl_state_of(object);
    for (size_t i = 0; i < state->info->column_count; i++) {
        bl_slot *slot = &state->slots[i];
        if (slot->known_own != slot->own)
            bl_blocks_free(slot->known_own);
        bl_blocks_free(slot->own);
    }
    bl_memory_free(&state->loaded);
    bl_memory_free(&state->spare);
    bl_free(object);
}

void bl_object_lend(bloop_object *object, bloop_object **owner)
{
    bl_state_of(object)->lent = owner;
}

void bl_object_keep(bloop_object *object)
{
    bl_object_state *state = bl_state_of(object);
    if (state->lent)
        *state->lent = NULL;
    state->lent = NULL;
}

void bl_object_forget_others(bloop_object *object, const uint64_t *kept)
{
    bl_object_state *state = bl_state_of(object);
    for (size_t word = 0; word < state->info->words; word++)
        for (uint64_t others = state->touched[word] & ~kept[word]; others; others &= others - 1) {
            size_t number = word * BL_WORD_BITS + (size_t)__builtin_ctzll(others);
            bl_column_change none = { .packed = { NULL, 0 } };
            bl_column_change_commit(object, &state->info->columns[number], &none);
            bl_bit_clear(state->touched, number);
        }
}

const bl_model_info *bl_object_info(const bloop_object *object)
{
    return bl_state_of(object)->info;
}

const bloop_model *bloop_object_model(const void *object)
{
    return object ? ((const bloop_object *)object)->model : NULL;
}

bloop_column_state bloop_object_column_state(const void *object, const bloop_column *column)
{
    const bloop_object *owner = object;
    const bl_column_info *found = owner ? bl_model_find_column(bl_object_info(owner), column) : NULL;
    if (!found)
        return BLOOP_MISSING;
    const bl_object_state *state = bl_state_of(owner);
    if (state->slots[found->number].value.data)
        return BLOOP_VALUE;
    return bl_bit(state->touched, found->number) ? BLOOP_NONE : BLOOP_MISSING;
}

const void *bloop_object_get(const void *object, const bloop_column *column)
{
    const bloop_object *owner = object;
    const bl_column_info *found = owner ? bl_model_find_column(bl_object_info(owner), column) : NULL;
    if (!found) {
        bl_error(BLOOP_INVALID_ARGUMENT, "the object is NULL, or its model does not have the column");
        return NULL;
    }
    if (bl_state_of(owner)->slots[found->number].value.data)
        return bl_field_of(owner, found);
    bl_error_clear();
    return NULL;
}

bloop_value bloop_object_packed(const void *object, const bloop_column *column)
{
    const bloop_object *owner = object;
    const bl_column_info *found = owner ? bl_model_find_column(bl_object_info(owner), column) : NULL;
    return found ? bl_state_of(owner)->slots[found->number].value : (bloop_value){ NULL, 0 };
}

size_t bloop_object_print(const void *object, char *text, size_t size)
{
    const bloop_object *owner = object;
    bl_text out;
    bl_text_begin(&out, text, size);
    if (!owner) {
        bl_text_add(&out, "NULL");
        return out.length;
    }
    const bl_object_state *state = bl_state_of(owner);
    const bl_model_info *info = state->info;
    const char *between = "";
    bl_text_add(&out, "%s(", info->model->name);
    for (size_t i = 0; i < info->column_count; i++) {
        const bl_column_info *column = info->inside->by_name[i];
        if (!bl_bit(state->touched, column->number))
            continue;
        bl_text_add(&out, "%s%s=", between, column->column->name);
        bl_text_value(&out, state->slots[column->number].value);
        between = ", ";
    }
    bl_text_add(&out, ")");
    return out.length;
}

bloop_column_state bloop_default_uuid(const bloop_column *column, void *value)
{
    (void)column;
    return bloop_uuid_random(value) == BLOOP_OK ? BLOOP_VALUE : BLOOP_MISSING;
}

bloop_column_state bloop_default_now(const bloop_column *column, void *value)
{
    (void)column;
    *(bloop_datetime *)value = bloop_datetime_now();
    return BLOOP_VALUE;
}

static bloop_status apply_defaults(bloop_object *object)
{
    const bl_model_info *info = bl_object_info(object);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < info->column_count; i++)
        status = apply_default(object, &info->columns[i]);
    return status;
}

static bloop_status apply_default(bloop_object *object, const bl_column_info *column)
{
    bl_column_change change = { .packed = { NULL, 0 } };
    bloop_column_state state = BLOOP_VALUE;
    bloop_status status = BLOOP_OK;
    if (column->column->default_value.type)
        status = bl_column_change_dump(column, column->column->default_value.value, &change);
    else if (column->column->default_function)
        status = call_default(column, &change, &state);
    else
        return BLOOP_OK;
    if (status != BLOOP_OK) {
        bl_error_context("default");
        return bl_error_in_column(bl_object_info(object), column);
    }
    if (state != BLOOP_MISSING)
        bl_column_change_commit(object, column, &change);
    return BLOOP_OK;
}

static bloop_status call_default(const bl_column_info *column, bl_column_change *change, bloop_column_state *state)
{
    void *value = bl_alloc_zeroed(1, column->size);
    if (!value)
        return BLOOP_NO_MEMORY;
    *state = column->column->default_function(column->column, value);
    bloop_status status = *state == BLOOP_VALUE ? bl_column_change_dump(column, value, change) : BLOOP_OK;
    bl_free(value);
    return status;
}
