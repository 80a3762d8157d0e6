/* Reading the responses of operations on single items, and of searches. */
#include "wire/answer_private.h"

/* What a response of GetItem has. */
typedef struct get_answer {
    bloop_item item;
    const bloop_consumed_capacity *capacity;
} get_answer;

/* What those of writes have. */
typedef struct write_answer {
    bloop_item attributes;
    const bloop_consumed_capacity *capacity;
    bloop_collection_metrics metrics;
} write_answer;

/* And those of searches. */
typedef struct search_answer {
    bl_page page;
    bool has_count, has_scanned;
    uint32_t count, scanned;
    bloop_item last;
    const bloop_consumed_capacity *capacity;
} search_answer;

static bloop_status give_item(const bloop_get_request *request, const get_answer *read, bloop_get_result *out);
static void read_items(bl_answer *answer, void *into);
static void read_count(bl_answer *answer, void *into);
static void read_scanned(bl_answer *answer, void *into);
static void check_counts(bl_answer *answer, const bloop_search_request *request, search_answer *read);
static const bloop_collection_metrics *keep_metrics(bl_answer *answer, const bloop_write_request *request,
                                                    bloop_collection_metrics metrics);

bloop_status bl_wire_read_item_response(const char *body, size_t size, const bloop_get_request *request,
                                        bloop_get_result *out)
{
    static const bl_answer_member members[] = {
        { "Item", bl_answer_item, offsetof(get_answer, item) },
        { "ConsumedCapacity", bl_answer_capacity, offsetof(get_answer, capacity) },
    };
    uint8_t storage[2048]; /* for the usual item */
    bl_answer answer;
    get_answer read = { 0 };
    *out = (bloop_get_result){ 0 };
    bl_answer_begin(&answer, body, size);
    bl_builder_use(&answer.builder, storage, sizeof storage);
    bl_answer_members(&answer, members, BL_COUNT_OF(members), &read);
    bloop_status status = bl_answer_finish(&answer, &out->memory);
    return status == BLOOP_OK ? give_item(request, &read, out) : status;
}

bloop_status bl_wire_read_write_response(const char *body, size_t size, const bloop_write_request *request,
                                         bloop_write_result *out)
{
    static const bl_answer_member members[] = {
        { "Attributes", bl_answer_item, offsetof(write_answer, attributes) },
        { "ConsumedCapacity", bl_answer_capacity, offsetof(write_answer, capacity) },
        { "ItemCollectionMetrics", bl_answer_metrics, offsetof(write_answer, metrics) },
    };
    bl_answer answer;
    write_answer read = { 0 };
    *out = (bloop_write_result){ 0 };
    bl_answer_begin(&answer, body, size);
    bl_answer_members(&answer, members, BL_COUNT_OF(members), &read);
    const bloop_collection_metrics *metrics = keep_metrics(&answer, request, read.metrics);
    bloop_status status = bl_answer_finish(&answer, &out->memory);
    if (status != BLOOP_OK)
        return status;
    out->attributes = read.attributes;
    out->capacity = read.capacity;
    out->metrics = metrics;
    return BLOOP_OK;
}

bloop_status bl_wire_read_search_response(const char *body, size_t size, const bloop_search_request *request,
                                          bloop_search_result *out)
{
    static const bl_answer_member members[] = {
        { "Items", read_items, 0 },
        { "Count", read_count, 0 },
        { "ScannedCount", read_scanned, 0 },
        { "LastEvaluatedKey", bl_answer_item, offsetof(search_answer, last) },
        { "ConsumedCapacity", bl_answer_capacity, offsetof(search_answer, capacity) },
    };
    bl_answer answer;
    search_answer read = { 0 };
    *out = (bloop_search_result){ 0 };
    bl_answer_begin(&answer, body, size);
    bl_answer_members(&answer, members, BL_COUNT_OF(members), &read);
    check_counts(&answer, request, &read);
    bloop_status status = bl_answer_finish(&answer, &out->memory);
    if (status != BLOOP_OK)
        return status;
    out->items = read.page.data;
    out->items_size = read.page.size;
    out->count = read.count;
    out->scanned = read.scanned;
    if (bloop_value_count(read.last) > 0)
        out->last = read.last;
    out->capacity = read.capacity;
    return BLOOP_OK;
}

static bloop_status give_item(const bloop_get_request *request, const get_answer *read, bloop_get_result *out)
{
    out->found = read->item.data != NULL;
    out->capacity = read->capacity;
    if (!request->receive) {
        out->item = read->item;
        return BLOOP_OK;
    }
    bloop_status status = out->found ? request->receive(request->context, read->item) : BLOOP_OK;
    if (status != BLOOP_OK) {
        bloop_result_free(&out->memory);
        *out = (bloop_get_result){ 0 };
    }
    return status;
}

static void read_items(bl_answer *answer, void *into)
{
    search_answer *read = into;
    bloop_json_enter_array(&answer->reader);
    while (bloop_json_next_element(&answer->reader))
        bl_page_read_item(answer, &read->page);
}

static void read_count(bl_answer *answer, void *into)
{
    search_answer *read = into;
    read->has_count = true;
    bl_answer_uint32(answer, &read->count);
}

static void read_scanned(bl_answer *answer, void *into)
{
    search_answer *read = into;
    read->has_scanned = true;
    bl_answer_uint32(answer, &read->scanned);
}

static void check_counts(bl_answer *answer, const bloop_search_request *request, search_answer *read)
{
    if (!read->has_count)
        read->count = read->page.count;
    if (!read->has_scanned)
        read->scanned = read->count;
    bool only_counts = request->select == BLOOP_SELECT_COUNT && read->page.count == 0;
    if (!only_counts && read->count != read->page.count)
        bloop_json_refuse(&answer->reader, "Count is %u, but there are %u items", (unsigned)read->count,
                          (unsigned)read->page.count);
    if (read->scanned < read->count)
        bloop_json_refuse(&answer->reader, "Count is %u, but ScannedCount is %u", (unsigned)read->count,
                          (unsigned)read->scanned);
}

/* The service doesn't say again which table it was. */
static const bloop_collection_metrics *keep_metrics(bl_answer *answer, const bloop_write_request *request,
                                                    bloop_collection_metrics metrics)
{
    if (!metrics.key.data || answer->reader.status != BLOOP_OK)
        return NULL;
    size_t size = strlen(request->table) + 1;
    char *table = bl_answer_alloc(answer, size, 1);
    bloop_collection_metrics *kept = table ? bl_answer_alloc(answer, 1, sizeof *kept) : NULL;
    if (!kept)
        return NULL;
    metrics.table = memcpy(table, request->table, size);
    *kept = metrics;
    return kept;
}
