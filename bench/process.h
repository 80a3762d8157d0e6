/* Servers as processes of their own: started, pinned, measured, stopped. */
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

typedef struct server_process {
    pid_t pid; /* 0: none */
    uint16_t port;
    clockid_t cpu; /* the clock of its CPU time */
} server_process;

/* Runs a program that prints one line which ends in its URL when it is ready. `arguments` ends in NULL, and begins with
   the program's path. */
bool process_start(char *const arguments[], int processor, server_process *out);
/* Runs a line of shell commands with $PORT set to a free port, and waits until that answers, for a minute at most. */
bool process_start_shell(const char *line, server_process *out, double *seconds);
/* SIGTERM, and SIGKILL when that does not end it. */
void process_stop(server_process *process);

/* User and system time since it was started. */
bool process_cpu_ns(const server_process *process, uint64_t *ns);
bool process_memory_mb(const server_process *process, double *megabytes);

/* A program beside this one's folder: build/NAME for build/bench/… */
bool find_program(const char *name, char *path, size_t size);

#endif
