/* Whole results: the first row, the only one, all of them. */
#include "engine/search_private.h"

static const char *kind_of(const bloop_search *search);

void *bloop_first(bloop_search *search)
{
    bloop_search_reset(search);
    void *row = bloop_next(search);
    if (!row && search && search->status == BLOOP_OK) {
        char name[BL_SEARCH_NAME_SIZE];
        bl_error(BLOOP_CONSTRAINT_VIOLATION, "%s: the %s did not find any results", bl_search_name(search, name),
                 kind_of(search));
    }
    return bloop_keep_row(row);
}

void *bloop_one(bloop_search *search)
{
    void *row = bloop_first(search);
    if (!row)
        return NULL;
    if (!bloop_next(search) && search->status == BLOOP_OK)
        return row;
    if (search->status == BLOOP_OK) {
        char name[BL_SEARCH_NAME_SIZE];
        bl_error(BLOOP_CONSTRAINT_VIOLATION, "%s: the %s found more than one result", bl_search_name(search, name),
                 kind_of(search));
    }
    bloop_free(row);
    return NULL;
}

bloop_status bloop_all(bloop_search *search, bloop_rows *out)
{
    if (!out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_all: out is NULL");
    *out = (bloop_rows){ NULL, 0 };
    bloop_rows rows = { NULL, 0 };
    size_t capacity = 0;
    bloop_search_reset(search);
    bloop_status status = BLOOP_OK;
    for (void *row; status == BLOOP_OK && (row = bloop_next(search));) {
        void *items = rows.items;
        status = bl_grow(&items, &capacity, rows.count + 1, sizeof *rows.items);
        rows.items = items;
        if (status == BLOOP_OK)
            rows.items[rows.count++] = bloop_keep_row(row);
    }
    if (status == BLOOP_OK)
        status = bloop_search_status(search);
    if (status == BLOOP_OK)
        *out = rows;
    else
        bloop_rows_free(&rows);
    return status;
}

void bloop_rows_free(bloop_rows *rows)
{
    if (!rows)
        return;
    for (size_t i = 0; i < rows->count; i++)
        bloop_free(rows->items[i]);
    bl_free(rows->items);
    *rows = (bloop_rows){ NULL, 0 };
}

static const char *kind_of(const bloop_search *search)
{
    return search->request.kind == BLOOP_SEARCH_QUERY ? "query" : "scan";
}
