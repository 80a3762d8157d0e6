/* Searches: queries and scans of a table or an index, row by row.

     bloop_search *search = bloop_query(engine, Account.by_email, .key = bloop_eq(Account.email, "admin@domain.com"));
     for (struct Account *found; (found = bloop_next(search));)
         puts(found->name);
     if (bloop_search_close(search) != BLOOP_OK)
         fprintf(stderr, "the list is incomplete: %s\n", bloop_last_error()->message);

   bloop_query and bloop_scan never return NULL. What is wrong with a search (a key condition that is none, a projection of
   columns that the index does not have) makes a failed search: it has no rows, and bloop_search_status and
   bloop_search_close tell why. Nothing is sent before the first bloop_next, and pages are fetched only as they are needed.
   A search owns its key and filter, and can be used again after bloop_search_reset. It is for one thread at a time. It may
   outlive its engine, and then fails with BLOOP_CLOSED. */
#ifndef BLOOP_SEARCH_H
#define BLOOP_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/condition.h>
#include <bloop/engine.h>
#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/model.h>

BLOOP_BEGIN_C_

typedef struct bloop_search bloop_search;

/* What a search is to find. Columns that are not projected stay missing in the rows; the model's keys are always there. */
typedef struct bloop_query_options {
    size_t size;
    bloop_condition
        *key; /* an equality on the hash key, and at most one of = < <= > >= between begins_with on the range
                             key; consumed */
    bloop_condition *filter; /* not on the keys that are queried; consumed */
    bool count;              /* no rows: bloop_next reads all pages and returns NULL, bloop_search_count tells */
    const bloop_column *const *projection; /* bloop_columns(&Account.email, …); NULL: all that table or index has */
    const char *const *projection_names;   /* or bloop_names("email", …), the columns' names in the model */
    bool consistent;                       /* strongly consistent; not for global indexes */
    bool descending;                       /* from the highest range key down */
    int32_t page_items;                    /* items examined for a page; 0: as many as 1 MB holds */
    const char *token;                     /* of an earlier search of the same kind, to go on where it stood; copied */
} bloop_query_options;

/* What is not explained is as in a query. */
typedef struct bloop_scan_options {
    size_t size;
    bloop_condition *filter; /* consumed */
    bool count;
    const bloop_column *const *projection;
    const char *const *projection_names;
    bool consistent;
    int32_t segment, total_segments; /* part `segment`, from 0, of a scan that is divided by hand; total 0: all of it */
    int32_t page_items;
    const char *token;
} bloop_scan_options;

/* Prepare a search. `model` points to a model (&Account or bloop_model_of(Account)), `index` to an index of it (&Account.by_email).
   Failed searches carry BLOOP_INVALID_KEY_CONDITION, BLOOP_INVALID_FILTER_CONDITION, BLOOP_INVALID_PROJECTION,
   BLOOP_INVALID_SEARCH_MODE, BLOOP_INVALID_INDEX, BLOOP_UNBOUND_MODEL, BLOOP_INVALID_POSITION (a token), BLOOP_NO_MEMORY, or the status
   of a failed condition. */
BLOOP_API bloop_search *bloop_query_model(bloop_engine *engine, const void *model, const bloop_query_options *options);
BLOOP_API bloop_search *bloop_query_index(bloop_engine *engine, const void *index, const bloop_query_options *options);
BLOOP_API bloop_search *bloop_scan_model(bloop_engine *engine, const void *model, const bloop_scan_options *options);
BLOOP_API bloop_search *bloop_scan_index(bloop_engine *engine, const void *index, const bloop_scan_options *options);

/* A scan on threads, as one call that delivers the rows of all segments:

     static bloop_status tally(void *context, int32_t thread, void *row)
     {
         int64_t *logins = context;
         logins[thread] += ((const struct Account *)row)->logins;
         return BLOOP_OK;
     }
     ...
     int64_t logins[2] = { 0 };
     bloop_status status = bloop_scan_parallel(engine, Account, .threads = 2, .receive = tally, .context = logins);

   Rows are fetched, decoded and received on each of the threads, of which the calling one is number 0; the receiver is
   called by several at once, and in no particular order of rows. A thread takes the next segment when it is done with one,
   so that more segments than threads even out segments of different sizes; no thread has more than a page in memory.
   Handlers of BLOOP_OBJECT_LOADED are called on the thread that receives the row, before it. The call returns when all
   threads have ended. */
#define BLOOP_MAX_SCAN_THREADS 256

/* Receives a row, which is valid until it returns, unless bloop_keep makes it the caller's. `thread` is 0 to threads - 1:
   what the caller has one of for each thread needs no lock. It may call anything but what closes the engine. A status
   other than BLOOP_OK ends the scan on all threads, and is what the call returns. */
typedef bloop_status (*bloop_row_receiver)(void *context, int32_t thread, void *row);

typedef struct bloop_parallel_scan_options {
    size_t size;
    bloop_condition *filter; /* consumed */
    const bloop_column *const *projection;
    const char *const *projection_names;
    bool consistent;
    int32_t threads;            /* 1 to BLOOP_MAX_SCAN_THREADS; 0: as many as there are processors */
    int32_t segments;           /* 1 to 1,000,000; 0: eight for each thread */
    int32_t page_items;         /* of each page of a segment, as for other scans */
    bloop_row_receiver receive; /* NULL: nobody wants rows, only what is told below */
    void *context;
    uint64_t *count, *scanned; /* NULL, or set when the scan succeeds: items found; items examined for them */
} bloop_parallel_scan_options;

