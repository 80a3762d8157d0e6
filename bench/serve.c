/* The rows of docs/performance.md that the server decides. */
#include "serve.h"

static const bench_row rows[] = {
    { .name = "serve-get",
      .bound = BENCH_AT_LEAST,
      .budget = 0.6,
      .what = "GetItem requests a second on one core / libmicrohttpd reading the same POST and answering a constant of "
              "the same size",
      .measure = measure_serve_get },
    { .name = "serve-start",
      .budget = 20,
      .what = "milliseconds from exec of `bloop serve --port 0 --memory` to the first answer",
      .measure = measure_serve_start },
    { .name = "serve-memory",
      .budget = 10,
      .what = "megabytes resident when the server is idle after its start",
      .measure = measure_serve_memory },
};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, rows, sizeof rows / sizeof rows[0], NULL);
}
