/* Single calls: what is sent, what is made of answers, what the hook hears. */
#include "remote_test.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "sigv4/sigv4.h"

/* Answers one thing, and keeps what it was asked last. */
typedef struct canned {
    pthread_mutex_t lock;
    peer_reply reply;
    char head[4096], body[4096];
} canned;

static void answer_canned(void *context, const peer_request *request, peer_reply *reply)
{
    canned *c = context;
    pthread_mutex_lock(&c->lock);
    snprintf(c->head, sizeof c->head, "%s", request->head);
    snprintf(c->body, sizeof c->body, "%s", request->body);
    *reply = c->reply;
    pthread_mutex_unlock(&c->lock);
}

typedef struct fixture {
    canned canned;
    peer *peer;
    bloop_backend *backend;
} fixture;

static int begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    pthread_mutex_init(&f->canned.lock, NULL);
    f->canned.reply.body = "{}";
    f->peer = peer_start(&(peer_options){ .answer = answer_canned, .context = &f->canned });
    f->backend = open_at(f->peer, .session_token = "TOKEN+EXAMPLE=");
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture *f = *state;
    bloop_backend_close(f->backend);
    peer_stop(f->peer);
    pthread_mutex_destroy(&f->canned.lock);
    free(f);
    return 0;
}

static void expect_line(const fixture *f, const char *line)
{
    if (!strstr(f->canned.head, line))
        fail_msg("no '%s' in:\n%s", line, f->canned.head);
}

static void expect_no_line(const fixture *f, const char *line)
{
    if (strstr(f->canned.head, line))
        fail_msg("'%s' in:\n%s", line, f->canned.head);
}

static void test_a_request_is_signed_and_has_the_headers_of_the_protocol(void **state)
{
    fixture *f = *state;
    char host[64];
    expect_ok(get_thing(f->backend, "a"));
    snprintf(host, sizeof host, "\r\nHost: 127.0.0.1:%d\r\n", peer_port(f->peer));
    expect_line(f, "POST / HTTP/1.1\r\n");
    expect_line(f, host);
    expect_line(f, "\r\nContent-Type: application/x-amz-json-1.0\r\n");
    expect_line(f, "\r\nX-Amz-Target: DynamoDB_20120810.GetItem\r\n");
    expect_line(f, "\r\nX-Amz-Security-Token: TOKEN+EXAMPLE=\r\n");
    expect_line(f, "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
    expect_line(f,
                "/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token;x-amz-target, ");
    expect_line(f, "\r\nUser-Agent: bloop-c/");
    expect_no_line(f, "Expect:");
    expect_no_line(f, "Accept-Encoding:");
    expect_no_line(f, "secret");
    assert_string_equal(f->canned.body, "{\"TableName\":\"things\",\"Key\":{\"id\":{\"S\":\"a\"}}}");
}

static bl_sigv4_text text_between(const char *from, const char *to)
{
    return (bl_sigv4_text){ from, (size_t)(to - from) };
}

static bool look_up_secret(void *context, bl_sigv4_text access_key, bl_sigv4_secret *out)
{
    (void)context;
    if (access_key.size != strlen("AKIDEXAMPLE") || memcmp(access_key.data, "AKIDEXAMPLE", access_key.size) != 0)
        return false;
    *out = (bl_sigv4_secret){ bl_sigv4_text_of("secret"), bl_sigv4_text_of("TOKEN+EXAMPLE=") };
    return true;
}

/* What was sent, judged as a server judges it. */
static void expect_signed(const fixture *f)
{
    bl_sigv4_header headers[20];
    bl_sigv4_request request = { .method = bl_sigv4_text_of("POST"),
                                 .path = bl_sigv4_text_of("/"),
                                 .headers = headers,
                                 .body = bl_sigv4_text_of(f->canned.body) };
    const char *line = strstr(f->canned.head, "\r\n") + 2;
    for (const char *end; (end = strstr(line, "\r\n")) != line; line = end + 2) {
        const char *colon = strchr(line, ':');
        assert_true(end && colon && colon < end && request.header_count < BL_COUNT_OF(headers));
        headers[request.header_count++] = (bl_sigv4_header){ text_between(line, colon), text_between(colon + 1, end) };
    }
    bl_sigv4_rules rules = { .now = time(NULL),
                             .service = bl_sigv4_text_of("dynamodb"),
                             .region = bl_sigv4_text_of("us-east-1"),
                             .lookup = look_up_secret };
    bl_sigv4 *sigv4 = NULL;
    bl_sigv4_verdict verdict = BL_SIGV4_VERDICT_COUNT;
    bl_buffer message = { 0 };
    assert_int_equal(bl_sigv4_new(&sigv4), BLOOP_OK);
    assert_int_equal(bl_sigv4_verify(sigv4, &request, &rules, &verdict, &message), BLOOP_OK);
    if (verdict != BL_SIGV4_ACCEPTED)
        fail_msg("%.*s\n%s", (int)message.size, (const char *)message.data, f->canned.head);
    bl_buffer_free(&message);
    bl_sigv4_free(sigv4);
}

/* Operations change places, and seconds pass: what a lane keeps prepared has to follow. */
static void test_each_request_has_a_signature_of_its_own(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 8; i++) {
        if (i == 5)
            usleep(1100000);
        expect_ok(i % 2 ? put_thing(f->backend, "a") : get_thing(f->backend, i % 4 ? "b" : "c"));
        expect_signed(f);
    }
    assert_int_equal(peer_connections(f->peer), 1);
}

