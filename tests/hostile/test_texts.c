/* Texts that are no HTTP, and bodies that are no requests: each gets an answer or a close, and nobody else notices. */
#include "hostile.h"

#define HEAD "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n" HTTP_AUTHORIZATION

/* 0: a close will do as well as a refusal. */
typedef struct text_case {
    const char *text;
    int status;
} text_case;

static const text_case not_http[] = {
    { "\r\n\r\n\r\n\r\n", 0 },
    { "GARBAGE\r\n\r\n", 0 },
    { "POST\r\n\r\n", 0 },
    { "POST /\r\n\r\n", 0 },
    { "POST / HTTP/9.9\r\nHost: a\r\n\r\n", 0 },
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0 },
    { "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 0 },
    { "POST / HTTP/1.1\r\n\r\n", 0 },
    { "POST / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", 0 },
    { "POST / HTTP/1.1\r\nHost: a\r\n: no name\r\n\r\n", 0 },
    { HEAD "Content-Length: -1\r\n\r\n", 0 },
    { HEAD "Content-Length: two\r\n\r\n", 0 },
    { HEAD "Content-Length: 99999999999999999999999\r\n\r\n", 0 },
    { HEAD "Transfer-Encoding: chunked\r\n\r\nZZ\r\n", 0 },
    { HEAD "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n", 0 },
    { HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\n{}", 0 },
    { HEAD "Content-Length: 0\r\n\r\n", 400 },
    { HEAD "Content-Length: 1\r\n\r\n{", 400 },
};

static void test_what_is_no_http_is_refused(void **state)
{
    for (size_t i = 0; i < sizeof not_http / sizeof not_http[0]; i++) {
        int status = send_and_see(*state, not_http[i].text, strlen(not_http[i].text));
        if (not_http[i].status ? status != not_http[i].status : status == 200)
            fail_msg("status %d for: %s", status, not_http[i].text);
    }
    expect_served(*state);
}

/* `count` times a piece, after a beginning and before an end. */
static int send_many(const served *s, const char *begin, const char *piece, size_t count, const char *end)
{
    size_t size = strlen(begin) + count * strlen(piece) + strlen(end);
    char *text = malloc(size + 1), *at = text;
    assert_non_null(text);
    at = stpcpy(at, begin);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, piece);
    stpcpy(at, end);
    int status = send_and_see(s, text, size);
    free(text);
    return status;
}

static void test_floods_of_headers_are_refused(void **state)
{
    assert_int_not_equal(send_many(*state, HEAD, "X-A: b\r\n", 100000, "\r\n"), 200);
    assert_int_not_equal(send_many(*state, HEAD "X-A: ", "0123456789", 100000, "\r\n\r\n"), 200);
    assert_int_not_equal(send_many(*state, "POST /", "0123456789", 100000, " HTTP/1.1\r\n\r\n"), 200);
    assert_int_not_equal(send_many(*state, "POST", "X", 100000, " / HTTP/1.1\r\n\r\n"), 200);
    assert_int_not_equal(send_many(*state, HEAD, "X", 100000, ": a\r\n\r\n"), 200);
    expect_served(*state);
    expect_released(*state, 0);
}

/* Sends `begin`, `count` times `piece`, `end` as the body of an operation. */
static void expect_refused_body(const served *s, const char *operation, const char *begin, const char *piece,
                                size_t count, const char *end)
{
    char head[1024];
    size_t size = strlen(begin) + count * strlen(piece) + strlen(end);
    snprintf(head, sizeof head,
             "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: DynamoDB_20120810.%s\r\n" HTTP_AUTHORIZATION
             "Content-Length: %zu\r\n\r\n%s",
             operation, size, begin);
    int status = send_many(s, head, piece, count, end);
    if (status != 400)
        fail_msg("status %d for %s of %s%s…", status, operation, begin, piece);
}

static void test_bodies_that_are_no_requests_are_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        " ",
        "null",
        "[]",
        "\"text\"",
        "1e999999999",
        "{",
        "{}}",
        "{\"TableName\":}",
        "{\"TableName\":\"\\ud800\"}",
        "{\"TableName\":\"\xff\xfe\"}",
        "{\"TableName\":\"a\xC0\xAF\"}",
        "{\"TableName\":1e99999,\"Key\":{}}",
        "{\"TableName\":\"things\",\"Key\":{\"id\":{\"N\":\"1e99999999999999999999\"}}}",
        "{\"TableName\":\"things\",\"Key\":{\"id\":{\"N\":\"" /* and no end */,
        "{\"TableName\":\"things\",\"Key\":{\"id\":{\"S\":\"a\",\"N\":\"1\"}}}",
        "{\"TableName\":\"things\",\"Key\":{\"id\":{\"B\":\"====\"}}}",
        "{\"TableName\":\"things\",\"Key\":{\"id\":{\"X\":\"a\"}}}",
        "{\"TableName\":\"things\",\"Key\":[[[[[]]]]]}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        expect_refused_body(*state, "GetItem", bodies[i], "", 0, "");
    expect_served(*state);
}

