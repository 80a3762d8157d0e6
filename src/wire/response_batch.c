/* The responses of batches. */
#include "wire/render_private.h"
#include "wire/response_private.h"

/* The items of a table so far, as the elements of a JSON array. */
typedef struct gathered_table {
    const char *name;
    bl_buffer items;
} gathered_table;

struct bl_wire_batch_gatherer {
    const bl_wire_request *request;
    size_t count; /* of keys, and at most so many tables */
    size_t table_count;
    gathered_table *tables; /* in the order in which the request names them */
    uint32_t *table_of_key;
};

static uint32_t find_table(bl_wire_batch_gatherer *gatherer, const char *name);
static void write_responses(bloop_json_writer *writer, const bl_wire_batch_gatherer *gatherer);
static void write_unprocessed_keys(bloop_json_writer *writer, const bl_wire_batch_gatherer *gatherer,
                                   const bloop_batch_get_result *result);
static void write_keys(bloop_json_writer *writer, const bl_wire_batch_gatherer *gatherer, size_t table,
                       const bloop_batch_get_result *result);
static void write_unprocessed_items(bloop_json_writer *writer, const bloop_batch_write_request *batch,
                                    const bloop_batch_write_result *result);
static void write_metrics(bloop_json_writer *writer, const bloop_batch_write_result *result);

bl_wire_batch_gatherer *bl_wire_batch_gatherer_new(const bl_wire_request *request)
{
    const bloop_batch_get_request *batch = &request->as.batch_get;
    bl_wire_batch_gatherer *made = bl_alloc_zeroed(1, sizeof *made);
    if (!made)
        return NULL;
    made->request = request;
    made->count = batch->count;
    made->tables = bl_alloc_zeroed(batch->count, sizeof *made->tables);
    made->table_of_key = made->tables ? bl_alloc_zeroed(batch->count, sizeof *made->table_of_key) : NULL;
    if (!made->table_of_key) {
        bl_wire_batch_gatherer_free(made);
        return NULL;
    }
    for (size_t i = 0; i < batch->count; i++)
        made->table_of_key[i] = find_table(made, batch->keys[i].table);
    return made;
}

void bl_wire_batch_gatherer_free(bl_wire_batch_gatherer *gatherer)
{
    if (!gatherer)
        return;
    for (size_t i = 0; i < gatherer->table_count; i++)
        bl_buffer_free(&gatherer->tables[i].items);
    bl_free(gatherer->tables);
    bl_free(gatherer->table_of_key);
    bl_free(gatherer);
}

bloop_status bl_wire_batch_gather(void *gatherer, size_t index, bloop_item item)
{
    const bl_wire_batch_gatherer *to = gatherer;
    bl_buffer *items = &to->tables[to->table_of_key[index]].items;
    if (items->size > 0)
        bl_buffer_byte(items, ',');
    bl_json_append_item(items, item);
    return items->status;
}

void bl_wire_write_batch_get_response(bl_buffer *out, bl_wire_batch_gatherer *gatherer,
                                      const bloop_batch_get_result *result)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    write_responses(&writer, gatherer);
    write_unprocessed_keys(&writer, gatherer, result);
    bl_response_capacities(&writer, result->capacity, result->capacity_count);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

void bl_wire_write_batch_write_response(bl_buffer *out, const bl_wire_request *request,
                                        const bloop_batch_write_result *result)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    write_unprocessed_items(&writer, &request->as.batch_write, result);
    write_metrics(&writer, result);
    bl_response_capacities(&writer, result->capacity, result->capacity_count);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

/* The table of that name, which is added when it is new. */
static uint32_t find_table(bl_wire_batch_gatherer *gatherer, const char *name)
{
    uint32_t i = 0;
    while (i < gatherer->table_count && strcmp(gatherer->tables[i].name, name) != 0)
        i++;
    if (i == gatherer->table_count)
        gatherer->tables[gatherer->table_count++].name = name;
    return i;
}

/* A table of which nothing was found has an empty array. */
static void write_responses(bloop_json_writer *writer, const bl_wire_batch_gatherer *gatherer)
{
    bl_body_object(writer, "Responses");
    for (size_t i = 0; i < gatherer->table_count; i++) {
        const gathered_table *table = &gatherer->tables[i];
        bl_body_array(writer, table->name);
        bl_buffer_append(&writer->buffer, table->items.data, table->items.size);
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}

/* As they were asked for, so that a client can send them again as they are. */
static void write_unprocessed_keys(bloop_json_writer *writer, const bl_wire_batch_gatherer *gatherer,
                                   const bloop_batch_get_result *result)
{
    bl_body_object(writer, "UnprocessedKeys");
    for (size_t table = 0; table < gatherer->table_count; table++) {
        size_t i = 0;
        while (i < result->unprocessed_count && gatherer->table_of_key[result->unprocessed[i]] != table)
            i++;
        if (i < result->unprocessed_count)
            write_keys(writer, gatherer, table, result);
    }
    bloop_json_write_end(writer);
}

static void write_keys(bloop_json_writer *writer, const bl_wire_batch_gatherer *gatherer, size_t table,
                       const bloop_batch_get_result *result)
{
    const bloop_batch_get_request *batch = &gatherer->request->as.batch_get;
    const char *name = gatherer->tables[table].name;
    bl_render render;
    bl_body_object(writer, name);
    bl_body_array(writer, "Keys");
    for (size_t i = 0; i < result->unprocessed_count; i++)
        if (gatherer->table_of_key[result->unprocessed[i]] == table)
            bloop_json_write_item(writer, batch->keys[result->unprocessed[i]].key);
    bloop_json_write_end(writer);
    for (size_t i = 0; i < batch->table_count; i++) {
        if (strcmp(batch->tables[i].table, name) != 0)
            continue;
        if (batch->tables[i].consistent)
            bl_body_bool(writer, "ConsistentRead", true);
        bl_render_begin(&render, writer);
        bl_render_projection(&render, batch->tables[i].projection);
        bl_render_placeholders(&render);
        bl_render_end(&render);
    }
    bloop_json_write_end(writer);
}

static void write_unprocessed_items(bloop_json_writer *writer, const bloop_batch_write_request *batch,
                                    const bloop_batch_write_result *result)
{
    bl_body_object(writer, "UnprocessedItems");
    for (size_t i = 0; i < result->unprocessed_count; i++) {
        const char *table = batch->writes[result->unprocessed[i]].table;
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = strcmp(batch->writes[result->unprocessed[k]].table, table) != 0;
        if (!first)
            continue;
        bl_body_array(writer, table);
        for (size_t k = i; k < result->unprocessed_count; k++)
            if (strcmp(batch->writes[result->unprocessed[k]].table, table) == 0)
                bl_body_batch_write(writer, &batch->writes[result->unprocessed[k]]);
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}

/* Names of tables, each with its item collections. */
static void write_metrics(bloop_json_writer *writer, const bloop_batch_write_result *result)
{
    if (result->metrics_count == 0)
        return;
    bl_body_object(writer, "ItemCollectionMetrics");
    for (size_t i = 0; i < result->metrics_count; i++) {
        const char *table = result->metrics[i].table;
        bool first = true;
        for (size_t k = 0; k < i && first; k++)
            first = strcmp(result->metrics[k].table, table) != 0;
        if (!first)
            continue;
        bl_body_array(writer, table);
        for (size_t k = i; k < result->metrics_count; k++)
            if (strcmp(result->metrics[k].table, table) == 0)
                bl_response_metrics(writer, &result->metrics[k]);
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
}
