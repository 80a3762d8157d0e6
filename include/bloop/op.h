/* The seam: DynamoDB's operations as typed requests and results, on any backend.

   This is a complete DynamoDB client for programs without models. The object mapper speaks it downwards; the embedded
   store, and a client of remote endpoints, speak it upwards (bloop/sys/backend.h). Requests are the caller's and are only
   read during the call: nothing is kept. Results are filled by the call; what they point to belongs to their `memory`,
   which bloop_result_free releases. A zeroed result is empty; a call that fails leaves it so.

   Statuses and messages are the service's own (BLOOP_VALIDATION with the text that Amazon DynamoDB sends, and so on),
   from whatever backend. The names are those of the API reference in C spelling. */
#ifndef BLOOP_OP_H
#define BLOOP_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/expr.h>
#include <bloop/value.h>

BLOOP_BEGIN_C_

typedef struct bloop_backend bloop_backend;

/* What a result points to. Zeroed is empty. */
typedef struct bloop_result_memory {
    void *blocks;
} bloop_result_memory;
BLOOP_API void bloop_result_free(bloop_result_memory *memory);

typedef enum bloop_projection_type {
    BLOOP_PROJECT_ALL,
    BLOOP_PROJECT_KEYS_ONLY,
    BLOOP_PROJECT_INCLUDE
} bloop_projection_type;
typedef enum bloop_stream_view_type {
    BLOOP_VIEW_NONE, /* no stream */
    BLOOP_VIEW_KEYS_ONLY,
    BLOOP_VIEW_NEW_IMAGE,
    BLOOP_VIEW_OLD_IMAGE,
    BLOOP_VIEW_NEW_AND_OLD_IMAGES
} bloop_stream_view_type;
typedef enum bloop_billing_mode { BLOOP_BILLING_PROVISIONED, BLOOP_BILLING_PAY_PER_REQUEST } bloop_billing_mode;
typedef enum bloop_table_status {
    BLOOP_TABLE_CREATING,
    BLOOP_TABLE_ACTIVE,
    BLOOP_TABLE_UPDATING,
    BLOOP_TABLE_DELETING
} bloop_table_status;
typedef enum bloop_return_values {
    BLOOP_RETURN_NONE,
    BLOOP_RETURN_ALL_OLD,
    BLOOP_RETURN_UPDATED_OLD,
    BLOOP_RETURN_ALL_NEW,
    BLOOP_RETURN_UPDATED_NEW
} bloop_return_values;

/* ReadCapacityUnits and WriteCapacityUnits; both 0 when none are given. */
typedef struct bloop_throughput {
    int64_t read_units, write_units;
} bloop_throughput;

/* An attribute that a key uses: its type is S, N or B. */
typedef struct bloop_attribute_definition {
    const char *name;
    bloop_tag type;
} bloop_attribute_definition;

typedef struct bloop_index_definition {
    const char *name;
    const char *hash_key;
    const char *range_key; /* NULL: none (global indexes only) */
    bloop_projection_type projection;
    const char *const *include; /* INCLUDE: the attributes projected besides the keys */
    size_t include_count;
    bloop_throughput throughput; /* global indexes of provisioned tables */
} bloop_index_definition;

typedef struct bloop_table_definition {
    const char *name;
    const char *hash_key;
    const char *range_key; /* NULL: none */
    const bloop_attribute_definition *attributes;
    size_t attribute_count;
    const bloop_index_definition *global_indexes;
    size_t global_index_count;
    const bloop_index_definition *local_indexes;
    size_t local_index_count;
    bloop_billing_mode billing;
    bloop_throughput throughput;
    bloop_stream_view_type stream;
    bool deletion_protection;
} bloop_table_definition;

/* What describes a table: its definition as stored, and its state. */
typedef struct bloop_index_state {
    bloop_table_status status;
    bool backfilling;
    uint64_t item_count, size_bytes;
} bloop_index_state;
typedef struct bloop_table_description {
    bloop_table_definition definition;
    bloop_table_status status;
    uint64_t item_count, size_bytes;
    int64_t created_at_microseconds;
    const char *id; /* a UUID */
    const char *arn;
    const char *stream_label; /* NULL without a stream */
    const char *stream_arn;
    const bloop_index_state *global_states; /* as many, and in the order of, definition.global_indexes */
    const bloop_index_state *local_states;
} bloop_table_description;

