/* A store in memory with a table of notes (id:S), and one of others, to be wrapped. */
#ifndef BLOOP_TEST_INJECT_STORE_H
#define BLOOP_TEST_INJECT_STORE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <bloop/sys/inject.h>
#include <bloop/sys/store.h>

#include "support/notation.h"

bloop_backend *memory_store(void); /* without tables */
void given_notes(bloop_backend *backend, const char *table);

#define expect_ok(call)             expect_status_((call), BLOOP_OK, __LINE__)
#define expect_status(call, status) expect_status_((call), (status), __LINE__)
void expect_status_(bloop_status got, bloop_status wanted, int line);

/* One write; its own status. `item` is the item of a put, else the key. */
bloop_status write_note(bloop_backend *backend, bloop_write_kind kind, const char *table, const char *item,
                        const char *update, const char *condition);
#define put_note(backend, item) write_note((backend), BLOOP_WRITE_PUT, "notes", (item), NULL, NULL)
/* Whether such an item is stored: 1, 0, or minus the status of the get. */
int has_note(bloop_backend *backend, const char *key);

#endif
