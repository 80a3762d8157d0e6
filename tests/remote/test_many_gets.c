/* Reads of many: how many requests are under way, and what becomes of keys that are not answered for. */
#include "many.h"

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
    bloop_capacity_detail capacity;
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
    bloop_batch_get_request request = {
        .keys = keys, .count = count, .receive = receive, .context = r, .capacity = r->capacity
    };
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
        many_gather(f, cases[i].at_once);
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
    expect_failure(get_all(f, 1, 1, &r, &result), BLOOP_THROTTLED, "1 key was left unprocessed, 10 times in a row");
    bloop_result_free(&result.memory);
    bloop_backend_close(f->backend);
    f->backend = open_at(f->peer);
    peer_stop(p);
}

static void count_attempts(void *context, const bloop_remote_attempt *attempt)
{
    *(double *)context += attempt->capacity;
}

/* Of all portions, to who asks for it; a hook's own asking shows nothing to the caller. */
static void test_capacity_is_added_up(void **state)
{
    fixture *f = *state;
    double units = 0;
    fill(f, MANY);
    bloop_backend_close(f->backend);
    f->backend = open_at(f->peer, .hook = count_attempts, .hook_context = &units);
    received r = { .capacity = BLOOP_CAPACITY_INDEXES };
    bloop_batch_get_result result;
    expect_ok(get_all(f, MANY, 1, &r, &result));
    assert_int_equal(result.capacity_count, 1);
    assert_string_equal(result.capacity[0].table, "things");
    assert_true(result.capacity[0].units == MANY * 0.5);
    assert_true(result.capacity[0].divided && result.capacity[0].table_units == MANY * 0.5);
    assert_true(units == MANY * 0.5);
    bloop_result_free(&result.memory);
    r = (received){ 0 };
    expect_ok(get_all(f, MANY, 1, &r, &result));
    assert_int_equal(result.capacity_count, 0);
    assert_null(result.capacity);
    assert_true(units == MANY);
    bloop_result_free(&result.memory);
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

int main(void)
{
    remote_test_begin();
#define TEST(name) cmocka_unit_test_setup_teardown(name, many_begin, many_end)
    const struct CMUnitTest tests[] = {
        TEST(test_reads_are_under_way_together),
        TEST(test_unprocessed_keys_are_asked_for_until_done),
        TEST(test_capacity_is_added_up),
        TEST(test_a_part_may_be_unprocessed),
        TEST(test_a_failure_names_what_nobody_answered_for),
        TEST(test_a_receiver_may_refuse),
        TEST(test_an_item_is_received_once),
    };
    return cmocka_run_group_tests_name("remote/many_gets", tests, NULL, NULL);
}
