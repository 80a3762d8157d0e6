/* The rules that the columns and the table of a model have to obey. Those of the reference, unless it says otherwise. */
#include "model/model_private.h"

static bloop_status check_column(const bloop_model *model, const bloop_column *column);
static bloop_status check_key_type(const bloop_model *model, const bloop_column *column);
static bloop_status check_default(const bloop_model *model, const bloop_column *column);
static bloop_status check_keys(const bloop_model *model, const bl_members *members);
static bloop_status check_table(const bloop_model *model);

bloop_status bl_model_check_members(const bloop_model *model, const bl_members *members)
{
    bloop_status status = check_table(model);
    for (size_t i = 0; status == BLOOP_OK && i < members->count; i++) {
        if (members->items[i].kind == BLOOP_MEMBER_COLUMN)
            status = check_column(model, members->items[i].column);
    }
    return status == BLOOP_OK ? check_keys(model, members) : status;
}

static bloop_status check_column(const bloop_model *model, const bloop_column *column)
{
    bloop_status status = bl_type_check(column->type);
    if (status != BLOOP_OK) {
        bl_error_in("%s.%s", model->name, column->name);
        return status;
    }
    if (strlen(bloop_column_dynamo_name(column)) > UINT16_MAX)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has a dynamo name of more than 65535 bytes", model->name,
                        column->name);
    if (column->offset < sizeof(bloop_object) || column->offset > model->object_size ||
        column->type->size > model->object_size - column->offset)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is not inside the object", model->name, column->name);
    if (column->hash_key && column->range_key)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is both the hash key and the range key", model->name, column->name);
    if (column->hash_key || column->range_key)
        status = check_key_type(model, column);
    return status == BLOOP_OK ? check_default(model, column) : status;
}

/* The service's rule: developer guide, "Core components: Primary key". */
static bloop_status check_key_type(const bloop_model *model, const bloop_column *column)
{
    char text[BL_TYPE_TEXT_SIZE];
    bloop_tag backing = bloop_type_backing(column->type);
    if (backing == BLOOP_TAG_S || backing == BLOOP_TAG_N || backing == BLOOP_TAG_B)
        return BLOOP_OK;
    return bl_error(BLOOP_INVALID_MODEL, "%s.%s is a %s key, but %s is stored as %s: keys are S, N or B", model->name,
                    column->name, column->hash_key ? "hash" : "range", bl_type_text(column->type, text),
                    backing == BLOOP_TAG_NONE ? "anything" : bloop_tag_name(backing));
}

static bloop_status check_default(const bloop_model *model, const bloop_column *column)
{
    char text[BL_TYPE_TEXT_SIZE], other[BL_TYPE_TEXT_SIZE];
    const bloop_default_value *value = &column->default_value;
    if (!value->type)
        return BLOOP_OK;
    if (column->default_function)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has a default value and a default function", model->name,
                        column->name);
    if (!value->value)
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has a default value that is NULL", model->name, column->name);
    if (!bl_type_equal(value->type, column->type))
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s is of type %s, but its default value of type %s", model->name,
                        column->name, bl_type_text(column->type, text), bl_type_text(value->type, other));
    return BLOOP_OK;
}

static bloop_status check_keys(const bloop_model *model, const bl_members *members)
{
    const bloop_column *hash = NULL, *range = NULL;
    for (size_t i = 0; i < members->count; i++) {
        const bloop_column *column = members->items[i].column;
        if (!column || !(column->hash_key || column->range_key))
            continue;
        const bloop_column **key = column->hash_key ? &hash : &range;
        if (*key)
            return bl_error(BLOOP_INVALID_MODEL, "%s.%s and %s.%s are both %s keys: a model has one", model->name,
                            (*key)->name, model->name, column->name, column->hash_key ? "hash" : "range");
        *key = column;
    }
    if (!hash && !model->table.abstract)
        return bl_error(BLOOP_INVALID_MODEL, "%s has no hash key: one of its columns needs .hash_key = true",
                        model->name);
    return BLOOP_OK;
}

static bloop_status check_table(const bloop_model *model)
{
    const bloop_table *table = &model->table;
    if (table->name && !table->name[0])
        return bl_error(BLOOP_INVALID_MODEL, "%s has an empty table name", model->name);
    if (table->read_units < 0 || table->write_units < 0)
        return bl_error(BLOOP_INVALID_MODEL, "%s has negative read or write units", model->name);
    if ((unsigned)table->billing > BLOOP_ON_DEMAND)
        return bl_error(BLOOP_INVALID_MODEL, "%s has a billing that is none: %d", model->name, (int)table->billing);
    if ((unsigned)table->stream > BLOOP_STREAM_NEW_AND_OLD)
        return bl_error(BLOOP_INVALID_STREAM, "%s has a stream view that is none: %d", model->name, (int)table->stream);
    return BLOOP_OK;
}
