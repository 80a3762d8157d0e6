/* Opening and closing a remote backend, and the frame of its calls. */
#include <bloop/remote.h>

#include <curl/curl.h>

#include "attempt_private.h"
#include "crew_private.h"
#include "fetch_private.h"
#include "tables_private.h"
#include "terms_private.h"

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_status;
static int fork_watched;
static unsigned forks; /* that lie behind this process; counted in the child, before it has a second thread */

static void start_curl(void);
static void after_fork_in_child(void);
static bool is_forked(const bl_remote *remote);
static bloop_status make(const bloop_remote_options *options, bl_remote *remote);
static void close_backend(bloop_backend *base);
static void free_backend(bl_remote *remote);

static const bloop_backend_operations operations = {
    .name = "remote",
    .create_table = bl_remote_create_table,
    .describe_table = bl_remote_describe_table,
    .list_tables = bl_remote_list_tables,
    .update_table = bl_remote_update_table,
    .delete_table = bl_remote_delete_table,
    .get_item = bl_remote_get_item,
    .batch_get_item = bl_remote_batch_get_item,
    .get_items = bl_remote_get_items,
    .write_items = bl_remote_write_items,
    .batch_write_item = bl_remote_batch_write_item,
    .search_page = bl_remote_search_page,
    .close = close_backend,
};

bloop_backend *bloop_remote_open(const bloop_remote_options *options)
{
    static const bloop_remote_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    if (options->size != sizeof *options) {
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_remote_open: .size must be sizeof(bloop_remote_options)");
        return NULL;
    }
    pthread_once(&curl_once, start_curl);
    if (fork_watched != 0) {
        bl_error(BLOOP_NO_MEMORY, "out of memory while preparing for forks");
        return NULL;
    }
    if (curl_status != CURLE_OK) {
        bl_error(BLOOP_INTERNAL, "libcurl does not start: %s", curl_easy_strerror(curl_status));
        return NULL;
    }
    bl_remote *remote = bl_alloc_zeroed(1, sizeof *remote);
    if (!remote)
        return NULL;
    if (make(options, remote) == BLOOP_OK)
        return &remote->base;
    free_backend(remote);
    return NULL;
}

bloop_status bl_remote_begin(bl_remote *remote)
{
    if (is_forked(remote))
        return bl_error(BLOOP_FORKED, "the backend belongs to the process that opened it: open another after a fork");
    pthread_mutex_lock(&remote->lock);
    bool closing = atomic_load(&remote->closing);
    remote->calls += !closing;
    pthread_mutex_unlock(&remote->lock);
    return closing ? bl_remote_closed_error() : BLOOP_OK;
}

void bl_remote_end(bl_remote *remote)
{
    pthread_mutex_lock(&remote->lock);
    if (--remote->calls == 0 && atomic_load(&remote->closing))
        pthread_cond_signal(&remote->ended);
    pthread_mutex_unlock(&remote->lock);
}

bloop_status bl_remote_closed_error(void)
{
    return bl_error(BLOOP_CLOSED, "the backend is closed");
}

/* Never undone: programs may use libcurl besides, and it counts. */
static void start_curl(void)
{
    fork_watched = pthread_atfork(NULL, NULL, after_fork_in_child);
    curl_status = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void after_fork_in_child(void)
{
    forks++;
}

/* To ask the system for the process's number would be a system call more for each request, of five. */
static bool is_forked(const bl_remote *remote)
{
    return remote->forks != forks;
}

/* What a failure leaves is for free_backend. */
static bloop_status make(const bloop_remote_options *options, bl_remote *remote)
{
    remote->base.operations = &operations;
    remote->forks = forks;
    pthread_mutex_init(&remote->lock, NULL);
    pthread_cond_init(&remote->ended, NULL);
    pthread_cond_init(&remote->pool.freed, NULL);
    atomic_init(&remote->closing, false);
    atomic_init(&remote->quota.tokens, BL_RETRY_TOKENS);
    atomic_init(&remote->skew_s, 0);
    bloop_status status = bl_terms_resolve(options, &remote->terms, &remote->credentials);
    if (status == BLOOP_OK)
        status = bl_sigv4_new(&remote->sigv4);
    return status;
}

/* In a forked child the connections are the parent's, and the locks may be held by threads that are not there: it all stays
   where it is. */
static void close_backend(bloop_backend *base)
{
    bl_remote *remote = (bl_remote *)base;
    if (is_forked(remote))
        return;
    pthread_mutex_lock(&remote->lock);
    atomic_store(&remote->closing, true);
    pthread_mutex_unlock(&remote->lock);
    bl_pool_wake(remote);
    pthread_mutex_lock(&remote->lock);
    while (remote->calls > 0)
        pthread_cond_wait(&remote->ended, &remote->lock);
    pthread_mutex_unlock(&remote->lock);
    free_backend(remote);
}

static void free_backend(bl_remote *remote)
{
    bl_error_copy error;
    bl_error_save(&error);
    bl_pool_free(remote);
    bl_tables_free(remote);
    bl_credentials_provider_free(remote->credentials);
    bl_sigv4_free(remote->sigv4);
    bl_terms_clear(&remote->terms);
    pthread_cond_destroy(&remote->pool.freed);
    pthread_cond_destroy(&remote->ended);
    pthread_mutex_destroy(&remote->lock);
    bl_free(remote);
    bl_error_restore(&error);
}
