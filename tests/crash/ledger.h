/* A workload of which every state can be told: lanes (one a thread) of slots, each an item in one of its versions or
   absent. What an item holds follows from lane, slot and version alone. Puts, updates, deletes and conditions, one by one
   and in groups, in two tables with indexes, keys short and long, items that fill a page and items that don't. */
#ifndef BLOOP_TEST_LEDGER_H
#define BLOOP_TEST_LEDGER_H

#include <bloop/op.h>

#include "support/trial.h"

enum { LEDGER_LANES = 16, LEDGER_SLOTS = 24, LEDGER_GROUP = 6 };

typedef struct ledger_lane {
    uint64_t versions[LEDGER_SLOTS]; /* 0: absent */
    uint64_t last_version;
} ledger_lane;

/* One write: from what was there to what is to be there. */
typedef struct ledger_op {
    bloop_write_kind kind;
    uint32_t slot;
    uint64_t before, after;
    bool conditional;
    bool doomed; /* conditional, and the condition is not met */
} ledger_op;

/* The writes of one call, each to another slot. */
typedef struct ledger_call {
    ledger_op ops[LEDGER_GROUP];
    uint32_t count;
} ledger_call;

/* Makes the tables; those that are there already are fine. */
void ledger_create(bloop_backend *backend);

/* Plans the next call of a lane; the lane does not change but for last_version. */
ledger_call ledger_plan(ledger_lane *lane, trial_random *random);
/* Runs it. statuses[i] is that of ops[i]. Returns the first that is not BLOOP_OK. */
bloop_status ledger_run(bloop_backend *backend, unsigned lane, const ledger_call *call,
                        bloop_status statuses[LEDGER_GROUP]);
/* Whether this thread is inside the call that ledger_run makes, for who wants that alone to fail. */
extern _Thread_local bool ledger_is_calling;
/* Notes what a call, or one of its writes, has changed. */
void ledger_apply(ledger_lane *lane, const ledger_call *call);
void ledger_apply_op(ledger_lane *lane, const ledger_op *op);

/* Reads all slots of a lane and compares them with what is expected; a slot that `pending` (may be NULL) writes may be as
   before or after it. Takes over what is there. Returns how many slots are otherwise, the first of which `what` (may be
   NULL) tells. */
size_t ledger_compare(bloop_backend *backend, unsigned lane, ledger_lane *expected, const ledger_call *pending,
                      char *what, size_t size);

/* Fails the test unless each table counts as many items as the lanes have. */
void ledger_check_counts(bloop_backend *backend, const ledger_lane *lanes, unsigned count);

#endif
