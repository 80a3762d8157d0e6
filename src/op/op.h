/* The interface of area op: the validation that backends with a schema need, and what they share about definitions.
   The public half is in bloop/op.h and bloop/sys/backend.h.

   Everything here fails with BLOOP_VALIDATION and the service's own message, unless it says otherwise. */
#ifndef BL_OP_H
#define BL_OP_H

#include <bloop/op.h>
#include <bloop/sys/backend.h>

#include "base/base.h"
#include "expr/expr.h"

/* The service's limits (developer guide, "Service, account, and table quotas"). */
#define BL_MAX_ITEM_SIZE          (400 * 1024)
#define BL_MAX_HASH_KEY_SIZE      2048
#define BL_MAX_RANGE_KEY_SIZE     1024
#define BL_MAX_BATCH_GET          100
#define BL_MAX_BATCH_WRITE        25
#define BL_MAX_RESPONSE_SIZE      (16 * 1024 * 1024)
#define BL_MAX_GLOBAL_INDEXES     20
#define BL_MAX_LOCAL_INDEXES      5
#define BL_MAX_INCLUDED_PER_INDEX 20
#define BL_MAX_INCLUDED           100

/* Requests, as far as they can be judged without their tables. bloop_…() of bloop/op.h call these; a server that takes
   requests from elsewhere may call them as well. */
bloop_status bl_op_check_table_name(const char *table);
bloop_status bl_op_check_create_table(const bloop_table_definition *table);
bloop_status bl_op_check_update_table(const bloop_update_table_request *request);
/* What a definition in C can't get wrong, but one as JSON can; told where the service tells it, among what the others check.
   Zeroed: nothing. */
typedef struct bl_key_faults {
    bool first_not_hash, second_not_range; /* KeyType of the elements of a KeySchema */
    bool no_projection_type;               /* of an index */
} bl_key_faults;
typedef struct bl_table_faults {
    bl_key_faults table;
    const bl_key_faults *local, *global; /* as many as the definition has; NULL: none has any */
    bool empty_local, empty_global;      /* a list of indexes is there, and empty */
} bl_table_faults;
bloop_status bl_op_check_new_table(const bloop_table_definition *table, const bl_table_faults *faults);
bloop_status bl_op_check_new_index(const bloop_update_table_request *request, const bl_key_faults *faults);
/* Units beyond what there can be. Those of an index that is changed are judged when it has been found. */
bloop_status bl_op_check_units(bloop_throughput throughput);
bloop_status bl_op_check_list_tables(const bloop_list_tables_request *request);
bloop_status bl_op_check_get(const bloop_get_request *request);
bloop_status bl_op_check_batch_get(const bloop_batch_get_request *request);
bloop_status bl_op_check_write(const bloop_write_request *request);
bloop_status bl_op_check_batch_write(const bloop_write_request *requests, size_t count);
bloop_status bl_op_check_search(const bloop_search_request *request);
bloop_status bl_op_check_segment(int32_t segment, int32_t total); /* a part of that */

/* The type of a key attribute; BLOOP_TAG_NONE when the definition has no such attribute. */
bloop_tag bl_op_attribute_type(const bloop_table_definition *table, const char *name);
/* The index of that name, global ones first; NULL when there is none. */
const bloop_index_definition *bl_op_find_index(const bloop_table_definition *table, const char *name);

/* Whether `key` is exactly the table's key: of GetItem, UpdateItem, DeleteItem and batches. */
bloop_status bl_op_check_key(const bloop_table_definition *table, bloop_item key);
/* Whether a projection (NULL: none) takes the attributes of keys for the scalars that they are: of reads by key. */
bloop_status bl_op_check_projected_keys(const bloop_table_definition *table, const bloop_projection_paths *projection);
/* The same of what a write's condition and update name. To be called before the item is read. */
bloop_status bl_op_check_written_keys(const bloop_table_definition *table, const bloop_write_request *request);
/* Whether `item` has the table's key, and keys of indexes of the right type where it has them: of PutItem. */
bloop_status bl_op_check_item_keys(const bloop_table_definition *table, bloop_item item);
/* The same of a put in a batch, which the service words as it does for a key. */
bloop_status bl_op_check_batch_item_keys(const bloop_table_definition *table, bloop_item item);
/* Whether an update leaves the key attributes alone, and gives those of indexes values of their type. To be called
   before the item is read. */
bloop_status bl_op_check_update_keys(const bloop_table_definition *table, const bloop_update *update);
/* Whether the item that an update made suits the indexes, and is not too large. To be called before it is stored. */
bloop_status bl_op_check_updated_item(const bloop_table_definition *table, bloop_item item);
/* Whether no two requests of a batch concern one item. tables[i] is the definition of requests[i].table; the items have
   passed bl_op_check_key or bl_op_check_batch_item_keys. */
bloop_status bl_op_check_batch_duplicates(const bloop_write_request *requests, size_t count,
                                          const bloop_table_definition *const *tables);

