/* GetItem from a server, against what libmicrohttpd does at best. Each server has a processor for itself, and the load
   comes from another. */
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dynamo.h"
#include "process.h"
#include "serve.h"

enum { ITEMS = 1000, CHECK_EVERY = 64, SERVER_PROCESSOR = 0, OWN_PROCESSOR = 1, PAIRS = 40, SIDES = 2 };

#define WINDOW_S  0.1
#define WARM_UP_S 0.5

static const size_t connections[] = { 1, 8, 64 };
enum { WIDTHS = sizeof connections / sizeof connections[0] };

/* One of the two servers, with a generator for each number of connections. */
typedef struct contestant {
    const char *name;
    server_process server;
    load_generator *loads[WIDTHS];
    bool (*check)(void *context, size_t request, const char *body, size_t size);
    double *rates, *cpu_us, *p50_ms, *p99_ms; /* a window's */
} contestant;

typedef struct contest {
    dynamo_items items;
    dynamo_requests gets;
    char *constant;
    size_t answer_size;
    contestant sides[SIDES];
} contest;

static bool prepare(contest *c);
static bool start_ours(contest *c);
static bool fill(contest *c);
static bool start_constant(contest *c);
static bool compete(contest *c, size_t width, size_t pairs, double *ratio);
static bool run_window(contest *c, contestant *side, size_t width, size_t window, double seconds);
static void show(contestant *side, size_t pairs);
static bool is_item(void *context, size_t request, const char *body, size_t size);
static bool is_constant(void *context, size_t request, const char *body, size_t size);
static void clean_up(contest *c);

bool measure_serve_get(const bench_settings *settings, double *ratio)
{
    contest c = { .sides = { { .name = "ours", .check = is_item }, { .name = "raw", .check = is_constant } } };
    size_t pairs = (size_t)(PAIRS * settings->effort) + 1;
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    bool done = CPU_COUNT(&before) > 1 ? true : bench_fail("it takes two processors");
    done = done && run_on_processor(OWN_PROCESSOR) && prepare(&c);
    for (size_t i = 0; done && i < SIDES; i++) {
        contestant *each = &c.sides[i];
        double **values[] = { &each->rates, &each->cpu_us, &each->p50_ms, &each->p99_ms };
        for (size_t k = 0; k < sizeof values / sizeof values[0]; k++)
            done = done && (*values[k] = calloc(pairs, sizeof **values[k])) != NULL;
    }
    /* The last width is the one that keeps the server's processor busy all the time: its ratio is the row's. A second is
       one of the server's CPU time, so that what else the machine does, and the load's own cost, counts for neither. */
    for (size_t width = 0; done && width < WIDTHS; width++)
        done = compete(&c, width, pairs, ratio);
    clean_up(&c);
    sched_setaffinity(0, sizeof before, &before);
    return done;
}

static bool prepare(contest *c)
{
    if (!dynamo_items_make(0, ITEMS, 0, FIRST_VISITS, &c->items))
        return false;
    for (size_t i = 0; i < ITEMS; i++)
        if (!dynamo_get(&c->gets, c->items.items[i]))
            return false;
    if (!start_ours(c) || !fill(c) || !start_constant(c))
        return false;
    for (size_t i = 0; i < SIDES; i++)
        for (size_t width = 0; width < WIDTHS; width++)
            if (!(c->sides[i].loads[width] = load_new(c->sides[i].server.port, connections[width])))
                return false;
    bench_detail("a request of %zu bytes, an answer with a body of %zu", c->gets.list[0].size, c->answer_size);
    return true;
}

static bool start_ours(contest *c)
{
    char program[PATH_MAX], serve[] = "serve", port[] = "--port", any[] = "0", memory[] = "--memory";
    char threads[] = "--threads", one[] = "1";
    char *const arguments[] = { program, serve, port, any, memory, threads, one, NULL };
    return find_program("bloop", program, sizeof program) &&
           process_start(arguments, SERVER_PROCESSOR, &c->sides[0].server);
}

/* Through the front door; and asks how long an answer is. */
static bool fill(contest *c)
{
    dynamo_requests puts = { 0 };
    load_generator *client = load_new(c->sides[0].server.port, 1);
    int http_status = 0;
    const char *body = "";
    bool done = client && dynamo_create_table(&puts);
    for (size_t i = 0; done && i < ITEMS; i++)
        done = dynamo_put(&puts, c->items.items[i]);
    for (size_t i = 0; done && i < puts.count; i++)
        done = load_ask(client, &puts.list[i], &http_status, &body, &c->answer_size) &&
               (http_status == 200 ? true : bench_fail("filling: %d %.*s", http_status, (int)c->answer_size, body));
    done = done && load_ask(client, &c->gets.list[0], &http_status, &body, &c->answer_size);
    load_free(client);
    dynamo_requests_free(&puts);
    return done;
}

