/* The write operations of the backend: they check what concerns the whole call and queue the rest. */
#include <bloop/sys/backend.h>

#include "commit_private.h"
#include "item_private.h"
#include "maintain_private.h"
#include "op/op.h"

static bloop_status first_failure(const bloop_write_result *results, size_t count);
static bloop_status check_batch(bl_backend *backend, const bloop_write_request *requests, size_t count);
static bloop_status check_batch_write(bl_store *store, bl_txn *txn, const bloop_write_request *request,
                                      bl_table **table);
static bloop_status write_batch(bl_backend *backend, const bloop_write_request *requests, size_t count);
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
    (void)out; /* nothing stays unprocessed here */
    bl_backend *backend = (bl_backend *)base;
    bloop_status status = bl_call_begin(backend);
    if (status != BLOOP_OK)
        return status;
    status = check_batch(backend, request->writes, request->count);
    if (status == BLOOP_OK)
        status = write_batch(backend, request->writes, request->count);
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

/* What fails now fails for the machine's reasons; the first of them is told. */
static bloop_status write_batch(bl_backend *backend, const bloop_write_request *requests, size_t count)
{
    bloop_write_result *results = bl_alloc_zeroed(count, sizeof *results);
    if (!results)
        return BLOOP_NO_MEMORY;
    commit_writes(backend, requests, count, results);
    bloop_status status = first_failure(results, count);
    for (size_t i = 0; i < count; i++)
        bloop_result_free(&results[i].memory);
    bl_free(results);
    return status;
}
