/* Credentials that a program writes (credential_process): run without a shell, its output read, its errors left to the
   terminal. */
#include "credentials_source_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* The texts. */
enum { COMMAND };

enum { TIMEOUT_MS = 60000, MAX_ARGUMENTS = 128, MAX_OUTPUT = 65536, POLL_MS = 10 };

static bloop_status load(const bl_credentials_source *source, bl_credentials *out);
static bloop_status split(const char *name, char *command, char *arguments[MAX_ARGUMENTS + 1]);
static char *cut_argument(char **rest, bool *closed);
static bloop_status run(const bl_credentials_source *source, char **arguments, bl_buffer *out);
static bloop_status start(const bl_credentials_source *source, char **arguments, int output[2], pid_t *child);
static bloop_status read_output(const bl_credentials_source *source, int output, int64_t deadline, bl_buffer *out);
static bloop_status wait_for_end(const bl_credentials_source *source, pid_t child, int64_t deadline);
static void stop(pid_t child);
static bloop_status too_slow(const bl_credentials_source *source);
static int64_t now_ms(void);

bloop_status bl_source_process(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value command = bl_config_key(config, "credential_process");
    if (!command.text)
        return BLOOP_OK;
    source->name = "credential_process";
    source->timeout_ms = TIMEOUT_MS;
    source->load = load;
    return bl_credentials_source_text(source, COMMAND, command.text);
}

static bloop_status load(const bl_credentials_source *source, bl_credentials *out)
{
    char *arguments[MAX_ARGUMENTS + 1];
    bl_buffer output = { 0 };
    bl_secret_begin(&output);
    char *command = bl_copy_text(source->texts[COMMAND]);
    size_t command_size = strlen(source->texts[COMMAND]);
    bloop_status status = command ? split(source->name, command, arguments) : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK)
        status = run(source, arguments, &output);
    if (status == BLOOP_OK)
        status = bl_credentials_read_json(source->name, (bl_sigv4_text){ (const char *)output.data, output.size }, true,
                                          out);
    if (command)
        explicit_bzero(command, command_size);
    bl_free(command);
    bl_secret_end(&output);
    return status;
}

/* As a shell would without any of its substitutions: white space separates, quotes and backslashes keep together. */
static bloop_status split(const char *name, char *command, char *arguments[MAX_ARGUMENTS + 1])
{
    size_t count = 0;
    bool closed = true;
    for (char *rest = command; closed; count++) {
        char *argument = cut_argument(&rest, &closed);
        if (!argument)
            break;
        if (count == MAX_ARGUMENTS)
            return bl_error(BLOOP_INVALID_ARGUMENT, "%s: the command has more than %d arguments", name, MAX_ARGUMENTS);
        arguments[count] = argument;
    }
    if (!closed || count == 0)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: %s", name,
                        closed ? "there is no command" : "a quote is not closed");
    arguments[count] = NULL;
    return BLOOP_OK;
}

/* In place: what remains of an argument is never longer than how it was written. NULL: there is none. */
static char *cut_argument(char **rest, bool *closed)
{
    char *from = *rest + strspn(*rest, " \t\r\n"), *argument = from, *to = from;
    char quote = '\0';
    if (*from == '\0')
        return NULL;
    for (; *from && (quote || !strchr(" \t\r\n", *from)); from++) {
        bool escapes = *from == '\\' && from[1] && (quote == '\0' || (quote == '"' && strchr("\"\\", from[1])));
        if (escapes)
            *to++ = *++from;
        else if (quote ? *from == quote : *from == '"' || *from == '\'')
            quote = quote ? '\0' : *from;
        else
            *to++ = *from;
    }
    *closed = quote == '\0';
    *rest = *from ? from + 1 : from;
    *to = '\0';
    return argument;
}

static bloop_status run(const bl_credentials_source *source, char **arguments, bl_buffer *out)
{
    int output[2];
    pid_t child;
    int64_t deadline = now_ms() + source->timeout_ms;
    bloop_status status = start(source, arguments, output, &child);
    if (status != BLOOP_OK)
        return status;
    status = read_output(source, output[0], deadline, out);
    close(output[0]);
    if (status == BLOOP_OK)
        return wait_for_end(source, child, deadline);
    stop(child);
    return status;
}

static bloop_status start(const bl_credentials_source *source, char **arguments, int output[2], pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    if (pipe2(output, O_CLOEXEC) != 0)
        return bl_error(BLOOP_IO, "%s: no pipe can be made", source->name);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    /* The program begins with signals as they usually are, whatever the caller has made of them. */
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    if (error == 0)
        error = posix_spawnp(child, arguments[0], &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(output[1]);
    if (error == 0)
        return BLOOP_OK;
    close(output[0]);
    char program[BL_QUOTE_SIZE], reason[128];
    return bl_error(BLOOP_ACCESS_DENIED, "%s: %s can't be run: %s", source->name,
                    bl_quote(program, arguments[0], strlen(arguments[0])), strerror_r(error, reason, sizeof reason));
}

static bloop_status read_output(const bl_credentials_source *source, int output, int64_t deadline, bl_buffer *out)
{
    bloop_status status = BLOOP_OK;
    for (;;) {
        int64_t left = deadline - now_ms();
        struct pollfd waiting = { .fd = output, .events = POLLIN };
        if (left <= 0)
            return too_slow(source);
        if (poll(&waiting, 1, (int)left) <= 0)
            continue;
        uint8_t chunk[4096];
        ssize_t count = read(output, chunk, sizeof chunk);
        if (count > 0)
            bl_buffer_append(out, chunk, (size_t)count);
        explicit_bzero(chunk, sizeof chunk);
        if (out->status != BLOOP_OK)
            status = out->status;
        else if (out->size > MAX_OUTPUT)
            status = bl_error(BLOOP_ACCESS_DENIED, "%s: the program writes more than credentials", source->name);
        else if (count < 0 && errno != EINTR)
            status = bl_error(BLOOP_IO, "%s: what the program writes can't be read", source->name);
        if (count == 0 || status != BLOOP_OK)
            return status;
    }
}

/* It may have been waited for already, by a handler of the caller's: then how it ended is not known, and what it wrote
   has to speak for itself. */
static bloop_status wait_for_end(const bl_credentials_source *source, pid_t child, int64_t deadline)
{
    int how = 0;
    for (;;) {
        pid_t ended = waitpid(child, &how, WNOHANG);
        if (ended < 0 && errno == ECHILD)
            return BLOOP_OK;
        if (ended == child)
            break;
        if (now_ms() >= deadline) {
            stop(child);
            return too_slow(source);
        }
        bl_sleep_ms(POLL_MS);
    }
    if (WIFEXITED(how) && WEXITSTATUS(how) == 0)
        return BLOOP_OK;
    if (WIFEXITED(how))
        return bl_error(BLOOP_ACCESS_DENIED, "%s: the program ended with status %d", source->name, WEXITSTATUS(how));
    return bl_error(BLOOP_ACCESS_DENIED, "%s: the program was ended by signal %d", source->name, WTERMSIG(how));
}

static void stop(pid_t child)
{
    kill(child, SIGKILL);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static bloop_status too_slow(const bl_credentials_source *source)
{
    return bl_error(BLOOP_TIMEOUT, "%s: the program has not ended after %lld seconds", source->name,
                    (long long)(source->timeout_ms / 1000));
}

static int64_t now_ms(void)
{
    return bl_monotonic_nanoseconds() / 1000000;
}
