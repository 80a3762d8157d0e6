/* A faulty backend from the inside: its faults, and which of them a call meets. */
#ifndef BL_INJECT_FAULTY_PRIVATE_H
#define BL_INJECT_FAULTY_PRIVATE_H

#include <pthread.h>

#include "base/base.h"
#include "inject/inject.h"
#include <bloop/sys/backend.h>

typedef struct bl_armed_fault {
    bloop_fault fault;
    char *table;    /* its own */
    uint64_t seen;  /* calls that it could have happened to */
    uint64_t times; /* that it did */
} bl_armed_fault;

typedef struct bl_faulty {
    bloop_backend base;
    bloop_backend *inner;
    pthread_mutex_t lock; /* for what follows */
    bl_armed_fault *faults;
    size_t count;
    uint64_t random, happened;
} bl_faulty;

extern const bloop_backend_operations bl_faulty_operations;

void bl_faults_free(bl_armed_fault *faults, size_t count);

/* Whether a call concerns a table. */
typedef bool (*bl_concerns)(const void *request, const char *table);

/* The fault that happens to a call, after its delay; all zero for none. */
bloop_fault bl_fault_meet(bl_faulty *f, bloop_call_kind kind, bl_concerns concerns, const void *request);
/* The status that a call with the fault ends with: BLOOP_OK when it does not fail. */
bloop_status bl_fault_status(const bloop_fault *fault);
/* Whether the call is not carried out. */
static inline bool bl_fault_prevents(const bloop_fault *fault)
{
    return fault->status != BLOOP_OK && !fault->answer_lost;
}
/* Sets the last error to that status, with words that tell where it comes from. Returns it. */
bloop_status bl_fault_fail(const bloop_fault *fault, bloop_call_kind kind);

/* The operation write_items. */
bloop_status bl_faulty_write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                                   bloop_in_flight in_flight, bloop_write_result *results);

#endif
