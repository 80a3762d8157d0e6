/* A write transaction from its beginning to its commit. */
#include "change_private.h"

#include "store_private.h"

enum { MAX_TALLIES = 256 };

static void forget(bl_change *change);
static void forget_tallies(bl_change *change);
static bloop_status add_tally(bl_change *change, bl_table *table, bl_tally **out);
static bloop_status note(bl_change *change);

void bl_change_init(bl_change *change, bl_store *store)
{
    *change = (bl_change){ .store = store };
    bl_builder_use(&change->item, NULL, 0);
    bl_builder_use(&change->before, NULL, 0);
    bl_builder_use(&change->after, NULL, 0);
}

void bl_change_destroy(bl_change *change)
{
    forget(change);
    bl_free(change->tallies);
    bl_builder_free(&change->item);
    bl_builder_free(&change->before);
    bl_builder_free(&change->after);
    bl_buffer_free(&change->old);
}

bloop_status bl_change_begin(bl_change *change)
{
    bloop_status status = bl_write_begin(change->store->env, &change->txn);
    if (status != BLOOP_OK)
        return status;
    change->changed = change->catalog_changed = false;
    if (BL_LIKELY(change->known && change->known_at == change->txn.id - 1) && change->tally_count <= MAX_TALLIES)
        return BLOOP_OK;
    forget(change);
    status = bl_facts_read(&change->txn, &change->facts);
    if (status != BLOOP_OK) {
        bl_write_abort(&change->txn);
        return status;
    }
    change->known = true;
    change->known_at = change->txn.id - 1;
    return BLOOP_OK;
}

bloop_status bl_change_tally(bl_change *change, bl_table *table, bl_tally **out)
{
    for (size_t i = 0; i < change->tally_count; i++)
        if (change->tallies[i].table->id == table->id) {
            *out = &change->tallies[i];
            return BLOOP_OK;
        }
    return add_tally(change, table, out);
}

bloop_status bl_change_commit(bl_change *change)
{
    if (!change->changed) {
        bl_write_abort(&change->txn);
        return BLOOP_OK;
    }
    uint64_t id = change->txn.id;
    bloop_status status = note(change);
    if (status != BLOOP_OK) {
        bl_change_abort(change);
        return status;
    }
    status = bl_write_commit(&change->txn);
    if (status != BLOOP_OK) {
        forget(change);
        return status;
    }
    change->known_at = id;
    bl_catalog_committed(&change->store->catalog, id, change->catalog_changed);
    if (change->catalog_changed)
        forget_tallies(change);
    return BLOOP_OK;
}

void bl_change_abort(bl_change *change)
{
    bl_write_abort(&change->txn);
    forget(change);
}

static void forget(bl_change *change)
{
    forget_tallies(change);
    change->known = false;
}

static void forget_tallies(bl_change *change)
{
    for (size_t i = 0; i < change->tally_count; i++) {
        bl_table_release(change->tallies[i].table);
        bl_free(change->tallies[i].counts);
    }
    change->tally_count = 0;
}

static bloop_status add_tally(bl_change *change, bl_table *table, bl_tally **out)
{
    void *tallies = change->tallies;
    bloop_status status = bl_grow(&tallies, &change->tally_capacity, change->tally_count + 1, sizeof *change->tallies);
    if (status != BLOOP_OK)
        return status;
    change->tallies = tallies;
    bl_count *counts = bl_alloc_zeroed(table->index_count + 1, sizeof *counts);
    if (!counts)
        return BLOOP_NO_MEMORY;
    status = bl_counts_read(&change->txn, table, counts);
    if (status != BLOOP_OK) {
        bl_free(counts);
        return status;
    }
    bl_tally *tally = &change->tallies[change->tally_count++];
    *tally = (bl_tally){ .table = bl_table_keep(table), .counts = counts };
    *out = tally;
    return BLOOP_OK;
}

static bloop_status note(bl_change *change)
{
    for (size_t i = 0; i < change->tally_count; i++) {
        bl_tally *tally = &change->tallies[i];
        if (!tally->changed)
            continue;
        bloop_status status = bl_counts_write(&change->txn, tally->table, tally->counts);
        if (status != BLOOP_OK)
            return status;
        tally->changed = false;
    }
    if (change->catalog_changed)
        change->facts.catalog_version++;
    return bl_facts_write(&change->txn, &change->facts);
}
