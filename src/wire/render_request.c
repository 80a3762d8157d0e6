/* Requests as a client sends them: which operation has which writer. */
#include "wire/render_request_private.h"

#include "wire/names_private.h"

static void write_table(bloop_json_writer *writer, const bl_wire_request *request);
static void write_arn(bloop_json_writer *writer, const bl_wire_request *request);
static void write_nothing(bloop_json_writer *writer, const bl_wire_request *request);

static bl_request_renderer *const writers[BL_WIRE_OPERATION_COUNT] = {
    [BL_WIRE_CREATE_TABLE] = bl_render_request_create_table,
    [BL_WIRE_DESCRIBE_TABLE] = write_table,
    [BL_WIRE_LIST_TABLES] = bl_render_request_list_tables,
    [BL_WIRE_UPDATE_TABLE] = bl_render_request_update_table,
    [BL_WIRE_DELETE_TABLE] = write_table,
    [BL_WIRE_GET_ITEM] = bl_render_request_get,
    [BL_WIRE_BATCH_GET_ITEM] = bl_render_request_batch_get,
    [BL_WIRE_PUT_ITEM] = bl_render_request_write,
    [BL_WIRE_UPDATE_ITEM] = bl_render_request_write,
    [BL_WIRE_DELETE_ITEM] = bl_render_request_write,
    [BL_WIRE_BATCH_WRITE_ITEM] = bl_render_request_batch_write,
    [BL_WIRE_QUERY] = bl_render_request_search,
    [BL_WIRE_SCAN] = bl_render_request_search,
    [BL_WIRE_DESCRIBE_LIMITS] = write_nothing,
    [BL_WIRE_DESCRIBE_ENDPOINTS] = write_nothing,
    [BL_WIRE_DESCRIBE_TIME_TO_LIVE] = write_table,
    [BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS] = write_table,
    [BL_WIRE_LIST_TAGS_OF_RESOURCE] = write_arn,
};

void bl_wire_write_request(bl_buffer *out, const bl_wire_request *request)
{
    bloop_json_writer writer;
    bl_body_begin(&writer, out);
    bloop_json_write_object(&writer);
    writers[request->operation](&writer, request);
    bloop_json_write_end(&writer);
    bl_body_end(&writer, out);
}

void bl_render_request_capacity(bloop_json_writer *writer, bloop_capacity_detail capacity)
{
    if (capacity != BLOOP_CAPACITY_NONE)
        bl_body_text(writer, "ReturnConsumedCapacity", bl_words_capacity.words[capacity]);
}

void bl_render_request_metrics(bloop_json_writer *writer, bool metrics)
{
    if (metrics)
        bl_body_text(writer, "ReturnItemCollectionMetrics", "SIZE");
}

static void write_table(bloop_json_writer *writer, const bl_wire_request *request)
{
    bl_body_text(writer, "TableName", request->as.table);
}

static void write_arn(bloop_json_writer *writer, const bl_wire_request *request)
{
    bl_body_text(writer, "ResourceArn", request->as.arn);
}

static void write_nothing(bloop_json_writer *writer, const bl_wire_request *request)
{
    (void)writer;
    (void)request;
}
