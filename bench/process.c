/* Server processes. */
#include "process.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define READY_MS     10000
#define ANSWER_MS    60000
#define STOP_MS      10000
#define MILLISECOND  1000000
#define LOG_FILE     "/dev/null"
#define LARGEST_LINE 256

static pid_t spawn(char *const arguments[], int processor, int out);
static bool read_port(int from, uint16_t *port);
static bool free_port(uint16_t *port);
static bool wait_for_answer(const server_process *process);
static bool has_answer(uint16_t port);
static void sleep_ms(long ms);

bool process_start(char *const arguments[], int processor, server_process *out)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return bench_fail("%s: %s", arguments[0], strerror(errno));
    server_process made = { .pid = spawn(arguments, processor, ends[1]) };
    close(ends[1]);
    bool done = made.pid > 0 && read_port(ends[0], &made.port) && clock_getcpuclockid(made.pid, &made.cpu) == 0;
    close(ends[0]);
    if (!done) {
        process_stop(&made);
        return bench_fail("%s does not start", arguments[0]);
    }
    *out = made;
    return true;
}

bool process_start_shell(const char *line, server_process *out, double *seconds)
{
    char port[8];
    server_process made = { 0 };
    if (!free_port(&made.port))
        return bench_fail("no free port: %s", strerror(errno));
    snprintf(port, sizeof port, "%u", made.port);
    setenv("PORT", port, 1);
    int log = open(LOG_FILE, O_WRONLY | O_CLOEXEC);
    char shell[] = "/bin/sh", option[] = "-c", *copy = strdup(line);
    char *const arguments[] = { shell, option, copy, NULL };
    uint64_t begin = bench_now_ns();
    made.pid = copy ? spawn(arguments, ANY_PROCESSOR, log) : -1;
    free(copy);
    close(log);
    if (made.pid <= 0 || !wait_for_answer(&made) || clock_getcpuclockid(made.pid, &made.cpu) != 0) {
        process_stop(&made);
        return bench_fail("'%s' does not answer", line);
    }
    *seconds = (double)(bench_now_ns() - begin) / 1e9;
    *out = made;
    return true;
}

void process_stop(server_process *process)
{
    if (process->pid <= 0)
        return;
    kill(process->pid, SIGTERM);
    for (int waited = 0; waitpid(process->pid, NULL, WNOHANG) == 0; waited++) {
        if (waited == STOP_MS)
            kill(process->pid, SIGKILL);
        sleep_ms(1);
    }
    process->pid = 0;
}

bool process_cpu_ns(const server_process *process, uint64_t *ns)
{
    struct timespec used;
    if (clock_gettime(process->cpu, &used) != 0)
        return bench_fail("the server's CPU time: %s", strerror(errno));
    *ns = (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec;
    return true;
}

bool process_memory_mb(const server_process *process, double *megabytes)
{
    char path[64], line[LARGEST_LINE];
    long kilobytes = -1;
    snprintf(path, sizeof path, "/proc/%ld/status", (long)process->pid);
    FILE *file = fopen(path, "r");
    while (file && kilobytes < 0 && fgets(line, sizeof line, file))
        if (strncmp(line, "VmRSS:", strlen("VmRSS:")) == 0)
            kilobytes = strtol(line + strlen("VmRSS:"), NULL, 10);
    if (file)
        fclose(file);
    *megabytes = (double)kilobytes / 1024;
    return kilobytes >= 0 ? true : bench_fail("%s has no VmRSS", path);
}

bool find_program(const char *name, char *path, size_t size)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = 0;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(own, '/');
        if (slash)
            *slash = 0;
    }
    int written = snprintf(path, size, "%s/%s", own, name);
    if (written < 0 || (size_t)written >= size || access(path, X_OK) != 0)
        return bench_fail("there is no program %s in the build folder", name);
    return true;
}

/* Its output goes to `out`. It ends when this process does. */
static pid_t spawn(char *const arguments[], int processor, int out)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (processor >= 0)
        CPU_SET((size_t)processor, &set);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    if (processor >= 0)
        sched_setaffinity(0, sizeof set, &set);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(out, STDOUT_FILENO);
    execv(arguments[0], arguments);
    _exit(127);
}

/* "… http://127.0.0.1:8000\n" */
static bool read_port(int from, uint16_t *port)
{
    char line[LARGEST_LINE];
    size_t used = 0;
    struct pollfd ready = { .fd = from, .events = POLLIN };
    while (used + 1 < sizeof line && poll(&ready, 1, READY_MS) == 1) {
        ssize_t size = read(from, line + used, sizeof line - 1 - used);
        if (size <= 0)
            return false;
        used += (size_t)size;
        line[used] = 0;
        char *colon = strrchr(line, ':');
        if (line[used - 1] != '\n' || !colon)
            continue;
        *port = (uint16_t)strtoul(colon + 1, NULL, 10);
        return *port != 0;
    }
    return false;
}

static bool free_port(uint16_t *port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool done = made >= 0 && bind(made, (struct sockaddr *)&address, size) == 0 &&
                getsockname(made, (struct sockaddr *)&address, &size) == 0;
    if (made >= 0)
        close(made);
    *port = ntohs(address.sin_port);
    return done;
}

static bool wait_for_answer(const server_process *process)
{
    uint64_t end = bench_now_ns() + (uint64_t)ANSWER_MS * MILLISECOND;
    while (bench_now_ns() < end) {
        if (has_answer(process->port))
            return true;
        siginfo_t ended = { 0 };
        if (waitid(P_PID, (id_t)process->pid, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid != 0)
            return false;
        sleep_ms(1);
    }
    return false;
}

/* Whatever is said to "GET /". */
static bool has_answer(uint16_t port)
{
    static const char get[] = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(port),
                                         .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    char byte;
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pollfd ready = { .fd = made, .events = POLLIN };
    bool answered = made >= 0 && connect(made, (const struct sockaddr *)&address, sizeof address) == 0 &&
                    send(made, get, sizeof get - 1, MSG_NOSIGNAL) == (ssize_t)sizeof get - 1 &&
                    poll(&ready, 1, READY_MS) == 1 && recv(made, &byte, 1, 0) == 1;
    if (made >= 0)
        close(made);
    return answered;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * MILLISECOND }, NULL);
}
