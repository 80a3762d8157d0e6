/* The contract suite over an endpoint that somebody else has started:

     interop_peer_contract URL NAME [words] [counts]

   The last two name what of the endpoint's answers is not compared (contract.h). compare.py reads what it prints. */
#include <bloop/engine.h>

#include <stdio.h>
#include <string.h>

#include "contract/contract.h"
#include "waiting.h"

static const char *url;

static unsigned tolerance_of(const char *word);
static bloop_backend *open_endpoint(const char *place);
static bloop_status remove_tables(bloop_backend *backend);
static bloop_status remove_table(bloop_backend *backend, const char *name);

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: interop_peer_contract URL NAME [words] [counts]\n");
        return 2;
    }
    contract_factory factory = { .name = argv[2], .open = open_endpoint, .lasts = true };
    for (int i = 3; i < argc; i++)
        factory.tolerates |= tolerance_of(argv[i]);
    url = argv[1];
    /* What a test says stands between its beginning and its end, whichever stream it is said on. */
    setvbuf(stdout, NULL, _IONBF, 0);
    return contract_run(&factory) != 0;
}

static unsigned tolerance_of(const char *word)
{
    if (strcmp(word, "words") == 0)
        return CONTRACT_WORDS;
    return strcmp(word, "counts") == 0 ? CONTRACT_COUNTS : 0;
}

/* Each test begins without tables; a backend that it opens again finds its own. */
static bloop_backend *open_endpoint(const char *place)
{
    static char last[128];
    bloop_backend *backend = waiting_backend_new(bloop_backend_open(url));
    bool fresh = strcmp(last, place) != 0;
    snprintf(last, sizeof last, "%s", place);
    if (!backend || !fresh || remove_tables(backend) == BLOOP_OK)
        return backend;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    bloop_backend_close(backend);
    return NULL;
}

static bloop_status remove_tables(bloop_backend *backend)
{
    bloop_list_tables_result tables = { 0 };
    bloop_status status = bloop_list_tables(backend, NULL, &tables);
    for (size_t i = 0; status == BLOOP_OK && i < tables.count; i++)
        status = remove_table(backend, tables.names[i]);
    bloop_result_free(&tables.memory);
    return status;
}

/* A test that failed may have left it protected; where there is no protection, turning it off may be refused. */
static bloop_status remove_table(bloop_backend *backend, const char *name)
{
    const bloop_update_table_request unprotect = { .table = name, .set_deletion_protection = true };
    if (bloop_delete_table(backend, name, NULL) == BLOOP_OK)
        return BLOOP_OK;
    bloop_update_table(backend, &unprotect, NULL);
    return bloop_delete_table(backend, name, NULL);
}
