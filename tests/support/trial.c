/* Seeds, counts, random numbers and children. */
#include "support/trial.h"

#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#    define INSTRUMENTED 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#        define INSTRUMENTED 1
#    endif
#endif
#ifndef INSTRUMENTED
#    define INSTRUMENTED 0
#endif

static uint64_t seed;
static bool seeded, in_child;
static pthread_t first_thread;

static void forget_handlers(void);
static bool variable_is_set(const char *name);
static void start(void);

uint64_t trial_seed(void)
{
    start();
    return seed;
}

size_t trial_count(const char *variable, trial_counts counts)
{
    const char *text = getenv(variable);
    if (text && *text)
        return strtoul(text, NULL, 10);
    if (variable_is_set("BLOOP_TEST_LONG"))
        return counts.thorough;
    return variable_is_set("CI") && !INSTRUMENTED ? counts.ci : counts.quick;
}

bool trial_is_instrumented(void)
{
    return INSTRUMENTED;
}

trial_random trial_stream(uint64_t stream)
{
    trial_random random = { trial_seed() ^ stream * UINT64_C(0xD1342543DE82EF95) };
    (void)trial_next(&random);
    return random;
}

/* SplitMix64. */
uint64_t trial_next(trial_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

size_t trial_below(trial_random *random, size_t bound)
{
    return (size_t)(trial_next(random) % bound);
}

bool trial_chance(trial_random *random, unsigned percent)
{
    return trial_below(random, 100) < percent;
}

_Noreturn void trial_fail(const char *file, int line, const char *format, ...)
{
    char message[2048];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "%s:%d: %s (BLOOP_SEED=%" PRIu64 ")\n", file, line, message, seed);
    (void)fflush(stderr);
    if (seeded && !in_child && pthread_equal(pthread_self(), first_thread))
        _fail(file, line);
    _exit(1);
}

pid_t trial_fork(void (*run)(void *context), void *context)
{
    start();
    (void)fflush(NULL);
    pid_t parent = getpid();
    pid_t child = fork();
    trial_check(child >= 0, "fork failed: %s", strerror(errno));
    if (child > 0)
        return child;
    in_child = true;
    forget_handlers();
    /* A test that is stopped leaves no children running. */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    run(context);
    _exit(0);
}

void trial_join(pid_t child)
{
    int status = 0;
    pid_t ended = waitpid(child, &status, 0);
    trial_check(ended == child, "waiting for a child failed: %s", strerror(errno));
    trial_check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a child ended with %s %d",
                WIFEXITED(status) ? "status" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

void trial_kill(pid_t child)
{
    int status = 0;
    (void)kill(child, SIGKILL);
    pid_t ended = waitpid(child, &status, 0);
    trial_check(ended == child, "waiting for a child failed: %s", strerror(errno));
    trial_check(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "a child ended by itself, with %s %d",
                WIFEXITED(status) ? "status" : "signal", WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

void *trial_shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    trial_check(memory != MAP_FAILED, "no shared memory: %s", strerror(errno));
    return memory;
}

void trial_shared_free(void *memory, size_t size)
{
    (void)munmap(memory, size);
}

void trial_wait(unsigned microseconds)
{
    struct timespec left = { .tv_sec = microseconds / 1000000, .tv_nsec = (long)(microseconds % 1000000) * 1000 };
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

/* cmocka's would go on with the tests in the child. */
static void forget_handlers(void)
{
    static const int signals[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGSYS, SIGABRT };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        (void)signal(signals[i], SIG_DFL);
}

static bool variable_is_set(const char *name)
{
    const char *text = getenv(name);
    return text && *text && strcmp(text, "0") != 0;
}

static void start(void)
{
    const char *text = getenv("BLOOP_SEED");
    if (seeded)
        return;
    seeded = true;
    first_thread = pthread_self();
    if (text && *text)
        seed = strtoull(text, NULL, 10);
    else if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        seed = (uint64_t)time(NULL);
    (void)printf("BLOOP_SEED=%" PRIu64 "\n", seed);
    (void)fflush(stdout);
}
