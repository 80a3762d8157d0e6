/* Tables created, described, listed and deleted. Here they are ACTIVE at once and gone at once. */
#include <bloop/sys/backend.h>

#include "commit_private.h"
#include "describe_private.h"
#include "maintain_private.h"

enum { DEFAULT_LIMIT = 100 };

/* A table operation under way, which may be attempted more than once. */
typedef struct task {
    const bloop_table_definition *definition;
    const char *name;
    bl_table *table; /* what came of it */
    bl_count counts[BL_INDEXES_MAX + 1];
    bloop_table_result *out; /* described before the commit, so that memory that lacks changes nothing */
} task;

static bloop_status run_create(bl_change *change, void *context);
static bloop_status run_delete(bl_change *change, void *context);
static bloop_status tell(task *t, bloop_table_status status);
static bloop_status drop_all(bl_change *change, const bl_table *table);
static bloop_status describe(bl_store *store, bl_txn *txn, const char *name, bloop_table_result *out);
static bloop_status list(bl_txn *txn, const bloop_list_tables_request *request, bloop_list_tables_result *out);
static bloop_status seek_behind(bl_walk *walk, const char *name);

bloop_status bl_create_table(bloop_backend *base, const bloop_table_definition *definition, bloop_table_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    task t = { .definition = definition, .name = definition->name, .out = out };
    bloop_status status = bl_call_begin(backend);
    if (status != BLOOP_OK)
        return status;
    status = bl_commit_alone(backend->store, run_create, &t);
    bl_table_release(t.table);
    bl_call_end(backend);
    return status;
}

bloop_status bl_describe_table(bloop_backend *base, const char *table, bloop_table_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    bl_txn txn;
    bloop_status status = bl_read_call_begin(backend, &txn);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    status = describe(backend->store, &txn, table, out);
    bl_read_call_end(backend, &txn);
    return status;
}

bloop_status bl_list_tables(bloop_backend *base, const bloop_list_tables_request *request,
                            bloop_list_tables_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    bl_txn txn;
    bloop_status status = bl_read_call_begin(backend, &txn);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    status = list(&txn, request, out);
    bl_read_call_end(backend, &txn);
    return status;
}

/* The table is gone with the first commit. What was in it is removed before this returns, in pieces between the writes of
   others; if that fails, it is taken up by later ones. */
bloop_status bl_delete_table(bloop_backend *base, const char *table, bloop_table_result *out)
{
    bl_backend *backend = (bl_backend *)base;
    task t = { .name = table, .out = out };
    bloop_status status = bl_call_begin(backend);
    if (status != BLOOP_OK)
        return status;
    status = bl_commit_alone(backend->store, run_delete, &t);
    if (status == BLOOP_OK)
        bl_sweep_quietly(backend->store);
    bl_table_release(t.table);
    bl_call_end(backend);
    return status;
}

static bloop_status run_create(bl_change *change, void *context)
{
    task *t = context;
    bl_table_release(t->table);
    t->table = NULL;
    bl_table *known;
    bloop_status status = bl_table_read(&change->txn, t->name, &known);
    if (status != BLOOP_OK)
        return status;
    if (known) {
        bl_table_release(known);
        return bl_error(BLOOP_TABLE_IN_USE, "Table already exists: %s", t->name);
    }
    if (change->facts.next_id > UINT32_MAX - 2 * BL_INDEXES_MAX)
        return bl_error(BLOOP_LIMIT_EXCEEDED, "the file has had as many tables and indexes as it can have");
    status = bl_table_new(t->definition, &change->facts.next_id, &t->table);
    if (status != BLOOP_OK)
        return status;
    status = tell(t, BLOOP_TABLE_ACTIVE);
    if (status != BLOOP_OK)
        return status;
    change->changed = change->catalog_changed = true;
    return bl_table_write(&change->txn, t->table);
}

