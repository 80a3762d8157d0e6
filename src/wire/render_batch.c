/* The requests of batches: keys and writes, grouped by table, the tables in the order in which they first come. */
#include "wire/render_request_private.h"

static const bloop_batch_table *options_of(const bloop_batch_get_request *batch, const char *table);
static void write_keys(bloop_json_writer *writer, const bloop_batch_get_request *batch, size_t first);
static bool is_first_key(const bloop_batch_get_request *batch, size_t at);
static bool is_first_write(const bloop_batch_write_request *batch, size_t at);

void bl_render_request_batch_get(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_batch_get_request *batch = &request->as.batch_get;
    bl_body_object(writer, "RequestItems");
    for (size_t i = 0; i < batch->count; i++) {
        if (!is_first_key(batch, i))
            continue;
        bl_body_object(writer, batch->keys[i].table);
        write_keys(writer, batch, i);
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
    bl_render_request_capacity(writer, batch->capacity);
}

void bl_render_request_batch_write(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_batch_write_request *batch = &request->as.batch_write;
    bl_body_object(writer, "RequestItems");
    for (size_t i = 0; i < batch->count; i++) {
        if (!is_first_write(batch, i))
            continue;
        bl_body_array(writer, batch->writes[i].table);
        for (size_t k = i; k < batch->count; k++)
            if (strcmp(batch->writes[k].table, batch->writes[i].table) == 0)
                bl_body_batch_write(writer, &batch->writes[k]);
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
    bl_render_request_capacity(writer, batch->capacity);
    bl_render_request_metrics(writer, batch->collection_metrics);
}

static const bloop_batch_table *options_of(const bloop_batch_get_request *batch, const char *table)
{
    static const bloop_batch_table defaults = { 0 };
    for (size_t i = 0; i < batch->table_count; i++)
        if (strcmp(batch->tables[i].table, table) == 0)
            return &batch->tables[i];
    return &defaults;
}

/* Those of the first one's table. The key is always projected: a response doesn't say otherwise which key an item has. */
static void write_keys(bloop_json_writer *writer, const bloop_batch_get_request *batch, size_t first)
{
    const bloop_batch_table *options = options_of(batch, batch->keys[first].table);
    bl_render render;
    bl_body_array(writer, "Keys");
    for (size_t i = first; i < batch->count; i++)
        if (strcmp(batch->keys[i].table, batch->keys[first].table) == 0)
            bloop_json_write_item(writer, batch->keys[i].key);
    bloop_json_write_end(writer);
    if (options->consistent)
        bl_body_bool(writer, "ConsistentRead", true);
    bl_render_begin(&render, writer);
    bl_render_projection_and_key(&render, options->projection, batch->keys[first].key);
    bl_render_placeholders(&render);
    bl_render_end(&render);
}

static bool is_first_key(const bloop_batch_get_request *batch, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(batch->keys[i].table, batch->keys[at].table) == 0)
            return false;
    return true;
}

static bool is_first_write(const bloop_batch_write_request *batch, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(batch->writes[i].table, batch->writes[at].table) == 0)
            return false;
    return true;
}
