/* One request under way: rendered, signed, made ready for libcurl. */
#include "lane_private.h"

#include <bloop/version.h>

#include <stdio.h>

#include "fetch_private.h"

/* Buffers that grew beyond this are given back after the call. */
#define KEEP_AT_MOST ((size_t)256 * 1024)

/* The service's pages are of 1 MB, its batches of 16 MB, as it counts sizes; the smallest values take some 14 bytes of JSON
   for each byte counted. */
#define ANSWER_LIMIT       ((size_t)32 * 1024 * 1024)
#define BATCH_ANSWER_LIMIT ((size_t)256 * 1024 * 1024)

/* From 1 MB on libcurl asks before it sends a body. */
#define LARGE_BODY ((size_t)64 * 1024)

#define TARGET_NAME        "X-Amz-Target: "
#define AUTHORIZATION_NAME "Authorization: "
#define TOKEN_NAME         "X-Amz-Security-Token: "

static bloop_status set_options(bl_lane *lane);
static bloop_status set_endpoint(bl_lane *lane);
static bloop_status set_connection_options(bl_lane *lane);
static void make_headers(bl_lane *lane);
static void link_headers(bl_lane *lane);
static bloop_status sign(bl_lane *lane);
static bloop_status prepare(bl_lane *lane, int64_t now_s);
static bloop_status prepare_signer(bl_lane *lane, const char time[BL_SIGV4_TIME_SIZE]);
static bloop_status set_token(bl_lane *lane);
static int before_sending(void *context, char *ip, char *local_ip, int port, int local_port);
static bl_sigv4_text text_of(const char *data, size_t size);

bl_lane *bl_lane_new(bl_remote *remote)
{
    bl_lane *lane = bl_alloc_zeroed(1, sizeof *lane);
    if (!lane)
        return NULL;
    lane->remote = remote;
    lane->prepared.at_s = -1;
    bl_buffer_use(&lane->authorization, lane->authorization_storage, sizeof lane->authorization_storage);
    make_headers(lane);
    lane->easy = curl_easy_init();
    if (!lane->easy)
        bl_error_no_memory(0);
    else
        lane->signer = bl_sigv4_signer_new(remote->sigv4);
    if (!lane->signer || set_options(lane) != BLOOP_OK) {
        bl_lane_free(lane);
        return NULL;
    }
    return lane;
}

void bl_lane_free(bl_lane *lane)
{
    if (!lane)
        return;
    curl_easy_cleanup(lane->easy);
    curl_url_cleanup(lane->url);
    bl_sigv4_signer_free(lane->signer);
    bl_credentials_clear(&lane->credentials);
    bl_buffer_free(&lane->authorization);
    bl_buffer_free(&lane->token);
    bl_buffer_free(&lane->body);
    bl_buffer_free(&lane->answer);
    bl_free(lane);
}

bloop_status bl_lane_load(bl_lane *lane, bl_call *call)
{
    lane->call = call;
    bl_wire_operation operation = call->request.operation;
    lane->answer_limit = operation == BL_WIRE_BATCH_GET_ITEM ? BATCH_ANSWER_LIMIT : ANSWER_LIMIT;
    if (lane->remote->terms.hook)
        bl_call_ask_capacity(call);
    bl_buffer_clear(&lane->body);
    bl_wire_write_request(&lane->body, &call->request);
    return lane->body.status;
}

bloop_status bl_lane_arm(bl_lane *lane)
{
    bl_buffer_clear(&lane->answer);
    lane->answer_headers = (bl_answer_headers){ .retry_after_ms = -1 };
    lane->fault = BLOOP_OK;
    lane->sent = lane->stopped = false;
    lane->words[0] = 0;
    bloop_status status = sign(lane);
    if (status != BLOOP_OK)
        return status;
    link_headers(lane);
    curl_easy_setopt(lane->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)lane->body.size);
    curl_easy_setopt(lane->easy, CURLOPT_POSTFIELDS, lane->body.data);
    lane->started_ns = bl_monotonic_nanoseconds();
    return BLOOP_OK;
}

