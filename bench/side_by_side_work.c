/* The workload: five operations on one table. */
#include <time.h>

#include "bench.h"
#include "side_by_side.h"

enum {
    ITEMS = 1000,
    GROUP = 100,
    BATCH = 25,
    CHECK_EVERY = 64,
    TRIES = 1000,
    FIRST_READ = 0,
    FIRST_VISITED = 1000,
    FIRST_PUT = 2000,
    FIRST_BATCHED = 3000,
    FIRST_GROUPED = 10000
};

/* An operation: its requests, and how an answer is judged. */
typedef struct operation {
    bool (*add_requests)(const workload *work, dynamo_requests *out);
    bool (*check)(void *context, size_t request, const char *body, size_t size);
} operation;

static bool add_gets(const workload *work, dynamo_requests *out);
static bool add_puts(const workload *work, dynamo_requests *out);
static bool add_updates(const workload *work, dynamo_requests *out);
static bool add_queries(const workload *work, dynamo_requests *out);
static bool add_batches(const workload *work, dynamo_requests *out);
static bool is_item(void *context, size_t request, const char *body, size_t size);
static bool is_empty(void *context, size_t request, const char *body, size_t size);
static bool is_page(void *context, size_t request, const char *body, size_t size);
static bool is_all_written(void *context, size_t request, const char *body, size_t size);
static bool add_fill(const dynamo_items *items, dynamo_requests *out);
static bool ask(load_generator *client, const load_request *request, const char **body, size_t *size);
static bool wait_until_active(load_generator *client);
static bool verify(load_generator *client, const dynamo_items variants[VARIANTS]);

const char *const operation_names[OPERATIONS] = { "GetItem", "PutItem", "UpdateItem", "Query of 100 items",
                                                  "BatchWriteItem of 25" };

static const operation operations[OPERATIONS] = { { add_gets, is_item },
                                                  { add_puts, is_empty },
                                                  { add_updates, is_empty },
                                                  { add_queries, is_page },
                                                  { add_batches, is_all_written } };

bool workload_make(workload *work)
{
    *work = (workload){ 0 };
    bool done = dynamo_items_make(FIRST_READ, ITEMS, 0, FIRST_VISITS, &work->read) &&
                dynamo_items_make(FIRST_VISITED, ITEMS, 0, FIRST_VISITS, &work->visited) &&
                dynamo_items_make(FIRST_GROUPED, ITEMS, GROUP, FIRST_VISITS, &work->grouped);
    for (int i = 0; done && i < VARIANTS; i++)
        done = dynamo_items_make(FIRST_PUT, ITEMS, 0, FIRST_VISITS + i, &work->put[i]) &&
               dynamo_items_make(FIRST_BATCHED, ITEMS, 0, FIRST_VISITS + i, &work->batched[i]);
    done = done && add_fill(&work->read, &work->fill) && add_fill(&work->visited, &work->fill) &&
           add_fill(&work->grouped, &work->fill) && add_fill(&work->put[0], &work->fill) &&
           add_fill(&work->batched[0], &work->fill);
    for (size_t i = 0; done && i < OPERATIONS; i++) {
        done = operations[i].add_requests(work, &work->requests[i]);
        work->plans[i] = (load_plan){ .requests = work->requests[i].list,
                                      .count = work->requests[i].count,
                                      .first = work->requests[i].count / VARIANTS,
                                      .check_every = CHECK_EVERY,
                                      .check = operations[i].check,
                                      .context = work };
    }
    return done;
}

void workload_free(workload *work)
{
    for (int i = 0; i < VARIANTS; i++) {
        dynamo_items_free(&work->put[i]);
        dynamo_items_free(&work->batched[i]);
    }
    dynamo_items_free(&work->read);
    dynamo_items_free(&work->visited);
    dynamo_items_free(&work->grouped);
    dynamo_requests_free(&work->fill);
    for (size_t i = 0; i < OPERATIONS; i++)
        dynamo_requests_free(&work->requests[i]);
}

