/* A server in the test's own process. */
#include "support/served.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bloop/sys/store.h>

#include "support/stores.h"

#define DRAIN_MS 30000

served served_start(const char *path, const bloop_server_options *options)
{
    bloop_server_options chosen = options ? *options : (bloop_server_options){ .threads = 1 };
    served s = { .store = stores_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER }) };
    if (!options)
        chosen.writes_at_once = path == NULL;
    stores_ok(bloop_server_start(s.store, &chosen, &s.server));
    return s;
}

void served_stop(served *s)
{
    bloop_server_stop(s->server, DRAIN_MS);
    bloop_backend_close(s->store);
    *s = (served){ 0 };
}

const char *served_url(const served *s)
{
    return bloop_server_url(s->server);
}
