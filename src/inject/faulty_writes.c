/* Many writes through a faulty backend: each meets its own fault, and those that are to be carried out go on together. */
#include "inject/faulty_private.h"

/* What becomes of each. */
typedef struct fates {
    bloop_fault *faults;
    bloop_write_request *sent;
    bloop_write_result *answers;
    size_t sent_count;
} fates;

static bloop_status allocate(fates *of, size_t count);
static void meet_all(bl_faulty *f, const bloop_write_request *requests, size_t count, fates *of);
static bloop_status tell_all(fates *of, size_t count, bloop_write_result *results);
static void tell_fault(const bloop_fault *fault, bloop_write_result *result);
static bool is_of(const void *request, const char *table);

bloop_status bl_faulty_write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                   bloop_in_flight in_flight, bloop_write_result *results)
{
    bl_faulty *f = (bl_faulty *)backend;
    fates of = { 0 };
    bloop_status status = allocate(&of, count);
    if (status == BLOOP_OK) {
        meet_all(f, requests, count, &of);
        bloop_write_items(f->inner, of.sent, of.sent_count, in_flight, of.answers);
        status = tell_all(&of, count, results);
    }
    bl_free(of.faults);
    bl_free(of.sent);
    bl_free(of.answers);
    return status;
}

static bloop_status allocate(fates *of, size_t count)
{
    of->faults = bl_alloc_zeroed(count, sizeof *of->faults);
    of->sent = bl_alloc_zeroed(count, sizeof *of->sent);
    of->answers = bl_alloc_zeroed(count, sizeof *of->answers);
    return of->faults && of->sent && of->answers ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static void meet_all(bl_faulty *f, const bloop_write_request *requests, size_t count, fates *of)
{
    for (size_t i = 0; i < count; i++) {
        of->faults[i] = bl_fault_meet(f, BLOOP_CALL_WRITE, is_of, &requests[i]);
        if (!bl_fault_prevents(&of->faults[i]))
            of->sent[of->sent_count++] = requests[i];
    }
}

/* The status of the first that failed. */
static bloop_status tell_all(fates *of, size_t count, bloop_write_result *results)
{
    bloop_status first = BLOOP_OK;
    for (size_t i = 0, at = 0; i < count; i++) {
        const bloop_fault *fault = &of->faults[i];
        if (!bl_fault_prevents(fault))
            results[i] = of->answers[at++];
        if (bl_fault_status(fault) != BLOOP_OK)
            tell_fault(fault, &results[i]);
        if (first == BLOOP_OK)
            first = results[i].status;
    }
    return first;
}

/* Without memory for the words the status alone has to do. */
static void tell_fault(const bloop_fault *fault, bloop_write_result *result)
{
    bl_error_copy error;
    bloop_result_free(&result->memory);
    *result = (bloop_write_result){ .status = bl_fault_fail(fault, BLOOP_CALL_WRITE) };
    bl_error_save(&error);
    size_t size = strlen(error.message) + 1;
    char *words = bloop_result_alloc(&result->memory, size);
    if (words)
        memcpy(words, error.message, size);
    result->message = words ? words : bloop_status_text(result->status);
}

static bool is_of(const void *request, const char *table)
{
    return strcmp(((const bloop_write_request *)request)->table, table) == 0;
}
