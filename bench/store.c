/* The rows of the embedded store. */
#include "store.h"

#include "dataset.h"

static const bench_row rows[] = {
    { .name = "load",
      .budget = 2.0,
      .what = "embedded load into a struct / raw LMDB renew, get, touch every byte, reset",
      .measure = measure_load },
    { .name = "scan",
      .budget = 4.0,
      .what = "embedded scan into structs / raw LMDB cursor, touching every byte",
      .measure = measure_scan },
    { .name = "scan-projected",
      .budget = 4.0,
      .what = "as scan, one column of each row wanted / raw LMDB cursor, touching every byte",
      .measure = measure_scan_projected },
    { .name = "scan-filtered",
      .budget = 4.0,
      .what = "a scan whose filter drops every row / raw LMDB cursor, touching every byte",
      .measure = measure_scan_filtered },
    { .name = "query",
      .budget = 4.0,
      .what = "a query of 1,000 rows into structs / raw LMDB cursor from its first key, touching every byte",
      .measure = measure_query },
    { .name = "scan-parallel",
      .bound = BENCH_AT_LEAST,
      .budget = 1.7,
      .what = "rows a second of a parallel scan on 2 threads, each row touched / on 1 thread",
      .measure = measure_scan_parallel },
    { .name = "scan-memory",
      .budget = 1.1,
      .what = "the most memory that a scan holds at a time / the same in a table a tenth as large",
      .measure = measure_scan_memory },
    { .name = "save",
      .budget = 2.0,
      .what = "embedded save, no index, no stream, no sync / raw LMDB begin, get, put, commit",
      .measure = measure_save },
    { .name = "load-long-keys",
      .budget = 2.0,
      .large_only = true,
      .what = "as load, with range keys of 1,024 bytes that share 1,000; raw LMDB gets the same records",
      .measure = measure_load_long },
    { .name = "save-long-keys",
      .budget = 2.0,
      .large_only = true,
      .what = "as save, with these keys and a global index on them; raw LMDB gets and puts the same records",
      .measure = measure_save_long },
    { .name = "save-synced",
      .budget = 1.2,
      .what = "one durable save / raw LMDB begin, get, put, commit with sync",
      .measure = measure_save_synced },
    { .name = "save-group",
      .bound = BENCH_AT_LEAST,
      .budget = 5.0,
      .what = "durable saves a second of 16 threads / of 1 thread",
      .measure = measure_save_group },
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, rows, sizeof rows / sizeof rows[0], datasets_free);
}
