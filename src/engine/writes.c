/* Save and delete: one way for both. Objects are prepared (binding, key, actions, condition), written, and told of it.

   One object, the common case, stands on the stack. Many are written in groups, each object's write for itself; what
   would stop all of them (a key that is missing, a model that is not bound) is found before the first is sent. */
#include "engine/objects_private.h"

/* How many objects are written by one call of the backend: the embedded store makes them durable together. */
#define GROUP_SIZE 512

typedef struct write_verb {
    const char *name;
    bloop_write_kind kind;
    bloop_signal signal;
    void (*done)(bloop_object *object);
} write_verb;

static const write_verb save = { "bloop_save", BLOOP_WRITE_UPDATE, BLOOP_OBJECT_SAVED, bl_object_saved };
static const write_verb delete = { "bloop_delete", BLOOP_WRITE_DELETE, BLOOP_OBJECT_DELETED, bl_object_deleted };

/* What one write points to. Zeroed is empty. */
typedef struct preparation {
    bl_actions actions;
    bl_atomic atomic;
} preparation;

/* One call on many objects. */
typedef struct write_call {
    bloop_engine *engine;
    const write_verb *verb;
    const bl_taken *taken;
    bool atomic;
    bl_object_set set;
    bloop_status *statuses; /* of each object in the set */
    preparation *prepared;
    bloop_write_request *requests;
    bloop_write_result *results;
    bl_error_copy first; /* the first failure */
} write_call;

static bloop_status write_objects(bloop_engine *engine, bloop_object_list objects, const bloop_save_options *options,
                                  const write_verb *verb);
static bloop_status check_call(const bloop_engine *engine, bloop_object_list objects, const bloop_save_options *options,
                               const write_verb *verb);
static bloop_status write_one(bloop_engine *engine, void *object, const bl_taken *taken, bool atomic,
                              const write_verb *verb);
static bloop_status write_many(write_call *call, bloop_object_list objects, bloop_status *statuses);
static bloop_status allocate(write_call *call);
static void release(write_call *call);
static bloop_status check_all(write_call *call);
static bloop_status write_group(write_call *call, size_t begin, size_t count);
static bloop_status prepare_group(write_call *call, size_t begin, size_t count, bl_arena *keys);
static void settle_group(write_call *call, size_t begin, size_t count, bloop_status status);
static void fail_from(write_call *call, size_t begin, bloop_status status);
static bloop_status report(write_call *call, bloop_object_list objects, bloop_status *statuses);
static bloop_status prepare(bloop_engine *engine, bloop_object *object, const bl_taken *taken, bool atomic,
                            const write_verb *verb, preparation *prepared, bloop_write_request *out);
static void forget(preparation *prepared);

bloop_status bloop_save_objects(bloop_engine *engine, bloop_object_list objects, const bloop_save_options *options)
{
    return write_objects(engine, objects, options, &save);
}

bloop_status bloop_delete_objects(bloop_engine *engine, bloop_object_list objects, const bloop_delete_options *options)
{
    return write_objects(engine, objects, options, &delete);
}

static bloop_status write_objects(bloop_engine *engine, bloop_object_list objects, const bloop_save_options *options,
                                  const write_verb *verb)
{
    static const bloop_save_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    bl_taken taken = { 0 };
    bloop_status status = bl_condition_take(options->condition, &taken);
    if (status == BLOOP_OK)
        status = check_call(engine, objects, options, verb);
    if (status == BLOOP_OK && objects.count == 1) {
        status = write_one(engine, objects.items[0], &taken, options->atomic, verb);
        if (options->statuses)
            options->statuses[0] = status;
    } else if (status == BLOOP_OK && objects.count > 1) {
        write_call call = { .engine = engine, .verb = verb, .taken = &taken, .atomic = options->atomic };
        status = write_many(&call, objects, options->statuses);
    } else if (status != BLOOP_OK && options->statuses) {
        for (size_t i = 0; i < objects.count; i++)
            options->statuses[i] = status;
    }
    bl_taken_free(&taken);
    return status;
}

