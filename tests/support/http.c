/* A client of HTTP for tests: blocking sockets with a limit of time. */
#include "support/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#define PATIENCE_S 60

static size_t read_head(int peer, char **head);
static size_t read_some(int peer, char *out, size_t size);
static bool read_body(int peer, http_answer *answer);

void http_free(http_answer *answer)
{
    free(answer->head);
    free(answer->body);
    *answer = (http_answer){ 0 };
}

int http_connect(const char *url)
{
    int peer = http_try_connect(url);
    if (peer < 0)
        fail_msg("no connection to %s: %s", url, strerror(errno));
    return peer;
}

int http_try_connect(const char *url)
{
    unsigned port = 0;
    int on = 1;
    if (sscanf(url, "http://127.0.0.1:%u", &port) != 1 || port > UINT16_MAX)
        fail_msg("'%s' is no URL of this machine", url);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (peer < 0)
        return -1;
    struct timeval patience = { .tv_sec = PATIENCE_S };
    setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(peer, (struct sockaddr *)&address, sizeof address) == 0)
        return peer;
    close(peer);
    return -1;
}

void http_close(int peer)
{
    if (peer >= 0)
        close(peer);
}

void http_send(int peer, const void *data, size_t size)
{
    if (!http_try_send(peer, data, size))
        fail_msg("the peer does not take %zu bytes: %s", size, strerror(errno));
}

void http_send_text(int peer, const char *text)
{
    http_send(peer, text, strlen(text));
}

bool http_try_send(int peer, const void *data, size_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t sent = send(peer, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

bool http_receive(int peer, http_answer *out)
{
    *out = (http_answer){ 0 };
    if (read_head(peer, &out->head) > 0 && sscanf(out->head, "HTTP/1.%*c %d", &out->status) == 1 &&
        read_body(peer, out))
        return true;
    http_free(out);
    return false;
}

bool http_is_closed(int peer)
{
    return http_is_closed_within(peer, PATIENCE_S * 1000);
}

bool http_is_closed_within(int peer, int ms)
{
    struct pollfd waiting = { .fd = peer, .events = POLLIN };
    char byte;
    if (poll(&waiting, 1, ms) <= 0)
        return false;
    return recv(peer, &byte, 1, 0) <= 0;
}

char *http_request_text(const char *operation, const char *body)
{
    char *text = NULL;
    int size =
        asprintf(&text,
                 "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: DynamoDB_20120810.%s\r\n" HTTP_AUTHORIZATION
                 "Content-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\n\r\n%s",
                 operation, strlen(body), body);
    assert_true(size > 0);
    return text;
}

http_answer http_ask(int peer, const char *operation, const char *body)
{
    http_answer answer;
    char *text = http_request_text(operation, body);
    http_send_text(peer, text);
    free(text);
    if (!http_receive(peer, &answer))
        fail_msg("no answer to %s %s", operation, body);
    return answer;
}

const char *http_header(const http_answer *answer, const char *name)
{
    static _Thread_local char value[1024];
    size_t size = strlen(name);
    for (const char *line = strstr(answer->head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, size) != 0 || line[2 + size] != ':')
            continue;
        const char *begin = line + 3 + size;
        begin += strspn(begin, " ");
        snprintf(value, sizeof value, "%.*s", (int)strcspn(begin, "\r"), begin);
        return value;
    }
    return NULL;
}

/* Up to the empty line, which is left out; its size, or 0 when there is no whole one. */
static size_t read_head(int peer, char **head)
{
    size_t size = 0, capacity = 0;
    while (size < 4 || memcmp(*head + size - 4, "\r\n\r\n", 4) != 0) {
        if (size + 2 > capacity) {
            capacity = capacity ? capacity * 2 : 1024;
            *head = realloc(*head, capacity);
            assert_non_null(*head);
        }
        if (size > 65536 || read_some(peer, *head + size, 1) == 0)
            return 0;
        size++;
    }
    (*head)[size - 2] = 0;
    return size;
}

static size_t read_some(int peer, char *out, size_t size)
{
    ssize_t got = recv(peer, out, size, 0);
    while (got < 0 && errno == EINTR)
        got = recv(peer, out, size, 0);
    return got > 0 ? (size_t)got : 0;
}

static bool read_body(int peer, http_answer *answer)
{
    const char *length = http_header(answer, "Content-Length");
    answer->body_size = length ? strtoul(length, NULL, 10) : 0;
    answer->body = calloc(1, answer->body_size + 1);
    assert_non_null(answer->body);
    for (size_t at = 0; at < answer->body_size;) {
        size_t got = read_some(peer, answer->body + at, answer->body_size - at);
        if (got == 0)
            return false;
        at += got;
    }
    return true;
}
