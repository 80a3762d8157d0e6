/* One write transaction, with what must be noted at its end: the facts of the file and the counts of tables. */
#ifndef BL_STORE_CHANGE_PRIVATE_H
#define BL_STORE_CHANGE_PRIVATE_H

#include "facts_private.h"
#include "value/value.h"

typedef struct bl_store bl_store;

/* What a table and its indexes hold, as this transaction will leave it. */
typedef struct bl_tally {
    bl_table *table;
    bool changed;
    bl_count *counts; /* as bl_counts_read */
} bl_tally;

/* Belongs to the one thread that leads the queue (commit.c); its memory is kept from one transaction to the next, and so
   are facts and tallies as long as nobody else writes to the file. */
typedef struct bl_change {
    bl_store *store;
    bl_txn txn;
    bool changed; /* something was written */
    bool catalog_changed;
    uint64_t known_at; /* the snapshot of which facts and tallies tell; they are unknown when it is not the last one */
    bool known;
    bl_facts facts;
    bl_tally *tallies;
    size_t tally_count, tally_capacity;
    bloop_builder item, before, after; /* the item that an update makes; entries of an index */
    bl_buffer old;                     /* a copy of the old item, which does not move when records are written */
} bl_change;

void bl_change_init(bl_change *change, bl_store *store);
void bl_change_destroy(bl_change *change);

bloop_status bl_change_begin(bl_change *change);
/* The counts of a table; the pointer is good until the next call. */
bloop_status bl_change_tally(bl_change *change, bl_table *table, bl_tally **out);
/* Writes what is to be noted and commits; ends the transaction in every case. When nothing was changed it just ends.
   A failure may be a full map (bl_txn_map_full). */
bloop_status bl_change_commit(bl_change *change);
void bl_change_abort(bl_change *change);

#endif
