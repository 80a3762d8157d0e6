/* Who is connected. A thread looks through them once in a while and shuts down those that have been idle, or busy sending
   or receiving one request, for too long; a byte now and then does not help them. When hardly any connection is left, the
   one that has kept everybody waiting the longest makes room for a new one. The thread also makes up for two things that
   libmicrohttpd overlooks: an end that comes with the last byte, and events that it has taken but not looked at.

   A socket is shut down under the registry's lock, and closed only after its connection has left the registry, so that
   the number always means the connection it is taken for. */
#include "server/server_private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* What a connection's buffer may keep between requests. */
#define KEPT_BYTES 4096
/* Nobody has to go before that, even when there is no room. */
#define GRACE_MS       1000
#define DRAIN_STEP_MS  10
#define SWEEP_MOST_MS  250
#define SWEEP_LEAST_MS 10

static void *sweep(void *argument);
static void wait_ms(bloop_server *server, int64_t ms);
static int64_t sweep_interval(const bloop_server *server);
static void sweep_once(bloop_server *server);
static void look_at(bl_connection *connection, bl_phase phase);
static void wake_reader(int socket);
static void wake_writer(int socket);
static int64_t allowed_ms(const bloop_server *server, bl_phase phase);
static bool is_full(const bloop_server *server);
static void make_room(bloop_server *server);
static void close_idle(bloop_server *server);
static void close_all(bloop_server *server);
static bool leave_phase(bl_connection *connection, bl_phase phase, int how);
static void trim(bl_buffer *buffer);

bloop_status bl_connections_start(bloop_server *server)
{
    if (pthread_create(&server->sweeper, NULL, sweep, server) != 0)
        return bl_error(BLOOP_NO_MEMORY, "the system starts no more threads");
    server->sweeping = true;
    return BLOOP_OK;
}

void bl_connections_drain(bloop_server *server, int64_t drain_ms)
{
    int64_t end = bl_server_now_ms() + drain_ms;
    pthread_mutex_lock(&server->connections_lock);
    while (server->connection_count > 0 && bl_server_now_ms() < end) {
        close_idle(server);
        wait_ms(server, DRAIN_STEP_MS);
    }
    close_all(server);
    pthread_mutex_unlock(&server->connections_lock);
}

void bl_connections_stop(bloop_server *server)
{
    if (!server->sweeping)
        return;
    pthread_mutex_lock(&server->connections_lock);
    server->stop_sweeping = true;
    pthread_cond_broadcast(&server->connections_changed);
    pthread_mutex_unlock(&server->connections_lock);
    pthread_join(server->sweeper, NULL);
    server->sweeping = false;
}

bl_connection *bl_connection_open(bloop_server *server, struct MHD_Connection *http)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(http, MHD_CONNECTION_INFO_CONNECTION_FD);
    bl_connection *connection = bl_alloc_zeroed(1, sizeof *connection);
    if (!connection || !info) {
        /* Nobody would look after it. */
        if (info)
            shutdown(info->connect_fd, SHUT_RDWR);
        bl_free(connection);
        return NULL;
    }
    connection->server = server;
    connection->http = http;
    connection->socket = info->connect_fd;
    bl_connection_enter(connection, BL_PHASE_IDLE);
    pthread_mutex_lock(&server->connections_lock);
    if (is_full(server))
        make_room(server);
    connection->next = server->connections;
    if (connection->next)
        connection->next->previous = connection;
    server->connections = connection;
    if (server->connection_count++ == 0)
        pthread_cond_broadcast(&server->connections_changed);
    pthread_mutex_unlock(&server->connections_lock);
    return connection;
}

void bl_connection_close(bl_connection *connection)
{
    bloop_server *server = connection->server;
    pthread_mutex_lock(&server->connections_lock);
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        server->connections = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    if (--server->connection_count == 0)
        pthread_cond_broadcast(&server->connections_changed);
    pthread_mutex_unlock(&server->connections_lock);
    bl_connection_reset(connection);
    atomic_fetch_sub(&server->held, connection->held);
    bl_buffer_free(&connection->body);
    bl_buffer_free(&connection->reply);
    bl_free(connection);
}

void bl_connection_enter(bl_connection *connection, bl_phase phase)
{
    atomic_store_explicit(&connection->since_ms, bl_server_now_ms(), memory_order_relaxed);
    atomic_store_explicit(&connection->phase, (int)phase, memory_order_release);
}

void bl_connection_reset(bl_connection *connection)
{
    bl_job_give_back(connection->server, connection->job);
    bl_free(connection->uri);
    connection->job = NULL;
    connection->uri = NULL;
    connection->begun = false;
    connection->answered = false;
    connection->closing = false;
    connection->discarded = 0;
    connection->http_status = 0;
    trim(&connection->body);
    trim(&connection->reply);
    bl_connection_hold(connection);
}

bool bl_connection_hold(bl_connection *connection)
{
    size_t now = connection->body.capacity + connection->reply.capacity;
    if (now == connection->held)
        return true;
    size_t total = atomic_fetch_add(&connection->server->held, now - connection->held) + (now - connection->held);
    connection->held = now;
    return total <= connection->server->max_held || now <= 2 * KEPT_BYTES;
}

