/* Statuses, and the last error of a thread.

   A call that can fail returns a bloop_status (0 is success), or a pointer that is NULL. What went wrong is then told by
   bloop_last_error(). Statuses come in four groups, by number: 1-99 unexpected state, 100-199 bad input, 200-299 what
   DynamoDB (or the embedded store in its place) says, 300-399 what the machine or the network says. */
#ifndef BLOOP_ERROR_H
#define BLOOP_ERROR_H

#include <stddef.h>

#include <bloop/export.h>

BLOOP_BEGIN_C_

/* The result of a call. The values, with their meaning, are in error_list.h; docs/errors.md says when each comes. */
typedef enum bloop_status {
#define BLOOP_STATUS_(name, number, text) BLOOP_##name = (number),
#include <bloop/error_list.h>
#undef BLOOP_STATUS_
} bloop_status;

/* What the last failed call of this thread said. */
typedef struct bloop_error {
    bloop_status status;
    const char *message;  /* never NULL; "" when the status is BLOOP_OK. Names the model, column, value and rule. */
    void *const *objects; /* the caller's objects concerned, such as those not found; NULL when there are none */
    size_t object_count;
} bloop_error;

/* The last error of the calling thread. Never NULL. The record and what it points to belong to the library and are
   valid until the thread's next bloop call. A call that succeeds leaves it alone; a NULL that is no error (such as the
   end of a search) sets it to BLOOP_OK. */
BLOOP_API const bloop_error *bloop_last_error(void);

/* The name of a status, such as "CONSTRAINT_VIOLATION"; "?" for a number that is none. A static string. */
BLOOP_API const char *bloop_status_name(bloop_status status);

/* What a status means, in a few words, such as "a condition was not met". A static string. */
BLOOP_API const char *bloop_status_text(bloop_status status);

BLOOP_END_C_

#endif
