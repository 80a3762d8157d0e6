/* Whether the table in the backend is what a model expects. What the table has beyond that is no mismatch. */
#include <stdio.h>

#include "engine/engine_private.h"
#include "op/op.h"

/* What is being compared, for the messages. */
typedef struct comparison {
    const bloop_model *model;
    const bloop_table_definition *expected, *actual;
} comparison;

static bloop_status compare_keys(const comparison *of);
static bloop_status compare_attributes(const comparison *of);
static bloop_status compare_indexes(const comparison *of, bool local);
static bloop_status compare_index(const comparison *of, const bloop_index *declared,
                                  const bloop_index_definition *expected, const bloop_index_definition *actual);
static bloop_status compare_projection(const comparison *of, const bloop_index_definition *expected,
                                       const bloop_index_definition *actual);
static bloop_status compare_settings(const comparison *of);
static bloop_status compare_units(const comparison *of, const char *index, const char *unit, int64_t given,
                                  int64_t actual);
static const bloop_index_definition *find_index(const bloop_table_definition *table, const char *name, bool local);
static const bloop_index *declared_index(const bloop_model *model, const char *dynamo_name);
static bool includes(const bloop_table_definition *table, const bloop_index_definition *index, const char *name);
static bool same(const char *a, const char *b);
static const char *or_none(const char *name);
static bloop_status mismatch(const comparison *of, const char *format, ...) BLOOP_PRINTF_(2, 3);

static const char *const view_names[] = {
    [BLOOP_VIEW_NONE] = "none",
    [BLOOP_VIEW_KEYS_ONLY] = "KEYS_ONLY",
    [BLOOP_VIEW_NEW_IMAGE] = "NEW_IMAGE",
    [BLOOP_VIEW_OLD_IMAGE] = "OLD_IMAGE",
    [BLOOP_VIEW_NEW_AND_OLD_IMAGES] = "NEW_AND_OLD_IMAGES",
};

bloop_status bl_table_compare(const bloop_model *model, const bloop_table_definition *expected,
                              const bloop_table_description *actual)
{
    comparison of = { model, expected, &actual->definition };
    bloop_status status = compare_keys(&of);
    if (status == BLOOP_OK)
        status = compare_attributes(&of);
    if (status == BLOOP_OK)
        status = compare_indexes(&of, false);
    if (status == BLOOP_OK)
        status = compare_indexes(&of, true);
    return status == BLOOP_OK ? compare_settings(&of) : status;
}

static bloop_status compare_keys(const comparison *of)
{
    if (!same(of->expected->hash_key, of->actual->hash_key))
        return mismatch(of, "the hash key is %s, the model has %s", of->actual->hash_key, of->expected->hash_key);
    if (!same(of->expected->range_key, of->actual->range_key))
        return mismatch(of, "the range key is %s, the model has %s", or_none(of->actual->range_key),
                        or_none(of->expected->range_key));
    return BLOOP_OK;
}

static bloop_status compare_attributes(const comparison *of)
{
    for (size_t i = 0; i < of->expected->attribute_count; i++) {
        const bloop_attribute_definition *expected = &of->expected->attributes[i];
        bloop_tag actual = bl_op_attribute_type(of->actual, expected->name);
        if (actual != BLOOP_TAG_NONE && actual != expected->type)
            return mismatch(of, "the key attribute %s is of type %s, the model has %s", expected->name,
                            bloop_tag_name(actual), bloop_tag_name(expected->type));
    }
    return BLOOP_OK;
}

