/* Walks in key order across short and long keys: a stack of cursors, one a level of the chain of markers. Only the
   innermost moves; a marker is entered when it is met, and left when nothing more stands below it. */
#include "record_chain_private.h"

/* One level: the records under one prefix id, or (the outermost) those with no prefix. */
typedef struct bl_walk_level {
    MDB_cursor *cursor;
    MDB_val key, value; /* where the cursor stands; key.mv_data is NULL when that is outside the level */
    uint64_t id;        /* not of the outermost level */
} bl_walk_level;

/* Where the walk stands. */
enum place {
    PLACE_NOWHERE, /* nothing was read yet */
    PLACE_BEFORE,  /* on a record that is the next one */
    PLACE_ON,      /* on a record that was the last one */
    PLACE_GAP,     /* where a record was removed; its key is still at hand */
    PLACE_END
};

#define LEVELS (BL_CHAIN_MAX + 1)

static bloop_status find_next(bl_walk *walk);
static bloop_status go_to_beginning(bl_walk *walk);
static bloop_status go_to(bl_walk *walk, bl_bytes target, bool inclusive);
static bloop_status move_on(bl_walk *walk);
static bloop_status settle(bl_walk *walk);
static bloop_status enter_marker(bl_walk *walk);
static bloop_status push_level(bl_walk *walk, uint64_t id);
static bloop_status look(bl_walk *walk, MDB_cursor_op op, const MDB_val *key);
static bloop_status confine(bl_walk *walk);
static bloop_status show(bl_walk *walk, bool *found);
static bloop_status put_key_together(bl_walk *walk);
static bloop_status keep_key(bl_walk *walk);
static bool begins_with(bl_bytes key, bl_bytes prefix);
static size_t after_prefix(bl_bytes prefix, uint8_t *out);

bloop_status bl_walk_begin(bl_txn *txn, bl_bytes prefix, bool backward, bl_walk *out)
{
    const size_t levels_size = LEVELS * sizeof(bl_walk_level);
    if (prefix.size > BL_KEY_MAX)
        return bl_error(BLOOP_INTERNAL, "a walk below %zu bytes is no possible one", prefix.size);
    uint8_t *memory = bl_alloc(levels_size + prefix.size);
    if (!memory)
        return BLOOP_NO_MEMORY;
    memset(memory, 0, levels_size);
    if (prefix.size)
        memcpy(memory + levels_size, prefix.data, prefix.size);
    *out = (bl_walk){
        .txn = txn,
        .levels = (bl_walk_level *)(void *)memory,
        .backward = backward,
        .prefix = { memory + levels_size, prefix.size },
        .database = prefix.size ? bl_database_of(txn, prefix.data) : txn->data,
        .place = PLACE_NOWHERE,
    };
    return BLOOP_OK;
}

bloop_status bl_walk_seek(bl_walk *walk, bl_bytes from)
{
    if (from.size > BL_KEY_MAX)
        return bl_error(BLOOP_INTERNAL, "a key of %zu bytes is no possible one", from.size);
    if (begins_with(from, walk->prefix))
        return go_to(walk, from, true);
    size_t common = from.size < walk->prefix.size ? from.size : walk->prefix.size;
    bool from_is_below = !common || memcmp(from.data, walk->prefix.data, common) <= 0;
    walk->place = from_is_below == walk->backward ? PLACE_END : PLACE_NOWHERE;
    return BLOOP_OK;
}

bloop_status bl_walk_next(bl_walk *walk, bool *found)
{
    bloop_status status = find_next(walk);
    if (status == BLOOP_OK && walk->place == PLACE_BEFORE)
        status = show(walk, found);
    else
        *found = false;
    if (status != BLOOP_OK)
        walk->place = PLACE_END;
    return status;
}

bloop_status bl_walk_delete(bl_walk *walk)
{
    if (walk->place != PLACE_ON)
        return bl_error(BLOOP_INTERNAL, "a walk that stands on no record can't remove it");
    bloop_status status = keep_key(walk);
    if (status == BLOOP_OK)
        status = bl_record_delete(walk->txn, (bl_bytes){ walk->key, walk->key_size }, NULL);
    if (status == BLOOP_OK)
        walk->place = PLACE_GAP;
    return status;
}

void bl_walk_end(bl_walk *walk)
{
    if (!walk->levels)
        return;
    for (uint32_t i = 0; i < LEVELS; i++) {
        MDB_cursor *cursor = walk->levels[i].cursor;
        if (cursor && i == 0 && walk->database == walk->txn->data && !walk->txn->writes && !walk->txn->cursor)
            walk->txn->cursor = cursor;
        else if (cursor)
            mdb_cursor_close(cursor);
    }
    bl_free(walk->levels);
    bl_free(walk->long_key);
    walk->levels = NULL;
    walk->long_key = NULL;
}

