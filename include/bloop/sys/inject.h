/* Backends for tests of yours: one that records what it is asked, one that fails as it is told. Each wraps another
   backend, any, and can be wrapped again:

     bloop_backend *faulty = bloop_faulty_backend_new(bloop_backend_open("memory:"), 1);
     bloop_engine *engine = bloop_engine_new_with(.dynamodb = faulty);
     ...
     bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_WRITE), .times = 1, .answer_lost = true });
     assert(bloop_save(engine, account) == BLOOP_UNKNOWN_OUTCOME);

   Both may be used by many threads at once, and closed (by bloop_backend_close, or their engine's close, with what they
   wrap) once no call is under way. Calls that are refused before a backend sees them (bloop/op.h validates what
   needs no knowledge of tables) are neither recorded nor made to fail. What is here keeps the weaker promise of
   bloop/sys: it may grow between minor versions. */
#ifndef BLOOP_SYS_INJECT_H
#define BLOOP_SYS_INJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/op.h>

BLOOP_BEGIN_C_

/* What a backend is asked. Each write of bloop_write_items is a call of its own. */
typedef enum bloop_call_kind {
    BLOOP_CALL_CREATE_TABLE,
    BLOOP_CALL_DESCRIBE_TABLE,
    BLOOP_CALL_LIST_TABLES,
    BLOOP_CALL_UPDATE_TABLE,
    BLOOP_CALL_DELETE_TABLE,
    BLOOP_CALL_GET,
    BLOOP_CALL_BATCH_GET,
    BLOOP_CALL_WRITE,
    BLOOP_CALL_BATCH_WRITE,
    BLOOP_CALL_SEARCH /* a page of a query or scan */
} bloop_call_kind;
#define BLOOP_CALL_KIND_COUNT 10
/* "create_table", "get", …; "?" for another number. */
BLOOP_API const char *bloop_call_name(bloop_call_kind kind);

/* Records every call, and passes it on as it is. Owns `inner` from now on, whether or not it succeeds. NULL and the last error
   on failure; for a NULL inner that is the error of what was to make it, if there is one. */
BLOOP_API bloop_backend *bloop_recording_backend_new(bloop_backend *inner);

typedef struct bloop_recorded_call {
    bloop_call_kind kind;
    const char *table;   /* of a batch, that of its first key or write; NULL for list_tables */
    const char *text;    /* see below */
    bool answered;       /* false: it is under way */
    bloop_status status; /* how it was answered */
} bloop_recorded_call;

/* The calls so far, in the order in which they came, from 0. What *out points to is valid until the recording is forgotten or
   the backend closed. BLOOP_INVALID_ARGUMENT for a call that there is not, or a backend that does not record.

   The text is for comparing and for reading: the request with all that it says in place, such as

     create_table notes id:S
     update notes {id: "n"} SET text = "hello" if attribute_not_exists(id)
     get notes {id: "n"} of id, text
     batch_get notes {id: "n"}, notes {id: "m"}
     query documents by_title key t = "x" filter size > 3, descending, limit 2, after {folder: "a", id: 1, t: "x"} */
BLOOP_API size_t bloop_recorded_count(bloop_backend *recording);
BLOOP_API bloop_status bloop_recorded(bloop_backend *recording, size_t index, bloop_recorded_call *out);
BLOOP_API void bloop_recorded_forget(bloop_backend *recording);
/* The texts, each with a newline after it. Writes at most `size` bytes, always ends in a zero byte, and returns the length
   of the whole text. */
BLOOP_API size_t bloop_recorded_print(bloop_backend *recording, char *text, size_t size);

/* What goes wrong, and when. Zero members are the defaults. */
typedef struct bloop_fault {
    uint32_t on;       /* which kinds of call, BLOOP_ON(kind) joined by |; 0: all */
    const char *table; /* only of this table (of a batch: with a key or write of it); NULL: any. Copied */
    uint32_t skip;     /* so many calls that it could happen to go well first */
    uint32_t times;    /* then it happens so often, and no more; 0: without end */
    uint32_t percent;  /* then it happens to so many of a hundred, by chance; 0: to all */

    int64_t delay_ms;     /* the call takes so much longer, for the thread that makes it */
    bloop_status status;  /* the call fails with this; nothing was done */
    bool answer_lost;     /* the call is carried out and then fails, with `status` or else BLOOP_UNKNOWN_OUTCOME */
    uint32_t unprocessed; /* batches: so many of its keys or writes, the last ones, are left to be asked for again */
    int32_t page_items;   /* searches: the page ends after so many items examined */
} bloop_fault;
#define BLOOP_ON(kind) (UINT32_C(1) << (kind))

/* Passes every call on, once no fault happens to it; without any faults it is the backend that it wraps. Chance begins with
   `seed`, so that a test with one thread has the same faults each time. Owns `inner` likewise. */
BLOOP_API bloop_backend *bloop_faulty_backend_new(bloop_backend *inner, uint64_t seed);

/* Replaces the faults, from the next call on. Of several that could happen to a call only the first does, and the others do
   not count it. A read whose answer is lost hands nothing over. Each write of bloop_write_items is met by itself; those that
   nothing happens to are carried out together, in their order. BLOOP_INVALID_ARGUMENT for a backend that is no faulty one, or
   numbers that make no sense; BLOOP_NO_MEMORY: the faults are as they were. */
BLOOP_API bloop_status bloop_faults_set(bloop_backend *faulty, const bloop_fault *faults, size_t count);
#ifndef __cplusplus
#    define bloop_inject(faulty, ...)                                    \
        bloop_faults_set((faulty), (const bloop_fault[]){ __VA_ARGS__ }, \
                         sizeof((const bloop_fault[]){ __VA_ARGS__ }) / sizeof(bloop_fault))
#endif
/* How many have happened since the backend was made. */
BLOOP_API uint64_t bloop_faults_happened(bloop_backend *faulty);

BLOOP_END_C_

#endif