/* libcurl would ask for permission to send more than 1 MB. */
static void test_large_requests_wait_for_no_permission(void **state)
{
    enum { PUTS = 4, SIZE = 390000 };
    fixture *f = *state;
    bloop_write_request puts[PUTS];
    bloop_builder *builders[PUTS];
    char *text = calloc(1, SIZE + 1);
    assert_non_null(text);
    memset(text, 'x', SIZE);
    for (int64_t i = 0; i < PUTS; i++) {
        bloop_builder *b = builders[i] = bloop_builder_new();
        puts[i] = (bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "things" };
        bloop_build_begin(b, BLOOP_TAG_M);
        bloop_put_int64(b, "id", i);
        bloop_put_string(b, "text", text);
        bloop_build_end(b);
        expect_ok(bloop_builder_value(b, &puts[i].item));
    }
    bloop_batch_write_result result;
    expect_ok(
        bloop_batch_write_item(f->backend, &(bloop_batch_write_request){ .writes = puts, .count = PUTS }, &result));
    bloop_result_free(&result.memory);
    for (int64_t i = 0; i < PUTS; i++)
        bloop_builder_free(builders[i]);
    free(text);
    expect_no_line(f, "Expect");
    expect_line(f, "\r\nX-Amz-Target: DynamoDB_20120810.BatchWriteItem\r\n");
}

static void test_connections_are_kept(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 10; i++)
        expect_ok(get_thing(f->backend, "a"));
    assert_int_equal(peer_requests(f->peer), 10);
    assert_int_equal(peer_connections(f->peer), 1);
}

/* One that the other side has closed meanwhile is not used; nothing is lost, and nobody is bothered. */
static void test_a_connection_that_was_closed_while_idle_is_replaced(void **state)
{
    fixture *f = *state;
    f->canned.reply.closes = true;
    for (uint64_t i = 0; i < 3; i++) {
        expect_ok(write_thing(
            f->backend,
            &(text_write){ .kind = BLOOP_WRITE_PUT, .item = "{id: \"a\"}", .condition = "attribute_not_exists(id)" }));
        peer_wait_for_ends(f->peer, i + 1);
    }
    assert_int_equal(peer_requests(f->peer), 3);
    assert_int_equal(peer_connections(f->peer), 3);
}

static void test_what_was_found_is_given(void **state)
{
    fixture *f = *state;
    notation n = { 0 };
    f->canned.reply.body = "{\"Item\":{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"12\"}},\"Unheard\":[1,{}]}";
    f->canned.reply.crc = true;
    bloop_get_request request = { .table = "things", .key = notation_value(&n, "{id: \"a\"}") };
    bloop_get_result result;
    expect_ok(bloop_get_item(f->backend, &request, &result));
    assert_true(result.found);
    assert_true(bloop_value_equal(result.item, notation_value(&n, "{id: \"a\", n: 12}")));
    bloop_result_free(&result.memory);
    notation_free(&n);
}

static void test_the_services_refusals_come_in_its_words(void **state)
{
    static const struct {
        int http_status;
        const char *body;
        bloop_status status;
        const char *message;
    } cases[] = {
        { 400,
          "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException\","
          "\"message\":\"The conditional request failed\"}",
          BLOOP_CONSTRAINT_VIOLATION, "The conditional request failed" },
        { 400, "{\"__type\":\"com.amazon.coral.validate#ValidationException\",\"message\":\"One is missing\"}",
          BLOOP_VALIDATION, "One is missing" },
        { 400,
          "{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\","
          "\"message\":\"Requested resource not found\"}",
          BLOOP_TABLE_NOT_FOUND, "Requested resource not found" },
        { 400, "{\"__type\":\"com.amazon.coral.service#AccessDeniedException\",\"Message\":\"You may not\"}",
          BLOOP_ACCESS_DENIED, "You may not" },
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f->canned.reply.status = cases[i].http_status;
        f->canned.reply.body = cases[i].body;
        expect_status(put_thing(f->backend, "a"), cases[i].status);
        assert_string_equal(bloop_last_error()->message, cases[i].message);
    }
    /* None of them is tried again. */
    assert_int_equal(peer_requests(f->peer), sizeof cases / sizeof cases[0]);
}

