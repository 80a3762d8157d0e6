/* A peer that fails more often than not, at random: every call ends in success or a clear status, and the table holds what
   the successes say. Each thread has keys of its own, knows what is stored under them, and looks after every call. */
#include "remote_test.h"

#include <pthread.h>

#include "front.h"

enum { THREADS = 4, KEYS = 5 };

/* Each befalls one request in ten; the rest pass. */
static const front_fate fates[] = {
    { FRONT_FAILS_AFTER, .fault = PEER_STALLS },
    { FRONT_FAILS_AFTER, .fault = PEER_RESETS_MIDWAY },
    { FRONT_FAILS_AFTER, .fault = PEER_TRUNCATES },
    { FRONT_FAILS_AFTER, .fault = PEER_POURS },
    { FRONT_FAILS_AFTER, .wrong_crc = true },
    { FRONT_FAILS_AFTER, .status = 500, .body = "{\"__type\":\"x#InternalServerError\",\"message\":\"oops\"}" },
    { FRONT_FAILS_BEFORE, .status = 400, .body = "{\"__type\":\"x#ThrottlingException\",\"message\":\"slow\"}" },
};

/* Half of them with another face. */
static const front_fate other_faces[] = {
    { FRONT_FAILS_BEFORE, .fault = PEER_STALLS },
    { FRONT_FAILS_AFTER, .fault = PEER_RESETS },
    { FRONT_FAILS_BEFORE, .fault = PEER_CLOSES },
    { FRONT_FAILS_AFTER, .status = 200, .body = "<html>Welcome to the hotel</html>" },
    { FRONT_FAILS_AFTER, .spoiled = true },
    { FRONT_FAILS_BEFORE, .status = 503, .body = "<html>Service Unavailable</html>" },
    { FRONT_FAILS_BEFORE, .status = 400,
      .body = "{\"__type\":\"x#ProvisionedThroughputExceededException\",\"message\":\"slow\"}" },
};

typedef struct world {
    front front;
    peer *peer;
    bloop_backend *backend;
    pthread_mutex_t lock;
    trial_random random; /* of the peer's; under lock */
    size_t calls;        /* of each thread */
} world;

typedef struct worker {
    world *world;
    int number;
    trial_random random;
    int64_t stored[KEYS]; /* attribute n of each item; -1: there is no item */
    int64_t next;
    size_t outcomes[5]; /* success, unknown, refused by its condition, failed, reads that failed */
} worker;

static void decide(void *context, const peer_request *request, front_fate *out)
{
    world *w = context;
    (void)request;
    pthread_mutex_lock(&w->lock);
    size_t which = trial_below(&w->random, 10);
    bool other = trial_chance(&w->random, 50);
    pthread_mutex_unlock(&w->lock);
    if (which < sizeof fates / sizeof fates[0])
        *out = other ? other_faces[which] : fates[which];
}

/* What is really stored, also by attempts that were given up while they were under way; -1: nothing. */
static int64_t look(const worker *w, size_t key)
{
    notation n = { 0 };
    char text[64];
    int64_t found = -1;
    snprintf(text, sizeof text, "{id: \"t%d-%zu\"}", w->number, key);
    bloop_get_request request = { .table = "things", .key = notation_value(&n, text) };
    bloop_get_result result;
    peer_settle(w->world->peer);
    trial_check(bloop_get_item(w->world->front.store, &request, &result) == BLOOP_OK, "%s",
                bloop_last_error()->message);
    if (result.found) {
        bloop_number number = bloop_value_number(bloop_item_get(result.item, "n", 1));
        trial_check(bloop_number_to_int64(number, &found) == BLOOP_OK, "no number is stored");
    }
    bloop_result_free(&result.memory);
    notation_free(&n);
    return found;
}

/* A write of one kind or another, and what it makes of what is stored. */
typedef struct plan {
    bloop_write_request request;
    int64_t result; /* when it is made */
    bool refused;   /* its condition does not hold */
    bool again;     /* it may be made twice */
} plan;