bool workload_fill(const workload *work, uint16_t port)
{
    dynamo_requests table = { 0 };
    const char *body;
    size_t size;
    load_generator *client = load_new(port, 1);
    bool done =
        client && dynamo_create_table(&table) && ask(client, &table.list[0], &body, &size) && wait_until_active(client);
    for (size_t i = 0; done && i < work->fill.count; i++)
        done = ask(client, &work->fill.list[i], &body, &size) &&
               (dynamo_is_all_written(body, size) ? true : bench_fail("filling: %.*s", (int)size, body));
    load_free(client);
    dynamo_requests_free(&table);
    return done;
}

bool workload_verify(const workload *work, uint16_t port)
{
    load_generator *client = load_new(port, 1);
    bool done = client && verify(client, work->put) && verify(client, work->batched);
    load_free(client);
    return done;
}

static bool add_gets(const workload *work, dynamo_requests *out)
{
    bool done = true;
    for (size_t i = 0; done && i < ITEMS; i++)
        done = dynamo_get(out, work->read.items[i]);
    return done;
}

static bool add_puts(const workload *work, dynamo_requests *out)
{
    bool done = true;
    for (size_t i = 0; done && i < VARIANTS * ITEMS; i++)
        done = dynamo_put(out, work->put[i / ITEMS].items[i % ITEMS]);
    return done;
}

static bool add_updates(const workload *work, dynamo_requests *out)
{
    bool done = true;
    for (size_t i = 0; done && i < ITEMS; i++)
        done = dynamo_visit(out, work->visited.items[i]);
    return done;
}

static bool add_queries(const workload *work, dynamo_requests *out)
{
    bool done = true;
    for (size_t i = 0; done && i < ITEMS / GROUP; i++)
        done = dynamo_query(out, work->grouped.items[i * GROUP]);
    return done;
}

static bool add_batches(const workload *work, dynamo_requests *out)
{
    return add_fill(&work->batched[0], out) && add_fill(&work->batched[1], out);
}

static bool is_item(void *context, size_t request, const char *body, size_t size)
{
    const workload *work = context;
    return dynamo_is_item(body, size, work->read.items[request]);
}

static bool is_empty(void *context, size_t request, const char *body, size_t size)
{
    (void)context;
    (void)request;
    return dynamo_is_empty(body, size);
}

static bool is_page(void *context, size_t request, const char *body, size_t size)
{
    const workload *work = context;
    return dynamo_is_page(body, size, &work->grouped.items[request * GROUP], GROUP);
}

static bool is_all_written(void *context, size_t request, const char *body, size_t size)
{
    (void)context;
    (void)request;
    return dynamo_is_all_written(body, size);
}

static bool add_fill(const dynamo_items *items, dynamo_requests *out)
{
    bool done = true;
    for (size_t i = 0; done && i < items->count; i += BATCH)
        done = dynamo_batch_write(out, &items->items[i], BATCH);
    return done;
}

static bool ask(load_generator *client, const load_request *request, const char **body, size_t *size)
{
    int http_status = 0;
    if (!load_ask(client, request, &http_status, body, size))
        return false;
    return http_status == 200 ? true : bench_fail("status %d: %.*s", http_status, (int)*size, *body);
}

static bool wait_until_active(load_generator *client)
{
    dynamo_requests describe = { 0 };
    const char *body;
    size_t size;
    bool active = false, done = dynamo_describe_table(&describe);
    for (int i = 0; done && !active && i < TRIES; i++) {
        done = ask(client, &describe.list[0], &body, &size);
        active = done && dynamo_is_active(body, size);
        if (!active)
            nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
    }
    dynamo_requests_free(&describe);
    return done && (active ? true : bench_fail("the table does not become active"));
}

static bool verify(load_generator *client, const dynamo_items variants[VARIANTS])
{
    dynamo_requests gets = { 0 };
    const char *body;
    size_t size;
    bool done = true;
    for (size_t i = 0; done && i < ITEMS; i++)
        done = dynamo_get(&gets, variants[0].items[i]);
    for (size_t i = 0; done && i < ITEMS; i++) {
        done = ask(client, &gets.list[i], &body, &size);
        if (done && !dynamo_is_item(body, size, variants[0].items[i]) &&
            !dynamo_is_item(body, size, variants[1].items[i]))
            done = bench_fail("item %zu is not as it was written: %.*s", i, (int)size, body);
    }
    dynamo_requests_free(&gets);
    return done;
}
