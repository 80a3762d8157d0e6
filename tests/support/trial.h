/* What tests with chance, threads and processes share: a seed that is printed and can be given again, counts that can be
   set, random numbers that are the same everywhere, child processes, and a check that fails the test from any of them.

   BLOOP_SEED sets the seed. Each count has a variable of its own; without it there is a quick one, a larger one when CI is
   set, and the thorough one when BLOOP_TEST_LONG is. An instrumented build takes the quick one for CI too. */
#ifndef BLOOP_TEST_TRIAL_H
#define BLOOP_TEST_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Of this process and its children; printed when it is first asked for. */
uint64_t trial_seed(void);

typedef struct trial_counts {
    size_t quick, ci, thorough;
} trial_counts;
size_t trial_count(const char *variable, trial_counts counts);
/* Whether sanitizers make everything slow. */
bool trial_is_instrumented(void);

typedef struct trial_random {
    uint64_t state;
} trial_random;
/* The random numbers of one stream of the seed. */
trial_random trial_stream(uint64_t stream);
uint64_t trial_next(trial_random *random);
size_t trial_below(trial_random *random, size_t bound); /* 0 <= … < bound */
bool trial_chance(trial_random *random, unsigned percent);

/* Fails the running test, wherever it is called: a cmocka failure in the thread that runs the tests, elsewhere the end of
   the process with the message and status 1. */
#define trial_check(condition, ...) ((condition) ? (void)0 : trial_fail(__FILE__, __LINE__, __VA_ARGS__))
_Noreturn void trial_fail(const char *file, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Runs a function in a child process, which ends with status 0 when it returns. */
pid_t trial_fork(void (*run)(void *context), void *context);
/* Waits for a child that has to end with status 0. */
void trial_join(pid_t child);
/* Kills a child with SIGKILL and waits for it; fails the test when it had ended in another way. */
void trial_kill(pid_t child);

/* Memory that children share with their parent, zeroed. */
void *trial_shared(size_t size);
void trial_shared_free(void *memory, size_t size);

/* Sleeps. */
void trial_wait(unsigned microseconds);

#endif
