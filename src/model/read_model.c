/* Models as programs read them. */
#include "model/model_private.h"

bloop_status bloop_model_check(const bloop_model *model)
{
    const bl_model_info *info;
    return bl_model_info_of(model, &info);
}

const bloop_column *const *bloop_model_columns(const bloop_model *model, size_t *count)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    *count = info->column_count;
    return info->inside->columns;
}

const bloop_column *const *bloop_model_keys(const bloop_model *model, size_t *count)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    *count = (size_t)(info->hash_key != NULL) + (info->hash_key && info->range_key);
    return info->inside->keys;
}

const bloop_column *bloop_model_hash_key(const bloop_model *model)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    if (!info->hash_key)
        bl_error_clear();
    return info->inside->keys[0];
}

const bloop_column *bloop_model_range_key(const bloop_model *model)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    if (!info->range_key)
        bl_error_clear();
    return info->inside->keys[1];
}

const bloop_column *bloop_model_column(const bloop_model *model, const char *name)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    const bl_column_info *column = name ? bl_model_find_named(info, name) : NULL;
    if (!column)
        bl_error_clear();
    return column ? column->column : NULL;
}

const bloop_column *bloop_model_column_by_dynamo_name(const bloop_model *model, const char *dynamo_name)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    for (size_t i = 0; dynamo_name && i < info->column_count; i++) {
        if (strcmp(info->columns[i].dynamo_name.data, dynamo_name) == 0)
            return info->columns[i].column;
    }
    bl_error_clear();
    return NULL;
}

const bloop_index *const *bloop_model_indexes(const bloop_model *model, size_t *count)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    *count = info->index_count;
    return info->inside->indexes;
}

const bloop_index *const *bloop_model_gsis(const bloop_model *model, size_t *count)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    *count = info->global_count;
    return info->inside->globals;
}

const bloop_index *const *bloop_model_lsis(const bloop_model *model, size_t *count)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    *count = info->local_count;
    return info->inside->locals;
}

const bloop_index *bloop_model_index(const bloop_model *model, const char *name)
{
    const bl_model_info *info;
    if (bl_model_info_of(model, &info) != BLOOP_OK)
        return NULL;
    for (size_t i = 0; name && i < info->index_count; i++) {
        if (strcmp(info->indexes[i].index->name, name) == 0)
            return info->indexes[i].index;
    }
    bl_error_clear();
    return NULL;
}

const char *bloop_model_table_name(const bloop_model *model)
{
    const bl_model_info *info;
    return bl_model_info_of(model, &info) == BLOOP_OK ? info->table_name : NULL;
}

bloop_status bloop_model_projection(const bloop_model *model, const bloop_index *index, bloop_projection_info *out)
{
    const bl_model_info *info;
    bloop_status status = bl_model_info_of(model, &info);
    if (status != BLOOP_OK)
        return status;
    const bl_index_info *found = index ? bl_model_find_index(info, index) : NULL;
    if (index && !found)
        return bl_error(BLOOP_INVALID_INDEX, "%s is no index of %s", index->name ? index->name : "?", model->name);
    *out = found ? found->projection : info->projection;
    return BLOOP_OK;
}

bool bloop_model_is(const bloop_model *model, const bloop_model *base)
{
    while (model && model != base)
        model = model->base;
    return model != NULL;
}

const char *bloop_column_dynamo_name(const bloop_column *column)
{
    return column->dynamo_name ? column->dynamo_name : column->name;
}

const char *bloop_index_dynamo_name(const bloop_index *index)
{
    return index->dynamo_name ? index->dynamo_name : index->name;
}

size_t bloop_model_print(const bloop_model *model, char *text, size_t size)
{
    bl_text out;
    bl_text_begin(&out, text, size);
    bl_text_add(&out, "<Model[%s]>", model && model->name ? model->name : "?");
    return out.length;
}

size_t bloop_column_print(const bloop_column *column, char *text, size_t size)
{
    bl_text out;
    bl_text_begin(&out, text, size);
    if (column && column->model)
        bl_text_add(&out, "<Column[%s.%s%s]>", column->model->name, column->name,
                    column->hash_key    ? "=hash"
                    : column->range_key ? "=range"
                                        : "");
    else
        bl_text_add(&out, "<Column[?]>");
    return out.length;
}

size_t bloop_index_print(const bloop_index *index, char *text, size_t size)
{
    static const char *const modes[] = { [BLOOP_ALL] = "all", [BLOOP_KEYS] = "keys", [BLOOP_INCLUDE] = "include" };
    bl_text out;
    bl_text_begin(&out, text, size);
    if (index && index->model)
        bl_text_add(&out, "<%s[%s.%s=%s]>", index->local ? "LSI" : "GSI", index->model->name, index->name,
                    (unsigned)index->projection < BL_COUNT_OF(modes) ? modes[index->projection] : "?");
    else
        bl_text_add(&out, "<Index[?]>");
    return out.length;
}
