/* The sizes of item collections: a table's items with one hash key, and their entries in the local indexes (developer
   guide, "Item collections in Local Secondary Indexes"). Nothing in the file counts them. A table that is smaller than the
   gigabyte in which they are told answers for all of its own; in a larger one the collection is walked over, as far as is
   decent while other writers wait. */
#include "capacity_private.h"

#include "store_private.h"

#define GIGABYTE ((uint64_t)1 << 30)

enum { MOST_WALKED = 100000 };

static uint64_t size_of_all(const bl_tally *tally);
static bool has_collections(const bl_table *table);
static bloop_status add_records(bl_txn *txn, const bl_key *prefix, uint64_t *left, uint64_t *bytes, bool *ended);
static bloop_status copy_key(bl_change *change, const bl_key_attribute *attribute, bloop_value value,
                             bloop_result_memory *memory, bloop_item *out);

bloop_status bl_collection_tell(bl_change *change, const bl_tally *tally, bloop_item item, bloop_result_memory *memory,
                                const bloop_collection_metrics **out)
{
    const bl_table *table = tally->table;
    if (!has_collections(table))
        return BLOOP_OK;
    const bl_key_attribute *hash = &table->key.hash;
    bloop_value value = bloop_item_get(item, hash->name, hash->size);
    bl_collection_size size = { .at_most = size_of_all(tally) };
    bloop_status status = BLOOP_OK;
    if (size.at_most >= GIGABYTE)
        status = bl_collection_measure(&change->txn, table, value, MOST_WALKED, size.at_most, &size);
    if (status != BLOOP_OK)
        return status;
    bloop_collection_metrics *made = bloop_result_alloc(memory, sizeof *made);
    if (!made)
        return BLOOP_NO_MEMORY;
    made->table = bl_result_text(memory, table->about.definition.name);
    if (!made->table)
        return BLOOP_NO_MEMORY;
    bl_collection_range(size, made);
    status = copy_key(change, hash, value, memory, &made->key);
    if (status == BLOOP_OK)
        *out = made;
    return status;
}

bloop_status bl_collection_measure(bl_txn *txn, const bl_table *table, bloop_value hash, uint64_t most, uint64_t all,
                                   bl_collection_size *out)
{
    bl_key prefix;
    bool ended = true;
    uint64_t bytes = 0;
    const uint8_t *secret = bl_env_hash_key(txn->env);
    bl_key_of_id(&prefix, BL_SPACE_ITEMS, table->id);
    bl_key_add_hash(&prefix, secret, hash);
    bloop_status status = add_records(txn, &prefix, &most, &bytes, &ended);
    for (uint32_t i = 0; status == BLOOP_OK && ended && i < table->index_count; i++) {
        if (!table->indexes[i].local)
            continue;
        bl_key_of_id(&prefix, BL_SPACE_INDEXES, table->indexes[i].id);
        bl_key_add_hash(&prefix, secret, hash);
        status = add_records(txn, &prefix, &most, &bytes, &ended);
    }
    if (status == BLOOP_OK)
        *out = (bl_collection_size){ bytes, ended || all < bytes ? bytes : all };
    return status;
}

void bl_collection_range(bl_collection_size size, bloop_collection_metrics *out)
{
    const uint64_t low = size.at_least / GIGABYTE, high = size.at_most / GIGABYTE + 1;
    out->low_gb = (double)low;
    out->high_gb = (double)high;
}

/* Of what collections can be made of. */
static uint64_t size_of_all(const bl_tally *tally)
{
    uint64_t bytes = tally->counts[0].bytes;
    for (uint32_t i = 0; i < tally->table->index_count; i++)
        bytes += tally->table->indexes[i].local ? tally->counts[1 + i].bytes : 0;
    return bytes;
}

static bool has_collections(const bl_table *table)
{
    for (uint32_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].local)
            return true;
    return false;
}

static bloop_status add_records(bl_txn *txn, const bl_key *prefix, uint64_t *left, uint64_t *bytes, bool *ended)
{
    bl_walk walk;
    bool found = true;
    bloop_status status = bl_walk_begin(txn, bl_key_bytes(prefix), false, &walk);
    if (status != BLOOP_OK)
        return status;
    while ((status = bl_walk_next(&walk, &found)) == BLOOP_OK && found && *left > 0) {
        bl_stored stored;
        status = bl_item_unpack(walk.payload, &stored);
        if (status != BLOOP_OK)
            break;
        *bytes += stored.size;
        --*left;
    }
    bl_walk_end(&walk);
    *ended = !found;
    return status;
}

static bloop_status copy_key(bl_change *change, const bl_key_attribute *attribute, bloop_value value,
                             bloop_result_memory *memory, bloop_item *out)
{
    bloop_item key;
    bloop_builder *builder = &change->before;
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_build_name(builder, attribute->name, attribute->size);
    bloop_build_value(builder, value);
    bloop_build_end(builder);
    bloop_status status = bloop_builder_value(builder, &key);
    uint8_t *copy = status == BLOOP_OK ? bloop_result_alloc(memory, key.size) : NULL;
    if (!copy)
        return status == BLOOP_OK ? BLOOP_NO_MEMORY : status;
    memcpy(copy, key.data, key.size);
    *out = (bloop_item){ copy, key.size };
    return BLOOP_OK;
}
