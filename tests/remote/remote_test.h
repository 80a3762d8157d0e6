/* What the tests of the remote backend share. */
#ifndef BLOOP_TEST_REMOTE_TEST_H
#define BLOOP_TEST_REMOTE_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <bloop/remote.h>

#include "peer.h"
#include "support/notation.h"
#include "support/trial.h"

/* No proxies, no settings and no credentials from outside. To be called before anything else. */
void remote_test_begin(void);

/* A backend at the peer. Where the options say nothing it has fixed credentials, and pauses of a millisecond. */
#define open_at(...) OPEN_AT_(__VA_ARGS__, )
#define OPEN_AT_(p, ...) \
    remote_test_open((p), &(bloop_remote_options){ .size = sizeof(bloop_remote_options), __VA_ARGS__ })
bloop_backend *remote_test_open(const peer *p, bloop_remote_options *options);

#define expect_status(call, status) remote_test_expect((call), (status), NULL, __FILE__, __LINE__)
/* And the last error's message has `words` in it. */
#define expect_failure(call, status, words) remote_test_expect((call), (status), (words), __FILE__, __LINE__)
#define expect_ok(call)                     expect_status(call, BLOOP_OK)
void remote_test_expect(bloop_status got, bloop_status wanted, const char *words, const char *file, int line);

/* Requests of the simplest kind, on table "things" with hash key "id". */
bloop_status get_thing(bloop_backend *backend, const char *id);
bloop_status put_thing(bloop_backend *backend, const char *id);
/* Writes as text, in the notation of tests/support/notation.h. */
typedef struct text_write {
    bloop_write_kind kind;
    const char *item, *update, *condition;
    bloop_return_values returns;
} text_write;
bloop_write_request text_request(notation *n, const text_write *w);
bloop_status write_thing(bloop_backend *backend, const text_write *w);

#endif
