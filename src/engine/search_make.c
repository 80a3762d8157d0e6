/* Queries and scans made: options become a request. A search that can't be made is a failed one. */
#include "engine/search_private.h"

/* What both kinds of options come to. */
typedef struct wishes {
    bloop_search_kind kind;
    const bloop_model *model;
    const bloop_index *index;
    bloop_condition *key, *filter;
    const bloop_column *const *projection;
    const char *const *projection_names;
    const char *token;
    bool count, consistent, descending, right_size;
    int32_t segment, total_segments, page_items;
} wishes;

static bloop_search *query(bloop_engine *engine, const bloop_model *model, const bloop_index *index,
                           const bloop_query_options *options);
static bloop_search *scan(bloop_engine *engine, const bloop_model *model, const bloop_index *index,
                          const bloop_scan_options *options);
static bloop_search *make(bloop_engine *engine, const wishes *wanted);
static bloop_status prepare(bloop_search *search, bloop_engine *engine, const wishes *wanted);
static bloop_status prepare_target(bloop_search *search, bloop_engine *engine, const wishes *wanted);
static bloop_status prepare_request(bloop_search *search, const wishes *wanted);
static const bloop_model *model_of(const void *index);

/* For when there is no memory for another: it has failed, and nothing can change it. */
static bloop_search out_of_memory = {
    .failed_for_good = true,
    .last_page = true,
    .status = BLOOP_NO_MEMORY,
    .error = { .status = BLOOP_NO_MEMORY, .message = "out of memory: a search" },
};

bloop_search *bloop_query_model(bloop_engine *engine, const void *model, const bloop_query_options *options)
{
    return query(engine, model, NULL, options);
}

bloop_search *bloop_query_index(bloop_engine *engine, const void *index, const bloop_query_options *options)
{
    return query(engine, model_of(index), index, options);
}

bloop_search *bloop_scan_model(bloop_engine *engine, const void *model, const bloop_scan_options *options)
{
    return scan(engine, model, NULL, options);
}

bloop_search *bloop_scan_index(bloop_engine *engine, const void *index, const bloop_scan_options *options)
{
    return scan(engine, model_of(index), index, options);
}

bool bl_search_is_constant(const bloop_search *search)
{
    return search == &out_of_memory;
}

static bloop_search *query(bloop_engine *engine, const bloop_model *model, const bloop_index *index,
                           const bloop_query_options *options)
{
    static const bloop_query_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    return make(engine, &(wishes){
                            .kind = BLOOP_SEARCH_QUERY,
                            .model = model,
                            .index = index,
                            .key = options->key,
                            .filter = options->filter,
                            .projection = options->projection,
                            .projection_names = options->projection_names,
                            .token = options->token,
                            .count = options->count,
                            .consistent = options->consistent,
                            .descending = options->descending,
                            .page_items = options->page_items,
                            .right_size = options->size == sizeof *options,
                        });
}

static bloop_search *scan(bloop_engine *engine, const bloop_model *model, const bloop_index *index,
                          const bloop_scan_options *options)
{
    static const bloop_scan_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    return make(engine, &(wishes){
                            .kind = BLOOP_SEARCH_SCAN,
                            .model = model,
                            .index = index,
                            .filter = options->filter,
                            .projection = options->projection,
                            .projection_names = options->projection_names,
                            .token = options->token,
                            .count = options->count,
                            .consistent = options->consistent,
                            .segment = options->segment,
                            .total_segments = options->total_segments,
                            .page_items = options->page_items,
                            .right_size = options->size == sizeof *options,
                        });
}

static bloop_search *make(bloop_engine *engine, const wishes *wanted)
{
    bloop_search *search = bl_alloc_zeroed(1, sizeof *search);
    bl_taken nowhere = { 0 };
    bloop_status key = bl_condition_take(wanted->key, search ? &search->key : &nowhere);
    bl_taken_free(&nowhere);
    bl_error_copy error;
    if (key != BLOOP_OK)
        bl_error_save(&error);
    bloop_status filter = bl_condition_take(wanted->filter, search ? &search->filter : &nowhere);
    bl_taken_free(&nowhere);
    if (!search)
        return &out_of_memory;
    bloop_status status = key != BLOOP_OK ? bl_error_restore(&error) : filter;
    if (status == BLOOP_OK)
        status = prepare(search, engine, wanted);
    if (status != BLOOP_OK) {
        bl_search_fail(search);
        search->failed_for_good = true;
    }
    return search;
}

