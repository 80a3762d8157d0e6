/* The program `bloop`: finds the verb and runs it. A verb is a row of the table. */
#include <bloop.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static int run(const cli_verb *verb, int argc, char **argv);
static int print_version(int argc, char **argv);
static int print_help(int argc, char **argv);

static const cli_verb verbs[] = {
    { "check", CLI_CHECK_USAGE, "reads a whole store and tells what does not fit together", cli_check },
    { "serve", CLI_SERVE_USAGE, "answers to DynamoDB's protocol from a store, until SIGTERM or SIGINT", cli_serve },
    { "--version", "", "prints the version", print_version },
    { "--help", "", "prints this", print_help },
};

int main(int argc, char **argv)
{
    if (argc < 2) {
        print_help(argc, argv);
        return CLI_USAGE;
    }
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return run(&verbs[i], argc - 1, argv + 1);
    fprintf(stderr, "bloop: there is no verb '%s'; bloop --help lists them\n", argv[1]);
    return CLI_USAGE;
}

int cli_fail(const char *verb)
{
    const bloop_error *error = bloop_last_error();
    fprintf(stderr, "bloop %s: %s (%s)\n", verb, error->message, bloop_status_name(error->status));
    return CLI_FAILED;
}

int cli_usage(const char *verb, const char *arguments)
{
    fprintf(stderr, "usage: bloop %s %s\n", verb, arguments);
    return CLI_USAGE;
}

#ifndef BLOOP_WITH_SERVER
int cli_serve(int argc, char **argv)
{
    (void)argc;
    fprintf(stderr, "bloop %s: this build has no server: it was made with BLOOP_SERVER=OFF\n", argv[0]);
    return CLI_FAILED;
}
#endif

static int run(const cli_verb *verb, int argc, char **argv)
{
    bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
    if (!help)
        return verb->run(argc, argv);
    printf("usage: bloop %s %s\n\n%s\n", verb->name, verb->arguments, verb->summary);
    return CLI_OK;
}

static int print_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("bloop %s\n", bloop_version());
    return CLI_OK;
}

static int print_help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf(
        "Bloop for C %s: objects in DynamoDB, and an embedded store that behaves like it.\n\nusage: bloop VERB …\n\n",
        bloop_version());
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        printf("  %-10s %s\n", verbs[i].name, verbs[i].summary);
    printf("\nbloop VERB --help tells the arguments of a verb.\n");
    return CLI_OK;
}
