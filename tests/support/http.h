/* A client of HTTP that does what it is told, however wrong: for tests of servers. Waits at most some ten seconds for
   anything; what a well-behaved peer would do and this one does not fails the running test. */
#ifndef BLOOP_TEST_HTTP_H
#define BLOOP_TEST_HTTP_H

#include <stdbool.h>
#include <stddef.h>

/* An authorization that a server without a file of credentials takes for good. */
#define HTTP_AUTHORIZATION                                                                                          \
    "Authorization: AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, " \
    "Signature=0\r\n"

typedef struct http_answer {
    int status;
    char *head; /* all lines, each with its "\r\n" */
    char *body; /* a zero byte follows */
    size_t body_size;
} http_answer;
void http_free(http_answer *answer);

/* To "http://127.0.0.1:8000". */
int http_connect(const char *url);
/* The same; -1 when it is refused, or there is no room. */
int http_try_connect(const char *url);
void http_close(int peer);

void http_send(int peer, const void *data, size_t size);
void http_send_text(int peer, const char *text);
/* False: the peer has closed the connection, or does not take it. */
bool http_try_send(int peer, const void *data, size_t size);

/* One answer. False: the connection ended before a whole one had come. */
bool http_receive(int peer, http_answer *out);
/* Whether the connection ends within some seconds without a byte more. */
bool http_is_closed(int peer);
bool http_is_closed_within(int peer, int ms);

/* A whole request of the service, as text; to be freed. `operation` as in "GetItem". */
char *http_request_text(const char *operation, const char *body);
/* Sends it, and waits for the answer. */
http_answer http_ask(int peer, const char *operation, const char *body);

/* The value of a header; NULL: it is not there. Valid until the thread's next call. */
const char *http_header(const http_answer *answer, const char *name);

#endif