typedef struct bloop_table_result {
    bloop_result_memory memory;
    bloop_table_description table;
} bloop_table_result;

typedef struct bloop_list_tables_request {
    const char *exclusive_start; /* NULL: from the beginning */
    int32_t limit;               /* 0: 100; else 1 to 100 */
} bloop_list_tables_request;
typedef struct bloop_list_tables_result {
    bloop_result_memory memory;
    const char *const *names; /* in byte order */
    size_t count;
    const char *last; /* NULL: there are no more */
} bloop_list_tables_result;

/* A change of a table. What is left zero stays as it is. */
typedef struct bloop_update_table_request {
    const char *table;
    bool set_billing;
    bloop_billing_mode billing;
    bool set_throughput;
    bloop_throughput throughput;
    bool set_stream;
    bloop_stream_view_type stream; /* BLOOP_VIEW_NONE turns it off */
    bool set_deletion_protection;
    bool deletion_protection;
    const bloop_attribute_definition *attributes; /* of the keys of created indexes */
    size_t attribute_count;
    const bloop_index_definition *create_index; /* at most one index is created or deleted by a request */
    const char *delete_index;
    const char *update_index; /* whose throughput becomes index_throughput */
    bloop_throughput index_throughput;
} bloop_update_table_request;

/* What a request wants to know of the capacity that it consumes (ReturnConsumedCapacity). */
typedef enum bloop_capacity_detail {
    BLOOP_CAPACITY_NONE,
    BLOOP_CAPACITY_TOTAL,
    BLOOP_CAPACITY_INDEXES /* and how it is divided between the table and its indexes */
} bloop_capacity_detail;
typedef struct bloop_index_capacity {
    const char *index;
    bool local;
    double units;
} bloop_index_capacity;
/* Capacity units consumed of one table: read units by reads, write units by writes. A backend that was not asked, or does
   not know, tells of no table. */
typedef struct bloop_consumed_capacity {
    const char *table;
    double units; /* of the table and all its indexes */
    bool divided; /* INDEXES was asked for: the rest is told */
    double table_units;
    const bloop_index_capacity *indexes; /* those that were used */
    size_t index_count;
} bloop_consumed_capacity;
/* Of a write to a table with local indexes: an estimate, from and to, of the size of the item collection (everything
   with one hash key) that it belongs to. */
typedef struct bloop_collection_metrics {
    const char *table;
    bloop_item key; /* the hash key's attribute */
    double low_gb, high_gb;
} bloop_collection_metrics;

/* Receives an item in place, inside the call that reads it. `item` is valid during the call only. It must not call the
   library; a status other than BLOOP_OK ends the read with that status. */
typedef bloop_status (*bloop_item_receiver)(void *context, bloop_item item);

typedef struct bloop_get_request {
    const char *table;
    bloop_item key; /* exactly the key attributes */
    bool consistent;
    const bloop_projection_paths *projection; /* NULL: all */
    bool projection_is_hint;     /* the receiver ignores other attributes: a backend may pass the whole item. The caller
                                    vouches for the projection, which is not checked here */
    bloop_item_receiver receive; /* NULL: the item is copied into the result */
    void *context;
    bloop_capacity_detail capacity;
} bloop_get_request;
typedef struct bloop_get_result {
    bloop_result_memory memory;
    bool found;
    bloop_item item;                         /* unless a receiver took it */
    const bloop_consumed_capacity *capacity; /* NULL: not asked for, or not known */
} bloop_get_result;

/* BatchGetItem: 1 to 100 keys of any tables, none twice in a table. */
typedef struct bloop_batch_get_key {
    const char *table;
    bloop_item key;
} bloop_batch_get_key;
typedef struct bloop_batch_table {
    const char *table;
    bool consistent;
    const bloop_projection_paths *projection;
    bool projection_is_hint; /* as of a get */
} bloop_batch_table;
/* As bloop_item_receiver; `index` is that of the key in the request. */
typedef bloop_status (*bloop_batch_receiver)(void *context, size_t index, bloop_item item);
typedef struct bloop_batch_get_request {
    const bloop_batch_get_key *keys;
    size_t count;
    const bloop_batch_table *tables; /* options of each table that has any; others take the defaults */
    size_t table_count;
    bloop_batch_receiver receive; /* called once for each item found; required */
    void *context;
    bloop_capacity_detail capacity;
} bloop_batch_get_request;
typedef struct bloop_batch_get_result {
    bloop_result_memory memory;
    const size_t *unprocessed; /* indexes of keys to be asked for again: a response has at most 16 MB */
    size_t unprocessed_count;
    const bloop_consumed_capacity *capacity; /* of each table */
    size_t capacity_count;
} bloop_batch_get_result;

