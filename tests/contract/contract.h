/* What every backend has to do, whatever it is made of: tables, writes, batches, limits, indexes, in the words of Amazon
   DynamoDB. The suite knows a backend only through bloop/op.h.

   Items, keys, conditions and updates stand in the tests as text, in the notation of tests/support/notation.h. */
#ifndef BLOOP_TEST_CONTRACT_H
#define BLOOP_TEST_CONTRACT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bloop/op.h>

#include "support/notation.h"

/* What a backend may tell in its own way, and is not compared. */
typedef enum contract_tolerance {
    CONTRACT_WORDS = 1, /* of refusals; their statuses are compared */
    CONTRACT_COUNTS =
        2, /* the counts and bytes of descriptions, which the service itself brings up to date every 6 hours */
} contract_tolerance;

/* Makes the backends that are tested. `place` is the suite's own folder for each test. */
typedef struct contract_factory {
    const char *name;
    bloop_backend *(*open)(const char *place);
    bool lasts;             /* what was written is there after closing and opening again */
    bool embedded;          /* it passes the whole item where a projection is a hint */
    const char *differs_as; /* its name in differences.c; NULL: it does all that the suite asks for */
    unsigned tolerates;     /* of contract_tolerance */
} contract_factory;

/* Runs the whole suite; returns the number of failures. */
int contract_run(const contract_factory *factory);

/* Whether a test is one of the known differences of a backend, and left out. */
bool contract_differs(const char *backend, const char *test);
size_t contract_difference_count(const char *backend);

/* The parts of the suite. */
typedef struct contract_part {
    const char *name;
    const struct CMUnitTest *tests;
    size_t count;
} contract_part;
extern const contract_part contract_tables, contract_writes, contract_reads, contract_batches, contract_limits,
    contract_indexes, contract_searches, contract_refusals, contract_random_searches, contract_capacity;

/* One test's state. */
typedef struct contract {
    const contract_factory *factory;
    bloop_backend *backend;
    char place[128];
    notation n;
} contract;

/* Closes the backend and opens it again. */
void contract_reopen(contract *c);

/* A table with keys such as "id:S", and `range` or NULL. */
void given_table(contract *c, const char *name, const char *hash, const char *range);

/* A write and what is expected of it. */
typedef struct wish {
    bloop_write_kind kind;
    const char *table; /* NULL: "things" */
    const char *item;  /* or the key */
    const char *update, *condition;
    bloop_return_values returns;
    bool old_on_failure;
    bloop_status status;
    const char *message;    /* all of it; NULL: not compared */
    const char *attributes; /* NULL: none */
} wish;
#define expect_write(c, ...) contract_expect_write((c), &(wish){ __VA_ARGS__ }, __LINE__)
void contract_expect_write(contract *c, const wish *w, int line);

#define put(c, text)   expect_write((c), .kind = BLOOP_WRITE_PUT, .item = (text))
#define erase(c, text) expect_write((c), .kind = BLOOP_WRITE_DELETE, .item = (text))
void put_value(contract *c, bloop_item item);

/* Whether what is stored under a key looks like this; NULL: nothing is. Of table "things". */
#define expect_item(c, key, text) contract_expect_item((c), (key), (text), __LINE__)
void contract_expect_item(contract *c, const char *key, const char *text, int line);

#define expect_fails(call, status, message) contract_expect_fails((call), (status), (message), __LINE__)
void contract_expect_fails(bloop_status got, bloop_status status, const char *message, int line);
#define expect_ok(call) contract_expect_fails((call), BLOOP_OK, NULL, __LINE__)

/* The counts that the table's description gives for it (index NULL) or for an index. */
#define expect_counts(c, table, index, items, bytes) \
    contract_expect_counts((c), (table), (index), (items), (bytes), __LINE__)
void contract_expect_counts(contract *c, const char *table, const char *index, uint64_t items, uint64_t bytes,
                            int line);

/* Fails the test unless two values are equal; `what` says which. */
void same_value(contract *c, bloop_value got, bloop_value wanted, const char *what, int line);

#endif
