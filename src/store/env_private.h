/* The file below the store: one LMDB environment a file and process, its transactions, its growth. */
#ifndef BL_STORE_ENV_PRIVATE_H
#define BL_STORE_ENV_PRIVATE_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include <bloop/sys/store.h>

#include "base/base.h"

/* Shared by all backends of this process that have the file open: found by device and inode, counted. */
typedef struct bl_env bl_env;

/* Opens or shares the environment; creates and syncs a new file and its folder; writes or checks the header (a record in
   space BL_SPACE_FILE: magic, format version, compatible and incompatible feature bits, the 16 random bytes that key the
   hash); clears dead readers; reserves the map (halved while the system refuses). */
bloop_status bl_env_acquire(const bloop_store_options *options, bl_env **out);
/* The last one closes the file; what BLOOP_DURABLE_LATER has put off is synced then. */
void bl_env_release(bl_env *env);
const uint8_t *bl_env_hash_key(const bl_env *env); /* 16 bytes */
bool bl_env_read_only(const bl_env *env);
/* For messages: the file, by its real name. */
const char *bl_env_path(const bl_env *env);
/* A place for the one object of the layer above that all backends of the file share (caches, the commit queue): made by
   `make` under the table's lock by whoever comes first, released by `unmake` with the environment. */
bloop_status bl_env_shared(bl_env *env, bloop_status (*make)(bl_env *env, void **out), void (*unmake)(void *shared),
                           void **out);

/* A file has two of LMDB's databases. Keys whose first byte is below BL_FIRST_DATA stand in the main one, which is small:
   what is said of the file and its tables, and one entry of LMDB's own, the name and the root of the other. All others
   stand in that one. So a write to an item, which changes counters too, changes one path in a large tree, and the
   page or two of the small one that LMDB has to write in any case, since the large one's root has moved. */
#define BL_FIRST_DATA 0x10
#define BL_DATA_NAME  "~data" /* behind all keys of the main database, so that it is found without a search */

/* A transaction. Lives on a stack, inside one public call. A thread has one at a time (while it writes it may read too),
   and calls bl_env_grow with none: whoever changes the map waits for all transactions, and new ones wait for that. */
typedef struct bl_txn {
    bl_env *env;
    MDB_txn *txn;
    MDB_dbi main, data;
    MDB_cursor *cursor; /* of data, kept and renewed with a pooled read transaction; NULL while it is in use */
    uint64_t id; /* the snapshot: the number of the last commit in it (reads), or the number that this one will be */
    bool writes;
    bool map_full;        /* see bl_txn_map_full */
    bool prefix_changed;  /* next_prefix has to be stored by the commit */
    uint64_t next_prefix; /* of long keys: the next free id; 0 until it is wanted (record_chain.c) */
    uint32_t slot;        /* of the reader pool */
} bl_txn;

/* Where a key stands; it has a byte at least. */
static inline MDB_dbi bl_database_of(const bl_txn *txn, const void *key)
{
    return *(const uint8_t *)key < BL_FIRST_DATA ? txn->main : txn->data;
}

/* A snapshot to read. Never waits for a writer. Waits while all reader slots are in use by live readers of this process;
   clears slots of dead processes. BLOOP_FORKED in a child of the process that opened the environment. */
bloop_status bl_read_begin(bl_env *env, bl_txn *out);
void bl_read_end(bl_txn *txn);

/* The file's one writer, among all processes; waits for its turn. */
bloop_status bl_write_begin(bl_env *env, bl_txn *out);
/* Ends it. When a sync failed, BLOOP_UNKNOWN_OUTCOME; when the commit surely did not happen (disk full, map full), its
   status: nothing has changed. The transaction is over in every case. */
bloop_status bl_write_commit(bl_txn *txn);
void bl_write_abort(bl_txn *txn);

/* The status and message of an LMDB result code, or errno, with what was being done. */
bloop_status bl_env_error(bl_env *env, int code, const char *doing);
/* The same inside a transaction, which remembers a full map. */
bloop_status bl_txn_error(bl_txn *txn, int code, const char *doing);
/* Whether the last failure in this transaction was a full map: abort, call bl_env_grow, run again. */
bool bl_txn_map_full(const bl_txn *txn);
/* Makes the map larger; waits for this process's transactions to end first. BLOOP_DISK_FULL when the system lets no more. */
bloop_status bl_env_grow(bl_env *env);

#endif
