/* The contract suite over every backend there is. */
#include <bloop/remote.h>
#include <bloop/sys/inject.h>
#include <bloop/sys/store.h>

#include <stdio.h>

#include "contract.h"
#include "support/served.h"

static bloop_backend *open_memory(const char *place)
{
    (void)place;
    return bloop_store_open(&(bloop_store_options){ .path = NULL });
}

static bloop_backend *open_file(const char *place)
{
    char path[256];
    snprintf(path, sizeof path, "%s/store.bloop", place);
    return bloop_store_open(&(bloop_store_options){ .path = path, .durability = BLOOP_DURABLE_LATER });
}

/* One that wraps another, and changes nothing until it is told to. */
static bloop_backend *open_wrapped(const char *place)
{
    return bloop_faulty_backend_new(open_memory(place), 0);
}

/* The whole way: a client, HTTP, a server, and a store that makes writes durable together. One at a time. */
static served behind;

static bloop_backend *open_remote(const char *place)
{
    char path[256];
    if (behind.server)
        served_stop(&behind);
    snprintf(path, sizeof path, "%s/store.bloop", place);
    behind = served_start(path, NULL);
    return bloop_remote_open_with(.endpoint = served_url(&behind), .access_key = "any", .secret_key = "any");
}

static const contract_factory factories[] = {
    { .name = "contract/memory", .open = open_memory, .embedded = true },
    { .name = "contract/file", .open = open_file, .lasts = true, .embedded = true },
    { .name = "contract/wrapped", .open = open_wrapped, .embedded = true },
    /* The last: its server runs on threads of its own while others' tests would change the allocator. */
    { .name = "contract/remote", .open = open_remote, .lasts = true, .differs_as = "remote" },
};

int main(void)
{
    int failures = 0;
    for (size_t i = 0; i < sizeof factories / sizeof factories[0]; i++)
        failures += contract_run(&factories[i]);
    if (behind.server)
        served_stop(&behind);
    return failures;
}
