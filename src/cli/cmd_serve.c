/* bloop serve: the store behind DynamoDB's protocol, until a signal ends it. */
#include <bloop.h>
#include <bloop/sys/server.h>
#include <bloop/sys/store.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cli.h"

/* How long requests that have begun may take to end. */
#define DRAIN_MS 10000

typedef struct choices {
    bool memory;
    const char *file;
    bloop_server_options server;
} choices;

/* An argument, and what takes its value. False: it is none, for it must be what `rule` says. */
typedef struct argument {
    const char *name;
    const char *rule; /* NULL: it has no value */
    bool (*take)(const char *value, choices *out);
} argument;

static bool read_arguments(int argc, char **argv, choices *out);
static const argument *find_argument(const char *name);
static bool take_port(const char *value, choices *out);
static bool take_host(const char *value, choices *out);
static bool take_memory(const char *value, choices *out);
static bool take_file(const char *value, choices *out);
static bool take_threads(const char *value, choices *out);
static bool take_credentials(const char *value, choices *out);
static bool read_number(const char *text, unsigned long most, unsigned long *out);
static int serve(const char *verb, const choices *chosen);
static void allow_many_files(void);

static const argument arguments[] = {
    { "--port", "a number from 0 to 65535", take_port },
    { "--host", "an address of this machine, or its name", take_host },
    { "--memory", NULL, take_memory },
    { "--file", "a path", take_file },
    { "--threads", "a number from 1 to 64", take_threads },
    { "--credentials", "a path", take_credentials },
};

int cli_serve(int argc, char **argv)
{
    choices chosen = { .server = { .port = 8000 } };
    if (!read_arguments(argc, argv, &chosen))
        return cli_usage(argv[0], CLI_SERVE_USAGE);
    allow_many_files();
    return serve(argv[0], &chosen);
}

static bool read_arguments(int argc, char **argv, choices *out)
{
    for (int i = 1; i < argc; i++) {
        const argument *found = find_argument(argv[i]);
        if (!found || (found->rule && i + 1 == argc)) {
            fprintf(stderr, "bloop serve: '%s' %s\n", argv[i], found ? "needs a value" : "is no argument");
            return false;
        }
        const char *value = found->rule ? argv[++i] : NULL;
        if (!found->take(value, out)) {
            fprintf(stderr, "bloop serve: %s '%s': it must be %s\n", found->name, value, found->rule);
            return false;
        }
    }
    if (out->memory == (out->file != NULL)) {
        fprintf(stderr, "bloop serve: %s\n",
                out->memory ? "it is --memory or --file, not both" : "--memory or --file is needed");
        return false;
    }
    return true;
}

static const argument *find_argument(const char *name)
{
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
        if (strcmp(arguments[i].name, name) == 0)
            return &arguments[i];
    return NULL;
}

static bool take_port(const char *value, choices *out)
{
    unsigned long number = 0;
    bool good = read_number(value, UINT16_MAX, &number);
    out->server.port = (uint16_t)number;
    return good;
}

static bool take_host(const char *value, choices *out)
{
    out->server.host = value;
    return *value != 0;
}

static bool take_memory(const char *value, choices *out)
{
    (void)value;
    out->memory = true;
    out->server.writes_at_once = true;
    return true;
}

static bool take_file(const char *value, choices *out)
{
    out->file = value;
    return *value != 0;
}

static bool take_threads(const char *value, choices *out)
{
    unsigned long number = 0;
    bool good = read_number(value, 64, &number) && number > 0;
    out->server.threads = (unsigned)number;
    return good;
}

static bool take_credentials(const char *value, choices *out)
{
    out->server.credentials = value;
    return *value != 0;
}

static bool read_number(const char *text, unsigned long most, unsigned long *out)
{
    char *end = NULL;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return errno == 0 && *end == 0 && *out <= most;
}

/* The signals are blocked before any thread is started, so that none but this one takes them. A file that may not grow is
   told to who writes, as a full disk is. */
static int serve(const char *verb, const choices *chosen)
{
    sigset_t signals;
    int signal_number = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGXFSZ, SIG_IGN);
    bloop_backend *store = bloop_store_open(&(bloop_store_options){ .path = chosen->file });
    if (!store)
        return cli_fail(verb);
    bloop_server *server = NULL;
    if (bloop_server_start(store, &chosen->server, &server) != BLOOP_OK) {
        int code = cli_fail(verb);
        bloop_backend_close(store);
        return code;
    }
    printf("listening on %s\n", bloop_server_url(server));
    fflush(stdout);
    sigwait(&signals, &signal_number);
    bloop_server_stop(server, DRAIN_MS);
    bloop_backend_close(store);
    return CLI_OK;
}

/* Each connection is a file. */
static void allow_many_files(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}