/* How many requests a backend that sends them may have under way at once, in the calls that take many; 0 is its default,
   1 is one after the other. The embedded store, which sends none, has no use for it. */
typedef uint32_t bloop_in_flight;

typedef enum bloop_write_kind { BLOOP_WRITE_PUT, BLOOP_WRITE_UPDATE, BLOOP_WRITE_DELETE } bloop_write_kind;

/* PutItem, UpdateItem or DeleteItem. */
typedef struct bloop_write_request {
    bloop_write_kind kind;
    const char *table;
    bloop_item item;             /* PUT: the item; else the key, exactly the key attributes */
    const bloop_update *update;  /* UPDATE; NULL: the item is made to exist */
    const bloop_expr *condition; /* NULL: none */
    bloop_return_values return_values;
    bool return_old_on_failure; /* ReturnValuesOnConditionCheckFailure = ALL_OLD */
    bloop_capacity_detail capacity;
    bool collection_metrics; /* ReturnItemCollectionMetrics = SIZE */
} bloop_write_request;
typedef struct bloop_write_result {
    bloop_result_memory memory;
    bloop_status status;   /* of this write */
    const char *message;   /* what went wrong, when status is not BLOOP_OK; else NULL */
    bloop_item attributes; /* as return_values asks, or the item that failed the condition; data NULL: none */
    bool existed;          /* there was an item before; told by the embedded store alone */
    const bloop_consumed_capacity *capacity; /* NULL: not asked for, or not known */
    const bloop_collection_metrics *metrics; /* NULL: not asked for, not known, or the table has no local index */
} bloop_write_result;

/* BatchWriteItem: 1 to 25 puts and deletes of any tables, without conditions, no item twice. What the single requests say
   of capacity and metrics is not looked at. */
typedef struct bloop_batch_write_request {
    const bloop_write_request *writes;
    size_t count;
    bloop_capacity_detail capacity;
    bool collection_metrics;
} bloop_batch_write_request;
typedef struct bloop_batch_write_result {
    bloop_result_memory memory;
    const size_t *unprocessed; /* indexes of writes to be sent again */
    size_t unprocessed_count;
    const bloop_consumed_capacity *capacity; /* of each table */
    size_t capacity_count;
    const bloop_collection_metrics *metrics; /* of each item collection written to */
    size_t metrics_count;
} bloop_batch_write_result;

/* Query and Scan: one page of the items of a table or an index. */
typedef enum bloop_search_kind { BLOOP_SEARCH_QUERY, BLOOP_SEARCH_SCAN } bloop_search_kind;

/* What a search returns of each item. */
typedef enum bloop_select {
    BLOOP_SELECT_DEFAULT, /* the projection if there is one, else what the table or index has */
    BLOOP_SELECT_ALL, /* ALL_ATTRIBUTES: of a local index also what it does not project; refused on other global ones */
    BLOOP_SELECT_PROJECTED, /* ALL_PROJECTED_ATTRIBUTES: indexes only */
    BLOOP_SELECT_SPECIFIC,  /* SPECIFIC_ATTRIBUTES: the projection, which is required */
    BLOOP_SELECT_COUNT      /* counts alone */
} bloop_select;

typedef struct bloop_search_request {
    bloop_search_kind kind;
    const char *table;
    const char *index; /* NULL: the table */
    const bloop_expr
        *key_condition;       /* QUERY: an equality on the hash key, and at most one condition on the range key */
    const bloop_expr *filter; /* NULL: none */
    const bloop_projection_paths *projection; /* NULL: none */
    bloop_select select;
    bool projection_is_hint;    /* the receiver of the page ignores other attributes */
    bool consistent;            /* refused on global indexes */
    bool descending;            /* QUERY: from the highest range key down */
    int32_t limit;              /* items examined; 0: as many as fit a page of 1 MB */
    bloop_item exclusive_start; /* the `last` of the page before; data NULL: from the beginning */
    int32_t segment;            /* SCAN: this one of total_segments parts */
    int32_t total_segments;     /* 0: not in parallel; else 1 to 1,000,000 */
    bloop_capacity_detail capacity;
} bloop_search_request;
typedef struct bloop_search_result {
    bloop_result_memory memory;
    const uint8_t
        *items; /* `count` packed items (none for COUNT), one directly after the other: bloop_page_next walks them */
    size_t items_size;
    uint32_t count, scanned;                 /* items that met the filter; items examined */
    bloop_item last;                         /* LastEvaluatedKey; data NULL: this was the last page */
    const bloop_consumed_capacity *capacity; /* NULL: not asked for, or not known */
} bloop_search_result;

