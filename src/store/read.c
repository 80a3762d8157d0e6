/* GetItem and BatchGetItem: one snapshot, items straight from the file's map. */
#include <bloop/sys/backend.h>

#include "capacity_private.h"
#include "op/op.h"
#include "store_private.h"

/* Where items go, and in which form. */
typedef struct sink {
    bloop_item_receiver receive;
    bloop_batch_receiver receive_batch;
    void *context;
    size_t index;
    const bloop_projection_paths *projection;
    bool projection_is_hint;
} sink;

/* A batch under way. */
typedef struct batch {
    bl_store *store;
    bl_txn txn;
    const bloop_batch_get_request *request;
    const char *table_name; /* of the table below: keys of a table tend to stand together */
    bl_table *table;
    const bloop_batch_table *options;
    size_t bytes;
    size_t done; /* keys before this one have been read */
    bloop_batch_get_result *out;
    bl_capacity_sum consumed; /* when capacity is asked for */
} batch;

static bloop_status find_item(bl_store *store, bl_txn *txn, const bl_table *table, bloop_item key_item, bl_stored *out);
static bloop_status get(bl_store *store, bl_txn *txn, const bloop_get_request *request, bloop_get_result *out);
static bloop_status tell_capacity(const bloop_get_request *request, uint32_t size, bloop_get_result *out);
static bloop_status deliver(const sink *to, bloop_item item);
static bloop_status hand_over(const sink *to, bloop_item item);
static bloop_status copy_out(const bloop_get_request *request, bloop_item item, bloop_get_result *out);
static bloop_status copy_item(bloop_result_memory *memory, bloop_item item, bloop_item *out);
static bloop_status read_batch(batch *b);
static bloop_status check_batch(batch *b);
static bloop_status find_table(batch *b, const char *name);
static bloop_status read_batch_key(batch *b, size_t index, bool *full);
static bloop_status count_capacity(batch *b, const char *table, uint32_t size);
static bloop_status count_unprocessed(batch *b);
static bloop_status list_unprocessed(const batch *b);

bloop_status bl_get_item(bloop_backend *base, const bloop_get_request *request, bloop_get_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    bl_txn txn;
    bloop_status status = bl_read_call_begin(backend, &txn);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    status = get(backend->store, &txn, request, out);
    bl_read_call_end(backend, &txn);
    return status;
}

bloop_status bl_batch_get_item(bloop_backend *base, const bloop_batch_get_request *request, bloop_batch_get_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    batch b = { .store = backend->store, .request = request, .out = out };
    bloop_status status = bl_read_call_begin(backend, &b.txn);
    if (status != BLOOP_OK)
        return status;
    status = read_batch(&b);
    bl_table_release(b.table);
    if (status == BLOOP_OK)
        status = list_unprocessed(&b);
    bl_read_call_end(backend, &b.txn);
    return status;
}

static bloop_status get(bl_store *store, bl_txn *txn, const bloop_get_request *request, bloop_get_result *out)
{
    bl_table *table;
    bl_stored stored = { 0 };
    bloop_status status = bl_catalog_find(&store->catalog, txn, request->table, &table);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    if (BL_UNLIKELY(!table))
        return bl_table_missing();
    if (!request->projection_is_hint)
        status = bl_op_check_projected_keys(&table->about.definition, request->projection);
    if (BL_LIKELY(status == BLOOP_OK))
        status = bl_op_check_key(&table->about.definition, request->key);
    if (BL_LIKELY(status == BLOOP_OK))
        status = find_item(store, txn, table, request->key, &stored);
    bl_table_release(table);
    if (BL_UNLIKELY(request->capacity) && status == BLOOP_OK)
        status = tell_capacity(request, stored.size, out);
    if (status != BLOOP_OK || !stored.item.data)
        return status;
    const sink to = { .receive = request->receive,
                      .context = request->context,
                      .projection = request->projection,
                      .projection_is_hint = request->projection_is_hint };
    status = request->receive ? deliver(&to, stored.item) : copy_out(request, stored.item, out);
    out->found = status == BLOOP_OK;
    return status;
}

static bloop_status find_item(bl_store *store, bl_txn *txn, const bl_table *table, bloop_item key_item, bl_stored *out)
{
    bl_key key;
    bloop_status status = bl_key_of_item(&key, bl_env_hash_key(store->env), table->id, &table->key, key_item);
    return status == BLOOP_OK ? bl_item_read(txn, table, &key, key_item, out) : status;
}

/* Of the whole item, whatever of it is returned; one that is not there costs the least. */
static bloop_status tell_capacity(const bloop_get_request *request, uint32_t size, bloop_get_result *out)
{
    const bl_consumption consumed = { .name = request->table,
                                      .table_units =
                                          bl_read_units(bl_blocks(size, BL_READ_BLOCK), request->consistent) };
    return bl_capacity_tell(&out->memory, request->capacity, &consumed, &out->capacity);
}

/* Hands an item over in place, or its projection from a builder. */
static bloop_status deliver(const sink *to, bloop_item item)
{
    if (BL_LIKELY(!to->projection || to->projection_is_hint))
        return hand_over(to, item);
    bloop_builder builder = { 0 };
    bl_builder_use(&builder, NULL, 0);
    bloop_status status = bloop_projection_apply(to->projection, item, &builder);
    if (status == BLOOP_OK)
        status = bloop_builder_value(&builder, &item);
    if (status == BLOOP_OK)
        status = hand_over(to, item);
    bl_builder_free(&builder);
    return status;
}

