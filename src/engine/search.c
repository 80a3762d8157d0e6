/* Searches running: pages fetched as they are needed, rows out of them. */
#include <stdio.h>

#include "engine/search_private.h"

static bool fetch(bloop_search *search);
static bool set_start(bl_buffer *start, bloop_item key);
static void *make_row(bloop_search *search, bloop_item item);
static void drop_page(bloop_search *search);

void *bloop_next(bloop_search *search)
{
    if (!search) {
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_next: the search is NULL");
        return NULL;
    }
    if (search->status != BLOOP_OK) {
        bl_error_restore(&search->error);
        return NULL;
    }
    for (bloop_item item; search->engine;) {
        if (search->drops_rows)
            drop_page(search);
        else if (bloop_page_next(&search->page, &search->position, &item))
            return make_row(search, item);
        if (search->last_page)
            break;
        if (!fetch(search))
            return NULL;
    }
    search->current = (bloop_item){ NULL, 0 };
    bl_error_clear();
    return NULL;
}

void *bloop_keep_row(void *row)
{
    if (row)
        bl_object_keep(row);
    return row;
}

uint64_t bloop_search_count(const bloop_search *search)
{
    return search ? search->count : 0;
}

uint64_t bloop_search_scanned(const bloop_search *search)
{
    return search ? search->scanned : 0;
}

bool bloop_search_exhausted(const bloop_search *search)
{
    return !search || search->status != BLOOP_OK || (search->last_page && search->position >= search->page.items_size);
}

void bloop_search_reset(bloop_search *search)
{
    if (!search || search->failed_for_good)
        return;
    drop_page(search);
    search->count = search->scanned = 0;
    search->last_page = false;
    search->status = BLOOP_OK;
    bloop_item origin = { search->origin.data, search->origin.size };
    if (!set_start(&search->start, origin))
        bl_search_fail(search);
}

bloop_status bloop_search_move_to(bloop_search *search, const char *token)
{
    if (!search || !token)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_search_move_to: the %s is NULL", search ? "token" : "search");
    if (search->failed_for_good)
        return bl_error_restore(&search->error);
    bl_buffer start = { 0 };
    bloop_status status = bl_token_read(search, token, &start);
    if (status == BLOOP_OK) {
        drop_page(search);
        bl_buffer_free(&search->start);
        search->start = start;
        search->count = search->scanned = 0;
        search->last_page = false;
        search->status = BLOOP_OK;
    } else {
        bl_buffer_free(&start);
    }
    return status;
}

bloop_status bloop_search_status(const bloop_search *search)
{
    if (!search)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_search_status: the search is NULL");
    return search->status == BLOOP_OK ? BLOOP_OK : bl_error_restore(&search->error);
}

bloop_status bloop_search_close(bloop_search *search)
{
    if (!search)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_search_close: the search is NULL");
    bl_error_copy error = search->error;
    bloop_status status = search->status;
    if (!bl_search_is_constant(search)) {
        drop_page(search);
        bloop_free(search->row);
        bl_buffer_free(&search->start);
        bl_buffer_free(&search->origin);
        bl_taken_free(&search->key);
        bl_taken_free(&search->filter);
        bl_free(search->paths);
        bl_free(search->requested);
        bl_free(search->fetched);
        bl_engine_release(search->engine);
        bl_free(search);
    }
    return status == BLOOP_OK ? BLOOP_OK : bl_error_restore(&error);
}

size_t bloop_search_print(const bloop_search *search, char *text, size_t size)
{
    const char *kind = search && search->request.kind == BLOOP_SEARCH_SCAN ? "Scan" : "Query";
    const char *model = search && search->info ? search->info->model->name : "?";
    const char *index = search && search->index ? search->index->index->name : "";
    int length = snprintf(text, size, "<%s[%s%s%s]>", kind, model, *index ? "." : "", index);
    return length < 0 ? 0 : (size_t)length;
}

bloop_status bl_search_fail(bloop_search *search)
{
    bl_error_save(&search->error);
    search->status = search->error.status;
    drop_page(search);
    return search->status;
}

void bl_search_part(const bloop_search *whole, bloop_search *part)
{
    *part = (bloop_search){
        .engine = whole->engine,
        .info = whole->info,
        .index = whole->index,
        .request = whole->request,
        .projection = whole->projection,
        .requested = whole->requested,
        .drops_rows = whole->drops_rows,
    };
    part->last_page = true;
}

void bl_search_part_begin(bloop_search *part, int32_t segment)
{
    drop_page(part);
    bl_buffer_clear(&part->start);
    part->request.segment = segment;
    part->last_page = false;
}

void bl_search_part_release(bloop_search *part)
{
    drop_page(part);
    bloop_free(part->row);
    bl_buffer_free(&part->start);
}

/* The next page. False when the search has failed. */
static bool fetch(bloop_search *search)
{
    if (bl_engine_is_closed(search->engine)) {
        bl_error(BLOOP_CLOSED, "the engine of the search is closed");
        bl_search_fail(search);
        return false;
    }
    bloop_search_result page = { 0 };
    search->request.exclusive_start =
        search->start.size ? (bloop_item){ search->start.data, search->start.size } : (bloop_item){ NULL, 0 };
    if (bloop_search_page(search->engine->backend, &search->request, &page) != BLOOP_OK) {
        char name[BL_SEARCH_NAME_SIZE];
        bl_error_context("%s", bl_search_name(search, name));
        bl_search_fail(search);
        return false;
    }
    drop_page(search);
    search->page = page;
    search->count += page.count;
    search->scanned += page.scanned;
    search->last_page = !page.last.data;
    if (search->last_page || set_start(&search->start, page.last))
        return true;
    bl_search_fail(search);
    return false;
}

/* False when out of memory. A key without data is the beginning. */
static bool set_start(bl_buffer *start, bloop_item key)
{
    bl_buffer_clear(start);
    if (key.data)
        bl_buffer_append(start, key.data, key.size);
    return start->status == BLOOP_OK;
}

/* The caller may have done with the last row what it liked: only what a search gives is left in it. */
static void *make_row(bloop_search *search, bloop_item item)
{
    bloop_status status = BLOOP_OK;
    if (!search->row) {
        search->row = bl_object_create(search->info);
        if (search->row)
            bl_object_lend(search->row, &search->row);
        else
            status = BLOOP_NO_MEMORY;
    } else {
        bl_object_forget_others(search->row, search->requested);
    }
    if (status == BLOOP_OK)
        status = bl_object_load(search->row, item, search->requested);
    if (status != BLOOP_OK) {
        char name[BL_SEARCH_NAME_SIZE];
        bl_error_context("%s", bl_search_name(search, name));
        bl_search_fail(search);
        return NULL;
    }
    search->current = item;
    void *row = search->row;
    bl_signal_send_object(BLOOP_OBJECT_LOADED, search->engine, row);
    return row;
}

static void drop_page(bloop_search *search)
{
    bloop_result_free(&search->page.memory);
    search->page = (bloop_search_result){ 0 };
    search->position = 0;
    search->current = (bloop_item){ NULL, 0 };
}
