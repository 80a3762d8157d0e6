/* The operations: a table of what each takes, and where it runs; and the functions of the table, which hand a request to
   the backend and what comes back to the wire. */
#include "server/server_private.h"

/* What a function works on. */
typedef struct call {
    bloop_backend *backend;
    const char *host;
    bl_wire_request *request;
    bl_buffer *reply;
} call;

typedef struct operation {
    int (*run)(const call *call); /* the HTTP status */
    bl_place place;
} operation;

static int create_table(const call *c);
static int describe_table(const call *c);
static int list_tables(const call *c);
static int update_table(const call *c);
static int delete_table(const call *c);
static int get_item(const call *c);
static int batch_get_item(const call *c);
static int write_item(const call *c);
static int batch_write_item(const call *c);
static int search(const call *c);
static int describe_server(const call *c);
static int describe_feature(const call *c);
static int list_tags(const call *c);
static bloop_status receive_item(void *context, bloop_item item);
static int answer_table(const call *c, bloop_status status, bloop_table_result *result);
static int answer_write(const bl_wire_request *request, bloop_status status, bloop_write_result *result,
                        bl_buffer *reply);
static int finish(bl_buffer *reply, bloop_status status);

static const operation operations[BL_WIRE_OPERATION_COUNT] = {
    [BL_WIRE_CREATE_TABLE] = { create_table, BL_PLACE_SLOW },
    [BL_WIRE_DESCRIBE_TABLE] = { describe_table, BL_PLACE_HERE },
    [BL_WIRE_LIST_TABLES] = { list_tables, BL_PLACE_HERE },
    [BL_WIRE_UPDATE_TABLE] = { update_table, BL_PLACE_SLOW },
    [BL_WIRE_DELETE_TABLE] = { delete_table, BL_PLACE_SLOW },
    [BL_WIRE_GET_ITEM] = { get_item, BL_PLACE_HERE },
    [BL_WIRE_BATCH_GET_ITEM] = { batch_get_item, BL_PLACE_HERE },
    [BL_WIRE_PUT_ITEM] = { write_item, BL_PLACE_WRITE },
    [BL_WIRE_UPDATE_ITEM] = { write_item, BL_PLACE_WRITE },
    [BL_WIRE_DELETE_ITEM] = { write_item, BL_PLACE_WRITE },
    [BL_WIRE_BATCH_WRITE_ITEM] = { batch_write_item, BL_PLACE_BATCH },
    [BL_WIRE_QUERY] = { search, BL_PLACE_HERE },
    [BL_WIRE_SCAN] = { search, BL_PLACE_HERE },
    [BL_WIRE_DESCRIBE_LIMITS] = { describe_server, BL_PLACE_HERE },
    [BL_WIRE_DESCRIBE_ENDPOINTS] = { describe_server, BL_PLACE_HERE },
    [BL_WIRE_DESCRIBE_TIME_TO_LIVE] = { describe_feature, BL_PLACE_HERE },
    [BL_WIRE_DESCRIBE_CONTINUOUS_BACKUPS] = { describe_feature, BL_PLACE_HERE },
    [BL_WIRE_LIST_TAGS_OF_RESOURCE] = { list_tags, BL_PLACE_HERE },
};

bl_place bl_operation_place(bl_wire_operation which)
{
    return operations[which].place;
}

int bl_operation_run(bloop_server *server, bl_wire_request *request, bl_buffer *reply)
{
    const call c = { server->backend, server->host, request, reply };
    return operations[request->operation].run(&c);
}

void bl_operation_run_writes(bloop_server *server, bl_connection *const *connections, size_t count)
{
    bloop_write_request *requests = bl_alloc_zeroed(count, sizeof *requests);
    bloop_write_result *results = bl_alloc_zeroed(count, sizeof *results);
    bool together = requests && results;
    for (size_t i = 0; together && i < count; i++)
        requests[i] = connections[i]->job->request.as.write;
    if (together)
        bloop_write_items(server->backend, requests, count, 0, results);
    for (size_t i = 0; i < count; i++) {
        bl_connection *c = connections[i];
        bl_wire_request *request = &c->job->request;
        c->http_status = together ? answer_write(request, results[i].status, &results[i], &c->reply)
                                  : bl_operation_run(server, request, &c->reply);
    }
    bl_free(results);
    bl_free(requests);
}

int bl_operation_fail(bl_buffer *reply, bloop_status status, const char *message, bloop_item item)
{
    bl_buffer_clear(reply);
    int http_status = bl_wire_write_error(reply, status, message, item);
    if (reply->status != BLOOP_OK)
        bl_buffer_clear(reply);
    return http_status;
}

static int create_table(const call *c)
{
    bloop_table_result result = { 0 };
    return answer_table(c, bloop_create_table(c->backend, &c->request->as.create_table, &result), &result);
}

static int describe_table(const call *c)
{
    bloop_table_result result = { 0 };
    return answer_table(c, bloop_describe_table(c->backend, c->request->as.table, &result), &result);
}

static int update_table(const call *c)
{
    const bloop_update_table_request *update = &c->request->as.update_table;
    bloop_table_result result = { 0 };
    bloop_status status = c->request->unchanged ? bloop_describe_table(c->backend, update->table, &result)
                                                : bloop_update_table(c->backend, update, &result);
    return answer_table(c, status, &result);
}

static int delete_table(const call *c)
{
    bloop_table_result result = { 0 };
    return answer_table(c, bloop_delete_table(c->backend, c->request->as.table, &result), &result);
}

