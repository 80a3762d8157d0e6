/* Load: objects filled from their items.

   One object is one GetItem, decoded in place. Many are one call of the seam, which asks in as many requests as it takes;
   equal keys are asked for once and fill every object that has them. */
#include <stdlib.h>

#include "engine/objects_private.h"

/* One object of a call on many. Those of one item are neighbours, by their place in the sorted order. */
typedef struct entry {
    bloop_object *object;
    const bl_binding *binding;
    bloop_item key;
    size_t place;  /* in the set */
    size_t shared; /* how many entries from this one on have the same item; 0: not the first of them */
    bool found;
    bloop_status status;
} entry;

/* A call on many objects. */
typedef struct load_call {
    bloop_engine *engine;
    const bloop_load_options *options;
    bl_object_set set;
    entry *entries;
    bl_arena keys;
    size_t *asked; /* the first entry of each item, in the order of the request's keys */
    size_t asked_count;
    bl_error_copy first; /* the first failure, other than an item that is not there */
} load_call;

static bloop_status load_one(bloop_engine *engine, bloop_object *object, bool consistent);
static bloop_status fill_one(void *context, bloop_item item);
static bloop_status load_many(bloop_engine *engine, bloop_object_list objects, const bloop_load_options *options);
static bloop_status make_entries(load_call *call);
static bloop_status make_entry(load_call *call, size_t place, bloop_builder *key);
static void group_equal_keys(load_call *call);
static bloop_status ask_for_all(load_call *call);
static size_t list_tables(const load_call *call, bloop_batch_table *tables);
static bloop_status ask(load_call *call, const bloop_batch_get_request *request);
static bloop_status fill_shared(void *context, size_t index, bloop_item item);
static void tell_of_all(const load_call *call);
static void fail_unanswered(load_call *call, bloop_status status, const bloop_batch_get_result *result);
static void fail_unfilled(load_call *call, size_t index, bloop_status status);
static bloop_status report(load_call *call, bloop_object_list objects, bloop_status *statuses);
static int compare_items(const entry *a, const entry *b);
static int by_item_then_place(const void *a, const void *b);

bloop_status bloop_load_objects(bloop_engine *engine, bloop_object_list objects, const bloop_load_options *options)
{
    static const bloop_load_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    bloop_status status = BLOOP_OK;
    if (options->size != sizeof *options)
        status = bl_error(BLOOP_INVALID_ARGUMENT, "bloop_load: .size must be sizeof(bloop_load_options)");
    else
        status = bl_objects_check(engine, objects, "bloop_load");
    if (status == BLOOP_OK && objects.count > 1)
        return load_many(engine, objects, options);
    if (status == BLOOP_OK && objects.count == 1)
        status = load_one(engine, objects.items[0], options->consistent);
    for (size_t i = 0; options->statuses && i < objects.count; i++)
        options->statuses[i] = status;
    return status;
}

static bloop_status load_one(bloop_engine *engine, bloop_object *object, bool consistent)
{
    uint8_t storage[512];
    bloop_builder key;
    bl_builder_use(&key, storage, sizeof storage);
    const bl_binding *binding = bl_binding_find(engine, object->model);
    bloop_get_request request = {
        .consistent = consistent, .projection_is_hint = true, .receive = fill_one, .context = object
    };
    bloop_get_result result = { 0 };

    bloop_status status = binding ? bl_object_key(object, &key) : bl_error_status();
    if (status == BLOOP_OK)
        status = bloop_builder_value(&key, &request.key);
    if (status == BLOOP_OK) {
        request.table = binding->table;
        request.projection = &binding->projection;
        status = bloop_get_item(engine->backend, &request, &result);
        if (status == BLOOP_OK && !result.found)
            status = bl_error(BLOOP_MISSING_OBJECTS, "the object was not found in table %s", binding->table);
        if (status != BLOOP_OK)
            bl_error_of_object("bloop_load", object);
        bloop_result_free(&result.memory);
    }
    bl_builder_free(&key);
    if (status == BLOOP_OK)
        bl_signal_send_object(BLOOP_OBJECT_LOADED, engine, object);
    else
        bl_error_add_object(object);
    return status;
}

static bloop_status fill_one(void *context, bloop_item item)
{
    return bl_object_load(context, item, NULL);
}

