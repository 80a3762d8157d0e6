/* Who shares a backend, and how it ends: threads, closing while calls are under way, forked children. */
#include "many.h"

#include <unistd.h>

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
/* When two requests have arrived, which wait for a third. */
static void *close_under_two(void *context)
{
    fixture *f = context;
    pthread_mutex_lock(&f->fates.lock);
    while (f->fates.arrived < 2)
        pthread_cond_wait(&f->fates.gathered, &f->fates.lock);
    f->fates.arrived = f->fates.gather;
    pthread_cond_broadcast(&f->fates.gathered);
    pthread_mutex_unlock(&f->fates.lock);
    bloop_backend_close(f->backend);
    return NULL;
}

static void *close_in_a_pause(void *context)
{
    fixture *f = context;
    while (peer_requests(f->peer) == 0)
        usleep(1000);
    usleep(50000);
    bloop_backend_close(f->backend);
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
        many_add_update(f, w, i, id, id);
    }
    f->fates.delay_us = 100000;
    many_gather(f, 3);
    pthread_t closer;
    assert_int_equal(pthread_create(&closer, NULL, close_under_two, f), 0);
    expect_status(bloop_write_items(f->backend, w->requests, 100, 2, w->results), BLOOP_CLOSED);
    pthread_join(closer, NULL);
    size_t made = 0;
    while (made < 100 && w->results[made].status == BLOOP_OK)
        made++;
    assert_true(made >= 2 && made < 100);
    for (size_t i = made; i < 100; i++)
        assert_int_equal(w->results[i].status, BLOOP_CLOSED);
    assert_int_equal(peer_requests(f->peer), made);
    many_free_results(w, 100);
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
    assert_int_equal(pthread_create(&closer, NULL, close_in_a_pause, f), 0);
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
    /* A thread that held a lock of the allocator would leave it locked in the child for good. */
    peer_rest(f->peer);
    trial_join(trial_fork(use_in_child, f));
    /* The parent's connection has not suffered. */
    expect_ok(get_thing(f->backend, "a"));
    assert_int_equal(peer_connections(f->peer), 2);
}

int main(void)
{
    remote_test_begin();
#define TEST(name) cmocka_unit_test_setup_teardown(name, many_begin, many_end)
    const struct CMUnitTest tests[] = {
        TEST(test_threads_share_a_bounded_number_of_connections),
        TEST(test_calls_under_way_end_when_the_backend_is_closed),
        TEST(test_a_pause_ends_when_the_backend_is_closed),
        TEST(test_a_forked_child_opens_its_own),
    };
    return cmocka_run_group_tests_name("remote/sharing", tests, NULL, NULL);
}
