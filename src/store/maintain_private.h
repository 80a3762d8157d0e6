/* Work that a call leaves for later or that a crash has left over: entries of dropped tables and indexes are removed, new
   indexes filled, a bounded piece a transaction, so that no other writer waits for long. */
#ifndef BL_STORE_MAINTAIN_PRIVATE_H
#define BL_STORE_MAINTAIN_PRIVATE_H

#include "store_private.h"

/* Notes in the open transaction that the records of `space` under `id` are to be removed. */
bloop_status bl_drop(bl_change *change, bl_space space, uint32_t id);
/* Removes what is noted, one bounded transaction after the other, until nothing is left. */
bloop_status bl_sweep_all(bl_store *store);
/* The same after something is already gone for its users: what fails is left for later and told to nobody. */
void bl_sweep_quietly(bl_store *store);
/* Gives the items that a table has their entries in its indexes that are being created, and ends their creation. */
bloop_status bl_fill_indexes(bl_store *store, const char *table);
/* Takes up what a process that died has left. A few pieces of a large rest; write calls do the others. */
bloop_status bl_maintain_at_open(bl_store *store);
/* A piece of what is left, after a write. */
void bl_maintain_after_write(bl_store *store);

#endif
