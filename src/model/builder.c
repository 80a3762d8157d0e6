/* Models made at run time: the same structs as the macros make, in one block of memory. */
#include "model/model_private.h"

/* One member, as it will stand behind the model. */
typedef union part {
    bloop_member_kind kind;
    bloop_column column;
    bloop_index index;
} part;

struct bloop_model_builder {
    bl_arena arena; /* names, and in the end the model itself */
    const char *name;
    const bloop_model *base;
    bloop_table table;
    part *parts;
    size_t count, capacity;
    size_t object_size;
    bl_error_copy failure; /* the first; its status BLOOP_OK: none */
};

/* The model and what it points to. */
typedef struct built {
    bl_arena arena;
    bloop_model_state state;
    bloop_model model; /* its members follow it */
} built;
_Static_assert(offsetof(built, model) + sizeof(bloop_model) == sizeof(built), "members follow the model");

static bloop_status keep(bloop_model_builder *builder, bloop_status status);
static part *add_part(bloop_model_builder *builder, const char *name, const char **copy);
static bool copy_name(bloop_model_builder *builder, const char *name, const char **out);
static bool copy_index_names(bloop_model_builder *builder, bloop_index *index);
static const char *const *copy_names(bloop_model_builder *builder, const char *const *names);
static const bloop_column *const *copy_columns(bloop_model_builder *builder, const bloop_column *const *columns);
static size_t members_size(const bloop_model_builder *builder);
static bloop_model *lay_out(bloop_model_builder *builder);
static size_t place_field(bloop_model_builder *builder, size_t size);

bloop_model_builder *bloop_model_builder_new(const char *name, const bloop_model *base)
{
    bloop_model_builder *builder = bl_alloc_zeroed(1, sizeof *builder);
    if (!builder)
        return NULL;
    builder->base = base;
    builder->object_size = base ? base->object_size : sizeof(bloop_object);
    if (!copy_name(builder, name ? name : "", &builder->name)) {
        bloop_model_builder_free(builder);
        return NULL;
    }
    return builder;
}

void bloop_model_builder_free(bloop_model_builder *builder)
{
    if (!builder)
        return;
    bl_arena_free(&builder->arena);
    bl_free(builder->parts);
    bl_free(builder);
}

bloop_status bloop_model_add_column(bloop_model_builder *builder, const bloop_column *column)
{
    const char *name, *dynamo_name;
    part *added = add_part(builder, column->name, &name);
    if (!added || !copy_name(builder, column->dynamo_name, &dynamo_name))
        return keep(builder, bl_error_status());
    if (!column->type || column->type->size == 0)
        return keep(builder,
                    bl_error(BLOOP_UNKNOWN_TYPE, "%s.%s: there is no type, or it has no size", builder->name, name));
    added->column = *column;
    added->column.kind = BLOOP_MEMBER_COLUMN;
    added->column.name = name;
    added->column.dynamo_name = dynamo_name;
    added->column.offset = place_field(builder, column->type->size);
    builder->count++;
    return BLOOP_OK;
}

bloop_status bloop_model_add_index(bloop_model_builder *builder, const bloop_index *index)
{
    const char *name;
    part *added = add_part(builder, index->name, &name);
    if (!added)
        return keep(builder, bl_error_status());
    added->index = *index;
    added->index.kind = BLOOP_MEMBER_INDEX;
    added->index.name = name;
    if (!copy_index_names(builder, &added->index))
        return keep(builder, bl_error_status());
    builder->count++;
    return BLOOP_OK;
}

bloop_status bloop_model_omit(bloop_model_builder *builder, const char *name)
{
    const char *copy;
    part *added = add_part(builder, name, &copy);
    if (!added)
        return keep(builder, bl_error_status());
    added->column = (bloop_column){ .kind = BLOOP_MEMBER_OMITTED, .name = copy };
    builder->count++;
    return BLOOP_OK;
}

bloop_status bloop_model_set_table(bloop_model_builder *builder, const bloop_table *table)
{
    const char *name;
    if (!builder)
        return bl_error(BLOOP_INVALID_ARGUMENT, "the builder is NULL");
    if (!copy_name(builder, table->name, &name))
        return keep(builder, bl_error_status());
    builder->table = *table;
    builder->table.name = name;
    return BLOOP_OK;
}

bloop_model *bloop_model_build(bloop_model_builder *builder)
{
    bloop_model *model = NULL;
    if (!builder) {
        bl_error(BLOOP_INVALID_ARGUMENT, "the builder is NULL");
        return NULL;
    }
    if (builder->failure.status != BLOOP_OK)
        bl_error_restore(&builder->failure);
    else
        model = lay_out(builder);
    bloop_model_builder_free(builder);
    if (model && bloop_model_check(model) != BLOOP_OK) {
        bl_error_copy failure;
        bl_error_save(&failure);
        bloop_model_free(model);
        bl_error_restore(&failure);
        return NULL;
    }
    if (model && model->base)
        bloop_model_link(model);
    return model;
}

