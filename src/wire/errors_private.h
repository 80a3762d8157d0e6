/* The table of the service's errors, for those who write them and those who read them. */
#ifndef BL_WIRE_ERRORS_PRIVATE_H
#define BL_WIRE_ERRORS_PRIVATE_H

#include "wire/wire.h"

/* What a client should know of an error. */
enum {
    BL_WIRE_THROTTLED = 1,
    BL_WIRE_TRANSIENT = 2,
    BL_WIRE_SKEWED = 4,
    BL_WIRE_SKEW_IF_SAID = 8,    /* a wrong clock is one of several reasons: the message tells */
    BL_WIRE_CAPITAL_MESSAGE = 16 /* the service spells the member "Message" */
};

typedef struct bl_wire_error_row {
    bloop_status status;
    const char *prefix; /* the namespace */
    const char *name;
    int http_status;
    unsigned flags;
} bl_wire_error_row;

/* Never NULL: what has no row of its own is the service's internal error. */
const bl_wire_error_row *bl_wire_error_of_status(bloop_status status);
/* NULL for a name that is not known. */
const bl_wire_error_row *bl_wire_error_of_name(const char *name);

#endif
