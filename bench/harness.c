/* The frame of every benchmark program: arguments, rows, output. */
#include "bench.h"

#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ITEMS       UINT64_C(1000000)
#define LARGE_ITEMS UINT64_C(10000000)
#define LONG_ITEMS  UINT64_C(100000)

typedef struct arguments {
    bench_settings settings;
    const char *parent; /* of the folder for files */
    const char *rows;   /* names joined by commas; NULL: all */
} arguments;

static bool read_arguments(int argc, char **argv, arguments *out);
static bool set_argument(arguments *out, const char *name, const char *value);
static bool read_number(const char *text, uint64_t *out);
static void print_usage(const char *program);
static bool is_wanted(const arguments *given, const bench_row *row);
static void run_row(const bench_settings *settings, const bench_row *row);
static const char *program_folder(char path[PATH_MAX]);

static char reason[1024];

int bench_main(int argc, char **argv, const bench_row *rows, size_t count, void (*finish)(void))
{
    char path[PATH_MAX];
    arguments given = { .settings = { .items = ITEMS, .long_items = LONG_ITEMS, .effort = 1 } };
    given.parent = program_folder(path);
    if (!read_arguments(argc, argv, &given)) {
        print_usage(argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (!bench_folder_make(given.parent, given.settings.folder, sizeof given.settings.folder)) {
        fprintf(stderr, "%s: %s\n", argv[0], reason);
        return 0;
    }
    bench_print_machine(given.settings.folder);
    bench_print_load("before");
    for (size_t i = 0; i < count; i++)
        if (is_wanted(&given, &rows[i]))
            run_row(&given.settings, &rows[i]);
    bench_print_load("after");
    if (finish)
        finish();
    bench_folder_remove();
    return 0;
}

void bench_note_failure(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    vsnprintf(reason, sizeof reason, format, list);
    va_end(list);
}

void bench_print_failure(void)
{
    fprintf(stderr, "%s\n", reason[0] ? reason : "no reason given");
}

void bench_detail(const char *format, ...)
{
    va_list list;
    printf("  ");
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    putchar('\n');
}

void bench_progress(const char *doing, uint64_t done, uint64_t total)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (total && done < total)
        fprintf(stderr, "\r%s %3" PRIu64 "%%", doing, done * 100 / total);
    else
        fprintf(stderr, "\r\033[K");
}

static bool read_arguments(int argc, char **argv, arguments *out)
{
    static const struct {
        const char *variable, *argument;
    } variables[] = {
        { "BLOOP_BENCH_ITEMS", "--items" },   { "BLOOP_BENCH_LONG_ITEMS", "--long-items" },
        { "BLOOP_BENCH_EFFORT", "--effort" }, { "BLOOP_BENCH_FOLDER", "--folder" },
        { "BLOOP_BENCH_ROWS", "--rows" },
    };
    for (int i = 1; i < argc; i++)
        out->settings.large |= strcmp(argv[i], "--large") == 0;
    if (out->settings.large)
        out->settings.items = LARGE_ITEMS;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i].variable);
        if (value && *value && !set_argument(out, variables[i].argument, value))
            return false;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--large") == 0)
            continue;
        if (i + 1 == argc || !set_argument(out, argv[i], argv[i + 1]))
            return false;
        i++;
    }
    return true;
}

static bool set_argument(arguments *out, const char *name, const char *value)
{
    if (strcmp(name, "--items") == 0)
        return read_number(value, &out->settings.items);
    if (strcmp(name, "--long-items") == 0)
        return read_number(value, &out->settings.long_items);
    if (strcmp(name, "--effort") == 0) {
        char *end;
        out->settings.effort = strtod(value, &end);
        return *end == 0 && out->settings.effort > 0 && out->settings.effort <= 1000;
    }
    if (strcmp(name, "--folder") == 0)
        out->parent = value;
    else if (strcmp(name, "--rows") == 0)
        out->rows = value;
    else
        return false;
    return true;
}

/* 1 to a billion. */
static bool read_number(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end || number == 0 || number > 1000000000)
        return false;
    *out = number;
    return true;
}

static void print_usage(const char *program)
{
    fprintf(stderr,
            "%s [--large] [--items N] [--long-items N] [--effort X] [--folder PATH] [--rows NAME,NAME]\n"
            "  --large       10,000,000 items instead of 1,000,000, and the rows with long keys\n"
            "  --items       how many items; --long-items: how many with long keys\n"
            "  --effort      multiplies the number of measurements\n"
            "  --folder      where files go, in a new folder that is removed; otherwise beside the program\n"
            "  --rows        only these\n"
            "  BLOOP_BENCH_ITEMS, _LONG_ITEMS, _EFFORT, _FOLDER and _ROWS in the environment do the same.\n",
            program);
}

static bool is_wanted(const arguments *given, const bench_row *row)
{
    if (!given->rows)
        return given->settings.large || !row->large_only;
    size_t size = strlen(row->name);
    for (const char *at = given->rows; (at = strstr(at, row->name)) != NULL; at += size)
        if ((at == given->rows || at[-1] == ',') && (at[size] == 0 || at[size] == ','))
            return true;
    return false;
}

static void run_row(const bench_settings *settings, const bench_row *row)
{
    double ratio = 0;
    reason[0] = 0;
    printf("\n%s: %s\n", row->name, row->what);
    if (!row->measure(settings, &ratio)) {
        bench_detail("not measured: %s", reason[0] ? reason : "no reason given");
        printf("%s ratio - budget %.2f missed\n", row->name, row->budget);
        return;
    }
    bool met = row->bound == BENCH_AT_MOST ? ratio <= row->budget : ratio >= row->budget;
    printf("%s ratio %.2f budget %.2f %s\n", row->name, ratio, row->budget, met ? "met" : "missed");
}

/* Where the program is: inside the build folder. */
static const char *program_folder(char path[PATH_MAX])
{
    ssize_t size = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (size <= 0)
        return ".";
    path[size] = 0;
    return dirname(path);
}
