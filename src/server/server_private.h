/* What the files of area server share: the server, its connections, and a request's way through them.

   A connection belongs to one of libmicrohttpd's threads, and has one request at a time:

       IDLE --first line--> RECEIVING --all of it--> WORKING --answer made--> SENDING --sent--> IDLE

   While it is WORKING on a lane (lanes.c) it is suspended, and belongs to that lane's thread. Whoever looks after
   connections from outside (connections.c) reads phase, since and socket, and nothing else. */
#ifndef BL_SERVER_PRIVATE_H
#define BL_SERVER_PRIVATE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "server/server.h"
#include "sigv4/sigv4.h"
#include "wire/wire.h"

typedef enum bl_phase {
    BL_PHASE_IDLE,
    BL_PHASE_RECEIVING,
    BL_PHASE_WORKING,
    BL_PHASE_SENDING,
    BL_PHASE_CLOSING
} bl_phase;

/* What decoding a request takes, and the request. Only as many as are worked on at the same moment. */
typedef struct bl_job {
    struct bl_job *next; /* in the pool */
    bl_wire_reading *reading;
    bl_wire_request request;
} bl_job;

typedef struct bl_connection {
    struct bl_connection *previous, *next; /* in the registry */
    bloop_server *server;
    struct MHD_Connection *http;
    int socket;
    _Atomic int phase;        /* a bl_phase */
    _Atomic int64_t since_ms; /* it has been in this phase */

    /* The request under way. */
    char *uri;        /* NULL: "/" */
    bool begun;       /* its headers have been read */
    bool answered;    /* reply and http_status are what to send */
    size_t discarded; /* bytes of a body that was too large */
    bl_buffer body, reply;
    size_t held; /* of these two, as counted in the server's total */
    int http_status;
    bool closing; /* the connection ends with this answer */
    bl_job *job;
    struct bl_connection *next_in_lane;
} bl_connection;

/* Requests that wait for a thread that may block. */
typedef struct bl_lane {
    bloop_server *server;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bl_connection *first, **last;
    bl_gathering gathering; /* of what comes, if many are run as one */
    bool stopping;
    bool many; /* a thread takes all that waits, and runs it as one */
    pthread_t threads[4];
    size_t thread_count;
} bl_lane;

/* Who may sign. */
typedef struct bl_signers bl_signers;

struct bloop_server {
    bloop_backend *backend;
    struct MHD_Daemon *http;
    int listener; /* -1: microhttpd's, or closed */
    char *url;
    char *host; /* "127.0.0.1:8000" */
    bool writes_at_once;
    size_t max_body, max_held;
    unsigned max_connections;
    int64_t request_ms, idle_ms;
    bl_signers *signers; /* NULL: any signature will do */

    _Atomic bool draining;
    _Atomic size_t held;
    _Atomic uint64_t requests, ids;
    uint64_t id_seed;

    pthread_mutex_t jobs_lock;
    bl_job *jobs;
    size_t job_count; /* of the list */

    pthread_mutex_t connections_lock;
    pthread_cond_t connections_changed;
    bl_connection *connections;
    size_t connection_count;
    pthread_t sweeper;
    bool sweeping, stop_sweeping;

    bl_lane writes, others;
};

/* connections.c: who is connected, for how long, and who has to go. */
bloop_status bl_connections_start(bloop_server *server);
/* Waits until all have gone, for at most this long; then closes those that are left, and waits for these. */
void bl_connections_drain(bloop_server *server, int64_t drain_ms);
void bl_connections_stop(bloop_server *server);
bl_connection *bl_connection_open(bloop_server *server, struct MHD_Connection *http);
void bl_connection_close(bl_connection *connection);
void bl_connection_enter(bl_connection *connection, bl_phase phase);
/* Forgets the request, and keeps what the next one can use. */
void bl_connection_reset(bl_connection *connection);
/* Counts what the connection's buffers hold. False: all together hold too much. */
bool bl_connection_hold(bl_connection *connection);

/* http.c: libmicrohttpd's callbacks. */
bloop_status bl_http_start(bloop_server *server, int listener, unsigned threads);
void bl_http_quiesce(bloop_server *server);
void bl_http_stop(bloop_server *server);

/* requests.c: what a whole request is answered with. True: the answer is made; false: a lane will make it, and the
   connection has been suspended. */
bool bl_request_answer(bl_connection *connection, const char *method);
/* For a lane: makes the answers of `count` requests, all of them writes of one item if there are more than one. */
void bl_request_run(bl_connection *const *connections, size_t count);

/* operations.c: the operations. */
typedef enum bl_place {
    BL_PLACE_HERE,  /* on the thread that read the request */
    BL_PLACE_WRITE, /* on the lane of writes of one item, unless writes are done at once */
    BL_PLACE_BATCH, /* on the lane for what takes long, unless writes are done at once */
    BL_PLACE_SLOW   /* on that lane in any case */
} bl_place;
bl_place bl_operation_place(bl_wire_operation which);
/* Runs a request and appends the answer's body to the reply; the HTTP status. */
int bl_operation_run(bloop_server *server, bl_wire_request *request, bl_buffer *reply);
/* Runs writes of one item together. */
void bl_operation_run_writes(bloop_server *server, bl_connection *const *connections, size_t count);
/* An error's body in place of what the reply has; the HTTP status. */
int bl_operation_fail(bl_buffer *reply, bloop_status status, const char *message, bloop_item item);

/* replies.c: answers as HTTP. */
enum MHD_Result bl_reply_send(bl_connection *connection);
/* Makes the answer one of the exceptions that are no operation's. message NULL: none. */
void bl_reply_error(bl_connection *connection, const char *name, const char *message);
/* An answer to a cross-origin preflight request. */
enum MHD_Result bl_reply_preflight(bl_connection *connection);
/* A status without a body, after which the connection is closed. */
enum MHD_Result bl_reply_refuse(bl_connection *connection, int http_status);

/* lanes.c */
bloop_status bl_lane_start(bl_lane *lane, bloop_server *server, size_t threads, bool many);
void bl_lane_stop(bl_lane *lane); /* after what waits has been run */
void bl_lane_push(bl_lane *lane, bl_connection *connection);

/* jobs.c */
bl_job *bl_job_take(bloop_server *server); /* NULL when out of memory */
void bl_job_give_back(bloop_server *server, bl_job *job);
void bl_jobs_free(bloop_server *server);

/* signers.c */
bloop_status bl_signers_read(const char *path, bl_signers **out);
void bl_signers_free(bl_signers *signers); /* NULL is fine */
/* Whether the request may be answered; if not, the reply is the error. */
bool bl_signers_check(const bl_signers *signers, bl_connection *connection, const char *method);

/* listener.c: a listening socket, and its address as an URL and as a host. */
bloop_status bl_listener_open(const char *host, uint16_t port, int *out);
bloop_status bl_listener_name(int listener, char **url, char **host);

int64_t bl_server_now_ms(void); /* coarse, monotonic */

#endif
