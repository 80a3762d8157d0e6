/* A crew: lanes that one thread drives together, over connections that they share and keep. Private to src/remote. */
#ifndef BL_REMOTE_CREW_PRIVATE_H
#define BL_REMOTE_CREW_PRIVATE_H

#include "lane_private.h"

struct bl_crew {
    bl_crew *next, *previous; /* in the pool's list */
    CURLM *multi;             /* has the connections */
    bl_lane **lanes;
    uint32_t count;
    size_t capacity;
};

/* The calls that a crew is to run: several at once, on the calling thread. */
typedef struct bl_work {
    /* The next call that may begin; NULL: none at the moment. */
    bl_call *(*next)(void *context);
    /* A call has ended, with call->status, which is the thread's last error unless it is BLOOP_OK. */
    void (*done)(void *context, bl_call *call);
    void *context;
} bl_work;

/* Runs all the work, with at most `in_flight` requests under way at once; fails only when nothing of it could be begun. */
bloop_status bl_crew_run(bl_remote *remote, uint32_t in_flight, const bl_work *work);

/* A crew for the calling thread with at least one lane, and as many of `wanted` as there are; waits for one to be free.
   NULL and the last error on failure. */
bl_crew *bl_pool_take(bl_remote *remote, uint32_t wanted);
void bl_pool_give_back(bl_remote *remote, bl_crew *crew);
/* Makes those who wait for a lane, or for a time, look up: the backend is closing. */
void bl_pool_wake(bl_remote *remote);
/* Frees all crews; none may be in use. */
void bl_pool_free(bl_remote *remote);

#endif
