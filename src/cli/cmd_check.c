/* bloop check FILE: verifies a store and prints what it holds. Exits 0 when all is well, 1 when there are problems. */
#include <bloop.h>
#include <bloop/sys/check.h>
#include <inttypes.h>
#include <stdio.h>

#include "cli.h"

static void print_problem(void *context, const char *text);
static void print_counts(const bloop_check_counts *counts);

int cli_check(int argc, char **argv)
{
    if (argc != 2)
        return cli_usage(argv[0], CLI_CHECK_USAGE);
    bloop_check_counts counts = { 0 };
    bloop_status status = bloop_check_file(argv[1], print_problem, NULL, &counts);
    if (status != BLOOP_OK && counts.problems == 0)
        return cli_fail(argv[0]);
    print_counts(&counts);
    return status == BLOOP_OK ? CLI_OK : CLI_FAILED;
}

static void print_problem(void *context, const char *text)
{
    (void)context;
    printf("problem: %s\n", text);
}

static void print_counts(const bloop_check_counts *counts)
{
    const struct {
        const char *name;
        uint64_t count;
    } rows[] = {
        { "tables", counts->tables }, { "indexes", counts->indexes },
        { "items", counts->items },   { "index entries", counts->index_entries },
        { "bytes", counts->bytes },   { "problems", counts->problems },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        printf("%-14s %" PRIu64 "\n", rows[i].name, rows[i].count);
}
