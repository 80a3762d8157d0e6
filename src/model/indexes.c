/* The indexes of a model: their keys, and what is projected into them. */
#include "model/model_private.h"

#include <stdlib.h>

static bloop_status derive_one(const bl_model_info *info, const bloop_index *index, bl_arena *arena,
                               bl_index_info *out);
static bloop_status find_keys(const bl_model_info *info, const bloop_index *index, bl_index_info *out);
static bloop_status find_key(const bl_model_info *info, const bloop_index *index, const char *which,
                             const bloop_column *handle, const char *name, const bl_column_info **out);
static bloop_status check_local(const bl_model_info *info, const bloop_index *index);
static bloop_status check_projection(const bl_model_info *info, const bloop_index *index);
static bloop_status mark_included(const bl_model_info *info, const bl_index_info *index, uint64_t *bits);
static bloop_status mark_named(const bl_model_info *info, const bloop_index *index, const char *name, uint64_t *bits);
static int compare_dynamo_names(const void *a, const void *b);
static bloop_status list_handles(bl_model_info *info, bl_model_private *inside, bl_arena *arena);

bloop_status bl_model_derive_indexes(bl_model_info *info, bl_model_private *inside, const bl_members *members,
                                     bl_arena *arena)
{
    size_t count = 0;
    bl_index_info *indexes = bl_arena_zeroed(arena, members->count + 1, sizeof *indexes);
    if (!indexes)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < members->count; i++) {
        if (members->items[i].kind != BLOOP_MEMBER_INDEX)
            continue;
        bloop_status status = derive_one(info, members->items[i].index, arena, &indexes[count]);
        if (status != BLOOP_OK)
            return status;
        count++;
    }
    qsort(indexes, count, sizeof *indexes, compare_dynamo_names);
    info->indexes = indexes;
    info->index_count = count;
    return list_handles(info, inside, arena);
}

static bloop_status derive_one(const bl_model_info *info, const bloop_index *index, bl_arena *arena, bl_index_info *out)
{
    bloop_projection_info *projection = &out->projection;
    uint64_t *included = bl_arena_zeroed(arena, info->words, sizeof *included);
    if (!included)
        return BLOOP_NO_MEMORY;
    out->index = index;
    out->included = included;
    out->available = index->lenient ? info->all : included;
    bloop_status status = find_keys(info, index, out);
    if (status == BLOOP_OK)
        status = check_projection(info, index);
    if (status == BLOOP_OK)
        status = mark_included(info, out, included);
    if (status != BLOOP_OK)
        return status;
    *projection = (bloop_projection_info){ .mode = index->projection,
                                           .strict = !index->lenient,
                                           .hash_key = out->hash_key ? out->hash_key->column : NULL,
                                           .range_key = out->range_key ? out->range_key->column : NULL };
    projection->included = bl_columns_of_bits(info, out->included, arena, &projection->included_count);
    projection->available = bl_columns_of_bits(info, out->available, arena, &projection->available_count);
    return projection->included && projection->available ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status find_keys(const bl_model_info *info, const bloop_index *index, bl_index_info *out)
{
    bloop_status status = index->local ? check_local(info, index) : BLOOP_OK;
    if (status != BLOOP_OK)
        return status;
    if (index->local)
        out->hash_key = info->hash_key;
    else
        status = find_key(info, index, "hash", index->hash_key, index->hash_key_name, &out->hash_key);
    if (status == BLOOP_OK && (index->range_key || index->range_key_name))
        status = find_key(info, index, "range", index->range_key, index->range_key_name, &out->range_key);
    return status;
}

static bloop_status find_key(const bl_model_info *info, const bloop_index *index, const char *which,
                             const bloop_column *handle, const char *name, const bl_column_info **out)
{
    char text[BL_TYPE_TEXT_SIZE];
    const char *model = info->model->name;
    if (handle && name)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has its %s key twice, as a column and as a name", model,
                        index->name, which);
    if (!handle && !name)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has no %s key", model, index->name, which);
    const bl_column_info *column = handle ? bl_model_find_column(info, handle) : bl_model_find_named(info, name);
    if (!column)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has the %s key %s, which is no column of the model", model,
                        index->name, which, handle ? handle->name : name);
    if (column->backing != BLOOP_TAG_S && column->backing != BLOOP_TAG_N && column->backing != BLOOP_TAG_B)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has the %s key %s, but %s is stored as %s: keys are S, N or B",
                        model, index->name, which, column->column->name, bl_type_text(column->type, text),
                        column->backing == BLOOP_TAG_NONE ? "anything" : bloop_tag_name(column->backing));
    *out = column;
    return BLOOP_OK;
}

