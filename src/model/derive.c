/* What is derived from a model, computed once by whichever thread needs it first. */
#include "model/model_private.h"
#include "model/object_private.h"

#include <stdlib.h>

/* A block of its own, found by its beginning, so that leak checkers see what lives as long as the process does. */
typedef struct derived {
    bl_model_info info;
    bl_model_private inside;
} derived;

static const bl_model_info *derive(const bloop_model *model);
static bloop_status fill(bl_model_info *info, bl_model_private *inside, bl_arena *arena);
static bloop_status fill_columns(bl_model_info *info, bl_model_private *inside, const bl_members *members,
                                 bl_arena *arena);
static bloop_status sort_columns(bl_model_info *info, bl_model_private *inside, bl_arena *arena);
static bloop_status finish_columns(bl_model_info *info, bl_model_private *inside, bl_arena *arena);
static void fill_name_start(bl_column_info *column);
static bool keep_failure(bl_model_info *info, bl_arena *arena, bloop_status status);
static int compare_dynamo_names(const void *a, const void *b);
static int compare_names(const void *a, const void *b);
static int compare_offsets(const void *a, const void *b);
static void free_info(const bl_model_info *info);

bloop_status bl_model_info_of(const bloop_model *model, const bl_model_info **out)
{
    if (BL_UNLIKELY(!model || !model->state))
        return bl_error(BLOOP_INVALID_ARGUMENT, model ? "the model has no state" : "the model is NULL");
    const bl_model_info *info = __atomic_load_n(&model->state->derived, __ATOMIC_ACQUIRE);
    if (BL_UNLIKELY(!info))
        info = derive(model);
    if (BL_UNLIKELY(!info))
        return BLOOP_NO_MEMORY;
    if (BL_UNLIKELY(info->status != BLOOP_OK))
        return bl_error(info->status, "%s", info->message);
    *out = info;
    return BLOOP_OK;
}

void bl_model_forget(const bloop_model *model)
{
    const bl_model_info *info = __atomic_exchange_n(&model->state->derived, NULL, __ATOMIC_ACQ_REL);
    if (info)
        free_info(info);
}

const bl_column_info *bl_model_find_named(const bl_model_info *info, const char *name)
{
    size_t low = 0, high = info->column_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(info->inside->by_name[middle]->column->name, name);
        if (order == 0)
            return info->inside->by_name[middle];
        *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
    }
    return NULL;
}

const bl_column_info *bl_model_find_column(const bl_model_info *info, const bloop_column *column)
{
    return column && column->name && bloop_model_is(info->model, column->model)
               ? bl_model_find_named(info, column->name)
               : NULL;
}

const bl_index_info *bl_model_find_index(const bl_model_info *info, const bloop_index *index)
{
    for (size_t i = 0; index && index->name && i < info->index_count; i++) {
        if (strcmp(info->indexes[i].index->name, index->name) == 0 && bloop_model_is(info->model, index->model))
            return &info->indexes[i];
    }
    return NULL;
}

const bl_column_info *bl_model_column_at(const bl_model_info *info, size_t offset)
{
    size_t low = 0, high = info->column_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const bl_column_info *column = info->inside->by_offset[middle];
        if (offset >= column->offset && offset - column->offset < column->size)
            return column;
        *(offset < column->offset ? &high : &low) = offset < column->offset ? middle : middle + 1;
    }
    return NULL;
}

void *bl_arena_zeroed(bl_arena *arena, size_t count, size_t size)
{
    void *at = bl_arena_alloc(arena, count * size);
    if (at)
        memset(at, 0, count * size);
    return at;
}

const bloop_column **bl_columns_of_bits(const bl_model_info *info, const uint64_t *bits, bl_arena *arena, size_t *count)
{
    size_t found = 0;
    const bloop_column **list = bl_arena_zeroed(arena, info->column_count + 1, sizeof *list);
    if (!list)
        return NULL;
    for (size_t i = 0; i < info->column_count; i++) {
        if (bl_bit(bits, i))
            list[found++] = info->columns[i].column;
    }
    *count = found;
    return list;
}

/* Two threads may get here at once: the first to finish wins, and only it tells of the model. */
static const bl_model_info *derive(const bloop_model *model)
{
    bl_arena arena = { 0 };
    derived *made = bl_alloc_zeroed(1, sizeof *made);
    if (!made)
        return NULL;
    bl_model_info *info = &made->info;
    info->model = model;
    info->inside = &made->inside;
    bloop_status status = fill(info, &made->inside, &arena);
    if (status != BLOOP_OK && !keep_failure(info, &arena, status)) {
        bl_arena_free(&arena);
        bl_free(made);
        return NULL;
    }
    made->inside.arena = arena;
    void *expected = NULL;
    if (__atomic_compare_exchange_n(&model->state->derived, &expected, info, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        if (info->status == BLOOP_OK)
            bl_model_created(model);
        return info;
    }
    free_info(info);
    return expected;
}

static bloop_status fill(bl_model_info *info, bl_model_private *inside, bl_arena *arena)
{
    bl_members members = { 0 };
    const bloop_model *model = info->model;
    if (!model->name || !model->name[0])
        return bl_error(BLOOP_INVALID_MODEL, "a model has no name");
    info->table_name = model->table.name ? model->table.name : model->name;
    bloop_status status = bl_members_gather(model, arena, &members);
    if (status == BLOOP_OK)
        status = bl_model_check_members(model, &members);
    if (status == BLOOP_OK)
        status = fill_columns(info, inside, &members, arena);
    if (status == BLOOP_OK)
        status = bl_model_derive_indexes(info, inside, &members, arena);
    bl_free(members.items);
    if (status == BLOOP_OK)
        info->state_size = bl_object_total_size(info);
    return status;
}

static bloop_status fill_columns(bl_model_info *info, bl_model_private *inside, const bl_members *members,
                                 bl_arena *arena)
{
    bl_column_info *columns = bl_arena_zeroed(arena, members->count + 1, sizeof *columns);
    if (!columns)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < members->count; i++) {
        const bloop_column *column = members->items[i].column;
        if (members->items[i].kind != BLOOP_MEMBER_COLUMN)
            continue;
        const char *dynamo_name = bloop_column_dynamo_name(column);
        columns[info->column_count++] = (bl_column_info){ .column = column,
                                                          .type = column->type,
                                                          .load = bl_type_loader(column->type),
                                                          .offset = column->offset,
                                                          .size = column->type->size,
                                                          .dynamo_name = { dynamo_name, strlen(dynamo_name) },
                                                          .backing = bloop_type_backing(column->type) };
        inside->default_count += column->default_value.type || column->default_function;
    }
    qsort(columns, info->column_count, sizeof *columns, compare_dynamo_names);
    info->columns = columns;
    bloop_status status = sort_columns(info, inside, arena);
    return status == BLOOP_OK ? finish_columns(info, inside, arena) : status;
}

