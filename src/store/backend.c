/* Opening and closing a store, and the calls in between. */
#include <bloop/sys/store.h>

#include "commit_private.h"
#include "env_state_private.h" /* for bl_env_forked alone */
#include "maintain_private.h"
#include "store_private.h"

#define CLOSED 0x80000000u

static bl_backend *make_backend(bl_env *env);
static bloop_status make_store(bl_env *env, void **out);
static void unmake_store(void *shared);
static void close_backend(bloop_backend *base);
static void free_backend(bl_backend *backend);

static const bloop_backend_operations operations = {
    .name = "store",
    .create_table = bl_create_table,
    .describe_table = bl_describe_table,
    .list_tables = bl_list_tables,
    .update_table = bl_update_table,
    .delete_table = bl_delete_table,
    .get_item = bl_get_item,
    .batch_get_item = bl_batch_get_item,
    .write_items = bl_write_items,
    .batch_write_item = bl_batch_write_item,
    .search_page = bl_search_page,
    .close = close_backend,
};

bloop_backend *bloop_store_open(const bloop_store_options *options)
{
    static const bloop_store_options defaults = { 0 };
    bl_env *env = NULL;
    if (bl_env_acquire(options ? options : &defaults, &env) != BLOOP_OK)
        return NULL;
    bl_backend *backend = make_backend(env);
    if (!backend)
        return NULL;
    if (bl_maintain_at_open(backend->store) != BLOOP_OK) {
        close_backend(&backend->base);
        return NULL;
    }
    return &backend->base;
}

bloop_status bl_call_begin(bl_backend *backend)
{
    if (bl_env_forked(backend->env))
        return bl_env_forked_error(backend->env);
    if (BL_LIKELY(!(atomic_fetch_add(&backend->calls, 1) & CLOSED)))
        return BLOOP_OK;
    bl_call_end(backend);
    return bl_error(BLOOP_CLOSED, "the store is closed");
}

/* A call that ends on a closed backend may be the last that touches it: whoever closes waits for the lock to be free. */
void bl_call_end(bl_backend *backend)
{
    unsigned calls = atomic_load(&backend->calls);
    while (!(calls & CLOSED))
        if (atomic_compare_exchange_weak(&backend->calls, &calls, calls - 1))
            return;
    pthread_mutex_lock(&backend->lock);
    atomic_fetch_sub(&backend->calls, 1);
    pthread_cond_signal(&backend->idle);
    pthread_mutex_unlock(&backend->lock);
}

bloop_status bl_read_call_begin(bl_backend *backend, bl_txn *out)
{
    bloop_status status = bl_call_begin(backend);
    if (BL_UNLIKELY(status != BLOOP_OK))
        return status;
    status = bl_read_begin(backend->env, out);
    if (BL_UNLIKELY(status != BLOOP_OK))
        bl_call_end(backend);
    return status;
}

void bl_read_call_end(bl_backend *backend, bl_txn *txn)
{
    bl_read_end(txn);
    bl_call_end(backend);
}

/* Takes the environment over, also when it fails. */
static bl_backend *make_backend(bl_env *env)
{
    bl_backend *backend = bl_alloc_zeroed(1, sizeof *backend);
    if (!backend) {
        bl_env_release(env);
        return NULL;
    }
    backend->base.operations = &operations;
    backend->env = env;
    atomic_init(&backend->calls, 0);
    pthread_mutex_init(&backend->lock, NULL);
    pthread_cond_init(&backend->idle, NULL);
    void *store = NULL;
    if (bl_env_shared(env, make_store, unmake_store, &store) != BLOOP_OK) {
        free_backend(backend);
        return NULL;
    }
    backend->store = store;
    return backend;
}

static bloop_status make_store(bl_env *env, void **out)
{
    bl_store *store = bl_alloc_zeroed(1, sizeof *store);
    if (!store)
        return BLOOP_NO_MEMORY;
    store->env = env;
    bloop_status status = bl_catalog_init(&store->catalog);
    if (status != BLOOP_OK) {
        bl_free(store);
        return status;
    }
    status = bl_queue_init(&store->queue, env->durability == BLOOP_DURABLE);
    if (status != BLOOP_OK) {
        bl_catalog_destroy(&store->catalog);
        bl_free(store);
        return status;
    }
    bl_change_init(&store->change, store);
    *out = store;
    return BLOOP_OK;
}

static void unmake_store(void *shared)
{
    bl_store *store = shared;
    bl_change_destroy(&store->change);
    bl_queue_destroy(&store->queue);
    bl_catalog_destroy(&store->catalog);
    bl_free(store);
}

/* In a forked child, where other threads' calls never end, there is nothing to wait for. */
static void close_backend(bloop_backend *base)
{
    bl_backend *backend = (bl_backend *)base;
    if (!bl_env_forked(backend->env)) {
        pthread_mutex_lock(&backend->lock);
        atomic_fetch_or(&backend->calls, CLOSED);
        while (atomic_load(&backend->calls) != CLOSED)
            pthread_cond_wait(&backend->idle, &backend->lock);
        pthread_mutex_unlock(&backend->lock);
    }
    free_backend(backend);
}

static void free_backend(bl_backend *backend)
{
    bl_error_copy error;
    bl_error_save(&error);
    bl_env_release(backend->env);
    bl_error_restore(&error);
    pthread_cond_destroy(&backend->idle);
    pthread_mutex_destroy(&backend->lock);
    bl_free(backend);
}