static bloop_status hand_over(const sink *to, bloop_item item)
{
    return to->receive ? to->receive(to->context, item) : to->receive_batch(to->context, to->index, item);
}

static bloop_status copy_out(const bloop_get_request *request, bloop_item item, bloop_get_result *out)
{
    if (!request->projection)
        return copy_item(&out->memory, item, &out->item);
    bloop_builder builder = { 0 };
    bl_builder_use(&builder, NULL, 0);
    bloop_item projected;
    bloop_status status = bloop_projection_apply(request->projection, item, &builder);
    if (status == BLOOP_OK)
        status = bloop_builder_value(&builder, &projected);
    if (status == BLOOP_OK)
        status = copy_item(&out->memory, projected, &out->item);
    bl_builder_free(&builder);
    return status;
}

static bloop_status copy_item(bloop_result_memory *memory, bloop_item item, bloop_item *out)
{
    uint8_t *copy = bloop_result_alloc(memory, item.size);
    if (!copy)
        return BLOOP_NO_MEMORY;
    memcpy(copy, item.data, item.size);
    *out = (bloop_item){ copy, item.size };
    return BLOOP_OK;
}

/* Every key is checked before the first item is handed over. */
static bloop_status read_batch(batch *b)
{
    bloop_status status = check_batch(b);
    bool full = false;
    b->consumed = (bl_capacity_sum){ .memory = &b->out->memory };
    for (size_t i = 0; status == BLOOP_OK && !full && i < b->request->count; i++)
        status = read_batch_key(b, i, &full);
    return status == BLOOP_OK && b->request->capacity ? count_unprocessed(b) : status;
}

static bloop_status check_batch(batch *b)
{
    for (size_t i = 0; i < b->request->count; i++) {
        bloop_status status = find_table(b, b->request->keys[i].table);
        if (status == BLOOP_OK && b->options && !b->options->projection_is_hint)
            status = bl_op_check_projected_keys(&b->table->about.definition, b->options->projection);
        if (status == BLOOP_OK)
            status = bl_op_check_key(&b->table->about.definition, b->request->keys[i].key);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status find_table(batch *b, const char *name)
{
    if (b->table && strcmp(b->table_name, name) == 0)
        return BLOOP_OK;
    bl_table *table;
    bloop_status status = bl_catalog_find(&b->store->catalog, &b->txn, name, &table);
    if (status != BLOOP_OK)
        return status;
    if (!table)
        return bl_table_missing();
    bl_table_release(b->table);
    b->table = table;
    b->table_name = name;
    b->options = NULL;
    for (size_t i = 0; i < b->request->table_count; i++)
        if (strcmp(b->request->tables[i].table, name) == 0)
            b->options = &b->request->tables[i];
    return BLOOP_OK;
}

/* A response ends before it would pass the service's 16 MB (API reference, BatchGetItem); its first item always fits. */
static bloop_status read_batch_key(batch *b, size_t index, bool *full)
{
    bl_stored stored;
    const bloop_batch_get_key *key = &b->request->keys[index];
    bloop_status status = find_table(b, key->table);
    if (status == BLOOP_OK)
        status = find_item(b->store, &b->txn, b->table, key->key, &stored);
    if (status != BLOOP_OK)
        return status;
    *full = b->bytes + stored.size > BL_MAX_RESPONSE_SIZE;
    if (*full)
        return BLOOP_OK;
    b->bytes += stored.size;
    b->done = index + 1;
    if (b->request->capacity)
        status = count_capacity(b, key->table, stored.size);
    if (!stored.item.data || status != BLOOP_OK)
        return status;
    const sink to = { .receive_batch = b->request->receive,
                      .context = b->request->context,
                      .index = index,
                      .projection = b->options ? b->options->projection : NULL,
                      .projection_is_hint = b->options && b->options->projection_is_hint };
    return deliver(&to, stored.item);
}

/* Of the table that was found last. */
static bloop_status count_capacity(batch *b, const char *table, uint32_t size)
{
    bool consistent = b->options && b->options->consistent;
    double units = bl_read_units(bl_blocks(size, BL_READ_BLOCK), consistent);
    bool divided = b->request->capacity == BLOOP_CAPACITY_INDEXES;
    return bl_capacity_add(
        &b->consumed, &(bloop_consumed_capacity){
                          .table = table, .units = units, .divided = divided, .table_units = divided ? units : 0 });
}

/* Keys that a response has no room for cost the least too (architect/dynalite's suite, "many unprocessed items"). */
static bloop_status count_unprocessed(batch *b)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = b->done; status == BLOOP_OK && i < b->request->count; i++) {
        status = find_table(b, b->request->keys[i].table);
        if (status == BLOOP_OK)
            status = count_capacity(b, b->request->keys[i].table, 0);
    }
    b->out->capacity = b->consumed.tables;
    b->out->capacity_count = b->consumed.count;
    return status;
}

static bloop_status list_unprocessed(const batch *b)
{
    bloop_batch_get_result *out = b->out;
    size_t count = b->request->count - b->done;
    if (count == 0)
        return BLOOP_OK;
    size_t *indexes = bloop_result_alloc(&out->memory, count * sizeof *indexes);
    if (!indexes)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        indexes[i] = b->done + i;
    out->unprocessed = indexes;
    out->unprocessed_count = count;
    return BLOOP_OK;
}
