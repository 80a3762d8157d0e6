/* What libmicrohttpd does with the least of programs behind it: each request is read in full, and the answer is always the
   same. It is the other side of serve-get, and has what bloop serve has: an epoll set a thread, the same limits of memory
   for a connection, an answer of the same size with the same headers.

   constant_server SIZE: prints a line with its URL, and ends at SIGTERM. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define CONNECTION_BYTES ((size_t)16 << 10)
#define READ_STEP_BYTES  ((size_t)8 << 10)
#define LARGEST_ANSWER   ((size_t)1 << 20)

static struct MHD_Response *make_answer(size_t size);
static enum MHD_Result handle(void *context, struct MHD_Connection *http, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_size, void **request);

int main(int argc, char **argv)
{
    size_t size = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    struct MHD_Response *answer = size <= LARGEST_ANSWER ? make_answer(size) : NULL;
    struct sockaddr_in loopback = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    sigset_t signals;
    int number = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    struct MHD_Daemon *daemon =
        answer ? MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, handle, answer,
                                  MHD_OPTION_SOCK_ADDR, &loopback, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
                                  MHD_OPTION_CONNECTION_MEMORY_INCREMENT, READ_STEP_BYTES, MHD_OPTION_END)
               : NULL;
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info)
        return EXIT_FAILURE;
    printf("listening on http://127.0.0.1:%u\n", (unsigned)info->port);
    fflush(stdout);
    sigwait(&signals, &number);
    MHD_stop_daemon(daemon);
    MHD_destroy_response(answer);
    return EXIT_SUCCESS;
}

static struct MHD_Response *make_answer(size_t size)
{
    char *body = malloc(size + 1);
    if (!body)
        return NULL;
    memset(body, 'x', size);
    struct MHD_Response *made = MHD_create_response_from_buffer(size, body, MHD_RESPMEM_MUST_FREE);
    if (made && MHD_add_response_header(made, "Content-Type", "application/x-amz-json-1.0") == MHD_YES)
        return made;
    return NULL;
}

/* Called when the headers are there, for each piece of the body, and when all is there. */
static enum MHD_Result handle(void *context, struct MHD_Connection *http, const char *path, const char *method,
                              const char *version, const char *data, size_t *data_size, void **request)
{
    (void)path;
    (void)method;
    (void)version;
    (void)data;
    if (!*request) {
        *request = http;
        return MHD_YES;
    }
    if (*data_size > 0) {
        *data_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(http, MHD_HTTP_OK, context);
}
