/* Leads the calls that LMDB, or the program itself, makes to a function of the C library elsewhere: to log its writes, to
   fail them, to fail its allocations. It changes the loaded library's table of addresses, so it concerns no other caller
   and works beside the sanitizers, which put functions of their own before the C library's. */
#ifndef BLOOP_TEST_REDIRECT_H
#define BLOOP_TEST_REDIRECT_H

#include <stdbool.h>

typedef enum redirect_caller {
    REDIRECT_LMDB,   /* the shared library */
    REDIRECT_PROGRAM /* the test's executable, with the library under test in it */
} redirect_caller;

typedef void (*redirect_function)(void);

/* Calls of `name` by `caller` go to `replacement` from now on. The function that they went to before, to be called by the
   replacement; NULL when the caller has no calls of it that can be led elsewhere. */
redirect_function redirect(redirect_caller caller, const char *name, redirect_function replacement);

/* Whether LMDB is a shared library here, so that its calls can be redirected. */
bool redirect_is_possible(void);

#endif
