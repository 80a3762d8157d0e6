/* Long keys: the chain of markers that leads to their records. Prefix ids are counted up in a record of the file, and
   never used again; nothing that stands under one is ever moved. */
#include "record_chain_private.h"

static const uint8_t next_key[] = { BL_SPACE_FILE, 'p', 'r', 'e', 'f', 'i', 'x' };

static bloop_status load_next(bl_txn *txn);
static bloop_status make_marker(bl_txn *txn, MDB_val *key, uint64_t *id);
static bloop_status has_any(bl_txn *txn, uint64_t id, bool *any);
static bool has_piece_below(bl_bytes key, uint32_t depth);

MDB_val bl_piece(bl_bytes key, uint32_t depth, uint64_t id, uint8_t storage[BL_PHYSICAL_MAX])
{
    size_t start = bl_piece_start(depth);
    size_t room = depth == 0 ? BL_PHYSICAL_MAX : BL_CHAIN_REST;
    size_t size = key.size - start < room ? key.size - start : room;
    if (depth == 0)
        return (MDB_val){ size, (void *)(uintptr_t)key.data };
    storage[0] = BL_SPACE_LONG;
    bl_store_be64(storage + 1, id);
    if (size)
        memcpy(storage + BL_CHAIN_HEAD, key.data + start, size);
    return (MDB_val){ BL_CHAIN_HEAD + size, storage };
}

bloop_status bl_chain_find(bl_txn *txn, bl_bytes key, bl_chain *chain, bool *found)
{
    uint8_t storage[BL_PHYSICAL_MAX];
    uint64_t id = 0;
    for (chain->depth = 0; has_piece_below(key, chain->depth); chain->ids[chain->depth++] = id) {
        MDB_val physical = bl_piece(key, chain->depth, id, storage), value;
        int code = mdb_get(txn->txn, txn->data, &physical, &value);
        *found = code != MDB_NOTFOUND;
        if (!*found)
            return BLOOP_OK;
        if (code != 0)
            return bl_txn_error(txn, code, "reading a record");
        bloop_status status = bl_marker_open(txn, &physical, &value, &id);
        if (status != BLOOP_OK)
            return status;
    }
    *found = true;
    return BLOOP_OK;
}

bloop_status bl_chain_make(bl_txn *txn, bl_bytes key, bl_chain *chain)
{
    bool found = false;
    bloop_status status = bl_chain_find(txn, key, chain, &found);
    uint8_t storage[BL_PHYSICAL_MAX];
    while (status == BLOOP_OK && has_piece_below(key, chain->depth)) {
        uint64_t above = chain->depth ? chain->ids[chain->depth - 1] : 0;
        MDB_val physical = bl_piece(key, chain->depth, above, storage);
        status = make_marker(txn, &physical, &chain->ids[chain->depth]);
        chain->depth++;
    }
    return status;
}

bloop_status bl_chain_prune(bl_txn *txn, bl_bytes key, const bl_chain *chain)
{
    uint8_t storage[BL_PHYSICAL_MAX];
    for (uint32_t depth = chain->depth; depth > 0; depth--) {
        bool any = false;
        bloop_status status = has_any(txn, chain->ids[depth - 1], &any);
        if (status != BLOOP_OK || any)
            return status;
        uint64_t above = depth > 1 ? chain->ids[depth - 2] : 0;
        MDB_val physical = bl_piece(key, depth - 1, above, storage);
        int code = mdb_del(txn->txn, txn->data, &physical, NULL);
        if (code != 0)
            return bl_txn_error(txn, code, "removing a record");
    }
    return BLOOP_OK;
}

bloop_status bl_chain_store_next(bl_txn *txn)
{
    uint8_t payload[8];
    if (!txn->prefix_changed)
        return BLOOP_OK;
    txn->prefix_changed = false;
    bl_store_le64(payload, txn->next_prefix);
    return bl_record_put(txn, (bl_bytes){ next_key, sizeof next_key }, BL_RECORD_NEXT_PREFIX,
                         (bl_bytes){ payload, sizeof payload }, (bl_bytes){ NULL, 0 });
}

/* A marker stands for a whole piece; the record's own piece is the first that is not full. */
static bool has_piece_below(bl_bytes key, uint32_t depth)
{
    return key.size >= bl_piece_start(depth + 1);
}

static bloop_status load_next(bl_txn *txn)
{
    bl_bytes payload;
    bloop_status status = bl_record_get(txn, (bl_bytes){ next_key, sizeof next_key }, BL_RECORD_NEXT_PREFIX, &payload);
    if (status != BLOOP_OK)
        return status;
    if (payload.data && payload.size != 8)
        return bl_record_damaged(txn, &(MDB_val){ sizeof next_key, (void *)(uintptr_t)next_key }, "has a wrong size");
    txn->next_prefix = payload.data ? bl_load_le64(payload.data) : 1;
    return BLOOP_OK;
}

static bloop_status make_marker(bl_txn *txn, MDB_val *key, uint64_t *id)
{
    uint8_t payload[8];
    bloop_status status = txn->next_prefix ? BLOOP_OK : load_next(txn);
    if (status != BLOOP_OK)
        return status;
    *id = txn->next_prefix++;
    txn->prefix_changed = true;
    bl_store_le64(payload, *id);
    return bl_record_write(txn, key, BL_RECORD_MARKER, (bl_bytes){ payload, sizeof payload }, (bl_bytes){ NULL, 0 });
}

/* Whether anything stands under a prefix id. */
static bloop_status has_any(bl_txn *txn, uint64_t id, bool *any)
{
    uint8_t head[BL_CHAIN_HEAD] = { BL_SPACE_LONG };
    bl_store_be64(head + 1, id);
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn->txn, txn->data, &cursor);
    if (code != 0)
        return bl_txn_error(txn, code, "reading a record");
    MDB_val key = { sizeof head, head }, value;
    code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    mdb_cursor_close(cursor);
    if (code != 0 && code != MDB_NOTFOUND)
        return bl_txn_error(txn, code, "reading a record");
    *any = code == 0 && key.mv_size >= sizeof head && memcmp(key.mv_data, head, sizeof head) == 0;
    return BLOOP_OK;
}
