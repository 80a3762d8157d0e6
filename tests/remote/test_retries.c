/* What is tried again, how often, and what the call comes to when that does not help. */
#include "remote_test.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>

enum { MOST_REPLIES = 16 };

/* Answers one after the other; the last one from then on. */
typedef struct script {
    pthread_mutex_t lock;
    peer_reply replies[MOST_REPLIES];
    size_t count, next;
    char date[32]; /* X-Amz-Date of the last request */
} script;

static void follow(void *context, const peer_request *request, peer_reply *reply)
{
    script *s = context;
    pthread_mutex_lock(&s->lock);
    *reply = s->replies[s->next < s->count ? s->next : s->count - 1];
    s->next++;
    peer_header(request, "X-Amz-Date", s->date, sizeof s->date);
    pthread_mutex_unlock(&s->lock);
}

#define ERROR_BODY(name, message) \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#" name "\",\"message\":\"" message "\"}"

static const peer_reply good = { .body = "{}", .crc = true };
static const peer_reply throttled = { .status = 400,
                                      .body = ERROR_BODY("ProvisionedThroughputExceededException", "Slow down") };
static const peer_reply broken = { .status = 500, .body = ERROR_BODY("InternalServerError", "Oops") };

typedef struct fixture {
    script script;
    peer *peer;
} fixture;

static void begin(fixture *f, const peer_reply *replies, size_t count)
{
    *f = (fixture){ 0 };
    pthread_mutex_init(&f->script.lock, NULL);
    memcpy(f->script.replies, replies, count * sizeof *replies);
    f->script.count = count;
    f->peer = peer_start(&(peer_options){ .answer = follow, .context = &f->script });
}
#define BEGIN(f, ...) \
    begin((f), (const peer_reply[]){ __VA_ARGS__ }, sizeof((const peer_reply[]){ __VA_ARGS__ }) / sizeof(peer_reply))

static void set_reply(script *s, peer_reply reply)
{
    pthread_mutex_lock(&s->lock);
    s->replies[0] = reply;
    pthread_mutex_unlock(&s->lock);
}

static void end(fixture *f)
{
    peer_stop(f->peer);
    pthread_mutex_destroy(&f->script.lock);
}

