/* The public functions of bloop/op.h: each empties the result, checks the request and hands it to the backend. */
#include <bloop/op.h>
#include <bloop/sys/backend.h>

#include <stdio.h>

#include "op/op.h"
#include "op/writes_private.h"

static bloop_status null_argument(const char *function);
static bloop_status check_unprocessed(const bloop_backend *backend, const size_t *unprocessed, size_t unprocessed_count,
                                      size_t count);
static bloop_status give_table(bloop_status status, bloop_table_result *result, bloop_table_result *out);

bloop_status bloop_create_table(bloop_backend *backend, const bloop_table_definition *table, bloop_table_result *out)
{
    if (out)
        *out = (bloop_table_result){ 0 };
    if (!backend || !table)
        return null_argument(__func__);
    if (!backend->operations->create_table)
        return bl_op_unsupported(backend, "create_table");
    bloop_status status = bl_op_check_create_table(table);
    if (status != BLOOP_OK)
        return status;
    bloop_table_result result = { 0 };
    return give_table(backend->operations->create_table(backend, table, &result), &result, out);
}

bloop_status bloop_describe_table(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    if (out)
        *out = (bloop_table_result){ 0 };
    if (!backend)
        return null_argument(__func__);
    if (!backend->operations->describe_table)
        return bl_op_unsupported(backend, "describe_table");
    bloop_status status = bl_op_check_table_name(table);
    if (status != BLOOP_OK)
        return status;
    bloop_table_result result = { 0 };
    return give_table(backend->operations->describe_table(backend, table, &result), &result, out);
}

bloop_status bloop_list_tables(bloop_backend *backend, const bloop_list_tables_request *request,
                               bloop_list_tables_result *out)
{
    if (!out)
        return null_argument(__func__);
    *out = (bloop_list_tables_result){ 0 };
    if (!backend)
        return null_argument(__func__);
    if (!backend->operations->list_tables)
        return bl_op_unsupported(backend, "list_tables");
    bloop_list_tables_request every = { 0 };
    if (!request)
        request = &every;
    bloop_status status = bl_op_check_list_tables(request);
    if (status != BLOOP_OK)
        return status;
    bloop_list_tables_result result = { 0 };
    status = backend->operations->list_tables(backend, request, &result);
    if (status == BLOOP_OK)
        *out = result;
    else
        bloop_result_free(&result.memory);
    return status;
}

bloop_status bloop_update_table(bloop_backend *backend, const bloop_update_table_request *request,
                                bloop_table_result *out)
{
    if (out)
        *out = (bloop_table_result){ 0 };
    if (!backend || !request)
        return null_argument(__func__);
    if (!backend->operations->update_table)
        return bl_op_unsupported(backend, "update_table");
    bloop_status status = bl_op_check_update_table(request);
    if (status != BLOOP_OK)
        return status;
    bloop_table_result result = { 0 };
    return give_table(backend->operations->update_table(backend, request, &result), &result, out);
}

bloop_status bloop_delete_table(bloop_backend *backend, const char *table, bloop_table_result *out)
{
    if (out)
        *out = (bloop_table_result){ 0 };
    if (!backend)
        return null_argument(__func__);
    if (!backend->operations->delete_table)
        return bl_op_unsupported(backend, "delete_table");
    bloop_status status = bl_op_check_table_name(table);
    if (status != BLOOP_OK)
        return status;
    bloop_table_result result = { 0 };
    return give_table(backend->operations->delete_table(backend, table, &result), &result, out);
}

bloop_status bloop_get_item(bloop_backend *backend, const bloop_get_request *request, bloop_get_result *out)
{
    if (!out)
        return null_argument(__func__);
    *out = (bloop_get_result){ 0 };
    if (!backend || !request)
        return null_argument(__func__);
    if (!backend->operations->get_item)
        return bl_op_unsupported(backend, "get_item");
    bloop_status status = bl_op_check_get(request);
    if (status != BLOOP_OK)
        return status;
    status = backend->operations->get_item(backend, request, out);
    if (status == BLOOP_OK)
        return BLOOP_OK;
    bloop_result_free(&out->memory);
    *out = (bloop_get_result){ 0 };
    return status;
}

