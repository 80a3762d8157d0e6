/* Work in pieces: a transaction each, between those of other writers. */
#include "maintain_private.h"

#include "commit_private.h"
#include "item_private.h"

enum {
    PIECE = 512,        /* records removed or items looked at in a transaction */
    PIECES_AT_OPEN = 32 /* so that opening stays quick; the rest follows the writes */
};

typedef struct sweep {
    bool more;
} sweep;

/* How far the filling of a table's new indexes has come. */
typedef struct filling {
    const char *table;
    bl_key from, next; /* where the next piece begins, once this one is committed */
    bl_key key;        /* of the item at hand */
    bool done;
} filling;

typedef struct rest {
    bool dropped;
    bl_arena arena;
    const char **tables; /* with an index that is being created */
    size_t count, capacity;
} rest;

static bloop_status sweep_piece(bl_change *change, void *context);
static bloop_status find_dropped(bl_txn *txn, bool *found, uint32_t *id, bl_space *space);
static bloop_status remove_some(bl_txn *txn, bl_space space, uint32_t id, bool *more);
static bloop_status fill_piece(bl_change *change, void *context);
static bloop_status fill_some(bl_change *change, bl_table *table, filling *f);
static bloop_status fill_item(bl_change *change, bl_table *table, const bl_key *key, bl_stored item);
static bloop_status next_item(bl_change *change, bl_table *table, filling *f, bool *found, bl_stored *out);
static bloop_status finish_filling(bl_change *change, const bl_table *table);
static bool is_filling(const bl_table *table);
static bloop_status look_for_rest(bl_store *store, rest *out);
static bloop_status look_for_filling(bl_txn *txn, rest *out);

bloop_status bl_drop(bl_change *change, bl_space space, uint32_t id)
{
    bl_key key;
    uint8_t payload = (uint8_t)space;
    bl_key_of_id(&key, BL_SPACE_DROPPED, id);
    change->changed = true;
    return bl_record_put(&change->txn, bl_key_bytes(&key), BL_RECORD_DROPPED, (bl_bytes){ &payload, 1 },
                         (bl_bytes){ NULL, 0 });
}

bloop_status bl_sweep_all(bl_store *store)
{
    sweep s = { .more = true };
    while (s.more) {
        bloop_status status = bl_commit_alone(store, sweep_piece, &s);
        if (status != BLOOP_OK) {
            atomic_store(&store->leftovers, true);
            return status;
        }
    }
    atomic_store(&store->leftovers, false);
    return BLOOP_OK;
}

void bl_sweep_quietly(bl_store *store)
{
    bl_error_copy error;
    bl_error_save(&error);
    bl_sweep_all(store);
    bl_error_restore(&error);
}

bloop_status bl_fill_indexes(bl_store *store, const char *table)
{
    filling *f = bl_alloc_zeroed(1, sizeof *f);
    if (!f)
        return BLOOP_NO_MEMORY;
    f->table = table;
    bloop_status status = BLOOP_OK;
    while (status == BLOOP_OK && !f->done) {
        status = bl_commit_alone(store, fill_piece, f);
        f->from = f->next;
    }
    bl_free(f);
    return status;
}

bloop_status bl_maintain_at_open(bl_store *store)
{
    rest found = { 0 };
    if (bl_env_read_only(store->env))
        return BLOOP_OK;
    bloop_status status = look_for_rest(store, &found);
    sweep s = { .more = found.dropped };
    for (int i = 0; status == BLOOP_OK && s.more && i < PIECES_AT_OPEN; i++)
        status = bl_commit_alone(store, sweep_piece, &s);
    if (s.more)
        atomic_store(&store->leftovers, true);
    for (size_t i = 0; status == BLOOP_OK && i < found.count; i++)
        status = bl_fill_indexes(store, found.tables[i]);
    bl_free(found.tables);
    bl_arena_free(&found.arena);
    /* A file that can't be written to now can still be read. */
    return status == BLOOP_DISK_FULL ? BLOOP_OK : status;
}

