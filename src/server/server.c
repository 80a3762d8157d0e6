/* Starting and stopping: options become a server, part by part; a part that fails takes those before it down again. */
#include "server/server_private.h"

#include <sched.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MAX_BODY_BYTES   ((size_t)16 << 20)
#define MAX_HELD_BYTES   ((size_t)256 << 20)
#define MAX_CONNECTIONS  16384u
#define MAX_THREADS      64u
#define DEFAULT_THREADS  16u
#define FILES_FOR_OTHERS 64u
#define REQUEST_MS       30000
#define IDLE_MS          120000
#define OTHERS           4

static void init_locks(bloop_server *server);
static bloop_status check_options(const bloop_server_options *options);
static bloop_status take_options(bloop_server *server, const bloop_server_options *options);
static bloop_status start_parts(bloop_server *server, const bloop_server_options *options);
static unsigned connections_allowed(unsigned wanted);
static unsigned threads_wanted(unsigned wanted);
static void release(bloop_server *server);

bloop_status bloop_server_start(bloop_backend *backend, const bloop_server_options *options, bloop_server **out)
{
    static const bloop_server_options defaults;
    if (!backend || !out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: an argument that is needed is NULL", __func__);
    if (!options)
        options = &defaults;
    bloop_status status = check_options(options);
    if (status != BLOOP_OK)
        return status;
    bloop_server *server = bl_alloc_zeroed(1, sizeof *server);
    if (!server)
        return BLOOP_NO_MEMORY;
    server->backend = backend;
    server->listener = -1;
    init_locks(server);
    status = take_options(server, options);
    if (status == BLOOP_OK)
        status = start_parts(server, options);
    if (status == BLOOP_OK)
        *out = server;
    else
        release(server);
    return status;
}

const char *bloop_server_url(const bloop_server *server)
{
    return server->url;
}

void bloop_server_count(const bloop_server *server, bloop_server_counts *out)
{
    bloop_server *counted = (bloop_server *)(uintptr_t)server;
    pthread_mutex_lock(&counted->connections_lock);
    out->connections = counted->connection_count;
    pthread_mutex_unlock(&counted->connections_lock);
    out->requests = atomic_load(&server->requests);
    out->held_bytes = atomic_load(&server->held);
}

void bloop_server_stop(bloop_server *server, int64_t drain_ms)
{
    if (!server)
        return;
    atomic_store(&server->draining, true);
    bl_http_quiesce(server);
    bl_connections_drain(server, drain_ms);
    release(server);
}

int64_t bl_server_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void init_locks(bloop_server *server)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&server->jobs_lock, NULL);
    pthread_mutex_init(&server->connections_lock, NULL);
    pthread_cond_init(&server->connections_changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

static bloop_status check_options(const bloop_server_options *options)
{
    if (options->threads > MAX_THREADS)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a server has at most %u threads, and %u were asked for", MAX_THREADS,
                        options->threads);
    if (options->request_timeout_ms < 0 || options->idle_timeout_ms < 0)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a server's timeouts can't be negative");
    return BLOOP_OK;
}

static bloop_status take_options(bloop_server *server, const bloop_server_options *options)
{
    server->writes_at_once = options->writes_at_once;
    server->max_body = options->max_body_bytes ? options->max_body_bytes : MAX_BODY_BYTES;
    server->max_held = options->max_held_bytes ? options->max_held_bytes : MAX_HELD_BYTES;
    server->max_connections = connections_allowed(options->max_connections);
    server->request_ms = options->request_timeout_ms ? options->request_timeout_ms : REQUEST_MS;
    server->idle_ms = options->idle_timeout_ms ? options->idle_timeout_ms : IDLE_MS;
    bloop_status status = bl_random(&server->id_seed, sizeof server->id_seed);
    if (status == BLOOP_OK && options->credentials)
        status = bl_signers_read(options->credentials, &server->signers);
    return status;
}

static bloop_status start_parts(bloop_server *server, const bloop_server_options *options)
{
    bloop_status status =
        bl_listener_open(options->host ? options->host : "127.0.0.1", options->port, &server->listener);
    if (status == BLOOP_OK)
        status = bl_listener_name(server->listener, &server->url, &server->host);
    if (status == BLOOP_OK)
        status = bl_connections_start(server);
    if (status == BLOOP_OK)
        status = bl_lane_start(&server->writes, server, 1, true);
    if (status == BLOOP_OK)
        status = bl_lane_start(&server->others, server, OTHERS, false);
    if (status == BLOOP_OK)
        status = bl_http_start(server, server->listener, threads_wanted(options->threads));
    return status;
}

/* As many as were asked for, as far as the process may open files. */
static unsigned connections_allowed(unsigned wanted)
{
    struct rlimit files;
    if (wanted == 0)
        wanted = MAX_CONNECTIONS;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
        return wanted;
    rlim_t left = files.rlim_cur > 2 * FILES_FOR_OTHERS ? files.rlim_cur - FILES_FOR_OTHERS : files.rlim_cur / 2;
    return left < wanted ? (unsigned)left : wanted;
}

/* One for each processor that the process may use, which may be fewer than there are. */
static unsigned threads_wanted(unsigned wanted)
{
    cpu_set_t usable;
    if (wanted)
        return wanted;
    long processors =
        sched_getaffinity(0, sizeof usable, &usable) == 0 ? CPU_COUNT(&usable) : sysconf(_SC_NPROCESSORS_ONLN);
    if (processors < 1)
        return 1;
    return processors > DEFAULT_THREADS ? DEFAULT_THREADS : (unsigned)processors;
}

/* The lanes go before the daemon, which must not end while connections are suspended: they let go of all. */
static void release(bloop_server *server)
{
    bl_lane_stop(&server->writes);
    bl_lane_stop(&server->others);
    bl_http_stop(server);
    bl_connections_stop(server);
    if (server->listener >= 0)
        close(server->listener);
    bl_jobs_free(server);
    pthread_cond_destroy(&server->connections_changed);
    pthread_mutex_destroy(&server->connections_lock);
    pthread_mutex_destroy(&server->jobs_lock);
    bl_signers_free(server->signers);
    bl_free(server->url);
    bl_free(server->host);
    bl_free(server);
}
