/* `bloop serve` as a process of its own. */
#ifndef BLOOP_TEST_PROGRAM_H
#define BLOOP_TEST_PROGRAM_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

typedef struct program {
    pid_t process;
    int output;    /* what it prints, errors included */
    char url[128]; /* "" when it ended without having printed any */
} program;

/* Starts "bloop serve" with these arguments, which NULL ends, and waits until it is ready or has ended. */
program program_start(const char *const *arguments);
/* What a program may have, 0: what the test's process may. */
typedef struct program_limits {
    rlim_t file_bytes; /* of one file */
    rlim_t files;      /* open at once */
} program_limits;
program program_start_limited(const char *const *arguments, program_limits limits);
/* Sends it the signal, unless 0, and waits: its exit code; -1 when a signal ended it. What it printed since it was started
   goes to `printed`, when that is not NULL. */
int program_end(program *p, int signal_number, char *printed, size_t size);

/* One request on a connection of its own; fails the test unless it is answered so. The body; to be freed. */
char *program_ask(const program *p, const char *operation, const char *body, int status);

#endif
