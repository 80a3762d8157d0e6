/* Reading the response of BatchGetItem. Items and unprocessed keys come grouped by table and in any order: each is matched
   with the key of the request that it answers. */
#include "wire/answer_private.h"

/* What is known of each key of the request. */
typedef struct known_key {
    uint32_t hash;  /* of the key's values */
    uint32_t table; /* the number of the first key of the same table */
    bool answered;
} known_key;

typedef struct batch_answer {
    const bloop_batch_get_request *request;
    known_key *keys;
    size_t *answered; /* the number of the key, for each item of the page */
    bl_page page;
    size_t *unprocessed;
    size_t unprocessed_count;
    bl_answer_list capacity;
    uint32_t table; /* whose items or keys are being read */
} batch_answer;

static void learn_keys(bl_answer *answer, batch_answer *batch);
static uint32_t hash_of(bloop_item key, bloop_item item);
static bool enter_table(bl_answer *answer, batch_answer *batch, bloop_slice name);
static void read_responses(bl_answer *answer, void *into);
static void read_unprocessed(bl_answer *answer, void *into);
static void read_keys(bl_answer *answer, void *into);
static bool match(bl_answer *answer, batch_answer *batch, bloop_item item, size_t *out);
static bool has_key(bloop_item item, bloop_item key);
static bloop_status deliver(const batch_answer *batch);
static bloop_status deliver_projected(const bloop_batch_get_request *request, size_t index,
                                      const bloop_projection_paths *projection, bloop_item item);
static const bloop_projection_paths *projection_of(const bloop_batch_get_request *request, const char *table);

bloop_status bl_wire_read_batch_get_response(const char *body, size_t size, const bloop_batch_get_request *request,
                                             bloop_batch_get_result *out)
{
    static const bl_answer_member members[] = {
        { "Responses", read_responses, 0 },
        { "UnprocessedKeys", read_unprocessed, 0 },
        { "ConsumedCapacity", bl_answer_capacities, offsetof(batch_answer, capacity) },
    };
    bl_answer answer;
    batch_answer batch = { .request = request };
    *out = (bloop_batch_get_result){ 0 };
    bl_answer_begin(&answer, body, size);
    learn_keys(&answer, &batch);
    bl_answer_members(&answer, members, BL_COUNT_OF(members), &batch);
    bloop_status status = bl_answer_finish(&answer, &out->memory);
    if (status == BLOOP_OK)
        status = deliver(&batch);
    if (status != BLOOP_OK) {
        bloop_result_free(&out->memory);
        return status;
    }
    out->unprocessed = batch.unprocessed;
    out->unprocessed_count = batch.unprocessed_count;
    out->capacity = batch.capacity.items;
    out->capacity_count = batch.capacity.count;
    return BLOOP_OK;
}

static void learn_keys(bl_answer *answer, batch_answer *batch)
{
    const bloop_batch_get_request *request = batch->request;
    batch->keys = bl_answer_alloc(answer, request->count, sizeof *batch->keys);
    batch->answered = batch->keys ? bl_answer_alloc(answer, request->count, sizeof *batch->answered) : NULL;
    batch->unprocessed = batch->answered ? bl_answer_alloc(answer, request->count, sizeof *batch->unprocessed) : NULL;
    if (!batch->unprocessed)
        return;
    for (uint32_t i = 0; i < request->count; i++) {
        uint32_t first = 0;
        while (strcmp(request->keys[first].table, request->keys[i].table) != 0)
            first++;
        batch->keys[i] = (known_key){ hash_of(request->keys[i].key, request->keys[i].key), first, false };
    }
}

/* Of an item's values for the attributes of a key (FNV-1a). */
static uint32_t hash_of(bloop_item key, bloop_item item)
{
    uint32_t hash = 2166136261u;
    for (bloop_walk walk = bloop_value_walk(key); bloop_walk_next(&walk);) {
        bloop_value value = bloop_item_get(item, walk.name.data, walk.name.size);
        for (size_t i = 0; i < value.size; i++)
            hash = (hash ^ value.data[i]) * 16777619u;
    }
    return hash;
}

static bool enter_table(bl_answer *answer, batch_answer *batch, bloop_slice name)
{
    for (uint32_t i = 0; i < batch->request->count; i++) {
        if (bl_slice_is(name, batch->request->keys[i].table)) {
            batch->table = i;
            return true;
        }
    }
    return bl_answer_refuse_table(answer, name);
}

