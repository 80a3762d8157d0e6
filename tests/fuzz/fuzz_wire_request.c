/* Bytes as requests: the first says which operation, the rest is the body. Whatever it is, it is read or refused with a
   message that is UTF-8; what was read has whole values, names that end, and passes or fails op's checks, and reading it a second
   time with the same reading comes to the same. */
#include <stdlib.h>

#include "value/value.h"
#include "wire/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_request(const bl_wire_request *request);
static void try_batch_get(const bl_wire_request *request);
static bloop_status take_no_item(void *context, size_t index, bloop_item item);
static void require_value(bloop_value value);
static void require_name(const char *name);
static void require(bool holds);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bl_wire_reading *reading; /* used again, as a server does */
    bl_wire_request first, second;
    if (!reading)
        reading = bl_wire_reading_new();
    if (!reading || size == 0)
        return 0;
    bl_wire_operation operation = (bl_wire_operation)(data[0] % BL_WIRE_OPERATION_COUNT);
    const char *body = (const char *)data + 1;
    bloop_status status = bl_wire_read_request(reading, operation, body, size - 1, &first);
    if (status == BLOOP_OK) {
        try_request(&first);
        require(bl_wire_read_request(reading, operation, body, size - 1, &second) == BLOOP_OK);
        try_request(&second);
        return 0;
    }
    const char *message = bloop_last_error()->message;
    require(status == BLOOP_INVALID_SYNTAX || status == BLOOP_VALIDATION || status == BLOOP_LIMIT_EXCEEDED);
    require(bloop_last_error()->status == status && *message && bl_utf8_valid(message, strlen(message)));
    return 0;
}

static void try_request(const bl_wire_request *request)
{
    char text[64];
    switch (request->operation) {
    case BL_WIRE_CREATE_TABLE: bl_op_check_create_table(&request->as.create_table); break;
    case BL_WIRE_UPDATE_TABLE: bl_op_check_update_table(&request->as.update_table); break;
    case BL_WIRE_LIST_TABLES: bl_op_check_list_tables(&request->as.list_tables); break;
    case BL_WIRE_GET_ITEM:
        require_value(request->as.get.key);
        bl_op_check_get(&request->as.get);
        break;
    case BL_WIRE_BATCH_GET_ITEM: try_batch_get(request); break;
    case BL_WIRE_PUT_ITEM:
    case BL_WIRE_UPDATE_ITEM:
    case BL_WIRE_DELETE_ITEM:
        require_value(request->as.write.item);
        if (bl_op_check_write(&request->as.write) == BLOOP_OK && request->as.write.condition)
            bloop_expr_print(request->as.write.condition, text, sizeof text);
        break;
    case BL_WIRE_BATCH_WRITE_ITEM:
        for (size_t i = 0; i < request->as.batch_write.count; i++)
            require_value(request->as.batch_write.writes[i].item);
        bl_op_check_batch_write(request->as.batch_write.writes, request->as.batch_write.count);
        break;
    case BL_WIRE_QUERY:
    case BL_WIRE_SCAN:
        if (request->as.search.exclusive_start.data)
            require_value(request->as.search.exclusive_start);
        bl_op_check_search(&request->as.search);
        break;
    case BL_WIRE_DESCRIBE_LIMITS:
    case BL_WIRE_DESCRIBE_ENDPOINTS: break;
    case BL_WIRE_LIST_TAGS_OF_RESOURCE: require_name(request->as.arn); break;
    default: require_name(request->as.table); break;
    }
}

static void try_batch_get(const bl_wire_request *request)
{
    bloop_batch_get_request batch = request->as.batch_get;
    batch.receive = take_no_item;
    for (size_t i = 0; i < batch.count; i++)
        require_value(batch.keys[i].key);
    bl_op_check_batch_get(&batch);
}

static bloop_status take_no_item(void *context, size_t index, bloop_item item)
{
    (void)context, (void)index, (void)item;
    return BLOOP_OK;
}

static void require_value(bloop_value value)
{
    require(value.data && bloop_value_check(value.data, value.size) == BLOOP_OK);
    require(bloop_value_tag(value) == BLOOP_TAG_M);
}

static void require_name(const char *name)
{
    require(name && strlen(name) > 0);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}
