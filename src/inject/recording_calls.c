/* The operations of a recording backend: each writes down what it is asked, passes it on, and writes down the answer. */
#include "inject/recording_private.h"
#include "inject/request_text_private.h"

static bl_buffer text_of(bloop_call_kind kind);
static bloop_status create_table(bloop_backend *backend, const bloop_table_definition *table, bloop_table_result *out);
static bloop_status describe_table(bloop_backend *backend, const char *table, bloop_table_result *out);
static bloop_status list_tables(bloop_backend *backend, const bloop_list_tables_request *request,
                                bloop_list_tables_result *out);
static bloop_status update_table(bloop_backend *backend, const bloop_update_table_request *request,
                                 bloop_table_result *out);
static bloop_status delete_table(bloop_backend *backend, const char *table, bloop_table_result *out);
static bloop_status get_item(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out);
static bloop_status batch_get_item(bloop_backend *backend, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out);
static bloop_status get_items(bloop_backend *backend, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                              bloop_batch_get_result *out);
static bloop_status write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                bloop_in_flight in_flight, bloop_write_result *results);
static bloop_status batch_write_item(bloop_backend *backend, const bloop_batch_write_request *request,
                                     bloop_batch_write_result *out);
static bloop_status search_page(bloop_backend *backend, const bloop_search_request *request, bloop_search_result *out);
static void close_recording(bloop_backend *backend);

const bloop_backend_operations bl_recording_operations = {
    .name = "recording",
    .create_table = create_table,
    .describe_table = describe_table,
    .list_tables = list_tables,
    .update_table = update_table,
    .delete_table = delete_table,
    .get_item = get_item,
    .batch_get_item = batch_get_item,
    .get_items = get_items,
    .write_items = write_items,
    .batch_write_item = batch_write_item,
    .search_page = search_page,
    .close = close_recording,
};

static bl_buffer text_of(bloop_call_kind kind)
{
    bl_buffer text = { 0 };
    bl_buffer_format(&text, "%s ", bloop_call_name(kind));
    return text;
}

static bloop_status create_table(bloop_backend *backend, const bloop_table_definition *table, bloop_table_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_CREATE_TABLE);
    bl_text_of_table(&text, table);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_CREATE_TABLE, table->name, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_create_table(r->inner, table, out));
}

static bloop_status describe_table(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_DESCRIBE_TABLE);
    bl_buffer_text(&text, table);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_DESCRIBE_TABLE, table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_describe_table(r->inner, table, out));
}

static bloop_status list_tables(bloop_backend *backend, const bloop_list_tables_request *request,
                                bloop_list_tables_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = { 0 };
    bl_buffer_text(&text, bloop_call_name(BLOOP_CALL_LIST_TABLES));
    if (request->exclusive_start)
        bl_buffer_format(&text, " after %s", request->exclusive_start);
    if (request->limit)
        bl_buffer_format(&text, " limit %d", (int)request->limit);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_LIST_TABLES, NULL, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_list_tables(r->inner, request, out));
}

static bloop_status update_table(bloop_backend *backend, const bloop_update_table_request *request,
                                 bloop_table_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_UPDATE_TABLE);
    bl_text_of_table_update(&text, request);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_UPDATE_TABLE, request->table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_update_table(r->inner, request, out));
}

static bloop_status delete_table(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_DELETE_TABLE);
    bl_buffer_text(&text, table);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_DELETE_TABLE, table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_delete_table(r->inner, table, out));
}

static bloop_status get_item(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_GET);
    bl_text_of_get(&text, request);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_GET, request->table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_get_item(r->inner, request, out));
}

static bloop_status batch_get_item(bloop_backend *backend, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_BATCH_GET);
    bl_text_of_batch_get(&text, request);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_BATCH_GET, request->keys[0].table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_batch_get_item(r->inner, request, out));
}

static bloop_status get_items(bloop_backend *backend, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                              bloop_batch_get_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_BATCH_GET);
    bl_text_of_batch_get(&text, request);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_BATCH_GET, request->keys[0].table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_get_items(r->inner, request, in_flight, out));
}

static bloop_status write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                bloop_in_flight in_flight, bloop_write_result *results)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bloop_status status = bl_recording_begin_writes(r, requests, count, &ticket);
    if (status != BLOOP_OK)
        return status;
    status = bloop_write_items(r->inner, requests, count, in_flight, results);
    bl_recording_end_writes(r, ticket, results, count);
    return status;
}

static bloop_status batch_write_item(bloop_backend *backend, const bloop_batch_write_request *request,
                                     bloop_batch_write_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = text_of(BLOOP_CALL_BATCH_WRITE);
    for (size_t i = 0; i < request->count; i++) {
        bl_buffer_text(&text, i ? ", " : "");
        bl_text_of_write(&text, &request->writes[i]);
    }
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_BATCH_WRITE, request->writes[0].table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_batch_write_item(r->inner, request, out));
}

static bloop_status search_page(bloop_backend *backend, const bloop_search_request *request, bloop_search_result *out)
{
    bl_recording *r = (bl_recording *)backend;
    bl_ticket ticket;
    bl_buffer text = { 0 };
    bl_text_of_search(&text, request);
    bloop_status status = bl_recording_begin(r, BLOOP_CALL_SEARCH, request->table, &text, &ticket);
    if (status != BLOOP_OK)
        return status;
    return bl_recording_end(r, ticket, bloop_search_page(r->inner, request, out));
}

static void close_recording(bloop_backend *backend)
{
    bl_recording *r = (bl_recording *)backend;
    bloop_recorded_forget(backend);
    bloop_backend_close(r->inner);
    pthread_mutex_destroy(&r->lock);
    bl_free(r->calls);
    bl_free(r);
}
