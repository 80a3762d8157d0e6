/* A recording from the inside: the list of calls, for the operations that add to it. */
#ifndef BL_INJECT_RECORDING_PRIVATE_H
#define BL_INJECT_RECORDING_PRIVATE_H

#include <pthread.h>

#include "base/base.h"
#include "inject/inject.h"
#include <bloop/sys/backend.h>

typedef struct bl_recording {
    bloop_backend base;
    bloop_backend *inner;
    pthread_mutex_t lock; /* for what follows */
    bloop_recorded_call *calls;
    size_t count, capacity;
    uint64_t forgotten; /* how often */
} bl_recording;

/* Calls that were recorded together, until they are answered. */
typedef struct bl_ticket {
    uint64_t forgotten;
    size_t first;
} bl_ticket;

extern const bloop_backend_operations bl_recording_operations;

/* Adds calls that are begun: one, or each write of many. They take text that begins with the name of the kind. The text is
   consumed. BLOOP_NO_MEMORY: none is added. */
bloop_status bl_recording_begin(bl_recording *r, bloop_call_kind kind, const char *table, bl_buffer *text,
                                bl_ticket *out);
bloop_status bl_recording_begin_writes(bl_recording *r, const bloop_write_request *writes, size_t count,
                                       bl_ticket *out);
/* Tells how they were answered. The first returns the status, and keeps the last error. */
bloop_status bl_recording_end(bl_recording *r, bl_ticket of, bloop_status status);
void bl_recording_end_writes(bl_recording *r, bl_ticket of, const bloop_write_result *results, size_t count);

#endif
