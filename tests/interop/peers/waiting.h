/* A backend around another that waits until tables are there, or gone: elsewhere that takes its time, and the contract
   suite does not wait. */
#ifndef BLOOP_INTEROP_WAITING_H
#define BLOOP_INTEROP_WAITING_H

#include <bloop/op.h>

/* Owns the other one, also when it fails: NULL. */
bloop_backend *waiting_backend_new(bloop_backend *around);

#endif
