/* A table's description, copied into the memory of a result. */
#include "describe_private.h"

#include <bloop/sys/backend.h>

/* Copies one thing after the other; a failure is remembered. */
typedef struct copier {
    bloop_result_memory *memory;
    bool failed;
} copier;

static void copy_definition(copier *c, const bloop_table_definition *from, bloop_table_definition *out);
static const bloop_index_definition *copy_indexes(copier *c, const bloop_index_definition *from, size_t count);
static const bloop_index_state *make_states(copier *c, const bl_index *indexes, const bl_count *counts, size_t count);
static const char *copy_text(copier *c, const char *text);
static void *room(copier *c, size_t count, size_t size);

bloop_status bl_describe(const bl_table *table, const bl_count *counts, bloop_table_status table_status,
                         bloop_table_result *out)
{
    copier c = { .memory = &out->memory };
    const bloop_table_description *about = &table->about;
    size_t global = about->definition.global_index_count;
    bloop_table_description made = *about;
    copy_definition(&c, &about->definition, &made.definition);
    made.status = table_status;
    made.item_count = counts[0].items;
    made.size_bytes = counts[0].bytes;
    made.id = copy_text(&c, about->id);
    made.arn = copy_text(&c, about->arn);
    made.stream_label = copy_text(&c, about->stream_label);
    made.stream_arn = copy_text(&c, about->stream_arn);
    made.global_states = make_states(&c, table->indexes, counts + 1, global);
    made.local_states = make_states(&c, table->indexes + global, counts + 1 + global, table->index_count - global);
    if (c.failed)
        return BLOOP_NO_MEMORY;
    out->table = made;
    return BLOOP_OK;
}

/* dynalite's tests, made against the service: operations on tables name the table. */
bloop_status bl_table_not_found(const char *name)
{
    return bl_error(BLOOP_TABLE_NOT_FOUND, "Requested resource not found: Table: %s not found", name);
}

/* The service lists the definitions of attributes in the order of their names, whatever the request had: so does the
   example of CreateTable in its API reference. */
static void copy_definition(copier *c, const bloop_table_definition *from, bloop_table_definition *out)
{
    bloop_attribute_definition *attributes = room(c, from->attribute_count, sizeof *attributes);
    for (size_t i = 0; attributes && i < from->attribute_count; i++) {
        size_t at = i;
        for (; at && strcmp(attributes[at - 1].name, from->attributes[i].name) > 0; at--)
            attributes[at] = attributes[at - 1];
        attributes[at] = from->attributes[i];
    }
    for (size_t i = 0; attributes && i < from->attribute_count; i++)
        attributes[i].name = copy_text(c, attributes[i].name);
    out->name = copy_text(c, from->name);
    out->hash_key = copy_text(c, from->hash_key);
    out->range_key = copy_text(c, from->range_key);
    out->attributes = attributes;
    out->global_indexes = copy_indexes(c, from->global_indexes, from->global_index_count);
    out->local_indexes = copy_indexes(c, from->local_indexes, from->local_index_count);
}

static const bloop_index_definition *copy_indexes(copier *c, const bloop_index_definition *from, size_t count)
{
    bloop_index_definition *out = room(c, count, sizeof *out);
    for (size_t i = 0; out && i < count; i++) {
        out[i] = from[i];
        out[i].name = copy_text(c, from[i].name);
        out[i].hash_key = copy_text(c, from[i].hash_key);
        out[i].range_key = copy_text(c, from[i].range_key);
        const char **include = room(c, from[i].include_count, sizeof *include);
        for (size_t k = 0; include && k < from[i].include_count; k++)
            include[k] = copy_text(c, from[i].include[k]);
        out[i].include = include;
    }
    return out;
}

static const bloop_index_state *make_states(copier *c, const bl_index *indexes, const bl_count *counts, size_t count)
{
    bloop_index_state *out = room(c, count, sizeof *out);
    for (size_t i = 0; out && i < count; i++)
        out[i] = (bloop_index_state){ .status = indexes[i].backfilling ? BLOOP_TABLE_CREATING : BLOOP_TABLE_ACTIVE,
                                      .backfilling = indexes[i].backfilling,
                                      .item_count = counts[i].items,
                                      .size_bytes = counts[i].bytes };
    return out;
}

static const char *copy_text(copier *c, const char *text)
{
    if (!text)
        return NULL;
    size_t size = strlen(text) + 1;
    char *out = room(c, size, 1);
    return out ? memcpy(out, text, size) : NULL;
}

/* NULL for nothing, which is no failure. */
static void *room(copier *c, size_t count, size_t size)
{
    void *out = count ? bloop_result_alloc(c->memory, count * size) : NULL;
    c->failed |= count && !out;
    return out;
}
