/* What a server makes of HTTP: methods, headers, keep-alive, pipelines, halves of connections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>

#include "support/http.h"
#include "support/served.h"
#include "wire/wire.h"

#define NO_TOKEN_BODY                                                                                                 \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#MissingAuthenticationToken\",\"Message\":\"Request must contain " \
    "either a valid (registered) AWS access key ID or X.509 certificate.\"}"
#define TARGET "X-Amz-Target: DynamoDB_20120810.ListTables\r\n"

static int start(void **state)
{
    static served s;
    s = served_start(NULL, NULL);
    *state = &s;
    return 0;
}

static int stop(void **state)
{
    served_stop(*state);
    return 0;
}

/* The requests that are none, and what the service, or DynamoDB Local, answers to them. */
static void test_what_is_no_request_is_refused(void **state)
{
    static const struct {
        const char *request;
        int status;
        const char *body; /* NULL: none */
    } cases[] = {
        { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, NO_TOKEN_BODY },
        { "GET /shell HTTP/1.1\r\nHost: a\r\n\r\n", 400, NO_TOKEN_BODY },
        { "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", 400, NO_TOKEN_BODY },
        { "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", 400, NO_TOKEN_BODY },
        { "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n", 400, NO_TOKEN_BODY },
        { "POST / HTTP/1.1\r\nHost: a\r\n" TARGET "Content-Length: 2\r\n\r\n{}", 400,
          "{\"__type\":\"com.amazon.coral.service#MissingAuthenticationTokenException\",\"message\":\"Request is missing "
          "Authentication Token\"}" },
        { "POST / HTTP/1.1\r\nHost: a\r\n" TARGET "Authorization: Basic abc\r\nContent-Length: 2\r\n\r\n{}", 400,
          "{\"__type\":\"com.amazon.coral.service#MissingAuthenticationTokenException\",\"message\":\"Request is missing "
          "Authentication Token\"}" },
        { "POST / HTTP/1.1\r\nHost: a\r\n" HTTP_AUTHORIZATION "Content-Length: 2\r\n\r\n{}", 400,
          "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}" },
        { "POST / HTTP/1.1\r\nHost: a\r\n" HTTP_AUTHORIZATION
          "X-Amz-Target: DynamoDB_20120810.NoSuch\r\nContent-Length: 2\r\n\r\n{}",
          400, "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}" },
        { "POST / HTTP/1.1\r\nHost: a\r\n" HTTP_AUTHORIZATION
          "X-Amz-Target: Other_20120810.ListTables\r\nContent-Length: 2\r\n\r\n{}",
          400, "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        http_answer answer;
        int peer = http_connect(served_url(*state));
        http_send_text(peer, cases[i].request);
        assert_true(http_receive(peer, &answer));
        assert_int_equal(answer.status, cases[i].status);
        assert_string_equal(answer.body, cases[i].body);
        assert_string_equal(http_header(&answer, "Content-Type"), "application/x-amz-json-1.0");
        http_free(&answer);
        http_close(peer);
    }
}

static void test_answers_have_the_services_headers(void **state)
{
    char last_id[64] = "", sum[16];
    int peer = http_connect(served_url(*state));
    for (int i = 0; i < 3; i++) {
        http_answer answer = http_ask(peer, "ListTables", "{}");
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body, "{\"TableNames\":[]}");
        assert_string_equal(http_header(&answer, "Content-Type"), "application/x-amz-json-1.0");
        snprintf(sum, sizeof sum, "%u", bl_wire_crc32(answer.body, answer.body_size));
        assert_string_equal(http_header(&answer, "x-amz-crc32"), sum);
        assert_string_equal(sum, "1315925753"); /* DynamoDB Local's for this body */
        const char *id = http_header(&answer, "x-amzn-RequestId");
        assert_int_equal(strlen(id), 52);
        assert_int_equal(strspn(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 52);
        assert_string_not_equal(id, last_id);
        snprintf(last_id, sizeof last_id, "%s", id);
        http_free(&answer);
    }
    http_close(peer);
}

static void test_a_preflight_is_answered_and_no_origin_let_in(void **state)
{
    http_answer answer;
    int peer = http_connect(served_url(*state));
    http_send_text(peer,
                   "OPTIONS / HTTP/1.1\r\nHost: a\r\nOrigin: http://example.com\r\nAccess-Control-Request-Method: "
                   "POST\r\nAccess-Control-Request-Headers: x-amz-target,content-type\r\n\r\n");
    assert_true(http_receive(peer, &answer));
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.body_size, 0);
    assert_string_equal(http_header(&answer, "Access-Control-Allow-Methods"), "POST");
    assert_string_equal(http_header(&answer, "Access-Control-Allow-Headers"), "x-amz-target,content-type");
    assert_string_equal(http_header(&answer, "Access-Control-Max-Age"), "1728000");
    assert_null(http_header(&answer, "Access-Control-Allow-Origin"));
    http_free(&answer);
    http_close(peer);
}

