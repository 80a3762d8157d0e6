/* What the tests of hostile clients share. */
#include "hostile.h"

#include <unistd.h>

#include "base/base.h"

#define KEPT_BY_PEERS  8192
#define TIMES_A_SECOND 100

const bloop_server_options hostile_options = { .threads = 1,
                                               .writes_at_once = true,
                                               .max_body_bytes = 1 << 20,
                                               .max_held_bytes = 8 << 20,
                                               .request_timeout_ms = 1000,
                                               .idle_timeout_ms = 2000 };

static int64_t soon_ms(void);

int hostile_start(void **state)
{
    static served s;
    s = served_start(NULL, &hostile_options);
    *state = &s;
    return 0;
}

int hostile_stop(void **state)
{
    served_stop(*state);
    return 0;
}

void expect_served(const served *s)
{
    int64_t begin = bl_monotonic_nanoseconds();
    int peer = http_connect(served_url(s));
    http_answer answer = http_ask(peer, "ListTables", "{}");
    int64_t ms = (bl_monotonic_nanoseconds() - begin) / 1000000;
    assert_int_equal(answer.status, 200);
    http_free(&answer);
    http_close(peer);
    if (ms > soon_ms())
        fail_msg("an honest client had to wait for %d ms", (int)ms);
}

void expect_released(const served *s, uint64_t connections)
{
    bloop_server_counts counts = { 0 };
    for (int64_t i = 0; i < soon_ms() * TIMES_A_SECOND / 1000; i++) {
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

static int64_t soon_ms(void)
{
    return trial_is_instrumented() ? 15000 : 3000;
}
