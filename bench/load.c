/* The load generator: an epoll set of connections, each with a request under way. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench.h"

#define FIRST_BUFFER_BYTES ((size_t)16 << 10)
#define LONGEST_WAIT_MS    60000
#define EVENTS             64

/* A histogram of times: 32 steps for each power of two of nanoseconds. */
#define STEPS   32
#define BUCKETS (64 * STEPS)

typedef struct connection {
    int socket;
    size_t request; /* under way */
    uint64_t begun_ns;
    char *buffer;
    size_t used, capacity;
} connection;

typedef struct answer {
    int http_status;
    const char *body;
    size_t size, total; /* of the body; of all */
} answer;

struct load_generator {
    connection *connections;
    size_t count;
    int epoll;
    size_t next; /* request of a plan */
    uint64_t answers;
    uint32_t times[BUCKETS];
};

/* What a run is after. */
typedef struct target {
    uint64_t requests, end_ns;
    uint64_t sent, under_way;
} target;

static bool connect_all(load_generator *load, uint16_t port, size_t count);
static int connect_to(uint16_t port);
static bool wait_and_answer(load_generator *load, const load_plan *plan, target *aim);
static bool send_next(load_generator *load, connection *c, const load_plan *plan, target *aim);
static bool send_request(connection *c, const load_request *request);
static bool receive(connection *c);
static bool parse(const connection *c, answer *out, bool *whole);
static bool parse_headers(const char *at, const char *end, size_t *body_size);
static bool judge(load_generator *load, const connection *c, const load_plan *plan, const answer *got);
static void note_time(load_generator *load, uint64_t ns);
static double percentile_ms(const load_generator *load, uint64_t total, double share);

load_generator *load_new(uint16_t port, size_t connections)
{
    load_generator *made = calloc(1, sizeof *made);
    if (!made) {
        bench_note_failure("out of memory");
        return NULL;
    }
    made->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (made->epoll >= 0 && connect_all(made, port, connections))
        return made;
    if (made->epoll < 0)
        bench_note_failure("epoll: %s", strerror(errno));
    load_free(made);
    return NULL;
}

void load_free(load_generator *load)
{
    if (!load)
        return;
    for (size_t i = 0; i < load->count; i++) {
        close(load->connections[i].socket);
        free(load->connections[i].buffer);
    }
    free(load->connections);
    if (load->epoll >= 0)
        close(load->epoll);
    free(load);
}

bool load_run(load_generator *load, const load_plan *plan, uint64_t requests, double seconds, load_result *out)
{
    uint64_t begin = bench_now_ns();
    target aim = { .requests = requests ? requests : UINT64_MAX,
                   .end_ns = seconds > 0 ? begin + (uint64_t)(seconds * 1e9) : UINT64_MAX };
    memset(load->times, 0, sizeof load->times);
    load->next = plan->first;
    bool done = true;
    for (size_t i = 0; done && i < load->count; i++)
        done = send_next(load, &load->connections[i], plan, &aim);
    while (done && aim.under_way > 0)
        done = wait_and_answer(load, plan, &aim);
    if (!done)
        return false;
    out->requests = aim.sent;
    out->seconds = (double)(bench_now_ns() - begin) / 1e9;
    out->p50_ms = percentile_ms(load, aim.sent, 0.5);
    out->p99_ms = percentile_ms(load, aim.sent, 0.99);
    return true;
}

bool load_ask(load_generator *load, const load_request *request, int *http_status, const char **body, size_t *size)
{
    connection *c = &load->connections[0];
    answer got = { 0 };
    bool whole = false;
    c->used = 0;
    if (!send_request(c, request))
        return false;
    while (!whole)
        if (!receive(c) || !parse(c, &got, &whole))
            return false;
    *http_status = got.http_status;
    *body = got.body;
    *size = got.size;
    return true;
}

static bool connect_all(load_generator *load, uint16_t port, size_t count)
{
    load->connections = calloc(count, sizeof *load->connections);
    if (!load->connections)
        return bench_fail("out of memory");
    for (; load->count < count; load->count++) {
        connection *c = &load->connections[load->count];
        c->socket = connect_to(port);
        if (c->socket < 0)
            return bench_fail("connecting to port %u: %s", port, strerror(errno));
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
        if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, c->socket, &event) != 0) {
            close(c->socket);
            return bench_fail("epoll: %s", strerror(errno));
        }
    }
    return true;
}

static int connect_to(uint16_t port)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    if (made < 0)
        return -1;
    setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(made, (const struct sockaddr *)&address, sizeof address) == 0)
        return made;
    int failure = errno;
    close(made);
    errno = failure;
    return -1;
}

