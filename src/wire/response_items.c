/* The responses of operations on single items, and of searches. */
#include "wire/response_private.h"

static void write_page(bloop_json_writer *writer, const bloop_search_result *result);

void bl_wire_write_item_response(bl_buffer *out, const bl_wire_request *request, const bloop_get_result *result,
                                 bloop_item item)
{
    (void)request;
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    if (item.data)
        bl_body_item(&writer, "Item", item);
    bl_response_capacity(&writer, result->capacity);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

void bl_wire_write_write_response(bl_buffer *out, const bl_wire_request *request, const bloop_write_result *result)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    if (result->attributes.data && request->as.write.return_values != BLOOP_RETURN_NONE)
        bl_body_item(&writer, "Attributes", result->attributes);
    bl_response_capacity(&writer, result->capacity);
    if (result->metrics) {
        bl_body_name(&writer, "ItemCollectionMetrics");
        bl_response_metrics(&writer, result->metrics);
    }
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

void bl_wire_write_search_response(bl_buffer *out, const bl_wire_request *request, const bloop_search_result *result)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    if (request->as.search.select != BLOOP_SELECT_COUNT)
        write_page(&writer, result);
    bl_body_int(&writer, "Count", result->count);
    bl_body_int(&writer, "ScannedCount", result->scanned);
    if (result->last.data)
        bl_body_item(&writer, "LastEvaluatedKey", result->last);
    bl_response_capacity(&writer, result->capacity);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

static void write_page(bloop_json_writer *writer, const bloop_search_result *result)
{
    size_t position = 0;
    bloop_item item;
    bl_body_array(writer, "Items");
    while (bloop_page_next(result, &position, &item))
        bloop_json_write_item(writer, item);
    bloop_json_write_end(writer);
}