static plan plan_write(worker *w, notation *n, size_t key)
{
    enum { PUT, DELETE, SET, ADD, PUT_IF_NEW, SET_IF, KINDS };
    char id[64], text[128], update[64] = "", condition[64] = "";
    int64_t now = w->stored[key], value = w->next++;
    size_t kind = trial_below(&w->random, KINDS);
    plan p = { .result = value, .again = kind <= SET };
    snprintf(id, sizeof id, "{id: \"t%d-%zu\"}", w->number, key);
    snprintf(text, sizeof text, "{id: \"t%d-%zu\", n: %lld}", w->number, key, (long long)value);
    if (kind == SET || kind == SET_IF)
        snprintf(update, sizeof update, "SET n = %lld", (long long)value);
    if (kind == ADD) {
        snprintf(update, sizeof update, "ADD n 1");
        p.result = now < 0 ? 1 : now + 1;
    }
    if (kind == DELETE)
        p.result = -1;
    if (kind == PUT_IF_NEW) {
        snprintf(condition, sizeof condition, "attribute_not_exists(id)");
        p.refused = now >= 0;
    }
    if (kind == SET_IF) {
        int64_t wanted = trial_chance(&w->random, 70) ? now : now + 1;
        snprintf(condition, sizeof condition, "n = %lld", (long long)wanted);
        p.refused = now < 0 || wanted != now;
    }
    p.request = (bloop_write_request){
        .kind = kind == DELETE ? BLOOP_WRITE_DELETE
                : *update      ? BLOOP_WRITE_UPDATE
                               : BLOOP_WRITE_PUT,
        .table = "things",
        .item = notation_value(n, kind == PUT || kind == PUT_IF_NEW ? text : id),
        .update = *update ? notation_update(n, update) : NULL,
        .condition = *condition ? notation_condition(n, condition) : NULL,
    };
    return p;
}

static bool is_clear(bloop_status status)
{
    return status == BLOOP_NETWORK || status == BLOOP_TIMEOUT || status == BLOOP_THROTTLED || status == BLOOP_SERVICE;
}

/* Whether what is stored agrees with what the call has said of a write. */
static void judge(worker *w, size_t key, const plan *p, bloop_status status, const char *message)
{
    int64_t before = w->stored[key], now = look(w, key);
    w->stored[key] = now;
    if (status == BLOOP_OK) {
        trial_check(!p->refused && now == p->result, "success, and %lld is stored, not %lld", (long long)now,
                    (long long)p->result);
        w->outcomes[0]++;
    } else if (status == BLOOP_UNKNOWN_OUTCOME) {
        trial_check(now == before || (now == p->result && !p->refused), "unknown, and %lld is stored", (long long)now);
        w->outcomes[1]++;
    } else if (status == BLOOP_CONSTRAINT_VIOLATION) {
        trial_check(p->refused && now == before, "refused, and %lld is stored", (long long)now);
        w->outcomes[2]++;
    } else {
        trial_check(is_clear(status), "%s: %s", bloop_status_name(status), message);
        trial_check(now == before, "%s, and %lld is stored, not %lld", message, (long long)now, (long long)before);
        w->outcomes[3]++;
    }
}

static void write_one(worker *w)
{
    notation n = { 0 };
    size_t key = trial_below(&w->random, KEYS);
    plan p = plan_write(w, &n, key);
    bloop_status status = bloop_write_item(w->world->backend, &p.request, NULL);
    judge(w, key, &p, status, bloop_last_error()->message);
    notation_free(&n);
}

static void write_many(worker *w)
{
    notation n = { 0 };
    plan plans[KEYS];
    bloop_write_request requests[KEYS];
    bloop_write_result results[KEYS];
    for (size_t i = 0; i < KEYS; i++) {
        plans[i] = plan_write(w, &n, i);
        requests[i] = plans[i].request;
    }
    bloop_write_items(w->world->backend, requests, KEYS, 0, results);
    for (size_t i = 0; i < KEYS; i++) {
        judge(w, i, &plans[i], results[i].status, results[i].message ? results[i].message : "");
        bloop_result_free(&results[i].memory);
    }
    notation_free(&n);
}

