/* Independent writes in one call: a bad request gets its status and message and stops none of the others. */
#include "op/writes_private.h"

static bloop_status check_call(const bloop_backend *backend, const bloop_write_request *requests);
static bloop_status refuse(bloop_write_result *result, bloop_status status);
static bloop_status write_good_ones(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                    bloop_in_flight in_flight, bloop_write_result *results, size_t good);
static bloop_status refuse_all(bloop_write_result *results, size_t count, bloop_status status);
static bloop_status conclude(bloop_write_result *results, size_t count, bloop_status status);

bloop_status bl_op_unsupported(const bloop_backend *backend, const char *operation)
{
    const char *name = backend->operations->name;
    return bl_error(BLOOP_UNSUPPORTED_OPERATION, "the backend %s does not have the operation %s",
                    name ? name : "(unnamed)", operation);
}

bloop_status bl_op_write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                               bloop_in_flight in_flight, bloop_write_result *results)
{
    bloop_status status = check_call(backend, requests);
    if (status != BLOOP_OK)
        return refuse_all(results, count, status);
    size_t good = 0;
    for (size_t i = 0; i < count; i++) {
        status = bl_op_check_write(&requests[i]);
        if (status == BLOOP_OK)
            good++;
        else
            refuse(&results[i], status);
    }
    status = BLOOP_OK;
    if (good == count)
        status = backend->operations->write_items(backend, requests, count, in_flight, results);
    else if (good)
        status = write_good_ones(backend, requests, count, in_flight, results, good);
    return conclude(results, count, status);
}

static bloop_status check_call(const bloop_backend *backend, const bloop_write_request *requests)
{
    if (!backend || !requests)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_write_items: an argument that is needed is NULL");
    return backend->operations->write_items ? BLOOP_OK : bl_op_unsupported(backend, "write_items");
}

/* Keeps the thread's last error as the result's. Without memory for the words the status alone has to do. */
static bloop_status refuse(bloop_write_result *result, bloop_status status)
{
    const char *message = bloop_last_error()->message;
    size_t size = strlen(message) + 1;
    bl_error_copy copy;
    bl_error_save(&copy);
    char *text = bloop_result_alloc(&result->memory, size);
    if (text)
        memcpy(text, copy.message, size);
    result->status = status;
    result->message = text ? text : bloop_status_text(status);
    return bl_error_restore(&copy);
}

/* Hands the requests that are still good over in arrays of their own. */
static bloop_status write_good_ones(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                    bloop_in_flight in_flight, bloop_write_result *results, size_t good)
{
    bloop_write_request *asked = bl_alloc_zeroed(good, sizeof *asked);
    bloop_write_result *answers = bl_alloc_zeroed(good, sizeof *answers);
    bloop_status status = asked && answers ? BLOOP_OK : BLOOP_NO_MEMORY;
    size_t at = 0;
    for (size_t i = 0; status == BLOOP_OK && i < count; i++) {
        if (results[i].status == BLOOP_OK)
            asked[at++] = requests[i];
    }
    if (status == BLOOP_OK)
        status = backend->operations->write_items(backend, asked, good, in_flight, answers);
    at = 0;
    for (size_t i = 0; i < count; i++) {
        if (results[i].status != BLOOP_OK)
            continue;
        if (asked && answers)
            results[i] = answers[at++];
        else
            refuse(&results[i], BLOOP_NO_MEMORY);
    }
    bl_free(answers);
    bl_free(asked);
    return status;
}

/* Gives every result that is not a failure yet the thread's last error. */
static bloop_status refuse_all(bloop_write_result *results, size_t count, bloop_status status)
{
    for (size_t i = 0; i < count; i++) {
        if (results[i].status == BLOOP_OK)
            refuse(&results[i], status);
    }
    return status;
}

/* The status of the first result that has failed, with the thread's last error set to its words. A backend that failed
   without saying which write did has failed all. */
static bloop_status conclude(bloop_write_result *results, size_t count, bloop_status status)
{
    for (size_t i = 0; i < count; i++) {
        if (results[i].status == BLOOP_OK)
            continue;
        const char *message = results[i].message ? results[i].message : bloop_status_text(results[i].status);
        const bloop_error *last = bloop_last_error();
        if (last->status == results[i].status && strcmp(last->message, message) == 0)
            return last->status;
        return bl_error(results[i].status, "%s", message);
    }
    return status == BLOOP_OK ? BLOOP_OK : refuse_all(results, count, status);
}
