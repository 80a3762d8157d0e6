/* The other side of the remote backend in tests: an HTTP server on threads of this process, whose answers are written by a
   function, and which can fail them in every way that a network can.

       static void answer(void *context, const peer_request *request, peer_reply *reply) { reply->body = "{}"; }
       ...
       peer *p = peer_start(&(peer_options){ .answer = answer });
       ... peer_url(p) ...
       peer_stop(p);
*/
#ifndef BLOOP_TEST_REMOTE_PEER_H
#define BLOOP_TEST_REMOTE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct peer peer;

/* A request as it was read. */
typedef struct peer_request {
    peer *from;
    uint64_t connection, number; /* counted from 1; the number is the request's on its connection */
    const char *head;            /* all of it, lines ending in \r\n */
    const char *operation;       /* "GetItem": what follows the dot of X-Amz-Target; "" when there is none */
    const char *body;
    size_t body_size;
} peer_request;

/* The value of a header, copied to `out`; false when there is none. */
bool peer_header(const peer_request *request, const char *name, char *out, size_t size);

/* What goes wrong. */
typedef enum peer_fault {
    PEER_ANSWERS = 0,
    PEER_CLOSES,        /* the connection, instead of an answer */
    PEER_RESETS,        /* it, likewise */
    PEER_RESETS_MIDWAY, /* after half of the answer */
    PEER_TRUNCATES,     /* closes after half of the answer, which promised more */
    PEER_STALLS,        /* says nothing until the other side gives up */
    PEER_STALLS_MIDWAY, /* after half of the answer */
    PEER_BABBLES,       /* sends what is no HTTP, and closes */
    PEER_POURS          /* sends a body without end */
} peer_fault;

/* What is to be answered. Zeroed: 200 with an empty body. */
typedef struct peer_reply {
    peer_fault fault;
    int status;          /* 0: 200 */
    const char *headers; /* more lines, each ending in \r\n; NULL: none */
    const char *body;
    size_t body_size;  /* 0: the text's length */
    void *owned;       /* freed after sending; NULL: nothing */
    bool crc;          /* adds x-amz-crc32 … */
    bool wrong;        /* … and a wrong one */
    unsigned delay_us; /* before answering */
    bool closes;       /* the connection, in order, after the answer, without having said so */
} peer_reply;

/* Called on the connection's thread; several at once. */
typedef void (*peer_answer)(void *context, const peer_request *request, peer_reply *reply);

typedef struct peer_options {
    peer_answer answer;
    void *context;
    /* PEM files: with them it speaks TLS. */
    const char *certificate, *key;
} peer_options;

/* Fails the test when it can't. */
peer *peer_start(const peer_options *options);
/* Ends all connections. */
void peer_stop(peer *p);

int peer_port(const peer *p);
/* "http://127.0.0.1:PORT", or https; the peer's memory. */
const char *peer_url(const peer *p);

uint64_t peer_connections(const peer *p);  /* accepted so far */
uint64_t peer_requests(const peer *p);     /* read in full so far */
uint64_t peer_most_at_once(const peer *p); /* being answered at the same time */

/* Waits until so many connections have ended, and the other side has been told. */
void peer_wait_for_ends(peer *p, uint64_t count);
/* Waits until `answer` runs for no request of which the other side has heard the end: none of them is begun later. */
void peer_settle(peer *p);
/* Waits until all requests are done with, memory included: then no thread of the peer holds a lock, for a while. */
void peer_rest(peer *p);

/* A port on which nobody listens, as long as this process lives. */
int peer_dead_port(void);

#endif
