/* Capacity units, as Amazon DynamoDB counts them (developer guide, "DynamoDB read and write operations"), and the sizes of
   item collections: told to who asks for them. */
#ifndef BL_STORE_CAPACITY_PRIVATE_H
#define BL_STORE_CAPACITY_PRIVATE_H

#include <bloop/sys/backend.h>

#include "item_private.h"
#include "op/op.h"

enum { BL_READ_BLOCK = 4096, BL_WRITE_BLOCK = 1024 };

/* A size in blocks; nothing at all still costs one. */
static inline uint64_t bl_blocks(uint64_t bytes, uint32_t block)
{
    return bytes > block ? (bytes + block - 1) / block : 1;
}

/* Units of a read of so many blocks: half as much when it need not be consistent. */
static inline double bl_read_units(uint64_t blocks, bool consistent)
{
    return consistent ? (double)blocks : (double)blocks / 2;
}

/* What a request has consumed of a table. */
typedef struct bl_consumption {
    const char *name; /* of the table, as it was asked for */
    double table_units;
    const bl_table *table;     /* whose indexes the rest is about; may be NULL without it */
    const double *index_units; /* one for each of its indexes, 0 for those that were not used; NULL: none was */
} bl_consumption;

/* Tells of it in memory of the result; nothing when nobody asks. */
bloop_status bl_capacity_tell(bloop_result_memory *memory, bloop_capacity_detail detail, const bl_consumption *consumed,
                              const bloop_consumed_capacity **out);

/* The metrics of the collection that `item` belongs to, of a table with local indexes; else none. collection.c */
bloop_status bl_collection_tell(bl_change *change, const bl_tally *tally, bloop_item item, bloop_result_memory *memory,
                                const bloop_collection_metrics **out);

/* From how many bytes to how many. */
typedef struct bl_collection_size {
    uint64_t at_least, at_most;
} bl_collection_size;
/* Walks over a collection, at most `most` records of it: what lies beyond is taken to be anything up to `all`. */
bloop_status bl_collection_measure(bl_txn *txn, const bl_table *table, bloop_value hash, uint64_t most, uint64_t all,
                                   bl_collection_size *out);
/* Whole gigabytes around it. */
void bl_collection_range(bl_collection_size size, bloop_collection_metrics *out);

#endif
