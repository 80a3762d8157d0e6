/* The backend itself: what its calls share. Private to src/remote. */
#ifndef BL_REMOTE_REMOTE_PRIVATE_H
#define BL_REMOTE_REMOTE_PRIVATE_H

#include <bloop/remote.h>
#include <bloop/sys/backend.h>

#include <pthread.h>
#include <stdatomic.h>

#include "base/base.h"
#include "credentials_private.h"
#include "sigv4/sigv4.h"

/* What was chosen at open; a constant from then on. */
typedef struct bl_remote_terms {
    char *url;        /* of the endpoint, a path at its end */
    char *host_line;  /* "Host: NAME:PORT" */
    const char *host; /* in it */
    char *path;       /* as it is signed */
    char *region;
    char *ca_file, *ca_folder; /* NULL: the TLS library's */
    char *proxy;               /* NULL: as the environment says; "": none */
    int64_t connect_timeout_ms, request_timeout_ms;
    int64_t retry_base_ms, throttle_base_ms;
    uint32_t max_attempts, in_flight, max_connections;
    bloop_remote_hook hook;
    void *hook_context;
} bl_remote_terms;

/* How much may be tried again, by all calls together (the SDKs' retry quota). */
#define BL_RETRY_TOKENS 500
typedef struct bl_quota {
    atomic_int tokens;
} bl_quota;

typedef struct bl_crew bl_crew;

/* The connections: crews that nobody uses, and those in use. Under bl_remote.lock. */
typedef struct bl_pool {
    bl_crew *idle, *busy;
    uint32_t lanes; /* of all crews */
    pthread_cond_t freed;
} bl_pool;

/* The key attributes of a table. */
typedef struct bl_table_keys bl_table_keys;

typedef struct bl_remote {
    bloop_backend base;
    bl_remote_terms terms;
    unsigned forks; /* that lay behind the process that opened it: another count is that of a child */
    pthread_mutex_t lock;
    pthread_cond_t ended; /* signalled by the last call of a backend that is being closed */
    uint32_t calls;       /* under way; under lock */
    atomic_bool closing;
    bl_sigv4 *sigv4;
    bl_credentials_provider *credentials;
    bl_quota quota;
    bl_pool pool;
    bl_table_keys *tables;       /* those looked up so far; under lock */
    atomic_int_least64_t skew_s; /* what the service's clock is ahead of ours */
} bl_remote;

/* Every call is between these two. BLOOP_FORKED, BLOOP_CLOSED. */
bloop_status bl_remote_begin(bl_remote *remote);
void bl_remote_end(bl_remote *remote);
/* The error of a call that the closing of the backend has ended. */
bloop_status bl_remote_closed_error(void);

/* The operations. */
bloop_status bl_remote_create_table(bloop_backend *base, const bloop_table_definition *table, bloop_table_result *out);
bloop_status bl_remote_describe_table(bloop_backend *base, const char *table, bloop_table_result *out);
bloop_status bl_remote_list_tables(bloop_backend *base, const bloop_list_tables_request *request,
                                   bloop_list_tables_result *out);
bloop_status bl_remote_update_table(bloop_backend *base, const bloop_update_table_request *request,
                                    bloop_table_result *out);
bloop_status bl_remote_delete_table(bloop_backend *base, const char *table, bloop_table_result *out);
bloop_status bl_remote_get_item(bloop_backend *base, const bloop_get_request *request, bloop_get_result *out);
bloop_status bl_remote_batch_get_item(bloop_backend *base, const bloop_batch_get_request *request,
                                      bloop_batch_get_result *out);
bloop_status bl_remote_get_items(bloop_backend *base, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                                 bloop_batch_get_result *out);
bloop_status bl_remote_write_items(bloop_backend *base, const bloop_write_request *requests, size_t count,
                                   bloop_in_flight in_flight, bloop_write_result *results);
bloop_status bl_remote_batch_write_item(bloop_backend *base, const bloop_batch_write_request *request,
                                        bloop_batch_write_result *out);
bloop_status bl_remote_search_page(bloop_backend *base, const bloop_search_request *request, bloop_search_result *out);

#endif
