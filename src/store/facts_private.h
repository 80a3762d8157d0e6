/* The small records that change with nearly every write: what the file counts, and what a table and its indexes hold. */
#ifndef BL_STORE_FACTS_PRIVATE_H
#define BL_STORE_FACTS_PRIVATE_H

#include "catalog_private.h"

typedef struct bl_facts {
    uint64_t changes;         /* of items, since the file was made; never goes back */
    uint64_t catalog_version; /* changes of tables, likewise */
    uint32_t next_id;         /* of tables and indexes; never used twice */
} bl_facts;

/* A file that nothing was written to has the facts of an empty one. */
bloop_status bl_facts_read(bl_txn *txn, bl_facts *out);
bloop_status bl_facts_write(bl_txn *txn, const bl_facts *facts);

typedef struct bl_count {
    uint64_t items, bytes;
} bl_count;

/* counts[0] is the table's own, counts[1 + i] that of table->indexes[i]. Zero for what has no record yet. */
bloop_status bl_counts_read(bl_txn *txn, const bl_table *table, bl_count *counts);
bloop_status bl_counts_write(bl_txn *txn, const bl_table *table, const bl_count *counts);
bloop_status bl_counts_remove(bl_txn *txn, const bl_table *table);

#endif
