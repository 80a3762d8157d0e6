/* Calls on many: how many requests are under way, in which order, and what is told of each. */
#include "remote_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "front.h"

enum { MANY = 300 };

/* What the requests meet, and what was seen of them. */
typedef struct fates {
    pthread_mutex_t lock;
    pthread_cond_t gathered;
    size_t gather, arrived; /* the first so many requests wait for each other */
    unsigned delay_us;
    const char *operation; /* NULL: every one */
    int fail_after;        /* so many requests pass, then all fail; -1: none fails */
    front_fate failure;
    char order[16 * MANY + 1]; /* what updates set, as they arrived, each with a space */
    atomic_int describes;
} fates;

/* For at most ten seconds: then the test fails by itself. */
static void wait_for_others(fates *f)
{
    struct timespec limit;
    if (f->arrived >= f->gather)
        return;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 10;
    f->arrived++;
    pthread_cond_broadcast(&f->gathered);
    while (f->arrived < f->gather && pthread_cond_timedwait(&f->gathered, &f->lock, &limit) == 0)
        ;
}

static void decide(void *context, const peer_request *request, front_fate *out)
{
    fates *f = context;
    pthread_mutex_lock(&f->lock);
    wait_for_others(f);
    if (strcmp(request->operation, "DescribeTable") == 0)
        atomic_fetch_add(&f->describes, 1);
    const char *values = strstr(request->body, "ExpressionAttributeValues");
    const char *mark = values ? strstr(values, "{\"S\":\"") : NULL;
    if (mark && strlen(f->order) + 8 < sizeof f->order)
        strcat(strncat(f->order, mark + 6, strcspn(mark + 6, "\"")), " ");
    if (!f->operation || strcmp(f->operation, request->operation) == 0) {
        *out = (front_fate){ .event = f->delay_us ? FRONT_FAILS_AFTER : FRONT_PASSES, .delay_us = f->delay_us };
        if (f->fail_after >= 0 && f->fail_after-- <= 0) {
            f->fail_after = 0;
            *out = f->failure;
        }
    }
    pthread_mutex_unlock(&f->lock);
}

typedef struct fixture {
    front front;
    fates fates;
    peer *peer;
    bloop_backend *backend;
    notation n;
} fixture;

static int begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    pthread_mutex_init(&f->fates.lock, NULL);
    pthread_cond_init(&f->fates.gathered, NULL);
    f->fates.fail_after = -1;
    front_open(&f->front);
    f->front.decide = decide;
    f->front.context = &f->fates;
    f->peer = peer_start(&(peer_options){ .answer = front_answer, .context = &f->front });
    f->backend = open_at(f->peer);
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture *f = *state;
    notation_free(&f->n);
    bloop_backend_close(f->backend);
    peer_stop(f->peer);
    front_close(&f->front);
    pthread_cond_destroy(&f->fates.gathered);
    pthread_mutex_destroy(&f->fates.lock);
    free(f);
    return 0;
}

static void gather(fixture *f, size_t count)
{
    pthread_mutex_lock(&f->fates.lock);
    f->fates.gather = count;
    f->fates.arrived = 0;
    pthread_mutex_unlock(&f->fates.lock);
}

static bloop_item thing(fixture *f, size_t id)
{
    char text[64];
    snprintf(text, sizeof text, "{id: \"%zu\"}", id);
    return notation_value(&f->n, text);
}

static void fill(fixture *f, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bloop_write_request put = { .kind = BLOOP_WRITE_PUT, .table = "things", .item = thing(f, i) };
        expect_ok(bloop_write_item(f->front.store, &put, NULL));
    }
}

typedef struct received {
    int times[MANY + 1];
    size_t fail_at; /* the receiver refuses the item of this key; 0: none */
} received;

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    received *r = context;
    assert_true(index <= MANY && item.data);
    if (r->fail_at && index == r->fail_at)
        return bloop_get_item(NULL, NULL, &(bloop_get_result){ 0 });
    r->times[index]++;
    return BLOOP_OK;
}