static bloop_status prepare(bloop_search *search, bloop_engine *engine, const wishes *wanted)
{
    search->request.kind = wanted->kind;
    if (!engine || !wanted->model)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a search: the %s is NULL", engine ? "model or index" : "engine");
    if (!wanted->right_size)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a search: .size must be that of the options struct");
    bloop_status status = prepare_target(search, engine, wanted);
    if (status == BLOOP_OK && wanted->kind == BLOOP_SEARCH_QUERY)
        status = bl_search_check_key(search, search->key.expr);
    if (status == BLOOP_OK)
        status = bl_search_check_filter(search, search->filter.expr);
    if (status == BLOOP_OK)
        status = bl_search_project(search, wanted->projection, wanted->projection_names);
    if (status == BLOOP_OK)
        status = prepare_request(search, wanted);
    if (status == BLOOP_OK && wanted->token)
        status = bl_token_read(search, wanted->token, &search->origin);
    if (status == BLOOP_OK)
        bloop_search_reset(search);
    return search->status != BLOOP_OK ? search->status : status;
}

static bloop_status prepare_target(bloop_search *search, bloop_engine *engine, const wishes *wanted)
{
    bloop_status status = bl_model_info_of(wanted->model, &search->info);
    if (status != BLOOP_OK)
        return status;
    const bl_binding *binding = bl_binding_find(engine, wanted->model);
    if (!binding)
        return bl_error_status();
    search->engine = bl_engine_refer(engine);
    search->request.table = binding->table;
    if (!wanted->index)
        return BLOOP_OK;
    search->index = bl_model_find_index(search->info, wanted->index);
    if (!search->index)
        return bl_error(BLOOP_INVALID_INDEX, "model %s has no such index", wanted->model->name);
    search->request.index = bloop_index_dynamo_name(search->index->index);
    return BLOOP_OK;
}

static bloop_status prepare_request(bloop_search *search, const wishes *wanted)
{
    char name[BL_SEARCH_NAME_SIZE];
    bool global = search->index && !search->index->index->local;
    if (wanted->consistent && global)
        return bl_error(BLOOP_INVALID_SEARCH_MODE, "%s: a global index can't be read consistently",
                        bl_search_name(search, name));
    if (wanted->page_items < 0)
        return bl_error(BLOOP_INVALID_SEARCH_MODE, "%s: .page_items is negative", bl_search_name(search, name));
    bool in_parallel = wanted->total_segments || wanted->segment;
    if (in_parallel && (wanted->total_segments < 1 || wanted->total_segments > 1000000 || wanted->segment < 0 ||
                        wanted->segment >= wanted->total_segments))
        return bl_error(BLOOP_INVALID_SEARCH_MODE,
                        "%s: .segment %d of .total_segments %d: must be 0 to total - 1 of 1 to 1,000,000",
                        bl_search_name(search, name), (int)wanted->segment, (int)wanted->total_segments);
    bloop_search_request *request = &search->request;
    request->key_condition = search->key.expr;
    request->filter = search->filter.expr;
    bool count = wanted->count && !search->fetched;
    search->drops_rows = wanted->count && search->fetched;
    request->projection = count ? NULL : &search->projection;
    request->select = count ? BLOOP_SELECT_COUNT : BLOOP_SELECT_SPECIFIC;
    request->projection_is_hint = true;
    request->consistent = wanted->consistent;
    request->descending = wanted->descending;
    request->limit = wanted->page_items;
    request->segment = wanted->segment;
    request->total_segments = wanted->total_segments;
    return BLOOP_OK;
}

static const bloop_model *model_of(const void *index)
{
    return index ? ((const bloop_index *)index)->model : NULL;
}
