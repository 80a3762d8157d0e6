/* Writes of many: how many are under way, in which order, and what is told of each. */
#include "many.h"

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
        many_gather(f, cases[i].at_once);
        for (size_t k = 0; k < count; k++) {
            char id[32];
            snprintf(id, sizeof id, "%zu", k);
            many_add_update(f, w, k, id, id);
        }
        expect_ok(bloop_write_items(backend, w->requests, count, cases[i].in_flight, w->results));
        assert_int_equal(peer_most_at_once(p), cases[i].at_once);
        assert_int_equal(peer_requests(p), count);
        assert_int_equal(peer_connections(p), cases[i].at_once);
        many_free_results(w, count);
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
        many_add_update(f, w, i, id, mark);
    }
    many_gather(f, 10);
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
    many_free_results(w, MANY);
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
        many_add_update(f, w, i, id, mark);
        if (i / 20 % 3 == 0)
            w->requests[i] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT,
                                                    .table = "things",
                                                    .item = notation_value(&f->n, item) };
        else if (i / 20 % 3 == 1)
            w->requests[i] =
                (bloop_write_request){ .kind = BLOOP_WRITE_DELETE, .table = "things", .item = w->requests[i].item };
    }
    many_gather(f, 10);
    for (int round = 0; round < 2; round++) {
        expect_ok(bloop_write_items(f->backend, w->requests, MANY, 0, w->results));
        many_free_results(w, MANY);
    }
    assert_int_equal(atomic_load(&f->fates.describes), 1);
    assert_true(peer_most_at_once(f->peer) >= 10);
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
    many_free_results(w, 50);
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
        many_add_update(f, w, i, id, id);
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
    many_free_results(w, 100);
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
    many_add_update(f, w, 1, "a", "second");
    many_add_update(f, w, 2, "b", "other");
    many_add_update(f, w, 3, "a", "third");
    expect_failure(bloop_write_items(f->backend, w->requests, COUNT, 1, w->results), BLOOP_UNKNOWN_OUTCOME, "PutItem");
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(w->results[i].status, expected[i]);
    assert_non_null(strstr(w->results[3].message, "not sent"));
    assert_string_equal(f->fates.order, "other ");
    expect_mark(f, "a", "first");
    many_free_results(w, COUNT);
    free(w);
}

int main(void)
{
    remote_test_begin();
#define TEST(name) cmocka_unit_test_setup_teardown(name, many_begin, many_end)
    const struct CMUnitTest tests[] = {
        TEST(test_writes_are_under_way_together),
        TEST(test_writes_to_one_key_keep_their_order),
        TEST(test_puts_and_other_writes_to_one_key_keep_their_order),
        TEST(test_without_the_tables_key_puts_keep_their_order),
        TEST(test_each_write_has_its_own_outcome),
        TEST(test_what_follows_an_unknown_outcome_is_not_sent),
    };
    return cmocka_run_group_tests_name("remote/many_writes", tests, NULL, NULL);
}
