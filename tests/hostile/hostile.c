/* What the tests of hostile clients share. */
#include "hostile.h"

#include <unistd.h>

#define KEPT_BY_PEERS  8192
#define TIMES_A_SECOND 100
#define SOON           60 /* seconds: many times what the server's limits come to */

const bloop_server_options hostile_options = {
    .threads = 1, .writes_at_once = true, .max_body_bytes = 1 << 20, .max_held_bytes = 8 << 20
};

static int start(void **state, const bloop_server_options *options);

int hostile_start(void **state)
{
    return start(state, &hostile_options);
}

int hostile_start_in_a_hurry(void **state)
{
    bloop_server_options options = hostile_options;
    options.request_timeout_ms = HOSTILE_REQUEST_MS;
    options.idle_timeout_ms = HOSTILE_IDLE_MS;
    return start(state, &options);
}

int hostile_stop(void **state)
{
    served_stop(*state);
    return 0;
}

void expect_served(const served *s)
{
    int peer = http_connect(served_url(s));
    http_answer answer = http_ask(peer, "ListTables", "{}");
    assert_int_equal(answer.status, 200);
    http_free(&answer);
    http_close(peer);
}

void expect_released(const served *s, uint64_t connections)
{
    bloop_server_counts counts = { 0 };
    for (int64_t i = 0; i < SOON * TIMES_A_SECOND; i++) {
        bloop_server_count(s->server, &counts);
        if (counts.connections <= connections && counts.held_bytes <= connections * KEPT_BY_PEERS)
            return;
        trial_wait(1000000 / TIMES_A_SECOND);
    }
    fail_msg("the server still has %d connections, and holds %d bytes for them", (int)counts.connections,
             (int)counts.held_bytes);
}

size_t resident_bytes(pid_t process)
{
    char path[64], line[256];
    size_t kilobytes = 0;
    snprintf(path, sizeof path, "/proc/%d/status", process ? (int)process : (int)getpid());
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (kilobytes == 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kilobytes = strtoul(line + 6, NULL, 10);
    (void)fclose(file);
    assert_true(kilobytes > 0);
    return kilobytes * 1024;
}

int send_and_see(const served *s, const void *data, size_t size)
{
    http_answer answer;
    int status = 0;
    int peer = http_connect(served_url(s));
    http_try_send(peer, data, size);
    if (http_receive(peer, &answer)) {
        status = answer.status;
        http_free(&answer);
    }
    http_close(peer);
    return status;
}

static int start(void **state, const bloop_server_options *options)
{
    static served s;
    s = served_start(NULL, options);
    *state = &s;
    return 0;
}