static int list_tables(const call *c)
{
    bloop_list_tables_result result = { 0 };
    bloop_status status = bloop_list_tables(c->backend, &c->request->as.list_tables, &result);
    if (status == BLOOP_OK)
        bl_wire_write_table_names(c->reply, &result);
    bloop_result_free(&result.memory);
    return finish(c->reply, status);
}

/* The item is written where it lies in the store. Only when its capacity is asked for, which is known afterwards, it is
   copied first. */
static int get_item(const call *c)
{
    bloop_get_request *get = &c->request->as.get;
    bloop_get_result result = { 0 };
    bool in_place = get->capacity == BLOOP_CAPACITY_NONE;
    if (in_place) {
        get->receive = receive_item;
        get->context = (void *)(uintptr_t)c;
    }
    bloop_status status = bloop_get_item(c->backend, get, &result);
    if (status == BLOOP_OK && !(in_place && result.found))
        bl_wire_write_item_response(c->reply, c->request, &result, result.item);
    bloop_result_free(&result.memory);
    return finish(c->reply, status);
}

static int batch_get_item(const call *c)
{
    bloop_batch_get_request *get = &c->request->as.batch_get;
    bloop_batch_get_result result = { 0 };
    bl_wire_batch_gatherer *gatherer = bl_wire_batch_gatherer_new(c->request);
    bloop_status status = gatherer ? BLOOP_OK : BLOOP_NO_MEMORY;
    get->receive = bl_wire_batch_gather;
    get->context = gatherer;
    if (status == BLOOP_OK)
        status = bloop_batch_get_item(c->backend, get, &result);
    if (status == BLOOP_OK)
        bl_wire_write_batch_get_response(c->reply, gatherer, &result);
    bl_wire_batch_gatherer_free(gatherer);
    bloop_result_free(&result.memory);
    return finish(c->reply, status);
}

static int write_item(const call *c)
{
    bloop_write_result result = { 0 };
    bloop_status status = bloop_write_item(c->backend, &c->request->as.write, &result);
    return answer_write(c->request, status, &result, c->reply);
}

static int batch_write_item(const call *c)
{
    bloop_batch_write_result result = { 0 };
    bloop_status status = bloop_batch_write_item(c->backend, &c->request->as.batch_write, &result);
    if (status == BLOOP_OK)
        bl_wire_write_batch_write_response(c->reply, c->request, &result);
    bloop_result_free(&result.memory);
    return finish(c->reply, status);
}

static int search(const call *c)
{
    bloop_search_result result = { 0 };
    bloop_status status = bloop_search_page(c->backend, &c->request->as.search, &result);
    if (status == BLOOP_OK)
        bl_wire_write_search_response(c->reply, c->request, &result);
    else
        (void)bl_wire_legacy_words(c->request, bloop_last_error()->message);
    bloop_result_free(&result.memory);
    return finish(c->reply, status);
}

static int describe_server(const call *c)
{
    bl_wire_write_describe_response(c->reply, c->request, NULL, c->host);
    return finish(c->reply, BLOOP_OK);
}

static int describe_feature(const call *c)
{
    bloop_table_result result = { 0 };
    bloop_status status = bloop_describe_table(c->backend, c->request->as.table, &result);
    if (status == BLOOP_OK)
        bl_wire_write_describe_response(c->reply, c->request, &result.table, c->host);
    bloop_result_free(&result.memory);
    return finish(c->reply, status);
}

/* The resource is a table's ARN, "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME". No table of a store has tags. */
static int list_tags(const call *c)
{
    bloop_table_result result = { 0 };
    const char *slash = strrchr(c->request->as.arn, '/');
    bloop_status status = bloop_describe_table(c->backend, slash ? slash + 1 : c->request->as.arn, &result);
    if (status == BLOOP_OK)
        bl_wire_write_describe_response(c->reply, c->request, &result.table, c->host);
    else if (status == BLOOP_TABLE_NOT_FOUND)
        bl_error(status, "Requested resource not found: ResourceArn: %s not found", c->request->as.arn);
    bloop_result_free(&result.memory);
    return finish(c->reply, status);
}

static bloop_status receive_item(void *context, bloop_item item)
{
    const call *c = context;
    const bloop_get_result found = { .found = true };
    bl_wire_write_item_response(c->reply, c->request, &found, item);
    return c->reply->status;
}

static int answer_table(const call *c, bloop_status status, bloop_table_result *result)
{
    if (status == BLOOP_OK)
        bl_wire_write_table(c->reply, c->request, &result->table);
    bloop_result_free(&result->memory);
    return finish(c->reply, status);
}

static int answer_write(const bl_wire_request *request, bloop_status status, bloop_write_result *result,
                        bl_buffer *reply)
{
    int http_status = 0;
    if (status == BLOOP_OK) {
        bl_wire_write_write_response(reply, request, result);
        http_status = finish(reply, BLOOP_OK);
    } else {
        const char *message = result->message ? result->message : bloop_last_error()->message;
        http_status = bl_operation_fail(reply, status, bl_wire_legacy_words(request, message), result->attributes);
    }
    bloop_result_free(&result->memory);
    return http_status;
}

/* 200, unless the operation, or the writing of its answer, has failed. */
static int finish(bl_buffer *reply, bloop_status status)
{
    if (status == BLOOP_OK)
        status = reply->status;
    if (status == BLOOP_OK)
        return 200;
    return bl_operation_fail(reply, status, bloop_last_error()->message, (bloop_item){ 0 });
}