bloop_status bloop_batch_get_item(bloop_backend *backend, const bloop_batch_get_request *request,
                                  bloop_batch_get_result *out)
{
    if (!out)
        return null_argument(__func__);
    *out = (bloop_batch_get_result){ 0 };
    if (!backend || !request)
        return null_argument(__func__);
    if (!backend->operations->batch_get_item)
        return bl_op_unsupported(backend, "batch_get_item");
    bloop_status status = bl_op_check_batch_get(request);
    if (status != BLOOP_OK)
        return status;
    status = backend->operations->batch_get_item(backend, request, out);
    if (status == BLOOP_OK)
        status = check_unprocessed(backend, out->unprocessed, out->unprocessed_count, request->count);
    if (status == BLOOP_OK)
        return BLOOP_OK;
    bloop_result_free(&out->memory);
    *out = (bloop_batch_get_result){ 0 };
    return status;
}

bloop_status bloop_write_item(bloop_backend *backend, const bloop_write_request *request, bloop_write_result *out)
{
    if (!out && request && (request->return_values != BLOOP_RETURN_NONE || request->return_old_on_failure))
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: values are asked for, but out is NULL", __func__);
    bloop_write_result unwanted = { 0 };
    bloop_status status = bloop_write_items(backend, request, 1, 0, out ? out : &unwanted);
    bloop_result_free(&unwanted.memory);
    return status;
}

bloop_status bloop_write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                               bloop_in_flight in_flight, bloop_write_result *results)
{
    if (count == 0)
        return BLOOP_OK;
    if (!results)
        return null_argument(__func__);
    for (size_t i = 0; i < count; i++)
        results[i] = (bloop_write_result){ 0 };
    return bl_op_write_items(backend, requests, count, in_flight, results);
}

bloop_status bloop_batch_write_item(bloop_backend *backend, const bloop_batch_write_request *request,
                                    bloop_batch_write_result *out)
{
    if (!out)
        return null_argument(__func__);
    *out = (bloop_batch_write_result){ 0 };
    if (!backend || !request || (!request->writes && request->count))
        return null_argument(__func__);
    if (!backend->operations->batch_write_item)
        return bl_op_unsupported(backend, "batch_write_item");
    bloop_status status = bl_op_check_batch_write(request->writes, request->count);
    if (status != BLOOP_OK)
        return status;
    status = backend->operations->batch_write_item(backend, request, out);
    if (status == BLOOP_OK)
        status = check_unprocessed(backend, out->unprocessed, out->unprocessed_count, request->count);
    if (status == BLOOP_OK)
        return BLOOP_OK;
    bloop_result_free(&out->memory);
    *out = (bloop_batch_write_result){ 0 };
    return status;
}

void bloop_backend_close(bloop_backend *backend)
{
    if (backend && backend->operations && backend->operations->close)
        backend->operations->close(backend);
}

bloop_status bloop_backend_fail(bloop_status status, const char *format, ...)
{
    char text[BL_ERROR_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return bl_error(status, "%s", text);
}

static bloop_status null_argument(const char *function)
{
    return bl_error(BLOOP_INVALID_ARGUMENT, "%s: an argument that is needed is NULL", function);
}

/* Hands a backend's result to a caller that may not want it. */
static bloop_status give_table(bloop_status status, bloop_table_result *result, bloop_table_result *out)
{
    if (status == BLOOP_OK && out)
        *out = *result;
    else
        bloop_result_free(&result->memory);
    return status;
}

/* A backend may be anybody's, or speak for somebody far away: callers use these as indexes. */
static bloop_status check_unprocessed(const bloop_backend *backend, const size_t *unprocessed, size_t unprocessed_count,
                                      size_t count)
{
    bool sound = unprocessed_count <= count && (unprocessed || unprocessed_count == 0);
    for (size_t i = 0; sound && i < unprocessed_count; i++)
        sound = unprocessed[i] < count;
    if (sound)
        return BLOOP_OK;
    return bl_error(BLOOP_INTERNAL, "the backend %s left more unprocessed than it was asked for",
                    backend->operations->name ? backend->operations->name : "?");
}
