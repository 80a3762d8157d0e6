/* A log of what a process does to one file: each write with its bytes, each sync, and notes in between; and the images of
   the file that a power cut at any moment may leave, by what the system promises about writes and syncs.

   The model: a write is on the disk for sure when a sync of the file has been answered after it, or the write itself was
   to a descriptor that is synced at each write (O_DSYNC). Any other write may be there, or not, or in part: each sector of
   512 bytes by itself, in any order. */
#ifndef BLOOP_TEST_FILE_LOG_H
#define BLOOP_TEST_FILE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/trial.h"

typedef enum file_event_kind {
    FILE_WRITE,  /* begins; `size` bytes at `offset` */
    FILE_SYNCED, /* all writes that began before are on the disk; or just write number `of` */
    FILE_NOTE    /* the test's: `note` and a copy of `size` bytes */
} file_event_kind;

typedef struct file_event {
    file_event_kind kind;
    uint64_t offset;
    size_t size;
    uint8_t *data;
    size_t of; /* FILE_SYNCED: the number of the one write, or FILE_ALL */
    unsigned note;
} file_event;

#define FILE_ALL SIZE_MAX

typedef struct file_log {
    file_event *events;
    size_t count, capacity;
    uint8_t *base; /* the file when the log began */
    size_t base_size;
} file_log;

/* Begins a log of the file at a path, which nobody writes to at the moment. One at a time. False where the calls can't be
   seen. */
bool file_log_begin(file_log *log, const char *path);
/* From any thread. */
void file_log_note(unsigned note, const void *data, size_t size);
void file_log_end(void);
void file_log_free(file_log *log);

/* How many syncs the log has, and where the next one after event `from` is; log->count when there is none. */
size_t file_log_count_syncs(const file_log *log);
size_t file_log_next_sync(const file_log *log, size_t from);

/* The file as it may be after a power cut when the events before `cut` had happened. To be freed. */
uint8_t *file_log_image(const file_log *log, size_t cut, trial_random *random, size_t *size);
/* The file with all writes made. */
uint8_t *file_log_whole(const file_log *log, size_t *size);

#endif
