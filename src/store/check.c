/* bloop_check_file: a child process walks the file and tells what it finds through a pipe; when it dies of a damaged page,
   that is a finding too. */
#include <bloop/sys/check.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_private.h"

/* A message in the pipe: this, and `size` bytes of text with a zero byte at the end. */
typedef struct message {
    uint32_t size;
    int32_t status; /* MORE: a problem; else the end, and how the walk ended */
} message;

enum { MORE = -1, TEXT_MAX = 4096 };

/* The parent's side. */
typedef struct hearing {
    bloop_check_listener listener;
    void *context;
    bool ended; /* the child said so itself */
    bloop_status status;
    char text[TEXT_MAX];
} hearing;

static bloop_status start(const char *path, bloop_check_counts *counts, int *from, pid_t *child);
static _Noreturn void run_child(const char *path, bloop_check_counts *counts, int to);
static bloop_status walk_file(const char *path, bloop_check_counts *counts, int *to);
static void report(void *context, const char *text);
static void say(int to, int32_t status, const char *text);
static void write_all(int to, const void *data, size_t size);
static void listen(hearing *h, int from);
static bool read_all(int from, void *data, size_t size);
static int wait_for(pid_t child);
static bloop_status conclude(hearing *h, int ending, bloop_check_counts *counts);

bloop_status bloop_check_file(const char *path, bloop_check_listener listener, void *context,
                              bloop_check_counts *counts)
{
    int from = -1;
    pid_t child = 0;
    hearing h = { .listener = listener, .context = context };
    if (!path || !counts)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: %s is NULL", __func__, path ? "counts" : "path");
    bloop_check_counts *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return bl_error_no_memory(sizeof *shared);
    bloop_status status = start(path, shared, &from, &child);
    if (status == BLOOP_OK) {
        listen(&h, from);
        close(from);
        status = conclude(&h, wait_for(child), shared);
        *counts = *shared;
    }
    munmap(shared, sizeof *shared);
    return status;
}

static bloop_status start(const char *path, bloop_check_counts *counts, int *from, pid_t *child)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return bl_error(BLOOP_IO, "%s: no pipe to a checking process: %s", path, strerror(errno));
    *child = fork();
    if (*child < 0) {
        bloop_status status = bl_error(BLOOP_NO_MEMORY, "%s: no process to check it in: %s", path, strerror(errno));
        close(ends[0]);
        close(ends[1]);
        return status;
    }
    if (*child == 0) {
        close(ends[0]);
        run_child(path, counts, ends[1]);
    }
    close(ends[1]);
    *from = ends[0];
    return BLOOP_OK;
}

static _Noreturn void run_child(const char *path, bloop_check_counts *counts, int to)
{
    /* Dying is a way to answer: the program's own handlers have no place here, and a core file would be no news. */
    static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
    const struct rlimit none = { 0, 0 };
    for (size_t i = 0; i < BL_COUNT_OF(fatal); i++)
        signal(fatal[i], SIG_DFL);
    setrlimit(RLIMIT_CORE, &none);
    bl_error_clear();
    bloop_status status = walk_file(path, counts, &to);
    say(to, (int32_t)status, bloop_last_error()->message);
    _exit(0);
}

static bloop_status walk_file(const char *path, bloop_check_counts *counts, int *to)
{
    bl_env *env = NULL;
    bl_check check = { .counts = counts, .report = report, .context = to };
    const bloop_store_options options = { .path = path, .read_only = true };
    bloop_status status = bl_env_acquire(&options, &env);
    if (status != BLOOP_OK)
        return status;
    status = bl_read_begin(env, &check.txn);
    if (status == BLOOP_OK) {
        status = bl_check_walk(&check);
        bl_read_end(&check.txn);
    }
    bl_env_release(env);
    return status;
}

static void report(void *context, const char *text)
{
    const int *to = context;
    say(*to, MORE, text);
}

static void say(int to, int32_t status, const char *text)
{
    size_t size = strnlen(text, TEXT_MAX - 1) + 1;
    const message head = { (uint32_t)size, status };
    char copy[TEXT_MAX];
    memcpy(copy, text, size - 1);
    copy[size - 1] = '\0';
    write_all(to, &head, sizeof head);
    write_all(to, copy, size);
}

/* Without a reader there is nobody left to tell. */
static void write_all(int to, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t written = write(to, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            _exit(1);
        at += written;
        size -= (size_t)written;
    }
}

static void listen(hearing *h, int from)
{
    message head;
    while (!h->ended && read_all(from, &head, sizeof head)) {
        if (head.size == 0 || head.size > sizeof h->text || !read_all(from, h->text, head.size))
            return;
        h->text[head.size - 1] = '\0';
        h->ended = head.status != MORE;
        h->status = h->ended ? (bloop_status)head.status : BLOOP_OK;
        if (!h->ended && h->listener)
            h->listener(h->context, h->text);
    }
}

static bool read_all(int from, void *data, size_t size)
{
    uint8_t *at = data;
    while (size > 0) {
        ssize_t got = read(from, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

/* How the child ended; 0 when the program has arranged that nobody may know. */
static int wait_for(pid_t child)
{
    int ending = 0;
    while (waitpid(child, &ending, 0) < 0)
        if (errno != EINTR)
            return 0;
    return ending;
}

static bloop_status conclude(hearing *h, int ending, bloop_check_counts *counts)
{
    bool damaged = !h->ended || h->status == BLOOP_CORRUPT;
    if (!h->ended)
        snprintf(
            h->text, sizeof h->text, "the file's pages are damaged: reading them ended the checking process (%s %d)",
            WIFSIGNALED(ending) ? "signal" : "status", WIFSIGNALED(ending) ? WTERMSIG(ending) : WEXITSTATUS(ending));
    if (damaged) {
        counts->problems++;
        if (h->listener)
            h->listener(h->context, h->text);
    } else if (h->status != BLOOP_OK) {
        return bl_error(h->status, "%s", h->text);
    }
    if (counts->problems == 0)
        return BLOOP_OK;
    return bl_error(BLOOP_CORRUPT, "%llu problem%s", (unsigned long long)counts->problems,
                    counts->problems == 1 ? "" : "s");
}