static void *sweep(void *argument)
{
    bloop_server *server = argument;
    pthread_mutex_lock(&server->connections_lock);
    while (!server->stop_sweeping) {
        if (server->connection_count == 0)
            pthread_cond_wait(&server->connections_changed, &server->connections_lock);
        else
            wait_ms(server, sweep_interval(server));
        sweep_once(server);
        /* Each of these lets one in, who makes the next one leave. */
        for (unsigned i = 0; is_full(server) && i <= server->max_connections / 256; i++)
            make_room(server);
    }
    pthread_mutex_unlock(&server->connections_lock);
    return NULL;
}

/* Until something changes, or the time is over. */
static void wait_ms(bloop_server *server, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&server->connections_changed, &server->connections_lock, &until);
}

static int64_t sweep_interval(const bloop_server *server)
{
    int64_t shortest = server->request_ms < server->idle_ms ? server->request_ms : server->idle_ms;
    int64_t interval = shortest / 8;
    if (interval > SWEEP_MOST_MS)
        return SWEEP_MOST_MS;
    return interval < SWEEP_LEAST_MS ? SWEEP_LEAST_MS : interval;
}

static void sweep_once(bloop_server *server)
{
    int64_t now = bl_server_now_ms();
    for (bl_connection *c = server->connections; c; c = c->next) {
        bl_phase phase = (bl_phase)atomic_load_explicit(&c->phase, memory_order_acquire);
        int64_t allowed = allowed_ms(server, phase);
        if (allowed && now - atomic_load_explicit(&c->since_ms, memory_order_relaxed) > allowed)
            leave_phase(c, phase, SHUT_RDWR);
        else
            look_at(c, phase);
    }
}

/* libmicrohttpd (0.9.75, MHD_epoll) asks the system again when it got 128 events, the most it takes at once, and may sleep
   then: until something else happens, it does not see to those it has. So whatever looks as if it had been forgotten gets
   an event more, which costs a fruitless read or write at worst. */
static void look_at(bl_connection *connection, bl_phase phase)
{
    char byte;
    if (phase == BL_PHASE_CLOSING)
        shutdown(connection->socket, SHUT_RD);
    if (phase == BL_PHASE_SENDING)
        wake_writer(connection->socket);
    if (phase != BL_PHASE_IDLE && phase != BL_PHASE_RECEIVING)
        return;
    ssize_t unread = recv(connection->socket, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
    if (unread > 0)
        wake_reader(connection->socket);
    /* Nor does libmicrohttpd notice the end of what a client sends, when it read the last byte and the end at once. */
    if (unread == 0)
        leave_phase(connection, phase, SHUT_RD);
}

/* Linux tells those who wait for bytes when this is set and there are any, whatever it was before. */
static void wake_reader(int socket)
{
    setsockopt(socket, SOL_SOCKET, SO_RCVLOWAT, &(int){ 1 }, sizeof(int));
}

/* Likewise those who wait for room. 0: as the system has it. */
static void wake_writer(int socket)
{
    setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &(int){ 0 }, sizeof(int));
}

/* 0: any time. */
static int64_t allowed_ms(const bloop_server *server, bl_phase phase)
{
    switch (phase) {
    case BL_PHASE_IDLE: return server->idle_ms;
    case BL_PHASE_RECEIVING:
    case BL_PHASE_SENDING: return server->request_ms;
    default: return 0;
    }
}

static bool is_full(const bloop_server *server)
{
    return server->connection_count >= server->max_connections - server->max_connections / 16;
}

static void make_room(bloop_server *server)
{
    bl_connection *oldest = NULL;
    int64_t oldest_since = bl_server_now_ms() - GRACE_MS;
    bl_phase oldest_phase = BL_PHASE_IDLE;
    for (bl_connection *c = server->connections; c; c = c->next) {
        bl_phase phase = (bl_phase)atomic_load_explicit(&c->phase, memory_order_acquire);
        int64_t since = atomic_load_explicit(&c->since_ms, memory_order_relaxed);
        if (allowed_ms(server, phase) && since < oldest_since) {
            oldest = c;
            oldest_since = since;
            oldest_phase = phase;
        }
    }
    if (oldest)
        leave_phase(oldest, oldest_phase, SHUT_RDWR);
}

/* What such a connection has sent already is still read and answered. */
static void close_idle(bloop_server *server)
{
    for (bl_connection *c = server->connections; c; c = c->next)
        leave_phase(c, BL_PHASE_IDLE, SHUT_RD);
}

static void close_all(bloop_server *server)
{
    for (bl_connection *c = server->connections; c; c = c->next)
        shutdown(c->socket, SHUT_RDWR);
}

/* Shuts the connection down, unless it has gone on to another phase. */
static bool leave_phase(bl_connection *connection, bl_phase phase, int how)
{
    int expected = (int)phase;
    if (!atomic_compare_exchange_strong(&connection->phase, &expected, (int)BL_PHASE_CLOSING))
        return false;
    shutdown(connection->socket, how);
    return true;
}

static void trim(bl_buffer *buffer)
{
    if (buffer->capacity > KEPT_BYTES)
        bl_buffer_free(buffer);
    else
        bl_buffer_clear(buffer);
}
