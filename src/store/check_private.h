/* The checker's inside: check.c (two processes), check_walk.c (the walk over all records), check_items.c (items and entries
   against each other), check_chains.c (long keys). */
#ifndef BL_STORE_CHECK_PRIVATE_H
#define BL_STORE_CHECK_PRIVATE_H

#include <bloop/sys/check.h>

#include "item_private.h"

/* A table as it is described, and what the walk has found of it. */
typedef struct bl_checked_table {
    bl_table *table;
    bl_count *recorded; /* of it and its indexes, as bl_counts_read */
    bl_count *expected; /* of its indexes: what its items should have there */
    bl_count *found;
} bl_checked_table;

/* A check under way, in the child process. */
typedef struct bl_check {
    bl_txn txn;
    bloop_check_counts *counts; /* shared with the parent, which has them even if this process dies */
    void (*report)(void *context, const char *text);
    void *context;
    bl_checked_table *tables;
    size_t table_count, table_capacity;
    size_t at;         /* the table that was asked for last: records of one stand together */
    uint32_t *dropped; /* ids of tables and indexes whose rests are no fault */
    size_t dropped_count, dropped_capacity;
    bloop_builder builder;
} bl_check;

/* Walks everything in the snapshot of check->txn. A failure is that of the walk itself, such as BLOOP_NO_MEMORY; what is
   wrong in the file is reported. */
bloop_status bl_check_walk(bl_check *check);
bloop_status bl_check_chains(bl_check *check);
/* The current record of a walk. */
bloop_status bl_check_item(bl_check *check, const bl_walk *walk);
bloop_status bl_check_entry(bl_check *check, const bl_walk *walk);
void bl_check_totals(bl_check *check);

/* Counts and reports a problem (printf's format). */
void bl_check_problem(bl_check *check, const char *format, ...) BLOOP_PRINTF_(2, 3);
/* The same with the thread's last error, if it is one of the file; else returns it. */
bloop_status bl_check_failure(bl_check *check, bloop_status status, const char *where);

bl_checked_table *bl_check_find_table(bl_check *check, uint32_t id);
bl_checked_table *bl_check_find_index(bl_check *check, uint32_t id, uint32_t *place);
bool bl_check_is_dropped(const bl_check *check, uint32_t id);

#endif
