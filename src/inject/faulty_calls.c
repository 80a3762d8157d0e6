/* The operations of a faulty backend: each meets a fault, or none, and is passed on as that says. get_items is left out:
   without it many reads come as batches, of which keys can be left unprocessed. */
#include "inject/faulty_private.h"

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
static bloop_status batch_write_item(bloop_backend *backend, const bloop_batch_write_request *request,
                                     bloop_batch_write_result *out);
static bloop_status search_page(bloop_backend *backend, const bloop_search_request *request, bloop_search_result *out);
static void close_faulty(bloop_backend *backend);
static bloop_fault meet_table(bloop_backend *backend, bloop_call_kind kind, const char *table);
static bloop_status conclude(const bloop_fault *fault, bloop_call_kind kind, bloop_status status);
static bool is_table(const void *request, const char *table);
static bool has_key_of(const void *request, const char *table);
static bool has_write_of(const void *request, const char *table);
static size_t left_by(const bloop_fault *fault, size_t count);
static bloop_status add_left(bloop_result_memory *memory, const size_t **unprocessed, size_t *unprocessed_count,
                             size_t first, size_t left);

const bloop_backend_operations bl_faulty_operations = {
    .name = "faulty",
    .create_table = create_table,
    .describe_table = describe_table,
    .list_tables = list_tables,
    .update_table = update_table,
    .delete_table = delete_table,
    .get_item = get_item,
    .batch_get_item = batch_get_item,
    .write_items = bl_faulty_write_items,
    .batch_write_item = batch_write_item,
    .search_page = search_page,
    .close = close_faulty,
};

static bloop_status create_table(bloop_backend *backend, const bloop_table_definition *table, bloop_table_result *out)
{
    bloop_fault fault = meet_table(backend, BLOOP_CALL_CREATE_TABLE, table->name);
    if (bl_fault_prevents(&fault))
        return bl_fault_fail(&fault, BLOOP_CALL_CREATE_TABLE);
    return conclude(&fault, BLOOP_CALL_CREATE_TABLE, bloop_create_table(((bl_faulty *)backend)->inner, table, out));
}

static bloop_status describe_table(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    bloop_fault fault = meet_table(backend, BLOOP_CALL_DESCRIBE_TABLE, table);
    if (bl_fault_prevents(&fault))
        return bl_fault_fail(&fault, BLOOP_CALL_DESCRIBE_TABLE);
    return conclude(&fault, BLOOP_CALL_DESCRIBE_TABLE, bloop_describe_table(((bl_faulty *)backend)->inner, table, out));
}

static bloop_status list_tables(bloop_backend *backend, const bloop_list_tables_request *request,
                                bloop_list_tables_result *out)
{
    bloop_fault fault = meet_table(backend, BLOOP_CALL_LIST_TABLES, "");
    if (bl_fault_prevents(&fault))
        return bl_fault_fail(&fault, BLOOP_CALL_LIST_TABLES);
    return conclude(&fault, BLOOP_CALL_LIST_TABLES, bloop_list_tables(((bl_faulty *)backend)->inner, request, out));
}

static bloop_status update_table(bloop_backend *backend, const bloop_update_table_request *request,
                                 bloop_table_result *out)
{
    bloop_fault fault = meet_table(backend, BLOOP_CALL_UPDATE_TABLE, request->table);
    if (bl_fault_prevents(&fault))
        return bl_fault_fail(&fault, BLOOP_CALL_UPDATE_TABLE);
    return conclude(&fault, BLOOP_CALL_UPDATE_TABLE, bloop_update_table(((bl_faulty *)backend)->inner, request, out));
}

static bloop_status delete_table(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    bloop_fault fault = meet_table(backend, BLOOP_CALL_DELETE_TABLE, table);
    if (bl_fault_prevents(&fault))
        return bl_fault_fail(&fault, BLOOP_CALL_DELETE_TABLE);
    return conclude(&fault, BLOOP_CALL_DELETE_TABLE, bloop_delete_table(((bl_faulty *)backend)->inner, table, out));
}

/* A read that fails hands nothing over: whether it was carried out makes no difference. */
static bloop_status get_item(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out)
{
    bloop_fault fault = meet_table(backend, BLOOP_CALL_GET, request->table);
    if (bl_fault_status(&fault) != BLOOP_OK)
        return bl_fault_fail(&fault, BLOOP_CALL_GET);
    return bloop_get_item(((bl_faulty *)backend)->inner, request, out);
}

