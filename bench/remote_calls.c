/* Single calls: the processor time of this process for one of ours, and for the same POST with libcurl alone. */
#include <curl/curl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "remote.h"

enum { BATCH = 64, BATCHES = 400, WARM_UP = 20, PAGES_A_BATCH = 4 };

/* Apart, as on two machines: together on one processor, waking the other costs next to nothing, and whether they are is up to
   chance. */
enum { OWN_PROCESSOR = 0, SERVER_PROCESSOR = 1 };

typedef struct calls {
    const item_kind *kind;
    bloop_engine *engine;
    void *object;
    bloop_search *search;
    CURL *easy;
    struct curl_slist *headers;
    char body[8192];
    uint64_t sum;               /* what was touched */
    uint64_t rows;              /* of pages, so far */
    size_t discarded, expected; /* bytes of bodies */
    int64_t visits;
} calls;

typedef struct call_row {
    const char *operation;
    const item_kind *kind;
    size_t batch;
    bool (*ours)(void *context, size_t batch);
    bool (*check)(void *context, size_t batch);
} call_row;

static bool measure(const bench_settings *settings, const call_row *row, double *ratio);
static bool compete(const bench_settings *settings, const call_row *row, calls *c, double *ratio);
static bool begin(calls *c, const call_row *row, const canned_answers *answers);
static void end(calls *c);
static bool get_ours(void *context, size_t batch);
static bool save_ours(void *context, size_t batch);
static bool query_ours(void *context, size_t batch);
static bool post_raw(void *context, size_t batch);
static bool post_pages_raw(void *context, size_t batch);
static bool post(calls *c, size_t times);
static bool check_get(void *context, size_t batch);
static bool check_save(void *context, size_t batch);
static bool check_query(void *context, size_t batch);
static size_t discard(char *data, size_t size, size_t count, void *context);

bool measure_remote_get(const bench_settings *settings, double *ratio)
{
    static const call_row row = { "GetItem", &plain_item, BATCH, get_ours, check_get };
    return measure(settings, &row, ratio);
}

bool measure_remote_save(const bench_settings *settings, double *ratio)
{
    static const call_row row = { "UpdateItem", &plain_item, BATCH, save_ours, check_save };
    return measure(settings, &row, ratio);
}

bool measure_remote_page(const bench_settings *settings, double *ratio)
{
    static const call_row row = { "Query", &grouped_item, PAGES_A_BATCH, query_ours, check_query };
    return measure(settings, &row, ratio);
}

static bool measure(const bench_settings *settings, const call_row *row, double *ratio)
{
    canned_answers answers;
    if (!answers_make(&answers))
        return false;
    calls c = { .kind = row->kind, .visits = FIRST_VISITS };
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    bool done = CPU_COUNT(&before) > 1 ? true : bench_fail("it takes two processors");
    done = done && run_on_processor(OWN_PROCESSOR) && server_start(&answers, 0, SERVER_PROCESSOR) &&
           begin(&c, row, &answers) && compete(settings, row, &c, ratio);
    end(&c);
    server_stop();
    sched_setaffinity(0, sizeof before, &before);
    answers_free(&answers);
    return done;
}

static bool compete(const bench_settings *settings, const call_row *row, calls *c, double *ratio)
{
    bench_outcome outcome;
    bench_contest contest = { .batch = row->batch,
                              .batches = WARM_UP,
                              .context = c,
                              .cpu = true,
                              .ours = row->ours,
                              .raw = row->batch == BATCH ? post_raw : post_pages_raw,
                              .check = row->check };
    if (!bench_compete(&contest, &outcome))
        return false;
    contest.batches = (size_t)(BATCHES * settings->effort) + 1;
    if (!bench_compete(&contest, &outcome))
        return false;
    bench_show(&contest, &outcome);
    *ratio = outcome.ratio;
    return true;
}

