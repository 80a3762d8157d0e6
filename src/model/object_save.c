/* What a save or delete sends: the key, the changes, and the condition that nobody else was there first. */
#include "model/object_private.h"

static bloop_status fail_missing_key(const bl_model_info *info, const bl_column_info *key);
static size_t count_actions(const bl_object_state *state, bl_save_scope scope);
static bool is_sent(const bl_object_state *state, size_t number, bl_save_scope scope);
static bl_save_scope scope_of(const bl_object_state *state, bl_save_scope wanted);
static bool is_known(const bl_object_state *state, size_t number);
static bool is_key(const bl_model_info *info, const bl_column_info *column);
static size_t count_expected(const bl_object_state *state);
static bloop_status room_for(bl_atomic *storage, size_t count, const bloop_expr ***args,
                             struct bl_atomic_equal **equals);
static const bloop_expr *expect(const bl_object_state *state, const bl_column_info *column,
                                struct bl_atomic_equal *equal);

bloop_status bl_object_key(const bloop_object *object, bloop_builder *builder)
{
    const bl_object_state *state = bl_state_of(object);
    const bl_model_info *info = state->info;
    const bl_column_info *first = info->hash_key, *second = info->range_key;
    if (info->model->table.abstract || !first)
        return bl_error(BLOOP_INVALID_MODEL, "%s is abstract: it has no table", info->model->name);
    if (!state->slots[first->number].value.data)
        return fail_missing_key(info, first);
    if (second && !state->slots[second->number].value.data)
        return fail_missing_key(info, second);
    if (second && second->number < first->number) {
        first = second;
        second = info->hash_key;
    }
    bloop_build_begin(builder, BLOOP_TAG_M);
    for (const bl_column_info *key = first; key; key = key == first ? second : NULL) {
        bloop_value value = state->slots[key->number].value;
        bloop_build_name(builder, key->dynamo_name.data, key->dynamo_name.size);
        bl_build_packed(builder, value.data, value.size);
    }
    bloop_build_end(builder);
    return bl_builder_status(builder);
}

bloop_status bl_object_actions(const bloop_object *object, bl_save_scope scope, bl_actions *actions)
{
    const bl_object_state *state = bl_state_of(object);
    const bl_model_info *info = state->info;
    scope = scope_of(state, scope);
    size_t count = count_actions(state, scope);
    bloop_action *at = actions->some;
    if (count > BL_ACTIONS_INLINE) {
        at = bl_alloc(count * sizeof *at);
        if (!at)
            return BLOOP_NO_MEMORY;
        bl_free(actions->more);
        actions->more = at;
    }
    actions->update = (bloop_update){ at, count };
    for (size_t i = 0; i < info->column_count; i++) {
        const bl_column_info *column = &info->columns[i];
        bloop_value value = state->slots[i].value;
        if (!is_sent(state, i, scope))
            continue;
        *at = (bloop_action){ .kind = value.data ? BLOOP_ACTION_SET : BLOOP_ACTION_REMOVE, .path = column->path.path };
        if (value.data)
            at->value = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = value };
        at++;
    }
    return BLOOP_OK;
}

void bl_actions_free(bl_actions *actions)
{
    bl_free(actions->more);
    actions->more = NULL;
    actions->update = (bloop_update){ NULL, 0 };
}

bloop_status bl_object_atomic(const bloop_object *object, const bloop_expr *and_also, bl_atomic *storage,
                              const bloop_expr **out)
{
    const bl_object_state *state = bl_state_of(object);
    const bl_model_info *info = state->info;
    const bloop_expr **args;
    struct bl_atomic_equal *equals;
    bloop_status status = room_for(storage, count_expected(state), &args, &equals);
    if (status != BLOOP_OK)
        return status;
    uint32_t count = 0;
    for (size_t i = 0; i < info->column_count; i++) {
        if (!state->synced || bl_bit(state->snapshot, i)) {
            args[count] = expect(state, &info->columns[i], &equals[count]);
            count++;
        }
    }
    if (and_also && and_also->kind != BLOOP_EXPR_EMPTY)
        args[count++] = and_also;
    storage->all = (bloop_expr){ .kind = count ? BLOOP_EXPR_AND : BLOOP_EXPR_EMPTY, .count = count, .args = args };
    *out = count == 1 ? args[0] : &storage->all;
    return BLOOP_OK;
}

void bl_atomic_free(bl_atomic *storage)
{
    bl_free(storage->more);
    storage->more = NULL;
}

/* The packed values of what was saved stay where they are; the snapshot now points to them, too. What was not sent, because
   it was known, is stored as it was known. */
