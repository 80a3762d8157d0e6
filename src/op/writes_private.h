/* Shared by dispatch.c and writes.c: how independent writes are checked one by one before the good ones reach the
   backend, and what a backend without an operation answers. */
#ifndef BL_OP_WRITES_PRIVATE_H
#define BL_OP_WRITES_PRIVATE_H

#include "op/op.h"

/* BLOOP_UNSUPPORTED_OPERATION, with the names of both. */
bloop_status bl_op_unsupported(const bloop_backend *backend, const char *operation);

/* `results` are empty, and at least one. */
bloop_status bl_op_write_items(bloop_backend *backend, const bloop_write_request *requests, size_t count,
                               bloop_in_flight in_flight, bloop_write_result *results);

#endif
