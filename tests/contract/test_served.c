/* The contract suite over the whole way: a client, HTTP, a server, and a store that makes writes durable together. */
#include <bloop/remote.h>

#include <stdio.h>

#include "contract.h"
#include "support/served.h"

/* One at a time. */
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

static const contract_factory factory = {
    .name = "contract/remote",
    .open = open_remote,
    .lasts = true,
    .differs_as = "remote",
};

int main(void)
{
    int failures = contract_run(&factory);
    if (behind.server)
        served_stop(&behind);
    return failures;
}