/* What fails here fails again, and is then told, in the work of somebody who asked for it. */
void bl_maintain_after_write(bl_store *store)
{
    bl_error_copy error;
    sweep s = { .more = false };
    if (BL_LIKELY(!atomic_load_explicit(&store->leftovers, memory_order_relaxed)))
        return;
    bl_error_save(&error);
    if (bl_commit_alone(store, sweep_piece, &s) == BLOOP_OK && !s.more)
        atomic_store(&store->leftovers, false);
    bl_error_restore(&error);
}

static bloop_status sweep_piece(bl_change *change, void *context)
{
    sweep *s = context;
    bl_key key;
    uint32_t id;
    bl_space space;
    bool more;
    bloop_status status = find_dropped(&change->txn, &s->more, &id, &space);
    if (status != BLOOP_OK || !s->more)
        return status;
    change->changed = true;
    status = remove_some(&change->txn, space, id, &more);
    if (status != BLOOP_OK || more)
        return status;
    bl_key_of_id(&key, BL_SPACE_DROPPED, id);
    return bl_record_delete(&change->txn, bl_key_bytes(&key), NULL);
}

static bloop_status find_dropped(bl_txn *txn, bool *found, uint32_t *id, bl_space *space)
{
    bl_walk walk;
    const uint8_t prefix = BL_SPACE_DROPPED;
    bloop_status status = bl_walk_begin(txn, (bl_bytes){ &prefix, 1 }, false, &walk);
    if (status != BLOOP_OK)
        return status;
    status = bl_walk_next(&walk, found);
    if (status == BLOOP_OK && *found) {
        bool sound = walk.kind == BL_RECORD_DROPPED && walk.key_size == 5 && walk.payload.size >= 1;
        *space = sound ? (bl_space)walk.payload.data[0] : BL_SPACE_FILE;
        *id = sound ? bl_load_be32(walk.key + 1) : 0;
        if (*space != BL_SPACE_ITEMS && *space != BL_SPACE_INDEXES)
            status = bl_error(BLOOP_CORRUPT, "a record of something dropped does not say what");
    }
    bl_walk_end(&walk);
    return status;
}

static bloop_status remove_some(bl_txn *txn, bl_space space, uint32_t id, bool *more)
{
    bl_walk walk;
    bl_key prefix;
    bl_key_of_id(&prefix, space, id);
    bloop_status status = bl_walk_begin(txn, bl_key_bytes(&prefix), false, &walk);
    if (status != BLOOP_OK)
        return status;
    *more = true;
    for (int i = 0; i < PIECE; i++) {
        status = bl_walk_next(&walk, more);
        if (status == BLOOP_OK && *more)
            status = bl_walk_delete(&walk);
        if (status != BLOOP_OK || !*more)
            break;
    }
    bl_walk_end(&walk);
    return status;
}

static bloop_status fill_piece(bl_change *change, void *context)
{
    filling *f = context;
    bl_table *table;
    f->next = f->from;
    f->done = false;
    bloop_status status = bl_catalog_find(&change->store->catalog, &change->txn, f->table, &table);
    if (status != BLOOP_OK)
        return status;
    f->done = !table || !is_filling(table);
    if (!f->done)
        status = fill_some(change, table, f);
    bl_table_release(table);
    return status;
}

