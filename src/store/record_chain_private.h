/* Physical keys: how a key of any length is laid out in LMDB's, which end at 511 bytes.

   The first piece of a key is its first 511 bytes; when there are fewer, it is the physical key of the record. Else it is
   the physical key of a marker, whose record holds a prefix id, and the next piece is [BL_SPACE_LONG, id, the next 502
   bytes]: again a record's when it is shorter than 511 bytes, and a marker's when it is as long. So records of one prefix
   stand together in order, and a physical key of 511 bytes is always a marker's. */
#ifndef BL_STORE_RECORD_CHAIN_PRIVATE_H
#define BL_STORE_RECORD_CHAIN_PRIVATE_H

#include "record_private.h"

#define BL_PHYSICAL_MAX 511
#define BL_CHAIN_HEAD   9 /* space and id */
#define BL_CHAIN_REST   (BL_PHYSICAL_MAX - BL_CHAIN_HEAD)
/* The most markers that a key of BL_KEY_MAX bytes has. */
#define BL_CHAIN_MAX   (1 + (BL_KEY_MAX - BL_PHYSICAL_MAX) / BL_CHAIN_REST)
#define BL_RECORD_HEAD 8

/* The markers of a long key, outermost first: the ids that they name. */
typedef struct bl_chain {
    uint64_t ids[BL_CHAIN_MAX];
    uint32_t depth;
} bl_chain;

/* Where in a key the piece below `depth` markers begins. */
static inline size_t bl_piece_start(uint32_t depth)
{
    return depth == 0 ? 0 : BL_PHYSICAL_MAX + (size_t)(depth - 1) * BL_CHAIN_REST;
}
/* The physical key of that piece; `id` is that of the marker above it (ignored at depth 0). */
MDB_val bl_piece(bl_bytes key, uint32_t depth, uint64_t id, uint8_t storage[BL_PHYSICAL_MAX]);

static inline bool bl_is_marker(const MDB_val *physical)
{
    return physical->mv_size == BL_PHYSICAL_MAX;
}

/* The physical key of the record of a long key: goes down the markers; with `make`, makes those that are missing.
   *found is false when one is missing. */
bloop_status bl_chain_find(bl_txn *txn, bl_bytes key, bl_chain *chain, bool *found);
bloop_status bl_chain_make(bl_txn *txn, bl_bytes key, bl_chain *chain);
/* Removes those markers of a chain below which nothing stands any more. */
bloop_status bl_chain_prune(bl_txn *txn, bl_bytes key, const bl_chain *chain);

/* Takes apart what LMDB has under a physical key, and verifies its checksum. */
bloop_status bl_record_open(const bl_txn *txn, const MDB_val *key, const MDB_val *value, bl_record_kind *kind,
                            bl_bytes *payload);
/* The same for a marker: the id that it names. */
bloop_status bl_marker_open(const bl_txn *txn, const MDB_val *key, const MDB_val *value, uint64_t *id);
/* Writes a record under a physical key. */
bloop_status bl_record_write(bl_txn *txn, MDB_val *key, bl_record_kind kind, bl_bytes first, bl_bytes second);
/* What is found wrong with a record. Always BLOOP_CORRUPT. */
bloop_status bl_record_damaged(const bl_txn *txn, const MDB_val *key, const char *what);

#endif
