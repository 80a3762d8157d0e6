/* Records: what stands under a key, with its head and checksum. Nearly all keys are short, and go straight to LMDB. */
#include "record_chain_private.h"

#include <stdio.h>

/* The shortest key that is long: it fills a whole physical key. */
#define IS_LONG(key) BL_UNLIKELY((key).size >= BL_PHYSICAL_MAX)

static bloop_status refuse_key(bl_bytes key);
static bloop_status get_physical(bl_txn *txn, MDB_val *key, bl_record_kind kind, bl_bytes *payload);
static bloop_status get_long(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes *payload);
static bloop_status put_long(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes first, bl_bytes second);
static bloop_status delete_physical(bl_txn *txn, MDB_val *key, bool *removed);
static bloop_status delete_long(bl_txn *txn, bl_bytes key, bool *removed);
static inline uint32_t checksum(const MDB_val *key, const uint8_t *record, size_t size);

bloop_status bl_record_get(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes *payload)
{
    if (IS_LONG(key))
        return get_long(txn, key, kind, payload);
    MDB_val physical = { key.size, (void *)(uintptr_t)key.data };
    return get_physical(txn, &physical, kind, payload);
}

bloop_status bl_record_put(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes first, bl_bytes second)
{
    bloop_status status = refuse_key(key);
    if (status != BLOOP_OK)
        return status;
    if (IS_LONG(key))
        return put_long(txn, key, kind, first, second);
    MDB_val physical = { key.size, (void *)(uintptr_t)key.data };
    return bl_record_write(txn, &physical, kind, first, second);
}

bloop_status bl_record_delete(bl_txn *txn, bl_bytes key, bool *removed)
{
    bool ignored;
    bloop_status status = refuse_key(key);
    if (status != BLOOP_OK)
        return status;
    if (!removed)
        removed = &ignored;
    if (IS_LONG(key))
        return delete_long(txn, key, removed);
    MDB_val physical = { key.size, (void *)(uintptr_t)key.data };
    return delete_physical(txn, &physical, removed);
}

bloop_status bl_record_open(const bl_txn *txn, const MDB_val *key, const MDB_val *value, bl_record_kind *kind,
                            bl_bytes *payload)
{
    const uint8_t *record = value->mv_data;
    if (BL_UNLIKELY(value->mv_size < BL_RECORD_HEAD))
        return bl_record_damaged(txn, key, "is too short");
    if (BL_UNLIKELY(bl_load_le32(record) != checksum(key, record, value->mv_size)))
        return bl_record_damaged(txn, key, "has a wrong checksum");
    *kind = (bl_record_kind)record[4];
    *payload = (bl_bytes){ record + BL_RECORD_HEAD, value->mv_size - BL_RECORD_HEAD };
    return BLOOP_OK;
}

bloop_status bl_record_write(bl_txn *txn, MDB_val *key, bl_record_kind kind, bl_bytes first, bl_bytes second)
{
    MDB_val value = { BL_RECORD_HEAD + first.size + second.size, NULL };
    int code = mdb_put(txn->txn, bl_database_of(txn, key->mv_data), key, &value, MDB_RESERVE);
    if (BL_UNLIKELY(code != 0))
        return bl_txn_error(txn, code, "writing a record");
    uint8_t *record = value.mv_data;
    bl_store_le32(record + 4, (uint32_t)kind);
    if (first.size)
        memcpy(record + BL_RECORD_HEAD, first.data, first.size);
    if (second.size)
        memcpy(record + BL_RECORD_HEAD + first.size, second.data, second.size);
    bl_store_le32(record, checksum(key, record, value.mv_size));
    return BLOOP_OK;
}

