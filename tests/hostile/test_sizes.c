/* Clients that send too much, and too many of them. */
#include "hostile.h"

#define HEAD "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n" HTTP_AUTHORIZATION

static void test_a_body_that_is_announced_too_large_is_refused_at_once(void **state)
{
    static const char *const sizes[] = { "1048577", "1073741824", "18446744073709551615" };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char text[1024];
        snprintf(text, sizeof text, HEAD "Content-Length: %s\r\n\r\n", sizes[i]);
        assert_int_equal(send_and_see(*state, text, strlen(text)), 413);
    }
    expect_served(*state);
}

/* One who sends it all the same is cut off before long: nothing of it is taken in. */
static void test_an_announced_gigabyte_is_not_read(void **state)
{
    enum { PIECE = 1 << 20, MOST_PIECES = 1024 };
    char *piece = calloc(1, PIECE);
    assert_non_null(piece);
    int peer = http_connect(served_url(*state)), sent = 0;
    http_send_text(peer, HEAD "Content-Length: 1073741824\r\n\r\n");
    while (sent < MOST_PIECES && http_try_send(peer, piece, PIECE))
        sent++;
    assert_in_range(sent, 0, 64);
    http_close(peer);
    free(piece);
    expect_served(*state);
    expect_released(*state, 0);
}

/* A gigabyte in chunks; a tenth of it where the time is short. The server takes some of it and holds none. */
static void test_an_endless_body_is_cut_off(void **state)
{
    size_t chunks = trial_count("BLOOP_HOSTILE_MEGABYTES", (trial_counts){ 100, 100, 1024 });
    size_t size = (size_t)1 << 20, sent = 0;
    bloop_server_counts counts = { 0 };
    served *s = *state;
    char *chunk = malloc(size + 16);
    assert_non_null(chunk);
    memset(chunk, 'x', size + 16);
    memcpy(chunk, "100000\r\n", 8);
    memcpy(chunk + 8 + size, "\r\n", 2);
    int peer = http_connect(served_url(s));
    http_send_text(peer, HEAD "Transfer-Encoding: chunked\r\n\r\n");
    while (sent < chunks && http_try_send(peer, chunk, size + 10)) {
        bloop_server_count(s->server, &counts);
        assert_true(counts.held_bytes <= 4u << 20);
        sent++;
    }
    assert_true(sent < chunks);
    expect_served(s);
    http_close(peer);
    free(chunk);
    expect_released(s, 0);
}

/* A body a little too large is read on, so that the client sees why it is refused. */
static void test_a_body_that_turns_out_too_large_gets_an_answer(void **state)
{
    size_t size = (size_t)2 << 20;
    char *text = malloc(size + 1024);
    assert_non_null(text);
    int head = snprintf(text, 1024, HEAD "Transfer-Encoding: chunked\r\n\r\n200000\r\n");
    memset(text + head, ' ', size);
    memcpy(text + (size_t)head + size, "\r\n0\r\n\r\n", 7);
    assert_int_equal(send_and_see(*state, text, (size_t)head + size + 7), 413);
    free(text);
    expect_served(*state);
}

static void wait_until_held(const served *s, uint64_t bytes)
{
    bloop_server_counts counts = { 0 };
    for (int i = 0; i < 6000 && counts.held_bytes < bytes; i++) {
        bloop_server_count(s->server, &counts);
        trial_wait(10000);
    }
    assert_true(counts.held_bytes >= bytes);
}

static int begin_large_body(const served *s, const char *body, size_t size)
{
    int peer = http_connect(served_url(s));
    http_send_text(peer, HEAD "Content-Length: 1000001\r\n\r\n");
    http_send(peer, body, size);
    return peer;
}

static void end_large_body(int peer, int status)
{
    http_answer answer;
    http_send_text(peer, " ");
    assert_true(http_receive(peer, &answer));
    assert_int_equal(answer.status, status);
    http_free(&answer);
    http_close(peer);
}

/* Many bodies of a size that is allowed, together more than the server may hold: while eight are held, a MiB each, there is no
   room for others. */
static void test_bodies_together_have_a_limit(void **state)
{
    enum { HOLDERS = 8, REFUSED = 8, SIZE = 1000000 };
    int peers[HOLDERS];
    bloop_server_counts counts = { 0 };
    (void)state;
    bloop_server_options options = hostile_options;
    options.max_held_bytes = HOLDERS * ((size_t)1 << 20) + ((size_t)1 << 19);
    served s = served_start(NULL, &options);
    char *body = malloc(SIZE);
    assert_non_null(body);
    memset(body, ' ', SIZE);
    for (size_t i = 0; i < HOLDERS; i++) {
        peers[i] = begin_large_body(&s, body, SIZE);
        wait_until_held(&s, (i + 1) * SIZE);
    }
    for (size_t i = 0; i < REFUSED; i++) {
        end_large_body(begin_large_body(&s, body, SIZE), 503);
        bloop_server_count(s.server, &counts);
        assert_true(counts.held_bytes <= options.max_held_bytes);
    }
    for (size_t i = 0; i < HOLDERS; i++)
        end_large_body(peers[i], 400); /* spaces are no request */
    free(body);
    expect_released(&s, 0);
    expect_served(&s);
    served_stop(&s);
}

static void test_long_pipelines_are_answered(void **state)
{
    enum { REQUESTS = 200 };
    char *text = http_request_text("ListTables", "{}");
    int peer = http_connect(served_url(*state));
    for (int i = 0; i < REQUESTS; i++)
        http_send_text(peer, text);
    for (int i = 0; i < REQUESTS; i++) {
        http_answer answer;
        assert_true(http_receive(peer, &answer));
        assert_int_equal(answer.status, 200);
        http_free(&answer);
    }
    http_close(peer);
    free(text);
}

/* When there is no room, who has kept it the longest goes. */
static void test_newcomers_find_room(void **state)
{
    (void)state;
    enum { ROOM = 64, PEERS = 120 };
    int peers[PEERS];
    served s = served_start(NULL, &(bloop_server_options){ .threads = 1, .max_connections = ROOM });
    for (size_t i = 0; i < PEERS; i++) {
        peers[i] = http_try_connect(served_url(&s));
    }
    expect_served(&s);
    bloop_server_counts counts;
    bloop_server_count(s.server, &counts);
    assert_true(counts.connections <= ROOM);
    for (size_t i = 0; i < PEERS; i++)
        http_close(peers[i]);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_body_that_is_announced_too_large_is_refused_at_once),
        cmocka_unit_test(test_an_announced_gigabyte_is_not_read),
        cmocka_unit_test(test_an_endless_body_is_cut_off),
        cmocka_unit_test(test_a_body_that_turns_out_too_large_gets_an_answer),
        cmocka_unit_test(test_bodies_together_have_a_limit),
        cmocka_unit_test(test_long_pipelines_are_answered),
        cmocka_unit_test(test_newcomers_find_room),
    };
    return cmocka_run_group_tests_name("hostile/sizes", tests, hostile_start, hostile_stop);
}