static bloop_status get_all(fixture *f, size_t count, bloop_in_flight in_flight, received *r,
                            bloop_batch_get_result *result)
{
    bloop_batch_get_key keys[MANY + 1];
    for (size_t i = 0; i < count; i++)
        keys[i] = (bloop_batch_get_key){ "things", thing(f, i) };
    bloop_batch_get_request request = { .keys = keys, .count = count, .receive = receive, .context = r };
    return bloop_get_items(f->backend, &request, in_flight, result);
}

static void test_reads_are_under_way_together(void **state)
{
    static const struct {
        bloop_in_flight in_flight;
        uint64_t at_once;
    } cases[] = { { 1, 1 }, { 2, 2 }, { 0, 3 }, { 100, 3 } };
    fixture *f = *state;
    fill(f, MANY - 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        peer *p = peer_start(&(peer_options){ .answer = front_answer, .context = &f->front });
        bloop_backend_close(f->backend);
        f->backend = open_at(p);
        gather(f, cases[i].at_once);
        received r = { 0 };
        bloop_batch_get_result result;
        expect_ok(get_all(f, MANY, cases[i].in_flight, &r, &result));
        for (size_t k = 0; k < MANY; k++)
            assert_int_equal(r.times[k], k < MANY - 1);
        assert_int_equal(result.unprocessed_count, 0);
        assert_int_equal(peer_most_at_once(p), cases[i].at_once);
        assert_int_equal(peer_requests(p), MANY / 100);
        bloop_result_free(&result.memory);
        bloop_backend_close(f->backend);
        f->backend = open_at(f->peer);
        peer_stop(p);
    }
}

/* A service that leaves all keys of most batches unprocessed. */
typedef struct lazy {
    front *front;
    atomic_uint count;
    unsigned all_but; /* of each so many batches one is processed; 0: none is */
} lazy;

static void answer_lazily(void *context, const peer_request *request, peer_reply *reply)
{
    static const char asked[] = "{\"RequestItems\":", left[] = "{\"Responses\":{},\"UnprocessedKeys\":";
    lazy *l = context;
    unsigned number = atomic_fetch_add(&l->count, 1) + 1;
    if (l->all_but && number % l->all_but == 0) {
        front_answer(l->front, request, reply);
        return;
    }
    assert_int_equal(strncmp(request->body, asked, strlen(asked)), 0);
    size_t size = request->body_size + sizeof left;
    char *body = malloc(size);
    assert_non_null(body);
    snprintf(body, size, "%s%s", left, request->body + strlen(asked));
    *reply = (peer_reply){ .body = body, .owned = body, .crc = true };
}

static void test_unprocessed_keys_are_asked_for_until_done(void **state)
{
    fixture *f = *state;
    lazy l = { .front = &f->front, .all_but = 4 };
    peer *p = peer_start(&(peer_options){ .answer = answer_lazily, .context = &l });
    fill(f, MANY);
    bloop_backend_close(f->backend);
    f->backend = open_at(p);
    received r = { 0 };
    bloop_batch_get_result result;
    expect_ok(get_all(f, MANY, 1, &r, &result));
    for (size_t k = 0; k < MANY; k++)
        assert_int_equal(r.times[k], 1);
    assert_int_equal(result.unprocessed_count, 0);
    assert_int_equal(peer_requests(p), 12);
    bloop_result_free(&result.memory);

    l.all_but = 0;
    r = (received){ 0 };
    expect_failure(get_all(f, MANY, 1, &r, &result), BLOOP_THROTTLED,
                   "100 keys were left unprocessed, 10 times in a row");
    assert_int_equal(result.unprocessed_count, MANY);
    assert_int_equal(peer_requests(p), 22);
    bloop_result_free(&result.memory);
    bloop_backend_close(f->backend);
    f->backend = open_at(f->peer);
    peer_stop(p);
}

/* A part of a portion: the rest was answered for, found or not. */
static void test_a_part_may_be_unprocessed(void **state)
{
    fixture *f = *state;
    fill(f, MANY);
    f->fates.operation = "BatchGetItem";
    f->fates.fail_after = 0;
    f->fates.failure = (front_fate){ FRONT_FAILS_BEFORE, .status = 200,
                                     .body = "{\"Responses\":{\"things\":[{\"id\":{\"S\":\"1\"}}]},\"UnprocessedKeys\":"
                                             "{\"things\":{\"Keys\":[{\"id\":{\"S\":\"2\"}}]}}}" };
    received r = { 0 };
    bloop_batch_get_result result;
    expect_status(get_all(f, 3, 1, &r, &result), BLOOP_NETWORK);
    /* The second answer tells of an item that was not asked for any more. */
    assert_int_equal(r.times[0], 0);
    assert_int_equal(r.times[1], 1);
    assert_int_equal(result.unprocessed_count, 1);
    assert_int_equal(result.unprocessed[0], 2);
    bloop_result_free(&result.memory);
}

