/* The contract suite over every backend that is a store. */
#include <bloop/sys/inject.h>
#include <bloop/sys/store.h>

#include <stdio.h>

#include "contract.h"

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

static const contract_factory factories[] = {
    { .name = "contract/memory", .open = open_memory, .embedded = true },
    { .name = "contract/file", .open = open_file, .lasts = true, .embedded = true },
    { .name = "contract/wrapped", .open = open_wrapped, .embedded = true },
};

int main(void)
{
    int failures = 0;
    for (size_t i = 0; i < sizeof factories / sizeof factories[0]; i++)
        failures += contract_run(&factories[i]);
    return failures;
}
