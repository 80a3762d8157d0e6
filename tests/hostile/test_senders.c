/* Clients that send too slowly, too little, or nothing, and clients that do not read. */
#include "hostile.h"

#include <sys/socket.h>

#include "base/base.h"

#define HEAD "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n" HTTP_AUTHORIZATION

enum { TRICKLES = 3 };

/* Sends the next byte of a text, again and again. False: the server has had enough of it. */
static bool trickle(int peer, const char *text, size_t number)
{
    return http_try_send(peer, &text[number % strlen(text)], 1) && !http_is_closed_within(peer, 15);
}

static int64_t ms_since(int64_t begin)
{
    return (bl_monotonic_nanoseconds() - begin) / 1000000;
}

/* All at the same time, and none before its time is over. */
static void test_slow_senders_are_cut_off(void **state)
{
    static const char *const texts[TRICKLES] = { "POST / HTTP/1.1\r\nX-Slow: 1\r\n", "GARBAGE",
                                                 HEAD "Content-Length: 100000\r\n\r\n{        " };
    int peers[TRICKLES], open = TRICKLES;
    int64_t begin = bl_monotonic_nanoseconds();
    for (size_t i = 0; i < TRICKLES; i++)
        peers[i] = http_connect(served_url(*state));
    for (size_t number = 0; open > 0; number++) {
        for (size_t i = 0; i < TRICKLES; i++) {
            if (peers[i] < 0 || trickle(peers[i], texts[i], number))
                continue;
            assert_true(ms_since(begin) >= 500);
            http_close(peers[i]);
            peers[i] = -1;
            open--;
        }
        assert_true(ms_since(begin) < 60000);
    }
    expect_served(*state);
    expect_released(*state, 0);
}

static void test_slow_senders_keep_nobody_waiting(void **state)
{
    int peers[200];
    for (size_t i = 0; i < 200; i++) {
        peers[i] = http_connect(served_url(*state));
        http_send_text(peers[i], i % 2 ? "POST / HT" : HEAD "Content-Length: 1000000\r\n\r\n{");
        if (i % 20 == 0)
            expect_served(*state);
    }
    expect_served(*state);
    for (size_t i = 0; i < 200; i++) {
        assert_true(http_is_closed(peers[i]));
        http_close(peers[i]);
    }
    expect_released(*state, 0);
}

static void test_idle_connections_are_closed(void **state)
{
    int peer = http_connect(served_url(*state));
    int64_t begin = bl_monotonic_nanoseconds();
    http_answer answer = http_ask(peer, "ListTables", "{}");
    http_free(&answer);
    assert_true(http_is_closed(peer));
    assert_true(ms_since(begin) >= HOSTILE_IDLE_MS / 2);
    http_close(peer);
}

/* Requests without end, and nobody reads the answers. */
static void test_clients_that_do_not_read_are_cut_off(void **state)
{
    char *text = http_request_text("ListTables", "{}");
    size_t size = strlen(text);
    int peer = http_connect(served_url(*state)), room = 4096;
    struct timeval patience = { .tv_sec = 5 };
    setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    size_t sent = 0;
    while (sent < 1000000 && http_try_send(peer, text, size))
        sent++;
    assert_true(sent < 1000000);
    expect_served(*state);
    http_close(peer);
    free(text);
    expect_released(*state, 0);
}

static void test_broken_connections_leave_nothing(void **state)
{
    const struct linger at_once = { .l_onoff = 1 };
    char *text = http_request_text("ListTables", "{}");
    for (size_t i = 0; i < 500; i++) {
        int peer = http_connect(served_url(*state));
        http_try_send(peer, text, i % (strlen(text) + 1));
        if (i % 2)
            setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        http_close(peer);
    }
    expect_served(*state);
    expect_released(*state, 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slow_senders_are_cut_off),
        cmocka_unit_test(test_slow_senders_keep_nobody_waiting),
        cmocka_unit_test(test_idle_connections_are_closed),
        cmocka_unit_test(test_clients_that_do_not_read_are_cut_off),
        cmocka_unit_test(test_broken_connections_leave_nothing),
    };
    return cmocka_run_group_tests_name("hostile/senders", tests, hostile_start_in_a_hurry, hostile_stop);
}