void bl_lane_unload(bl_lane *lane)
{
    lane->call = NULL;
    lane->state = BL_LANE_IDLE;
    if (lane->body.capacity > KEEP_AT_MOST)
        bl_buffer_free(&lane->body);
    if (lane->answer.capacity > KEEP_AT_MOST)
        bl_buffer_free(&lane->answer);
}

/* What is the same for every request of a lane. */
static bloop_status set_options(bl_lane *lane)
{
    CURL *easy = lane->easy;
    bloop_status status = set_endpoint(lane);
    if (status != BLOOP_OK)
        return status;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, lane);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, &lane->headers[0]);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, lane->words);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, bl_answer_take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, lane);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, bl_answer_take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, lane);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_sending);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, lane);
    return set_connection_options(lane);
}

static bloop_status set_endpoint(bl_lane *lane)
{
    lane->url = curl_url();
    if (!lane->url || curl_url_set(lane->url, CURLUPART_URL, lane->remote->terms.url, 0) != CURLUE_OK ||
        curl_easy_setopt(lane->easy, CURLOPT_CURLU, lane->url) != CURLE_OK)
        return bl_error_no_memory(0);
    return BLOOP_OK;
}

static bloop_status set_connection_options(bl_lane *lane)
{
    const bl_remote_terms *terms = &lane->remote->terms;
    CURL *easy = lane->easy;
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L * 1024);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)terms->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)terms->request_timeout_ms);
    /* Neither a redirect nor a proxy's answer leads anywhere else. */
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    CURLcode code = bl_fetch_set_way(easy, terms, terms->proxy);
    /* Where there is none, libcurl need not look through the environment for exceptions. */
    if (code == CURLE_OK && terms->proxy && !*terms->proxy)
        code = curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    return code == CURLE_OK ? BLOOP_OK : bl_error_no_memory(0);
}

static void make_headers(bl_lane *lane)
{
    static char content_type[] = "Content-Type: " BL_WIRE_CONTENT_TYPE,
                user_agent[] = "User-Agent: bloop-c/" BLOOP_VERSION;
    static char expect[] = "Expect:", accept[] = "Accept:";
    lane->headers[BL_HEADER_HOST].data = lane->remote->terms.host_line;
    lane->headers[BL_HEADER_CONTENT_TYPE].data = content_type;
    lane->headers[BL_HEADER_USER_AGENT].data = user_agent;
    lane->headers[BL_HEADER_TARGET].data = lane->target;
    lane->headers[BL_HEADER_DATE].data = lane->date;
    lane->headers[BL_HEADER_EXPECT].data = expect;
    lane->headers[BL_HEADER_ACCEPT].data = accept;
    for (size_t i = 0; i + 1 < BL_HEADER_ALWAYS; i++)
        lane->headers[i].next = &lane->headers[i + 1];
}

/* libcurl looks through the whole list a dozen times a request: what is not needed is left out. */
static void link_headers(bl_lane *lane)
{
    const bool wanted[] = { lane->credentials.token.size > 0, lane->body.size > LARGE_BODY };
    struct curl_slist *last = &lane->headers[BL_HEADER_ALWAYS - 1];
    for (size_t i = 0; i < BL_COUNT_OF(wanted); i++) {
        if (wanted[i])
            last = last->next = &lane->headers[BL_HEADER_ALWAYS + i];
    }
    last->next = NULL;
}

static bloop_status sign(bl_lane *lane)
{
    bl_remote *remote = lane->remote;
    bloop_status status = bl_credentials_get(remote->credentials, &lane->credentials);
    if (status != BLOOP_OK)
        return status;
    /* The service's time, as far as it is known. */
    int64_t now_s = bl_now_microseconds() / 1000000 + atomic_load_explicit(&remote->skew_s, memory_order_relaxed);
    if (now_s != lane->prepared.at_s || lane->call->request.operation != lane->prepared.operation ||
        lane->credentials.version != lane->prepared.credentials)
        status = prepare(lane, now_s);
    if (status != BLOOP_OK)
        return status;
    char *signature = (char *)lane->authorization.data + lane->authorization.size - BL_SIGV4_HEX_SIZE;
    return bl_sigv4_sign_body(lane->signer, text_of((const char *)lane->body.data, lane->body.size), signature);
}

