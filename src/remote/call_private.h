/* A call: one operation, in as many attempts as it takes. Private to src/remote. */
#ifndef BL_REMOTE_CALL_PRIVATE_H
#define BL_REMOTE_CALL_PRIVATE_H

#include "remote_private.h"
#include "wire/wire.h"

typedef struct bl_call bl_call;

/* Takes the body of a successful answer over. On failure nothing is left behind, so that another answer can be read. */
typedef bloop_status (*bl_read_answer)(bl_call *call, const char *body, size_t size);

struct bl_call {
    /* What is asked. What it points to stays as it is until the call has ended. */
    bl_wire_request request;
    const char *table; /* for the hook; "" */
    bl_read_answer read;
    void *out;                          /* for `read` */
    bloop_result_memory *failed_memory; /* with failed_item: for the item of a failed condition; NULL: not wanted */
    bloop_item *failed_item;
    bool writes;
    bool repeatable; /* of a write: making it twice makes no difference */
    size_t index;    /* of whoever runs several */

    /* How it goes. */
    uint32_t attempts;
    uint32_t free_attempts; /* of these, not counted: after a correction of the clock or new credentials */
    int tokens_held;        /* of the quota, for the last retry */
    bool may_have_run;      /* an attempt's answer was lost */
    bool clock_corrected, credentials_renewed;
    double capacity;       /* as the last answer told */
    bool capacity_is_ours; /* the hook wants to know it, and the caller does not */
    bool again;            /* `read` has taken a part, and has changed the request to ask for the rest */
    uint32_t stalls;       /* in how many answers, in a row, there was nothing to take */
    bloop_status status;
};

/* Runs one call to its end. Returns its status; on failure the thread's last error says why. `run` is for use within an
   operation (bl_remote_begin), `make` is an operation of one call. */
bloop_status bl_call_run(bl_remote *remote, bl_call *call);
bloop_status bl_call_make(bloop_backend *base, bl_call *call);

/* The answer's status and words when the call has failed; used with the writes of a list, each of which has its own. */
void bl_call_keep_failure(bloop_status status, bloop_write_result *result);

/* Calls for the operations on items. */
bl_call bl_call_of_write(const bloop_write_request *request, bloop_write_result *out);
bl_call bl_call_of_batch_get(const bloop_batch_get_request *request, bloop_batch_get_result *out);

/* Whether a write may be sent again though it may have been made. */
bool bl_write_is_repeatable(const bloop_write_request *request);

double bl_capacity_units(const bloop_consumed_capacity *capacity, size_t count);
/* Asks for what the request will consume, in all, where the caller does not. It is then kept from the caller. */
void bl_call_ask_capacity(bl_call *call);

#endif
