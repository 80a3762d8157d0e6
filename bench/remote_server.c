/* The server: a child process with a thread for each connection, which reads requests in full and sends what is ready. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "remote.h"

#define REQUEST_SIZE (1024 * 1024)
#define LAST_SIZE    8192

typedef struct last_request {
    const char *operation;
    char body[LAST_SIZE];
} last_request;

static const canned_answers *canned;
static unsigned delay_us;
static int listener = -1;
static pid_t child;
static char url[64];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static last_request last[] = { { .operation = "GetItem" }, { .operation = "UpdateItem" }, { .operation = "Query" } };

static _Noreturn void serve_all(void);
static void *serve(void *context);
static bool read_request(int s, char *request, size_t *size, size_t *head_size, size_t *body_size);
static bool answer(int s, const char *request, const char *body, size_t body_size);
static bool answer_batch(int s, const char *body);
static bool answer_last(int s, const char *body);
static bool send_all(int s, const char *data, size_t size);
static bool send_body(int s, const char *body, size_t size);

bool server_start(const canned_answers *answers, unsigned delay, int processor)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    canned = answers;
    delay_us = delay;
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 128) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        return bench_fail("no socket to listen on");
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    child = fork();
    if (child == 0) {
        if (processor != ANY_PROCESSOR && !run_on_processor(processor))
            _exit(1);
        serve_all();
    }
    close(listener);
    return child > 0 ? true : bench_fail("no process for the server");
}

void server_stop(void)
{
    if (child <= 0)
        return;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    child = 0;
}

const char *server_url(void)
{
    return url;
}

bool server_last_request(const char *operation, char *body, size_t size)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    char request[256], text[LAST_SIZE + 512];
    address.sin_port = htons((uint16_t)strtoul(strrchr(url, ':') + 1, NULL, 10));
    int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int length = snprintf(request, sizeof request,
                          "POST / HTTP/1.1\r\nX-Amz-Target: Bench.Last\r\nContent-Length: %zu\r\n\r\n%s",
                          strlen(operation), operation);
    size_t got = 0;
    const char *end = NULL;
    bool done = s >= 0 && connect(s, (struct sockaddr *)&address, sizeof address) == 0 &&
                send_all(s, request, (size_t)length) && shutdown(s, SHUT_WR) == 0;
    for (ssize_t more = 1; done && more > 0 && got<sizeof text - 1; got += more> 0 ? (size_t)more : 0)
        more = recv(s, text + got, sizeof text - 1 - got, 0);
    text[got] = 0;
    done = done && (end = strstr(text, "\r\n\r\n")) != NULL && end[4];
    if (s >= 0)
        close(s);
    if (done)
        snprintf(body, size, "%s", end + 4);
    return done ? true : bench_fail("the server has had no %s", operation);
}

bloop_engine *server_engine(const item_kind *kind)
{
    bloop_backend *backend =
        bloop_remote_open_with(.endpoint = url, .region = "us-east-1", .access_key = "AKIDEXAMPLE",
                               .secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", .proxy = "");
    bloop_engine *engine = backend ? bloop_engine_new_with(.dynamodb = backend) : NULL;
    bloop_bind_options options = { .size = sizeof options, .skip_table_setup = true };
    if (engine && bloop_bind_model(engine, kind->model, &options) == BLOOP_OK)
        return engine;
    bench_note_failure("%s", bloop_last_error()->message);
    bloop_close(engine);
    return NULL;
}

static _Noreturn void serve_all(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    for (;;) {
        int s = accept4(listener, NULL, NULL, SOCK_CLOEXEC), on = 1;
        if (s < 0)
            continue;
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)s) != 0)
            _exit(1);
        pthread_detach(thread);
    }
}

static void *serve(void *context)
{
    int s = (int)(intptr_t)context;
    char *request = malloc(REQUEST_SIZE + 1);
    size_t size = 0, head_size = 0, body_size = 0;
    while (request && read_request(s, request, &size, &head_size, &body_size)) {
        request[head_size - 1] = 0;
        if (!answer(s, request, request + head_size, body_size))
            break;
        size -= head_size + body_size;
        memmove(request, request + head_size + body_size, size);
    }
    free(request);
    close(s);
    return NULL;
}

static bool read_request(int s, char *request, size_t *size, size_t *head_size, size_t *body_size)
{
    for (;;) {
        request[*size] = 0;
        const char *end = strstr(request, "\r\n\r\n");
        const char *length = end ? strcasestr(request, "\r\nContent-Length:") : NULL;
        if (length && length < end) {
            *head_size = (size_t)(end - request) + 4;
            *body_size = strtoull(length + 17, NULL, 10);
            if (*size >= *head_size + *body_size)
                return true;
        }
        ssize_t got = *size < REQUEST_SIZE ? recv(s, request + *size, REQUEST_SIZE - *size, 0) : 0;
        if (got <= 0)
            return false;
        *size += (size_t)got;
    }
}

static bool answer(int s, const char *request, const char *body, size_t body_size)
{
    const canned_answer *answers[] = { &canned->get, &canned->save, &canned->page };
    const char *target = strcasestr(request, "\r\nX-Amz-Target:");
    const char *operation = target ? strchr(target, '.') : NULL;
    if (!operation)
        return false;
    operation++;
    if (strncmp(operation, "Last\r", 5) == 0)
        return answer_last(s, body);
    if (delay_us)
        nanosleep(&(struct timespec){ .tv_nsec = (long)delay_us * 1000 }, NULL);
    if (strncmp(operation, "BatchGetItem\r", 13) == 0)
        return answer_batch(s, body);
    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
        size_t name = strlen(last[i].operation);
        if (strncmp(operation, last[i].operation, name) != 0 || operation[name] != '\r')
            continue;
        if (!delay_us) {
            pthread_mutex_lock(&lock);
            snprintf(last[i].body, sizeof last[i].body, "%.*s", (int)body_size, body);
            pthread_mutex_unlock(&lock);
        }
        return send_all(s, answers[i]->text, answers[i]->size);
    }
    return false;
}

/* Each key that is asked for, with the rest of the item after it: {"id":…,"entry":…} */
static bool answer_batch(int s, const char *body)
{
    static const char keys_begin[] = "\"Keys\":[";
    const char *at = strstr(body, keys_begin), *table = strstr(body, "\"RequestItems\":{");
    if (!at || !table)
        return false;
    table += strlen("\"RequestItems\":{");
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return false;
    fprintf(stream, "{\"Responses\":{%.*s:[", (int)(strchr(table, ':') - table), table);
    for (at += strlen(keys_begin); *at == '{'; at += *at == ',') {
        const char *begin = at;
        for (int depth = 0; *at;) {
            depth += (*at == '{') - (*at == '}');
            at++;
            if (depth == 0)
                break;
        }
        fwrite(begin, 1, (size_t)(at - begin - 1), stream);
        fprintf(stream, "%s%s", canned->rest, *at == ',' ? "," : "");
    }
    fputs("]},\"UnprocessedKeys\":{}}", stream);
    fclose(stream);
    bool done = send_body(s, text, size);
    free(text);
    return done;
}

static bool answer_last(int s, const char *body)
{
    bool done = false;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
        if (strcmp(body, last[i].operation) == 0)
            done = send_body(s, last[i].body, strlen(last[i].body));
    pthread_mutex_unlock(&lock);
    return done;
}

static bool send_body(int s, const char *body, size_t size)
{
    char head[256];
    int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
    return send_all(s, head, (size_t)length) && send_all(s, body, size);
}

static bool send_all(int s, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(s, data, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        data += sent;
        size -= (size_t)sent;
    }
    return true;
}
