/* A lane: what one request under way needs, kept for the next. Private to src/remote. */
#ifndef BL_REMOTE_LANE_PRIVATE_H
#define BL_REMOTE_LANE_PRIVATE_H

#include <curl/curl.h>

#include "call_private.h"

/* The headers of an answer that we look at. */
typedef struct bl_answer_headers {
    bool has_crc;
    uint32_t crc;
    char date[40];          /* as it came; "": none */
    int64_t retry_after_ms; /* -1: not told */
    char request_id[80];
    char error_type[128];
} bl_answer_headers;

typedef enum bl_lane_state {
    BL_LANE_IDLE,
    BL_LANE_RUNNING, /* libcurl has it */
    BL_LANE_WAITING  /* until wake_at_ns */
} bl_lane_state;

/* The lines of a request's header. They stand in the lane itself, in a list that libcurl reads and never frees. */
typedef enum bl_header {
    BL_HEADER_HOST,
    BL_HEADER_CONTENT_TYPE,
    BL_HEADER_USER_AGENT, /* here, since libcurl writes one of its own twice */
    BL_HEADER_TARGET,
    BL_HEADER_DATE,
    BL_HEADER_AUTHORIZATION,
    BL_HEADER_ACCEPT, /* empty, so that libcurl sends none */
    BL_HEADER_ALWAYS, /* so many are always sent, and these only when they are needed: */
    BL_HEADER_TOKEN = BL_HEADER_ALWAYS,
    BL_HEADER_EXPECT, /* empty as well: libcurl has one for large bodies only */
    BL_HEADER_COUNT
} bl_header;

typedef struct bl_lane {
    bl_remote *remote;
    CURL *easy;
    CURLU *url; /* of the endpoint, parsed: libcurl would parse its text for each request */
    bl_lane_state state;
    bl_call *call;
    int64_t started_ns, wake_at_ns;

    struct curl_slist headers[BL_HEADER_COUNT];
    char target[64], date[40], authorization_storage[1024];
    bl_buffer authorization, token;
    bl_credentials credentials;
    bl_sigv4_signer *signer;
    struct {
        int64_t at_s;                /* the second; -1: it is for nothing yet */
        bl_wire_operation operation; /* that `target` names */
        uint64_t credentials;        /* their version */
    } prepared;                      /* what the header lines, and the signer, are for */

    bl_buffer body;   /* of the request */
    bl_buffer answer; /* the body that has arrived so far */
    size_t answer_limit;
    bl_answer_headers answer_headers;
    bloop_status fault; /* why the rest of the answer was refused; BLOOP_OK: it was not */
    bool sent;          /* a connection was ready, and libcurl went on to send */
    bool stopped;       /* libcurl wanted to send what may have been executed again */
    char words[CURL_ERROR_SIZE];
} bl_lane;

/* NULL and the last error on failure. */
bl_lane *bl_lane_new(bl_remote *remote);
void bl_lane_free(bl_lane *lane);

/* Renders the call's request. */
bloop_status bl_lane_load(bl_lane *lane, bl_call *call);
/* Signs what was loaded, and makes the lane ready for an attempt. */
bloop_status bl_lane_arm(bl_lane *lane);
/* Gives back what a large request or answer took. */
void bl_lane_unload(bl_lane *lane);

/* libcurl's callbacks, whose context is the lane: an answer as it arrives. */
size_t bl_answer_take_body(char *data, size_t size, size_t count, void *context);
size_t bl_answer_take_header(char *data, size_t size, size_t count, void *context);

#endif
