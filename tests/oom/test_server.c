/* Every allocation failed in turn while a server starts, answers and stops: an error or a closed connection each time, then
   others are served again, and nothing is left allocated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <bloop/sys/server.h>

#include "support/fail_alloc.h"
#include "support/http.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

enum { DRAIN_MS = 5000, MOST_ALLOCATIONS = 5000 };

#define DEFINITION                                                                                                   \
    ",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],\"AttributeDefinitions\":[{\"AttributeName\":" \
    "\"id\",\"AttributeType\":\"S\"}],\"BillingMode\":\"PAY_PER_REQUEST\"}"
#define THINGS "{\"TableName\":\"things\""
#define KEY    ",\"Key\":{\"id\":{\"S\":\"a\"}}"

/* A request, and the status of its answer when memory suffices. */
typedef struct request_case {
    const char *operation, *body;
    int status;
} request_case;

static const request_case requests[] = {
    { "ListTables", "{}", 200 },
    { "NoSuchOperation", "{}", 400 },
    { "CreateTable", "{\"TableName\":\"others\"" DEFINITION, 200 },
    { "DescribeTable", THINGS "}", 200 },
    { "UpdateTable", THINGS ",\"DeletionProtectionEnabled\":true}", 200 },
    { "DeleteTable", THINGS "}", 200 },
    { "GetItem", THINGS KEY "}", 200 },
    { "GetItem", THINGS KEY ",\"ReturnConsumedCapacity\":\"TOTAL\",\"ProjectionExpression\":\"id, n\"}", 200 },
    { "GetItem", THINGS ",\"Key\":{\"no\":{\"S\":\"a\"}}}", 400 },
    { "PutItem", THINGS ",\"Item\":{\"id\":{\"S\":\"b\"},\"l\":{\"L\":[{\"N\":\"1\"},{\"M\":{}}]}}}", 200 },
    { "PutItem",
      THINGS ",\"Item\":{\"id\":{\"S\":\"a\"}},\"ConditionExpression\":\"attribute_not_exists(id)\","
             "\"ReturnValuesOnConditionCheckFailure\":\"ALL_OLD\"}",
      400 },
    { "UpdateItem",
      THINGS KEY ",\"UpdateExpression\":\"SET n = n + :one\",\"ExpressionAttributeValues\":{\":one\":{\"N\":\"1\"}},"
                 "\"ReturnValues\":\"ALL_NEW\"}",
      200 },
    { "DeleteItem", THINGS KEY ",\"ReturnValues\":\"ALL_OLD\"}", 200 },
    { "BatchGetItem", "{\"RequestItems\":{\"things\":{\"Keys\":[{\"id\":{\"S\":\"a\"}},{\"id\":{\"S\":\"b\"}}]}}}",
      200 },
    { "BatchWriteItem",
      "{\"RequestItems\":{\"things\":[{\"PutRequest\":{\"Item\":{\"id\":{\"S\":\"b\"}}}},{\"DeleteRequest\":{\"Key\":{"
      "\"id\":{\"S\":\"a\"}}}}]}}",
      200 },
    { "Query", THINGS ",\"KeyConditionExpression\":\"id = :id\",\"ExpressionAttributeValues\":{\":id\":{\"S\":\"a\"}}}",
      200 },
    { "Scan",
      THINGS ",\"FilterExpression\":\"#n > :n\",\"ExpressionAttributeNames\":{\"#n\":\"n\"},"
             "\"ExpressionAttributeValues\":{\":n\":{\"N\":\"0\"}}}",
      200 },
    { "DescribeLimits", "{}", 200 },
    { "DescribeEndpoints", "{}", 200 },
    { "DescribeTimeToLive", THINGS "}", 200 },
    { "DescribeContinuousBackups", THINGS "}", 200 },
    { "ListTagsOfResource", "{\"ResourceArn\":\"arn:aws:dynamodb:ddblocal:000000000000:table/things\"}", 200 },
};

