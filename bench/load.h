/* A load generator for servers that speak HTTP/1.1: it keeps one request under way on each of its connections, and verifies
   what comes back. Nothing is pipelined. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole request: line, headers, body. */
typedef struct load_request {
    char *text;
    size_t size;
} load_request;

/* What is sent, in turn, over and over; and how answers are judged. Each has to have status 200. */
typedef struct load_plan {
    const load_request *requests;
    size_t count;
    size_t first;         /* the one to begin with */
    unsigned check_every; /* of this many bodies one is looked at */
    bool (*check)(void *context, size_t request, const char *body, size_t size);
    void *context;
} load_plan;

typedef struct load_result {
    uint64_t requests;
    double seconds;
    double p50_ms, p99_ms; /* from the first byte sent to the last one received */
} load_result;

typedef struct load_generator load_generator;

/* Connects to a port of 127.0.0.1; NULL after bench_fail. */
load_generator *load_new(uint16_t port, size_t connections);
void load_free(load_generator *load); /* NULL is fine */

/* Sends until `requests` were sent (0: any number) or the time is over (0: no end), and waits for the last answers. */
bool load_run(load_generator *load, const load_plan *plan, uint64_t requests, double seconds, load_result *out);
/* One request, on the first connection. The body is lent until the next call. */
bool load_ask(load_generator *load, const load_request *request, int *http_status, const char **body, size_t *size);

#endif
