/* A server of DynamoDB's protocol on any backend: what `bloop serve` runs.

     bloop_backend *store = bloop_backend_open("memory:");
     bloop_server *server = NULL;
     if (!store || bloop_server_start(store, &(bloop_server_options){ .writes_at_once = true }, &server) != BLOOP_OK)
         return fprintf(stderr, "%s\n", bloop_last_error()->message), 1;
     puts(bloop_server_url(server));
     ...
     bloop_server_stop(server, 1000);
     bloop_backend_close(store);

   In libbloop-server, an archive that a program links instead of libbloop, all of which is in it: pkg-config's
   bloop-server, CMake's bloop::bloop_server_static. A weaker promise than the rest of the API: options may be added
   between minor versions.

   It speaks HTTP/1.1 in the clear, on the loopback interface unless told otherwise: TLS is the job of a proxy in front. */
#ifndef BLOOP_SYS_SERVER_H
#define BLOOP_SYS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/op.h>

BLOOP_BEGIN_C_

typedef struct bloop_server bloop_server;

typedef struct bloop_server_options {
    const char *host; /* a numeric address, or a name; NULL: 127.0.0.1 */
    uint16_t port;    /* 0: one that is free */
    unsigned threads; /* that read requests and write answers, at most 64; 0: one a processor, but no more than 16 */
    /* Run writes on the threads above. Right for a store that does not sync, such as one in memory. Otherwise writes
       are run by a thread of their own, all that arrived during a sync in one go, and nobody else waits for a disk. */
    bool writes_at_once;
    /* A file in the form of AWS's shared credentials file: requests must be signed with the keys of one of its profiles.
       NULL: any signature is taken for good. */
    const char *credentials;
    /* Limits; 0 is the default in parentheses. What is beyond them is refused with an answer, or the connection closed. */
    size_t max_body_bytes;    /* of a request (16 MiB) */
    size_t max_held_bytes;    /* of all requests and answers under way together (256 MiB) */
    unsigned max_connections; /* (16,384, or what the process's limit of open files leaves) */
    int64_t
        request_timeout_ms;  /* from a request's first line to its end, and again until its answer is sent (30,000) */
    int64_t idle_timeout_ms; /* from an answer to the next request's first line (120,000) */
} bloop_server_options;

/* Starts serving. The backend is borrowed until bloop_server_stop has returned; NULL options are all defaults. On success
   *out is the server, which accepts connections from now on; on failure it is untouched. BLOOP_INVALID_ARGUMENT: an option
   that is out of range, or a host that has no address; BLOOP_BUSY: the port is taken; BLOOP_PERMISSION: for a port below
   1,024, or the file of credentials; BLOOP_NETWORK: the address is not this machine's; BLOOP_NOT_FOUND, BLOOP_INVALID_SYNTAX,
   BLOOP_IO: the file of credentials is not there, is none, or can't be read; BLOOP_NO_MEMORY. */
BLOOP_API bloop_status bloop_server_start(bloop_backend *backend, const bloop_server_options *options,
                                          bloop_server **out);

/* "http://127.0.0.1:8000", valid as long as the server. */
BLOOP_API const char *bloop_server_url(const bloop_server *server);

/* What a server has done so far. */
typedef struct bloop_server_counts {
    uint64_t connections; /* open now */
    uint64_t requests;    /* answered, errors included */
    uint64_t held_bytes;  /* by requests and answers under way */
} bloop_server_counts;
BLOOP_API void bloop_server_count(const bloop_server *server, bloop_server_counts *out);

/* Stops and releases a server: takes no more connections, closes those that are idle, and lets requests that have begun
   end, for at most `drain_ms`. NULL is fine. */
BLOOP_API void bloop_server_stop(bloop_server *server, int64_t drain_ms);

BLOOP_END_C_

#endif
