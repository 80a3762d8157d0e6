/* Items written as text, and a backend that records what reaches it, for the tests of op. */
#ifndef BLOOP_TEST_OP_SAMPLE_H
#define BLOOP_TEST_OP_SAMPLE_H

#include <bloop/sys/backend.h>

#include "base/base.h"

/* An item of attributes "name:type:value", separated by spaces: "id:S:x n:N:12 t:SS:a l:L: z:NULL:". A value "*900" of S
   or B is that many bytes. NULL is no item. It lives in the arena. */
bloop_item sample_item(bl_arena *memory, const char *text);

/* A backend whose every operation counts its call and answers `status`, with the message "as told" when that is a failure.
   A write whose table is "bad" fails by itself with BLOOP_TABLE_NOT_FOUND. */
typedef struct sample_backend {
    bloop_backend base;
    bloop_status status;
    bool silent; /* write_items fails without telling which */
    unsigned calls;
    bloop_in_flight in_flight; /* that the last write_items got */
    size_t writes;
    char names[64]; /* of their tables, in order */
    bool closed;
    size_t excess; /* batches leave this many more unprocessed than were asked for */
} sample_backend;
sample_backend sample_backend_new(void);

#endif