/* 0: the connection was closed instead. */
static int ask(const bloop_server *server, const request_case *c)
{
    http_answer answer;
    int status = 0;
    char *text = http_request_text(c->operation, c->body);
    int peer = http_connect(bloop_server_url(server));
    if (http_try_send(peer, text, strlen(text)) && http_receive(peer, &answer)) {
        status = answer.status;
        http_free(&answer);
    }
    http_close(peer);
    free(text);
    return status;
}

static bloop_backend *open_store(void)
{
    static const char table[] = "{\"TableName\":\"things\"" DEFINITION;
    static const char item[] = THINGS ",\"Item\":{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"41\"}}}";
    bloop_backend *store = stores_open(&(bloop_store_options){ .durability = BLOOP_DURABLE_LATER });
    bloop_server *server = NULL;
    stores_ok(bloop_server_start(store, &(bloop_server_options){ .threads = 1, .writes_at_once = true }, &server));
    assert_int_equal(ask(server, &(request_case){ "CreateTable", table, 200 }), 200);
    assert_int_equal(ask(server, &(request_case){ "PutItem", item, 200 }), 200);
    bloop_server_stop(server, DRAIN_MS);
    return store;
}

/* Starts a server, asks, stops it. False: no allocation was left to fail. */
static bool fail_one(const bloop_server_options *options, const request_case *c, size_t number, fail_alloc_mode mode)
{
    static const request_case other = { "ListTables", "{}", 200 };
    bloop_backend *store = open_store();
    bloop_server *server = NULL;
    fail_alloc_begin(number, mode);
    bloop_status started = bloop_server_start(store, options, &server);
    int status = started == BLOOP_OK ? ask(server, c) : 0;
    fail_alloc_report before = fail_alloc_so_far();
    int next = started == BLOOP_OK && before.failures && mode == FAIL_ALLOC_ONE ? ask(server, &other) : 200;
    bloop_server_stop(server, DRAIN_MS);
    bloop_backend_close(store);
    fail_alloc_report report = fail_alloc_end();
    if (report.leaks)
        fail_msg("%s, allocation %zu failed: %zu blocks leak, the first from allocation %zu", c->operation, number,
                 report.leaks, report.first_leak);
    if (started != BLOOP_OK && (started != BLOOP_NO_MEMORY || !before.failures))
        fail_msg("allocation %zu failed: starting gave %s", number, bloop_status_name(started));
    if (!before.failures && status != c->status)
        fail_msg("%s: status %d, with all the memory", c->operation, status);
    if (before.failures && status != 0 && status != 500 && status != 503 && status != c->status)
        fail_msg("%s, allocation %zu failed: status %d", c->operation, number, status);
    if (next != 200 && !options->credentials)
        fail_msg("%s, allocation %zu failed: the next client got %d", c->operation, number, next);
    return before.failures > 0;
}

static void fail_each(const bloop_server_options *options, const request_case *c)
{
    static const fail_alloc_mode modes[] = { FAIL_ALLOC_ONE, FAIL_ALLOC_ALL_AFTER };
    for (size_t mode = 0; mode < 2; mode++) {
        size_t number = 0;
        while (fail_one(options, c, number, modes[mode]))
            assert_true(++number < MOST_ALLOCATIONS);
        if (mode == 0)
            printf("%-26s %3zu allocations\n", c->operation, number);
    }
}

static void test_each_operation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        fail_each(&(bloop_server_options){ .threads = 1, .writes_at_once = true }, &requests[i]);
        fail_each(&(bloop_server_options){ .threads = 1 }, &requests[i]);
    }
}

static void test_refusing_a_signature(void **state)
{
    static const char text[] = "[default]\naws_access_key_id = a\naws_secret_access_key = b\n";
    static const request_case unsigned_request = { "ListTables", "{}", 400 };
    (void)state;
    char path[PATH_MAX];
    scratch s = scratch_new();
    scratch_write(scratch_path(&s, "credentials", path), text, sizeof text - 1);
    fail_each(&(bloop_server_options){ .threads = 1, .credentials = path }, &unsigned_request);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_operation),
        cmocka_unit_test(test_refusing_a_signature),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("oom/server", tests, NULL, NULL);
}
