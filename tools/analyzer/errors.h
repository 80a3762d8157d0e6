/* Included before the library's own sources by tools/tidy: what the analyzer cannot see from outside base, that the
   status which a function returns through bl_error is the one it gave, and so not BLOOP_OK. */
#ifndef ANALYZER_ERRORS_H
#define ANALYZER_ERRORS_H

#include "base/base.h"

static inline bloop_status analyzer_status(bloop_status status)
{
    return status;
}

#define bl_error(status, ...) (bl_error(status, __VA_ARGS__), analyzer_status(status))

#endif