static bloop_status sort_columns(bl_model_info *info, bl_model_private *inside, bl_arena *arena)
{
    inside->by_name = bl_arena_zeroed(arena, info->column_count + 1, sizeof *inside->by_name);
    inside->by_offset = bl_arena_zeroed(arena, info->column_count + 1, sizeof *inside->by_offset);
    inside->columns = bl_arena_zeroed(arena, info->column_count + 1, sizeof *inside->columns);
    if (!inside->by_name || !inside->by_offset || !inside->columns)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < info->column_count; i++) {
        inside->by_name[i] = inside->by_offset[i] = &info->columns[i];
        inside->columns[i] = info->columns[i].column;
    }
    qsort(inside->by_name, info->column_count, sizeof *inside->by_name, compare_names);
    qsort(inside->by_offset, info->column_count, sizeof *inside->by_offset, compare_offsets);
    return BLOOP_OK;
}

/* Numbers, parts of expressions, keys, and the set of all. */
static bloop_status finish_columns(bl_model_info *info, bl_model_private *inside, bl_arena *arena)
{
    info->words = info->column_count / BL_WORD_BITS + 1;
    uint64_t *all = bl_arena_zeroed(arena, info->words, sizeof *all);
    if (!all)
        return BLOOP_NO_MEMORY;
    info->all = all;
    for (uint32_t i = 0; i < info->column_count; i++) {
        bl_column_info *column = (bl_column_info *)&info->columns[i];
        bl_bit_set(all, i);
        column->number = i;
        fill_name_start(column);
        column->step = (bloop_step){ .name = column->dynamo_name };
        column->path = (bloop_expr){ .kind = BLOOP_EXPR_PATH, .path = { &column->step, 1 } };
        column->path_argument = &column->path;
        column->not_exists =
            (bloop_expr){ .kind = BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS, .count = 1, .args = &column->path_argument };
        if (column->column->hash_key)
            info->hash_key = column;
        if (column->column->range_key)
            info->range_key = column;
    }
    inside->keys[0] = info->hash_key ? info->hash_key->column : NULL;
    inside->keys[1] = info->range_key ? info->range_key->column : NULL;
    info->projection = (bloop_projection_info){ .mode = BLOOP_ALL,
                                                .strict = true,
                                                .hash_key = inside->keys[0],
                                                .range_key = inside->keys[1],
                                                .included = inside->columns,
                                                .included_count = info->column_count,
                                                .available = inside->columns,
                                                .available_count = info->column_count };
    return BLOOP_OK;
}

static void fill_name_start(bl_column_info *column)
{
    uint8_t start[8] = { 0 }, mask[8] = { 0 };
    size_t size = column->dynamo_name.size < sizeof start ? column->dynamo_name.size : sizeof start;
    memcpy(start, column->dynamo_name.data, size);
    memset(mask, 0xFF, size);
    column->name_start = bl_load_le64(start);
    column->name_mask = bl_load_le64(mask);
}

/* A model that breaks a rule breaks it forever; running out of memory passes. */
static bool keep_failure(bl_model_info *info, bl_arena *arena, bloop_status status)
{
    const char *message = bloop_last_error()->message;
    if (status == BLOOP_NO_MEMORY)
        return false;
    info->status = status;
    info->message = bl_arena_text(arena, message, strlen(message));
    return info->message != NULL;
}

/* The order of packed items: bytes, the shorter first where one starts the other. */
static int compare_dynamo_names(const void *a, const void *b)
{
    const bl_column_info *left = a, *right = b;
    return strcmp(left->dynamo_name.data, right->dynamo_name.data);
}

static int compare_names(const void *a, const void *b)
{
    const bl_column_info *const *left = a, *const *right = b;
    return strcmp((*left)->column->name, (*right)->column->name);
}

static int compare_offsets(const void *a, const void *b)
{
    const bl_column_info *const *left = a, *const *right = b;
    return ((*left)->offset > (*right)->offset) - ((*left)->offset < (*right)->offset);
}

static void free_info(const bl_model_info *info)
{
    derived *made = (derived *)(uintptr_t)info;
    bl_arena_free(&made->inside.arena);
    bl_free(made);
}
