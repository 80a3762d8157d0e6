/* Everything that a store does, as cases for tests that make allocations fail: each opens the store, does one thing and
   closes it, so that what is left allocated is lost. What a case needs is built beforehand. */
#ifndef BLOOP_TEST_STORE_CASES_H
#define BLOOP_TEST_STORE_CASES_H

#include <bloop/op.h>

enum {
    CASE_OPENS = 1,       /* opens the store by itself */
    CASE_IS_MANY = 2,     /* several writes, of which each may fail by itself */
    CASE_FORKS = 4,       /* allocates in a child process */
    CASE_LEAVES_REST = 8, /* what fails after the change is left for later, and told to nobody */
    CASE_GOES_ON = 16 /* several transactions: what was begun when it failed is finished by who opens the file next */
};

typedef struct store_case {
    const char *name;
    /* BLOOP_OK when the store did what it should, which may be to refuse. `path` is for those that open by themselves. */
    bloop_status (*run)(bloop_backend *backend, const char *path);
    unsigned flags;
} store_case;
extern const store_case store_cases[];
extern const size_t store_case_count;

/* Makes the file that the cases begin with, and all they need; to be called once. */
void store_cases_prepare(const char *path);
void store_cases_release(void);

/* Opens a copy of the file, runs a case, closes it. */
bloop_status store_case_run(const store_case *c, const char *path);

/* What a store holds, in a number: tables, indexes, counts and items. */
uint64_t store_digest(const char *path);

#endif