static void test_a_failure_names_what_nobody_answered_for(void **state)
{
    fixture *f = *state;
    fill(f, MANY);
    f->fates.operation = "BatchGetItem";
    f->fates.fail_after = 1;
    f->fates.failure = (front_fate){ FRONT_FAILS_BEFORE, .status = 400,
                                     .body = "{\"__type\":\"x#AccessDeniedException\",\"message\":\"not you\"}" };
    received r = { 0 };
    bloop_batch_get_result result;
    expect_failure(get_all(f, MANY, 1, &r, &result), BLOOP_ACCESS_DENIED, "not you");
    assert_int_equal(result.unprocessed_count, MANY - 100);
    for (size_t i = 0; i < result.unprocessed_count; i++)
        assert_int_equal(r.times[result.unprocessed[i]], 0);
    /* After the failure nothing else was asked for. */
    assert_int_equal(peer_requests(f->peer), 2);
    bloop_result_free(&result.memory);
}

static void test_a_receiver_may_refuse(void **state)
{
    fixture *f = *state;
    fill(f, MANY);
    received r = { .fail_at = 7 };
    bloop_batch_get_result result;
    expect_status(get_all(f, MANY, 1, &r, &result), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(peer_requests(f->peer), 1);
    assert_int_equal(result.unprocessed_count, MANY);
    bloop_result_free(&result.memory);
}

/* Each item once, though an answer turns out to be damaged when its items have been read. */
static void spoil_every_second(void *context, const peer_request *request, front_fate *out)
{
    atomic_uint *count = context;
    (void)request;
    if (atomic_fetch_add(count, 1) % 2 == 0)
        *out = (front_fate){ FRONT_FAILS_AFTER, .spoiled = true };
}

static void test_an_item_is_received_once(void **state)
{
    fixture *f = *state;
    atomic_uint count = 0;
    fill(f, MANY);
    f->front.decide = spoil_every_second;
    f->front.context = &count;
    received r = { 0 };
    bloop_batch_get_result result;
    expect_ok(get_all(f, MANY, 1, &r, &result));
    for (size_t k = 0; k < MANY; k++)
        assert_int_equal(r.times[k], 1);
    assert_int_equal(atomic_load(&count), 6);
    bloop_result_free(&result.memory);
}

/* Writes. */

typedef struct writes {
    bloop_write_request requests[MANY];
    bloop_write_result results[MANY];
} writes;

static void add_update(fixture *f, writes *w, size_t at, const char *id, const char *mark)
{
    char key[128], update[128];
    snprintf(key, sizeof key, "{id: \"%s\"}", id);
    snprintf(update, sizeof update, "SET mark = \"%s\"", mark);
    w->requests[at] = (bloop_write_request){ .kind = BLOOP_WRITE_UPDATE,
                                             .table = "things",
                                             .item = notation_value(&f->n, key),
                                             .update = notation_update(&f->n, update) };
}

static void free_results(writes *w, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bloop_result_free(&w->results[i].memory);
}

static void expect_mark(fixture *f, const char *id, const char *mark)
{
    char key[64], item[128];
    snprintf(key, sizeof key, "{id: \"%s\"}", id);
    snprintf(item, sizeof item, "{id: \"%s\", mark: \"%s\"}", id, mark);
    bloop_get_request request = { .table = "things", .key = notation_value(&f->n, key) };
    bloop_get_result result;
    expect_ok(bloop_get_item(f->front.store, &request, &result));
    if (!result.found || !bloop_value_equal(result.item, notation_value(&f->n, item)))
        fail_msg("%s: %s", id, result.found ? notation_print(&f->n, result.item) : "nothing");
    bloop_result_free(&result.memory);
}

static void test_writes_are_under_way_together(void **state)
{
    static const struct {
        bloop_in_flight in_flight;
        uint64_t at_once;
    } cases[] = { { 1, 1 }, { 4, 4 }, { 0, 16 }, { 1000, 20 } };
    fixture *f = *state;
    writes *w = calloc(1, sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        peer *p = peer_start(&(peer_options){ .answer = front_answer, .context = &f->front });
        bloop_backend *backend = open_at(p, .max_connections = 20);
        size_t count = 2 * cases[i].at_once;
        gather(f, cases[i].at_once);
        for (size_t k = 0; k < count; k++) {
            char id[32];
            snprintf(id, sizeof id, "%zu", k);
            add_update(f, w, k, id, id);
        }
        expect_ok(bloop_write_items(backend, w->requests, count, cases[i].in_flight, w->results));
        assert_int_equal(peer_most_at_once(p), cases[i].at_once);
        assert_int_equal(peer_requests(p), count);
        assert_int_equal(peer_connections(p), cases[i].at_once);
        free_results(w, count);
        bloop_backend_close(backend);
        peer_stop(p);
    }
    free(w);
}

/* Twenty keys, each written fifteen times: in the order of the call, whatever is under way. */
static void test_writes_to_one_key_keep_their_order(void **state)
{
    fixture *f = *state;
    writes *w = calloc(1, sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < MANY; i++) {
        char id[32], mark[32];
        snprintf(id, sizeof id, "k%zu", i % 20);
        snprintf(mark, sizeof mark, "%zu", i);
        add_update(f, w, i, id, mark);
    }
    gather(f, 10);
    expect_ok(bloop_write_items(f->backend, w->requests, MANY, 0, w->results));
    int last[20];
    memset(last, -1, sizeof last);
    size_t arrived = 0;
    for (const char *at = f->fates.order; *at; at = strchr(at, ' ') + 1, arrived++) {
        int mark = atoi(at);
        assert_true(mark > last[mark % 20]);
        last[mark % 20] = mark;
    }
    assert_int_equal(arrived, MANY);
    assert_true(peer_most_at_once(f->peer) >= 10);
    expect_mark(f, "k0", "280");
    expect_mark(f, "k19", "299");
    free_results(w, MANY);
    free(w);
}

/* A put does not show which of its attributes are the key: the table is asked, once. */
static void test_puts_and_other_writes_to_one_key_keep_their_order(void **state)
{
    fixture *f = *state;
    writes *w = calloc(1, sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < MANY; i++) {
        char id[32], mark[32], item[128];
        snprintf(id, sizeof id, "k%zu", i % 20);
        snprintf(mark, sizeof mark, "%zu", i);
        snprintf(item, sizeof item, "{id: \"%s\", mark: \"%s\"}", id, mark);
        add_update(f, w, i, id, mark);
        if (i / 20 % 3 == 0)
            w->requests[i] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                                    .table = "things",
                                                    .item = notation_value(&f->n, item) };
        else if (i / 20 % 3 == 1)
            w->requests[i] =
                (bloop_write_request){ .kind = BLOOP_WRITE_DELETE, .table = "things", .item = w->requests[i].item };
    }
    f->fates.delay_us = 2000;
    for (int round = 0; round < 2; round++) {
        expect_ok(bloop_write_items(f->backend, w->requests, MANY, 0, w->results));
        free_results(w, MANY);
    }
    assert_int_equal(atomic_load(&f->fates.describes), 1);
    assert_true(peer_most_at_once(f->peer) > 4);
    expect_mark(f, "k0", "280");
    expect_mark(f, "k19", "299");
    free(w);
}

