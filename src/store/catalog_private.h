/* Tables as the store knows them: descriptors, their stored form, and the cache that finds them by name.

   A descriptor never changes: a changed table has a new one. The cache is one for all backends of a file; it knows for which
   snapshots its descriptors are right, and asks the file again only after another process has written to it. */
#ifndef BL_STORE_CATALOG_PRIVATE_H
#define BL_STORE_CATALOG_PRIVATE_H

#include <stdatomic.h>

#include <bloop/op.h>

#include "keys_private.h"

/* Far above the service's limits (20 global and 5 local indexes), so that a damaged record is noticed. */
#define BL_INDEXES_MAX 64

typedef struct bl_index {
    uint32_t id;
    bool local;
    bool backfilling; /* being created: not every item that belongs has its entry yet */
    const char *name;
    bl_key_schema key;
    bloop_projection_type projection;
    const bloop_slice *names; /* unless ALL: the attributes it holds, in the order of items; the keys among them */
    uint32_t name_count;
} bl_index;

typedef struct bl_table {
    atomic_uint references;
    uint32_t id;
    bl_key_schema key;
    bl_index *indexes; /* the global ones, then the local ones, each in the order of the definition */
    uint32_t index_count;
    bloop_table_description about; /* without counts and states of indexes */
    bloop_item packed;             /* the stored form, in which all names stand */
    bl_arena arena;                /* what the above points to */
} bl_table;

/* The descriptor of a table that does not exist yet. Ids are from `next_id` on, which is moved behind them. */
bloop_status bl_table_new(const bloop_table_definition *definition, uint32_t *next_id, bl_table **out);
/* A changed copy: the new definition's indexes keep the ids that those of the same name had; others get new ones and are
   backfilling. The stream's label stays as long as the view type does. */
bloop_status bl_table_change(const bl_table *table, const bloop_table_definition *definition, uint32_t *next_id,
                             bl_table **out);
/* A copy on which no index is backfilling. */
bloop_status bl_table_finish(const bl_table *table, bl_table **out);
bl_table *bl_table_keep(bl_table *table);
void bl_table_release(bl_table *table); /* NULL is fine */

/* From the stored form: a packed item. What this version does not know in it is ignored. BLOOP_CORRUPT, or
   BLOOP_INCOMPATIBLE for a form of a later version. */
bloop_status bl_table_unpack(bloop_item packed, const char *name, bl_table **out);

/* The record of a table. */
bloop_status bl_table_read(bl_txn *txn, const char *name, bl_table **out); /* *out is NULL when there is none */
bloop_status bl_table_write(bl_txn *txn, const bl_table *table);
bloop_status bl_table_remove(bl_txn *txn, const bl_table *table);

typedef struct bl_catalog {
    pthread_mutex_t lock;
    uint64_t version;    /* of the file's catalog, which every change of a table increases */
    uint64_t from, upto; /* the snapshots that are known to have that version; upto 0: none */
    bl_table **slots;    /* a hash table of names, open addressing */
    size_t capacity, count;
} bl_catalog;

bloop_status bl_catalog_init(bl_catalog *catalog);
void bl_catalog_destroy(bl_catalog *catalog);
/* The table of a name as of a transaction's snapshot; the reference is the caller's. *out is NULL when there is none. In
   a write transaction: as it was before the transaction. */
bloop_status bl_catalog_find(bl_catalog *catalog, bl_txn *txn, const char *name, bl_table **out);
/* Tells that this process has committed the transaction `id`, which changed tables or did not. */
void bl_catalog_committed(bl_catalog *catalog, uint64_t id, bool changed);

#endif
