/* Engines made and closed. */
#include "engine/engine_private.h"

static bloop_status check_options(const bloop_engine_options *options);
static void close_backends(bloop_backend *dynamodb, bloop_backend *streams);

bloop_engine *bloop_engine_new(const bloop_engine_options *options)
{
    if (!options) {
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_engine_new: the options are NULL");
        return NULL;
    }
    bl_signals_start();
    if (check_options(options) != BLOOP_OK)
        goto failed;
    bloop_engine *engine = bl_alloc_zeroed(1, sizeof *engine);
    if (!engine)
        goto failed;
    if (options->table_prefix && !(engine->table_prefix = bl_copy_text(options->table_prefix))) {
        bl_free(engine);
        goto failed;
    }
    atomic_init(&engine->references, 1);
    engine->backend = options->dynamodb;
    engine->streams = options->dynamodbstreams;
    engine->table_namer = options->table_namer;
    engine->table_namer_context = options->table_namer_context;
    pthread_mutex_init(&engine->lock, NULL);
    return engine;

failed:;
    bl_error_copy error;
    bl_error_save(&error);
    close_backends(options->dynamodb, options->dynamodbstreams);
    bl_error_restore(&error);
    return NULL;
}

void bloop_close(bloop_engine *engine)
{
    if (!engine)
        return;
    atomic_store(&engine->closed, true);
    close_backends(engine->backend, engine->streams);
    bl_engine_release(engine);
}

bloop_engine *bl_engine_refer(bloop_engine *engine)
{
    atomic_fetch_add(&engine->references, 1);
    return engine;
}

void bl_engine_release(bloop_engine *engine)
{
    if (!engine || atomic_fetch_sub(&engine->references, 1) > 1)
        return;
    bl_bindings_free(engine);
    pthread_mutex_destroy(&engine->lock);
    bl_free(engine->table_prefix);
    bl_free(engine);
}

bool bl_engine_is_closed(const bloop_engine *engine)
{
    return atomic_load(&engine->closed);
}

bloop_backend *bloop_engine_backend(bloop_engine *engine)
{
    return engine ? engine->backend : NULL;
}

static bloop_status check_options(const bloop_engine_options *options)
{
    if (options->size != sizeof *options)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_engine_new: .size must be sizeof(bloop_engine_options)");
    if (!options->dynamodb)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_engine_new: .dynamodb, the backend, is required");
    if (options->table_prefix && options->table_namer)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_engine_new: give .table_prefix or .table_namer, not both");
    return BLOOP_OK;
}

static void close_backends(bloop_backend *dynamodb, bloop_backend *streams)
{
    if (streams != dynamodb)
        bloop_backend_close(streams);
    bloop_backend_close(dynamodb);
}
