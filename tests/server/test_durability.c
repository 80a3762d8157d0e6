/* What an answer is worth: a server that is killed while it writes has lost nothing that it had acknowledged, and one whose
   disk is full says so and goes on. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <cmocka.h>

#include "support/http.h"
#include "support/program.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

enum { WRITERS = 6, FILLING = 200, VALUE_BYTES = 50000 };

#define CREATE                                                                                                 \
    "{\"TableName\":\"things\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"               \
    "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}],\"BillingMode\":\"PAY_PER_" \
    "REQUEST\"}"

/* Writes items "NAME-0", "NAME-1", … until the server is gone. */
typedef struct writer {
    const program *to;
    unsigned name;
    _Atomic unsigned acknowledged; /* items */
} writer;

static void put_text(char *out, size_t size, unsigned name, unsigned number)
{
    snprintf(out, size, "{\"TableName\":\"things\",\"Item\":{\"id\":{\"S\":\"%u-%u\"},\"n\":{\"N\":\"%u\"}}}", name,
             number, number);
}

static void *write_until_gone(void *argument)
{
    writer *w = argument;
    int peer = http_try_connect(w->to->url);
    http_answer answer;
    for (bool going = peer >= 0; going;) {
        char body[256];
        put_text(body, sizeof body, w->name, w->acknowledged);
        char *text = http_request_text("PutItem", body);
        going = http_try_send(peer, text, strlen(text)) && http_receive(peer, &answer);
        free(text);
        if (!going)
            break;
        trial_check(answer.status == 200, "%s: status %d, %s", body, answer.status, answer.body);
        w->acknowledged++;
        http_free(&answer);
    }
    http_close(peer);
    return NULL;
}

static void expect_all(const program *p, const writer *w)
{
    int peer = http_connect(p->url);
    for (unsigned i = 0; i < w->acknowledged; i++) {
        char body[256], wanted[256];
        snprintf(body, sizeof body, "{\"TableName\":\"things\",\"Key\":{\"id\":{\"S\":\"%u-%u\"}}}", w->name, i);
        snprintf(wanted, sizeof wanted, "{\"Item\":{\"id\":{\"S\":\"%u-%u\"},\"n\":{\"N\":\"%u\"}}}", w->name, i, i);
        http_answer answer = http_ask(peer, "GetItem", body);
        if (strcmp(answer.body, wanted) != 0)
            fail_msg("%s was acknowledged, and now there is %s", wanted, answer.body);
        http_free(&answer);
    }
    http_close(peer);
}

static unsigned sum_of(const writer *writers)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < WRITERS; i++)
        sum += writers[i].acknowledged;
    return sum;
}

/* Starts the server, lets all write, kills it after a while, but not before a write was acknowledged, which on a disk that is
   busy takes its time. How many were. */
static unsigned write_and_kill(const char *const *arguments, bool create, trial_random *random, writer *writers)
{
    pthread_t threads[WRITERS];
    unsigned before = sum_of(writers);
    program p = program_start(arguments);
    if (create)
        free(program_ask(&p, "CreateTable", CREATE, 200));
    for (unsigned i = 0; i < WRITERS; i++) {
        expect_all(&p, &writers[i]);
        writers[i].to = &p;
    }
    for (unsigned i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_until_gone, &writers[i]), 0);
    trial_wait(50000 + (unsigned)trial_below(random, 250000));
    for (int i = 0; i < 6000 && sum_of(writers) == before; i++)
        trial_wait(10000);
    kill(p.process, SIGKILL);
    for (unsigned i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(program_end(&p, 0, NULL, 0), -1);
    return sum_of(writers) - before;
}

static void test_a_killed_server_loses_nothing(void **state)
{
    (void)state;
    char path[PATH_MAX];
    scratch s = scratch_new();
    const char *const arguments[] = { "--file", scratch_path(&s, "store", path), "--port", "0", NULL };
    trial_random random = trial_stream(11);
    size_t rounds = trial_count("BLOOP_SERVER_KILLS", (trial_counts){ 4, 6, 200 });
    writer writers[WRITERS] = { { .name = 0 } };
    unsigned acknowledged = 0;
    for (unsigned i = 0; i < WRITERS; i++)
        writers[i].name = i;
    for (size_t round = 0; round < rounds; round++)
        acknowledged += write_and_kill(arguments, round == 0, &random, writers);
    assert_true(acknowledged > 0);
    stores_check(path);
    program p = program_start(arguments);
    for (unsigned i = 0; i < WRITERS; i++)
        expect_all(&p, &writers[i]);
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    scratch_remove(&s);
}

static char *large_item(unsigned number)
{
    char *text = malloc(VALUE_BYTES + 128);
    assert_non_null(text);
    int size = snprintf(text, 128, "{\"TableName\":\"things\",\"Item\":{\"id\":{\"S\":\"%u\"},\"v\":{\"S\":\"", number);
    memset(text + size, 'v', VALUE_BYTES);
    memcpy(text + size + VALUE_BYTES, "\"}}}", 5);
    return text;
}

/* Writes until the file may grow no more; how many items are there then. */
static unsigned fill(const program *p)
{
    int peer = http_connect(p->url);
    unsigned count = 0;
    for (int status = 200; status == 200 && count < FILLING; count += status == 200) {
        char *text = large_item(count);
        http_answer answer = http_ask(peer, "PutItem", text);
        status = answer.status;
        if (status != 200) {
            assert_int_equal(status, 500);
            assert_non_null(strstr(answer.body, "#InternalServerError\""));
        }
        http_free(&answer);
        free(text);
    }
    http_close(peer);
    return count;
}

static void test_a_full_disk_is_told(void **state)
{
    (void)state;
    char path[PATH_MAX], body[128];
    scratch s = scratch_new();
    const char *const arguments[] = { "--file", scratch_path(&s, "store", path), "--port", "0", NULL };
    program p = program_start_limited(arguments, (program_limits){ .file_bytes = 3 << 20 });
    free(program_ask(&p, "CreateTable", CREATE, 200));
    unsigned count = fill(&p);
    assert_in_range(count, 10, FILLING - 1);
    for (unsigned i = 0; i < count; i++) {
        snprintf(body, sizeof body, "{\"TableName\":\"things\",\"Key\":{\"id\":{\"S\":\"%u\"}}}", i);
        char *item = program_ask(&p, "GetItem", body, 200);
        assert_true(strlen(item) > VALUE_BYTES);
        free(item);
    }
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    stores_check(path);
    p = program_start(arguments);
    char *text = large_item(count);
    free(program_ask(&p, "PutItem", text, 200));
    free(text);
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_killed_server_loses_nothing),
        cmocka_unit_test(test_a_full_disk_is_told),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("server/durability", tests, NULL, NULL);
}
