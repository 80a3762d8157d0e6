/* A DynamoDB endpoint as a backend: Amazon DynamoDB, DynamoDB Local, or any store that speaks the protocol. For programs
   that want more than a URL (bloop/engine.h) can say. Closed with bloop_backend_close, or by the engine that owns it.

     static void log_attempt(void *context, const bloop_remote_attempt *attempt)
     {
         fprintf(context, "%s %s, attempt %u: %s after %.1f ms\n", attempt->operation, attempt->table,
                 (unsigned)attempt->attempt, bloop_status_name(attempt->status), attempt->milliseconds);
     }
     ...
     bloop_backend *backend =
         bloop_remote_open_with(.region = "eu-west-1", .max_attempts = 5, .hook = log_attempt, .hook_context = stderr);
     bloop_engine *engine = bloop_engine_new_with(.dynamodb = backend);

   What can't be told by the protocol's answers is told as follows:

   - A failure that says "not now" (a throttle, a broken connection, a server's fault) is tried again as the AWS SDKs do in
     their standard mode: at most max_attempts times, with pauses that double and are cut short at random, and as long as
     the quota for this lasts, which successes fill again.
   - When an answer is lost, a request may have been executed. Reads are then sent again, and so are writes that can be
     made twice without a difference: puts, deletes, and updates that set values and remove attributes, without a condition
     and without old values asked for. Every other write, and one of these that never got an answer, is
     BLOOP_UNKNOWN_OUTCOME. What a call of many writes has for the same item after that is not sent (BLOOP_NETWORK).
   - A request that is known not to have run fails with what stopped it: BLOOP_NETWORK (no connection), BLOOP_TIMEOUT,
     BLOOP_THROTTLED, BLOOP_ACCESS_DENIED and the service's other statuses. */
#ifndef BLOOP_REMOTE_H
#define BLOOP_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/op.h>

BLOOP_BEGIN_C_

/* One attempt of a request, for metrics and logs. No credentials, no signatures, no items. Valid during the call only. When a
   connection that was kept turns out to be closed, the request goes out on a new one within the attempt, if it may be sent
   twice. */
typedef struct bloop_remote_attempt {
    const char *operation;  /* "GetItem" */
    const char *table;      /* "" where it is of no table, or of several */
    uint32_t attempt;       /* the request's first is 1 */
    bool last;              /* no other attempt follows */
    double milliseconds;    /* from sending to having the answer */
    double capacity;        /* units consumed, of reads and writes of items; 0: the answer does not tell */
    int http_status;        /* 0: there was no answer */
    const char *request_id; /* the service's name for the attempt; "": it gave none */
    bloop_status status;    /* of this attempt; BLOOP_OK: it succeeded */
} bloop_remote_attempt;

/* Called after each attempt, on the thread that made the call. It must not use the backend. */
typedef void (*bloop_remote_hook)(void *context, const bloop_remote_attempt *attempt);

/* Zeroed is the default throughout. Where nothing is chosen, the environment and the files ~/.aws/config and
   ~/.aws/credentials are asked, by the rules of the AWS SDKs and Tools Reference Guide. Texts are copied. */
typedef struct bloop_remote_options {
    size_t size;          /* of this struct; the macro bloop_remote_open_with fills it in */
    const char *endpoint; /* "http://HOST:PORT" or "https://HOST"; NULL: AWS_ENDPOINT_URL_DYNAMODB and its kin, else the
                             region's own */
    const char *region;   /* "us-east-1"; NULL: AWS_REGION, or the profile's; at an endpoint that is not Amazon's it is
                             "us-east-1" when none is configured */
    const char *profile;  /* NULL: AWS_PROFILE, else "default" */

    /* Fixed credentials; NULL: the standard chain (environment, files, web identity, container, instance). An endpoint that
       is not Amazon's gets made-up ones when the environment and the files have none, for emulators want a signature and do
       not look at it. */
    const char *access_key, *secret_key, *session_token;

    uint32_t connect_timeout_ms; /* until a connection stands; 0: 5,000 */
    uint32_t request_timeout_ms; /* of an attempt, connecting included; 0: 30,000 */
    uint32_t max_attempts;       /* of a request; 0: AWS_MAX_ATTEMPTS, or the profile's, else 4 */
    uint32_t retry_base_ms;      /* the longest first pause before trying again; 0: 25 */
    uint32_t throttle_base_ms;   /* likewise after a throttle; 0: 1,000 */
    bloop_in_flight in_flight;   /* requests under way at once in calls that take many and do not say; 0: 16 */
    uint32_t max_connections;    /* of the whole backend, at least 1; calls wait for one to be free. 0: 64 */

    const char
        *ca_file;      /* certificates to trust, PEM; NULL: AWS_CA_BUNDLE, CURL_CA_BUNDLE, SSL_CERT_DIR, SSL_CERT_FILE,
                            else the system's */
    const char *proxy; /* as curl's --proxy; NULL: http_proxy, HTTPS_PROXY, NO_PROXY … as curl heeds them; "": none */

    bloop_remote_hook hook; /* NULL: none */
    void *hook_context;
} bloop_remote_options;

/* Opens a backend. Nothing is sent yet, and no credentials are asked for. NULL for all defaults.
   NULL and the last error: BLOOP_INVALID_URL (the endpoint), BLOOP_INVALID_ARGUMENT (no region; a setting that is none),
   BLOOP_INVALID_SYNTAX, BLOOP_PERMISSION or BLOOP_IO (a file of settings), BLOOP_NOT_BUILT (the library was built without). */
BLOOP_API bloop_backend *bloop_remote_open(const bloop_remote_options *options);
#define bloop_remote_open_with(...) \
    bloop_remote_open(&(bloop_remote_options){ .size = sizeof(bloop_remote_options), __VA_ARGS__ })

BLOOP_END_C_

#endif