static bloop_status check_call(const bloop_engine *engine, bloop_object_list objects, const bloop_save_options *options,
                               const write_verb *verb)
{
    if (options->size != sizeof *options)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: .size must be that of the options struct", verb->name);
    return bl_objects_check(engine, objects, verb->name);
}

static bloop_status write_one(bloop_engine *engine, void *object, const bl_taken *taken, bool atomic,
                              const write_verb *verb)
{
    preparation prepared;
    prepared.actions.more = NULL;
    prepared.atomic.more = NULL;
    uint8_t storage[512];
    bloop_builder key;
    bl_builder_use(&key, storage, sizeof storage);
    bloop_write_request request = { 0 };
    bloop_write_result result = { 0 };

    bloop_status status = bl_object_key(object, &key);
    if (status == BLOOP_OK)
        status = bloop_builder_value(&key, &request.item);
    if (status == BLOOP_OK)
        status = prepare(engine, object, taken, atomic, verb, &prepared, &request);
    if (status == BLOOP_OK) {
        status = bloop_write_item(engine->backend, &request, &result);
        if (status != BLOOP_OK)
            bl_error_of_object(verb->name, object);
        bloop_result_free(&result.memory);
    }
    forget(&prepared);
    bl_builder_free(&key);
    if (status != BLOOP_OK) {
        bl_error_add_object(object);
        return status;
    }
    verb->done(object);
    bl_signal_send_object(verb->signal, engine, object);
    return BLOOP_OK;
}

static bloop_status write_many(write_call *call, bloop_object_list objects, bloop_status *statuses)
{
    bloop_status status = bl_error_reserve_objects(objects.count);
    if (status == BLOOP_OK)
        status = bl_object_set_make(objects, &call->set);
    if (status == BLOOP_OK)
        status = allocate(call);
    if (status == BLOOP_OK)
        status = check_all(call);
    if (status != BLOOP_OK) {
        for (size_t i = 0; statuses && i < objects.count; i++)
            statuses[i] = status;
        release(call);
        return status;
    }
    size_t begin = 0;
    while (status == BLOOP_OK && begin < call->set.count) {
        size_t left = call->set.count - begin, count = left < GROUP_SIZE ? left : GROUP_SIZE;
        status = write_group(call, begin, count);
        if (status == BLOOP_OK)
            begin += count;
    }
    if (status != BLOOP_OK)
        fail_from(call, begin, status);
    status = report(call, objects, statuses);
    release(call);
    return status;
}

static bloop_status allocate(write_call *call)
{
    size_t group = call->set.count < GROUP_SIZE ? call->set.count : GROUP_SIZE;
    call->statuses = bl_alloc_zeroed(call->set.count, sizeof *call->statuses);
    call->prepared = bl_alloc_zeroed(group, sizeof *call->prepared);
    call->requests = bl_alloc_zeroed(group, sizeof *call->requests);
    call->results = bl_alloc_zeroed(group, sizeof *call->results);
    return call->statuses && call->prepared && call->requests && call->results ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static void release(write_call *call)
{
    bl_free(call->statuses);
    bl_free(call->prepared);
    bl_free(call->requests);
    bl_free(call->results);
    bl_object_set_free(&call->set);
}

/* What must be right of every object before anything is sent. */
static bloop_status check_all(write_call *call)
{
    uint8_t storage[512];
    bloop_builder key;
    bl_builder_use(&key, storage, sizeof storage);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < call->set.count; i++) {
        bloop_object *object = call->set.objects[i];
        bloop_builder_reset(&key);
        if (!bl_binding_find(call->engine, object->model))
            status = bl_error_status();
        else
            status = bl_object_key(object, &key);
        if (status != BLOOP_OK)
            bl_error_add_object(object);
    }
    bl_builder_free(&key);
    return status;
}