static void test_depths_and_lengths_without_end_are_refused(void **state)
{
    const char *item = "{\"TableName\":\"things\",\"Item\":{\"id\":";
    expect_refused_body(*state, "PutItem", "", "[", 900000, "");
    expect_refused_body(*state, "PutItem", "", "{\"a\":", 150000, "");
    expect_refused_body(*state, "PutItem", item, "{\"L\":[", 100000, "");
    expect_refused_body(*state, "PutItem", item, "{\"M\":{\"a\":", 80000, "");
    expect_refused_body(*state, "PutItem", "{\"TableName\":\"things\",\"Item\":{\"id\":{\"N\":\"", "9", 900000,
                        "\"}}}");
    expect_refused_body(*state, "PutItem", "{\"TableName\":\"things\",\"Item\":{\"id\":{\"S\":\"", "a", 900000,
                        "\"}}}");
    expect_refused_body(*state, "Scan", "{\"TableName\":\"things\",\"FilterExpression\":\"", "(", 900000, "\"}");
    expect_refused_body(*state, "Scan", "{\"TableName\":\"things\",\"FilterExpression\":\"a", "[1]", 300000, "\"}");
    expect_refused_body(*state, "Scan", "{\"TableName\":\"things\",\"FilterExpression\":\"", "NOT ", 200000,
                        "a = a\"}");
    expect_refused_body(*state, "Scan", "{\"TableName\":\"things\",\"Limit\":", "9", 900000, "}");
    expect_refused_body(*state, "BatchGetItem", "{\"RequestItems\":{", "\"things\":{\"Keys\":[]},", 40000, "}}");
    expect_served(*state);
    expect_released(*state, 0);
}

/* A request with some of its bytes changed, removed or repeated. */
static size_t damage(trial_random *random, const char *text, char *out, size_t room)
{
    size_t size = strlen(text);
    memcpy(out, text, size);
    for (size_t changes = 1 + trial_below(random, 4); changes > 0; changes--) {
        size_t at = trial_below(random, size), count = 1 + trial_below(random, 8);
        if (count > size - at)
            count = size - at;
        size_t kind = trial_below(random, 3);
        if (kind == 0)
            out[at] = (char)trial_below(random, 256);
        if (kind == 1 && size > count + 1) {
            memmove(out + at, out + at + count, size - at - count);
            size -= count;
        }
        if (kind == 2 && size + count < room) {
            memmove(out + at + count, out + at, size - at);
            size += count;
        }
    }
    return size;
}

static void test_damaged_requests_harm_nobody(void **state)
{
    size_t count = trial_count("BLOOP_HOSTILE_DAMAGED", (trial_counts){ 500, 1000, 50000 });
    trial_random random = trial_stream(7);
    char *text =
        http_request_text("PutItem", "{\"TableName\":\"things\",\"Item\":{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1.5\"},"
                                     "\"l\":{\"L\":[{\"BOOL\":true},{\"NULL\":true}]}}}");
    char *damaged = malloc(strlen(text) + 64);
    assert_non_null(damaged);
    for (size_t i = 0; i < count; i++) {
        size_t size = damage(&random, text, damaged, strlen(text) + 64);
        int peer = http_connect(served_url(*state));
        http_try_send(peer, damaged, size);
        if (i % 50 == 0)
            expect_served(*state);
        http_close(peer);
    }
    expect_served(*state);
    expect_released(*state, 0);
    free(damaged);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_no_http_is_refused),
        cmocka_unit_test(test_floods_of_headers_are_refused),
        cmocka_unit_test(test_bodies_that_are_no_requests_are_refused),
        cmocka_unit_test(test_depths_and_lengths_without_end_are_refused),
        cmocka_unit_test(test_damaged_requests_harm_nobody),
    };
    return cmocka_run_group_tests_name("hostile/texts", tests, hostile_start_in_a_hurry, hostile_stop);
}