static void read_responses(bl_answer *answer, void *into)
{
    batch_answer *batch = into;
    bloop_slice name;
    bloop_json_enter_object(&answer->reader);
    while (bloop_json_next_name(&answer->reader, &name)) {
        if (!enter_table(answer, batch, name))
            return;
        bloop_json_enter_array(&answer->reader);
        while (bloop_json_next_element(&answer->reader)) {
            size_t begin = batch->page.size, index;
            bl_page_read_item(answer, &batch->page);
            if (answer->reader.status != BLOOP_OK)
                return;
            bloop_item item = { batch->page.data + begin, batch->page.size - begin };
            if (!match(answer, batch, item, &index))
                return;
            batch->answered[batch->page.count - 1] = index;
        }
    }
}

static void read_unprocessed(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = { { "Keys", read_keys, 0 } };
    batch_answer *batch = into;
    bloop_slice name;
    bloop_json_enter_object(&answer->reader);
    while (bloop_json_next_name(&answer->reader, &name)) {
        if (!enter_table(answer, batch, name))
            return;
        bl_answer_members(answer, members, BL_COUNT_OF(members), batch);
    }
}

static void read_keys(bl_answer *answer, void *into)
{
    batch_answer *batch = into;
    bloop_json_enter_array(&answer->reader);
    while (bloop_json_next_element(&answer->reader)) {
        bloop_item key;
        size_t index;
        if (!bl_answer_borrow_item(answer, &key) || !match(answer, batch, key, &index))
            return;
        batch->unprocessed[batch->unprocessed_count++] = index;
    }
}

/* Finds the key that an item has, which must not have been answered yet. */
static bool match(bl_answer *answer, batch_answer *batch, bloop_item item, size_t *out)
{
    const bloop_batch_get_request *request = batch->request;
    uint32_t hash = hash_of(request->keys[batch->table].key, item);
    for (size_t i = batch->table; i < request->count; i++) {
        known_key *known = &batch->keys[i];
        if (known->hash != hash || known->table != batch->table || known->answered ||
            !has_key(item, request->keys[i].key))
            continue;
        known->answered = true;
        *out = i;
        return true;
    }
    bloop_json_refuse(&answer->reader, "an item that was not asked for, or comes twice");
    return false;
}

static bool has_key(bloop_item item, bloop_item key)
{
    for (bloop_walk walk = bloop_value_walk(key); bloop_walk_next(&walk);) {
        bloop_value value = bloop_item_get(item, walk.name.data, walk.name.size);
        if (!value.data || !bloop_value_equal(value, walk.value))
            return false;
    }
    return true;
}

/* Only now that the whole response is known to be sound: no receiver sees an item of one that is not. */
static bloop_status deliver(const batch_answer *batch)
{
    const bloop_batch_get_request *request = batch->request;
    const uint8_t *at = batch->page.data;
    bloop_status status = BLOOP_OK;
    for (uint32_t i = 0; i < batch->page.count && status == BLOOP_OK; i++) {
        bloop_item item = bl_value_at(at);
        size_t index = batch->answered[i];
        const bloop_projection_paths *projection = projection_of(request, request->keys[index].table);
        if (projection)
            status = deliver_projected(request, index, projection, item);
        else
            status = request->receive(request->context, index, item);
        at += item.size;
    }
    return status;
}

/* The request asked for the key as well, whether or not the projection has it. */
static bloop_status deliver_projected(const bloop_batch_get_request *request, size_t index,
                                      const bloop_projection_paths *projection, bloop_item item)
{
    uint8_t storage[1024];
    bloop_builder builder;
    bloop_item projected;
    bl_builder_use(&builder, storage, sizeof storage);
    bloop_status status = bloop_projection_apply(projection, item, &builder);
    if (status == BLOOP_OK)
        status = bloop_builder_value(&builder, &projected);
    if (status == BLOOP_OK)
        status = request->receive(request->context, index, projected);
    bl_builder_free(&builder);
    return status;
}

/* NULL when all that was sent is to be delivered. */
static const bloop_projection_paths *projection_of(const bloop_batch_get_request *request, const char *table)
{
    for (size_t i = 0; i < request->table_count; i++) {
        const bloop_batch_table *options = &request->tables[i];
        if (strcmp(options->table, table) == 0)
            return options->projection && options->projection->count > 0 && !options->projection_is_hint
                       ? options->projection
                       : NULL;
    }
    return NULL;
}
