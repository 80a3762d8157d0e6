/* Requests, read: from the body to what op takes, in the three steps that the service takes too. */
#include "wire/reading_private.h"

/* What a reading keeps between requests, at most. */
enum { KEPT_BYTES = 1024 * 1024, LIST_BYTES = 8 * 1024 * 1024 };

typedef bloop_status (*finisher)(bl_wire_reading *reading, bl_wire_request *out);

/* Whether a bad name of the table is told without what else is wrong. */
typedef enum alone { TOGETHER, ALONE, ALONE_WITH_KEY } alone;

/* How the input of an operation is read. */
typedef struct input {
    const bl_shape *shape;
    size_t size;     /* of its C struct */
    finisher finish; /* NULL: nothing is made of it */
    alone name;      /* of the table */
} input;

static const bl_shape nothing = { .kind = BL_IN_STRUCT, .size = sizeof(bool), .java = "java.lang.Object" };

/* That PutItem and UpdateItem tell of a bad table name alone is what nubo-db found the service to do, and
   paritysuite/dynamodb-conformance (October 2026) that an UpdateItem without a key does not. */
static const input inputs[BL_WIRE_OPERATION_COUNT] = {
    [BL_WIRE_CREATE_TABLE] = { &bl_shape_create_table, sizeof(bl_in_table), bl_in_finish_create_table, TOGETHER },
    [BL_WIRE_DESCRIBE_TABLE] = { &bl_shape_table_name, sizeof(bl_in_table), bl_in_finish_table_name, TOGETHER },
    [BL_WIRE_LIST_TABLES] = { &bl_shape_list_tables, sizeof(bl_in_table), bl_in_finish_list_tables, TOGETHER },
    [BL_WIRE_UPDATE_TABLE] = { &bl_shape_update_table, sizeof(bl_in_table), bl_in_finish_update_table, TOGETHER },
    [BL_WIRE_DELETE_TABLE] = { &bl_shape_table_name, sizeof(bl_in_table), bl_in_finish_table_name, TOGETHER },
    [BL_WIRE_GET_ITEM] = { &bl_shape_get, sizeof(bl_in_items), bl_in_finish_get, TOGETHER },
    [BL_WIRE_BATCH_GET_ITEM] = { &bl_shape_batch_get, sizeof(bl_in_batch), bl_in_finish_batch_get, TOGETHER },
    [BL_WIRE_PUT_ITEM] = { &bl_shape_put, sizeof(bl_in_items), bl_in_finish_write, ALONE },
    [BL_WIRE_UPDATE_ITEM] = { &bl_shape_update, sizeof(bl_in_items), bl_in_finish_write, ALONE_WITH_KEY },
    [BL_WIRE_DELETE_ITEM] = { &bl_shape_delete, sizeof(bl_in_items), bl_in_finish_write, TOGETHER },
    [BL_WIRE_BATCH_WRITE_ITEM] = { &bl_shape_batch_write, sizeof(bl_in_batch), bl_in_finish_batch_write, TOGETHER },
    [BL_WIRE_QUERY] = { &bl_shape_query, sizeof(bl_in_items), bl_in_finish_search, TOGETHER },
    [BL_WIRE_SCAN] = { &bl_shape_scan, sizeof(bl_in_items), bl_in_finish_search, TOGETHER },
    [BL_WIRE_DESCRIBE_LIMITS] = { &nothing, sizeof(bool), NULL, TOGETHER },
    [BL_WIRE_DESCRIBE_ENDPOINTS] = { &nothing, sizeof(bool), NULL, TOGETHER },
    [BL_WIRE_DESCRIBE_TIME_TO_LIVE] = { &bl_shape_table_name, sizeof(bl_in_table), bl_in_finish_table_name, TOGETHER },
    [BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS] = { &bl_shape_table_name, sizeof(bl_in_table), bl_in_finish_table_name,
                                              TOGETHER },
    [BL_WIRE_LIST_TAGS_OF_RESOURCE] = { &bl_shape_list_tags, sizeof(bl_in_table), bl_in_finish_list_tags, TOGETHER },
};

static void end_texts(bl_wire_reading *reading);
static bloop_status read_body(bl_wire_reading *reading, const input *how, const char *body, size_t size);

bl_wire_reading *bl_wire_reading_new(void)
{
    bl_wire_reading *reading = bl_alloc_zeroed(1, sizeof *reading);
    if (!reading)
        return NULL;
    bl_json_reader_use(&reading->json, NULL, 0);
    bloop_json_reader_set_depth(&reading->json, BLOOP_JSON_MAX_DEPTH);
    return reading;
}

void bl_wire_reading_reset(bl_wire_reading *reading)
{
    end_texts(reading);
    if (bl_arena_size(&reading->arena) > KEPT_BYTES)
        bl_arena_free(&reading->arena);
    else
        bl_arena_reset(&reading->arena);
    if (reading->builder.buffer.capacity > KEPT_BYTES)
        bl_builder_free(&reading->builder);
    if (bl_arena_size(&reading->json.strings) > KEPT_BYTES || reading->json.scratch.capacity > KEPT_BYTES)
        bl_json_reader_release(&reading->json);
    bloop_json_reader_reset(&reading->json, NULL, 0);
}

void bl_wire_reading_free(bl_wire_reading *reading)
{
    if (!reading)
        return;
    end_texts(reading);
    bl_arena_free(&reading->arena);
    bl_builder_free(&reading->builder);
    bl_json_reader_release(&reading->json);
    bl_free(reading);
}

bloop_status bl_wire_read_request(bl_wire_reading *reading, bl_wire_operation operation, const char *body, size_t size,
                                  bl_wire_request *out)
{
    if ((unsigned)operation >= BL_WIRE_OPERATION_COUNT)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%u is no operation", (unsigned)operation);
    const input *how = &inputs[operation];
    bl_wire_request request;
    memset(&request, 0, sizeof request);
    request.operation = operation;
    bl_wire_reading_reset(reading);
    bloop_status status = read_body(reading, how, body, size);
    if (status == BLOOP_OK)
        status = bl_in_check(how->shape, &reading->in,
                             how->name == ALONE || (how->name == ALONE_WITH_KEY && reading->in.items.item.present));
    if (status == BLOOP_OK && how->finish)
        status = how->finish(reading, &request);
    if (status == BLOOP_OK)
        *out = request;
    return status;
}

static bloop_status read_body(bl_wire_reading *reading, const input *how, const char *body, size_t size)
{
    bloop_json_reader_reset(&reading->json, body, size);
    memset(&reading->in, 0, how->size);
    reading->list_bytes_left = LIST_BYTES;
    if (bloop_json_peek(&reading->json) == BLOOP_JSON_NULL)
        return bl_error(BLOOP_INVALID_SYNTAX, "the body of the request is null");
    bloop_status status = bl_in_decode(reading, how->shape, &reading->in, true);
    if (status != BLOOP_OK)
        return status;
    return bloop_json_finish(&reading->json) ? bl_in_refuse_json(reading) : BLOOP_OK;
}

static void end_texts(bl_wire_reading *reading)
{
    if (reading->text_begun)
        bl_expr_text_end(&reading->text);
    reading->text_begun = false;
    for (bl_in_text_link *link = reading->other_texts; link; link = link->next)
        bl_expr_text_end(&link->text);
    reading->other_texts = NULL;
}
