/* What the benchmarks share: rows with budgets, timing of two sides in turn, a folder for files, facts about the machine.

   A benchmark program is a table of rows and a call of bench_main. A row compares two sides that do the same work, ours
   and a raw one, and prints the ratio against its budget; it never fails the program. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bench_settings {
    bool large;
    uint64_t items;      /* of the ordinary kind */
    uint64_t long_items; /* with long keys */
    double effort;       /* multiplies the number of measurements */
    char folder[3072];   /* for files; removed at the end */
} bench_settings;

typedef enum bench_bound { BENCH_AT_MOST, BENCH_AT_LEAST } bench_bound;

typedef struct bench_row {
    const char *name;
    bench_bound bound;
    double budget;
    bool large_only;  /* run with --large, or when it is named */
    const char *what; /* ours / raw */
    /* Measures; true and the ratio, or false after bench_fail. What it prints are details. */
    bool (*measure)(const bench_settings *settings, double *ratio);
} bench_row;

/* Runs the rows that the arguments ask for. `finish` (may be NULL) releases what rows share, before the files go. */
int bench_main(int argc, char **argv, const bench_row *rows, size_t count, void (*finish)(void));

/* Records why something could not be measured, for the row's output. */
void bench_note_failure(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same, as what a function returns that could not do it: false. */
#define bench_fail(...) (bench_note_failure(__VA_ARGS__), false)
/* Prints what was recorded, to the standard error. */
void bench_print_failure(void);
/* Prints one line of detail, indented. */
void bench_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says on a terminal what takes long; `total` 0: only a text. */
void bench_progress(const char *doing, uint64_t done, uint64_t total);

/* Two sides that take turns on batches of the same work: the order of the two changes with every batch. */
typedef struct bench_contest {
    size_t batch;   /* operations a batch */
    size_t batches; /* of each side */
    void *context;
    bool cpu; /* the processor time of this process is measured, not the time that passes */
    /* Called for every batch, untimed; may be NULL. */
    bool (*prepare)(void *context, size_t batch);
    /* The sides, timed. */
    bool (*ours)(void *context, size_t batch);
    bool (*raw)(void *context, size_t batch);
    /* Looks at what both have done, untimed. */
    bool (*check)(void *context, size_t batch);
} bench_contest;

typedef struct bench_outcome {
    double ratio;           /* the row's: the median of the ratios of a batch of ours to the raw one next to it */
    double ours_ns, raw_ns; /* an operation: the median of the batches */
    double ours_best_ns, raw_best_ns;   /* the fastest tenth of the batches ends here */
    double ours_total_ns, raw_total_ns; /* an operation: the mean over all */
} bench_outcome;

/* Other programs disturb means and totals, and medians of the sides if they come and go; two batches one after the other
   are disturbed alike. */
bool bench_compete(const bench_contest *contest, bench_outcome *out);
void bench_show(const bench_contest *contest, const bench_outcome *outcome);

uint64_t bench_now_ns(void);
uint64_t bench_cpu_ns(void);                       /* of this process, in user and system mode */
double bench_median(double *values, size_t count); /* sorts them */
uint64_t bench_mix(uint64_t number);               /* splitmix64: the same pseudo-random number for the same number */

/* Makes a new folder in `parent` and remembers it for bench_folder_remove and for signals that end the program. */
bool bench_folder_make(const char *parent, char *folder, size_t size);
void bench_folder_remove(void);
/* The bytes free in the folder's file system; `needed` of them, or bench_fail. */
bool bench_folder_has(const char *folder, uint64_t needed);
uint64_t bench_file_size(const char *path);

/* CPU, system, versions: what a figure is worth nothing without. */
#define ANY_PROCESSOR (-1)
/* The calling process stays on this one, from now on; children inherit it. */
bool run_on_processor(int processor);
void bench_print_machine(const char *folder);
void bench_print_load(const char *when);

#endif
