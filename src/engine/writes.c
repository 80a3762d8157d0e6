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
} write_verb;

static const write_verb save = { "bloop_save", BLOOP_WRITE_UPDATE, BLOOP_OBJECT_SAVED };
static const write_verb delete = { "bloop_delete", BLOOP_WRITE_DELETE, BLOOP_OBJECT_DELETED };

/* What both kinds of options come to. */
typedef struct wishes {
    bloop_condition *condition;
    bloop_status *statuses;
    bl_save_scope scope;
    bloop_in_flight in_flight;
    bool atomic, right_size;
} wishes;

/* What is the same for each object of a call. */
typedef struct write_terms {
    bloop_engine *engine;
    const write_verb *verb;
    bl_taken condition;
    bl_save_scope scope;
    bool atomic;
} write_terms;

/* What one write points to. Zeroed is empty. */
typedef struct preparation {
    bl_actions actions;
    bl_atomic atomic;
} preparation;

/* One call on many objects. */
typedef struct write_call {
    const write_terms *terms;
    bloop_in_flight in_flight;
    bl_object_set set;
    bloop_status *statuses; /* of each object in the set */
    preparation *prepared;
    bloop_write_request *requests;
    bloop_write_result *results;
    bl_error_copy first; /* the first failure */
} write_call;

static bloop_status write_objects(bloop_engine *engine, bloop_object_list objects, const wishes *wanted,
                                  const write_verb *verb);
static bloop_status check_call(const write_terms *terms, bloop_object_list objects, const wishes *wanted);
static bloop_status write_one(const write_terms *terms, void *object);
static bloop_status write_many(write_call *call, bloop_object_list objects, bloop_status *statuses);
static bloop_status allocate(write_call *call);
static void release(write_call *call);
static bloop_status check_all(write_call *call);
static bloop_status write_group(write_call *call, size_t begin, size_t count);
static bloop_status prepare_group(write_call *call, size_t begin, size_t count, bl_arena *keys);
static void settle_group(write_call *call, size_t begin, size_t count, bloop_status status);
static void fail_from(write_call *call, size_t begin, bloop_status status);
static bloop_status report(write_call *call, bloop_object_list objects, bloop_status *statuses);
static bloop_status prepare(const write_terms *terms, bloop_object *object, preparation *prepared,
                            bloop_write_request *out);
static void forget(preparation *prepared);
static void move_snapshot(const write_terms *terms, bloop_object *object);

bloop_status bloop_save_objects(bloop_engine *engine, bloop_object_list objects, const bloop_save_options *options)
{
    static const bloop_save_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    const wishes wanted = {
        .condition = options->condition,
        .statuses = options->statuses,
        .scope = options->changed_only ? BL_SAVE_CHANGED : BL_SAVE_ALL,
        .in_flight = options->in_flight,
        .atomic = options->atomic,
        .right_size = options->size == sizeof *options,
    };
    return write_objects(engine, objects, &wanted, &save);
}

bloop_status bloop_delete_objects(bloop_engine *engine, bloop_object_list objects, const bloop_delete_options *options)
{
    static const bloop_delete_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    const wishes wanted = {
        .condition = options->condition,
        .statuses = options->statuses,
        .in_flight = options->in_flight,
        .atomic = options->atomic,
        .right_size = options->size == sizeof *options,
    };
    return write_objects(engine, objects, &wanted, &delete);
}

static bloop_status write_objects(bloop_engine *engine, bloop_object_list objects, const wishes *wanted,
                                  const write_verb *verb)
{
    write_terms terms = { .engine = engine, .verb = verb, .scope = wanted->scope, .atomic = wanted->atomic };
    bloop_status status = bl_condition_take(wanted->condition, &terms.condition);
    if (status == BLOOP_OK)
        status = check_call(&terms, objects, wanted);
    if (status == BLOOP_OK && objects.count == 1) {
        status = write_one(&terms, objects.items[0]);
        if (wanted->statuses)
            wanted->statuses[0] = status;
    } else if (status == BLOOP_OK && objects.count > 1) {
        write_call call = { .terms = &terms, .in_flight = wanted->in_flight };
        status = write_many(&call, objects, wanted->statuses);
    } else if (status != BLOOP_OK && wanted->statuses) {
        for (size_t i = 0; i < objects.count; i++)
            wanted->statuses[i] = status;
    }
    bl_taken_free(&terms.condition);
    return status;
}

static bloop_status check_call(const write_terms *terms, bloop_object_list objects, const wishes *wanted)
{
    if (!wanted->right_size)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: .size must be that of the options struct", terms->verb->name);
    return bl_objects_check(terms->engine, objects, terms->verb->name);
}

static bloop_status write_one(const write_terms *terms, void *object)
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
        status = prepare(terms, object, &prepared, &request);
    if (status == BLOOP_OK) {
        status = bloop_write_item(terms->engine->backend, &request, &result);
        if (status != BLOOP_OK)
            bl_error_of_object(terms->verb->name, object);
        bloop_result_free(&result.memory);
    }
    forget(&prepared);
    bl_builder_free(&key);
    if (status != BLOOP_OK) {
        bl_error_add_object(object);
        return status;
    }
    move_snapshot(terms, object);
    bl_signal_send_object(terms->verb->signal, terms->engine, object);
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
        if (!bl_binding_find(call->terms->engine, object->model))
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
        bloop_status written =
            bloop_write_items(call->terms->engine->backend, call->requests, count, call->in_flight, call->results);
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
                bl_signal_send_object(call->terms->verb->signal, call->terms->engine, call->set.objects[begin + i]);
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
            status = prepare(call->terms, object, &call->prepared[i], request);
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
            move_snapshot(call->terms, object);
            continue;
        }
        if (call->first.status != BLOOP_OK)
            continue;
        if (told)
            bl_error(own, "%s", call->results[i].message ? call->results[i].message : bloop_status_text(own));
        bl_error_of_object(call->terms->verb->name, object);
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
static bloop_status prepare(const write_terms *terms, bloop_object *object, preparation *prepared,
                            bloop_write_request *out)
{
    const bl_binding *binding = bl_binding_find(terms->engine, object->model);
    if (!binding)
        return bl_error_status();
    out->kind = terms->verb->kind;
    out->table = binding->table;
    out->condition = terms->condition.expr;
    bloop_status status = BLOOP_OK;
    if (out->kind == BLOOP_WRITE_UPDATE) {
        status = bl_object_actions(object, terms->scope, &prepared->actions);
        out->update = &prepared->actions.update;
    }
    if (status == BLOOP_OK && terms->atomic)
        status = bl_object_atomic(object, terms->condition.expr, &prepared->atomic, &out->condition);
    return status;
}

static void forget(preparation *prepared)
{
    bl_actions_free(&prepared->actions);
    bl_atomic_free(&prepared->atomic);
}

/* Only after the backend has said that it is done: an unknown outcome leaves the object knowing what it knew. */
static void move_snapshot(const write_terms *terms, bloop_object *object)
{
    if (terms->verb->kind == BLOOP_WRITE_DELETE)
        bl_object_deleted(object);
    else
        bl_object_saved(object, terms->scope);
}
