/* libmicrohttpd's callbacks: connections come and go, requests arrive piece by piece, and answers are sent when all of a
   request is there, or as soon as it is known that it will be refused. */
#include "server/server_private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* For a connection's request line, headers and reading; what does not fit is refused by libmicrohttpd, which touches all of
   it for each connection that is used. */
#define CONNECTION_BYTES ((size_t)16 << 10)
#define READ_STEP_BYTES  ((size_t)4 << 10)
/* How much of a body that is too large is read on, so that its sender reads the answer instead of a reset. */
#define DISCARDED_BYTES  ((size_t)64 << 20)
#define FIRST_BODY_BYTES ((size_t)64 << 10)

static void notice_connection(void *context, struct MHD_Connection *http, void **socket_context,
                              enum MHD_ConnectionNotificationCode code);
static void *notice_first_line(void *context, const char *uri, struct MHD_Connection *http);
static void notice_completed(void *context, struct MHD_Connection *http, void **request,
                             enum MHD_RequestTerminationCode code);
static enum MHD_Result handle(void *context, struct MHD_Connection *http, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_size, void **request);
static enum MHD_Result begin(bl_connection *connection, const char *method);
static enum MHD_Result receive(bl_connection *connection, const char *data, size_t size);
static enum MHD_Result finish(bl_connection *connection, const char *method);
static bool announced_size(struct MHD_Connection *http, size_t *out);
static void keep_silent(void *context, const char *format, va_list arguments);

bloop_status bl_http_start(bloop_server *server, int listener, unsigned threads)
{
    struct MHD_OptionItem options[] = {
        { MHD_OPTION_LISTEN_SOCKET, listener, NULL },
        { MHD_OPTION_CONNECTION_LIMIT, (intptr_t)server->max_connections, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)CONNECTION_BYTES, NULL },
        { MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (intptr_t)READ_STEP_BYTES, NULL },
        { MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)notice_connection, server },
        { MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)notice_completed, server },
        { MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)notice_first_line, server },
        { MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)keep_silent, NULL },
        { threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL },
        { MHD_OPTION_END, 0, NULL },
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC;
    server->http = MHD_start_daemon(flags, 0, NULL, NULL, handle, server, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (!server->http)
        return bl_error(BLOOP_NO_MEMORY, "the HTTP server does not start");
    server->listener = -1;
    return BLOOP_OK;
}

/* From now on nobody can connect. MHD_quiesce_daemon would take the listening socket out of the threads' epoll sets while they
   may do the same, and ends the process when they were first. So its number becomes that of another socket, from which
   nothing ever comes, and which libmicrohttpd closes in the end; the listening one is gone by that, from the sets too. */
void bl_http_quiesce(bloop_server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->http, MHD_DAEMON_INFO_LISTEN_FD);
    int silent = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (info && (silent < 0 || dup3(silent, info->listen_fd, O_CLOEXEC) < 0))
        shutdown(info->listen_fd, SHUT_RDWR);
    if (silent >= 0)
        close(silent);
}

void bl_http_stop(bloop_server *server)
{
    if (server->http)
        MHD_stop_daemon(server->http);
    server->http = NULL;
}

static void notice_connection(void *context, struct MHD_Connection *http, void **socket_context,
                              enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = bl_connection_open(context, http);
    } else if (*socket_context) {
        bl_connection_close(*socket_context);
        *socket_context = NULL;
    }
}

/* What it returns is `*request` of the other callbacks. Most requests are for "/", which needs no copy. */
static void *notice_first_line(void *context, const char *uri, struct MHD_Connection *http)
{
    (void)context;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(http, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    bl_connection *connection = info ? info->socket_context : NULL;
    if (!connection)
        return NULL;
    bl_connection_enter(connection, BL_PHASE_RECEIVING);
    if (strcmp(uri, "/") == 0)
        return connection;
    connection->uri = bl_copy_text(uri);
    return connection->uri ? connection : NULL;
}

static void notice_completed(void *context, struct MHD_Connection *http, void **request,
                             enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)http;
    (void)code;
    if (!*request)
        return;
    bl_connection_reset(*request);
    bl_connection_enter(*request, BL_PHASE_IDLE);
}

/* Called when the headers are there, for each piece of a body, when all is there, and when a lane has made the answer. */
static enum MHD_Result handle(void *context, struct MHD_Connection *http, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_size, void **request)
{
    (void)context;
    (void)http;
    (void)path;
    (void)version;
    bl_connection *connection = *request;
    if (!connection)
        return MHD_NO;
    if (!connection->begun)
        return begin(connection, method);
    if (*data_size == 0)
        return finish(connection, method);
    size_t size = *data_size;
    *data_size = 0;
    return receive(connection, data, size);
}

static enum MHD_Result begin(bl_connection *connection, const char *method)
{
    size_t size = 0;
    connection->begun = true;
    if (strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0)
        return MHD_YES;
    if (!announced_size(connection->http, &size))
        return MHD_YES;
    return size > connection->server->max_body ? bl_reply_refuse(connection, MHD_HTTP_CONTENT_TOO_LARGE) : MHD_YES;
}

/* A body takes the room of what has arrived of it, whatever was announced. */
static enum MHD_Result receive(bl_connection *connection, const char *data, size_t size)
{
    bl_buffer *body = &connection->body;
    if (connection->discarded == 0 && size <= connection->server->max_body - body->size) {
        bl_buffer_append(body, data, size);
        if (body->status == BLOOP_OK && bl_connection_hold(connection))
            return MHD_YES;
        connection->http_status = MHD_HTTP_SERVICE_UNAVAILABLE;
    } else if (connection->discarded == 0) {
        connection->http_status = MHD_HTTP_CONTENT_TOO_LARGE;
    }
    bl_buffer_free(body);
    bl_connection_hold(connection);
    connection->discarded += size;
    return connection->discarded > DISCARDED_BYTES ? MHD_NO : MHD_YES;
}

static enum MHD_Result finish(bl_connection *connection, const char *method)
{
    if (connection->discarded > 0)
        return bl_reply_refuse(connection, connection->http_status);
    if (!connection->answered) {
        bl_connection_enter(connection, BL_PHASE_WORKING);
        if (strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0 &&
            MHD_lookup_connection_value(connection->http, MHD_HEADER_KIND, MHD_HTTP_HEADER_ORIGIN))
            return bl_reply_preflight(connection);
        if (!bl_request_answer(connection, method))
            return MHD_YES;
    }
    return bl_reply_send(connection);
}

/* False: there is no such header, or none that libmicrohttpd would go by. */
static bool announced_size(struct MHD_Connection *http, size_t *out)
{
    const char *text = MHD_lookup_connection_value(http, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (!text)
        return false;
    *out = strtoull(text, NULL, 10);
    return true;
}

static void keep_silent(void *context, const char *format, va_list arguments)
{
    (void)context;
    (void)format;
    (void)arguments;
}
