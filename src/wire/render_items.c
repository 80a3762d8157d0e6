/* The requests of operations on single items, and of searches. What has its default is left out. */
#include "wire/names_private.h"
#include "wire/render_request_private.h"

static void write_scope(bloop_json_writer *writer, const bloop_search_request *search);

/* A projection that is a hint is not sent: see the decision in this folder's README. Without a receiver it is none. */
void bl_render_request_get(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_get_request *get = &request->as.get;
    bl_render render;
    bl_render_begin(&render, writer);
    bl_body_text(writer, "TableName", get->table);
    bl_body_item(writer, "Key", get->key);
    if (get->consistent)
        bl_body_bool(writer, "ConsistentRead", true);
    if (!get->projection_is_hint || !get->receive)
        bl_render_projection(&render, get->projection);
    bl_render_placeholders(&render);
    bl_render_request_capacity(writer, get->capacity);
    bl_render_end(&render);
}

void bl_render_request_write(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_write_request *write = &request->as.write;
    bl_render render;
    bl_render_begin(&render, writer);
    bl_body_text(writer, "TableName", write->table);
    bl_body_item(writer, write->kind == BLOOP_WRITE_PUT ? "Item" : "Key", write->item);
    if (write->kind == BLOOP_WRITE_UPDATE)
        bl_render_update(&render, write->update);
    bl_render_condition(&render, "ConditionExpression", write->condition);
    bl_render_placeholders(&render);
    if (write->return_values != BLOOP_RETURN_NONE)
        bl_body_text(writer, "ReturnValues", bl_words_return_values.words[write->return_values]);
    if (write->return_old_on_failure)
        bl_body_text(writer, "ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    bl_render_request_capacity(writer, write->capacity);
    bl_render_request_metrics(writer, write->collection_metrics);
    bl_render_end(&render);
}

void bl_render_request_search(bloop_json_writer *writer, const bl_wire_request *request)
{
    const bloop_search_request *search = &request->as.search;
    bl_render render;
    bl_render_begin(&render, writer);
    write_scope(writer, search);
    if (search->kind == BLOOP_SEARCH_QUERY)
        bl_render_condition(&render, "KeyConditionExpression", search->key_condition);
    bl_render_condition(&render, "FilterExpression", search->filter);
    bl_render_projection(&render, search->projection);
    bl_render_placeholders(&render);
    bl_render_request_capacity(writer, search->capacity);
    bl_render_end(&render);
}

/* What is searched, and which part of it. */
static void write_scope(bloop_json_writer *writer, const bloop_search_request *search)
{
    bl_body_text(writer, "TableName", search->table);
    if (search->index)
        bl_body_text(writer, "IndexName", search->index);
    if (search->select != BLOOP_SELECT_DEFAULT)
        bl_body_text(writer, "Select", bl_words_select.words[search->select]);
    if (search->consistent)
        bl_body_bool(writer, "ConsistentRead", true);
    if (search->limit > 0)
        bl_body_int(writer, "Limit", search->limit);
    if (search->exclusive_start.data)
        bl_body_item(writer, "ExclusiveStartKey", search->exclusive_start);
    if (search->kind == BLOOP_SEARCH_QUERY && search->descending)
        bl_body_bool(writer, "ScanIndexForward", false);
    if (search->kind == BLOOP_SEARCH_SCAN && search->total_segments > 0) {
        bl_body_int(writer, "Segment", search->segment);
        bl_body_int(writer, "TotalSegments", search->total_segments);
    }
}
