/* Every allocation of a backend's life failed in turn, libcurl's own excepted: each call ends with a status, nothing leaks,
   and what could not be had for comfort alone is done without. */
#include "remote_test.h"

#include "support/fail_alloc.h"

/* Answers without an allocation of the library's. */
static void answer(void *context, const peer_request *request, peer_reply *reply)
{
    static const struct {
        const char *operation, *body;
    } answers[] = {
        { "GetItem", "{\"Item\":{\"id\":{\"S\":\"a\"},\"l\":{\"L\":[{\"N\":\"1\"},{\"S\":\"b\"}]}}}" },
        { "PutItem", "{\"Attributes\":{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}}" },
        { "UpdateItem", "{}" },
        { "BatchGetItem", "{\"Responses\":{\"things\":[{\"id\":{\"S\":\"a\"}}]},\"UnprocessedKeys\":{}}" },
        { "Query", "{\"Items\":[{\"id\":{\"S\":\"a\"}}],\"Count\":1,\"ScannedCount\":1}" },
        { "ListTables", "{\"TableNames\":[\"things\"]}" },
        { "DescribeTable",
          "{\"Table\":{\"TableName\":\"things\",\"TableStatus\":\"ACTIVE\",\"KeySchema\":[{\"AttributeName\":"
          "\"id\",\"KeyType\":\"HASH\"}],\"AttributeDefinitions\":[{\"AttributeName\":\"id\","
          "\"AttributeType\":\"S\"}],\"ItemCount\":0,\"TableSizeBytes\":0,\"CreationDateTime\":1.0}}" },
    };
    (void)context;
    reply->status = 400;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (strcmp(answers[i].operation, request->operation) == 0)
            *reply = (peer_reply){ .body = answers[i].body, .crc = true };
}

typedef struct life {
    const char *endpoint;
    notation n;
    bloop_write_request writes[4];
    bloop_batch_get_key keys[1];
    const bloop_expr *key_condition;
} life;

/* How the calls of one life ended. */
typedef struct endings {
    size_t good, no_memory, unknown;
    size_t not_sent; /* since what became of the write before it was unknown */
} endings;

static void note(endings *out, bloop_status status)
{
    if (status == BLOOP_OK)
        out->good++;
    else if (status == BLOOP_NO_MEMORY)
        out->no_memory++;
    else if (status == BLOOP_UNKNOWN_OUTCOME)
        out->unknown++;
    else if (status == BLOOP_NETWORK && out->unknown > 0)
        out->not_sent++;
    else
        fail_msg("%s: %s", bloop_status_name(status), bloop_last_error()->message);
}

static bloop_status receive(void *context, size_t index, bloop_item item)
{
    (void)context;
    (void)index;
    return item.data ? BLOOP_OK : BLOOP_INTERNAL;
}

static void call_all(const life *l, bloop_backend *backend, endings *out)
{
    bloop_get_request get = { .table = "things", .key = l->keys[0].key };
    bloop_get_result got;
    note(out, bloop_get_item(backend, &get, &got));
    bloop_result_free(&got.memory);

    bloop_write_result one, results[4];
    note(out, bloop_write_item(backend, &l->writes[0], &one));
    bloop_result_free(&one.memory);
    bloop_write_items(backend, l->writes, 4, 3, results);
    for (size_t i = 0; i < 4; i++) {
        note(out, results[i].status);
        assert_true(!results[i].message == (results[i].status == BLOOP_OK));
        bloop_result_free(&results[i].memory);
    }

    bloop_batch_get_request many = { .keys = l->keys, .count = 1, .receive = receive };
    bloop_batch_get_result rest;
    note(out, bloop_get_items(backend, &many, 2, &rest));
    bloop_result_free(&rest.memory);

    bloop_search_result page;
    note(out, bloop_search_page(
                  backend, &(bloop_search_request){ .table = "things", .key_condition = l->key_condition }, &page));
    bloop_result_free(&page.memory);

    bloop_list_tables_result names;
    note(out, bloop_list_tables(backend, NULL, &names));
    bloop_result_free(&names.memory);
}

enum { CALLS = 9 };

static endings live(const life *l)
{
    endings out = { 0 };
    bloop_remote_options options = { .size = sizeof options,
                                     .endpoint = l->endpoint,
                                     .access_key = "AKIDEXAMPLE",
                                     .secret_key = "secret",
                                     .session_token = "TOKEN",
                                     .retry_base_ms = 1 };
    bloop_backend *backend = bloop_remote_open(&options);
    if (backend)
        call_all(l, backend, &out);
    else
        note(&out, bloop_last_error()->status);
    bloop_backend_close(backend);
    return out;
}

/* One life with that allocation failed. False when it did not come to it. */
static bool live_with_failure(const life *l, size_t at, fail_alloc_mode mode)
{
    fail_alloc_begin(at, mode);
    endings out = live(l);
    fail_alloc_report report = fail_alloc_end();
    if (report.leaks)
        fail_msg("allocation %zu failed: %zu blocks leaked, the first is number %zu", at, report.leaks,
                 report.first_leak);
    if (report.failures == 0) {
        assert_int_equal(out.good, CALLS);
        return false;
    }
    /* After one failure the rest goes well; after many, some fails. */
    if (mode == FAIL_ALLOC_ALL_AFTER)
        assert_true(out.no_memory + out.unknown > 0);
    else
        assert_true(out.no_memory + out.unknown + out.not_sent <= 4);
    return true;
}

static void test_every_allocation_failed(void **state)
{
    (void)state;
    peer *p = peer_start(&(peer_options){ .answer = answer });
    life l = { .endpoint = peer_url(p) };
    static const text_write texts[] = {
        { .kind = BLOOP_WRITE_PUT, .item = "{id: \"a\", n: 2}", .returns = BLOOP_RETURN_ALL_OLD },
        { .kind = BLOOP_WRITE_PUT, .item = "{id: \"b\"}" },
        { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"a\"}", .update = "SET n = 3, m = [1, {x: \"y\"}] REMOVE o" },
        { .kind = BLOOP_WRITE_UPDATE, .item = "{id: \"c\"}", .update = "ADD n 1", .condition = "attribute_exists(id)" },
    };
    for (size_t i = 0; i < 4; i++)
        l.writes[i] = text_request(&l.n, &texts[i]);
    l.keys[0] = (bloop_batch_get_key){ "things", notation_value(&l.n, "{id: \"a\"}") };
    l.key_condition = notation_condition(&l.n, "id = \"a\"");
    assert_int_equal(live(&l).good, CALLS); /* what is made once in a process */
    size_t at = 0, lives = 0;
    for (at = 0; live_with_failure(&l, at, FAIL_ALLOC_ONE); at++)
        lives++;
    for (at = 0; live_with_failure(&l, at, FAIL_ALLOC_ALL_AFTER); at++)
        lives++;
    print_message("%zu lives\n", lives);
    assert_true(lives > 100);
    notation_free(&l.n);
    peer_stop(p);
}

int main(void)
{
    remote_test_begin();
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_allocation_failed) };
    return cmocka_run_group_tests_name("remote/no_memory", tests, NULL, NULL);
}
