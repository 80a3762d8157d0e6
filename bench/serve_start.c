/* How soon a server answers, and what it takes of memory until it has something to do. */
#include <limits.h>
#include <stdlib.h>

#include "dynamo.h"
#include "process.h"
#include "serve.h"

enum { STARTS = 31, IDLE_STARTS = 5 };

static bool start_and_ask(const dynamo_requests *ask, server_process *server, double *ms);
static bool measure(size_t starts, double *ms, double *megabytes);

bool measure_serve_start(const bench_settings *settings, double *ratio)
{
    (void)settings;
    double ms[STARTS];
    if (!measure(STARTS, ms, NULL))
        return false;
    *ratio = bench_median(ms, STARTS);
    bench_detail("%d starts: %.1f to %.1f ms", STARTS, ms[0], ms[STARTS - 1]);
    return true;
}

bool measure_serve_memory(const bench_settings *settings, double *ratio)
{
    (void)settings;
    double ms[IDLE_STARTS], megabytes[IDLE_STARTS];
    if (!measure(IDLE_STARTS, ms, megabytes))
        return false;
    *ratio = bench_median(megabytes, IDLE_STARTS);
    bench_detail("%d starts: %.1f to %.1f MB (VmRSS, shared libraries included)", IDLE_STARTS, megabytes[0],
                 megabytes[IDLE_STARTS - 1]);
    return true;
}

static bool measure(size_t starts, double *ms, double *megabytes)
{
    dynamo_requests ask = { 0 };
    bool done = dynamo_list_tables(&ask);
    for (size_t i = 0; done && i < starts; i++) {
        server_process server = { 0 };
        done = start_and_ask(&ask, &server, &ms[i]) && (!megabytes || process_memory_mb(&server, &megabytes[i]));
        process_stop(&server);
    }
    dynamo_requests_free(&ask);
    return done;
}

static bool start_and_ask(const dynamo_requests *ask, server_process *server, double *ms)
{
    static char serve[] = "serve", port[] = "--port", any[] = "0", memory[] = "--memory";
    char program[PATH_MAX];
    char *const arguments[] = { program, serve, port, any, memory, NULL };
    const char *body;
    size_t size;
    int http_status = 0;
    if (!find_program("bloop", program, sizeof program))
        return false;
    uint64_t begin = bench_now_ns();
    if (!process_start(arguments, ANY_PROCESSOR, server))
        return false;
    load_generator *client = load_new(server->port, 1);
    bool answered = client && load_ask(client, &ask->list[0], &http_status, &body, &size);
    *ms = (double)(bench_now_ns() - begin) / 1e6;
    load_free(client);
    return answered && (http_status == 200 ? true : bench_fail("the first answer has status %d", http_status));
}