static bloop_status check_local(const bl_model_info *info, const bloop_index *index)
{
    const char *model = info->model->name;
    if (index->hash_key || index->hash_key_name)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is a local index: its hash key is the model's", model, index->name);
    if (!info->range_key)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is a local index, but the model has no range key", model,
                        index->name);
    if (!index->range_key && !index->range_key_name)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is a local index and has no range key", model, index->name);
    if (index->read_units || index->write_units)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is a local index: its read and write units are the table's", model,
                        index->name);
    return BLOOP_OK;
}

static bloop_status check_projection(const bl_model_info *info, const bloop_index *index)
{
    const char *model = info->model->name;
    bool names_any = index->include || index->include_names;
    if ((unsigned)index->projection > BLOOP_INCLUDE)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has a projection that is none: %d", model, index->name,
                        (int)index->projection);
    if (index->projection == BLOOP_INCLUDE && !names_any)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has the projection BLOOP_INCLUDE, but nothing to include", model,
                        index->name);
    if (index->projection != BLOOP_INCLUDE && names_any)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s includes columns, but its projection is not BLOOP_INCLUDE", model,
                        index->name);
    if (index->lenient && !index->local)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is lenient, which only local indexes can be", model, index->name);
    if (index->read_units < 0 || index->write_units < 0)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has negative read or write units", model, index->name);
    return BLOOP_OK;
}

static bloop_status mark_included(const bl_model_info *info, const bl_index_info *index, uint64_t *bits)
{
    const bloop_index *given = index->index;
    const bl_column_info *keys[] = { info->hash_key, info->range_key, index->hash_key, index->range_key };
    bloop_status status = BLOOP_OK;
    if (given->projection == BLOOP_ALL)
        memcpy(bits, info->all, info->words * sizeof *bits);
    for (size_t i = 0; i < BL_COUNT_OF(keys); i++) {
        if (keys[i])
            bl_bit_set(bits, keys[i]->number);
    }
    for (size_t i = 0; status == BLOOP_OK && given->include && given->include[i]; i++)
        status = mark_named(info, given, given->include[i]->name, bits);
    for (size_t i = 0; status == BLOOP_OK && given->include_names && given->include_names[i]; i++)
        status = mark_named(info, given, given->include_names[i], bits);
    return status;
}

static bloop_status mark_named(const bl_model_info *info, const bloop_index *index, const char *name, uint64_t *bits)
{
    const bl_column_info *column = bl_model_find_named(info, name);
    if (!column)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s includes %s, which is no column of the model", info->model->name,
                        index->name, name);
    bl_bit_set(bits, column->number);
    return BLOOP_OK;
}

static int compare_dynamo_names(const void *a, const void *b)
{
    const bl_index_info *left = a, *right = b;
    return strcmp(bloop_index_dynamo_name(left->index), bloop_index_dynamo_name(right->index));
}

/* The lists that introspection gives out. */
static bloop_status list_handles(bl_model_info *info, bl_model_private *inside, bl_arena *arena)
{
    size_t room = info->index_count + 1;
    inside->indexes = bl_arena_zeroed(arena, room, sizeof *inside->indexes);
    inside->globals = bl_arena_zeroed(arena, room, sizeof *inside->globals);
    inside->locals = bl_arena_zeroed(arena, room, sizeof *inside->locals);
    if (!inside->indexes || !inside->globals || !inside->locals)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < info->index_count; i++) {
        const bloop_index *index = info->indexes[i].index;
        inside->indexes[i] = index;
        if (index->local)
            inside->locals[info->local_count++] = index;
        else
            inside->globals[info->global_count++] = index;
    }
    return BLOOP_OK;
}
