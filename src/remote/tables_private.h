/* What is known of the endpoint's tables. Private to src/remote. */
#ifndef BL_REMOTE_TABLES_PRIVATE_H
#define BL_REMOTE_TABLES_PRIVATE_H

#include "remote_private.h"

#define BL_KEY_NAME_SIZE 256 /* 255 bytes (developer guide, "Quotas: Partition keys and sort keys"), and a zero byte */

/* The names of a table's key attributes; `range` is empty when there is none. */
typedef struct bl_key_names {
    char hash[BL_KEY_NAME_SIZE], range[BL_KEY_NAME_SIZE];
} bl_key_names;

/* Asks the service (DescribeTable) for tables that were not looked up before. Fails as that does. */
bloop_status bl_tables_key_names(bl_remote *remote, const char *table, bl_key_names *out);
/* The table has changed, or may have. */
void bl_tables_forget(bl_remote *remote, const char *table);
void bl_tables_free(bl_remote *remote);

#endif
