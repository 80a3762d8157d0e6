/* A server in the test's own process, over a store in memory or over a file. */
#ifndef BLOOP_TEST_SERVED_H
#define BLOOP_TEST_SERVED_H

#include <bloop/op.h>
#include <bloop/sys/server.h>

typedef struct served {
    bloop_backend *store;
    bloop_server *server;
} served;

/* `path` NULL: in memory. `options` NULL: one thread on a free port, and the defaults. Fails the test when it can't. */
served served_start(const char *path, const bloop_server_options *options);
void served_stop(served *s);
const char *served_url(const served *s);

#endif