static bloop_status load_many(bloop_engine *engine, bloop_object_list objects, const bloop_load_options *options)
{
    load_call call = { .engine = engine, .options = options };
    bloop_status status = bl_error_reserve_objects(objects.count);
    if (status == BLOOP_OK)
        status = bl_object_set_make(objects, &call.set);
    if (status == BLOOP_OK)
        status = make_entries(&call);
    if (status == BLOOP_OK) {
        group_equal_keys(&call);
        status = ask_for_all(&call);
    }
    if (status == BLOOP_OK) {
        tell_of_all(&call);
        status = report(&call, objects, options->statuses);
    } else {
        for (size_t i = 0; options->statuses && i < objects.count; i++)
            options->statuses[i] = status;
    }
    bl_free(call.entries);
    bl_free(call.asked);
    bl_arena_free(&call.keys);
    bl_object_set_free(&call.set);
    return status;
}

/* What must be right of every object before anything is read. */
static bloop_status make_entries(load_call *call)
{
    call->entries = bl_alloc_zeroed(call->set.count, sizeof *call->entries);
    call->asked = bl_alloc_zeroed(call->set.count, sizeof *call->asked);
    if (!call->entries || !call->asked)
        return BLOOP_NO_MEMORY;
    uint8_t storage[512];
    bloop_builder key;
    bl_builder_use(&key, storage, sizeof storage);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < call->set.count; i++) {
        status = make_entry(call, i, &key);
        if (status != BLOOP_OK)
            bl_error_add_object(call->set.objects[i]);
    }
    bl_builder_free(&key);
    return status;
}

static bloop_status make_entry(load_call *call, size_t place, bloop_builder *key)
{
    bloop_object *object = call->set.objects[place];
    entry *made = &call->entries[place];
    made->object = object;
    made->place = place;
    made->status = BLOOP_MISSING_OBJECTS;
    made->binding = bl_binding_find(call->engine, object->model);
    if (!made->binding)
        return bl_error_status();
    bloop_builder_reset(key);
    bloop_status status = bl_object_key(object, key);
    if (status == BLOOP_OK)
        status = bloop_builder_value(key, &made->key);
    if (status == BLOOP_OK && !(made->key.data = bl_arena_copy(&call->keys, made->key.data, made->key.size)))
        status = BLOOP_NO_MEMORY;
    return status;
}

static void group_equal_keys(load_call *call)
{
    qsort(call->entries, call->set.count, sizeof *call->entries, by_item_then_place);
    for (size_t i = 0; i < call->set.count;) {
        entry *first = &call->entries[i];
        first->shared = 1;
        while (i + first->shared < call->set.count && compare_items(first, first + first->shared) == 0)
            first->shared++;
        call->asked[call->asked_count++] = i;
        i += first->shared;
    }
}

/* Fails only when nothing could be asked for; what comes of the request is told by the entries and call->first. */
static bloop_status ask_for_all(load_call *call)
{
    bloop_batch_get_key *keys = bl_alloc_zeroed(call->asked_count, sizeof *keys);
    bloop_batch_table *tables = bl_alloc_zeroed(list_tables(call, NULL), sizeof *tables);
    bloop_status status = keys && tables ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK) {
        for (size_t i = 0; i < call->asked_count; i++) {
            const entry *first = &call->entries[call->asked[i]];
            keys[i] = (bloop_batch_get_key){ first->binding->table, first->key };
        }
        bloop_batch_get_request request = {
            .keys = keys, .count = call->asked_count, .tables = tables, .receive = fill_shared, .context = call
        };
        request.table_count = list_tables(call, tables);
        status = ask(call, &request);
    }
    bl_free(keys);
    bl_free(tables);
    return status;
}

static bloop_status ask(load_call *call, const bloop_batch_get_request *request)
{
    bloop_batch_get_result result = { 0 };
    bloop_status status = bloop_get_items(call->engine->backend, request, call->options->in_flight, &result);
    if (status == BLOOP_OK && result.unprocessed_count > 0)
        status = bl_error(BLOOP_THROTTLED, "%zu keys were left unprocessed", result.unprocessed_count);
    if (status != BLOOP_OK) {
        bl_error_context("bloop_load");
        fail_unanswered(call, status, &result);
    }
    bloop_result_free(&result.memory);
    return BLOOP_OK;
}

