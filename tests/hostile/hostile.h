/* Servers that have to hold out against clients that mean harm, and the proof that they do. */
#ifndef BLOOP_TEST_HOSTILE_H
#define BLOOP_TEST_HOSTILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "support/http.h"
#include "support/served.h"
#include "support/trial.h"

/* A server with low limits: 1 MiB a body, 8 MiB in all. */
extern const bloop_server_options hostile_options;
int hostile_start(void **state);
/* And little time for a request, and between them: only for tests of these times, which a slow machine takes for others. */
enum { HOSTILE_REQUEST_MS = 2500, HOSTILE_IDLE_MS = 4000 };
int hostile_start_in_a_hurry(void **state);
int hostile_stop(void **state);

/* Fails the test unless somebody else is answered, within what http.h waits for anything. */
void expect_served(const served *s);
/* Fails the test unless the server lets go of all but `connections`, and of all memory of theirs, soon. */
void expect_released(const served *s, uint64_t connections);
/* The memory of a process (0: this one) that is resident, in bytes. */
size_t resident_bytes(pid_t process);
/* Sends bytes on a connection of their own. The status of the answer; 0: the connection was closed without one. */
int send_and_see(const served *s, const void *data, size_t size);

#endif
