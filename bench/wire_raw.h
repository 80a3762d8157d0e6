/* The raw side of bench_wire, which is C++: simdjson. */
#ifndef BENCH_WIRE_RAW_H
#define BENCH_WIRE_RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room that simdjson needs behind a text. */
enum { RAW_PADDING = 256 };

/* What was found in a text: names, strings and numbers, and how many bytes the first two had. */
typedef struct raw_totals {
    uint64_t strings, bytes, numbers;
    double sum; /* of the numbers */
} raw_totals;

/* "simdjson 3.0.1, haswell"; NULL when this was built without it. */
const char *raw_name(void);
/* Goes through a response in the DynamoDB form: unescapes each name and string, parses each number. */
bool raw_walk(const char *text, size_t size, raw_totals *out);

#ifdef __cplusplus
}
#endif

#endif