static bloop_status fill_some(bl_change *change, bl_table *table, filling *f)
{
    if (!f->next.size)
        bl_key_of_id(&f->next, BL_SPACE_ITEMS, table->id);
    for (int i = 0; i < PIECE; i++) {
        bool found;
        bl_stored item;
        bloop_status status = next_item(change, table, f, &found, &item);
        if (status != BLOOP_OK)
            return status;
        if (!found) {
            f->done = true;
            return finish_filling(change, table);
        }
        status = fill_item(change, table, &f->key, item);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

static bloop_status fill_item(bl_change *change, bl_table *table, const bl_key *key, bl_stored item)
{
    bl_tally *tally;
    bloop_status status = bl_change_tally(change, table, &tally);
    for (uint32_t i = 0; status == BLOOP_OK && i < table->index_count; i++)
        if (table->indexes[i].backfilling)
            status = bl_index_backfill(change, tally, i, key, item);
    return status;
}

/* Copies the item at f->next, and its key to f->key, and moves f->next behind it. */
static bloop_status next_item(bl_change *change, bl_table *table, filling *f, bool *found, bl_stored *out)
{
    bl_walk walk;
    bl_key prefix;
    bl_key_of_id(&prefix, BL_SPACE_ITEMS, table->id);
    bloop_status status = bl_walk_begin(&change->txn, bl_key_bytes(&prefix), false, &walk);
    if (status != BLOOP_OK)
        return status;
    status = bl_walk_seek(&walk, bl_key_bytes(&f->next));
    if (status == BLOOP_OK)
        status = bl_walk_next(&walk, found);
    if (status == BLOOP_OK && *found)
        status = bl_item_unpack(walk.payload, out);
    if (status == BLOOP_OK && *found && walk.key_size >= sizeof f->key.bytes)
        status = bl_error(BLOOP_CORRUPT, "a key of %zu bytes", walk.key_size);
    if (status == BLOOP_OK && *found) {
        memcpy(f->key.bytes, walk.key, walk.key_size);
        f->key.size = walk.key_size;
        f->next = f->key;
        f->next.bytes[f->next.size++] = 0;
        bl_buffer_clear(&change->old);
        bl_buffer_append(&change->old, out->item.data, out->item.size);
        out->item.data = change->old.data;
        status = change->old.status;
    }
    bl_walk_end(&walk);
    return status;
}

static bloop_status finish_filling(bl_change *change, const bl_table *table)
{
    bl_table *finished;
    bloop_status status = bl_table_finish(table, &finished);
    if (status != BLOOP_OK)
        return status;
    status = bl_table_write(&change->txn, finished);
    bl_table_release(finished);
    change->changed = change->catalog_changed = true;
    return status;
}

static bool is_filling(const bl_table *table)
{
    for (uint32_t i = 0; i < table->index_count; i++)
        if (table->indexes[i].backfilling)
            return true;
    return false;
}

static bloop_status look_for_rest(bl_store *store, rest *out)
{
    bl_txn txn;
    uint32_t id;
    bl_space space;
    bloop_status status = bl_read_begin(store->env, &txn);
    if (status != BLOOP_OK)
        return status;
    status = find_dropped(&txn, &out->dropped, &id, &space);
    if (status == BLOOP_OK)
        status = look_for_filling(&txn, out);
    bl_read_end(&txn);
    return status;
}

/* A description that can't be read is no reason not to open the file: other tables may be well. */
static bloop_status look_for_filling(bl_txn *txn, rest *out)
{
    bl_walk walk;
    bool found = false;
    const uint8_t prefix = BL_SPACE_CATALOG;
    bloop_status status = bl_walk_begin(txn, (bl_bytes){ &prefix, 1 }, false, &walk);
    if (status != BLOOP_OK)
        return status;
    while ((status = bl_walk_next(&walk, &found)) == BLOOP_OK && found) {
        bl_table *table;
        char *name = bl_arena_text(&out->arena, (const char *)walk.key + 1, walk.key_size - 1);
        status = name ? bl_table_unpack((bloop_item){ walk.payload.data, walk.payload.size }, name, &table)
                      : BLOOP_NO_MEMORY;
        if (status == BLOOP_NO_MEMORY)
            break;
        if (status != BLOOP_OK)
            continue;
        void *tables = out->tables;
        if (is_filling(table))
            status = bl_grow(&tables, &out->capacity, out->count + 1, sizeof *out->tables);
        out->tables = tables;
        if (status == BLOOP_OK && is_filling(table))
            out->tables[out->count++] = name;
        bl_table_release(table);
        if (status != BLOOP_OK)
            break;
    }
    bl_walk_end(&walk);
    return status == BLOOP_CORRUPT ? BLOOP_OK : status;
}
