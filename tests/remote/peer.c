/* The HTTP server of the tests: a thread that accepts, and one for each connection. */
#include "peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/trial.h"
#include "wire/wire.h"

#define HEAD_SIZE       16384
#define LONGEST_STALL_S 60

typedef struct connection {
    struct connection *next;
    peer *owner;
    pthread_t thread;
    int socket;
    SSL *tls;
    uint64_t id;
    char head[HEAD_SIZE];
    size_t size; /* of what was read and belongs to no request yet */
    atomic_bool over;
} connection;

struct peer {
    peer_options options;
    SSL_CTX *tls;
    int socket, port;
    char url[64];
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_rwlock_t settling; /* held for reading from the look at whether anybody waits until the answer is made */
    connection *connections;
    atomic_bool stopping;
    atomic_uint_fast64_t accepted, ended, requests, done, now, most;
};

static void *accept_all(void *context);
static void *serve(void *context);
static void serve_requests(connection *c);
static bool read_request(connection *c, peer_request *out, char *operation, size_t room);
static bool read_body(connection *c, size_t begin, size_t size, char **out);
static void answer_request(connection *c, const peer_request *request, bool *goes_on);
static bool send_reply(connection *c, const peer_reply *reply);
static bool send_part(connection *c, const char *head, size_t head_size, const peer_reply *reply, size_t size);
static void make_reply(connection *c, const peer_request *request, peer_reply *reply);
static bool is_over(const connection *c);
static void wait_for_acknowledgement(const connection *c);
static void wait_until(const atomic_uint_fast64_t *counter, uint64_t count, const char *what);
static void pour(connection *c);
static void wait_for_end(connection *c);
static void reset(connection *c);
static ssize_t receive(connection *c, void *data, size_t size);
static bool send_all(connection *c, const void *data, size_t size);
static void reap(peer *p, bool all);

peer *peer_start(const peer_options *options)
{
    peer *p = calloc(1, sizeof *p);
    trial_check(p, "no memory");
    p->options = *options;
    pthread_mutex_init(&p->lock, NULL);
    pthread_rwlock_init(&p->settling, NULL);
    if (options->certificate) {
        p->tls = SSL_CTX_new(TLS_server_method());
        trial_check(p->tls, "no TLS");
        trial_check(SSL_CTX_use_certificate_chain_file(p->tls, options->certificate) == 1, "no certificate");
        trial_check(SSL_CTX_use_PrivateKey_file(p->tls, options->key, SSL_FILETYPE_PEM) == 1, "no key");
    }
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    p->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    trial_check(p->socket >= 0 && bind(p->socket, (struct sockaddr *)&address, size) == 0, "no socket");
    trial_check(listen(p->socket, 128) == 0 && getsockname(p->socket, (struct sockaddr *)&address, &size) == 0,
                "no port");
    p->port = ntohs(address.sin_port);
    snprintf(p->url, sizeof p->url, "%s://127.0.0.1:%d", p->tls ? "https" : "http", p->port);
    trial_check(pthread_create(&p->thread, NULL, accept_all, p) == 0, "no thread");
    return p;
}

