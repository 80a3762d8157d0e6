/* Each of the functions that read a response, under one signature: for tests that try the same on all of them. */
#ifndef WIRE_READS_H
#define WIRE_READS_H

#include "wire/wire.h"

/* A function, and a response that it reads. */
typedef struct read_case {
    const char *name;
    bloop_status (*read)(const char *body, size_t size);
    const char *body;
} read_case;

extern const read_case read_cases[];
extern const size_t read_case_count;

/* Requests that the bodies answer. */
typedef struct read_requests {
    bloop_get_request get;
    bloop_write_request update;
    bloop_search_request query;
    bloop_batch_get_request batch_get; /* three keys of table "t" and one of "u" */
    bloop_batch_write_request batch_write;
} read_requests;
const read_requests *read_requests_make(void);

#endif
