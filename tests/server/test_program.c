/* `bloop serve` from the outside: its arguments, its one line, its signals, its file. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/http.h"
#include "support/program.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

#define CREATE                                                                                                 \
    "{\"TableName\":\"things\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"               \
    "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"BillingMode\":\"PAY_PER_" \
    "REQUEST\"}"
#define ITEM(id) "{\"TableName\":\"things\",\"Item\":{\"id\":{\"S\":\"" id "\"},\"n\":{\"N\":\"1\"}}}"
#define KEY(id)  "{\"TableName\":\"things\",\"Key\":{\"id\":{\"S\":\"" id "\"}}}"

static void expect(const program *p, const char *operation, const char *body, const char *answer)
{
    char *got = program_ask(p, operation, body, 200);
    assert_string_equal(got, answer);
    free(got);
}

static void expect_done(const program *p, const char *operation, const char *body)
{
    free(program_ask(p, operation, body, 200));
}

static void test_it_serves_until_a_signal(void **state)
{
    static const int signals[] = { SIGTERM, SIGINT };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char printed[256];
        unsigned port = 0;
        program p = program_start((const char *[]){ "--memory", "--port", "0", "--threads", "2", NULL });
        assert_int_equal(sscanf(p.url, "http://127.0.0.1:%u", &port), 1);
        assert_true(port > 0);
        expect(&p, "ListTables", "{}", "{\"TableNames\":[]}");
        assert_int_equal(program_end(&p, signals[i], printed, sizeof printed), 0);
        assert_string_equal(printed, "");
    }
}

/* A request that was under way when the signal came is answered; then the program ends well. */
static void test_a_signal_lets_requests_end(void **state)
{
    (void)state;
    http_answer answer;
    program p = program_start((const char *[]){ "--memory", "--port", "0", NULL });
    int idle = http_connect(p.url), busy = http_connect(p.url);
    /* Whoever is told to go on knows that the request has begun. */
    http_send_text(busy,
                   "POST / HTTP/1.1\r\nHost: a\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n" HTTP_AUTHORIZATION
                   "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    assert_true(http_receive(busy, &answer));
    assert_int_equal(answer.status, 100);
    http_free(&answer);
    kill(p.process, SIGTERM);
    assert_true(http_is_closed(idle));
    http_send_text(busy, "{}");
    assert_true(http_receive(busy, &answer));
    assert_string_equal(answer.body, "{\"TableNames\":[]}");
    assert_int_equal(program_end(&p, 0, NULL, 0), 0);
    http_free(&answer);
    http_close(busy);
    http_close(idle);
}

static void test_a_file_keeps_what_was_written(void **state)
{
    (void)state;
    char path[PATH_MAX];
    scratch s = scratch_new();
    const char *const arguments[] = { "--file", scratch_path(&s, "store", path), "--port", "0", NULL };
    program p = program_start(arguments);
    expect_done(&p, "CreateTable", CREATE);
    expect(&p, "PutItem", ITEM("a"), "{}");
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    stores_check(path);
    p = program_start(arguments);
    expect(&p, "ListTables", "{}", "{\"TableNames\":[\"things\"]}");
    expect(&p, "GetItem", KEY("a"), "{\"Item\":{\"id\":{\"S\":\"a\"},\"n\":{\"N\":\"1\"}}}");
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    scratch_remove(&s);
}

/* Each sees at once what the other has written. */
static void test_two_servers_share_a_file(void **state)
{
    (void)state;
    char path[PATH_MAX];
    scratch s = scratch_new();
    const char *const arguments[] = { "--file", scratch_path(&s, "store", path), "--port", "0", NULL };
    program one = program_start(arguments), two = program_start(arguments);
    expect_done(&one, "CreateTable", CREATE);
    expect(&two, "PutItem", ITEM("of two"), "{}");
    expect(&one, "PutItem", ITEM("of one"), "{}");
    expect(&one, "GetItem", KEY("of two"), "{\"Item\":{\"id\":{\"S\":\"of two\"},\"n\":{\"N\":\"1\"}}}");
    expect(&two, "GetItem", KEY("of one"), "{\"Item\":{\"id\":{\"S\":\"of one\"},\"n\":{\"N\":\"1\"}}}");
    expect_done(&two, "DeleteTable", "{\"TableName\":\"things\"}");
    free(program_ask(&one, "GetItem", KEY("of two"), 400));
    assert_int_equal(program_end(&one, SIGTERM, NULL, 0), 0);
    expect(&two, "ListTables", "{}", "{\"TableNames\":[]}");
    assert_int_equal(program_end(&two, SIGTERM, NULL, 0), 0);
    scratch_remove(&s);
}

static void test_credentials_are_asked_for(void **state)
{
    (void)state;
    static const char text[] = "[default]\naws_access_key_id = a\naws_secret_access_key = b\n";
    char path[PATH_MAX];
    scratch s = scratch_new();
    scratch_write(scratch_path(&s, "credentials", path), text, sizeof text - 1);
    program p = program_start((const char *[]){ "--memory", "--port", "0", "--credentials", path, NULL });
    char *answer = program_ask(&p, "ListTables", "{}", 400);
    assert_non_null(strstr(answer, "com.amazon.coral.service#"));
    assert_null(strstr(answer, "TableNames"));
    free(answer);
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    scratch_remove(&s);
}

/* What can't be done is told in a line, and with an exit code: 2 for a wrong command line, 1 for all else. */
static void test_what_cannot_be_served_is_told(void **state)
{
    (void)state;
    program first = program_start((const char *[]){ "--memory", "--port", "0", NULL });
    const char *taken = strrchr(first.url, ':') + 1;
    const struct {
        const char *arguments[6];
        int code;
    } cases[] = {
        { { NULL }, 2 },
        { { "--memory", "--file", "x", NULL }, 2 },
        { { "--memory", "--port", NULL }, 2 },
        { { "--memory", "--port", "65536", NULL }, 2 },
        { { "--memory", "--port", "-1", NULL }, 2 },
        { { "--memory", "--port", "80a", NULL }, 2 },
        { { "--memory", "--threads", "0", NULL }, 2 },
        { { "--memory", "--threads", "65", NULL }, 2 },
        { { "--memory", "--host", "", NULL }, 2 },
        { { "--memory", "more", NULL }, 2 },
        { { "--memory", "--port", taken, NULL }, 1 },
        { { "--memory", "--port", "0", "--credentials", "/no/such/file", NULL }, 1 },
        { { "--file", "/no/such/folder/store", "--port", "0", NULL }, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        program p = program_start(cases[i].arguments);
        assert_string_equal(p.url, "");
        int code = program_end(&p, 0, NULL, 0);
        if (code != cases[i].code)
            fail_msg("case %zu: exit code %d", i, code);
    }
    assert_int_equal(program_end(&first, SIGTERM, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_serves_until_a_signal),      cmocka_unit_test(test_a_signal_lets_requests_end),
        cmocka_unit_test(test_a_file_keeps_what_was_written), cmocka_unit_test(test_two_servers_share_a_file),
        cmocka_unit_test(test_credentials_are_asked_for),     cmocka_unit_test(test_what_cannot_be_served_is_told),
    };
    return cmocka_run_group_tests_name("server/program", tests, NULL, NULL);
}
