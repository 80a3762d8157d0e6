/* The write operations of the backend: they check what concerns the whole call and queue the rest. */
#include <bloop/sys/backend.h>

#include "capacity_private.h"
#include "commit_private.h"
#include "maintain_private.h"
#include "op/op.h"

static bloop_status first_failure(const bloop_write_result *results, size_t count);
static bloop_status check_batch(bl_backend *backend, const bloop_write_request *requests, size_t count);
static bloop_status check_batch_write(bl_store *store, bl_txn *txn, const bloop_write_request *request,
                                      bl_table **table);
static bloop_status write_batch(bl_backend *backend, const bloop_batch_write_request *request,
                                bloop_batch_write_result *out);
static const bloop_write_request *ask_of_each(const bloop_batch_write_request *request, bloop_write_request *room);
static void tell(const bloop_batch_write_request *request, const bloop_write_result *results,
                 bloop_batch_write_result *out);
static bloop_status tell_capacity(const bloop_write_result *results, size_t count, bloop_batch_write_result *out);
static bloop_status tell_metrics(const bloop_write_result *results, size_t count, bloop_batch_write_result *out);
static bloop_status copy_metrics(const bloop_collection_metrics *from, bloop_result_memory *memory,
                                 bloop_collection_metrics *out);
static bool same_collection(const bloop_collection_metrics *a, const bloop_collection_metrics *b);
static void commit_writes(bl_backend *backend, const bloop_write_request *requests, size_t count,
                          bloop_write_result *results);

bloop_status bl_write_items(bloop_backend *base, const bloop_write_request *requests, size_t count,
                            bloop_in_flight in_flight, bloop_write_result *results)
{
    (void)in_flight; /* nothing is sent */
    bl_backend *backend = (bl_backend *)base;
    bloop_status status = bl_call_begin(backend);
    if (BL_UNLIKELY(status != BLOOP_OK)) {
        bl_error_copy error;
        bl_error_save(&error);
        for (size_t i = 0; i < count; i++)
            bl_result_fail(&results[i], &error);
        return bl_error_restore(&error);
    }
    commit_writes(backend, requests, count, results);
    bl_call_end(backend);
    return first_failure(results, count);
}

bloop_status bl_batch_write_item(bloop_backend *base, const bloop_batch_write_request *request,
                                 bloop_batch_write_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    bloop_status status = bl_call_begin(backend);
    if (status != BLOOP_OK)
        return status;
    status = check_batch(backend, request->writes, request->count);
    if (status == BLOOP_OK)
        status = write_batch(backend, request, out);
    bl_call_end(backend);
    return status;
}

static void commit_writes(bl_backend *backend, const bloop_write_request *requests, size_t count,
                          bloop_write_result *results)
{
    bl_job job = { .requests = requests, .count = count, .results = results };
    bl_commit(backend->store, &job);
    bl_maintain_after_write(backend->store);
}

static bloop_status first_failure(const bloop_write_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (BL_UNLIKELY(results[i].status != BLOOP_OK))
            return bl_error(results[i].status, "%s", results[i].message);
    return BLOOP_OK;
}

/* A batch is refused as a whole, before any of it is written, for what is wrong with one of its requests. */
static bloop_status check_batch(bl_backend *backend, const bloop_write_request *requests, size_t count)
{
    bl_txn txn;
    bl_table **tables = bl_alloc_zeroed(count, sizeof *tables);
    const bloop_table_definition **definitions = bl_alloc_zeroed(count, sizeof *definitions);
    bloop_status status = tables && definitions ? bl_read_begin(backend->env, &txn) : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK) {
        for (size_t i = 0; status == BLOOP_OK && i < count; i++) {
            status = check_batch_write(backend->store, &txn, &requests[i], &tables[i]);
            definitions[i] = tables[i] ? &tables[i]->about.definition : NULL;
        }
        bl_read_end(&txn);
        if (status == BLOOP_OK)
            status = bl_op_check_batch_duplicates(requests, count, definitions);
    }
    for (size_t i = 0; tables && i < count; i++)
        bl_table_release(tables[i]);
    bl_free(definitions);
    bl_free(tables);
    return status;
}

