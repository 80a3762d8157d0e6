/* The program `bloop`: finds the verb and runs it. A verb is a row of the table. */
#include <bloop.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"

static int print_version(int argc, char **argv);
static int print_help(int argc, char **argv);

static const cli_verb verbs[] = {
    { "check", "FILE", "reads a whole store and tells what does not fit together", cli_check },
#ifdef BLOOP_WITH_SERVER
    { "serve", "(--memory | --file PATH) …", "answers to DynamoDB's protocol from a store", cli_serve },
#endif
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
            return verbs[i].run(argc - 1, argv + 1);
    fprintf(stderr, "bloop: there is no verb '%s'; bloop --help lists them\n", argv[1]);
    return CLI_USAGE;
}

int cli_fail(const char *verb)
{
    const bloop_error *error = bloop_last_error();
    fprintf(stderr, "bloop %s: %s (%s)\n", verb, error->message, bloop_status_name(error->status));
    return CLI_FAILED;
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
        printf("  %-10s %-6s %s\n", verbs[i].name, verbs[i].arguments, verbs[i].summary);
    return CLI_OK;
}
