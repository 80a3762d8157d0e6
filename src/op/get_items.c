/* Many reads in one call: checked in portions as large as a request may be, and handed to the backend at once; or, when
   it has nothing for that, asked for a portion after the other. */
#include "op/op.h"

typedef struct portions {
    const bloop_batch_get_request *request;
    size_t *pending; /* indexes of the keys that nobody has answered for, the next portion last */
    size_t pending_count;
    const size_t *asked; /* those of the request under way */
    size_t asked_count;
    bl_capacity_sum consumed;
} portions;

static bloop_status check_portions(const bloop_batch_get_request *request);
static bloop_status read_portions(bloop_backend *backend, portions *all);
static bloop_status read_portion(bloop_backend *backend, portions *all, size_t count, size_t *unprocessed);
static size_t list_tables(const portions *all, bloop_batch_table *tables);
static bloop_status receive(void *context, size_t index, bloop_item item);
static bloop_status name_pending(const portions *all, bloop_batch_get_result *out);

bloop_status bloop_get_items(bloop_backend *backend, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                             bloop_batch_get_result *out)
{
    if (!out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: an argument that is needed is NULL", __func__);
    *out = (bloop_batch_get_result){ 0 };
    if (!backend || !request)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: an argument that is needed is NULL", __func__);
    if (request->count == 0)
        return BLOOP_OK;
    bloop_status status = check_portions(request);
    if (status == BLOOP_OK && backend->operations->get_items)
        return backend->operations->get_items(backend, request, in_flight, out);
    portions all = { .request = request, .consumed.memory = &out->memory };
    if (status == BLOOP_OK && !(all.pending = bl_alloc(request->count * sizeof *all.pending)))
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; status == BLOOP_OK && i < request->count; i++)
        all.pending[all.pending_count++] = request->count - 1 - i;
    if (status == BLOOP_OK)
        status = read_portions(backend, &all);
    out->capacity = all.consumed.tables;
    out->capacity_count = all.consumed.count;
    if (status != BLOOP_OK)
        status = name_pending(&all, out);
    bl_free(all.pending);
    return status;
}

bloop_status bl_op_stalled(size_t keys, unsigned times)
{
    return bl_error(BLOOP_THROTTLED, "%zu %s left unprocessed, %u times in a row", keys,
                    keys == 1 ? "key was" : "keys were", times);
}

/* The rules of a request hold for each that will be sent, but for the number of keys. */
static bloop_status check_portions(const bloop_batch_get_request *request)
{
    bloop_batch_get_request portion = *request;
    bloop_status status = BLOOP_OK;
    for (size_t at = 0; status == BLOOP_OK && at < request->count; at += portion.count) {
        portion.keys = request->keys ? request->keys + at : NULL;
        portion.count = request->count - at < BL_MAX_BATCH_GET ? request->count - at : BL_MAX_BATCH_GET;
        status = bl_op_check_batch_get(&portion);
    }
    return status;
}

static bloop_status read_portions(bloop_backend *backend, portions *all)
{
    bl_backoff backoff = { 0 };
    while (all->pending_count > 0) {
        size_t count = all->pending_count < BL_MAX_BATCH_GET ? all->pending_count : BL_MAX_BATCH_GET;
        size_t unprocessed = 0;
        all->asked = all->pending + all->pending_count - count;
        all->asked_count = count;
        bloop_status status = read_portion(backend, all, count, &unprocessed);
        if (status != BLOOP_OK)
            return status;
        all->pending_count -= count - unprocessed;
        if (unprocessed < count)
            backoff = (bl_backoff){ 0 };
        else if (!bl_backoff_pause(&backoff))
            return bl_op_stalled(all->pending_count, (unsigned)backoff.tries);
    }
    return BLOOP_OK;
}

/* One request for the last `count` pending keys. Those left unprocessed are moved to the front of that portion. */
static bloop_status read_portion(bloop_backend *backend, portions *all, size_t count, size_t *unprocessed)
{
    bloop_batch_get_key keys[BL_MAX_BATCH_GET];
    bloop_batch_table tables[BL_MAX_BATCH_GET];
    size_t again[BL_MAX_BATCH_GET];
    for (size_t i = 0; i < count; i++)
        keys[i] = all->request->keys[all->asked[i]];
    bloop_batch_get_request request = {
        .keys = keys, .count = count, .receive = receive, .context = all, .capacity = all->request->capacity
    };
    request.tables = tables;
    request.table_count = list_tables(all, tables);
    bloop_batch_get_result result = { 0 };
    bloop_status status = bloop_batch_get_item(backend, &request, &result);
    if (status != BLOOP_OK)
        return status;
    for (size_t i = 0; i < result.unprocessed_count; i++)
        again[i] = all->asked[result.unprocessed[i]];
    *unprocessed = result.unprocessed_count;
    memcpy(all->pending + all->pending_count - count, again, result.unprocessed_count * sizeof again[0]);
    for (size_t i = 0; status == BLOOP_OK && i < result.capacity_count; i++)
        status = bl_capacity_add(&all->consumed, &result.capacity[i]);
    bloop_result_free(&result.memory);
    return status;
}

/* The options of the tables that the portion has keys of. */
static size_t list_tables(const portions *all, bloop_batch_table *tables)
{
    size_t listed = 0;
    for (size_t i = 0; i < all->request->table_count && listed < BL_MAX_BATCH_GET; i++) {
        const bloop_batch_table *table = &all->request->tables[i];
        bool wanted = false;
        for (size_t k = 0; !wanted && k < all->asked_count; k++)
            wanted = strcmp(all->request->keys[all->asked[k]].table, table->table) == 0;
        if (wanted)
            tables[listed++] = *table;
    }
    return listed;
}

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    const portions *all = context;
    if (index >= all->asked_count)
        return bl_error(BLOOP_INTERNAL, "the backend gave an item that it was not asked for");
    return all->request->receive(all->request->context, all->asked[index], item);
}

/* Keeps the thread's last error. */
static bloop_status name_pending(const portions *all, bloop_batch_get_result *out)
{
    bl_error_copy error;
    bl_error_save(&error);
    size_t *names = all->pending_count ? bloop_result_alloc(&out->memory, all->pending_count * sizeof *names) : NULL;
    for (size_t i = 0; names && i < all->pending_count; i++)
        names[i] = all->pending[i];
    out->unprocessed = names;
    out->unprocessed_count = names ? all->pending_count : 0;
    return bl_error_restore(&error);
}
