/* `bloop serve` as a process of its own. */
#include "support/program.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/http.h"

#define MOST_ARGUMENTS 16

static _Noreturn void become(const char *path, const char *const *arguments, int output, program_limits limits);
static size_t read_all(int file, char *out, size_t size, char last);

program program_start(const char *const *arguments)
{
    return program_start_limited(arguments, (program_limits){ 0 });
}

program program_start_limited(const char *const *arguments, program_limits limits)
{
    const char *path = getenv("BLOOP_PROGRAM");
    int ends[2];
    char line[sizeof((program *)0)->url + 32] = "";
    program p = { 0 };
    if (!path) {
        fail_msg("BLOOP_PROGRAM does not say where the program is");
        return p;
    }
    assert_int_equal(pipe(ends), 0);
    p.process = fork();
    assert_true(p.process >= 0);
    if (p.process == 0)
        become(path, arguments, ends[1], limits);
    close(ends[1]);
    p.output = ends[0];
    read_all(p.output, line, sizeof line, '\n');
    if (sscanf(line, "listening on %127s\n", p.url) != 1)
        (void)fprintf(stderr, "%s", line);
    return p;
}

int program_end(program *p, int signal_number, char *printed, size_t size)
{
    char rest[1024];
    int status = 0;
    if (signal_number)
        kill(p->process, signal_number);
    rest[read_all(p->output, rest, sizeof rest, 0)] = 0;
    assert_int_equal(waitpid(p->process, &status, 0), p->process);
    close(p->output);
    if (printed)
        snprintf(printed, size, "%s", rest);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

char *program_ask(const program *p, const char *operation, const char *body, int status)
{
    int peer = http_connect(p->url);
    http_answer answer = http_ask(peer, operation, body);
    if (answer.status != status)
        fail_msg("%s %s: status %d, %s", operation, body, answer.status, answer.body);
    http_close(peer);
    free(answer.head);
    return answer.body;
}

/* In the child. A test that is stopped leaves no server running. */
static _Noreturn void become(const char *path, const char *const *arguments, int output, program_limits limits)
{
    char *all[MOST_ARGUMENTS + 3] = { (char *)(uintptr_t)path, (char *)(uintptr_t) "serve" };
    for (size_t i = 0; i < MOST_ARGUMENTS && arguments[i]; i++)
        all[i + 2] = (char *)(uintptr_t)arguments[i];
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (limits.file_bytes)
        (void)setrlimit(RLIMIT_FSIZE, &(struct rlimit){ limits.file_bytes, limits.file_bytes });
    if (limits.files)
        (void)setrlimit(RLIMIT_NOFILE, &(struct rlimit){ limits.files, limits.files });
    execv(path, all);
    _exit(127);
}

/* Up to a byte like `last`, unless that is 0, or the end; what has no room is read and dropped. Ends it with a zero. */
static size_t read_all(int file, char *out, size_t size, char last)
{
    char byte = 0;
    size_t count = 0;
    while (read(file, &byte, 1) == 1) {
        if (count + 1 < size)
            out[count++] = byte;
        if (last && byte == last)
            break;
    }
    out[count] = 0;
    return count;
}
