/* The rows of bench_serve. */
#ifndef BENCH_SERVE_H
#define BENCH_SERVE_H

#include "bench.h"

bool measure_serve_get(const bench_settings *settings, double *ratio);
bool measure_serve_start(const bench_settings *settings, double *ratio);
bool measure_serve_memory(const bench_settings *settings, double *ratio);

#endif
