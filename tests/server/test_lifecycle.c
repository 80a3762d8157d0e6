/* Starting and stopping: ports, hosts, draining, what can't be started. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#include "support/http.h"
#include "support/scratch.h"
#include "support/served.h"
#include "support/stores.h"
#include "support/trial.h"

static void test_a_free_port_is_found_and_named(void **state)
{
    (void)state;
    served one = served_start(NULL, NULL), two = served_start(NULL, NULL);
    assert_string_not_equal(served_url(&one), served_url(&two));
    assert_int_equal(strncmp(served_url(&one), "http://127.0.0.1:", 17), 0);
    served_stop(&one);
    served_stop(&two);
}

/* By name too, and then at an address that this machine has. */
static void test_hosts_have_names(void **state)
{
    (void)state;
    bloop_server *server = NULL;
    served first = served_start(NULL, NULL);
    stores_ok(bloop_server_start(first.store, &(bloop_server_options){ .host = "localhost" }, &server));
    const char *url = bloop_server_url(server);
    assert_true(strncmp(url, "http://127.0.0.1:", 17) == 0 || strncmp(url, "http://[::1]:", 13) == 0);
    bloop_server_stop(server, 1000);
    served_stop(&first);
}

static void test_what_cannot_be_served_is_told(void **state)
{
    (void)state;
    served first = served_start(NULL, NULL);
    unsigned taken = 0;
    assert_int_equal(sscanf(served_url(&first), "http://127.0.0.1:%u", &taken), 1);
    const struct {
        bloop_server_options options;
        bloop_status status;
    } cases[] = {
        { { .port = (uint16_t)taken }, BLOOP_BUSY },
        { { .host = "192.0.2.1" }, BLOOP_NETWORK },
        { { .host = "no such host" }, BLOOP_INVALID_ARGUMENT },
        { { .threads = 1000 }, BLOOP_INVALID_ARGUMENT },
        { { .request_timeout_ms = -1 }, BLOOP_INVALID_ARGUMENT },
        { { .credentials = "/no/such/file" }, BLOOP_NOT_FOUND },
        { { .credentials = "/" }, BLOOP_INVALID_ARGUMENT },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bloop_server *server = NULL;
        stores_fails(bloop_server_start(first.store, &cases[i].options, &server), cases[i].status);
        assert_null(server);
    }
    served_stop(&first);
    bloop_server_stop(NULL, 0);
}

/* Another server can be started at once where one has stopped. */
static void test_a_port_is_free_again_at_once(void **state)
{
    (void)state;
    unsigned port = 0;
    served s = served_start(NULL, NULL);
    assert_int_equal(sscanf(served_url(&s), "http://127.0.0.1:%u", &port), 1);
    int peer = http_connect(served_url(&s));
    http_answer answer = http_ask(peer, "ListTables", "{}");
    http_free(&answer);
    served_stop(&s);
    assert_true(http_is_closed(peer));
    s = served_start(NULL, &(bloop_server_options){ .port = (uint16_t)port, .threads = 2 });
    http_close(peer);
    peer = http_connect(served_url(&s));
    answer = http_ask(peer, "ListTables", "{}");
    assert_int_equal(answer.status, 200);
    http_free(&answer);
    http_close(peer);
    served_stop(&s);
}

static void *stop(void *argument)
{
    served_stop(argument);
    return NULL;
}

/* Until the server has received the beginning of a body. */
static void wait_for_body(const served *s)
{
    bloop_server_counts counts = { 0 };
    for (int i = 0; i < 6000 && counts.held_bytes == 0; i++) {
        trial_wait(10000);
        bloop_server_count(s->server, &counts);
    }
    assert_true(counts.held_bytes > 0);
}

/* A request that has begun is received in full and answered, and the answer says that the connection ends; an idle
   connection is closed at once. */
static void test_a_request_that_has_begun_is_answered(void **state)
{
    (void)state;
    pthread_t stopping;
    http_answer answer;
    served s = served_start(NULL, NULL);
    char url[64];
    snprintf(url, sizeof url, "%s", served_url(&s));
    int idle = http_connect(url), busy = http_connect(url);
    char *text = http_request_text("ListTables", "{}");
    size_t half = strlen(text) - 1;
    http_send(busy, text, half);
    wait_for_body(&s);
    assert_int_equal(pthread_create(&stopping, NULL, stop, &s), 0);
    assert_true(http_is_closed(idle));
    assert_int_equal(http_try_connect(url), -1);
    http_send_text(busy, text + half);
    assert_true(http_receive(busy, &answer));
    assert_string_equal(answer.body, "{\"TableNames\":[]}");
    assert_string_equal(http_header(&answer, "Connection"), "close");
    http_free(&answer);
    assert_true(http_is_closed(busy));
    pthread_join(stopping, NULL);
    free(text);
    http_close(idle);
    http_close(busy);
}

static void test_draining_has_an_end(void **state)
{
    (void)state;
    bloop_server_options options = { .threads = 2 };
    served s = served_start(NULL, &options);
    int slow = http_connect(served_url(&s));
    http_send_text(slow, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
    wait_for_body(&s);
    bloop_server_stop(s.server, 200);
    bloop_backend_close(s.store);
    assert_true(http_is_closed(slow));
    http_close(slow);
}

/* Clients that never stop asking do not keep a server from stopping, and lose no answer to a request it had begun. */
typedef struct client {
    pthread_t thread;
    const char *url;
    _Atomic size_t answers;
} client;

static void *ask_until_closed(void *argument)
{
    client *c = argument;
    int peer = http_try_connect(c->url);
    char *text = http_request_text("ListTables", "{}");
    http_answer answer;
    while (peer >= 0 && http_try_send(peer, text, strlen(text)) && http_receive(peer, &answer)) {
        trial_check(answer.status == 200, "status %d", answer.status);
        http_free(&answer);
        c->answers++;
    }
    http_close(peer);
    free(text);
    return NULL;
}

static void test_busy_clients_are_let_go(void **state)
{
    (void)state;
    enum { CLIENTS = 8, ANSWERS = 20 };
    client clients[CLIENTS];
    bloop_server_options options = { .threads = 2 };
    served s = served_start(NULL, &options);
    char url[64];
    snprintf(url, sizeof url, "%s", served_url(&s));
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = (client){ .url = url };
        assert_int_equal(pthread_create(&clients[i].thread, NULL, ask_until_closed, &clients[i]), 0);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        for (int wait = 0; wait < 6000 && clients[i].answers < ANSWERS; wait++)
            trial_wait(10000);
    served_stop(&s);
    for (size_t i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i].thread, NULL);
        assert_true(clients[i].answers >= ANSWERS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_free_port_is_found_and_named),
        cmocka_unit_test(test_hosts_have_names),
        cmocka_unit_test(test_what_cannot_be_served_is_told),
        cmocka_unit_test(test_a_port_is_free_again_at_once),
        cmocka_unit_test(test_a_request_that_has_begun_is_answered),
        cmocka_unit_test(test_draining_has_an_end),
        cmocka_unit_test(test_busy_clients_are_let_go),
    };
    return cmocka_run_group_tests_name("server/lifecycle", tests, NULL, NULL);
}
