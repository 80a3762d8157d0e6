/* The write operations of the backend: they check what concerns the whole call and queue the rest. */
#include <bloop/sys/backend.h>

#include "commit_private.h"
#include "item_private.h"
#include "maintain_private.h"
#include "op/op.h"

static bloop_status first_failure(const bloop_write_result *results, size_t count);
static bloop_status check_batch(bl_backend *backend, const bloop_write_request *requests, size_t count);
static bloop_status check_batch_write(bl_store *store, bl_txn *txn, const bloop_write_request *requests, size_t at);
static bloop_status check_new_in_batch(const bl_table *table, const bloop_write_request *requests, size_t at);
static bloop_status write_batch(bl_backend *backend, const bloop_write_request *requests, size_t count);
static void commit_writes(bl_backend *backend, const bloop_write_request *requests, size_t count,
                          bloop_write_result *results);

bloop_status bl_write_items(bloop_backend *base, const bloop_write_request *requests, size_t count,
                            bloop_write_result *results)
{
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

bloop_status bl_batch_write_item(bloop_backend *base, const bloop_write_request *requests, size_t count,
                                 bloop_batch_write_result *out)
{
    (void)out; /* nothing stays unprocessed here */
    bl_backend *backend = (bl_backend *)base;
    bloop_status status = bl_call_begin(backend);
    if (status != BLOOP_OK)
        return status;
    status = check_batch(backend, requests, count);
    if (status == BLOOP_OK)
        status = write_batch(backend, requests, count);
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
    bloop_status status = bl_read_begin(backend->env, &txn);
    if (status != BLOOP_OK)
        return status;
    for (size_t i = 0; status == BLOOP_OK && i < count; i++)
        status = check_batch_write(backend->store, &txn, requests, i);
    bl_read_end(&txn);
    return status;
}

static bloop_status check_batch_write(bl_store *store, bl_txn *txn, const bloop_write_request *requests, size_t at)
{
    bl_table *table;
    const bloop_write_request *request = &requests[at];
    bloop_status status = bl_catalog_find(&store->catalog, txn, request->table, &table);
    if (status != BLOOP_OK)
        return status;
    if (!table)
        return bl_table_missing();
    if (request->kind == BLOOP_WRITE_PUT)
        status = bl_op_check_batch_item_keys(&table->about.definition, request->item);
    else
        status = bl_op_check_key(&table->about.definition, request->item);
    if (status == BLOOP_OK)
        status = check_new_in_batch(table, requests, at);
    bl_table_release(table);
    return status;
}

/* dynamodb-conformance, tier 3, error messages: a put and a delete of one item are duplicates too. */
static bloop_status check_new_in_batch(const bl_table *table, const bloop_write_request *requests, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(requests[i].table, requests[at].table) == 0 &&
            bl_key_equal(&table->key, requests[i].item, requests[at].item))
            return bl_error(BLOOP_VALIDATION, "Provided list of item keys contains duplicates");
    return BLOOP_OK;
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