static void test_redirects_lead_nowhere(void **state)
{
    fixture *f = *state;
    char location[128];
    snprintf(location, sizeof location, "Location: %s/elsewhere\r\n", peer_url(f->peer));
    f->canned.reply.status = 302;
    f->canned.reply.headers = location;
    expect_status(get_thing(f->backend, "a"), BLOOP_NETWORK);
    assert_null(strstr(f->canned.head, "elsewhere"));
}

typedef struct heard {
    int count;
    bloop_remote_attempt last;
    char operation[32], table[32], request_id[64];
} heard;

static void hear(void *context, const bloop_remote_attempt *attempt)
{
    heard *h = context;
    h->count++;
    h->last = *attempt;
    snprintf(h->operation, sizeof h->operation, "%s", attempt->operation);
    snprintf(h->table, sizeof h->table, "%s", attempt->table);
    snprintf(h->request_id, sizeof h->request_id, "%s", attempt->request_id);
}

static void test_the_hook_hears_of_each_attempt(void **state)
{
    fixture *f = *state;
    notation n = { 0 };
    heard h = { 0 };
    bloop_backend *backend = open_at(f->peer, .hook = hear, .hook_context = &h, .max_attempts = 2);
    f->canned.reply.body = "{\"ConsumedCapacity\":{\"TableName\":\"things\",\"CapacityUnits\":2.5}}";
    f->canned.reply.headers = "x-amzn-RequestId: REQUEST1\r\n";
    f->canned.reply.delay_us = 3000;
    bloop_get_request request = { .table = "things",
                                  .key = notation_value(&n, "{id: \"a\"}"),
                                  .capacity = BLOOP_CAPACITY_TOTAL };
    bloop_get_result result;
    expect_ok(bloop_get_item(backend, &request, &result));
    bloop_result_free(&result.memory);
    assert_int_equal(h.count, 1);
    assert_string_equal(h.operation, "GetItem");
    assert_string_equal(h.table, "things");
    assert_string_equal(h.request_id, "REQUEST1");
    assert_int_equal(h.last.attempt, 1);
    assert_true(h.last.last);
    assert_int_equal(h.last.http_status, 200);
    assert_int_equal(h.last.status, BLOOP_OK);
    assert_true(h.last.capacity == 2.5);
    assert_true(h.last.milliseconds >= 3 && h.last.milliseconds < 10000);

    f->canned.reply = (peer_reply){ .fault = PEER_CLOSES };
    expect_status(get_thing(backend, "a"), BLOOP_NETWORK);
    assert_int_equal(h.last.attempt, 2);
    assert_true(h.last.last);
    assert_int_equal(h.last.http_status, 0);
    assert_int_equal(h.last.status, BLOOP_NETWORK);
    assert_string_equal(h.request_id, "");
    assert_int_equal(h.count, 3);
    bloop_backend_close(backend);
    notation_free(&n);
}

/* Nobody else has asked for it, and nobody else is told. */
static void test_the_hook_hears_what_was_consumed(void **state)
{
    static const char wish[] = "\"ReturnConsumedCapacity\":\"TOTAL\"";
    fixture *f = *state;
    notation n = { 0 };
    heard h = { 0 };
    bloop_backend *backend = open_at(f->peer, .hook = hear, .hook_context = &h);
    f->canned.reply.body = "{\"ConsumedCapacity\":{\"TableName\":\"things\",\"CapacityUnits\":2.5}}";
    const bloop_get_request get = { .table = "things", .key = notation_value(&n, "{id: \"a\"}") };
    bloop_get_result got;
    expect_ok(bloop_get_item(backend, &get, &got));
    assert_true(h.last.capacity == 2.5);
    assert_null(got.capacity);
    bloop_result_free(&got.memory);
    assert_non_null(strstr(f->canned.body, wish));

    f->canned.reply.body =
        "{\"UnprocessedItems\":{},\"ConsumedCapacity\":[{\"TableName\":\"things\",\"CapacityUnits\":3}]}";
    const bloop_write_request put = { .kind = BLOOP_WRITE_PUT, .table = "things", .item = get.key };
    bloop_batch_write_result written;
    expect_ok(bloop_batch_write_item(backend, &(bloop_batch_write_request){ .writes = &put, .count = 1 }, &written));
    assert_true(h.last.capacity == 3);
    assert_true(!written.capacity && written.capacity_count == 0);
    bloop_result_free(&written.memory);
    assert_non_null(strstr(f->canned.body, wish));

    f->canned.reply.body = "{}";
    expect_ok(get_thing(f->backend, "a"));
    assert_null(strstr(f->canned.body, wish));
    bloop_backend_close(backend);
    notation_free(&n);
}