/* The options of each table (`tables` NULL: only their number): entries of one table are neighbours. */
static size_t list_tables(const load_call *call, bloop_batch_table *tables)
{
    size_t listed = 0;
    const char *last = NULL;
    for (size_t i = 0; i < call->set.count; i++) {
        const bl_binding *binding = call->entries[i].binding;
        if (!last || strcmp(last, binding->table) != 0) {
            last = binding->table;
            if (tables)
                tables[listed] =
                    (bloop_batch_table){ binding->table, call->options->consistent, &binding->projection, true };
            listed++;
        } else if (tables && tables[listed - 1].projection != &binding->projection) {
            /* Two models of one table: neither's projection would do for both. */
            tables[listed - 1].projection = NULL;
        }
    }
    return listed;
}

/* Fills all objects of one item. That one of them refuses a value does not stop the others. */
static bloop_status fill_shared(void *context, size_t index, bloop_item item)
{
    load_call *call = context;
    if (index >= call->asked_count)
        return bl_error(BLOOP_INTERNAL, "the backend gave an item that it was not asked for");
    entry *first = &call->entries[call->asked[index]];
    for (size_t i = 0; i < first->shared; i++) {
        entry *at = first + i;
        at->status = bl_object_load(at->object, item, NULL);
        at->found = at->status == BLOOP_OK;
        if (at->found || call->first.status != BLOOP_OK)
            continue;
        bl_error_of_object("bloop_load", at->object);
        bl_error_save(&call->first);
    }
    return BLOOP_OK;
}

static void tell_of_all(const load_call *call)
{
    if (!bl_signal_wanted(BLOOP_OBJECT_LOADED))
        return;
    for (size_t i = 0; i < call->set.count; i++)
        if (call->entries[i].found)
            bl_signal_send_object(BLOOP_OBJECT_LOADED, call->engine, call->entries[i].object);
}

/* What nobody has answered for is not missing: nobody knows. A backend that does not say what that is may mean all. */
static void fail_unanswered(load_call *call, bloop_status status, const bloop_batch_get_result *result)
{
    bl_error_save(&call->first);
    for (size_t i = 0; i < result->unprocessed_count; i++)
        if (result->unprocessed[i] < call->asked_count)
            fail_unfilled(call, result->unprocessed[i], status);
    for (size_t i = 0; result->unprocessed_count == 0 && i < call->asked_count; i++)
        fail_unfilled(call, i, status);
}

static void fail_unfilled(load_call *call, size_t index, bloop_status status)
{
    entry *first = &call->entries[call->asked[index]];
    for (size_t k = 0; k < first->shared; k++)
        if (first[k].status == BLOOP_MISSING_OBJECTS)
            first[k].status = status;
}

static bloop_status report(load_call *call, bloop_object_list objects, bloop_status *statuses)
{
    size_t failed = 0;
    for (size_t i = 0; i < call->set.count; i++)
        failed += !call->entries[i].found;
    bloop_status status = BLOOP_OK;
    if (call->first.status != BLOOP_OK)
        status = bl_error_restore(&call->first);
    else if (failed)
        status =
            bl_error(BLOOP_MISSING_OBJECTS, "bloop_load: %zu of %zu objects were not found", failed, call->set.count);
    /* Back to the order of the call. */
    for (size_t i = 0; i < call->set.count; i++)
        while (call->entries[i].place != i) {
            entry moved = call->entries[call->entries[i].place];
            call->entries[call->entries[i].place] = call->entries[i];
            call->entries[i] = moved;
        }
    for (size_t i = 0; statuses && i < objects.count; i++)
        statuses[i] = call->entries[call->set.places[i]].status;
    for (size_t i = 0; status != BLOOP_OK && i < call->set.count; i++)
        if (!call->entries[i].found)
            bl_error_add_object(call->entries[i].object);
    return status;
}

static int compare_items(const entry *a, const entry *b)
{
    int order = strcmp(a->binding->table, b->binding->table);
    if (order == 0 && a->key.size != b->key.size)
        order = a->key.size < b->key.size ? -1 : 1;
    return order ? order : memcmp(a->key.data, b->key.data, a->key.size);
}

static int by_item_then_place(const void *a, const void *b)
{
    const entry *left = a, *right = b;
    int order = compare_items(left, right);
    return order ? order : (left->place > right->place) - (left->place < right->place);
}
