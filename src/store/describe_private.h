/* Descriptions of tables for callers. */
#ifndef BL_STORE_DESCRIBE_PRIVATE_H
#define BL_STORE_DESCRIBE_PRIVATE_H

#include "catalog_private.h"
#include "facts_private.h"

/* Copies all that describes a table. `counts` as bl_counts_read has them. */
bloop_status bl_describe(const bl_table *table, const bl_count *counts, bloop_table_status table_status,
                         bloop_table_result *out);

/* "Table: … not found", in the words of operations on tables. */
bloop_status bl_table_not_found(const char *name);

#endif
