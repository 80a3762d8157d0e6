/* A backend that stores nothing: it writes down what it is asked, a line a request, and answers as it is told. Two models
   and an engine on it. */
#ifndef BLOOP_TEST_ENGINE_FAKE_H
#define BLOOP_TEST_ENGINE_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <bloop.h>
#include <bloop/sys/backend.h>

BLOOP_DECLARE_MODEL(Document,
    column(Integer, id,     .hash_key = true),
    column(String,  folder, .range_key = true),
    column(String,  title,  .dynamo_name = "t"),
    column(Integer, size),
    global_index(by_title, .hash_key = &Document.title, .projection = BLOOP_KEYS),
    table(.name = "documents"));

BLOOP_DECLARE_MODEL(Note,
    column(String, id, .hash_key = true),
    column(String, text),
    table(.name = "notes"));

typedef enum fake_operation {
    FAKE_CREATE_TABLE,
    FAKE_DESCRIBE_TABLE,
    FAKE_GET_ITEM,
    FAKE_BATCH_GET_ITEM,
    FAKE_WRITE_ITEMS,
    FAKE_OPERATIONS
} fake_operation;

/* How an operation answers: with success `after` times, then `times` times with a status, then with success again. */
typedef struct fake_answer {
    bloop_status status;
    int after, times;
} fake_answer;
#define FAKE_ALWAYS 1000000

typedef struct fake {
    bloop_backend base;
    bloop_backend_operations operations; /* a test may take some away */
    fake_answer answers[FAKE_OPERATIONS];
    int calls[FAKE_OPERATIONS];
    int creating, building; /* so many descriptions are of a table, or then an index, that is not ACTIVE */
    const char *hash_key;   /* that descriptions tell; NULL: as it was created */
    const char *item; /* what a get finds, in the notation of tests/support/notation.h; "": the key; NULL: nothing */
    size_t unprocessed[16];      /* how many keys at the end of each batch are left */
    size_t receives_before_fail; /* of a batch that fails: so many items are handed over first */
    bool silent;                 /* failing writes tell no outcomes of their own */
    int fail_write;              /* this write of each call (from 1) fails alone, with the answer's status */
    bloop_in_flight in_flight;   /* that the last call on many was given */
    bool closed;
    char log[1 << 16];
} fake;

void fake_make(fake *f);
/* An engine on a fake whose models are bound; forgets what that took. */
bloop_engine *fake_engine(fake *f);
/* What was asked since the last time: compares, and forgets it. Lines end in '\n'. */
#define fake_expect(f, text) fake_expect_((f), (text), __LINE__)
void fake_expect_(fake *f, const char *text, int line);
void fake_forget(fake *f);

/* Sleeps of the library are noted, and not slept. */
extern int64_t slept_ms[64];
extern size_t sleeps;

#define expect_ok(call)                     expect_status_((call), BLOOP_OK, NULL, __LINE__)
#define expect_status(call, status)         expect_status_((call), (status), NULL, __LINE__)
#define expect_failure(call, status, words) expect_status_((call), (status), (words), __LINE__)
void expect_status_(bloop_status got, bloop_status wanted, const char *words, int line);

struct Document *new_document(int64_t id, const char *folder);
struct Note *new_note(const char *id);

/* How often a signal of the engine is sent, from then on. */
bloop_connection count_signals(bloop_engine *engine, bloop_signal signal, int *count);

#endif
