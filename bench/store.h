/* What each row of the embedded store is measured by. */
#ifndef BENCH_STORE_H
#define BENCH_STORE_H

#include "bench.h"

bool measure_load(const bench_settings *settings, double *ratio);
bool measure_load_long(const bench_settings *settings, double *ratio);
bool measure_save(const bench_settings *settings, double *ratio);
bool measure_save_long(const bench_settings *settings, double *ratio);
bool measure_save_synced(const bench_settings *settings, double *ratio);
bool measure_save_group(const bench_settings *settings, double *ratio);

#endif
