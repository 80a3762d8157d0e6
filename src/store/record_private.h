/* Records of any key length under keys of any length, in key order, each with its checksum: what the store is written on.

   LMDB's keys end at 511 bytes; a longer key ends in a marker whose record names a fresh prefix id, and the rest of the
   key stands under that id, and so on. Nothing above this module sees that. Keys are compared as bytes, a key before all
   that it begins. Every key starts with a space (one byte); a space that this version does not know is left alone.

   A record is: u32 CRC-32C of physical key and what follows, u8 kind, u8 flags, u16 zero, payload. */
#ifndef BL_STORE_RECORD_PRIVATE_H
#define BL_STORE_RECORD_PRIVATE_H

#include "env_private.h"

/* Numbered for good. Ids are big-endian u32, hashes 16 bytes. */
typedef enum bl_space {
    BL_SPACE_FILE = 0x01,     /* name: the header and other facts about the file */
    BL_SPACE_COUNTERS = 0x02, /* 0: the file's change counter; table id: counts and bytes of it and its indexes */
    BL_SPACE_CATALOG = 0x03,  /* table name: its description */
    BL_SPACE_DROPPED = 0x04,  /* id of a table or index whose entries are still being removed */
    BL_SPACE_ITEMS = 0x10,    /* table id, hash of the hash key, range key: item */
    BL_SPACE_INDEXES = 0x11,  /* index id, hash of the hash key, range key, the item's own (hash, range key): entry */
    BL_SPACE_LONG = 0x7F      /* prefix id (u64), rest of a long key: as the beginning says */
} bl_space;

typedef enum bl_record_kind {
    BL_RECORD_HEADER = 1,
    BL_RECORD_COUNTERS = 2,
    BL_RECORD_TABLE = 3,
    BL_RECORD_DROPPED = 4,
    BL_RECORD_ITEM = 5,       /* u32 size as DynamoDB counts it, packed item */
    BL_RECORD_ENTRY = 6,      /* u32 size, packed projected item */
    BL_RECORD_MARKER = 7,     /* u64 prefix id; of this module */
    BL_RECORD_NEXT_PREFIX = 8 /* u64, the next free prefix id: [BL_SPACE_FILE, "prefix"]; of this module */
} bl_record_kind;

/* Longest logical key: hash and range keys of a table and an index (2 x (16 + 1,024) and ids), escaped, with room. */
#define BL_KEY_MAX 6144

typedef struct bl_bytes {
    const uint8_t *data;
    size_t size;
} bl_bytes;

/* The payload of a record, in the map: valid until the transaction ends or writes. data is NULL when there is none (that
   is no error). BLOOP_CORRUPT when the checksum or the kind is wrong; the message names space and key. */
bloop_status bl_record_get(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes *payload);

/* Writes a record made of two parts, one after the other (either may be empty), over any that is there. Neither key nor
   parts may lie in the map or in what this transaction wrote. After a failure the transaction has to be aborted. */
bloop_status bl_record_put(bl_txn *txn, bl_bytes key, bl_record_kind kind, bl_bytes first, bl_bytes second);

/* Removes a record. *removed (may be NULL) tells whether there was one. */
bloop_status bl_record_delete(bl_txn *txn, bl_bytes key, bool *removed);

/* Stores what bl_record_put counted up in this transaction; bl_write_commit does it. */
bloop_status bl_chain_store_next(bl_txn *txn);

/* Walks records in key order. Lives on a stack; end it with bl_walk_end, before its transaction ends. Writes by the same transaction invalidate it,
   except bl_walk_delete. */
typedef struct bl_walk {
    bl_txn *txn;
    struct bl_walk_level *levels; /* of the chain of long-key prefixes; the module's own */
    uint32_t depth;
    bool backward;
    uint8_t *key; /* the current logical key; valid until the walk moves; not to be written to */
    size_t key_size;
    bl_record_kind kind;
    bl_bytes payload;
    bl_bytes prefix;   /* the walk stays below it */
    MDB_dbi database;  /* in which all that begins with it stands */
    uint8_t place;     /* where the innermost cursor stands: the module's own */
    uint8_t *long_key; /* room for a key that is put together from pieces; NULL until it is wanted */
} bl_walk;

/* Begins a walk over all keys that begin with `prefix` (copied); an empty one begins all keys of the database of data. */
bloop_status bl_walk_begin(bl_txn *txn, bl_bytes prefix, bool backward, bl_walk *out);
/* Stands before the first key >= `from` (forward), or the last key <= `from` (backward). */
bloop_status bl_walk_seek(bl_walk *walk, bl_bytes from);
/* Goes to the next record; *found is false at the end. Verifies the checksum. */
bloop_status bl_walk_next(bl_walk *walk, bool *found);
/* Removes the current record; the next call of bl_walk_next goes on behind it. */
bloop_status bl_walk_delete(bl_walk *walk);
void bl_walk_end(bl_walk *walk);

/* CRC-32C (Castagnoli), continued from `crc` (0 to begin): SSE4.2 where the machine has it, else tables. */
uint32_t bl_crc32c(uint32_t crc, const void *data, size_t size);
/* The same by tables alone: for its test. */
uint32_t bl_crc32c_tables(uint32_t crc, const void *data, size_t size);

/* SipHash-2-4 with a 128-bit result: the keyed hash of hash keys. */
void bl_siphash128(const uint8_t key[16], const void *data, size_t size, uint8_t out[16]);

#endif