/* Makes the walk stand before the next record, or at the end. */
static bloop_status find_next(bl_walk *walk)
{
    switch ((enum place)walk->place) {
    case PLACE_NOWHERE: return go_to_beginning(walk);
    case PLACE_ON: return move_on(walk);
    case PLACE_GAP: return go_to(walk, (bl_bytes){ walk->key, walk->key_size }, true);
    case PLACE_BEFORE:
    case PLACE_END: break;
    }
    return BLOOP_OK;
}

static bloop_status go_to_beginning(bl_walk *walk)
{
    uint8_t bound[BL_KEY_MAX];
    if (!walk->backward)
        return go_to(walk, walk->prefix, true);
    size_t size = after_prefix(walk->prefix, bound);
    if (size > 0)
        return go_to(walk, (bl_bytes){ bound, size }, false);
    walk->depth = 0;
    bloop_status status = push_level(walk, 0);
    if (status == BLOOP_OK)
        status = look(walk, MDB_LAST, NULL);
    if (status == BLOOP_OK)
        status = confine(walk);
    return status == BLOOP_OK ? settle(walk) : status;
}

/* Stands before the first key >= target, or the last key <= target (< unless `inclusive`). */
static bloop_status go_to(bl_walk *walk, bl_bytes target, bool inclusive)
{
    uint64_t id = 0;
    uint8_t storage[BL_PHYSICAL_MAX];
    for (walk->depth = 0;;) {
        bloop_status status = push_level(walk, id);
        if (status != BLOOP_OK)
            return status;
        const bl_walk_level *level = &walk->levels[walk->depth - 1];
        MDB_val piece = bl_piece(target, walk->depth - 1, id, storage);
        status = piece.mv_size ? look(walk, MDB_SET_RANGE, &piece) : look(walk, MDB_FIRST, NULL);
        if (status != BLOOP_OK)
            return status;
        bool exact = level->key.mv_data && level->key.mv_size == piece.mv_size &&
                     memcmp(level->key.mv_data, piece.mv_data, piece.mv_size) == 0;
        if (exact && bl_is_marker(&piece)) {
            status = bl_marker_open(walk->txn, &level->key, &level->value, &id);
            if (status != BLOOP_OK)
                return status;
            continue;
        }
        if (walk->backward && !(exact && inclusive))
            status = look(walk, level->key.mv_data ? MDB_PREV : MDB_LAST, NULL);
        if (status == BLOOP_OK)
            status = confine(walk);
        return status == BLOOP_OK ? settle(walk) : status;
    }
}

static bloop_status move_on(bl_walk *walk)
{
    bloop_status status = look(walk, walk->backward ? MDB_PREV : MDB_NEXT, NULL);
    if (status == BLOOP_OK)
        status = confine(walk);
    return status == BLOOP_OK ? settle(walk) : status;
}

/* From wherever the innermost cursor stands, goes on to the next record: into markers, and out of levels that end. */
static bloop_status settle(bl_walk *walk)
{
    for (;;) {
        const bl_walk_level *level = &walk->levels[walk->depth - 1];
        bloop_status status = BLOOP_OK;
        if (!level->key.mv_data) {
            if (walk->depth == 1) {
                walk->place = PLACE_END;
                return BLOOP_OK;
            }
            walk->depth--;
            status = look(walk, walk->backward ? MDB_PREV : MDB_NEXT, NULL);
            if (status == BLOOP_OK)
                status = confine(walk);
        } else if (bl_is_marker(&level->key)) {
            status = enter_marker(walk);
        } else {
            walk->place = PLACE_BEFORE;
            return BLOOP_OK;
        }
        if (status != BLOOP_OK)
            return status;
    }
}

/* Opens the level below the marker that the innermost cursor stands on, at its beginning. */
static bloop_status enter_marker(bl_walk *walk)
{
    const bl_walk_level *marker = &walk->levels[walk->depth - 1];
    uint8_t head[BL_CHAIN_HEAD] = { BL_SPACE_LONG };
    MDB_val bound = { sizeof head, head };
    uint64_t id = 0;
    bloop_status status = bl_marker_open(walk->txn, &marker->key, &marker->value, &id);
    if (status == BLOOP_OK)
        status = push_level(walk, id);
    if (status != BLOOP_OK)
        return status;
    bl_store_be64(head + 1, walk->backward ? id + 1 : id);
    if (walk->backward && id == UINT64_MAX) {
        head[0]++;
        bound.mv_size = 1;
    }
    status = look(walk, MDB_SET_RANGE, &bound);
    if (status == BLOOP_OK && walk->backward)
        status = look(walk, walk->levels[walk->depth - 1].key.mv_data ? MDB_PREV : MDB_LAST, NULL);
    return status == BLOOP_OK ? confine(walk) : status;
}

