/* A table's description as a packed item. Its names are the format, which lasts: later versions may add some. */
#include "table_private.h"

#include "table_names_private.h"
#include "value/value.h"

static void put_text(bloop_builder *out, const char *name, const char *text);
static void put_bool(bloop_builder *out, const char *name, bool value);
static void put_throughput(bloop_builder *out, const bloop_throughput *throughput);
static void put_attributes(bloop_builder *out, const bloop_table_definition *definition);
static void put_indexes(bloop_builder *out, const char *name, const bloop_index_definition *indexes, size_t count,
                        const bl_index_plan *plans);
static void put_index(bloop_builder *out, const bloop_index_definition *index, const bl_index_plan *plan);

bloop_status bl_table_pack(const bl_table_plan *plan, bloop_builder *builder, bloop_item *out)
{
    const bloop_table_definition *definition = plan->definition;
    if (definition->global_index_count + definition->local_index_count > BL_INDEXES_MAX)
        return bl_error(BLOOP_VALIDATION, "table %s has more than %d indexes", definition->name, BL_INDEXES_MAX);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_int64(builder, "version", BL_TABLE_FORM);
    bloop_put_int64(builder, "id", plan->id);
    bloop_put_string(builder, "uuid", plan->uuid);
    bloop_put_int64(builder, "created", plan->created_at);
    bloop_put_string(builder, "hash", definition->hash_key);
    put_text(builder, "range", definition->range_key);
    put_attributes(builder, definition);
    bloop_put_string(builder, "billing", bl_billing_names[definition->billing]);
    put_throughput(builder, &definition->throughput);
    put_bool(builder, "protected", definition->deletion_protection);
    if (definition->stream != BLOOP_VIEW_NONE) {
        bloop_put_string(builder, "stream", bl_view_names[definition->stream]);
        bloop_put_string(builder, "stream_label", plan->stream_label);
    }
    put_indexes(builder, "global", definition->global_indexes, definition->global_index_count, plan->global);
    put_indexes(builder, "local", definition->local_indexes, definition->local_index_count, plan->local);
    bloop_build_end(builder);
    return bloop_builder_value(builder, out);
}

static void put_text(bloop_builder *out, const char *name, const char *text)
{
    if (text)
        bloop_put_string(out, name, text);
}

static void put_bool(bloop_builder *out, const char *name, bool value)
{
    bloop_build_name(out, name, strlen(name));
    bloop_build_bool(out, value);
}

static void put_throughput(bloop_builder *out, const bloop_throughput *throughput)
{
    bloop_put_int64(out, "read", throughput->read_units);
    bloop_put_int64(out, "write", throughput->write_units);
}

static void put_attributes(bloop_builder *out, const bloop_table_definition *definition)
{
    bloop_build_name(out, "attributes", strlen("attributes"));
    bloop_build_begin(out, BLOOP_TAG_L);
    for (size_t i = 0; i < definition->attribute_count; i++) {
        bloop_build_begin(out, BLOOP_TAG_M);
        bloop_put_string(out, "name", definition->attributes[i].name);
        bloop_put_string(out, "type", bloop_tag_name(definition->attributes[i].type));
        bloop_build_end(out);
    }
    bloop_build_end(out);
}

static void put_indexes(bloop_builder *out, const char *name, const bloop_index_definition *indexes, size_t count,
                        const bl_index_plan *plans)
{
    bloop_build_name(out, name, strlen(name));
    bloop_build_begin(out, BLOOP_TAG_L);
    for (size_t i = 0; i < count; i++)
        put_index(out, &indexes[i], &plans[i]);
    bloop_build_end(out);
}

static void put_index(bloop_builder *out, const bloop_index_definition *index, const bl_index_plan *plan)
{
    bloop_build_begin(out, BLOOP_TAG_M);
    bloop_put_int64(out, "id", plan->id);
    bloop_put_string(out, "name", index->name);
    bloop_put_string(out, "hash", index->hash_key);
    put_text(out, "range", index->range_key);
    bloop_put_string(out, "projection", bl_projection_names[index->projection]);
    put_throughput(out, &index->throughput);
    put_bool(out, "backfilling", plan->backfilling);
    bloop_build_name(out, "include", strlen("include"));
    bloop_build_begin(out, BLOOP_TAG_L);
    for (size_t i = 0; i < index->include_count; i++)
        bloop_build_string(out, index->include[i], strlen(index->include[i]));
    bloop_build_end(out);
    bloop_build_end(out);
}