static void test_a_refusal_of_made_up_keys_says_whose_they_are(void **state)
{
    fixture *f = *state;
    bloop_backend *backend = bloop_remote_open(
        &(bloop_remote_options){ .size = sizeof(bloop_remote_options), .endpoint = peer_url(f->peer) });
    assert_non_null(backend);
    f->canned.reply.status = 400;
    f->canned.reply.body = "{\"__type\":\"com.amazon.coral.service#UnrecognizedClientException\","
                           "\"message\":\"The security token included in the request is invalid.\"}";
    expect_failure(get_thing(backend, "a"), BLOOP_ACCESS_DENIED,
                   "is invalid. (signed with made-up keys, since no credentials are configured)");
    expect_status(get_thing(f->backend, "a"), BLOOP_ACCESS_DENIED);
    assert_null(strstr(bloop_last_error()->message, "made-up"));
    bloop_backend_close(backend);
}

/* A success leaves the thread's last error alone, also after attempts that failed. */
static void fail_first(void *context, const peer_request *request, peer_reply *reply)
{
    (void)context;
    *reply = (peer_reply){ .body = "{}", .status = request->number == 1 ? 500 : 200 };
}

static void test_a_success_after_failed_attempts_leaves_no_error(void **state)
{
    fixture *f = *state;
    expect_status(bloop_get_item(f->backend, NULL, &(bloop_get_result){ 0 }), BLOOP_INVALID_ARGUMENT);
    char before[256];
    snprintf(before, sizeof before, "%s", bloop_last_error()->message);
    peer *p = peer_start(&(peer_options){ .answer = fail_first });
    bloop_backend *backend = open_at(p);
    expect_ok(get_thing(backend, "a"));
    assert_int_equal(peer_requests(p), 2);
    assert_int_equal(bloop_last_error()->status, BLOOP_INVALID_ARGUMENT);
    assert_string_equal(bloop_last_error()->message, before);
    bloop_backend_close(backend);
    peer_stop(p);
}

static void test_tables_and_pages(void **state)
{
    fixture *f = *state;
    f->canned.reply.body = "{\"TableNames\":[\"a\",\"things\"],\"LastEvaluatedTableName\":\"things\"}";
    bloop_list_tables_result names;
    expect_ok(bloop_list_tables(f->backend, &(bloop_list_tables_request){ .limit = 2 }, &names));
    assert_int_equal(names.count, 2);
    assert_string_equal(names.last, "things");
    bloop_result_free(&names.memory);
    expect_line(f, "X-Amz-Target: DynamoDB_20120810.ListTables\r\n");

    f->canned.reply.body = "{\"Items\":[{\"id\":{\"S\":\"a\"}},{\"id\":{\"S\":\"b\"}}],\"Count\":2,\"ScannedCount\":5,"
                           "\"LastEvaluatedKey\":{\"id\":{\"S\":\"b\"}}}";
    bloop_search_result page;
    expect_ok(
        bloop_search_page(f->backend, &(bloop_search_request){ .kind = BLOOP_SEARCH_SCAN, .table = "things" }, &page));
    assert_int_equal(page.count, 2);
    assert_int_equal(page.scanned, 5);
    assert_non_null(page.last.data);
    bloop_result_free(&page.memory);
    expect_line(f, "X-Amz-Target: DynamoDB_20120810.Scan\r\n");
}

int main(void)
{
    remote_test_begin();
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_a_request_is_signed_and_has_the_headers_of_the_protocol),
        TEST(test_each_request_has_a_signature_of_its_own),
        TEST(test_large_requests_wait_for_no_permission),
        TEST(test_connections_are_kept),
        TEST(test_a_connection_that_was_closed_while_idle_is_replaced),
        TEST(test_what_was_found_is_given),
        TEST(test_the_services_refusals_come_in_its_words),
        TEST(test_redirects_lead_nowhere),
        TEST(test_the_hook_hears_of_each_attempt),
        TEST(test_the_hook_hears_what_was_consumed),
        TEST(test_a_refusal_of_made_up_keys_says_whose_they_are),
        TEST(test_a_success_after_failed_attempts_leaves_no_error),
        TEST(test_tables_and_pages),
    };
    return cmocka_run_group_tests_name("remote/calls", tests, NULL, NULL);
}
