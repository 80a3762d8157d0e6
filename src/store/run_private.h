/* Running a group of jobs in one transaction, or in several where one of them spoils it. */
#ifndef BL_STORE_RUN_PRIVATE_H
#define BL_STORE_RUN_PRIVATE_H

#include "commit_private.h"

#define BL_GROUP_REQUESTS 1024
#define BL_GROUP_BYTES    (16u * 1024 * 1024)

/* Jobs that share a transaction: writes, or one function. */
typedef struct bl_group {
    bl_job *first, *last;
    size_t jobs, requests;
    int64_t commit_ns; /* what the commit took that they shared; 0: they did not, or nobody wants to know */
    size_t bytes;      /* of the items and keys that they bring */
} bl_group;

/* commit.c; the queue's lock is held. */
void bl_queue_take(bl_queue *queue, bl_group *group);
/* Takes what has come; and when that is nothing, waits a moment for those whom the last commit has just answered. NULL: there
   is no more. */
bl_job *bl_queue_take_more(bl_queue *queue, bl_group *group);

/* Runs what is in the group, and what joins it from the queue before its commit, and gives every job its result. Keeps
   the thread's last error. The caller leads the queue and does not hold its lock. */
void bl_run_group(bl_store *store, bl_group *group);

#endif
