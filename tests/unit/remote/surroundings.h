/* A home directory and an environment of a test's own: shared files are written there, variables set, and nothing of the
   machine's is seen. */
#ifndef BLOOP_TEST_SURROUNDINGS_H
#define BLOOP_TEST_SURROUNDINGS_H

#include <limits.h>

#include "remote/credentials_private.h"
#include "support/scratch.h"

typedef struct surroundings {
    scratch home;
} surroundings;

/* An empty home, and no variable that begins with "AWS_". */
surroundings surroundings_new(void);
void surroundings_remove(surroundings *s);
/* Write ~/.aws/config and ~/.aws/credentials. */
void surroundings_config(const surroundings *s, const char *text);
void surroundings_credentials(const surroundings *s, const char *text);
/* Writes a file of the home; `out` has PATH_MAX bytes and becomes its path. */
char *surroundings_file(const surroundings *s, const char *name, const char *text, char *out);
/* What is configured; fails the test when it can't be had. */
bl_shared_config *surroundings_load(const char *profile);

#endif
