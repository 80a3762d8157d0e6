/* Operations on items that are one request each. */
#include "call_private.h"

static bloop_status read_get(bl_call *call, const char *body, size_t size);
static bloop_status read_batch_get(bl_call *call, const char *body, size_t size);
static bloop_status read_write(bl_call *call, const char *body, size_t size);
static bloop_status read_batch_write(bl_call *call, const char *body, size_t size);
static bloop_status read_search(bl_call *call, const char *body, size_t size);
static void note_capacity(bl_call *call, const bloop_consumed_capacity **told, size_t count);

bloop_status bl_remote_get_item(bloop_backend *base, const bloop_get_request *request, bloop_get_result *out)
{
    bl_call call = {
        .request = { .operation = BL_WIRE_GET_ITEM, .as.get = *request },
        .table = request->table,
        .read = read_get,
        .out = out,
    };
    return bl_call_make(base, &call);
}

bloop_status bl_remote_batch_get_item(bloop_backend *base, const bloop_batch_get_request *request,
                                      bloop_batch_get_result *out)
{
    bl_call call = bl_call_of_batch_get(request, out);
    return bl_call_make(base, &call);
}

bloop_status bl_remote_batch_write_item(bloop_backend *base, const bloop_batch_write_request *request,
                                        bloop_batch_write_result *out)
{
    bl_call call = {
        .request = { .operation = BL_WIRE_BATCH_WRITE_ITEM, .as.batch_write = *request },
        .read = read_batch_write,
        .out = out,
        .writes = true,
        .repeatable = true, /* puts and deletes without conditions */
    };
    return bl_call_make(base, &call);
}

bloop_status bl_remote_search_page(bloop_backend *base, const bloop_search_request *request, bloop_search_result *out)
{
    bl_call call = {
        .request = { .operation = request->kind == BLOOP_SEARCH_QUERY ? BL_WIRE_QUERY : BL_WIRE_SCAN,
                     .as.search = *request },
        .table = request->table,
        .read = read_search,
        .out = out,
    };
    return bl_call_make(base, &call);
}

bl_call bl_call_of_batch_get(const bloop_batch_get_request *request, bloop_batch_get_result *out)
{
    return (bl_call){
        .request = { .operation = BL_WIRE_BATCH_GET_ITEM, .as.batch_get = *request },
        .read = read_batch_get,
        .out = out,
    };
}

bl_call bl_call_of_write(const bloop_write_request *request, bloop_write_result *out)
{
    static const bl_wire_operation operations[] = {
        [BLOOP_WRITE_PUT] = BL_WIRE_PUT_ITEM,
        [BLOOP_WRITE_UPDATE] = BL_WIRE_UPDATE_ITEM,
        [BLOOP_WRITE_DELETE] = BL_WIRE_DELETE_ITEM,
    };
    return (bl_call){
        .request = { .operation = operations[request->kind], .as.write = *request },
        .table = request->table,
        .read = read_write,
        .out = out,
        .failed_memory = &out->memory,
        .failed_item = request->return_old_on_failure ? &out->attributes : NULL,
        .writes = true,
        .repeatable = bl_write_is_repeatable(request),
    };
}

double bl_capacity_units(const bloop_consumed_capacity *capacity, size_t count)
{
    double units = 0;
    for (size_t i = 0; capacity && i < count; i++)
        units += capacity[i].units;
    return units;
}

void bl_call_ask_capacity(bl_call *call)
{
    static const size_t places[BL_WIRE_OPERATION_COUNT] = {
        [BL_WIRE_GET_ITEM] = offsetof(bl_wire_request, as.get.capacity),
        [BL_WIRE_BATCH_GET_ITEM] = offsetof(bl_wire_request, as.batch_get.capacity),
        [BL_WIRE_PUT_ITEM] = offsetof(bl_wire_request, as.write.capacity),
        [BL_WIRE_UPDATE_ITEM] = offsetof(bl_wire_request, as.write.capacity),
        [BL_WIRE_DELETE_ITEM] = offsetof(bl_wire_request, as.write.capacity),
        [BL_WIRE_BATCH_WRITE_ITEM] = offsetof(bl_wire_request, as.batch_write.capacity),
        [BL_WIRE_QUERY] = offsetof(bl_wire_request, as.search.capacity),
        [BL_WIRE_SCAN] = offsetof(bl_wire_request, as.search.capacity),
    };
    size_t place = places[call->request.operation];
    bloop_capacity_detail *detail = (void *)((char *)&call->request + place);
    if (place == 0 || *detail != BLOOP_CAPACITY_NONE)
        return;
    *detail = BLOOP_CAPACITY_TOTAL;
    call->capacity_is_ours = true;
}

static bloop_status read_get(bl_call *call, const char *body, size_t size)
{
    bloop_get_result *out = call->out;
    bloop_status status = bl_wire_read_item_response(body, size, &call->request.as.get, out);
    note_capacity(call, &out->capacity, 1);
    return status;
}

static bloop_status read_batch_get(bl_call *call, const char *body, size_t size)
{
    bloop_batch_get_result *out = call->out;
    bloop_status status = bl_wire_read_batch_get_response(body, size, &call->request.as.batch_get, out);
    note_capacity(call, &out->capacity, out->capacity_count);
    out->capacity_count = out->capacity ? out->capacity_count : 0;
    return status;
}

static bloop_status read_write(bl_call *call, const char *body, size_t size)
{
    bloop_write_result *out = call->out;
    bloop_status status = bl_wire_read_write_response(body, size, &call->request.as.write, out);
    note_capacity(call, &out->capacity, 1);
    return status;
}

static bloop_status read_batch_write(bl_call *call, const char *body, size_t size)
{
    bloop_batch_write_result *out = call->out;
    bloop_status status = bl_wire_read_batch_write_response(body, size, &call->request.as.batch_write, out);
    note_capacity(call, &out->capacity, out->capacity_count);
    out->capacity_count = out->capacity ? out->capacity_count : 0;
    return status;
}

static bloop_status read_search(bl_call *call, const char *body, size_t size)
{
    bloop_search_result *out = call->out;
    bloop_status status = bl_wire_read_search_response(body, size, &call->request.as.search, out);
    note_capacity(call, &out->capacity, 1);
    return status;
}

static void note_capacity(bl_call *call, const bloop_consumed_capacity **told, size_t count)
{
    call->capacity = bl_capacity_units(*told, count);
    if (call->capacity_is_ours)
        *told = NULL;
}