static bloop_status run_delete(bl_change *change, void *context)
{
    task *t = context;
    bl_table_release(t->table);
    bloop_status status = bl_table_read(&change->txn, t->name, &t->table);
    if (status != BLOOP_OK)
        return status;
    if (!t->table)
        return bl_table_not_found(t->name);
    if (t->table->about.definition.deletion_protection)
        return bl_error(BLOOP_VALIDATION, "Resource cannot be deleted as it is currently protected against deletion. "
                                          "Disable deletion protection first.");
    status = bl_counts_read(&change->txn, t->table, t->counts);
    if (status == BLOOP_OK)
        status = tell(t, BLOOP_TABLE_DELETING);
    if (status != BLOOP_OK)
        return status;
    change->changed = change->catalog_changed = true;
    return drop_all(change, t->table);
}

/* An attempt before this one may have told already. */
static bloop_status tell(task *t, bloop_table_status status)
{
    bloop_result_free(&t->out->memory);
    return bl_describe(t->table, t->counts, status, t->out);
}

static bloop_status drop_all(bl_change *change, const bl_table *table)
{
    bloop_status status = bl_table_remove(&change->txn, table);
    if (status == BLOOP_OK)
        status = bl_counts_remove(&change->txn, table);
    if (status == BLOOP_OK)
        status = bl_drop(change, BL_SPACE_ITEMS, table->id);
    for (uint32_t i = 0; status == BLOOP_OK && i < table->index_count; i++)
        status = bl_drop(change, BL_SPACE_INDEXES, table->indexes[i].id);
    return status;
}

static bloop_status describe(bl_store *store, bl_txn *txn, const char *name, bloop_table_result *out)
{
    bl_count counts[BL_INDEXES_MAX + 1];
    bl_table *table;
    bloop_status status = bl_catalog_find(&store->catalog, txn, name, &table);
    if (status != BLOOP_OK)
        return status;
    if (!table)
        return bl_table_not_found(name);
    status = bl_counts_read(txn, table, counts);
    if (status == BLOOP_OK)
        status = bl_describe(table, counts, BLOOP_TABLE_ACTIVE, out);
    bl_table_release(table);
    return status;
}

static bloop_status list(bl_txn *txn, const bloop_list_tables_request *request, bloop_list_tables_result *out)
{
    bl_walk walk;
    bool found = false;
    const uint8_t prefix = BL_SPACE_CATALOG;
    size_t limit = request->limit > 0 ? (size_t)request->limit : DEFAULT_LIMIT;
    const char **names = bloop_result_alloc(&out->memory, limit * sizeof *names);
    if (!names)
        return BLOOP_NO_MEMORY;
    bloop_status status = bl_walk_begin(txn, (bl_bytes){ &prefix, 1 }, false, &walk);
    if (status != BLOOP_OK)
        return status;
    if (request->exclusive_start)
        status = seek_behind(&walk, request->exclusive_start);
    size_t count = 0;
    while (status == BLOOP_OK && (status = bl_walk_next(&walk, &found)) == BLOOP_OK && found && count < limit) {
        char *name = bloop_result_alloc(&out->memory, walk.key_size); /* without the space, with a zero byte */
        if (!name)
            status = BLOOP_NO_MEMORY;
        else
            names[count++] = memcpy(name, walk.key + 1, walk.key_size - 1);
    }
    bl_walk_end(&walk);
    if (status != BLOOP_OK)
        return status;
    out->names = names;
    out->count = count;
    out->last = found && count ? names[count - 1] : NULL;
    return BLOOP_OK;
}

/* The key that comes next after a name's is the name with a zero byte. */
static bloop_status seek_behind(bl_walk *walk, const char *name)
{
    bl_key from;
    size_t size = strlen(name);
    if (size > 255)
        return bl_error(BLOOP_VALIDATION, "the name of a table has at most 255 bytes");
    bl_key_of_name(&from, BL_SPACE_CATALOG, name, size + 1);
    return bl_walk_seek(walk, bl_key_bytes(&from));
}
