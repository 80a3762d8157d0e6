/* More clients than anybody needs, at a server in a process of its own, since each connection is a file at both ends. */
#include "hostile.h"

#include <signal.h>
#include <sys/resource.h>

#include "support/program.h"

enum { CROWD = 10000, FILES_FOR_OTHERS = 200, BYTES_EACH = 24 << 10, BYTES_FOR_ALL = 48 << 20 };

/* Ten thousand, or as many as the process may open. */
static size_t allowed(struct rlimit *before)
{
    struct rlimit all;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, before), 0);
    all = *before;
    all.rlim_cur = all.rlim_max;
    setrlimit(RLIMIT_NOFILE, &all);
    getrlimit(RLIMIT_NOFILE, &all);
    size_t most = all.rlim_cur > 2 * FILES_FOR_OTHERS ? (size_t)all.rlim_cur - FILES_FOR_OTHERS : FILES_FOR_OTHERS;
    size_t count = trial_count("BLOOP_HOSTILE_CONNECTIONS", (trial_counts){ CROWD, CROWD, CROWD });
    if (count > most)
        printf("%zu of %zu connections: the system permits no more files\n", most, count);
    return count < most ? count : most;
}

static void expect_answer(int peer)
{
    http_answer answer = http_ask(peer, "ListTables", "{}");
    assert_int_equal(answer.status, 200);
    http_free(&answer);
}

static void expect_newcomer_answered(const program *p)
{
    int peer = http_connect(p->url);
    expect_answer(peer);
    http_close(peer);
}

/* Nobody has to go, all are answered, and each takes little. */
static void test_ten_thousand_are_served(void **state)
{
    (void)state;
    struct rlimit files;
    size_t count = allowed(&files);
    program p = program_start((const char *[]){ "--memory", "--port", "0", "--threads", "2", NULL });
    int *peers = calloc(count, sizeof *peers);
    assert_non_null(peers);
    size_t before = resident_bytes(p.process);
    for (size_t i = 0; i < count; i++)
        peers[i] = http_connect(p.url);
    expect_newcomer_answered(&p);
    for (size_t i = 0; i < count; i++)
        expect_answer(peers[i]);
    expect_newcomer_answered(&p);
    size_t grown = resident_bytes(p.process) - before;
    printf("%zu connections take %zu KiB, %zu bytes each\n", count, grown / 1024, grown / count);
    assert_true(trial_is_instrumented() || grown < count * BYTES_EACH + BYTES_FOR_ALL);
    for (size_t i = 0; i < count; i++)
        http_close(peers[i]);
    expect_newcomer_answered(&p);
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    free(peers);
    setrlimit(RLIMIT_NOFILE, &files);
}

/* A third sends half a request, a third nothing, a third asks and does not read. */
static void test_ten_thousand_that_mean_harm(void **state)
{
    (void)state;
    struct rlimit files;
    size_t count = allowed(&files);
    program p = program_start((const char *[]){ "--memory", "--port", "0", "--threads", "2", NULL });
    char *text = http_request_text("ListTables", "{}");
    int *peers = calloc(count, sizeof *peers);
    assert_non_null(peers);
    size_t before = resident_bytes(p.process);
    for (size_t i = 0; i < count; i++) {
        peers[i] = http_connect(p.url);
        if (i % 3)
            http_try_send(peers[i], text, i % 3 == 1 ? strlen(text) / 2 : strlen(text));
        if (i % 1000 == 0)
            expect_newcomer_answered(&p);
    }
    expect_newcomer_answered(&p);
    size_t grown = resident_bytes(p.process) - before;
    assert_true(trial_is_instrumented() || grown < count * BYTES_EACH + BYTES_FOR_ALL);
    for (size_t i = 0; i < count; i++)
        http_close(peers[i]);
    expect_newcomer_answered(&p);
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    free(peers);
    free(text);
    setrlimit(RLIMIT_NOFILE, &files);
}

/* libmicrohttpd takes 128 events at once, and forgets them for a while when there are no more. */
static void test_all_that_ask_at_once_are_answered(void **state)
{
    (void)state;
    enum { MOST = 512, EVENTS_AT_ONCE = 128 };
    int peers[MOST];
    program p = program_start((const char *[]){ "--memory", "--port", "0", "--threads", "1", NULL });
    char *text = http_request_text("ListTables", "{}");
    for (size_t i = 0; i < MOST; i++) {
        peers[i] = http_connect(p.url);
        expect_answer(peers[i]);
    }
    for (size_t count = EVENTS_AT_ONCE; count <= MOST; count += EVENTS_AT_ONCE) {
        kill(p.process, SIGSTOP);
        for (size_t i = 0; i < count; i++)
            http_send_text(peers[i], text);
        kill(p.process, SIGCONT);
        for (size_t i = 0; i < count; i++) {
            http_answer answer;
            assert_true(http_receive(peers[i], &answer));
            assert_int_equal(answer.status, 200);
            http_free(&answer);
        }
    }
    for (size_t i = 0; i < MOST; i++)
        http_close(peers[i]);
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
    free(text);
}

/* Where hardly any file may be open, too, those who wait for nothing make room for who asks. */
static void test_few_files_are_enough(void **state)
{
    (void)state;
    enum { FILES = 64, IDLE = 100 };
    int peers[IDLE];
    program p = program_start_limited((const char *[]){ "--memory", "--port", "0", "--threads", "2", NULL },
                                      (program_limits){ .files = FILES });
    for (size_t i = 0; i < IDLE; i++)
        peers[i] = http_connect(p.url);
    expect_newcomer_answered(&p);
    for (size_t i = 0; i < IDLE; i++)
        http_close(peers[i]);
    assert_int_equal(program_end(&p, SIGTERM, NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ten_thousand_are_served),
        cmocka_unit_test(test_ten_thousand_that_mean_harm),
        cmocka_unit_test(test_all_that_ask_at_once_are_answered),
        cmocka_unit_test(test_few_files_are_enough),
    };
    return cmocka_run_group_tests_name("hostile/crowds", tests, NULL, NULL);
}
