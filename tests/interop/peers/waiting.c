/* Waits for tables; passes everything else on. */
#include "waiting.h"

#include <bloop/sys/backend.h>

#include <stdlib.h>
#include <time.h>

enum { TRIES = 500, PAUSE_NS = 20000000 };

typedef struct waiting {
    bloop_backend base;
    bloop_backend *around;
} waiting;

static bloop_backend *inside(bloop_backend *base)
{
    return ((waiting *)base)->around;
}

/* Describes the table until it is, with its indexes, ACTIVE. */
static bloop_status wait_until_active(bloop_backend *base, const char *table, bloop_table_result *out)
{
    for (int i = 0; i < TRIES; i++) {
        bloop_status status = bloop_describe_table(inside(base), table, out);
        bool active = status == BLOOP_OK && out->table.status == BLOOP_TABLE_ACTIVE;
        for (size_t k = 0; active && k < out->table.definition.global_index_count; k++)
            active = out->table.global_states[k].status == BLOOP_TABLE_ACTIVE;
        if (active || status != BLOOP_OK)
            return status;
        bloop_result_free(&out->memory);
        nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
    }
    return bloop_backend_fail(BLOOP_TIMEOUT, "table %s does not become ACTIVE", table);
}

static bloop_status create_table(bloop_backend *base, const bloop_table_definition *table, bloop_table_result *out)
{
    bloop_status status = bloop_create_table(inside(base), table, NULL);
    return status == BLOOP_OK ? wait_until_active(base, table->name, out) : status;
}

static bloop_status describe_table(bloop_backend *base, const char *table, bloop_table_result *out)
{
    return bloop_describe_table(inside(base), table, out);
}

static bloop_status list_tables(bloop_backend *base, const bloop_list_tables_request *request,
                                bloop_list_tables_result *out)
{
    return bloop_list_tables(inside(base), request, out);
}

static bloop_status update_table(bloop_backend *base, const bloop_update_table_request *request,
                                 bloop_table_result *out)
{
    bloop_status status = bloop_update_table(inside(base), request, NULL);
    return status == BLOOP_OK ? wait_until_active(base, request->table, out) : status;
}

static bloop_status delete_table(bloop_backend *base, const char *table, bloop_table_result *out)
{
    bloop_status status = bloop_delete_table(inside(base), table, out);
    for (int i = 0; status == BLOOP_OK && i < TRIES; i++) {
        if (bloop_describe_table(inside(base), table, NULL) == BLOOP_TABLE_NOT_FOUND)
            return BLOOP_OK;
        nanosleep(&(struct timespec){ .tv_nsec = PAUSE_NS }, NULL);
    }
    return status == BLOOP_OK ? bloop_backend_fail(BLOOP_TIMEOUT, "table %s does not go away", table) : status;
}

static bloop_status get_item(bloop_backend *base, const bloop_get_request *request, bloop_get_result *out)
{
    return bloop_get_item(inside(base), request, out);
}

static bloop_status batch_get_item(bloop_backend *base, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out)
{
    return bloop_batch_get_item(inside(base), request, out);
}

static bloop_status get_items(bloop_backend *base, const bloop_batch_get_request *request, bloop_in_flight in_flight,
                              bloop_batch_get_result *out)
{
    return bloop_get_items(inside(base), request, in_flight, out);
}

static bloop_status write_items(bloop_backend *base, const bloop_write_request *requests, size_t count,
                                bloop_in_flight in_flight, bloop_write_result *results)
{
    return bloop_write_items(inside(base), requests, count, in_flight, results);
}

static bloop_status batch_write_item(bloop_backend *base, const bloop_batch_write_request *request,
                                     bloop_batch_write_result *out)
{
    return bloop_batch_write_item(inside(base), request, out);
}

static bloop_status search_page(bloop_backend *base, const bloop_search_request *request, bloop_search_result *out)
{
    return bloop_search_page(inside(base), request, out);
}

static void close_both(bloop_backend *base)
{
    bloop_backend_close(inside(base));
    free(base);
}

static const bloop_backend_operations operations = {
    .name = "remote, with patience",
    .create_table = create_table,
    .describe_table = describe_table,
    .list_tables = list_tables,
    .update_table = update_table,
    .delete_table = delete_table,
    .get_item = get_item,
    .batch_get_item = batch_get_item,
    .get_items = get_items,
    .write_items = write_items,
    .batch_write_item = batch_write_item,
    .search_page = search_page,
    .close = close_both,
};

bloop_backend *waiting_backend_new(bloop_backend *around)
{
    waiting *made = around ? calloc(1, sizeof *made) : NULL;
    if (!made) {
        bloop_backend_close(around);
        return NULL;
    }
    *made = (waiting){ .base = { &operations }, .around = around };
    return &made->base;
}
