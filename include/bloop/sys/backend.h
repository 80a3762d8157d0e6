/* What a backend implements, for those who bring their own: a test's fake, a cache, another database.
   A weaker promise than the rest of the API: functions may be added to the table between minor versions.

   Requests have been validated, as far as that needs no knowledge of the tables, before a function here is called; out
   pointers are never NULL and point to empty results. All functions may be called from many threads at once. A function
   that is NULL answers BLOOP_UNSUPPORTED_OPERATION. Fails by returning a status after bloop_backend_fail(). */
#ifndef BLOOP_SYS_BACKEND_H
#define BLOOP_SYS_BACKEND_H

#include <bloop/op.h>

BLOOP_BEGIN_C_

typedef struct bloop_backend_operations {
    const char *name; /* for messages: "store", "remote" */
    bloop_status (*create_table)(bloop_backend *backend, const bloop_table_definition *table, bloop_table_result *out);
    bloop_status (*describe_table)(bloop_backend *backend, const char *table, bloop_table_result *out);
    bloop_status (*list_tables)(bloop_backend *backend, const bloop_list_tables_request *request,
                                bloop_list_tables_result *out);
    bloop_status (*update_table)(bloop_backend *backend, const bloop_update_table_request *request,
                                 bloop_table_result *out);
    bloop_status (*delete_table)(bloop_backend *backend, const char *table, bloop_table_result *out);
    bloop_status (*get_item)(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out);
    bloop_status (*batch_get_item)(bloop_backend *backend, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out);
    /* NULL: bloop_get_items makes do with batch_get_item, a hundred keys after the other. */
    bloop_status (*get_items)(bloop_backend *backend, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                              bloop_batch_get_result *out);
    /* Fills results[i].status and .message for each; returns the first failure's status. */
    bloop_status (*write_items)(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                bloop_in_flight in_flight, bloop_write_result *results);
    bloop_status (*batch_write_item)(bloop_backend *backend, const bloop_batch_write_request *request,
                                     bloop_batch_write_result *out);
    bloop_status (*search_page)(bloop_backend *backend, const bloop_search_request *request, bloop_search_result *out);
    void (*close)(bloop_backend *backend); /* also frees it */
} bloop_backend_operations;

/* The beginning of every backend: its own struct has this as first member. */
struct bloop_backend {
    const bloop_backend_operations *operations;
};

/* Sets the thread's last error (printf's format) and returns the status. */
BLOOP_API bloop_status bloop_backend_fail(bloop_status status, const char *format, ...) BLOOP_PRINTF_(2, 3);

/* Memory that a result owns until bloop_result_free: zero-initialized, aligned for any type; NULL when out of memory. */
BLOOP_API void *bloop_result_alloc(bloop_result_memory *memory, size_t size);

BLOOP_END_C_

#endif
