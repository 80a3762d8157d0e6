/* Clients that ask for large answers and do not read them. */
#include "hostile.h"

#include <sys/socket.h>

#define CREATE                                                                                                 \
    "{\"TableName\":\"large\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"                \
    "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"BillingMode\":\"PAY_PER_" \
    "REQUEST\"}"

/* An answer is more than the system keeps for a connection, and six of them more than the server may hold. */
enum {
    ITEMS = 30,
    VALUE_BYTES = 400000,
    ANSWER_BYTES = ITEMS * VALUE_BYTES,
    HELD_BYTES = 64 << 20,
    READERS = 8,
    REQUEST_MS = 5000
};

static void fill(const served *s)
{
    int peer = http_connect(served_url(s));
    http_answer answer = http_ask(peer, "CreateTable", CREATE);
    assert_int_equal(answer.status, 200);
    http_free(&answer);
    char *text = malloc(VALUE_BYTES + 128);
    assert_non_null(text);
    for (unsigned i = 0; i < ITEMS; i++) {
        int size = snprintf(text, 128, "{\"TableName\":\"large\",\"Item\":{\"id\":{\"S\":\"%u\"},\"v\":{\"S\":\"", i);
        memset(text + size, 'v', VALUE_BYTES);
        memcpy(text + size + VALUE_BYTES, "\"}}}", 5);
        answer = http_ask(peer, "PutItem", text);
        assert_int_equal(answer.status, 200);
        http_free(&answer);
    }
    free(text);
    http_close(peer);
}

static served start_server(int64_t request_ms)
{
    bloop_server_options options = hostile_options;
    options.max_held_bytes = HELD_BYTES;
    options.request_timeout_ms = request_ms;
    options.idle_timeout_ms = 10000;
    served s = served_start(NULL, &options);
    fill(&s);
    return s;
}

static char *request_for_all(void)
{
    char body[1024] = "{\"RequestItems\":{\"large\":{\"Keys\":[";
    for (size_t i = 0, at = strlen(body); i < ITEMS; i++, at = strlen(body))
        snprintf(body + at, sizeof body - at, "%s{\"id\":{\"S\":\"%zu\"}}", i ? "," : "", i);
    strcat(body, "]}}}");
    return http_request_text("BatchGetItem", body);
}

/* Asks for all items, with little room for the answer. */
static int ask_and_not_read(const served *s)
{
    int room = 262144;
    char *text = request_for_all();
    int peer = http_connect(served_url(s));
    setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    http_send_text(peer, text);
    free(text);
    return peer;
}

static bool begins_with_refusal(int peer)
{
    char text[1024];
    ssize_t size = recv(peer, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = 0;
    return strncmp(text, "HTTP/1.1 400 ", 13) == 0 && strstr(text, "#ProvisionedThroughputExceededException\"");
}

/* Until the server has begun to answer one more. */
static void wait_for_answer(const served *s, uint64_t answered)
{
    bloop_server_counts counts = { 0 };
    for (int i = 0; i < 6000 && counts.requests <= answered; i++) {
        bloop_server_count(s->server, &counts);
        trial_wait(10000);
    }
    assert_true(counts.requests > answered);
}

/* Answers of 96 MB are asked for, of which the server holds no more than it may: the rest are refused for now. When those
   who do not read have gone there is room again. */
static void test_answers_together_have_a_limit(void **state)
{
    const served *s = *state;
    int peers[READERS];
    bloop_server_counts counts;
    size_t before = resident_bytes(0), most = 0, refused = 0;
    for (size_t i = 0; i < READERS; i++) {
        bloop_server_count(s->server, &counts);
        peers[i] = ask_and_not_read(s);
        wait_for_answer(s, counts.requests);
        bloop_server_count(s->server, &counts);
        if (counts.held_bytes > most)
            most = counts.held_bytes;
    }
    assert_in_range(most, 2 * ANSWER_BYTES, HELD_BYTES + 2 * ANSWER_BYTES);
    assert_true(trial_is_instrumented() || resident_bytes(0) < before + 2 * HELD_BYTES);
    expect_served(s);
    for (size_t i = 0; i < READERS; i++) {
        refused += begins_with_refusal(peers[i]);
        http_close(peers[i]);
    }
    assert_true(refused > 0);
    expect_released(s, 0);
    char *text = request_for_all();
    int peer = http_connect(served_url(s));
    http_answer answer;
    http_send_text(peer, text);
    assert_true(http_receive(peer, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(answer.body_size > ANSWER_BYTES);
    http_free(&answer);
    free(text);
    http_close(peer);
}

/* A write that was done must not be told as one that was not: a throttle would have the client do it again. */
static void test_a_write_is_not_told_as_refused(void **state)
{
    const char *update = "{\"TableName\":\"large\",\"Key\":{\"id\":{\"S\":\"0\"}},\"UpdateExpression\":\"ADD n :n\","
                         "\"ExpressionAttributeValues\":{\":n\":{\"N\":\"1\"}},\"ReturnValues\":\"ALL_NEW\"}";
    (void)state;
    bloop_server_options options = hostile_options;
    options.max_held_bytes = 1 << 19;
    served s = served_start(NULL, &options);
    fill(&s);
    int peer = http_connect(served_url(&s));
    http_answer answer = http_ask(peer, "UpdateItem", update);
    assert_int_equal(answer.status, 500);
    http_free(&answer);
    answer = http_ask(peer, "GetItem",
                      "{\"TableName\":\"large\",\"Key\":{\"id\":{\"S\":\"0\"}},\"ProjectionExpression\":\"n\"}");
    assert_string_equal(answer.body, "{\"Item\":{\"n\":{\"N\":\"1\"}}}");
    http_free(&answer);
    http_close(peer);
    served_stop(&s);
}

/* A byte now and then does not help. */
static void test_slow_readers_are_cut_off(void **state)
{
    (void)state;
    served s = start_server(REQUEST_MS);
    int peer = ask_and_not_read(&s);
    char bytes[64];
    size_t got = 0;
    for (int64_t i = 0; i < REQUEST_MS / 25; i++) {
        ssize_t more = recv(peer, bytes, sizeof bytes, 0);
        if (more <= 0)
            break;
        got += (size_t)more;
        trial_wait(50000);
    }
    /* What the kernel still has may come; the answer's end does not. */
    char *rest = malloc(ANSWER_BYTES);
    assert_non_null(rest);
    for (ssize_t more = 1; more > 0; got += more > 0 ? (size_t)more : 0)
        more = recv(peer, rest, ANSWER_BYTES, 0);
    assert_in_range(got, 1, ANSWER_BYTES - 1);
    free(rest);
    http_close(peer);
    expect_served(&s);
    expect_released(&s, 0);
    served_stop(&s);
}

static int start(void **state)
{
    static served s;
    s = start_server(60000);
    *state = &s;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers_together_have_a_limit),
        cmocka_unit_test(test_a_write_is_not_told_as_refused),
        cmocka_unit_test(test_slow_readers_are_cut_off),
    };
    return cmocka_run_group_tests_name("hostile/readers", tests, start, hostile_stop);
}