/* Where the table can't be described its puts are made one after the other. */
static void test_without_the_tables_key_puts_keep_their_order(void **state)
{
    fixture *f = *state;
    writes *w = calloc(1, sizeof *w);
    assert_non_null(w);
    f->fates.operation = "DescribeTable";
    f->fates.fail_after = 0;
    f->fates.failure =
        (front_fate){ FRONT_FAILS_BEFORE, .status = 400, .body = "{\"__type\":\"x#AccessDeniedException\"}" };
    for (size_t i = 0; i < 50; i++) {
        char item[128];
        snprintf(item, sizeof item, "{id: \"k%zu\", mark: \"%zu\"}", i % 5, i);
        w->requests[i] =
            (bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "things", .item = notation_value(&f->n, item) };
    }
    expect_ok(bloop_write_items(f->backend, w->requests, 50, 0, w->results));
    assert_int_equal(peer_most_at_once(f->peer), 1);
    expect_mark(f, "k4", "49");
    free_results(w, 50);
    free(w);
}

static void test_each_write_has_its_own_outcome(void **state)
{
    fixture *f = *state;
    writes *w = calloc(1, sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < 100; i++) {
        char id[32];
        snprintf(id, sizeof id, "%zu", i);
        add_update(f, w, i, id, id);
        if (i % 10 == 3)
            w->requests[i].condition = notation_condition(&f->n, "attribute_exists(nothing)");
    }
    expect_failure(bloop_write_items(f->backend, w->requests, 100, 8, w->results), BLOOP_CONSTRAINT_VIOLATION,
                   "The conditional request failed");
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(w->results[i].status, i % 10 == 3 ? BLOOP_CONSTRAINT_VIOLATION : BLOOP_OK);
        if (i % 10 == 3)
            assert_string_equal(w->results[i].message, "The conditional request failed");
        else
            assert_null(w->results[i].message);
    }
    free_results(w, 100);
    free(w);
}