static bloop_status batch_get_item(bloop_backend *backend, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out)
{
    bl_faulty *f = (bl_faulty *)backend;
    bloop_fault fault = bl_fault_meet(f, BLOOP_CALL_BATCH_GET, has_key_of, request);
    if (bl_fault_status(&fault) != BLOOP_OK)
        return bl_fault_fail(&fault, BLOOP_CALL_BATCH_GET);
    bloop_batch_get_request part = *request;
    size_t left = left_by(&fault, request->count);
    part.count -= left;
    bloop_status status = part.count ? bloop_batch_get_item(f->inner, &part, out) : BLOOP_OK;
    if (status != BLOOP_OK || !left)
        return status;
    return add_left(&out->memory, &out->unprocessed, &out->unprocessed_count, part.count, left);
}

static bloop_status batch_write_item(bloop_backend *backend, const bloop_batch_write_request *request,
                                     bloop_batch_write_result *out)
{
    bl_faulty *f = (bl_faulty *)backend;
    bloop_fault fault = bl_fault_meet(f, BLOOP_CALL_BATCH_WRITE, has_write_of, request);
    if (bl_fault_prevents(&fault))
        return bl_fault_fail(&fault, BLOOP_CALL_BATCH_WRITE);
    bloop_batch_write_request part = *request;
    size_t left = left_by(&fault, request->count);
    part.count -= left;
    bloop_status status = part.count ? bloop_batch_write_item(f->inner, &part, out) : BLOOP_OK;
    if (status == BLOOP_OK && left)
        status = add_left(&out->memory, &out->unprocessed, &out->unprocessed_count, part.count, left);
    return conclude(&fault, BLOOP_CALL_BATCH_WRITE, status);
}

static bloop_status search_page(bloop_backend *backend, const bloop_search_request *request, bloop_search_result *out)
{
    bloop_fault fault = meet_table(backend, BLOOP_CALL_SEARCH, request->table);
    if (bl_fault_status(&fault) != BLOOP_OK)
        return bl_fault_fail(&fault, BLOOP_CALL_SEARCH);
    bloop_search_request shorter = *request;
    if (fault.page_items && (!shorter.limit || fault.page_items < shorter.limit))
        shorter.limit = fault.page_items;
    return bloop_search_page(((bl_faulty *)backend)->inner, &shorter, out);
}

static void close_faulty(bloop_backend *backend)
{
    bl_faulty *f = (bl_faulty *)backend;
    bloop_backend_close(f->inner);
    bl_faults_free(f->faults, f->count);
    pthread_mutex_destroy(&f->lock);
    bl_free(f);
}

static bloop_fault meet_table(bloop_backend *backend, bloop_call_kind kind, const char *table)
{
    return bl_fault_meet((bl_faulty *)backend, kind, is_table, table);
}

/* What becomes of a call that was carried out. */
static bloop_status conclude(const bloop_fault *fault, bloop_call_kind kind, bloop_status status)
{
    return fault->answer_lost ? bl_fault_fail(fault, kind) : status;
}

static bool is_table(const void *request, const char *table)
{
    return strcmp(request, table) == 0;
}

static bool has_key_of(const void *request, const char *table)
{
    const bloop_batch_get_request *batch = request;
    for (size_t i = 0; i < batch->count; i++)
        if (strcmp(batch->keys[i].table, table) == 0)
            return true;
    return false;
}

static bool has_write_of(const void *request, const char *table)
{
    const bloop_batch_write_request *batch = request;
    for (size_t i = 0; i < batch->count; i++)
        if (strcmp(batch->writes[i].table, table) == 0)
            return true;
    return false;
}

static size_t left_by(const bloop_fault *fault, size_t count)
{
    return fault->unprocessed < count ? fault->unprocessed : count;
}

/* Adds the last ones to those that the inner backend has left by itself. */
static bloop_status add_left(bloop_result_memory *memory, const size_t **unprocessed, size_t *unprocessed_count,
                             size_t first, size_t left)
{
    size_t *all = bloop_result_alloc(memory, (*unprocessed_count + left) * sizeof *all);
    if (!all)
        return BLOOP_NO_MEMORY;
    if (*unprocessed_count)
        memcpy(all, *unprocessed, *unprocessed_count * sizeof *all);
    for (size_t i = 0; i < left; i++)
        all[*unprocessed_count + i] = first + i;
    *unprocessed = all;
    *unprocessed_count += left;
    return BLOOP_OK;
}
