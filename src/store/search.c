/* Query and Scan: one page of a table or an index, from one snapshot, which the call does not outlive. */
#include "search_private.h"
#include "store_private.h"

static bloop_status search_snapshot(bl_store *store, bl_txn *txn, const bloop_search_request *request,
                                    bloop_search_result *out);
static bloop_status find_index(bl_search *search);
static bloop_status run(bl_store *store, bl_txn *txn, const bl_search *search, bloop_search_result *out);
static bloop_status gather(bl_txn *txn, const bl_search *search, const bl_search_range *range, bl_page *page);
static bloop_status begin_walk(bl_txn *txn, const bl_search *search, const bl_search_range *range, bl_walk *out);
static bloop_status next_in_range(bl_walk *walk, const bl_search_range *range, bool *found);
static bloop_status open_record(const bl_walk *walk, const bl_search *search, bl_stored *out);
static bloop_status fetch(bl_txn *txn, const bl_search *search, bloop_item entry, bl_stored *out);

bloop_status bl_search_page(bloop_backend *base, const bloop_search_request *request, bloop_search_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    bl_txn txn;
    bloop_status status = bl_read_call_begin(backend, &txn);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    status = search_snapshot(backend->store, &txn, request, out);
    bl_read_call_end(backend, &txn);
    return status;
}

static bloop_status search_snapshot(bl_store *store, bl_txn *txn, const bloop_search_request *request,
                                    bloop_search_result *out)
{
    bl_table *table;
    bloop_status status = bl_catalog_find(&store->catalog, txn, request->table, &table);
    if (status != BLOOP_OK)
        return status;
    if (!table)
        return bl_table_missing();
    bl_search search = { .request = request, .table = table };
    status = bl_op_plan_search(&table->about.definition, request, &search.plan);
    if (status == BLOOP_OK && search.plan.index)
        status = find_index(&search);
    if (status == BLOOP_OK)
        status = run(store, txn, &search, out);
    bl_table_release(table);
    return status;
}

static bloop_status find_index(bl_search *search)
{
    const char *name = search->plan.index->name;
    for (uint32_t i = 0; i < search->table->index_count; i++) {
        if (strcmp(search->table->indexes[i].name, name) == 0)
            search->index = &search->table->indexes[i];
    }
    if (!search->index)
        return bl_error(BLOOP_CORRUPT, "the index %s is described, and has no place in the file", name);
    if (search->index->backfilling)
        return bl_error(BLOOP_VALIDATION, "Cannot read from backfilling global secondary index: %s", name);
    return BLOOP_OK;
}

static bloop_status run(bl_store *store, bl_txn *txn, const bl_search *search, bloop_search_result *out)
{
    bl_search_range range;
    bl_page page;
    bloop_status status = bl_search_range_of(search, bl_env_hash_key(store->env), &range);
    if (status != BLOOP_OK)
        return status;
    status = bl_page_begin(&page, search, out);
    if (status == BLOOP_OK)
        status = gather(txn, search, &range, &page);
    if (status == BLOOP_OK && search->request->capacity)
        status = bl_page_tell_capacity(&page);
    bl_page_drop(&page);
    if (status == BLOOP_CORRUPT)
        bl_error_context("table %s", search->table->about.definition.name);
    return status;
}

static bloop_status gather(bl_txn *txn, const bl_search *search, const bl_search_range *range, bl_page *page)
{
    bl_walk walk;
    bl_stored found = { 0 }, item = { 0 };
    bool more = true, full = false;
    bloop_status status = begin_walk(txn, search, range, &walk);
    if (status != BLOOP_OK)
        return status;
    while (!full) {
        status = next_in_range(&walk, range, &more);
        if (status != BLOOP_OK || !more)
            break;
        status = open_record(&walk, search, &found);
        if (status == BLOOP_OK)
            item = found;
        if (status == BLOOP_OK && search->plan.fetches)
            status = fetch(txn, search, found.item, &item);
        if (status == BLOOP_OK)
            status = bl_page_add(page, found, item, &full);
        if (status != BLOOP_OK)
            break;
    }
    if (status == BLOOP_OK)
        status = bl_page_end(page, full && !search->plan.single ? found.item : (bloop_item){ NULL, 0 });
    bl_walk_end(&walk);
    return status;
}

static bloop_status begin_walk(bl_txn *txn, const bl_search *search, const bl_search_range *range, bl_walk *out)
{
    bool backward = search->request->descending;
    const bl_key *from = backward ? &range->high : &range->low;
    bloop_status status = bl_walk_begin(txn, (bl_bytes){ range->prefix, range->prefix_size }, backward, out);
    if (status != BLOOP_OK || from->size == 0)
        return status;
    status = bl_walk_seek(out, bl_key_bytes(from));
    if (status != BLOOP_OK)
        bl_walk_end(out);
    return status;
}

/* A walk backward may begin on the very key before which the range ends. */
static bloop_status next_in_range(bl_walk *walk, const bl_search_range *range, bool *found)
{
    for (;;) {
        bloop_status status = bl_walk_next(walk, found);
        if (status != BLOOP_OK || !*found)
            return status;
        const bl_bytes key = { walk->key, walk->key_size };
        bool beyond = range->high.size && bl_search_compare(key, bl_key_bytes(&range->high)) >= 0;
        if (beyond && walk->backward)
            continue;
        bool before = walk->backward && range->low.size && bl_search_compare(key, bl_key_bytes(&range->low)) < 0;
        *found = !beyond && !before;
        return BLOOP_OK;
    }
}

/* A query's items are all of one hash key: one whose key only has the same hash is none of them. */
static bloop_status open_record(const bl_walk *walk, const bl_search *search, bl_stored *out)
{
    if (BL_UNLIKELY(walk->kind != (search->index ? BL_RECORD_ENTRY : BL_RECORD_ITEM)))
        return bl_error(BLOOP_CORRUPT, "a record is of another kind than its place");
    bloop_status status = bl_item_unpack(walk->payload, out);
    if (status != BLOOP_OK || search->request->kind != BLOOP_SEARCH_QUERY)
        return status;
    const bl_key_attribute *hash = search->index ? &search->index->key.hash : &search->table->key.hash;
    bloop_value value = bloop_item_get(out->item, hash->name, hash->size);
    if (BL_LIKELY(value.size == search->plan.hash.size && memcmp(value.data, search->plan.hash.data, value.size) == 0))
        return BLOOP_OK;
    return bl_error(BLOOP_CORRUPT, "the item stored under this key has another key");
}

/* The item that an entry stands for. */
static bloop_status fetch(bl_txn *txn, const bl_search *search, bloop_item entry, bl_stored *out)
{
    bl_key key;
    const bl_table *table = search->table;
    bloop_status status = bl_key_of_item(&key, bl_env_hash_key(txn->env), table->id, &table->key, entry);
    if (status == BLOOP_OK)
        status = bl_item_read(txn, table, &key, entry, out);
    if (status == BLOOP_OK && !out->item.data)
        status = bl_error(BLOOP_CORRUPT, "index %s has an entry without an item", search->index->name);
    return status;
}