/* One call of ours tells what the other side has to send. */
static bool begin(calls *c, const call_row *row, const canned_answers *answers)
{
    char target[64];
    const canned_answer *answer = row->ours == get_ours    ? &answers->get
                                  : row->ours == save_ours ? &answers->save
                                                           : &answers->page;
    c->expected = answer->body_size;
    c->engine = server_engine(c->kind);
    c->object = c->engine ? bloop_object_new(c->kind->model) : NULL;
    if (!c->object || c->kind->set_keys(c->object, 0) != BLOOP_OK || c->kind->set_rest(c->object, 0) != BLOOP_OK)
        return bench_fail("%s", bloop_last_error()->message);
    if (!row->ours(c, 0) || !server_last_request(row->operation, c->body, sizeof c->body))
        return false;
    bench_detail("the request has %zu bytes, the answer %zu", strlen(c->body), c->expected);
    snprintf(target, sizeof target, "X-Amz-Target: DynamoDB_20120810.%s", row->operation);
    c->headers = curl_slist_append(NULL, "Content-Type: application/x-amz-json-1.0");
    c->headers = curl_slist_append(c->headers, target);
    c->easy = curl_easy_init();
    curl_easy_setopt(c->easy, CURLOPT_URL, server_url());
    curl_easy_setopt(c->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
    curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, discard);
    curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
    return true;
}

static void end(calls *c)
{
    bloop_free(c->object);
    bloop_search_close(c->search);
    bloop_close(c->engine);
    curl_easy_cleanup(c->easy);
    curl_slist_free_all(c->headers);
}

static bool get_ours(void *context, size_t batch)
{
    calls *c = context;
    (void)batch;
    for (size_t i = 0; i < BATCH; i++) {
        if (bloop_load_objects(c->engine, (bloop_object_list){ &c->object, 1 }, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
        c->sum += c->kind->touch(c->object);
    }
    return true;
}

static bool save_ours(void *context, size_t batch)
{
    calls *c = context;
    (void)batch;
    for (size_t i = 0; i < BATCH; i++) {
        if (c->kind->set_visits(c->object, ++c->visits) != BLOOP_OK ||
            bloop_save_objects(c->engine, (bloop_object_list){ &c->object, 1 }, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    }
    return true;
}

static bool query_ours(void *context, size_t batch)
{
    calls *c = context;
    (void)batch;
    bloop_uuid id = grouped_item_id(0);
    if (!c->search) {
        const bloop_column *hash_key = bloop_model_hash_key(c->kind->model);
        bloop_query_options options = { .size = sizeof options, .key = bloop_eq(*hash_key, id) };
        c->search = bloop_query_model(c->engine, c->kind->model, &options);
    }
    for (size_t i = 0; i < PAGES_A_BATCH; i++) {
        bloop_search_reset(c->search);
        for (const void *row; (row = bloop_next(c->search)) != NULL; c->rows++)
            c->sum += c->kind->touch(row);
        if (bloop_search_status(c->search) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    }
    return true;
}

static bool post_raw(void *context, size_t batch)
{
    (void)batch;
    return post(context, BATCH);
}

static bool post_pages_raw(void *context, size_t batch)
{
    (void)batch;
    return post(context, PAGES_A_BATCH);
}

static bool post(calls *c, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        c->discarded = 0;
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE, (long)strlen(c->body));
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, c->body);
        CURLcode code = curl_easy_perform(c->easy);
        if (code != CURLE_OK || c->discarded != c->expected)
            return bench_fail("libcurl: %s, %zu bytes", curl_easy_strerror(code), c->discarded);
    }
    return true;
}

static bool check_get(void *context, size_t batch)
{
    const calls *c = context;
    (void)batch;
    return c->kind->is_as_made(c->object, 0, FIRST_VISITS) ? true
                                                           : bench_fail("the object was loaded with wrong values");
}

static bool check_save(void *context, size_t batch)
{
    calls *c = context;
    char number[32];
    (void)batch;
    snprintf(number, sizeof number, "%" PRId64, c->visits);
    if (!server_last_request("UpdateItem", c->body, sizeof c->body))
        return false;
    /* The last request may be the other side's, which is one of ours, sent again. */
    return strstr(c->body, number) || c->visits > FIRST_VISITS ? true : bench_fail("the server got other visits");
}

/* Every field of every row. */
static bool check_query(void *context, size_t batch)
{
    calls *c = context;
    uint64_t number = 0;
    (void)batch;
    bloop_search_reset(c->search);
    for (const void *row; (row = bloop_next(c->search)) != NULL; number++)
        if (!c->kind->is_as_made(row, number, FIRST_VISITS))
            return bench_fail("row %" PRIu64 " has wrong values", number);
    return number == PAGE_ROWS && c->rows % PAGE_ROWS == 0 ? true : bench_fail("%" PRIu64 " rows were read", number);
}

static size_t discard(char *data, size_t size, size_t count, void *context)
{
    (void)data;
    ((calls *)context)->discarded += size * count;
    return size * count;
}
