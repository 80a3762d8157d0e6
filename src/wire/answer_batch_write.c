/* Reading the response of BatchWriteItem. What is unprocessed comes as the requests themselves, grouped by table and in any
   order: each is matched with one of those that were sent. */
#include "wire/answer_private.h"

typedef struct batch_answer {
    const bloop_batch_write_request *request;
    bool *answered; /* for each write: it is unprocessed */
    size_t *unprocessed;
    size_t unprocessed_count;
    bl_answer_list capacity;
    bloop_collection_metrics *metrics;
    size_t metrics_count, metrics_room;
    const char *table; /* the request's name of the one that is being read */
} batch_answer;

/* A request that is unprocessed, while it is read. */
typedef struct left_over {
    batch_answer *batch;
    bool any;
} left_over;

static void read_unprocessed(bl_answer *answer, void *into);
static void read_left_over(bl_answer *answer, batch_answer *batch);
static void read_put(bl_answer *answer, void *into);
static void read_delete(bl_answer *answer, void *into);
static void read_item(bl_answer *answer, void *into);
static void read_key(bl_answer *answer, void *into);
static void match(bl_answer *answer, left_over *left, bloop_write_kind kind);
static bool enter_table(bl_answer *answer, batch_answer *batch, bloop_slice name);
static void read_metrics(bl_answer *answer, void *into);

bloop_status bl_wire_read_batch_write_response(const char *body, size_t size, const bloop_batch_write_request *request,
                                               bloop_batch_write_result *out)
{
    static const bl_answer_member members[] = {
        { "UnprocessedItems", read_unprocessed, 0 },
        { "ItemCollectionMetrics", read_metrics, 0 },
        { "ConsumedCapacity", bl_answer_capacities, offsetof(batch_answer, capacity) },
    };
    bl_answer answer;
    batch_answer batch = { .request = request };
    *out = (bloop_batch_write_result){ 0 };
    bl_answer_begin(&answer, body, size);
    batch.answered = bl_answer_alloc(&answer, request->count, sizeof *batch.answered);
    batch.unprocessed = batch.answered ? bl_answer_alloc(&answer, request->count, sizeof *batch.unprocessed) : NULL;
    bl_answer_members(&answer, members, BL_COUNT_OF(members), &batch);
    bloop_collection_metrics *metrics =
        batch.metrics_count ? bl_answer_alloc(&answer, batch.metrics_count, sizeof *metrics) : NULL;
    if (metrics)
        memcpy(metrics, batch.metrics, batch.metrics_count * sizeof *metrics);
    bl_free(batch.metrics);
    bloop_status status = bl_answer_finish(&answer, &out->memory);
    if (status != BLOOP_OK)
        return status;
    out->unprocessed = batch.unprocessed;
    out->unprocessed_count = batch.unprocessed_count;
    out->capacity = batch.capacity.items;
    out->capacity_count = batch.capacity.count;
    out->metrics = metrics;
    out->metrics_count = batch.metrics_count;
    return BLOOP_OK;
}

static void read_unprocessed(bl_answer *answer, void *into)
{
    batch_answer *batch = into;
    bloop_slice name;
    bloop_json_enter_object(&answer->reader);
    while (bloop_json_next_name(&answer->reader, &name)) {
        if (!enter_table(answer, batch, name))
            return;
        bloop_json_enter_array(&answer->reader);
        while (bloop_json_next_element(&answer->reader))
            read_left_over(answer, batch);
    }
}

static void read_left_over(bl_answer *answer, batch_answer *batch)
{
    static const bl_answer_member members[] = {
        { "PutRequest", read_put, 0 },
        { "DeleteRequest", read_delete, 0 },
    };
    left_over left = { .batch = batch };
    bl_answer_members(answer, members, BL_COUNT_OF(members), &left);
    if (!left.any)
        bloop_json_refuse(&answer->reader, "an unprocessed request that is neither a put nor a delete");
}

static void read_put(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = { { "Item", read_item, 0 } };
    bl_answer_members(answer, members, BL_COUNT_OF(members), into);
}

static void read_delete(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = { { "Key", read_key, 0 } };
    bl_answer_members(answer, members, BL_COUNT_OF(members), into);
}

static void read_item(bl_answer *answer, void *into)
{
    match(answer, into, BLOOP_WRITE_PUT);
}

static void read_key(bl_answer *answer, void *into)
{
    match(answer, into, BLOOP_WRITE_DELETE);
}

/* Finds the write that an item or key was sent for. */
static void match(bl_answer *answer, left_over *left, bloop_write_kind kind)
{
    batch_answer *batch = left->batch;
    bloop_item item;
    if (!bl_answer_borrow_item(answer, &item))
        return;
    for (size_t i = 0; i < batch->request->count; i++) {
        const bloop_write_request *write = &batch->request->writes[i];
        if (batch->answered[i] || write->kind != kind || strcmp(write->table, batch->table) != 0 ||
            !bloop_value_equal(write->item, item))
            continue;
        batch->answered[i] = true;
        batch->unprocessed[batch->unprocessed_count++] = i;
        left->any = true;
        return;
    }
    bloop_json_refuse(&answer->reader, "a request is unprocessed that was not made, or comes twice");
}

static bool enter_table(bl_answer *answer, batch_answer *batch, bloop_slice name)
{
    for (size_t i = 0; i < batch->request->count; i++) {
        const char *table = batch->request->writes[i].table;
        if (!bl_slice_is(name, table))
            continue;
        batch->table = table;
        return true;
    }
    return bl_answer_refuse_table(answer, name);
}

/* Names of tables, each with its item collections. */
static void read_metrics(bl_answer *answer, void *into)
{
    batch_answer *batch = into;
    bloop_slice name;
    bloop_json_enter_object(&answer->reader);
    while (bloop_json_next_name(&answer->reader, &name)) {
        char *table = bl_answer_alloc(answer, name.size + 1, 1);
        if (!table)
            return;
        memcpy(table, name.data, name.size);
        bloop_json_enter_array(&answer->reader);
        while (bloop_json_next_element(&answer->reader)) {
            if (!bl_answer_may_add(answer, batch->metrics_count))
                return;
            if (bl_grow((void **)&batch->metrics, &batch->metrics_room, batch->metrics_count + 1,
                        sizeof *batch->metrics) != BLOOP_OK) {
                bl_answer_no_memory(answer);
                return;
            }
            bloop_collection_metrics *read = &batch->metrics[batch->metrics_count++];
            *read = (bloop_collection_metrics){ .table = table };
            bl_answer_metrics(answer, read);
        }
    }
}