static bloop_status push_level(bl_walk *walk, uint64_t id)
{
    if (walk->depth == LEVELS) {
        const bl_walk_level *last = &walk->levels[LEVELS - 1];
        return bl_record_damaged(walk->txn, &last->key, "marks a key that is longer than any");
    }
    bl_walk_level *level = &walk->levels[walk->depth];
    bl_txn *txn = walk->txn;
    int code = 0;
    if (!level->cursor && walk->depth == 0 && txn->cursor && walk->database == txn->data) {
        code = mdb_cursor_renew(txn->txn, txn->cursor);
        if (code == 0) {
            level->cursor = txn->cursor;
            txn->cursor = NULL;
        }
    } else if (!level->cursor) {
        code = mdb_cursor_open(txn->txn, walk->database, &level->cursor);
    }
    if (code != 0)
        return bl_txn_error(txn, code, "reading records");
    level->id = id;
    walk->depth++;
    return BLOOP_OK;
}

/* Moves the innermost cursor; key.mv_data is NULL when there is nothing. */
static bloop_status look(bl_walk *walk, MDB_cursor_op op, const MDB_val *key)
{
    bl_walk_level *level = &walk->levels[walk->depth - 1];
    if (key)
        level->key = *key;
    int code = mdb_cursor_get(level->cursor, &level->key, &level->value, op);
    if (code == 0)
        return BLOOP_OK;
    level->key.mv_data = NULL;
    return code == MDB_NOTFOUND ? BLOOP_OK : bl_txn_error(walk->txn, code, "reading records");
}

/* Keeps the innermost cursor in its level: other prefixes' records are nothing to it, and the outermost one passes over
   the whole space of long keys. */
static bloop_status confine(bl_walk *walk)
{
    bl_walk_level *level = &walk->levels[walk->depth - 1];
    const uint8_t *bytes = level->key.mv_data;
    if (!bytes)
        return BLOOP_OK;
    if (walk->depth > 1) {
        bool inside =
            level->key.mv_size >= BL_CHAIN_HEAD && bytes[0] == BL_SPACE_LONG && bl_load_be64(bytes + 1) == level->id;
        if (!inside)
            level->key.mv_data = NULL;
        return BLOOP_OK;
    }
    if (bytes[0] != BL_SPACE_LONG)
        return BLOOP_OK;
    uint8_t bound = BL_SPACE_LONG + (walk->backward ? 0 : 1);
    bloop_status status = look(walk, MDB_SET_RANGE, &(MDB_val){ 1, &bound });
    return status == BLOOP_OK && walk->backward ? look(walk, MDB_PREV, NULL) : status;
}

/* Makes the record that the walk stands before the current one, unless it is outside the prefix. */
static bloop_status show(bl_walk *walk, bool *found)
{
    const bl_walk_level *level = &walk->levels[walk->depth - 1];
    bloop_status status = put_key_together(walk);
    if (status != BLOOP_OK)
        return status;
    if (!begins_with((bl_bytes){ walk->key, walk->key_size }, walk->prefix)) {
        walk->place = PLACE_END;
        *found = false;
        return BLOOP_OK;
    }
    status = bl_record_open(walk->txn, &level->key, &level->value, &walk->kind, &walk->payload);
    if (status != BLOOP_OK)
        return status;
    walk->place = PLACE_ON;
    *found = true;
    return BLOOP_OK;
}

static bloop_status put_key_together(bl_walk *walk)
{
    const MDB_val *first = &walk->levels[0].key;
    walk->key = first->mv_data;
    walk->key_size = first->mv_size;
    if (walk->depth == 1)
        return BLOOP_OK;
    bloop_status status = keep_key(walk);
    for (uint32_t i = 1; i < walk->depth && status == BLOOP_OK; i++) {
        const MDB_val *piece = &walk->levels[i].key;
        size_t size = piece->mv_size - BL_CHAIN_HEAD;
        if (walk->key_size + size > BL_KEY_MAX)
            return bl_record_damaged(walk->txn, piece, "ends a key that is longer than any");
        memcpy(walk->key + walk->key_size, (const uint8_t *)piece->mv_data + BL_CHAIN_HEAD, size);
        walk->key_size += size;
    }
    return status;
}

/* Moves the current key from the map into memory of the walk. */
static bloop_status keep_key(bl_walk *walk)
{
    if (!walk->long_key)
        walk->long_key = bl_alloc(BL_KEY_MAX);
    if (!walk->long_key)
        return BLOOP_NO_MEMORY;
    if (walk->key != walk->long_key)
        memcpy(walk->long_key, walk->key, walk->key_size);
    walk->key = walk->long_key;
    return BLOOP_OK;
}

static bool begins_with(bl_bytes key, bl_bytes prefix)
{
    return key.size >= prefix.size && (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

/* The least key that is greater than all that begin with the prefix, and its size; 0 when there is none. */
static size_t after_prefix(bl_bytes prefix, uint8_t *out)
{
    size_t size = prefix.size;
    while (size > 0 && prefix.data[size - 1] == 0xFF)
        size--;
    if (size == 0)
        return 0;
    memcpy(out, prefix.data, size);
    out[size - 1]++;
    return size;
}