/* Tables. Each waits for nothing: a remote table may be CREATING when create returns. `out` may be NULL. BLOOP_TABLE_IN_USE
   for one that there is already, or that is changing; BLOOP_TABLE_NOT_FOUND for one that there is not. */
BLOOP_API bloop_status bloop_create_table(bloop_backend *backend, const bloop_table_definition *table,
                                          bloop_table_result *out);
BLOOP_API bloop_status bloop_describe_table(bloop_backend *backend, const char *table, bloop_table_result *out);
/* NULL for a request is the first 100. */
BLOOP_API bloop_status bloop_list_tables(bloop_backend *backend, const bloop_list_tables_request *request,
                                         bloop_list_tables_result *out);
BLOOP_API bloop_status bloop_update_table(bloop_backend *backend, const bloop_update_table_request *request,
                                          bloop_table_result *out);
/* The service describes a table that it deletes without its keys, attributes and indexes. */
BLOOP_API bloop_status bloop_delete_table(bloop_backend *backend, const char *table, bloop_table_result *out);

/* Items. BLOOP_TABLE_NOT_FOUND, and BLOOP_VALIDATION for what the service would not take, such as a key of other attributes
   than the table's. That there is no item is no error: found is false. */
BLOOP_API bloop_status bloop_get_item(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out);
/* DynamoDB's batch, one request: what it leaves unprocessed is named in the result, and for the caller to ask for again. */
BLOOP_API bloop_status bloop_batch_get_item(bloop_backend *backend, const bloop_batch_get_request *request,
                                            bloop_batch_get_result *out);
/* Many reads in one call: not DynamoDB's batch, for there may be any number of keys, and they are asked for in as many
   requests as that takes, again while the service leaves some unprocessed. The receiver is called on the calling thread,
   in no particular order. When the call fails on its way, out->unprocessed still names the keys that nobody answered for,
   and out->capacity what was consumed until then: release the result whatever the status. */
BLOOP_API bloop_status bloop_get_items(bloop_backend *backend, const bloop_batch_get_request *request,
                                       bloop_in_flight in_flight, bloop_batch_get_result *out);
/* One write. `out` may be NULL when no values are asked for. Returns out->status: BLOOP_CONSTRAINT_VIOLATION when the
   condition was not met, BLOOP_UNKNOWN_OUTCOME when it is not known whether the write was made (bloop/remote.h). */
BLOOP_API bloop_status bloop_write_item(bloop_backend *backend, const bloop_write_request *request,
                                        bloop_write_result *out);
/* Many independent writes in one call: each succeeds or fails by itself (results[i].status), in the given order where
   they concern one item. Not DynamoDB's batch: conditions and updates are allowed, and there is no limit of 25. The
   embedded store makes them durable together; a remote backend keeps several requests in flight. Returns the status of
   the first that failed, or BLOOP_OK. */
BLOOP_API bloop_status bloop_write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                         bloop_in_flight in_flight, bloop_write_result *results);
/* DynamoDB's batch, one request: what the service leaves unprocessed is named in the result, and for the caller to send
   again. bloop_write_items sends until all is done. */
BLOOP_API bloop_status bloop_batch_write_item(bloop_backend *backend, const bloop_batch_write_request *request,
                                              bloop_batch_write_result *out);

/* One page. */
BLOOP_API bloop_status bloop_search_page(bloop_backend *backend, const bloop_search_request *request,
                                         bloop_search_result *out);
/* The item at *position (0 to begin) of a page's bytes, and moves on to the next. False at the end. */
BLOOP_API bool bloop_page_next(const bloop_search_result *page, size_t *position, bloop_item *item);

/* Releases a backend. Calls that are under way on other threads end first or fail with BLOOP_CLOSED. NULL is fine. */
BLOOP_API void bloop_backend_close(bloop_backend *backend);

BLOOP_END_C_

#endif