static bool start_constant(contest *c)
{
    char program[PATH_MAX], size[24];
    char *const arguments[] = { program, size, NULL };
    c->constant = malloc(c->answer_size + 1);
    if (!c->constant)
        return bench_fail("out of memory");
    memset(c->constant, 'x', c->answer_size);
    snprintf(size, sizeof size, "%zu", c->answer_size);
    return find_program("bench/constant_server", program, sizeof program) &&
           process_start(arguments, SERVER_PROCESSOR, &c->sides[1].server);
}

static bool compete(contest *c, size_t width, size_t pairs, double *ratio)
{
    double *ratios = calloc(pairs, sizeof *ratios), *cpu = calloc(pairs, sizeof *cpu);
    bool done = ratios && cpu ? true : bench_fail("out of memory");
    for (size_t k = 0; done && k < SIDES; k++)
        done = run_window(c, &c->sides[k], width, 0, WARM_UP_S);
    for (size_t i = 0; done && i < pairs; i++) {
        contestant *first = &c->sides[i % SIDES], *second = &c->sides[(i + 1) % SIDES];
        done = run_window(c, first, width, i, WINDOW_S) && run_window(c, second, width, i, WINDOW_S);
        ratios[i] = c->sides[0].rates[i] / c->sides[1].rates[i];
        cpu[i] = c->sides[1].cpu_us[i] / c->sides[0].cpu_us[i];
    }
    if (done) {
        *ratio = bench_median(cpu, pairs);
        bench_detail("%zu connections, %zu windows of %.1f s on each side, in turn", connections[width], pairs,
                     WINDOW_S);
        for (size_t k = 0; k < SIDES; k++)
            show(&c->sides[k], pairs);
        bench_detail(
            "  requests a second, ratio of pairs %.2f; of the server's CPU time %.2f, %.2f to %.2f for the middle half",
            bench_median(ratios, pairs), *ratio, cpu[pairs / 4], cpu[3 * pairs / 4]);
    }
    free(ratios);
    free(cpu);
    return done;
}

static bool run_window(contest *c, contestant *side, size_t width, size_t window, double seconds)
{
    const load_plan plan = {
        .requests = c->gets.list, .count = c->gets.count, .check_every = CHECK_EVERY, .check = side->check, .context = c
    };
    load_result result;
    uint64_t before, after;
    if (!process_cpu_ns(&side->server, &before) || !load_run(side->loads[width], &plan, 0, seconds, &result) ||
        !process_cpu_ns(&side->server, &after))
        return false;
    side->rates[window] = (double)result.requests / result.seconds;
    side->cpu_us[window] = (double)(after - before) / 1e3 / (double)result.requests;
    side->p50_ms[window] = result.p50_ms;
    side->p99_ms[window] = result.p99_ms;
    return true;
}

static void show(contestant *side, size_t pairs)
{
    double rate = bench_median(side->rates, pairs), cpu = bench_median(side->cpu_us, pairs);
    bench_detail("  %-4s  %7.0f requests/s   %5.2f us CPU a request   busy %3.0f %%   p50 %6.3f ms   p99 %6.3f ms",
                 side->name, rate, cpu, rate * cpu / 1e4, bench_median(side->p50_ms, pairs),
                 bench_median(side->p99_ms, pairs));
}

static bool is_item(void *context, size_t request, const char *body, size_t size)
{
    const contest *c = context;
    return dynamo_is_item(body, size, c->items.items[request]);
}

static bool is_constant(void *context, size_t request, const char *body, size_t size)
{
    const contest *c = context;
    (void)request;
    return size == c->answer_size && memcmp(body, c->constant, size) == 0;
}

static void clean_up(contest *c)
{
    for (size_t i = 0; i < SIDES; i++) {
        contestant *each = &c->sides[i];
        for (size_t width = 0; width < WIDTHS; width++)
            load_free(each->loads[width]);
        process_stop(&each->server);
        free(each->rates);
        free(each->cpu_us);
        free(each->p50_ms);
        free(each->p99_ms);
    }
    free(c->constant);
    dynamo_requests_free(&c->gets);
    dynamo_items_free(&c->items);
}
