/* Group commit: the one writer's turn, and who takes it for whom. */
#ifndef BL_STORE_COMMIT_PRIVATE_H
#define BL_STORE_COMMIT_PRIVATE_H

#include <semaphore.h>

#include "store_private.h"

/* What a call asks of the writer: writes of items, which share a transaction with those of others, or a function, which
   has one for itself. Lives on the caller's stack until bl_commit returns. */
struct bl_job {
    const bloop_write_request *requests;
    bloop_write_result *results; /* each gets its status and message */
    size_t count;
    /* It may be run more than once: an attempt that met a full map leaves no trace but in `context`. */
    bloop_status (*run)(bl_change *change, void *context);
    void *context;
    bloop_status status;  /* of `run` and its commit */
    bl_error_copy *error; /* of `run`, on failure; the caller's */
    /* commit.c's own */
    struct bl_job *next;
    bool leads;
    sem_t wake; /* of who waits: to lead, or since it is done */
};

bloop_status bl_queue_init(bl_queue *queue, bool gathers);
void bl_queue_destroy(bl_queue *queue);

/* Returns when the job has been run and, if it changed something, committed. */
void bl_commit(bl_store *store, bl_job *job);

/* Makes an error the result of a write. */
void bl_result_fail(bloop_write_result *result, const bl_error_copy *error);

/* Runs a function in a transaction of its own and returns its status, which the thread's last error then tells of. */
bloop_status bl_commit_alone(bl_store *store, bloop_status (*run)(bl_change *change, void *context), void *context);

#endif