/* Fails only with what concerns all objects of the group and those after it; none of the group is then written. */
static bloop_status write_group(write_call *call, size_t begin, size_t count)
{
    bl_arena keys = { 0 };
    memset(call->results, 0, count * sizeof *call->results);
    bloop_status status = prepare_group(call, begin, count, &keys);
    if (status == BLOOP_OK) {
        bloop_status written = bloop_write_items(call->engine->backend, call->requests, count, call->results);
        settle_group(call, begin, count, written);
    }
    for (size_t i = 0; i < count; i++) {
        forget(&call->prepared[i]);
        bloop_result_free(&call->results[i].memory);
    }
    bl_arena_free(&keys);
    if (status == BLOOP_OK)
        for (size_t i = 0; i < count; i++)
            if (call->statuses[begin + i] == BLOOP_OK)
                bl_signal_send_object(call->verb->signal, call->engine, call->set.objects[begin + i]);
    return status;
}

static bloop_status prepare_group(write_call *call, size_t begin, size_t count, bl_arena *keys)
{
    uint8_t storage[512];
    bloop_builder key;
    bl_builder_use(&key, storage, sizeof storage);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < count; i++) {
        bloop_object *object = call->set.objects[begin + i];
        bloop_write_request *request = &call->requests[i];
        *request = (bloop_write_request){ 0 };
        bloop_builder_reset(&key);
        status = bl_object_key(object, &key);
        if (status == BLOOP_OK)
            status = bloop_builder_value(&key, &request->item);
        if (status == BLOOP_OK && !(request->item.data = bl_arena_copy(keys, request->item.data, request->item.size)))
            status = BLOOP_NO_MEMORY;
        if (status == BLOOP_OK)
            status = prepare(call->engine, object, call->taken, call->atomic, call->verb, &call->prepared[i], request);
    }
    bl_builder_free(&key);
    return status;
}

/* Takes each object's outcome over. */
static void settle_group(write_call *call, size_t begin, size_t count, bloop_status status)
{
    bool told = false;
    for (size_t i = 0; i < count; i++)
        told = told || call->results[i].status != BLOOP_OK;
    for (size_t i = 0; i < count; i++) {
        bloop_object *object = call->set.objects[begin + i];
        /* A backend that fails as a whole may tell no outcomes of its own. */
        bloop_status own = told ? call->results[i].status : status;
        call->statuses[begin + i] = own;
        if (own == BLOOP_OK) {
            call->verb->done(object);
            continue;
        }
        if (call->first.status != BLOOP_OK)
            continue;
        if (told)
            bl_error(own, "%s", call->results[i].message ? call->results[i].message : bloop_status_text(own));
        bl_error_of_object(call->verb->name, object);
        bl_error_save(&call->first);
    }
}

/* What stops a group stops those after it. */
static void fail_from(write_call *call, size_t begin, bloop_status status)
{
    for (size_t i = begin; i < call->set.count; i++)
        call->statuses[i] = status;
    if (call->first.status == BLOOP_OK)
        bl_error_save(&call->first);
}

static bloop_status report(write_call *call, bloop_object_list objects, bloop_status *statuses)
{
    for (size_t i = 0; statuses && i < objects.count; i++)
        statuses[i] = call->statuses[call->set.places[i]];
    if (call->first.status == BLOOP_OK)
        return BLOOP_OK;
    bl_error_restore(&call->first);
    for (size_t i = 0; i < call->set.count; i++)
        if (call->statuses[i] != BLOOP_OK)
            bl_error_add_object(call->set.objects[i]);
    return call->first.status;
}

/* All of a request but its key. */
static bloop_status prepare(bloop_engine *engine, bloop_object *object, const bl_taken *taken, bool atomic,
                            const write_verb *verb, preparation *prepared, bloop_write_request *out)
{
    const bl_binding *binding = bl_binding_find(engine, object->model);
    if (!binding)
        return bl_error_status();
    out->kind = verb->kind;
    out->table = binding->table;
    out->condition = taken->expr;
    bloop_status status = BLOOP_OK;
    if (verb->kind == BLOOP_WRITE_UPDATE) {
        status = bl_object_actions(object, &prepared->actions);
        out->update = &prepared->actions.update;
    }
    if (status == BLOOP_OK && atomic)
        status = bl_object_atomic(object, taken->expr, &prepared->atomic, &out->condition);
    return status;
}

static void forget(preparation *prepared)
{
    bl_actions_free(&prepared->actions);
    bl_atomic_free(&prepared->atomic);
}
