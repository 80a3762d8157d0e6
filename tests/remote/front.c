/* A store behind the tests' server: requests decoded, executed and answered with area wire. */
#include "front.h"

#include <stdio.h>

#include "support/stores.h"
#include "wire/wire.h"

typedef struct answer {
    bl_buffer body;
    int status;
} answer;

typedef void (*executor)(bloop_backend *store, bl_wire_request *request, answer *out);

static void execute(bloop_backend *store, const peer_request *request, answer *out);
static void create_table(bloop_backend *store, bl_wire_request *request, answer *out);
static void describe_table(bloop_backend *store, bl_wire_request *request, answer *out);
static void delete_table(bloop_backend *store, bl_wire_request *request, answer *out);
static void get_item(bloop_backend *store, bl_wire_request *request, answer *out);
static void batch_get(bloop_backend *store, bl_wire_request *request, answer *out);
static void write_item(bloop_backend *store, bl_wire_request *request, answer *out);
static void batch_write(bloop_backend *store, bl_wire_request *request, answer *out);
static void search(bloop_backend *store, bl_wire_request *request, answer *out);
static void refuse(answer *out, bloop_status status, bloop_item item);

static const executor executors[BL_WIRE_OPERATION_COUNT] = {
    [BL_WIRE_CREATE_TABLE] = create_table,
    [BL_WIRE_DESCRIBE_TABLE] = describe_table,
    [BL_WIRE_DELETE_TABLE] = delete_table,
    [BL_WIRE_GET_ITEM] = get_item,
    [BL_WIRE_BATCH_GET_ITEM] = batch_get,
    [BL_WIRE_PUT_ITEM] = write_item,
    [BL_WIRE_UPDATE_ITEM] = write_item,
    [BL_WIRE_DELETE_ITEM] = write_item,
    [BL_WIRE_BATCH_WRITE_ITEM] = batch_write,
    [BL_WIRE_QUERY] = search,
    [BL_WIRE_SCAN] = search,
};

void front_open(front *f)
{
    static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_S } };
    f->store = stores_open(&(bloop_store_options){ .path = NULL });
    bloop_table_definition table = { .name = "things",
                                     .hash_key = "id",
                                     .attributes = attributes,
                                     .attribute_count = 1,
                                     .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    stores_ok(bloop_create_table(f->store, &table, NULL));
}

void front_close(front *f)
{
    bloop_backend_close(f->store);
}

void front_answer(void *context, const peer_request *request, peer_reply *reply)
{
    front *f = context;
    front_fate fate = { 0 };
    if (f->decide)
        f->decide(f->context, request, &fate);
    answer made = { .status = 200 };
    if (fate.event != FRONT_FAILS_BEFORE)
        execute(f->store, request, &made);
    bl_buffer_byte(&made.body, 0);
    *reply = (peer_reply){ .status = made.status,
                           .body = (const char *)made.body.data,
                           .body_size = made.body.size - 1,
                           .owned = made.body.data,
                           .crc = true };
    if (fate.event == FRONT_PASSES)
        return;
    reply->fault = fate.fault;
    reply->delay_us = fate.delay_us;
    reply->wrong = fate.wrong_crc;
    if (fate.spoiled) {
        reply->crc = false;
        made.body.data[reply->body_size - 1] = ';';
    }
    if (fate.body) {
        reply->status = fate.status;
        reply->body = fate.body;
        reply->body_size = 0;
        reply->crc = false;
    }
}

static void execute(bloop_backend *store, const peer_request *request, answer *out)
{
    char target[128];
    bl_wire_operation operation = BL_WIRE_GET_ITEM;
    bl_wire_request decoded;
    bl_wire_reading *reading = bl_wire_reading_new();
    if (!peer_header(request, "X-Amz-Target", target, sizeof target) ||
        !bl_wire_operation_of_target(target, &operation))
        refuse(out, bl_error(BLOOP_UNSUPPORTED_OPERATION, "no such operation"), (bloop_item){ 0 });
    else if (bl_wire_read_request(reading, operation, request->body, request->body_size, &decoded) != BLOOP_OK)
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    else
        executors[operation](store, &decoded, out);
    bl_wire_reading_free(reading);
}

static void create_table(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bloop_table_result result;
    if (bloop_create_table(store, &request->as.create_table, &result) == BLOOP_OK)
        bl_wire_write_table(&out->body, request, &result.table);
    else
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    bloop_result_free(&result.memory);
}

static void describe_table(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bloop_table_result result;
    if (bloop_describe_table(store, request->as.table, &result) == BLOOP_OK)
        bl_wire_write_table(&out->body, request, &result.table);
    else
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    bloop_result_free(&result.memory);
}

static void delete_table(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bloop_table_result result;
    if (bloop_delete_table(store, request->as.table, &result) == BLOOP_OK)
        bl_wire_write_table(&out->body, request, &result.table);
    else
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    bloop_result_free(&result.memory);
}

static void get_item(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bloop_get_result result;
    if (bloop_get_item(store, &request->as.get, &result) == BLOOP_OK)
        bl_wire_write_item_response(&out->body, request, &result, result.item);
    else
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    bloop_result_free(&result.memory);
}

static void batch_get(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bl_wire_batch_gatherer *gatherer = bl_wire_batch_gatherer_new(request);
    bloop_batch_get_result result;
    request->as.batch_get.receive = bl_wire_batch_gather;
    request->as.batch_get.context = gatherer;
    if (bloop_batch_get_item(store, &request->as.batch_get, &result) == BLOOP_OK)
        bl_wire_write_batch_get_response(&out->body, gatherer, &result);
    else
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    bloop_result_free(&result.memory);
    bl_wire_batch_gatherer_free(gatherer);
}

static void write_item(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bloop_write_result result;
    bloop_status status = bloop_write_item(store, &request->as.write, &result);
    if (status == BLOOP_OK)
        bl_wire_write_write_response(&out->body, request, &result);
    else
        refuse(out, status, result.attributes);
    bloop_result_free(&result.memory);
}

static void batch_write(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bloop_batch_write_result result;
    if (bloop_batch_write_item(store, &request->as.batch_write, &result) == BLOOP_OK)
        bl_wire_write_batch_write_response(&out->body, request, &result);
    else
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    bloop_result_free(&result.memory);
}

static void search(bloop_backend *store, bl_wire_request *request, answer *out)
{
    bloop_search_result result;
    if (bloop_search_page(store, &request->as.search, &result) == BLOOP_OK)
        bl_wire_write_search_response(&out->body, request, &result);
    else
        refuse(out, bl_error_status(), (bloop_item){ 0 });
    bloop_result_free(&result.memory);
}

/* With the thread's last error. */
static void refuse(answer *out, bloop_status status, bloop_item item)
{
    char message[1024];
    snprintf(message, sizeof message, "%s", bloop_last_error()->message);
    out->status = bl_wire_write_error(&out->body, status, message, item);
}
