/* An allocator for tests that looks into each block that the library gives back: is a secret still there?

   Between begin and end the library must not hold memory from before, nor keep any. */
#ifndef BLOOP_TEST_SECRET_WATCH_H
#define BLOOP_TEST_SECRET_WATCH_H

#include <stddef.h>

void secret_watch_begin(const char *secret);
/* Brings malloc back. Returns how many blocks were given back, or moved, with the secret in them. */
size_t secret_watch_end(void);

#endif
