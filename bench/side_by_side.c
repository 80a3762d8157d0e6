/* Servers of DynamoDB's protocol side by side: the same load on each, in turn, in one run. Prints tables in Markdown.

   side_by_side [--seconds S] [--rounds N] [--operation NAME] NAME=COMMAND…: COMMAND is a line for the shell, and starts a server on port $PORT of
   127.0.0.1. bench/side-by-side says which. */
#include "side_by_side.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "process.h"

enum { MOST_SERVERS = 6, MOST_ROUNDS = 9, WIDTHS = 3, WARM_UP_WIDTH = 8 };

static const size_t connections[WIDTHS] = { 1, 8, 64 };

/* A round's figures of an operation with so many connections. */
typedef struct figures {
    double rate[MOST_ROUNDS], p50_ms[MOST_ROUNDS], p99_ms[MOST_ROUNDS];
} figures;

typedef struct contender {
    char name[64];
    const char *command;
    server_process process;
    double start_s, memory_start_mb, memory_end_mb;
    size_t next[OPERATIONS]; /* request, so that one that writes is not what is there already */
    figures of[OPERATIONS][WIDTHS];
} contender;

typedef struct comparison {
    double seconds;
    size_t rounds, count;
    const char *only; /* this operation; NULL: all */
    contender servers[MOST_SERVERS];
    workload work;
} comparison;

static bool read_arguments(int argc, char **argv, comparison *out);
static bool add_server(char *argument, comparison *out);
static bool compare(comparison *c);
static bool is_wanted(const comparison *c, size_t operation);
static bool start(comparison *c, contender *server);
static bool warm_up(const comparison *c, contender *server);
static bool run_window(const comparison *c, contender *server, size_t operation, size_t width, double seconds,
                       load_result *result);
static bool run_operation(comparison *c, size_t operation, size_t width, size_t round);
static bool finish(const comparison *c, contender *server);
static void print(comparison *c);
static void print_operation(comparison *c, size_t operation, size_t width);

static comparison all;

int main(int argc, char **argv)
{
    if (!read_arguments(argc, argv, &all)) {
        fprintf(stderr, "%s [--seconds S] [--rounds N] [--operation NAME] NAME=COMMAND...\n", argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    bench_print_machine(".");
    bench_print_load("before");
    bool done = workload_make(&all.work) && compare(&all);
    for (size_t i = 0; i < all.count; i++)
        process_stop(&all.servers[i].process);
    if (done)
        print(&all);
    else
        bench_print_failure();
    workload_free(&all.work);
    bench_print_load("after");
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool read_arguments(int argc, char **argv, comparison *out)
{
    out->seconds = 1;
    out->rounds = 3;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            out->seconds = strtod(argv[++i], NULL);
        else if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            out->rounds = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--operation") == 0 && i + 1 < argc)
            out->only = argv[++i];
        else if (!add_server(argv[i], out))
            return false;
    }
    return out->count > 0 && out->seconds > 0 && out->rounds > 0 && out->rounds <= MOST_ROUNDS;
}

static bool add_server(char *argument, comparison *out)
{
    char *equals = strchr(argument, '=');
    contender *server = &out->servers[out->count];
    if (!equals || out->count == MOST_SERVERS || (size_t)(equals - argument) >= sizeof server->name)
        return false;
    memcpy(server->name, argument, (size_t)(equals - argument));
    server->command = equals + 1;
    out->count++;
    return true;
}

static bool compare(comparison *c)
{
    bool done = true;
    for (size_t i = 0; done && i < c->count; i++)
        done = start(c, &c->servers[i]);
    for (size_t i = 0; done && i < c->count; i++)
        done = warm_up(c, &c->servers[i]);
    for (size_t round = 0; done && round < c->rounds; round++)
        for (size_t operation = 0; done && operation < OPERATIONS; operation++)
            for (size_t width = 0; done && width < WIDTHS && is_wanted(c, operation); width++)
                done = run_operation(c, operation, width, round);
    for (size_t i = 0; done && i < c->count; i++)
        done = finish(c, &c->servers[i]);
    return done;
}

static bool is_wanted(const comparison *c, size_t operation)
{
    return !c->only || strcmp(c->only, operation_names[operation]) == 0;
}

static bool start(comparison *c, contender *server)
{
    return process_start_shell(server->command, &server->process, &server->start_s) &&
           process_memory_mb(&server->process, &server->memory_start_mb) &&
           workload_fill(&c->work, server->process.port);
}

/* Some servers compile themselves while they run. */
static bool warm_up(const comparison *c, contender *server)
{
    load_result result;
    bool done = true;
    for (size_t i = 0; i < OPERATIONS; i++)
        server->next[i] = c->work.plans[i].first;
    for (size_t i = 0; done && i < OPERATIONS; i++)
        done = !is_wanted(c, i) || run_window(c, server, i, WARM_UP_WIDTH, 3 * c->seconds, &result);
    return done;
}

static bool run_window(const comparison *c, contender *server, size_t operation, size_t width, double seconds,
                       load_result *result)
{
    load_plan plan = c->work.plans[operation];
    load_generator *load = load_new(server->process.port, width);
    plan.first = server->next[operation];
    bool done = load && load_run(load, &plan, 0, seconds, result);
    load_free(load);
    if (done)
        server->next[operation] = (plan.first + result->requests) % plan.count;
    else
        fprintf(stderr, "%s, %s, %zu connections: ", server->name, operation_names[operation], width);
    return done;
}

static bool run_operation(comparison *c, size_t operation, size_t width, size_t round)
{
    bool done = true;
    for (size_t i = 0; done && i < c->count; i++) {
        contender *server = &c->servers[(i + round) % c->count];
        figures *of = &server->of[operation][width];
        load_result result;
        done = run_window(c, server, operation, connections[width], c->seconds, &result);
        if (!done)
            break;
        of->rate[round] = (double)result.requests / result.seconds;
        of->p50_ms[round] = result.p50_ms;
        of->p99_ms[round] = result.p99_ms;
    }
    return done;
}

static bool finish(const comparison *c, contender *server)
{
    return process_memory_mb(&server->process, &server->memory_end_mb) &&
           workload_verify(&c->work, server->process.port);
}

static void print(comparison *c)
{
    printf("\n| requests/s (p50, p99 in ms) | connections |");
    for (size_t i = 0; i < c->count; i++)
        printf(" %s |", c->servers[i].name);
    printf("\n|---|---|");
    for (size_t i = 0; i < c->count; i++)
        printf("---|");
    putchar('\n');
    for (size_t operation = 0; operation < OPERATIONS; operation++)
        for (size_t width = 0; width < WIDTHS && is_wanted(c, operation); width++)
            print_operation(c, operation, width);
    printf("\n| | start to first answer | memory then | memory after the load |\n|---|---|---|---|\n");
    for (size_t i = 0; i < c->count; i++)
        printf("| %s | %.0f ms | %.0f MB | %.0f MB |\n", c->servers[i].name, c->servers[i].start_s * 1e3,
               c->servers[i].memory_start_mb, c->servers[i].memory_end_mb);
}

static void print_operation(comparison *c, size_t operation, size_t width)
{
    printf("| %s | %zu |", width ? "" : operation_names[operation], connections[width]);
    for (size_t i = 0; i < c->count; i++) {
        figures *of = &c->servers[i].of[operation][width];
        printf(" %.0f (%.2f, %.2f) |", bench_median(of->rate, c->rounds), bench_median(of->p50_ms, c->rounds),
               bench_median(of->p99_ms, c->rounds));
    }
    putchar('\n');
}
