/* The table that a model describes, as a definition for CreateTable and for comparing with what is there. */
#include "engine/engine_private.h"

static bloop_status define_indexes(const bl_model_info *info, bl_arena *arena, bloop_table_definition *out);
static bloop_status define_index(const bl_model_info *info, const bl_index_info *index, bl_arena *arena,
                                 bloop_index_definition *out);
static bloop_status define_attributes(const bl_model_info *info, bl_arena *arena, bloop_table_definition *out);
static void add_attribute(bloop_attribute_definition *attributes, size_t *count, const bl_column_info *column);
static bool is_key(const bl_model_info *info, const bl_index_info *index, const bloop_column *column);
static bloop_throughput throughput_of(bool provisioned, int64_t read_units, int64_t write_units);

/* By value, so that the order of either enumeration may change. */
static const bloop_projection_type projections[] = {
    [BLOOP_ALL] = BLOOP_PROJECT_ALL,
    [BLOOP_KEYS] = BLOOP_PROJECT_KEYS_ONLY,
    [BLOOP_INCLUDE] = BLOOP_PROJECT_INCLUDE,
};
static const bloop_stream_view_type views[] = {
    [BLOOP_NO_STREAM] = BLOOP_VIEW_NONE,
    [BLOOP_STREAM_KEYS] = BLOOP_VIEW_KEYS_ONLY,
    [BLOOP_STREAM_NEW] = BLOOP_VIEW_NEW_IMAGE,
    [BLOOP_STREAM_OLD] = BLOOP_VIEW_OLD_IMAGE,
    [BLOOP_STREAM_NEW_AND_OLD] = BLOOP_VIEW_NEW_AND_OLD_IMAGES,
};

bloop_status bl_table_define(const bloop_model *model, const char *table, bl_arena *arena, bloop_table_definition *out)
{
    const bl_model_info *info;
    bloop_status status = bl_model_info_of(model, &info);
    if (status != BLOOP_OK)
        return status;
    if (!info->hash_key)
        return bl_error(BLOOP_INVALID_MODEL, "model %s has no hash key", model->name);

    bool on_demand = model->table.billing == BLOOP_ON_DEMAND;
    bloop_table_definition made = {
        .name = table,
        .hash_key = info->hash_key->dynamo_name.data,
        .range_key = info->range_key ? info->range_key->dynamo_name.data : NULL,
        .billing = on_demand ? BLOOP_BILLING_PAY_PER_REQUEST : BLOOP_BILLING_PROVISIONED,
        .throughput = throughput_of(!on_demand, model->table.read_units, model->table.write_units),
        .stream = views[model->table.stream],
    };
    status = define_indexes(info, arena, &made);
    if (status == BLOOP_OK)
        status = define_attributes(info, arena, &made);
    if (status == BLOOP_OK)
        *out = made;
    return status;
}

static bloop_status define_indexes(const bl_model_info *info, bl_arena *arena, bloop_table_definition *out)
{
    bloop_index_definition *global = bl_arena_alloc(arena, info->global_count * sizeof *global);
    bloop_index_definition *local = bl_arena_alloc(arena, info->local_count * sizeof *local);
    if (!global || !local)
        return BLOOP_NO_MEMORY;
    out->global_indexes = global;
    out->local_indexes = local;
    for (size_t i = 0; i < info->index_count; i++) {
        const bl_index_info *index = &info->indexes[i];
        bloop_index_definition *to =
            index->index->local ? &local[out->local_index_count++] : &global[out->global_index_count++];
        bloop_status status = define_index(info, index, arena, to);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status define_index(const bl_model_info *info, const bl_index_info *index, bl_arena *arena,
                                 bloop_index_definition *out)
{
    const bloop_index *declared = index->index;
    bool provisioned = !declared->local && info->model->table.billing != BLOOP_ON_DEMAND;
    *out = (bloop_index_definition){
        .name = bloop_index_dynamo_name(declared),
        .hash_key = index->hash_key->dynamo_name.data,
        .range_key = index->range_key ? index->range_key->dynamo_name.data : NULL,
        .projection = projections[declared->projection],
        .throughput = throughput_of(provisioned, declared->read_units, declared->write_units),
    };
    if (out->projection != BLOOP_PROJECT_INCLUDE)
        return BLOOP_OK;

    const bloop_projection_info *projection = &index->projection;
    const char **include = bl_arena_alloc(arena, projection->included_count * sizeof *include);
    if (!include)
        return BLOOP_NO_MEMORY;
    out->include = include;
    for (size_t i = 0; i < projection->included_count; i++)
        if (!is_key(info, index, projection->included[i]))
            include[out->include_count++] = bloop_column_dynamo_name(projection->included[i]);
    /* The service has no INCLUDE of nothing: it is KEYS_ONLY. */
    if (out->include_count == 0)
        out->projection = BLOOP_PROJECT_KEYS_ONLY;
    return BLOOP_OK;
}

static bloop_status define_attributes(const bl_model_info *info, bl_arena *arena, bloop_table_definition *out)
{
    size_t most = 2 + 2 * info->index_count;
    bloop_attribute_definition *attributes = bl_arena_alloc(arena, most * sizeof *attributes);
    if (!attributes)
        return BLOOP_NO_MEMORY;
    size_t count = 0;
    add_attribute(attributes, &count, info->hash_key);
    add_attribute(attributes, &count, info->range_key);
    for (size_t i = 0; i < info->index_count; i++) {
        add_attribute(attributes, &count, info->indexes[i].hash_key);
        add_attribute(attributes, &count, info->indexes[i].range_key);
    }
    out->attributes = attributes;
    out->attribute_count = count;
    return BLOOP_OK;
}

static void add_attribute(bloop_attribute_definition *attributes, size_t *count, const bl_column_info *column)
{
    if (!column)
        return;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(attributes[i].name, column->dynamo_name.data) == 0)
            return;
    attributes[(*count)++] = (bloop_attribute_definition){ column->dynamo_name.data, column->backing };
}

static bool is_key(const bl_model_info *info, const bl_index_info *index, const bloop_column *column)
{
    const bl_column_info *keys[] = { info->hash_key, info->range_key, index->hash_key, index->range_key };
    for (size_t i = 0; i < BL_COUNT_OF(keys); i++)
        if (keys[i] && keys[i]->column == column)
            return true;
    return false;
}

/* A new provisioned table needs units; 1 is the reference's default (Bloop for Python, models.rst). */
static bloop_throughput throughput_of(bool provisioned, int64_t read_units, int64_t write_units)
{
    if (!provisioned)
        return (bloop_throughput){ 0, 0 };
    return (bloop_throughput){ read_units ? read_units : 1, write_units ? write_units : 1 };
}