static void test_what_may_pass_is_tried_again(void **state)
{
    (void)state;
    const peer_reply cases[] = {
        throttled,
        broken,
        { .status = 400,
          .body = "{\"__type\":\"com.amazon.coral.availability#ThrottlingException\",\"message\":\"Rate\"}" },
        { .status = 400, .body = ERROR_BODY("RequestLimitExceeded", "Limit") },
        { .status = 503, .body = "{\"__type\":\"com.amazon.coral.service#ServiceUnavailableException\"}" },
        { .status = 500, .body = "<html>Internal Server Error</html>" },
        { .status = 502, .body = "<html>Bad Gateway</html>" },
        { .status = 504, .body = "" },
        { .fault = PEER_CLOSES },
        { .fault = PEER_RESETS },
        { .fault = PEER_RESETS_MIDWAY, .body = "{\"Item\":{}}" },
        { .fault = PEER_TRUNCATES, .body = "{\"Item\":{}}" },
        { .fault = PEER_BABBLES },
        { .body = "{\"Item\":{\"id\":" },
        { .body = "<html>Welcome</html>" },
        { .body = "" },
        { .body = "{}", .crc = true, .wrong = true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        BEGIN(&f, cases[i], good);
        bloop_backend *backend = open_at(f.peer);
        bloop_status status = get_thing(backend, "a");
        if (status != BLOOP_OK || peer_requests(f.peer) != 2)
            fail_msg("case %zu: %s, %d requests", i, status ? bloop_last_error()->message : "success",
                     (int)peer_requests(f.peer));
        bloop_backend_close(backend);
        end(&f);
    }
}

static void test_what_will_not_pass_is_not(void **state)
{
    static const struct {
        peer_reply reply;
        bloop_status status;
    } cases[] = {
        { { .status = 400, .body = ERROR_BODY("ValidationException", "No") }, BLOOP_VALIDATION },
        { { .status = 400, .body = ERROR_BODY("ResourceNotFoundException", "No") }, BLOOP_TABLE_NOT_FOUND },
        { { .status = 400, .body = "{\"__type\":\"com.amazon.coral.service#UnrecognizedClientException\"}" },
          BLOOP_ACCESS_DENIED },
        { { .status = 403, .body = "<html>Forbidden</html>" }, BLOOP_ACCESS_DENIED },
        { { .fault = PEER_POURS }, BLOOP_NETWORK },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        BEGIN(&f, cases[i].reply, good);
        bloop_backend *backend = open_at(f.peer);
        bloop_status status = get_thing(backend, "a");
        if (status != cases[i].status || peer_requests(f.peer) != 1)
            fail_msg("case %zu: %s, %d requests", i, bloop_last_error()->message, (int)peer_requests(f.peer));
        bloop_backend_close(backend);
        end(&f);
    }
}

static void test_attempts_are_bounded(void **state)
{
    static const struct {
        uint32_t max_attempts;
        uint64_t requests;
    } cases[] = { { 0, 4 }, { 1, 1 }, { 5, 5 } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        BEGIN(&f, broken);
        bloop_backend *backend = open_at(f.peer, .max_attempts = cases[i].max_attempts);
        expect_failure(get_thing(backend, "a"), BLOOP_SERVICE, "Oops");
        assert_int_equal(peer_requests(f.peer), cases[i].requests);
        bloop_backend_close(backend);
        end(&f);
    }
}

static void test_a_throttle_that_lasts_is_told_in_the_services_words(void **state)
{
    (void)state;
    fixture f;
    BEGIN(&f, throttled);
    bloop_backend *backend = open_at(f.peer);
    expect_status(put_thing(backend, "a"), BLOOP_THROTTLED);
    assert_string_equal(bloop_last_error()->message, "Slow down");
    assert_int_equal(peer_requests(f.peer), 4);
    bloop_backend_close(backend);
    end(&f);
}

/* 500 tokens, of which a retry after a failure costs 14: enough for 35. Each success at the first attempt brings one back. */
static void test_the_quota_ends_what_does_not_help(void **state)
{
    (void)state;
    fixture f;
    BEGIN(&f, broken);
    bloop_backend *backend = open_at(f.peer, .max_attempts = 2);
    for (int i = 0; i < 40; i++)
        expect_status(get_thing(backend, "a"), BLOOP_SERVICE);
    assert_int_equal(peer_requests(f.peer), 40 + 35);
    set_reply(&f.script, good);
    for (int i = 0; i < 4; i++) /* 10 were left */
        expect_ok(get_thing(backend, "a"));
    set_reply(&f.script, broken);
    for (int i = 0; i < 5; i++)
        expect_status(get_thing(backend, "a"), BLOOP_SERVICE);
    assert_int_equal(peer_requests(f.peer), 40 + 35 + 4 + 5 + 1);
    bloop_backend_close(backend);
    end(&f);
}

/* A retry that helps gives back what it cost: the quota never runs out. */
static void answer_every_second(void *context, const peer_request *request, peer_reply *reply)
{
    atomic_uint *count = context;
    (void)request;
    *reply = atomic_fetch_add(count, 1) % 2 ? good : broken;
}

static void test_retries_that_help_cost_nothing(void **state)
{
    (void)state;
    atomic_uint count = 0;
    peer *p = peer_start(&(peer_options){ .answer = answer_every_second, .context = &count });
    bloop_backend *backend = open_at(p);
    for (int i = 0; i < 200; i++)
        expect_ok(get_thing(backend, "a"));
    assert_int_equal(peer_requests(p), 400);
    bloop_backend_close(backend);
    peer_stop(p);
}

/* The request is signed anew with the time that the refusal told; later requests are right at once. */
static void test_a_clock_that_is_wrong_is_corrected(void **state)
{
    (void)state;
    fixture f;
    const peer_reply skewed = { .status = 400,
                                .headers = "Date: Mon, 02 Jan 2006 15:04:05 GMT\r\n",
                                .body =
                                    "{\"__type\":\"com.amazon.coral.service#InvalidSignatureException\",\"message\":"
                                    "\"Signature not yet current: 20261122T110000Z is still later than "
                                    "20060102T150905Z (20060102T150405Z + 5 min.)\"}" };
    BEGIN(&f, skewed, good);
    bloop_backend *backend = open_at(f.peer, .max_attempts = 1);
    expect_ok(put_thing(backend, "a"));
    assert_int_equal(peer_requests(f.peer), 2);
    assert_memory_equal(f.script.date, "20060102T1504", 13);
    expect_ok(put_thing(backend, "a"));
    assert_int_equal(peer_requests(f.peer), 3);
    assert_memory_equal(f.script.date, "20060102T1504", 13);
    bloop_backend_close(backend);
    end(&f);

    /* Once: a server that goes on refusing is believed. */
    BEGIN(&f, skewed);
    backend = open_at(f.peer);
    expect_status(put_thing(backend, "a"), BLOOP_ACCESS_DENIED);
    assert_int_equal(peer_requests(f.peer), 2);
    bloop_backend_close(backend);
    end(&f);
}

static void test_expired_credentials_are_asked_for_again_once(void **state)
{
    (void)state;
    fixture f;
    const peer_reply expired = { .status = 400,
                                 .body = "{\"__type\":\"com.amazon.coral.service#ExpiredTokenException\","
                                         "\"message\":\"The security token included in the request is expired\"}" };
    BEGIN(&f, expired, good);
    bloop_backend *backend = open_at(f.peer, .max_attempts = 1);
    expect_ok(put_thing(backend, "a"));
    bloop_backend_close(backend);
    end(&f);
    BEGIN(&f, expired);
    backend = open_at(f.peer);
    expect_status(put_thing(backend, "a"), BLOOP_ACCESS_DENIED);
    assert_int_equal(peer_requests(f.peer), 2);
    bloop_backend_close(backend);
    end(&f);
}

static double seconds_of(bloop_status (*call)(bloop_backend *, const char *), bloop_backend *backend,
                         bloop_status status)
{
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    expect_status(call(backend, "a"), status);
    clock_gettime(CLOCK_MONOTONIC, &after);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

static void test_time_limits(void **state)
{
    static const peer_fault faults[] = { PEER_STALLS, PEER_STALLS_MIDWAY };
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        fixture f;
        BEGIN(&f, { .fault = faults[i], .body = "{\"Item\":{\"id\":{\"S\":\"a\"}}}" });
        bloop_backend *backend = open_at(f.peer, .request_timeout_ms = 100, .max_attempts = 2);
        double took = seconds_of(get_thing, backend, BLOOP_TIMEOUT);
        assert_true(took >= 0.19 && took < 30);
        bloop_backend_close(backend);
        end(&f);
    }
    /* What is slow and within the limit is waited for. */
    fixture f;
    BEGIN(&f, { .body = "{}", .delay_us = 50000 });
    bloop_backend *backend = open_at(f.peer, .request_timeout_ms = 60000);
    expect_ok(get_thing(backend, "a"));
    assert_int_equal(peer_requests(f.peer), 1);
    bloop_backend_close(backend);
    end(&f);
}

/* The service may say how long to wait; by ours alone it would be a millisecond. */
static void test_the_service_may_ask_for_a_pause(void **state)
{
    (void)state;
    fixture f;
    peer_reply asks = throttled;
    asks.headers = "x-amz-retry-after: 150\r\n";
    BEGIN(&f, asks, good);
    bloop_backend *backend = open_at(f.peer);
    double took = seconds_of(get_thing, backend, BLOOP_OK);
    assert_true(took >= 0.15 && took < 30);
    bloop_backend_close(backend);
    end(&f);
}

static void test_where_nobody_listens(void **state)
{
    (void)state;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", peer_dead_port());
    bloop_backend *backend = open_at(NULL, .endpoint = url, .max_attempts = 2);
    expect_failure(get_thing(backend, "a"), BLOOP_NETWORK, "(2 attempts)");
    /* A write is known not to have run. */
    expect_failure(write_thing(backend, &(text_write){ .kind = BLOOP_WRITE_PUT,
                                                       .item = "{id: \"a\"}",
                                                       .condition = "attribute_not_exists(id)" }),
                   BLOOP_NETWORK, url);
    bloop_backend_close(backend);
    backend = open_at(NULL, .endpoint = "http://no-such-host.invalid", .max_attempts = 1);
    bloop_status status = put_thing(backend, "a");
    /* Where name servers keep silent, the time limit comes first. */
    expect_failure(status, status == BLOOP_TIMEOUT ? BLOOP_TIMEOUT : BLOOP_NETWORK, "no-such-host.invalid");
    bloop_backend_close(backend);
}

int main(void)
{
    remote_test_begin();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_may_pass_is_tried_again),
        cmocka_unit_test(test_what_will_not_pass_is_not),
        cmocka_unit_test(test_attempts_are_bounded),
        cmocka_unit_test(test_a_throttle_that_lasts_is_told_in_the_services_words),
        cmocka_unit_test(test_the_quota_ends_what_does_not_help),
        cmocka_unit_test(test_retries_that_help_cost_nothing),
        cmocka_unit_test(test_a_clock_that_is_wrong_is_corrected),
        cmocka_unit_test(test_expired_credentials_are_asked_for_again_once),
        cmocka_unit_test(test_time_limits),
        cmocka_unit_test(test_the_service_may_ask_for_a_pause),
        cmocka_unit_test(test_where_nobody_listens),
    };
    return cmocka_run_group_tests_name("remote/retries", tests, NULL, NULL);
}
