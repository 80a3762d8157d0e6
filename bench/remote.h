/* What the rows of the remote backend share: a server in a process of its own that answers everything at once with what was
   rendered before it began, and an engine at it. */
#ifndef BENCH_REMOTE_H
#define BENCH_REMOTE_H

#include "bench.h"
#include "item.h"

/* A whole HTTP answer. */
typedef struct canned_answer {
    char *text;
    size_t size, body_size;
} canned_answer;

typedef struct canned_answers {
    canned_answer get, save, page; /* to GetItem, UpdateItem, Query */
    char *rest;                    /* of an item, without its keys: what BatchGetItem's items go on with */
} canned_answers;

/* How many rows a page has. */
enum { PAGE_ROWS = 1000 };

/* Item 0 of the plain kind, and a page of the grouped one. */
bool answers_make(canned_answers *out);
void answers_free(canned_answers *answers);
uint32_t answers_crc32(const void *data, size_t size);

/* Starts it in a child process, on a processor (ANY_PROCESSOR: wherever); it answers after `delay_us`. */
bool server_start(const canned_answers *answers, unsigned delay_us, int processor);
void server_stop(void);
const char *server_url(void); /* "http://127.0.0.1:PORT/" */
/* The body of the request of that operation that came last; false when there was none. */
bool server_last_request(const char *operation, char *body, size_t size);

/* An engine at the server with the plain and the grouped model bound; NULL after bench_fail. */
bloop_engine *server_engine(const item_kind *kind);

bool measure_remote_get(const bench_settings *settings, double *ratio);
bool measure_remote_save(const bench_settings *settings, double *ratio);
bool measure_remote_page(const bench_settings *settings, double *ratio);
bool measure_remote_saves(const bench_settings *settings, double *ratio);
bool measure_remote_loads(const bench_settings *settings, double *ratio);

#endif
