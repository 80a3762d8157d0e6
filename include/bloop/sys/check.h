/* The store's checker: reads a whole file and tells what does not fit together. `bloop check FILE` is this. */
#ifndef BLOOP_SYS_CHECK_H
#define BLOOP_SYS_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>

BLOOP_BEGIN_C_

typedef struct bloop_check_counts {
    uint64_t tables, indexes, items, index_entries, bytes, problems;
} bloop_check_counts;

/* Called for each problem found, on the calling thread; `text` names table, index and key, and is valid during the call. */
typedef void (*bloop_check_listener)(void *context, const char *text);

/* Checks a file that others may be using: every record decodes and its checksum holds, every index entry has its item
   and every item its entries, counts and sizes agree. The walk happens in a child process, so that pages too damaged to be
   read safely are a reported problem. BLOOP_OK: the walk ended and counts->problems is 0; BLOOP_CORRUPT: it is not 0;
   other statuses: the file could not be opened or walked. `listener` may be NULL. */
BLOOP_API bloop_status bloop_check_file(const char *path, bloop_check_listener listener, void *context,
                                        bloop_check_counts *counts);

BLOOP_END_C_

#endif