void peer_stop(peer *p)
{
    atomic_store(&p->stopping, true);
    shutdown(p->socket, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    reap(p, true);
    close(p->socket);
    SSL_CTX_free(p->tls);
    pthread_rwlock_destroy(&p->settling);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

int peer_port(const peer *p)
{
    return p->port;
}

const char *peer_url(const peer *p)
{
    return p->url;
}

uint64_t peer_connections(const peer *p)
{
    return atomic_load(&p->accepted);
}

uint64_t peer_requests(const peer *p)
{
    return atomic_load(&p->requests);
}

uint64_t peer_most_at_once(const peer *p)
{
    return atomic_load(&p->most);
}

void peer_wait_for_ends(peer *p, uint64_t count)
{
    wait_until(&p->ended, count, "connections that end");
}

void peer_settle(peer *p)
{
    pthread_rwlock_wrlock(&p->settling);
    pthread_rwlock_unlock(&p->settling);
}

void peer_rest(peer *p)
{
    wait_until(&p->done, atomic_load(&p->requests), "requests that are done with");
}

/* The socket is never closed, so that nobody else gets its port, and never listens. */
int peer_dead_port(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    trial_check(s >= 0 && bind(s, (struct sockaddr *)&address, size) == 0, "no socket");
    trial_check(getsockname(s, (struct sockaddr *)&address, &size) == 0, "no port");
    return ntohs(address.sin_port);
}

bool peer_header(const peer_request *request, const char *name, char *out, size_t size)
{
    size_t length = strlen(name);
    for (const char *line = strstr(request->head, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
        const char *at = line + 2;
        if (strncasecmp(at, name, length) != 0 || at[length] != ':')
            continue;
        at += length + 1;
        at += strspn(at, " ");
        snprintf(out, size, "%.*s", (int)strcspn(at, "\r"), at);
        return true;
    }
    return false;
}

static void *accept_all(void *context)
{
    peer *p = context;
    while (!atomic_load(&p->stopping)) {
        int s = accept4(p->socket, NULL, NULL, SOCK_CLOEXEC);
        if (s < 0)
            continue;
        connection *c = calloc(1, sizeof *c);
        trial_check(c, "no memory");
        int on = 1;
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        c->owner = p;
        c->socket = s;
        c->id = atomic_fetch_add(&p->accepted, 1) + 1;
        pthread_mutex_lock(&p->lock);
        c->next = p->connections;
        p->connections = c;
        pthread_mutex_unlock(&p->lock);
        trial_check(pthread_create(&c->thread, NULL, serve, c) == 0, "no thread");
        reap(p, false);
    }
    return NULL;
}

/* Joins the threads of connections that are over; `all` ends the others first. */
static void reap(peer *p, bool all)
{
    pthread_mutex_lock(&p->lock);
    for (connection **at = &p->connections; *at;) {
        connection *c = *at;
        if (all)
            shutdown(c->socket, SHUT_RDWR);
        if (!all && !atomic_load(&c->over)) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        pthread_join(c->thread, NULL);
        close(c->socket);
        free(c);
    }
    pthread_mutex_unlock(&p->lock);
}

static void *serve(void *context)
{
    connection *c = context;
    if (c->owner->tls) {
        c->tls = SSL_new(c->owner->tls);
        trial_check(c->tls && SSL_set_fd(c->tls, c->socket) == 1, "no TLS");
        if (SSL_accept(c->tls) == 1)
            serve_requests(c);
        SSL_free(c->tls);
        ERR_clear_error();
    } else {
        serve_requests(c);
    }
    shutdown(c->socket, SHUT_RDWR);
    wait_for_acknowledgement(c);
    atomic_fetch_add(&c->owner->ended, 1);
    atomic_store(&c->over, true);
    return NULL;
}

static void serve_requests(connection *c)
{
    char operation[64];
    bool goes_on = true;
    for (uint64_t number = 1; goes_on; number++) {
        peer_request request = { .from = c->owner, .connection = c->id, .number = number };
        if (!read_request(c, &request, operation, sizeof operation))
            break;
        atomic_fetch_add(&c->owner->requests, 1);
        answer_request(c, &request, &goes_on);
        free((void *)(uintptr_t)request.head);
        free((void *)(uintptr_t)request.body);
        atomic_fetch_add(&c->owner->done, 1);
    }
}

/* Head and body, in memory of their own. */
static bool read_request(connection *c, peer_request *out, char *operation, size_t room)
{
    char *end = NULL;
    for (;;) {
        c->head[c->size] = 0;
        end = strstr(c->head, "\r\n\r\n");
        if (end)
            break;
        ssize_t got = c->size < HEAD_SIZE - 1 ? receive(c, c->head + c->size, HEAD_SIZE - 1 - c->size) : 0;
        if (got <= 0)
            return false;
        c->size += (size_t)got;
    }
    size_t head_size = (size_t)(end - c->head) + 4;
    char *head = strndup(c->head, head_size), text[128];
    trial_check(head, "no memory");
    out->head = head;
    out->body_size = peer_header(out, "Content-Length", text, sizeof text) ? strtoull(text, NULL, 10) : 0;
    snprintf(operation, room, "%s",
             peer_header(out, "X-Amz-Target", text, sizeof text) && strchr(text, '.') ? strchr(text, '.') + 1 : "");
    out->operation = operation;
    char *body = NULL;
    if (!read_body(c, head_size, out->body_size, &body)) {
        free(head);
        return false;
    }
    out->body = body;
    return true;
}

static bool read_body(connection *c, size_t begin, size_t size, char **out)
{
    char *body = malloc(size + 1);
    trial_check(body, "no memory");
    size_t there = c->size - begin < size ? c->size - begin : size;
    memcpy(body, c->head + begin, there);
    c->size -= begin + there;
    memmove(c->head, c->head + begin + there, c->size);
    while (there < size) {
        ssize_t got = receive(c, body + there, size - there);
        if (got <= 0) {
            free(body);
            return false;
        }
        there += (size_t)got;
    }
    body[size] = 0;
    *out = body;
    return true;
}

static void answer_request(connection *c, const peer_request *request, bool *goes_on)
{
    peer *p = c->owner;
    peer_reply reply = { .closes = true };
    pthread_rwlock_rdlock(&p->settling);
    /* Nobody waits any more for an answer to what comes so late. */
    bool late = is_over(c);
    if (!late)
        make_reply(c, request, &reply);
    pthread_rwlock_unlock(&p->settling);
    if (reply.delay_us)
        usleep(reply.delay_us);
    if (!late)
        atomic_fetch_sub(&p->now, 1);
    *goes_on = !late && send_reply(c, &reply) && !reply.closes;
    free(reply.owned);
}

static void make_reply(connection *c, const peer_request *request, peer_reply *reply)
{
    peer *p = c->owner;
    uint64_t now = atomic_fetch_add(&p->now, 1) + 1, most = atomic_load(&p->most);
    while (now > most && !atomic_compare_exchange_weak(&p->most, &most, now))
        ;
    *reply = (peer_reply){ 0 };
    p->options.answer(p->options.context, request, reply);
}

/* False when the connection is over. */
static bool send_reply(connection *c, const peer_reply *reply)
{
    static const char *const babble = "\x15\x03\x01 this is no HTTP\r\n\r\n";
    peer_reply whole = *reply;
    if (!whole.body)
        whole.body = "";
    if (!whole.body_size)
        whole.body_size = strlen(whole.body);
    char head[1024], crc[48] = "";
    if (reply->crc)
        snprintf(crc, sizeof crc, "x-amz-crc32: %u\r\n",
                 bl_wire_crc32(whole.body, whole.body_size) ^ (reply->wrong ? 1u : 0u));
    int size =
        snprintf(head, sizeof head,
                 "HTTP/1.1 %d Whatever\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\n%s%s\r\n",
                 reply->status ? reply->status : 200, reply->fault == PEER_POURS ? (size_t)1 << 40 : whole.body_size,
                 crc, reply->headers ? reply->headers : "");
    size_t head_size = (size_t)size, half = (head_size + whole.body_size) / 2;
    switch (reply->fault) {
    case PEER_ANSWERS: return send_part(c, head, head_size, &whole, head_size + whole.body_size);
    case PEER_CLOSES: break;
    case PEER_RESETS: reset(c); break;
    case PEER_RESETS_MIDWAY:
        send_part(c, head, head_size, &whole, half);
        usleep(1000);
        reset(c);
        break;
    case PEER_TRUNCATES: send_part(c, head, head_size, &whole, half); break;
    case PEER_STALLS: wait_for_end(c); break;
    case PEER_STALLS_MIDWAY:
        send_part(c, head, head_size, &whole, half);
        wait_for_end(c);
        break;
    case PEER_BABBLES: send_all(c, babble, strlen(babble)); break;
    case PEER_POURS:
        if (send_all(c, head, head_size))
            pour(c);
        break;
    }
    return false;
}

/* The first `size` bytes of head and body, in one piece where that is possible. */
static bool send_part(connection *c, const char *head, size_t head_size, const peer_reply *reply, size_t size)
{
    char together[8192];
    if (size <= sizeof together && size >= head_size) {
        memcpy(together, head, head_size);
        memcpy(together + head_size, reply->body, size - head_size);
        return send_all(c, together, size);
    }
    if (size <= head_size)
        return send_all(c, head, size);
    return send_all(c, head, head_size) && send_all(c, reply->body, size - head_size);
}

/* Whether the other side has closed it. */
static bool is_over(const connection *c)
{
    char byte;
    if (c->tls)
        return false;
    ssize_t got = recv(c->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

/* Of the end of what is sent: from then on the other side's system knows that it is closed. */
static void wait_for_acknowledgement(const connection *c)
{
    struct tcp_info info = { .tcpi_state = TCP_FIN_WAIT1 };
    socklen_t size = sizeof info;
    for (int i = 0; i < 10000 && getsockopt(c->socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0; i++) {
        if (info.tcpi_state != TCP_FIN_WAIT1)
            break;
        usleep(1000);
    }
}

static void wait_until(const atomic_uint_fast64_t *counter, uint64_t count, const char *what)
{
    for (int i = 0; i < 60000 && atomic_load(counter) < count; i++)
        usleep(1000);
    trial_check(atomic_load(counter) >= count, "%d of %d %s", (int)atomic_load(counter), (int)count, what);
}

static void pour(connection *c)
{
    char spaces[65536];
    memset(spaces, ' ', sizeof spaces);
    while (send_all(c, spaces, sizeof spaces))
        ;
}

static void wait_for_end(connection *c)
{
    char byte;
    struct timeval limit = { .tv_sec = LONGEST_STALL_S };
    setsockopt(c->socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    while (recv(c->socket, &byte, 1, 0) > 0)
        ;
}

static void reset(connection *c)
{
    struct linger now = { .l_onoff = 1 };
    setsockopt(c->socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    /* A socket without a name of its own: closing it is what resets the connection, and its number must stay taken. */
    int none = open("/dev/null", O_RDWR | O_CLOEXEC);
    trial_check(none >= 0 && dup2(none, c->socket) == c->socket, "no /dev/null");
    close(none);
}

static ssize_t receive(connection *c, void *data, size_t size)
{
    if (!c->tls)
        return recv(c->socket, data, size, 0);
    return SSL_read(c->tls, data, size < INT32_MAX ? (int)size : INT32_MAX);
}

static bool send_all(connection *c, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t sent = c->tls ? SSL_write(c->tls, at, size < INT32_MAX ? (int)size : INT32_MAX)
                              : send(c->socket, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}
