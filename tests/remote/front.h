/* A store in memory behind the tests' server: it executes requests truly, and may fail on either side of that. */
#ifndef BLOOP_TEST_REMOTE_FRONT_H
#define BLOOP_TEST_REMOTE_FRONT_H

#include <bloop/op.h>

#include "peer.h"

/* What befalls a request. */
typedef enum front_event {
    FRONT_PASSES,
    FRONT_FAILS_BEFORE, /* the fault, and the request is not executed */
    FRONT_FAILS_AFTER   /* it is executed, and the fault comes instead of its answer */
} front_event;

typedef struct front_fate {
    front_event event;
    peer_fault fault; /* of the connection; with PEER_ANSWERS the following is answered */
    int status;       /* an error's */
    const char *body; /* and its body; NULL: the true one */
    bool wrong_crc;   /* of the true answer */
    bool spoiled;     /* it, without a crc and with its last byte changed */
    unsigned delay_us;
} front_fate;

typedef struct front {
    bloop_backend *store;
    /* Decides; NULL: all pass. Called on the connections' threads. */
    void (*decide)(void *context, const peer_request *request, front_fate *out);
    void *context;
} front;

/* Opens the store, with table "things" of hash key "id" (S). */
void front_open(front *f);
void front_close(front *f);

/* A peer_answer, with a front as its context. */
void front_answer(void *context, const peer_request *request, peer_reply *reply);

#endif