static bloop_status check_batch_write(bl_store *store, bl_txn *txn, const bloop_write_request *request,
                                      bl_table **table)
{
    bloop_status status = bl_catalog_find(&store->catalog, txn, request->table, table);
    if (status != BLOOP_OK)
        return status;
    if (!*table)
        return bl_table_missing();
    if (request->kind == BLOOP_WRITE_PUT)
        return bl_op_check_batch_item_keys(&(*table)->about.definition, request->item);
    return bl_op_check_key(&(*table)->about.definition, request->item);
}

/* What fails now fails for the machine's reasons; the first of them is told. Nothing stays unprocessed here. */
static bloop_status write_batch(bl_backend *backend, const bloop_batch_write_request *request,
                                bloop_batch_write_result *out)
{
    size_t count = request->count;
    bloop_write_result *results = bl_alloc_zeroed(count, sizeof *results);
    bloop_write_request *room = bl_alloc_zeroed(count, sizeof *room);
    bloop_status status = results && room ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK) {
        commit_writes(backend, ask_of_each(request, room), count, results);
        status = first_failure(results, count);
    }
    if (status == BLOOP_OK && (request->capacity || request->collection_metrics))
        tell(request, results, out);
    for (size_t i = 0; results && i < count; i++)
        bloop_result_free(&results[i].memory);
    bl_free(room);
    bl_free(results);
    return status;
}

/* What the batch wants to know is asked of each of its requests, whatever they say themselves. */
static const bloop_write_request *ask_of_each(const bloop_batch_write_request *request, bloop_write_request *room)
{
    for (size_t i = 0; i < request->count; i++) {
        room[i] = request->writes[i];
        room[i].capacity = request->capacity;
        room[i].collection_metrics = request->collection_metrics;
    }
    return room;
}

/* The batch is written: for want of memory it can only say less. */
static void tell(const bloop_batch_write_request *request, const bloop_write_result *results,
                 bloop_batch_write_result *out)
{
    bl_error_copy before;
    bl_error_save(&before);
    bloop_status status = request->capacity ? tell_capacity(results, request->count, out) : BLOOP_OK;
    if (request->collection_metrics && status == BLOOP_OK)
        status = tell_metrics(results, request->count, out);
    if (status != BLOOP_OK)
        bl_error_restore(&before);
}

static bloop_status tell_capacity(const bloop_write_result *results, size_t count, bloop_batch_write_result *out)
{
    bl_capacity_sum sum = { .memory = &out->memory };
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < count; i++)
        status = bl_capacity_add(&sum, results[i].capacity);
    if (status != BLOOP_OK)
        return status;
    out->capacity = sum.tables;
    out->capacity_count = sum.count;
    return BLOOP_OK;
}

/* Each collection once, as the last write to it saw it. */
static bloop_status tell_metrics(const bloop_write_result *results, size_t count, bloop_batch_write_result *out)
{
    bloop_collection_metrics *metrics = bloop_result_alloc(&out->memory, count * sizeof *metrics);
    size_t told = 0;
    if (!metrics)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const bloop_collection_metrics *each = results[i].metrics;
        bool later = false;
        for (size_t k = i + 1; each && !later && k < count; k++)
            later = results[k].metrics && same_collection(each, results[k].metrics);
        if (!each || later)
            continue;
        bloop_status status = copy_metrics(each, &out->memory, &metrics[told]);
        if (status != BLOOP_OK)
            return status;
        told++;
    }
    out->metrics = metrics;
    out->metrics_count = told;
    return BLOOP_OK;
}

static bloop_status copy_metrics(const bloop_collection_metrics *from, bloop_result_memory *memory,
                                 bloop_collection_metrics *out)
{
    const char *table = bl_result_text(memory, from->table);
    uint8_t *key = bloop_result_alloc(memory, from->key.size);
    if (!table || !key)
        return BLOOP_NO_MEMORY;
    memcpy(key, from->key.data, from->key.size);
    *out = *from;
    out->table = table;
    out->key.data = key;
    return BLOOP_OK;
}

static bool same_collection(const bloop_collection_metrics *a, const bloop_collection_metrics *b)
{
    return strcmp(a->table, b->table) == 0 && bloop_value_equal(a->key, b->key);
}
