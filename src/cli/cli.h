/* The interface of area cli: the program `bloop`, a client of the public headers. One file a verb. */
#ifndef BLOOP_CLI_H
#define BLOOP_CLI_H

/* What a verb's function returns, and the program exits with. */
enum {
    CLI_OK = 0,
    CLI_FAILED = 1, /* the work was done and the answer is bad, or it could not be done */
    CLI_USAGE = 2   /* the command line was wrong */
};

typedef struct cli_verb {
    const char *name;
    const char *arguments;             /* for its --help */
    const char *summary;               /* likewise, and for that of the program */
    int (*run)(int argc, char **argv); /* argv[0] is the verb */
} cli_verb;

#define CLI_CHECK_USAGE "FILE"
#define CLI_SERVE_USAGE "[--port 8000] [--host 127.0.0.1] (--memory | --file PATH) [--threads N] [--credentials FILE]"
int cli_check(int argc, char **argv);
int cli_serve(int argc, char **argv);

/* Prints "usage: bloop VERB ARGUMENTS" to stderr and returns CLI_USAGE. */
int cli_usage(const char *verb, const char *arguments);
/* Prints "bloop VERB: <the library's last error>" to stderr and returns CLI_FAILED. */
int cli_fail(const char *verb);

#endif
