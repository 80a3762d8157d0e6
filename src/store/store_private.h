/* What all backends of a file share, and the backend itself. */
#ifndef BL_STORE_STORE_PRIVATE_H
#define BL_STORE_STORE_PRIVATE_H

#include <bloop/sys/backend.h>

#include "change_private.h"

typedef struct bl_job bl_job;

/* The writes that wait for their turn. Who leads runs those that arrived while the one before led. */
typedef struct bl_queue {
    pthread_mutex_t lock;
    bool led;
    bool gathers; /* commits are synced: it pays to share them */
    bl_gathering gathering;
    bl_job *first, *last;
} bl_queue;

/* One for each file and process: bl_env_shared. */
struct bl_store {
    bl_env *env;
    bl_catalog catalog;
    bl_queue queue;
    bl_change change;      /* of the queue's leader */
    atomic_bool leftovers; /* entries of dropped tables and indexes may be waiting to be removed */
};

/* A backend that bloop_store_open has made. */
typedef struct bl_backend {
    struct bloop_backend base;
    bl_env *env;
    bl_store *store;
    atomic_uint calls; /* under way; and the bit that says that it is closed */
    pthread_mutex_t lock;
    pthread_cond_t idle; /* a call has ended after the backend was closed */
} bl_backend;

/* Begins and ends a call: BLOOP_CLOSED, BLOOP_FORKED. */
bloop_status bl_call_begin(bl_backend *backend);
void bl_call_end(bl_backend *backend);
/* A call that reads one snapshot. */
bloop_status bl_read_call_begin(bl_backend *backend, bl_txn *out);
void bl_read_call_end(bl_backend *backend, bl_txn *txn);

/* The operations; `base` is that of a bl_backend. read.c */
bloop_status bl_get_item(bloop_backend *base, const bloop_get_request *request, bloop_get_result *out);
bloop_status bl_batch_get_item(bloop_backend *base, const bloop_batch_get_request *request,
                               bloop_batch_get_result *out);

/* search.c */
bloop_status bl_search_page(bloop_backend *base, const bloop_search_request *request, bloop_search_result *out);

/* writes.c */
bloop_status bl_write_items(bloop_backend *base, const bloop_write_request *requests, size_t count,
                            bloop_in_flight in_flight, bloop_write_result *results);
bloop_status bl_batch_write_item(bloop_backend *base, const bloop_batch_write_request *request,
                                 bloop_batch_write_result *out);

/* tables.c and update_table.c */
bloop_status bl_create_table(bloop_backend *base, const bloop_table_definition *definition, bloop_table_result *out);
bloop_status bl_describe_table(bloop_backend *base, const char *table, bloop_table_result *out);
bloop_status bl_list_tables(bloop_backend *base, const bloop_list_tables_request *request,
                            bloop_list_tables_result *out);
bloop_status bl_update_table(bloop_backend *base, const bloop_update_table_request *request, bloop_table_result *out);
bloop_status bl_delete_table(bloop_backend *base, const char *table, bloop_table_result *out);

#endif