static void test_a_connection_lasts_until_it_is_asked_to_close(void **state)
{
    http_answer answer;
    int peer = http_connect(served_url(*state));
    http_answer first = http_ask(peer, "ListTables", "{}");
    http_free(&first);
    http_send_text(peer, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" TARGET HTTP_AUTHORIZATION
                         "Content-Length: 2\r\n\r\n{}");
    assert_true(http_receive(peer, &answer));
    assert_string_equal(answer.body, "{\"TableNames\":[]}");
    http_free(&answer);
    assert_true(http_is_closed(peer));
    http_close(peer);
}

static void test_requests_in_a_row_are_answered_in_order(void **state)
{
    static const char *const operations[] = { "ListTables", "NoSuch", "DescribeLimits", "ListTables" };
    static const char *const words[] = { "TableNames", "UnknownOperation", "AccountMax", "TableNames" };
    int peer = http_connect(served_url(*state));
    char all[8192] = "";
    for (size_t i = 0; i < 4; i++) {
        char *text = http_request_text(operations[i], "{}");
        strcat(all, text);
        free(text);
    }
    http_send_text(peer, all);
    for (size_t i = 0; i < 4; i++) {
        http_answer answer;
        assert_true(http_receive(peer, &answer));
        assert_non_null(strstr(answer.body, words[i]));
        http_free(&answer);
    }
    http_close(peer);
}

static void test_a_client_that_sends_no_more_is_answered(void **state)
{
    http_answer answer;
    int peer = http_connect(served_url(*state));
    char *text = http_request_text("ListTables", "{}");
    http_send_text(peer, text);
    shutdown(peer, SHUT_WR);
    assert_true(http_receive(peer, &answer));
    assert_string_equal(answer.body, "{\"TableNames\":[]}");
    http_free(&answer);
    assert_true(http_is_closed(peer));
    free(text);
    http_close(peer);
}

static void test_bodies_arrive_in_any_pieces(void **state)
{
    http_answer answer;
    int peer = http_connect(served_url(*state));
    char *text = http_request_text("ListTables", "{\"Limit\":1}");
    for (size_t i = 0; text[i]; i++)
        http_send(peer, text + i, 1);
    assert_true(http_receive(peer, &answer));
    assert_int_equal(answer.status, 200);
    http_free(&answer);
    http_send_text(peer, "POST / HTTP/1.1\r\nHost: a\r\n" TARGET HTTP_AUTHORIZATION
                         "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n");
    assert_true(http_receive(peer, &answer));
    assert_string_equal(answer.body, "{\"TableNames\":[]}");
    http_free(&answer);
    http_close(peer);
    free(text);
}

static void test_a_client_that_waits_for_leave_gets_it(void **state)
{
    http_answer answer;
    int peer = http_connect(served_url(*state));
    http_send_text(peer, "POST / HTTP/1.1\r\nHost: a\r\n" TARGET HTTP_AUTHORIZATION
                         "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_true(http_receive(peer, &answer));
    assert_int_equal(answer.status, 100);
    http_free(&answer);
    http_send_text(peer, "{}");
    assert_true(http_receive(peer, &answer));
    assert_int_equal(answer.status, 200);
    http_free(&answer);
    http_close(peer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_request_is_refused),
        cmocka_unit_test(test_answers_have_the_services_headers),
        cmocka_unit_test(test_a_preflight_is_answered_and_no_origin_let_in),
        cmocka_unit_test(test_a_connection_lasts_until_it_is_asked_to_close),
        cmocka_unit_test(test_requests_in_a_row_are_answered_in_order),
        cmocka_unit_test(test_a_client_that_sends_no_more_is_answered),
        cmocka_unit_test(test_bodies_arrive_in_any_pieces),
        cmocka_unit_test(test_a_client_that_waits_for_leave_gets_it),
    };
    return cmocka_run_group_tests_name("server/http", tests, start, stop);
}
