/* The contract suite over an endpoint that is given by its URL:

     interop_contract URL NAME DIFFERENCES

   DIFFERENCES is a file of known differences; the column NAME of it says whether the endpoint has them. A line names a test
   and, after a colon, the endpoints that fail it; '#' begins a comment, which says why. A test that is not in the suite, or
   is listed and would pass, is for whoever reads the list to notice: the program says what it left out. */
#include <bloop/engine.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract.h"
#include "waiting.h"

enum { MOST_DIFFERENCES = 256 };

static const char *url;
static char differences[MOST_DIFFERENCES][128];
static size_t difference_count, left_out;

static void read_differences(const char *path, const char *name);
static bool differs(const char *test);
static bloop_backend *open_endpoint(const char *place);
static bool remove_tables(bloop_backend *backend);

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: interop_contract URL NAME DIFFERENCES\n");
        return 2;
    }
    url = argv[1];
    read_differences(argv[3], argv[2]);
    contract_factory factory = { .name = argv[2], .open = open_endpoint, .lasts = true, .differs = differs };
    int failures = contract_run(&factory);
    if (left_out != difference_count)
        fprintf(stderr, "%zu of the differences listed are no tests of the suite\n", difference_count - left_out);
    printf("= contract suite: %zu tests left out as known differences\n", left_out);
    return failures || left_out != difference_count;
}

static void read_differences(const char *path, const char *name)
{
    char line[512], test[128], names[256];
    FILE *file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(2);
    }
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "#\n")] = 0;
        if (sscanf(line, " %127[a-z0-9_] : %255[a-z0-9_ ]", test, names) != 2)
            continue;
        bool listed = false;
        for (char *rest = names, *word; (word = strtok_r(rest, " ", &rest)) != NULL;)
            listed = listed || strcmp(word, name) == 0;
        if (listed && difference_count < MOST_DIFFERENCES)
            strcpy(differences[difference_count++], test);
    }
    fclose(file);
}

static bool differs(const char *test)
{
    for (size_t i = 0; i < difference_count; i++) {
        if (strcmp(differences[i], test) != 0)
            continue;
        printf("left out: %s\n", test);
        left_out++;
        return true;
    }
    return false;
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

static bool remove_tables(bloop_backend *backend)
{
    bloop_list_tables_result names = { 0 };
    bool done = bloop_list_tables(backend, NULL, &names) == BLOOP_OK;
    for (size_t i = 0; done && i < names.count; i++)
        done = bloop_delete_table(backend, names.names[i], NULL) == BLOOP_OK;
    bloop_result_free(&names.memory);
    return done;
}
