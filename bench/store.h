/* What each row of the embedded store is measured by. */
#ifndef BENCH_STORE_H
#define BENCH_STORE_H

#include "bench.h"

bool measure_load(const bench_settings *settings, double *ratio);
bool measure_load_long(const bench_settings *settings, double *ratio);
bool measure_scan(const bench_settings *settings, double *ratio);
bool measure_scan_projected(const bench_settings *settings, double *ratio);
bool measure_scan_filtered(const bench_settings *settings, double *ratio);
bool measure_scan_parallel(const bench_settings *settings, double *ratio);
bool measure_scan_memory(const bench_settings *settings, double *ratio);
bool measure_query(const bench_settings *settings, double *ratio);
bool measure_save(const bench_settings *settings, double *ratio);
bool measure_save_long(const bench_settings *settings, double *ratio);
bool measure_save_synced(const bench_settings *settings, double *ratio);
bool measure_save_group(const bench_settings *settings, double *ratio);

#endif
