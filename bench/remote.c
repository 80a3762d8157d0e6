/* The rows of the remote backend. */
#include "remote.h"

static const bench_row rows[] = {
    { .name = "remote-get",
      .budget = 1.3,
      .what = "client CPU of a load of one object / of the same POST, unsigned, with libcurl alone, answer discarded",
      .measure = measure_remote_get },
    { .name = "remote-save",
      .budget = 1.3,
      .what = "client CPU of a save of one object / of the same POST, unsigned, with libcurl alone, answer discarded",
      .measure = measure_remote_save },
    { .name = "remote-page",
      .budget = 4.0,
      .what = "client CPU of a query of 1,000 rows into structs / libcurl discarding the same page",
      .measure = measure_remote_page },
    { .name = "remote-saves",
      .bound = BENCH_AT_LEAST,
      .budget = 10,
      .what = "time of 1,000 saves one by one / in one call; the server answers after 5 ms",
      .measure = measure_remote_saves },
    { .name = "remote-loads",
      .bound = BENCH_AT_LEAST,
      .budget = 4,
      .what =
          "time of 10,000 loads in one call, a request at a time / as many as by default; the server answers after 5 ms",
      .measure = measure_remote_loads },
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, rows, sizeof rows / sizeof rows[0], NULL);
}
