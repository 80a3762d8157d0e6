/* The walk over all records in key order: the catalog first, by the order of the spaces, then, in their own database, the
   items and the entries of indexes. A record that can't be read is reported and passed over. */
#include <stdio.h>

#include "check_private.h"
#include "facts_private.h"
#include "record_chain_private.h"

typedef bloop_status (*visitor)(bl_check *check, const bl_walk *walk);

static bloop_status check_main(bl_check *check);
static bloop_status pass(bl_check *check, bl_bytes prefix);
static bloop_status next_readable(bl_check *check, bl_walk *walk, bool *found);
static bloop_status visit(bl_check *check, const bl_walk *walk);
static bloop_status visit_table(bl_check *check, const bl_walk *walk);
static bloop_status add_table(bl_check *check, bl_table *table);
static bloop_status visit_dropped(bl_check *check, const bl_walk *walk);
static bloop_status visit_counters(bl_check *check, const bl_walk *walk);
static bloop_status visit_header(bl_check *check, const bl_walk *walk);
static bloop_status check_ids(bl_check *check);
static void release(bl_check *check);

bloop_status bl_check_walk(bl_check *check)
{
    bl_builder_use(&check->builder, NULL, 0);
    bloop_status status = bl_check_chains(check);
    if (status == BLOOP_OK)
        status = check_main(check);
    for (unsigned space = 0; space < BL_FIRST_DATA && status == BLOOP_OK; space++)
        status = pass(check, (bl_bytes){ &(uint8_t){ (uint8_t)space }, 1 });
    if (status == BLOOP_OK)
        status = pass(check, (bl_bytes){ NULL, 0 });
    if (status == BLOOP_OK)
        status = check_ids(check);
    if (status == BLOOP_OK)
        bl_check_totals(check);
    release(check);
    /* After a damaged page LMDB answers nothing more in the same transaction. */
    if (status != BLOOP_INTERNAL || check->counts->problems == 0)
        return status;
    bl_check_problem(check, "what stands behind damaged pages could not be read");
    return BLOOP_OK;
}

void bl_check_problem(bl_check *check, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    check->counts->problems++;
    check->report(check->context, text);
}

bloop_status bl_check_failure(bl_check *check, bloop_status status, const char *where)
{
    if (status != BLOOP_CORRUPT && status != BLOOP_INCOMPATIBLE)
        return status;
    bl_check_problem(check, "%s: %s", where, bloop_last_error()->message);
    return BLOOP_OK;
}

bl_checked_table *bl_check_find_table(bl_check *check, uint32_t id)
{
    for (size_t i = 0; i < check->table_count; i++, check->at = (check->at + 1) % check->table_count)
        if (check->tables[check->at].table->id == id)
            return &check->tables[check->at];
    return NULL;
}

bl_checked_table *bl_check_find_index(bl_check *check, uint32_t id, uint32_t *place)
{
    for (size_t i = 0; i < check->table_count; i++, check->at = (check->at + 1) % check->table_count) {
        bl_checked_table *each = &check->tables[check->at];
        for (*place = 0; *place < each->table->index_count; (*place)++)
            if (each->table->indexes[*place].id == id)
                return each;
    }
    return NULL;
}

bool bl_check_is_dropped(const bl_check *check, uint32_t id)
{
    for (size_t i = 0; i < check->dropped_count; i++)
        if (check->dropped[i] == id)
            return true;
    return false;
}

/* The main database has records of its spaces under short keys, and then the name of the other one. */
static bloop_status check_main(bl_check *check)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    const MDB_val name = { sizeof BL_DATA_NAME - 1, BL_DATA_NAME };
    int code = mdb_cursor_open(check->txn.txn, check->txn.main, &cursor);
    if (code != 0)
        return bl_env_error(check->txn.env, code, "reading records");
    for (MDB_cursor_op op = MDB_FIRST; (code = mdb_cursor_get(cursor, &key, &value, op)) == 0; op = MDB_NEXT) {
        uint8_t space = *(const uint8_t *)key.mv_data;
        bool named = key.mv_size == name.mv_size && memcmp(key.mv_data, name.mv_data, name.mv_size) == 0;
        if (space >= BL_FIRST_DATA && !named)
            bl_check_problem(check, "a record of space %u stands in the main database", space);
        if (space < BL_FIRST_DATA && bl_is_marker(&key))
            bl_check_problem(check, "a record of space %u has a long key, which only data may have", space);
    }
    mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        return BLOOP_OK;
    return bl_check_failure(check, bl_env_error(check->txn.env, code, "reading records"), "the main database");
}

/* All records below a prefix. */
static bloop_status pass(bl_check *check, bl_bytes prefix)
{
    bl_walk walk;
    bool found = false;
    bloop_status status = bl_walk_begin(&check->txn, prefix, false, &walk);
    if (status != BLOOP_OK)
        return status;
    while ((status = next_readable(check, &walk, &found)) == BLOOP_OK && found) {
        check->counts->bytes += walk.key_size + walk.payload.size;
        status = visit(check, &walk);
        if (status != BLOOP_OK)
            break;
    }
    bl_walk_end(&walk);
    return status;
}

/* Goes on behind what can't be read as long as its key can be. */
static bloop_status next_readable(bl_check *check, bl_walk *walk, bool *found)
{
    bl_key key;
    for (;;) {
        bloop_status status = bl_walk_next(walk, found);
        if (status != BLOOP_CORRUPT)
            return status;
        bl_check_problem(check, "%s", bloop_last_error()->message);
        *found = false;
        if (!walk->key || walk->key_size == 0 || walk->key_size >= sizeof key.bytes)
            return BLOOP_OK;
        memcpy(key.bytes, walk->key, walk->key_size);
        key.bytes[walk->key_size] = 0;
        key.size = walk->key_size + 1;
        walk->key_size = 0; /* so that a second failure before any new key ends the walk */
        status = bl_walk_seek(walk, bl_key_bytes(&key));
        if (status != BLOOP_OK)
            return bl_check_failure(check, status, "going on behind it");
    }
}