void bloop_model_free(bloop_model *model)
{
    if (!model)
        return;
    built *whole = (built *)(void *)((uint8_t *)model - offsetof(built, model));
    bl_model_unlink(model);
    bl_model_forget(model);
    bl_arena arena = whole->arena; /* which holds `whole` */
    bl_arena_free(&arena);
}

static bloop_status keep(bloop_model_builder *builder, bloop_status status)
{
    if (builder && builder->failure.status == BLOOP_OK)
        bl_error_save(&builder->failure);
    return status;
}

/* Room for one more part, which counts when it is complete; and a copy of its name. */
static part *add_part(bloop_model_builder *builder, const char *name, const char **copy)
{
    if (!builder) {
        bl_error(BLOOP_INVALID_ARGUMENT, "the builder is NULL");
        return NULL;
    }
    if (bl_grow((void **)&builder->parts, &builder->capacity, builder->count + 1, sizeof *builder->parts) != BLOOP_OK)
        return NULL;
    return copy_name(builder, name ? name : "", copy) ? &builder->parts[builder->count] : NULL;
}

static bool copy_name(bloop_model_builder *builder, const char *name, const char **out)
{
    *out = name ? bl_arena_text(&builder->arena, name, strlen(name)) : NULL;
    return *out || !name;
}

static bool copy_index_names(bloop_model_builder *builder, bloop_index *index)
{
    const bloop_index given = *index;
    if (!copy_name(builder, given.dynamo_name, &index->dynamo_name) ||
        !copy_name(builder, given.hash_key_name, &index->hash_key_name) ||
        !copy_name(builder, given.range_key_name, &index->range_key_name))
        return false;
    index->include_names = copy_names(builder, given.include_names);
    index->include = copy_columns(builder, given.include);
    return (index->include_names || !given.include_names) && (index->include || !given.include);
}

static const char *const *copy_names(bloop_model_builder *builder, const char *const *names)
{
    size_t count = 0;
    while (names && names[count])
        count++;
    const char **copies = names ? bl_arena_zeroed(&builder->arena, count + 1, sizeof *copies) : NULL;
    for (size_t i = 0; copies && i < count; i++) {
        if (!copy_name(builder, names[i], &copies[i]))
            return NULL;
    }
    return copies;
}

static const bloop_column *const *copy_columns(bloop_model_builder *builder, const bloop_column *const *columns)
{
    size_t count = 0;
    while (columns && columns[count])
        count++;
    return columns ? bl_arena_copy(&builder->arena, columns, (count + 1) * sizeof(*columns)) : NULL;
}

static size_t members_size(const bloop_model_builder *builder)
{
    size_t size = 0;
    for (size_t i = 0; i < builder->count; i++)
        size += builder->parts[i].kind == BLOOP_MEMBER_INDEX ? sizeof(bloop_index) : sizeof(bloop_column);
    return size;
}

/* The builder's arena becomes the model's. */
static bloop_model *lay_out(bloop_model_builder *builder)
{
    size_t size = members_size(builder);
    built *whole = bl_arena_zeroed(&builder->arena, 1, sizeof *whole + size);
    if (!whole)
        return NULL;
    whole->model = (bloop_model){ .name = builder->name,
                                  .base = builder->base,
                                  .table = builder->table,
                                  .object_size = builder->object_size,
                                  .members_size = size,
                                  .state = &whole->state };
    uint8_t *at = (uint8_t *)(whole + 1);
    for (size_t i = 0; i < builder->count; i++) {
        part *given = &builder->parts[i];
        bool is_index = given->kind == BLOOP_MEMBER_INDEX;
        size_t part_size = is_index ? sizeof(bloop_index) : sizeof(bloop_column);
        *(is_index ? &given->index.model : &given->column.model) = &whole->model;
        memcpy(at, given, part_size);
        at += part_size;
    }
    whole->arena = builder->arena;
    builder->arena = (bl_arena){ 0 };
    return &whole->model;
}

/* Any C value fits at a multiple of 16. */
static size_t place_field(bloop_model_builder *builder, size_t size)
{
    size_t alignment = size % 16 == 0 ? 16 : size % 8 == 0 ? 8 : size % 4 == 0 ? 4 : size % 2 == 0 ? 2 : 1;
    size_t offset = (builder->object_size + alignment - 1) & ~(alignment - 1);
    builder->object_size = offset + size;
    return offset;
}