/* The lines of the header that change, and the signer. */
static bloop_status prepare(bl_lane *lane, int64_t now_s)
{
    const bl_wire_operation operation = lane->call->request.operation;
    char time[BL_SIGV4_TIME_SIZE];
    lane->prepared.at_s = -1;
    bloop_status status = bl_sigv4_format_time(now_s, time);
    if (status == BLOOP_OK)
        status = set_token(lane);
    if (status != BLOOP_OK)
        return status;
    snprintf(lane->target, sizeof lane->target, TARGET_NAME BL_WIRE_TARGET_PREFIX "%s",
             bl_wire_operation_name(operation));
    snprintf(lane->date, sizeof lane->date, "X-Amz-Date: %s", time);
    status = prepare_signer(lane, time);
    if (status != BLOOP_OK)
        return status;
    lane->prepared.at_s = now_s;
    lane->prepared.operation = operation;
    lane->prepared.credentials = lane->credentials.version;
    return BLOOP_OK;
}

/* Signed are the headers host, x-amz-date, x-amz-target and, with temporary credentials, x-amz-security-token. */
static bloop_status prepare_signer(bl_lane *lane, const char time[BL_SIGV4_TIME_SIZE])
{
    const bl_remote_terms *terms = &lane->remote->terms;
    bl_sigv4_header headers[] = {
        { bl_sigv4_text_of("host"), bl_sigv4_text_of(terms->host) },
        { bl_sigv4_text_of("x-amz-date"), bl_sigv4_text_of(time) },
        { bl_sigv4_text_of("x-amz-target"), bl_sigv4_text_of(lane->target + strlen(TARGET_NAME)) },
        { bl_sigv4_text_of("x-amz-security-token"), lane->credentials.token },
    };
    bl_sigv4_scope scope = { .region = bl_sigv4_text_of(terms->region), .service = bl_sigv4_text_of("dynamodb") };
    memcpy(scope.time, time, sizeof scope.time);
    bl_sigv4_request request = {
        .method = bl_sigv4_text_of("POST"),
        .path = bl_sigv4_text_of(terms->path),
        .headers = headers,
        .header_count = lane->credentials.token.size ? 4 : 3,
    };
    bl_buffer_clear(&lane->authorization);
    bl_buffer_append(&lane->authorization, AUTHORIZATION_NAME, strlen(AUTHORIZATION_NAME));
    bloop_status status = bl_sigv4_prepare(lane->signer, lane->credentials.access_key, lane->credentials.secret_key,
                                           &scope, &request, &lane->authorization);
    if (status == BLOOP_OK)
        bl_buffer_byte(&lane->authorization, 0);
    lane->headers[BL_HEADER_AUTHORIZATION].data = (char *)lane->authorization.data;
    return status == BLOOP_OK ? lane->authorization.status : status;
}

static bloop_status set_token(bl_lane *lane)
{
    const bl_sigv4_text *token = &lane->credentials.token;
    if (!token->size)
        return BLOOP_OK;
    bl_buffer_clear(&lane->token);
    bl_buffer_append(&lane->token, TOKEN_NAME, strlen(TOKEN_NAME));
    bl_buffer_append(&lane->token, token->data, token->size);
    bl_buffer_byte(&lane->token, 0);
    lane->headers[BL_HEADER_TOKEN].data = (char *)lane->token.data;
    return lane->token.status;
}

/* libcurl's, when a connection is ready, before each sending of the request. It sends one again by itself when a connection
   that had been used before breaks without an answer: but the request may have been executed, and not all may be twice. */
static int before_sending(void *context, char *ip, char *local_ip, int port, int local_port)
{
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    bl_lane *lane = context;
    bl_call *call = lane->call;
    call->may_have_run = call->may_have_run || lane->sent;
    lane->stopped = lane->sent && call->writes && !call->repeatable;
    lane->sent = true;
    return lane->stopped ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

static bl_sigv4_text text_of(const char *data, size_t size)
{
    return (bl_sigv4_text){ data, size };
}