/* Whether a value is one that a key attribute can have: present, of its type, neither empty nor too long. */
bloop_status bl_op_check_key_piece(const bloop_table_definition *table, const char *name, bool range,
                                   bloop_value value);

/* Violations of the service model's constraints, collected as the service reports them: all of a request in one message,
   "2 validation errors detected: Value 'x' at 'tableName' failed to satisfy constraint: …; Value …", ten at most. */
typedef enum bl_name_kind {
    BL_NAME_NEW_TABLE,     /* TableName of CreateTable; a key of the map RequestItems */
    BL_NAME_TABLE,         /* TableName of all else: shorter ones simply do not exist */
    BL_NAME_START_TABLE,   /* ExclusiveStartTableName */
    BL_NAME_INDEX,         /* IndexName */
    BL_NAME_KEY_ATTRIBUTE, /* AttributeName of a key or a definition */
    BL_NAME_INCLUDED       /* an element of NonKeyAttributes */
} bl_name_kind;
typedef struct bl_violations { /* zeroed is empty */
    unsigned count;
    size_t length;
    char text[BL_ERROR_SIZE - 64];
} bl_violations;
/* Adds "Value <value> at '<where>' failed to satisfy constraint: <constraint>"; value NULL is null. `where` is printf's
   format, for members of lists. */
void bl_violation(bl_violations *v, const char *value, const char *constraint, const char *where, ...)
    BLOOP_PRINTF_(4, 5);
/* Adds a violation that the service words in another way. */
void bl_violation_in_words(bl_violations *v, const char *format, ...) BLOOP_PRINTF_(2, 3);
/* Adds what is wrong with a name. */
void bl_violation_of_name(bl_violations *v, bl_name_kind kind, const char *name, const char *where, ...)
    BLOOP_PRINTF_(4, 5);
/* The same of one that need not end in a zero byte; data NULL is none. */
void bl_violation_of_name_text(bl_violations *v, bl_name_kind kind, bloop_slice name, const char *where);
bool bl_is_name(bl_name_kind kind, bloop_slice name); /* whether there is nothing wrong with it */
/* Adds an error when a length is not from `low` to `high`; `value` is what messages print. */
void bl_violation_of_length(bl_violations *v, const char *value, size_t length, size_t low, size_t high,
                            const char *where);
/* Adds an error when the value is not from `low` to `high`. */
void bl_violation_of_number(bl_violations *v, int64_t value, int64_t low, int64_t high, const char *where, ...)
    BLOOP_PRINTF_(5, 6);
/* BLOOP_VALIDATION with all of them; BLOOP_OK when there are none. */
bloop_status bl_violations_end(const bl_violations *v);
/* BatchGetItem and BatchWriteItem: what is wrong with the name of a table, a key of the map RequestItems. */
void bl_violation_of_map_key(bl_violations *v, bloop_slice name);
/* BatchWriteItem: a list of RequestItems that is empty, or else too long. */
void bl_violation_of_map_value(bl_violations *v, bloop_slice name, bool empty);

/* BLOOP_THROTTLED: so many keys of a read were left unprocessed, none of them answered for, so often. */
bloop_status bl_op_stalled(size_t keys, unsigned times);

/* What a search comes to, once its table is known. */
typedef struct bl_search_plan {
    const bloop_index_definition *index; /* NULL: the table is searched */
    bool local;                          /* that is a local index */
    bool single;                         /* a query that finds one item at most, since the table has no range key */
    bool fetches;          /* a local one that lacks attributes that are asked for: items are read from the table */
    const char *hash_key;  /* of what is searched */
    const char *range_key; /* NULL: none */
    bloop_value hash;      /* QUERY: what the hash key equals */
    bl_key_term range;     /* QUERY: the term of the range key; kind EMPTY: none */
} bl_search_plan;
/* Judges a search that has passed bl_op_check_search by its table: index, key condition, starting key, and what filter and
   projection name. The plan points into the table and the request. */
bloop_status bl_op_plan_search(const bloop_table_definition *table, const bloop_search_request *request,
                               bl_search_plan *out);

/* Memory of a result for bytes whose number is not known beforehand: not cleared, and made larger or smaller by giving the
   room that it has (NULL: none yet), as long as nothing else was allocated after it. NULL when out of memory; the old room
   is then as it was. */
void *bl_result_room(bloop_result_memory *memory, void *room, size_t size);

/* A copy of a text in memory of a result; NULL when out of memory. */
const char *bl_result_text(bloop_result_memory *memory, const char *text);

/* What several requests have consumed together, by table; in memory of a result. All zero but for that is none. */
typedef struct bl_capacity_sum {
    bloop_result_memory *memory;
    bloop_consumed_capacity *tables;
    size_t count, room;
} bl_capacity_sum;
/* Copies all that `part` points to. On failure (BLOOP_NO_MEMORY) the sum may lack a part of it. */
bloop_status bl_capacity_add(bl_capacity_sum *sum, const bloop_consumed_capacity *part);

#endif