bloop_status bl_record_damaged(const bl_txn *txn, const MDB_val *key, const char *what)
{
    static const struct {
        bl_space space;
        const char *name;
    } names[] = {
        { BL_SPACE_FILE, "file" },       { BL_SPACE_COUNTERS, "counters" }, { BL_SPACE_CATALOG, "catalog" },
        { BL_SPACE_DROPPED, "dropped" }, { BL_SPACE_ITEMS, "items" },       { BL_SPACE_INDEXES, "indexes" },
        { BL_SPACE_LONG, "long keys" },
    };
    enum { SHOWN = 48 };
    char hex[2 * SHOWN + 4] = "";
    const uint8_t *bytes = key->mv_data;
    const char *space = "unknown";
    for (size_t i = 0; i < BL_COUNT_OF(names); i++)
        if (key->mv_size && bytes[0] == (uint8_t)names[i].space)
            space = names[i].name;
    size_t shown = key->mv_size < SHOWN ? key->mv_size : SHOWN;
    for (size_t i = 0; i < shown; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
    (void)bl_error(BLOOP_CORRUPT, "%s: the record in space \"%s\" under key %s%s (%zu bytes) %s", bl_env_path(txn->env),
                   space, hex, shown < key->mv_size ? "…" : "", key->mv_size, what);
    return BLOOP_CORRUPT;
}

bloop_status bl_marker_open(const bl_txn *txn, const MDB_val *key, const MDB_val *value, uint64_t *id)
{
    bl_record_kind kind = BL_RECORD_MARKER;
    bl_bytes payload = { NULL, 0 };
    bloop_status status = bl_record_open(txn, key, value, &kind, &payload);
    if (status != BLOOP_OK)
        return status;
    if (kind != BL_RECORD_MARKER || payload.size != 8)
        return bl_record_damaged(txn, key, "should mark a long key, and does not");
    *id = bl_load_le64(payload.data);
    return BLOOP_OK;
}

/* What no caller asks for unless it is wrong itself. Only keys of data may be long. */
static bloop_status refuse_key(bl_bytes key)
{
    bool possible = key.size > 0 && key.size <= BL_KEY_MAX && key.data[0] != BL_SPACE_LONG &&
                    (key.data[0] >= BL_FIRST_DATA || !IS_LONG(key));
    if (BL_UNLIKELY(!possible))
        return bl_error(BLOOP_INTERNAL, "a record's key of %zu bytes in space %#x is no possible one", key.size,
                        key.size ? key.data[0] : 0U);
    return BLOOP_OK;
}

static bloop_status get_physical(bl_txn *txn, MDB_val *key, bl_record_kind kind, bl_bytes *payload)
{
    MDB_val value;
    bl_record_kind found = kind;
    int code = mdb_get(txn->txn, bl_database_of(txn, key->mv_data), key, &value);
    if (code == MDB_NOTFOUND) {
        *payload = (bl_bytes){ NULL, 0 };
        return BLOOP_OK;
    }
    if (BL_UNLIKELY(code != 0))
        return bl_txn_error(txn, code, "reading a record");
    bl_bytes opened;
    bloop_status status = bl_record_open(txn, key, &value, &found, &opened);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    if (BL_UNLIKELY(found != kind))
        return bl_record_damaged(txn, key, "is of another kind than its place");
    *payload = opened;
    return BLOOP_OK;
}

static bloop_status get_long(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes *payload)
{
    bl_chain chain;
    bool found = false;
    bloop_status status = refuse_key(key);
    if (status == BLOOP_OK)
        status = bl_chain_find(txn, key, &chain, &found);
    if (status != BLOOP_OK)
        return status;
    if (!found) {
        *payload = (bl_bytes){ NULL, 0 };
        return BLOOP_OK;
    }
    uint8_t storage[BL_PHYSICAL_MAX];
    MDB_val physical = bl_piece(key, chain.depth, chain.ids[chain.depth - 1], storage);
    return get_physical(txn, &physical, kind, payload);
}

static bloop_status put_long(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes first, bl_bytes second)
{
    bl_chain chain;
    bloop_status status = bl_chain_make(txn, key, &chain);
    if (status != BLOOP_OK)
        return status;
    uint8_t storage[BL_PHYSICAL_MAX];
    MDB_val physical = bl_piece(key, chain.depth, chain.ids[chain.depth - 1], storage);
    return bl_record_write(txn, &physical, kind, first, second);
}

static bloop_status delete_physical(bl_txn *txn, MDB_val *key, bool *removed)
{
    int code = mdb_del(txn->txn, bl_database_of(txn, key->mv_data), key, NULL);
    if (code != 0 && code != MDB_NOTFOUND)
        return bl_txn_error(txn, code, "removing a record");
    *removed = code == 0;
    return BLOOP_OK;
}

static bloop_status delete_long(bl_txn *txn, bl_bytes key, bool *removed)
{
    bl_chain chain;
    bool found = false;
    bloop_status status = bl_chain_find(txn, key, &chain, &found);
    if (status != BLOOP_OK)
        return status;
    if (!found) {
        *removed = false;
        return BLOOP_OK;
    }
    uint8_t storage[BL_PHYSICAL_MAX];
    MDB_val physical = bl_piece(key, chain.depth, chain.ids[chain.depth - 1], storage);
    bool was_there = false;
    status = delete_physical(txn, &physical, &was_there);
    if (status == BLOOP_OK && was_there)
        status = bl_chain_prune(txn, key, &chain);
    if (status == BLOOP_OK)
        *removed = was_there;
    return status;
}

/* Of the physical key, and of all that follows the checksum itself. */
static inline uint32_t checksum(const MDB_val *key, const uint8_t *record, size_t size)
{
    return bl_crc32c(bl_crc32c(0, key->mv_data, key->mv_size), record + 4, size - 4);
}