/* A write whose outcome is not known may still be under way: one that follows it to the same key could come first. */
static void test_what_follows_an_unknown_outcome_is_not_sent(void **state)
{
    static const bloop_status expected[] = { BLOOP_UNKNOWN_OUTCOME, BLOOP_NETWORK, BLOOP_OK, BLOOP_NETWORK };
    enum { COUNT = sizeof expected / sizeof expected[0] };
    fixture *f = *state;
    writes *w = calloc(1, sizeof *w);
    assert_non_null(w);
    f->fates.operation = "PutItem";
    f->fates.fail_after = 0;
    f->fates.failure = (front_fate){ FRONT_FAILS_AFTER, .fault = PEER_CLOSES };
    w->requests[0] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                            .table = "things",
                                            .item = notation_value(&f->n, "{id: \"a\", mark: \"first\"}"),
                                            .condition = notation_condition(&f->n, "attribute_not_exists(id)") };
    add_update(f, w, 1, "a", "second");
    add_update(f, w, 2, "b", "other");
    add_update(f, w, 3, "a", "third");
    expect_failure(bloop_write_items(f->backend, w->requests, COUNT, 1, w->results), BLOOP_UNKNOWN_OUTCOME, "PutItem");
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(w->results[i].status, expected[i]);
    assert_non_null(strstr(w->results[3].message, "not sent"));
    assert_string_equal(f->fates.order, "other ");
    expect_mark(f, "a", "first");
    free_results(w, COUNT);
    free(w);
}

/* Threads, more than there are connections. */
typedef struct crowd {
    fixture *f;
    atomic_int done;
} crowd;

static void *call_many_times(void *context)
{
    crowd *c = context;
    for (int i = 0; i < 20; i++) {
        notation n = { 0 };
        bloop_write_request requests[5];
        bloop_write_result results[5];
        for (size_t k = 0; k < 5; k++) {
            char key[64];
            snprintf(key, sizeof key, "{id: \"t%d\"}", atomic_fetch_add(&c->done, 1));
            requests[k] =
                (bloop_write_request){ .kind = BLOOP_WRITE_UPDATE, .table = "things", .item = notation_value(&n, key) };
        }
        trial_check(bloop_write_items(c->f->backend, requests, 5, 3, results) == BLOOP_OK, "%s",
                    bloop_last_error()->message);
        trial_check(get_thing(c->f->backend, "t0") == BLOOP_OK, "%s", bloop_last_error()->message);
        for (size_t k = 0; k < 5; k++)
            bloop_result_free(&results[k].memory);
        notation_free(&n);
    }
    return NULL;
}

static void test_threads_share_a_bounded_number_of_connections(void **state)
{
    enum { THREADS = 12, CONNECTIONS = 4 };
    fixture *f = *state;
    bloop_backend_close(f->backend);
    f->backend = open_at(f->peer, .max_connections = CONNECTIONS);
    crowd c = { .f = f };
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, call_many_times, &c), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&c.done), THREADS * 20 * 5);
    assert_true(peer_most_at_once(f->peer) <= CONNECTIONS);
}

