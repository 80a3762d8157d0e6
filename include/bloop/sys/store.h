/* The embedded store, opened directly: for servers, tools and programs that want more than a URL can say.
   A weaker promise than the rest of the API: options may be added between minor versions. */
#ifndef BLOOP_SYS_STORE_H
#define BLOOP_SYS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/op.h>

BLOOP_BEGIN_C_

typedef enum bloop_durability {
    BLOOP_DURABLE,      /* a write that has returned survives a power cut */
    BLOOP_DURABLE_LATER /* it survives a crash of the process at once, and a power cut after the system has written it;
                            an operating system crash may damage the file: LMDB's MDB_NOSYNC */
} bloop_durability;

typedef struct bloop_store_options {
    const char *path; /* of the file; NULL: in memory, private, gone when the backend is closed */
    bool read_only;   /* the file must exist; writes answer BLOOP_READ_ONLY */
    bloop_durability durability;
    size_t map_bytes;     /* address space to reserve; 0: as much as the system lets. For tests of growth. */
    unsigned max_readers; /* reads at the same moment, of all processes; 0: 1,022. More wait for their turn. */
} bloop_store_options;

/* Opens a store, which is created when it is not there (unless read_only); NULL options are all defaults, one in memory.
   NULL and the last error on failure: BLOOP_INVALID_ARGUMENT (read_only in memory), BLOOP_NOT_FOUND, BLOOP_PERMISSION,
   BLOOP_NOT_A_STORE, BLOOP_INCOMPATIBLE, BLOOP_CORRUPT, BLOOP_DISK_FULL, BLOOP_IO, BLOOP_NO_MEMORY.
   Opening one file many times in a process is fine: the backends share what is below them; read_only and durability must
   then agree, else BLOOP_BUSY. Close it with bloop_backend_close. Beside the file PATH is its lock file PATH-lock. */
BLOOP_API bloop_backend *bloop_store_open(const bloop_store_options *options);

BLOOP_END_C_

#endif