static bool wait_and_answer(load_generator *load, const load_plan *plan, target *aim)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(load->epoll, events, EVENTS, LONGEST_WAIT_MS);
    if (count < 0 && errno == EINTR)
        return true;
    if (count <= 0)
        return bench_fail("no answer within %d s", LONGEST_WAIT_MS / 1000);
    for (int i = 0; i < count; i++) {
        connection *c = events[i].data.ptr;
        answer got = { 0 };
        bool whole = false;
        if (!receive(c) || !parse(c, &got, &whole))
            return false;
        if (!whole)
            continue;
        note_time(load, bench_now_ns() - c->begun_ns);
        aim->under_way--;
        if (!judge(load, c, plan, &got) || !send_next(load, c, plan, aim))
            return false;
    }
    return true;
}

/* Nothing, when enough was sent. */
static bool send_next(load_generator *load, connection *c, const load_plan *plan, target *aim)
{
    c->used = 0;
    c->begun_ns = bench_now_ns();
    if (aim->sent == aim->requests || c->begun_ns >= aim->end_ns)
        return true;
    c->request = load->next++ % plan->count;
    aim->sent++;
    aim->under_way++;
    return send_request(c, &plan->requests[c->request]);
}

static bool send_request(connection *c, const load_request *request)
{
    for (size_t sent = 0; sent < request->size;) {
        ssize_t size = send(c->socket, request->text + sent, request->size - sent, MSG_NOSIGNAL);
        if (size < 0 && errno != EINTR)
            return bench_fail("sending: %s", strerror(errno));
        sent += size > 0 ? (size_t)size : 0;
    }
    return true;
}

static bool receive(connection *c)
{
    if (c->capacity - c->used < FIRST_BUFFER_BYTES / 2) {
        size_t capacity = c->capacity ? 2 * c->capacity : FIRST_BUFFER_BYTES;
        char *larger = realloc(c->buffer, capacity);
        if (!larger)
            return bench_fail("out of memory");
        c->buffer = larger;
        c->capacity = capacity;
    }
    ssize_t size = recv(c->socket, c->buffer + c->used, c->capacity - c->used, 0);
    if (size < 0 && errno == EINTR)
        return true;
    if (size <= 0)
        return bench_fail("receiving: %s", size == 0 ? "the server has closed the connection" : strerror(errno));
    c->used += (size_t)size;
    return true;
}

/* An answer as far as it is there. */
static bool parse(const connection *c, answer *out, bool *whole)
{
    static const char line[] = "HTTP/1.1 200";
    const char *end = c->used ? memmem(c->buffer, c->used, "\r\n\r\n", 4) : NULL;
    *whole = false;
    if (!end)
        return true;
    if (c->used < sizeof line || memcmp(c->buffer, line, strlen("HTTP/1.")) != 0)
        return bench_fail("an answer is no HTTP");
    out->http_status = (int)strtol(c->buffer + strlen("HTTP/1.1 "), NULL, 10);
    if (!parse_headers(c->buffer, end, &out->size))
        return bench_fail("an answer without Content-Length");
    out->body = end + 4;
    out->total = (size_t)(out->body - c->buffer) + out->size;
    *whole = c->used >= out->total;
    return c->used <= out->total ? true : bench_fail("an answer is longer than it says");
}

static bool parse_headers(const char *at, const char *end, size_t *body_size)
{
    static const char name[] = "\r\ncontent-length:";
    const size_t size = sizeof name - 1;
    for (; (at = memchr(at, '\r', (size_t)(end - at))) != NULL && (size_t)(end - at) > size; at++) {
        if (strncasecmp(at, name, size) != 0)
            continue;
        *body_size = strtoul(at + size, NULL, 10);
        return true;
    }
    return false;
}

static bool judge(load_generator *load, const connection *c, const load_plan *plan, const answer *got)
{
    if (got->http_status != 200)
        return bench_fail("request %zu was answered with %d: %.*s", c->request, got->http_status,
                          (int)(got->size < 300 ? got->size : 300), got->body);
    if (load->answers++ % plan->check_every != 0 || plan->check(plan->context, c->request, got->body, got->size))
        return true;
    return bench_fail("request %zu has a wrong answer: %.*s", c->request, (int)(got->size < 300 ? got->size : 300),
                      got->body);
}

static void note_time(load_generator *load, uint64_t ns)
{
    unsigned power = 63 - (unsigned)__builtin_clzll(ns | STEPS);
    load->times[(power - 5) * STEPS + (ns >> (power - 5)) % STEPS]++;
}

static double percentile_ms(const load_generator *load, uint64_t total, double share)
{
    uint64_t wanted = (uint64_t)((double)total * share), seen = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += load->times[i];
        if (seen > wanted)
            return (double)((UINT64_C(32) + i % STEPS) << (i / STEPS)) / 1e6;
    }
    return 0;
}
