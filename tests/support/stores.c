/* Opening and checking stores. */
#include "support/stores.h"

#include <stdlib.h>
#include <string.h>

#include "support/trial.h"

typedef struct text {
    char *data;
    size_t size;
} text;

static void append_line(void *context, const char *line);

bloop_backend *stores_open(const bloop_store_options *options)
{
    bloop_backend *backend = bloop_store_open(options);
    trial_check(backend, "opening %s: %s: %s", options->path ? options->path : "memory",
                bloop_status_name(bloop_last_error()->status), bloop_last_error()->message);
    return backend;
}

void stores_expect(bloop_status got, bloop_status wanted, const char *call, const char *file, int line)
{
    const bloop_error *error = bloop_last_error();
    if (got != wanted)
        trial_fail(file, line, "%s gave %s, not %s: %s", call, bloop_status_name(got), bloop_status_name(wanted),
                   got == BLOOP_OK ? "" : error->message);
    if (got != BLOOP_OK && (error->status != got || !*error->message))
        trial_fail(file, line, "%s gave %s, but the last error is %s: \"%s\"", call, bloop_status_name(got),
                   bloop_status_name(error->status), error->message);
}

bloop_check_counts stores_check(const char *path)
{
    bloop_status status = BLOOP_OK;
    bloop_check_counts counts;
    char *problems = stores_problems(path, &status, &counts);
    trial_check(status == BLOOP_OK && counts.problems == 0, "check %s: %s, %s\n%s", path, bloop_status_name(status),
                status == BLOOP_OK ? "" : bloop_last_error()->message, problems);
    free(problems);
    return counts;
}

char *stores_problems(const char *path, bloop_status *status, bloop_check_counts *counts)
{
    bloop_check_counts ignored = { 0 };
    text problems = { calloc(1, 1), 0 };
    trial_check(problems.data, "out of memory");
    *status = bloop_check_file(path, append_line, &problems, counts ? counts : &ignored);
    return problems.data;
}

static void append_line(void *context, const char *line)
{
    text *to = context;
    size_t size = strlen(line);
    char *data = realloc(to->data, to->size + size + 2);
    trial_check(data, "out of memory");
    memcpy(data + to->size, line, size);
    memcpy(data + to->size + size, "\n", 2);
    to->data = data;
    to->size += size + 1;
}
