/* The stored form of a table's description, written and read. */
#ifndef BL_STORE_TABLE_PRIVATE_H
#define BL_STORE_TABLE_PRIVATE_H

#include "catalog_private.h"

#define BL_TABLE_NAME_MAX    255
#define BL_STREAM_LABEL_SIZE 80

typedef struct bl_index_plan {
    uint32_t id;
    bool backfilling;
} bl_index_plan;

/* All that is stored of a table. */
typedef struct bl_table_plan {
    const bloop_table_definition *definition;
    uint32_t id;
    const char *uuid;
    int64_t created_at;
    const char *stream_label; /* used when the definition has a stream */
    bl_index_plan global[BL_INDEXES_MAX], local[BL_INDEXES_MAX];
} bl_table_plan;

/* *out belongs to the builder. */
bloop_status bl_table_pack(const bl_table_plan *plan, bloop_builder *builder, bloop_item *out);

#endif
