/* The contract suite over an endpoint that somebody else has started: interop_contract URL NAME, where NAME is the endpoint's
   in tests/contract/differences.c. */
#include <bloop/engine.h>

#include <stdio.h>
#include <string.h>

#include "contract/contract.h"
#include "waiting.h"

static const char *url;

static bloop_backend *open_endpoint(const char *place);
static bool remove_table(bloop_backend *backend, const char *name);
static bool remove_tables(bloop_backend *backend);

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: interop_contract URL NAME\n");
        return 2;
    }
    url = argv[1];
    contract_factory factory = { .name = argv[2], .open = open_endpoint, .lasts = true, .differs_as = argv[2] };
    int failures = contract_run(&factory);
    if (failures == 0)
        printf("= contract suite: all passed but %zu known differences\n", contract_difference_count(argv[2]));
    return failures != 0;
}

/* Each test begins without tables; a backend that it opens again finds its own. */
static bloop_backend *open_endpoint(const char *place)
{
    static char last[128];
    bloop_backend *backend = waiting_backend_new(bloop_backend_open(url));
    bool fresh = strcmp(last, place) != 0;
    snprintf(last, sizeof last, "%s", place);
    if (backend && fresh && !remove_tables(backend)) {
        fprintf(stderr, "%s\n", bloop_last_error()->message);
        bloop_backend_close(backend);
        return NULL;
    }
    return backend;
}

/* It may be one that a test has protected. */
static bool remove_table(bloop_backend *backend, const char *name)
{
    const bloop_update_table_request unprotect = { .table = name, .set_deletion_protection = true };
    if (bloop_delete_table(backend, name, NULL) == BLOOP_OK)
        return true;
    return bloop_update_table(backend, &unprotect, NULL) == BLOOP_OK &&
           bloop_delete_table(backend, name, NULL) == BLOOP_OK;
}

static bool remove_tables(bloop_backend *backend)
{
    bloop_list_tables_result names = { 0 };
    bool done = bloop_list_tables(backend, NULL, &names) == BLOOP_OK;
    for (size_t i = 0; done && i < names.count; i++)
        done = remove_table(backend, names.names[i]);
    bloop_result_free(&names.memory);
    return done;
}
