/* A folder of a test's own, gone when the test is over. */
#ifndef BLOOP_TEST_SCRATCH_H
#define BLOOP_TEST_SCRATCH_H

#include <limits.h>
#include <stddef.h>

typedef struct scratch {
    char folder[PATH_MAX / 4];
} scratch;

/* In BLOOP_TEST_FOLDER, else TMPDIR, else the system's folder for what is temporary. */
scratch scratch_new(void);
/* Removes it with all that is in it. */
void scratch_remove(const scratch *s);
/* The path of a file in it; `out` has PATH_MAX bytes. Returns `out`. */
char *scratch_path(const scratch *s, const char *name, char *out);

/* The files whose names begin so in a folder. */
size_t scratch_count(const char *folder, const char *beginning);

/* Whole files. */
void scratch_write(const char *path, const void *data, size_t size);
void *scratch_read(const char *path, size_t *size); /* to be freed */
void scratch_copy(const char *from, const char *to);

#endif
