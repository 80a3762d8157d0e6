/* What servers are compared by: the operations, as requests that are sent to each of them. */
#ifndef BENCH_SIDE_BY_SIDE_H
#define BENCH_SIDE_BY_SIDE_H

#include "dynamo.h"

enum { OPERATIONS = 5, VARIANTS = 2 };

/* What the operations work on; items that are written come in two variants, so that each write changes something. */
typedef struct workload {
    dynamo_items read, visited, grouped, put[VARIANTS], batched[VARIANTS];
    dynamo_requests fill, requests[OPERATIONS];
    load_plan plans[OPERATIONS];
} workload;

extern const char *const operation_names[OPERATIONS];

/* The plans point into it: it stays where it is. */
bool workload_make(workload *work);
void workload_free(workload *work);
/* Makes the table, with an item for each that is read or written later. */
bool workload_fill(const workload *work, uint16_t port);
/* Whether the items that were written are there in one of their variants. */
bool workload_verify(const workload *work, uint16_t port);

#endif
