/* Answers as HTTP: bodies with their checksum and request id, as the service sends them. */
#include "server/server_private.h"

#define REQUEST_ID_SIZE 53
#define CHECKSUM_SIZE   11
#define PREFLIGHT_AGE   "1728000"

static enum MHD_Result queue(bl_connection *connection, int http_status, struct MHD_Response *response);
static struct MHD_Response *empty_response(bl_connection *connection);
static void add_header(struct MHD_Response *response, const char *name, const char *value);
static void make_request_id(bloop_server *server, char out[REQUEST_ID_SIZE]);
static const char *decimal(uint32_t number, char out[CHECKSUM_SIZE]);

enum MHD_Result bl_reply_send(bl_connection *connection)
{
    char id[REQUEST_ID_SIZE], sum[CHECKSUM_SIZE];
    bl_buffer *reply = &connection->reply;
    struct MHD_Response *response = MHD_create_response_from_buffer(reply->size, reply->data, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    make_request_id(connection->server, id);
    add_header(response, "x-amzn-RequestId", id);
    add_header(response, "x-amz-crc32", decimal(bl_wire_crc32(reply->data, reply->size), sum));
    add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, BL_WIRE_CONTENT_TYPE);
    return queue(connection, connection->http_status, response);
}

void bl_reply_error(bl_connection *connection, const char *name, const char *message)
{
    bl_buffer *reply = &connection->reply;
    bl_buffer_clear(reply);
    connection->http_status = bl_wire_write_named_error(reply, name, message);
    if (reply->status != BLOOP_OK)
        bl_buffer_clear(reply);
}

/* As DynamoDB Local does it without its option -cors: what may be sent is told, and no origin is allowed to, so that web
   pages can't reach into a store of the machine that they are shown on. */
enum MHD_Result bl_reply_preflight(bl_connection *connection)
{
    struct MHD_Response *response = empty_response(connection);
    const char *asked =
        MHD_lookup_connection_value(connection->http, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCESS_CONTROL_REQUEST_HEADERS);
    if (!response)
        return MHD_NO;
    add_header(response, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_METHODS, MHD_HTTP_METHOD_POST);
    if (asked)
        add_header(response, MHD_HTTP_HEADER_ACCESS_CONTROL_ALLOW_HEADERS, asked);
    add_header(response, MHD_HTTP_HEADER_ACCESS_CONTROL_MAX_AGE, PREFLIGHT_AGE);
    return queue(connection, MHD_HTTP_OK, response);
}

enum MHD_Result bl_reply_refuse(bl_connection *connection, int http_status)
{
    struct MHD_Response *response = empty_response(connection);
    connection->closing = true;
    return response ? queue(connection, http_status, response) : MHD_NO;
}

static enum MHD_Result queue(bl_connection *connection, int http_status, struct MHD_Response *response)
{
    if (connection->closing || atomic_load_explicit(&connection->server->draining, memory_order_relaxed))
        add_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    bl_connection_enter(connection, BL_PHASE_SENDING);
    atomic_fetch_add_explicit(&connection->server->requests, 1, memory_order_relaxed);
    enum MHD_Result queued = MHD_queue_response(connection->http, (unsigned)http_status, response);
    MHD_destroy_response(response);
    return queued;
}

static struct MHD_Response *empty_response(bl_connection *connection)
{
    char id[REQUEST_ID_SIZE];
    struct MHD_Response *response = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return NULL;
    make_request_id(connection->server, id);
    add_header(response, "x-amzn-RequestId", id);
    return response;
}

/* An answer without one of its headers is an answer still. */
static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    (void)!MHD_add_response_header(response, name, value);
}

/* 52 letters and digits, as the service's ids have; no two of a server's are the same. */
static void make_request_id(bloop_server *server, char out[REQUEST_ID_SIZE])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    uint64_t number = atomic_fetch_add_explicit(&server->ids, 1, memory_order_relaxed);
    size_t at = 0;
    for (uint64_t part = 0; part < 5; part++) {
        uint64_t mixed = server->id_seed + (number * 5 + part + 1) * UINT64_C(0x9E3779B97F4A7C15);
        mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
        mixed ^= mixed >> 31;
        for (unsigned shift = 0; shift < 60 && at + 1 < REQUEST_ID_SIZE; shift += 5)
            out[at++] = digits[mixed >> shift & 31];
    }
    out[at] = 0;
}

/* snprintf takes longer than the sum itself. */
static const char *decimal(uint32_t number, char out[CHECKSUM_SIZE])
{
    char *at = out + CHECKSUM_SIZE - 1;
    *at = 0;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    return at;
}