/* Closing. */
static void *close_soon(void *context)
{
    usleep(50000);
    bloop_backend_close(((fixture *)context)->backend);
    return NULL;
}

/* Requests under way end; what waits, for a time or a connection, or was not begun, does not begin. */
static void test_calls_under_way_end_when_the_backend_is_closed(void **state)
{
    fixture *f = *state;
    writes *w = calloc(1, sizeof *w);
    assert_non_null(w);
    for (size_t i = 0; i < 100; i++) {
        char id[32];
        snprintf(id, sizeof id, "%zu", i);
        add_update(f, w, i, id, id);
    }
    f->fates.delay_us = 20000;
    pthread_t closer;
    assert_int_equal(pthread_create(&closer, NULL, close_soon, f), 0);
    expect_status(bloop_write_items(f->backend, w->requests, 100, 2, w->results), BLOOP_CLOSED);
    pthread_join(closer, NULL);
    size_t made = 0;
    while (made < 100 && w->results[made].status == BLOOP_OK)
        made++;
    assert_true(made >= 2 && made < 20);
    for (size_t i = made; i < 100; i++)
        assert_int_equal(w->results[i].status, BLOOP_CLOSED);
    assert_int_equal(peer_requests(f->peer), made);
    free_results(w, 100);
    free(w);
    f->backend = open_at(f->peer);
}

static void test_a_pause_ends_when_the_backend_is_closed(void **state)
{
    fixture *f = *state;
    bloop_backend_close(f->backend);
    f->backend = open_at(f->peer, .throttle_base_ms = 20000, .max_attempts = 10);
    f->fates.fail_after = 0;
    f->fates.failure = (front_fate){ FRONT_FAILS_BEFORE, .status = 400,
                                     .body = "{\"__type\":\"x#ThrottlingException\",\"message\":\"slow\"}" };
    pthread_t closer;
    assert_int_equal(pthread_create(&closer, NULL, close_soon, f), 0);
    expect_status(put_thing(f->backend, "a"), BLOOP_CLOSED);
    pthread_join(closer, NULL);
    f->backend = open_at(f->peer);
}

static void use_in_child(void *context)
{
    fixture *f = context;
    trial_check(get_thing(f->backend, "a") == BLOOP_FORKED, "%s", bloop_last_error()->message);
    trial_check(put_thing(f->backend, "a") == BLOOP_FORKED, "%s", bloop_last_error()->message);
    bloop_backend_close(f->backend);
    bloop_backend *own = open_at(f->peer);
    trial_check(put_thing(own, "child") == BLOOP_OK, "%s", bloop_last_error()->message);
    bloop_backend_close(own);
    _exit(0); /* what belongs to the parent is not freed */
}

static void test_a_forked_child_opens_its_own(void **state)
{
    fixture *f = *state;
    expect_ok(put_thing(f->backend, "a"));
    trial_join(trial_fork(use_in_child, f));
    /* The parent's connection has not suffered. */
    expect_ok(get_thing(f->backend, "a"));
    assert_int_equal(peer_connections(f->peer), 2);
}

int main(void)
{
    remote_test_begin();
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_reads_are_under_way_together),
        TEST(test_unprocessed_keys_are_asked_for_until_done),
        TEST(test_a_part_may_be_unprocessed),
        TEST(test_a_failure_names_what_nobody_answered_for),
        TEST(test_a_receiver_may_refuse),
        TEST(test_an_item_is_received_once),
        TEST(test_writes_are_under_way_together),
        TEST(test_writes_to_one_key_keep_their_order),
        TEST(test_puts_and_other_writes_to_one_key_keep_their_order),
        TEST(test_without_the_tables_key_puts_keep_their_order),
        TEST(test_each_write_has_its_own_outcome),
        TEST(test_what_follows_an_unknown_outcome_is_not_sent),
        TEST(test_threads_share_a_bounded_number_of_connections),
        TEST(test_calls_under_way_end_when_the_backend_is_closed),
        TEST(test_a_pause_ends_when_the_backend_is_closed),
        TEST(test_a_forked_child_opens_its_own),
    };
    return cmocka_run_group_tests_name("remote/many", tests, NULL, NULL);
}