/* BLOOP_OK when all rows were received. Else the first failure: what the receiver returned, what fails other scans, or
   BLOOP_INVALID_SEARCH_MODE for numbers that are out of range. The other threads then end after the row or the page that
   they are at. When the system refuses to start a thread the others do its share. */
BLOOP_API bloop_status bloop_scan_model_parallel(bloop_engine *engine, const void *model,
                                                 const bloop_parallel_scan_options *options);
BLOOP_API bloop_status bloop_scan_index_parallel(bloop_engine *engine, const void *index,
                                                 const bloop_parallel_scan_options *options);

#ifndef __cplusplus
/* A model or an index; the compiler refuses what is neither. */
#    define BLOOP_TARGET_(target) (&(target) + 0 * sizeof((target).bloop_model_))
#    define bloop_query(...)      BLOOP_QUERY_(__VA_ARGS__, )
#    define BLOOP_QUERY_(engine, target, ...)                        \
        _Generic((target), bloop_index                               \
                 : bloop_query_index, default                        \
                 : bloop_query_model)(engine, BLOOP_TARGET_(target), \
                                      &(bloop_query_options){ .size = sizeof(bloop_query_options), __VA_ARGS__ })
#    define bloop_scan(...) BLOOP_SCAN_(__VA_ARGS__, )
#    define BLOOP_SCAN_(engine, target, ...)                        \
        _Generic((target), bloop_index                              \
                 : bloop_scan_index, default                        \
                 : bloop_scan_model)(engine, BLOOP_TARGET_(target), \
                                     &(bloop_scan_options){ .size = sizeof(bloop_scan_options), __VA_ARGS__ })
#    define bloop_scan_parallel(...) BLOOP_SCAN_PARALLEL_(__VA_ARGS__, )
#    define BLOOP_SCAN_PARALLEL_(engine, target, ...) \
        _Generic((target), bloop_index                \
                 : bloop_scan_index_parallel, default \
                 : bloop_scan_model_parallel)(        \
            engine, BLOOP_TARGET_(target),            \
            &(bloop_parallel_scan_options){ .size = sizeof(bloop_parallel_scan_options), __VA_ARGS__ })
#endif

/* The next row, an object that belongs to the search and is valid until the next call on it; bloop_keep makes it yours.
   NULL at the end (the last error is then BLOOP_OK), and when the search has failed (the last error says why); it then
   goes on only after a reset. */
BLOOP_API void *bloop_next(bloop_search *search);

/* Makes a row the caller's own, for bloop_free. Returns it; never fails. */
#define bloop_keep(row) ((__typeof__(row))bloop_keep_row(row))
BLOOP_API void *bloop_keep_row(void *row);

/* The first row of a search from its beginning; the only one. The caller's own. NULL and BLOOP_CONSTRAINT_VIOLATION when there
   is none, or more than one; NULL and the reason when the search failed. */
BLOOP_API void *bloop_first(bloop_search *search);
BLOOP_API void *bloop_one(bloop_search *search);

/* All rows from the beginning, the caller's own, in an array that bloop_rows_free releases. On failure *out is empty. */
typedef struct bloop_rows {
    void **items;
    size_t count;
} bloop_rows;
BLOOP_API bloop_status bloop_all(bloop_search *search, bloop_rows *out);
BLOOP_API void bloop_rows_free(bloop_rows *rows); /* the rows, too */

/* Items found so far, with those of the page at hand that have not been returned yet; items examined for them; and whether
   there is nothing more to return. Failed searches are exhausted. */
BLOOP_API uint64_t bloop_search_count(const bloop_search *search);
BLOOP_API uint64_t bloop_search_scanned(const bloop_search *search);
BLOOP_API bool bloop_search_exhausted(const bloop_search *search);

/* Back to the beginning (or to the token that it was made with), forgetting counts and a failure on the way; not one that it was made with. */
BLOOP_API void bloop_search_reset(bloop_search *search);

/* Where the search stands, as JSON text that another process can go on from: after the last row that was returned. NULL and
   BLOOP_OK when there is nothing left; NULL and the reason on failure. The caller's, for bloop_token_free. */
BLOOP_API char *bloop_search_token(bloop_search *search);
BLOOP_API void bloop_token_free(char *token);
/* Goes to a token of a search of the same model, index and direction. Counts begin anew. BLOOP_INVALID_POSITION for any other text. */
BLOOP_API bloop_status bloop_search_move_to(bloop_search *search, const char *token);

/* How the search is doing: BLOOP_OK, or why it failed (as the last error, too). */
BLOOP_API bloop_status bloop_search_status(const bloop_search *search);

/* Ends a search and returns how it ended: BLOOP_OK also when rows were left. NULL: BLOOP_INVALID_ARGUMENT. */
BLOOP_API bloop_status bloop_search_close(bloop_search *search);

/* For debugging: <Query[Account.by_email]>. Writes at most `size` bytes, always ends in a zero byte, and returns the length
   that the whole text has. */
BLOOP_API size_t bloop_search_print(const bloop_search *search, char *text, size_t size);

BLOOP_END_C_

#endif
