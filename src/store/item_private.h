/* Items as records. */
#ifndef BL_STORE_ITEM_PRIVATE_H
#define BL_STORE_ITEM_PRIVATE_H

#include "change_private.h"

/* An item in the file: valid until the transaction ends or writes. item.data is NULL when there is none. */
typedef struct bl_stored {
    bloop_item item;
    uint32_t size; /* as DynamoDB counts it */
} bl_stored;

/* The item under `key`, which is that of `key_item`: its record is verified, and that it is the item of that key and not
   one whose hash is the same. */
bloop_status bl_item_read(bl_txn *txn, const bl_table *table, const bl_key *key, bloop_item key_item, bl_stored *out);
bloop_status bl_item_write(bl_txn *txn, const bl_key *key, bloop_item item, uint32_t size);

/* The payload of a record of an item or an entry, taken apart. BLOOP_CORRUPT when it is no map of that size; what is in
   the map is not looked at (README.md, "Trust"). */
bloop_status bl_item_unpack(bl_bytes payload, bl_stored *out);

/* The "requested resource not found" of operations on items, in the service's words. */
bloop_status bl_table_missing(void);

/* Who changes an item: streams tell their readers. */
typedef enum bl_who { BL_BY_CALLER } bl_who;

/* An item was changed: what every write ends in. Keeps the indexes and all counts. Either may be absent; neither moves
   while records are written. */
typedef struct bl_changed {
    bl_tally *tally; /* of the table */
    const bl_key *key;
    bl_stored old, new;
    bl_who who;
    double *index_units; /* set for each index that changes: the write units of that; NULL: nobody asks */
} bl_changed;
bloop_status bl_item_changed(bl_change *change, const bl_changed *changed);

/* What an index holds of an item: the item itself, or built by `builder`. */
bloop_status bl_index_project(const bl_index *index, bloop_item item, bloop_builder *builder, bloop_item *out);
/* Adds the entry of an item to an index that is being created, unless it is there. */
bloop_status bl_index_backfill(bl_change *change, bl_tally *tally, uint32_t place, const bl_key *key, bl_stored item);

#endif