static bloop_status visit(bl_check *check, const bl_walk *walk)
{
    static const struct {
        bl_space space;
        bl_record_kind kind;
        visitor visit;
    } visitors[] = {
        { BL_SPACE_FILE, BL_RECORD_HEADER, visit_header },  { BL_SPACE_COUNTERS, BL_RECORD_COUNTERS, visit_counters },
        { BL_SPACE_CATALOG, BL_RECORD_TABLE, visit_table }, { BL_SPACE_DROPPED, BL_RECORD_DROPPED, visit_dropped },
        { BL_SPACE_ITEMS, BL_RECORD_ITEM, bl_check_item },  { BL_SPACE_INDEXES, BL_RECORD_ENTRY, bl_check_entry },
    };
    if (walk->key[0] < BL_FIRST_DATA && walk->database == check->txn.data) {
        bl_check_problem(check, "a record of space %u stands in the database of data", walk->key[0]);
        return BLOOP_OK;
    }
    for (size_t i = 0; i < BL_COUNT_OF(visitors); i++) {
        if (walk->key[0] != (uint8_t)visitors[i].space)
            continue;
        if (walk->kind == visitors[i].kind)
            return visitors[i].visit(check, walk);
        if (visitors[i].space != BL_SPACE_FILE)
            bl_check_problem(check, "a record in space %u is of kind %u, which does not belong there", walk->key[0],
                             (unsigned)walk->kind);
        return BLOOP_OK;
    }
    return BLOOP_OK; /* a space of a later version */
}

/* Opening the file has read it. */
static bloop_status visit_header(bl_check *check, const bl_walk *walk)
{
    (void)check;
    (void)walk;
    return BLOOP_OK;
}

/* Of tables that are met later: what they say is compared then. */
static bloop_status visit_counters(bl_check *check, const bl_walk *walk)
{
    if (walk->key_size != 5)
        bl_check_problem(check, "a record of counters has a key of %zu bytes", walk->key_size);
    return BLOOP_OK;
}

static bloop_status visit_table(bl_check *check, const bl_walk *walk)
{
    char name[256], where[300];
    bl_table *table;
    size_t size = walk->key_size - 1 < sizeof name ? walk->key_size - 1 : sizeof name - 1;
    memcpy(name, walk->key + 1, size);
    name[size] = '\0';
    snprintf(where, sizeof where, "table %s", name);
    bloop_status status = bl_table_unpack((bloop_item){ walk->payload.data, walk->payload.size }, name, &table);
    if (status != BLOOP_OK)
        return bl_check_failure(check, status, where);
    uint32_t place;
    if (bl_check_find_table(check, table->id) || bl_check_find_index(check, table->id, &place))
        bl_check_problem(check, "%s: its id %u is another's too", where, table->id);
    check->counts->tables++;
    check->counts->indexes += table->index_count;
    status = add_table(check, table);
    return status == BLOOP_OK ? BLOOP_OK : bl_check_failure(check, status, where);
}

/* Takes the table over, also when it fails. */
static bloop_status add_table(bl_check *check, bl_table *table)
{
    void *tables = check->tables;
    size_t count = table->index_count + 1;
    bl_count *counts = bl_alloc_zeroed(3 * count, sizeof *counts);
    bloop_status status = counts ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK)
        status = bl_grow(&tables, &check->table_capacity, check->table_count + 1, sizeof *check->tables);
    if (status != BLOOP_OK) {
        bl_free(counts);
        bl_table_release(table);
        return status;
    }
    check->tables = tables;
    check->tables[check->table_count++] = (bl_checked_table){
        .table = table, .recorded = counts, .expected = counts + count, .found = counts + 2 * count
    };
    return bl_counts_read(&check->txn, table, counts);
}

static bloop_status visit_dropped(bl_check *check, const bl_walk *walk)
{
    void *dropped = check->dropped;
    if (walk->key_size != 5 || walk->payload.size < 1) {
        bl_check_problem(check, "a record of something dropped does not say what");
        return BLOOP_OK;
    }
    bloop_status status = bl_grow(&dropped, &check->dropped_capacity, check->dropped_count + 1, sizeof *check->dropped);
    if (status != BLOOP_OK)
        return status;
    check->dropped = dropped;
    check->dropped[check->dropped_count++] = bl_load_be32(walk->key + 1);
    return BLOOP_OK;
}

/* An id that is still to be given must not be one that is in use. */
static bloop_status check_ids(bl_check *check)
{
    bl_facts facts;
    bloop_status status = bl_facts_read(&check->txn, &facts);
    if (status != BLOOP_OK)
        return bl_check_failure(check, status, "the file's counters");
    for (size_t i = 0; i < check->table_count; i++) {
        const bl_table *table = check->tables[i].table;
        uint32_t last = table->id;
        for (uint32_t k = 0; k < table->index_count; k++)
            last = table->indexes[k].id > last ? table->indexes[k].id : last;
        if (last >= facts.next_id)
            bl_check_problem(check, "table %s: the id %u is in use, and the next one to be given is %u",
                             table->about.definition.name, last, facts.next_id);
    }
    return BLOOP_OK;
}

static void release(bl_check *check)
{
    for (size_t i = 0; i < check->table_count; i++) {
        bl_table_release(check->tables[i].table);
        bl_free(check->tables[i].recorded);
    }
    bl_free(check->tables);
    bl_free(check->dropped);
    bl_builder_free(&check->builder);
}
