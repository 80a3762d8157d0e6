/* Clocks and statistics. */
#include "bench.h"

#include <stdlib.h>
#include <time.h>

static bool run_batch(const bench_contest *contest, size_t batch, double *ours_ns, double *raw_ns);
static bool timed(const bench_contest *contest, bool (*side)(void *context, size_t batch), size_t batch, double *ns);
static void summarize(double *values, const bench_contest *contest, double *median, double *best, double *total);
static int by_value(const void *a, const void *b);

bool bench_compete(const bench_contest *contest, bench_outcome *out)
{
    double *ours = calloc(contest->batches, sizeof *ours);
    double *raw = calloc(contest->batches, sizeof *raw);
    double *ratios = calloc(contest->batches, sizeof *ratios);
    bool done = ours && raw && ratios ? true : bench_fail("out of memory");
    for (size_t i = 0; done && i < contest->batches; i++) {
        done = run_batch(contest, i, &ours[i], &raw[i]);
        ratios[i] = ours[i] / raw[i];
    }
    if (done) {
        out->ratio = bench_median(ratios, contest->batches);
        summarize(ours, contest, &out->ours_ns, &out->ours_best_ns, &out->ours_total_ns);
        summarize(raw, contest, &out->raw_ns, &out->raw_best_ns, &out->raw_total_ns);
    }
    free(ours);
    free(raw);
    free(ratios);
    return done;
}

void bench_show(const bench_contest *contest, const bench_outcome *outcome)
{
    bench_detail("%zu batches of %zu on each side, in turn", contest->batches, contest->batch);
    bench_detail("ours  median %9.0f ns   fastest tenth %9.0f ns   mean %9.0f ns", outcome->ours_ns,
                 outcome->ours_best_ns, outcome->ours_total_ns);
    bench_detail("raw   median %9.0f ns   fastest tenth %9.0f ns   mean %9.0f ns", outcome->raw_ns,
                 outcome->raw_best_ns, outcome->raw_total_ns);
    bench_detail("ratio of pairs %.2f (median), of medians %.2f, of the fastest tenths %.2f, of the totals %.2f",
                 outcome->ratio, outcome->ours_ns / outcome->raw_ns, outcome->ours_best_ns / outcome->raw_best_ns,
                 outcome->ours_total_ns / outcome->raw_total_ns);
}

uint64_t bench_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t bench_cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

double bench_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

uint64_t bench_mix(uint64_t number)
{
    uint64_t mixed = number * UINT64_C(0x9E3779B97F4A7C15) + UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ mixed >> 31;
}

static bool run_batch(const bench_contest *contest, size_t batch, double *ours_ns, double *raw_ns)
{
    if (contest->prepare && !contest->prepare(contest->context, batch))
        return false;
    bool ours_first = batch % 2 == 0;
    if (ours_first && !timed(contest, contest->ours, batch, ours_ns))
        return false;
    if (!timed(contest, contest->raw, batch, raw_ns))
        return false;
    if (!ours_first && !timed(contest, contest->ours, batch, ours_ns))
        return false;
    return contest->check(contest->context, batch);
}

static bool timed(const bench_contest *contest, bool (*side)(void *context, size_t batch), size_t batch, double *ns)
{
    uint64_t (*clock_ns)(void) = contest->cpu ? bench_cpu_ns : bench_now_ns;
    uint64_t begin = clock_ns();
    bool done = side(contest->context, batch);
    *ns = (double)(clock_ns() - begin);
    return done;
}

static void summarize(double *values, const bench_contest *contest, double *median, double *best, double *total)
{
    double sum = 0, batch = (double)contest->batch;
    for (size_t i = 0; i < contest->batches; i++)
        sum += values[i];
    *total = sum / (double)contest->batches / batch;
    *median = bench_median(values, contest->batches) / batch;
    *best = values[contest->batches / 10] / batch;
}

static int by_value(const void *a, const void *b)
{
    const double *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}
