/* A whole request: its headers are judged in the service's order, its body is decoded, and either answered at once or
   handed to a lane. */
#include "server/server_private.h"

#define NOT_A_POST                                                                                                    \
    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#MissingAuthenticationToken\",\"Message\":\"Request must contain " \
    "either a valid (registered) AWS access key ID or X.509 certificate.\"}"

static void withhold(bl_connection *connection, bl_wire_operation operation);
static bool refuse(bl_connection *connection, const char *method);
static bool is_post(bl_connection *connection, const char *method);
static bool has_authentication(bl_connection *connection);
static bool decode(bl_connection *connection, bl_wire_operation operation);
static bl_lane *lane_of(bloop_server *server, bl_wire_operation operation);
static void fail_with_last_error(bl_connection *connection, bloop_status status);
static const char *header(bl_connection *connection, const char *name);

bool bl_request_answer(bl_connection *connection, const char *method)
{
    bl_wire_operation operation;
    connection->answered = true;
    if (refuse(connection, method))
        return true;
    const char *target = header(connection, "X-Amz-Target");
    if (!target || !bl_wire_operation_of_target(target, &operation)) {
        bl_reply_error(connection, "UnknownOperationException", NULL);
        return true;
    }
    if (!decode(connection, operation))
        return true;
    bl_lane *lane = lane_of(connection->server, operation);
    if (!lane) {
        bl_request_run(&connection, 1);
        return true;
    }
    /* In this order: the lane may be done with it before the next line. */
    MHD_suspend_connection(connection->http);
    bl_lane_push(lane, connection);
    return false;
}

void bl_request_run(bl_connection *const *connections, size_t count)
{
    bloop_server *server = connections[0]->server;
    if (count > 1) {
        bl_operation_run_writes(server, connections, count);
    } else {
        bl_connection *only = connections[0];
        only->http_status = bl_operation_run(server, &only->job->request, &only->reply);
    }
    for (size_t i = 0; i < count; i++) {
        bl_connection *done = connections[i];
        bl_wire_operation operation = done->job->request.operation;
        bl_job_give_back(server, done->job);
        done->job = NULL;
        if (!bl_connection_hold(done))
            withhold(done, operation);
    }
}

/* An answer there is no room for. Of what only reads, a throttle may be told, which says that nothing was done. */
static void withhold(bl_connection *connection, bl_wire_operation operation)
{
    bool only_reads = bl_operation_place(operation) == BL_PLACE_HERE;
    bl_buffer_free(&connection->reply);
    connection->http_status = bl_operation_fail(&connection->reply, only_reads ? BLOOP_THROTTLED : BLOOP_NO_MEMORY,
                                                "the server holds too much", (bloop_item){ 0 });
    bl_connection_hold(connection);
}

/* Methods, targets and signatures that are no request of ours. */
static bool refuse(bl_connection *connection, const char *method)
{
    if (!is_post(connection, method) || !has_authentication(connection))
        return true;
    bl_signers *signers = connection->server->signers;
    return signers && !bl_signers_check(signers, connection, method);
}

/* What DynamoDB Local answers to all else, GET among it: programs take that for a sign of life. */
static bool is_post(bl_connection *connection, const char *method)
{
    if (strcmp(method, MHD_HTTP_METHOD_POST) == 0)
        return true;
    bl_buffer_text(&connection->reply, NOT_A_POST);
    connection->http_status = 400;
    return false;
}

/* Any signature will do without a file of credentials, but there has to be one. */
static bool has_authentication(bl_connection *connection)
{
    const char *authorization = header(connection, "Authorization");
    if (authorization && strncmp(authorization, "AWS4-", 5) == 0)
        return true;
    if (!authorization && connection->uri && strstr(connection->uri, "X-Amz-Algorithm="))
        return true;
    bl_reply_error(connection, "MissingAuthenticationTokenException", "Request is missing Authentication Token");
    return false;
}

static bool decode(bl_connection *connection, bl_wire_operation operation)
{
    bl_buffer *body = &connection->body;
    connection->job = bl_job_take(connection->server);
    bloop_status status = connection->job ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK)
        status = bl_wire_read_request(connection->job->reading, operation, (const char *)body->data, body->size,
                                      &connection->job->request);
    if (status != BLOOP_OK)
        fail_with_last_error(connection, status);
    return status == BLOOP_OK;
}

static bl_lane *lane_of(bloop_server *server, bl_wire_operation operation)
{
    switch (bl_operation_place(operation)) {
    case BL_PLACE_WRITE: return server->writes_at_once ? NULL : &server->writes;
    case BL_PLACE_BATCH: return server->writes_at_once ? NULL : &server->others;
    case BL_PLACE_SLOW: return &server->others;
    default: return NULL;
    }
}

static void fail_with_last_error(bl_connection *connection, bloop_status status)
{
    connection->http_status =
        bl_operation_fail(&connection->reply, status, bloop_last_error()->message, (bloop_item){ 0 });
}

static const char *header(bl_connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection->http, MHD_HEADER_KIND, name);
}