static bloop_status compare_indexes(const comparison *of, bool local)
{
    size_t count = local ? of->expected->local_index_count : of->expected->global_index_count;
    const bloop_index_definition *indexes = local ? of->expected->local_indexes : of->expected->global_indexes;
    for (size_t i = 0; i < count; i++) {
        const bloop_index_definition *actual = find_index(of->actual, indexes[i].name, local);
        if (!actual)
            return mismatch(of, "there is no %s index %s", local ? "local" : "global", indexes[i].name);
        bloop_status status = compare_index(of, declared_index(of->model, indexes[i].name), &indexes[i], actual);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status compare_index(const comparison *of, const bloop_index *declared,
                                  const bloop_index_definition *expected, const bloop_index_definition *actual)
{
    if (!same(expected->hash_key, actual->hash_key))
        return mismatch(of, "the hash key of index %s is %s, the model has %s", expected->name, actual->hash_key,
                        expected->hash_key);
    if (!same(expected->range_key, actual->range_key))
        return mismatch(of, "the range key of index %s is %s, the model has %s", expected->name,
                        or_none(actual->range_key), or_none(expected->range_key));
    bloop_status status = compare_projection(of, expected, actual);
    if (status != BLOOP_OK || !declared || declared->local)
        return status;
    status = compare_units(of, expected->name, "read", declared->read_units, actual->throughput.read_units);
    if (status != BLOOP_OK)
        return status;
    return compare_units(of, expected->name, "write", declared->write_units, actual->throughput.write_units);
}

/* The index must have at least what the model reads from it. */
static bloop_status compare_projection(const comparison *of, const bloop_index_definition *expected,
                                       const bloop_index_definition *actual)
{
    if (actual->projection == BLOOP_PROJECT_ALL)
        return BLOOP_OK;
    if (expected->projection == BLOOP_PROJECT_ALL)
        return mismatch(of, "the index %s does not project all attributes, the model's does", expected->name);
    for (size_t i = 0; i < expected->include_count; i++)
        if (!includes(of->actual, actual, expected->include[i]))
            return mismatch(of, "the index %s does not project %s, the model's does", expected->name,
                            expected->include[i]);
    return BLOOP_OK;
}

static bloop_status compare_settings(const comparison *of)
{
    const bloop_table *table = &of->model->table;
    if (of->expected->stream != BLOOP_VIEW_NONE && of->expected->stream != of->actual->stream)
        return mismatch(of, "its stream's view type is %s, the model has %s", view_names[of->actual->stream],
                        view_names[of->expected->stream]);
    if (table->billing != BLOOP_ANY_BILLING && of->expected->billing != of->actual->billing)
        return mismatch(of, "it is billed %s, the model's is %s",
                        of->actual->billing == BLOOP_BILLING_PROVISIONED ? "by provisioned units" : "on demand",
                        of->expected->billing == BLOOP_BILLING_PROVISIONED ? "provisioned" : "on demand");
    bloop_status status = compare_units(of, NULL, "read", table->read_units, of->actual->throughput.read_units);
    if (status != BLOOP_OK)
        return status;
    return compare_units(of, NULL, "write", table->write_units, of->actual->throughput.write_units);
}

/* Units count only where the model gives them. */
static bloop_status compare_units(const comparison *of, const char *index, const char *unit, int64_t given,
                                  int64_t actual)
{
    if (given == 0 || given == actual)
        return BLOOP_OK;
    return mismatch(of, "%s%s has %lld %s units, the model gives %lld", index ? "index " : "the table",
                    index ? index : "", (long long)actual, unit, (long long)given);
}

static const bloop_index_definition *find_index(const bloop_table_definition *table, const char *name, bool local)
{
    size_t count = local ? table->local_index_count : table->global_index_count;
    const bloop_index_definition *indexes = local ? table->local_indexes : table->global_indexes;
    for (size_t i = 0; i < count; i++)
        if (strcmp(indexes[i].name, name) == 0)
            return &indexes[i];
    return NULL;
}

static const bloop_index *declared_index(const bloop_model *model, const char *dynamo_name)
{
    size_t count = 0;
    const bloop_index *const *indexes = bloop_model_indexes(model, &count);
    for (size_t i = 0; indexes && i < count; i++)
        if (strcmp(bloop_index_dynamo_name(indexes[i]), dynamo_name) == 0)
            return indexes[i];
    return NULL;
}

static bool includes(const bloop_table_definition *table, const bloop_index_definition *index, const char *name)
{
    if (same(name, table->hash_key) || same(name, table->range_key) || same(name, index->hash_key) ||
        same(name, index->range_key))
        return true;
    for (size_t i = 0; i < index->include_count; i++)
        if (strcmp(index->include[i], name) == 0)
            return true;
    return false;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *or_none(const char *name)
{
    return name ? name : "none";
}

static bloop_status mismatch(const comparison *of, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return bl_error(BLOOP_TABLE_MISMATCH, "model %s, table %s: %s", of->model->name, of->expected->name, text);
}