void bl_object_saved(bloop_object *object, bl_save_scope scope)
{
    bl_object_state *state = bl_state_of(object);
    scope = scope_of(state, scope);
    for (size_t i = 0; i < state->info->column_count; i++) {
        bl_slot *slot = &state->slots[i];
        if (scope == BL_SAVE_CHANGED && bl_bit(state->touched, i) && is_known(state, i))
            continue;
        if (slot->known_own != slot->own)
            bl_blocks_free(slot->known_own);
        slot->known = slot->value;
        slot->known_own = slot->own;
    }
    memcpy(state->snapshot, state->touched, state->info->words * sizeof *state->snapshot);
    state->synced = true;
}

void bl_object_deleted(bloop_object *object)
{
    bl_object_state *state = bl_state_of(object);
    for (size_t i = 0; i < state->info->column_count; i++) {
        bl_slot *slot = &state->slots[i];
        if (slot->known_own != slot->own)
            bl_blocks_free(slot->known_own);
        slot->known = (bloop_value){ NULL, 0 };
        slot->known_own = NULL;
    }
    memset(state->snapshot, 0, state->info->words * sizeof *state->snapshot);
    state->synced = false;
}

static bloop_status fail_missing_key(const bl_model_info *info, const bl_column_info *key)
{
    return bl_error(BLOOP_MISSING_KEY, "%s.%s is the %s key and has no value", info->model->name, key->column->name,
                    key == info->hash_key ? "hash" : "range");
}

static size_t count_actions(const bl_object_state *state, bl_save_scope scope)
{
    size_t count = 0;
    for (size_t i = 0; i < state->info->column_count; i++)
        count += is_sent(state, i, scope);
    return count;
}

static bool is_sent(const bl_object_state *state, size_t number, bl_save_scope scope)
{
    if (!bl_bit(state->touched, number) || is_key(state->info, &state->info->columns[number]))
        return false;
    return scope == BL_SAVE_ALL || !is_known(state, number);
}

/* A new object, and one whose key was changed since, knows nothing of its item. */
static bl_save_scope scope_of(const bl_object_state *state, bl_save_scope wanted)
{
    const bl_column_info *hash = state->info->hash_key, *range = state->info->range_key;
    bool same_item =
        state->synced && hash && is_known(state, hash->number) && (!range || is_known(state, range->number));
    return same_item ? wanted : BL_SAVE_ALL;
}

/* Whether the column is stored as it is here, for all that the object knows. A stored NULL is none, as a load has it. */
static bool is_known(const bl_object_state *state, size_t number)
{
    const bl_slot *slot = &state->slots[number];
    if (!bl_bit(state->snapshot, number))
        return false;
    if (!slot->value.data)
        return !slot->known.data || slot->known.data[0] == BLOOP_TAG_NULL;
    if (slot->value.data == slot->known.data)
        return true;
    return slot->known.data && slot->value.size == slot->known.size &&
           memcmp(slot->value.data, slot->known.data, slot->value.size) == 0;
}

static bool is_key(const bl_model_info *info, const bl_column_info *column)
{
    return column == info->hash_key || column == info->range_key;
}

static size_t count_expected(const bl_object_state *state)
{
    size_t count = 0;
    for (size_t i = 0; i < state->info->column_count; i++)
        count += !state->synced || bl_bit(state->snapshot, i);
    return count;
}

/* For `count` expectations, and one more condition. */
static bloop_status room_for(bl_atomic *storage, size_t count, const bloop_expr ***args,
                             struct bl_atomic_equal **equals)
{
    *args = storage->args;
    *equals = storage->equals;
    if (count <= BL_ATOMIC_INLINE)
        return BLOOP_OK;
    struct bl_atomic_equal *more = bl_alloc(count * sizeof *more + (count + 1) * sizeof **args);
    if (!more)
        return BLOOP_NO_MEMORY;
    bl_free(storage->more);
    storage->more = more;
    *equals = more;
    *args = (const bloop_expr **)(void *)(more + count);
    return BLOOP_OK;
}

static const bloop_expr *expect(const bl_object_state *state, const bl_column_info *column,
                                struct bl_atomic_equal *equal)
{
    bloop_value known = state->slots[column->number].known;
    if (!state->synced || !known.data)
        return &column->not_exists;
    equal->value = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = known };
    equal->sides[0] = &column->path;
    equal->sides[1] = &equal->value;
    equal->equal = (bloop_expr){ .kind = BLOOP_EXPR_EQ, .count = 2, .args = equal->sides };
    return &equal->equal;
}