typedef struct seen {
    int64_t n[KEYS]; /* -1: no item was received */
} seen;

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    seen *s = context;
    trial_check(s->n[index] == -1, "an item was received twice");
    return bloop_number_to_int64(bloop_value_number(bloop_item_get(item, "n", 1)), &s->n[index]);
}

static void read_many(worker *w)
{
    notation n = { 0 };
    bloop_batch_get_key keys[KEYS];
    bloop_batch_get_result result;
    seen s;
    for (size_t i = 0; i < KEYS; i++) {
        char id[64];
        snprintf(id, sizeof id, "{id: \"t%d-%zu\"}", w->number, i);
        keys[i] = (bloop_batch_get_key){ "things", notation_value(&n, id) };
        s.n[i] = -1;
    }
    bloop_batch_get_request request = { .keys = keys, .count = KEYS, .receive = receive, .context = &s };
    bloop_status status = bloop_get_items(w->world->backend, &request, 0, &result);
    trial_check(status == BLOOP_OK || is_clear(status), "%s", bloop_last_error()->message);
    trial_check(status == BLOOP_OK || result.unprocessed_count == KEYS, "%zu were left", result.unprocessed_count);
    for (size_t i = 0; status == BLOOP_OK && i < KEYS; i++)
        trial_check(s.n[i] == w->stored[i], "read was %lld, not %lld", (long long)s.n[i], (long long)w->stored[i]);
    w->outcomes[status == BLOOP_OK ? 0 : 4]++;
    bloop_result_free(&result.memory);
    notation_free(&n);
}

static void *work(void *context)
{
    worker *w = context;
    for (size_t i = 0; i < w->world->calls; i++) {
        size_t kind = trial_below(&w->random, 10);
        if (kind < 6)
            write_one(w);
        else if (kind < 8)
            write_many(w);
        else
            read_many(w);
    }
    return NULL;
}

static void test_every_call_ends_and_the_table_holds_what_was_said(void **state)
{
    (void)state;
    world w = { .random = trial_stream(1) };
    w.calls = trial_count("BLOOP_TEST_HOSTILE", (trial_counts){ 200, 800, 10000 }) / THREADS;
    pthread_mutex_init(&w.lock, NULL);
    front_open(&w.front);
    w.front.decide = decide;
    w.front.context = &w;
    w.peer = peer_start(&(peer_options){ .answer = front_answer, .context = &w.front });
    w.backend = open_at(w.peer, .request_timeout_ms = trial_is_instrumented() ? 600 : 200, .max_attempts = 4);
    worker workers[THREADS] = { 0 };
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        workers[i].world = &w;
        workers[i].number = i;
        workers[i].random = trial_stream(2 + (uint64_t)i);
        for (size_t k = 0; k < KEYS; k++)
            workers[i].stored[k] = -1;
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    size_t sums[5] = { 0 };
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        for (size_t k = 0; k < 5; k++)
            sums[k] += workers[i].outcomes[k];
    }
    print_message("%zu succeeded, %zu unknown, %zu refused, %zu failed, %zu reads failed; %d requests\n", sums[0],
                  sums[1], sums[2], sums[3], sums[4], (int)peer_requests(w.peer));
    assert_true(sums[0] > 0 && sums[1] > 0 && sums[2] > 0);
    bloop_backend_close(w.backend);
    peer_stop(w.peer);
    front_close(&w.front);
    pthread_mutex_destroy(&w.lock);
}

int main(void)
{
    remote_test_begin();
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_call_ends_and_the_table_holds_what_was_said) };
    return cmocka_run_group_tests_name("remote/hostile", tests, NULL, NULL);
}
