/* What a user of the object mapper notices, the same over every engine URL. */
#ifndef BLOOP_TEST_BEHAVIOUR_H
#define BLOOP_TEST_BEHAVIOUR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <bloop.h>
#include <bloop/sys/inject.h>

BLOOP_MAP(Address,
    key(String,  street),
    key(Integer, number, .dynamo_name = "house-number"));

/* clang-format off */
#define ACCOUNT                                                                   \
    column(UUID,               id,         .hash_key = true),                     \
    column(String,             name),                                             \
    column(String,             email),                                            \
    column(Boolean,            verified),                                         \
    column(Number,             balance),                                          \
    column(Integer,            logins),                                           \
    column(DateTime,           created_on, .dynamo_name = "c"),                   \
    column(Set(String),        tags),                                             \
    column(Map(Address),       home),                                             \
    column(List(Map(Address)), former),                                           \
    global_index(by_email, .hash_key = &Account.email, .projection = BLOOP_KEYS), \
    table(.name = "accounts")
/* clang-format on */
BLOOP_DECLARE_MODEL(Account, ACCOUNT);

/* A hash and a range key, and two attributes: the model of the reference's examples of atomic saves. */
/* clang-format off */
#define DOCUMENT                                 \
    column(Integer, id,      .hash_key = true),  \
    column(String,  folder,  .range_key = true), \
    column(String,  title),                      \
    column(Integer, size),                       \
    table(.name = "documents")
/* clang-format on */
BLOOP_DECLARE_MODEL(Document, DOCUMENT);

/* Runs tests over every URL: each in a new store, the engine in *state with Account and Document bound. Or, where the
   variable BLOOP_BEHAVIOUR_ENDPOINT has one, over that URL alone, of whose tables none is left. Returns the number of failures. */
int run_over_urls(const char *suite, const struct CMUnitTest *tests, size_t count);
#define RUN_OVER_URLS(suite, tests) run_over_urls(suite, tests, sizeof(tests) / sizeof((tests)[0]))
#define BEHAVES(test)               cmocka_unit_test_setup_teardown(test, open_engine, close_engine)
int open_engine(void **state);
int close_engine(void **state);

/* The same with backends in between that record and fail as they are told, which these are. */
#define BEHAVES_WITH_FAULTS(test) cmocka_unit_test_setup_teardown(test, open_faulty_engine, close_engine)
int open_faulty_engine(void **state);
extern bloop_backend *recording, *faulty;

/* A file in the test's own folder, gone with it. Static memory. */
const char *scratch_file(const char *name);

#define expect_ok(call)             expect_status_((call), BLOOP_OK, NULL, __LINE__)
#define expect_status(call, status) expect_status_((call), (status), NULL, __LINE__)
/* And the last error's message contains `words`. */
#define expect_failure(call, status, words) expect_status_((call), (status), (words), __LINE__)
void expect_status_(bloop_status got, bloop_status wanted, const char *words, int line);

bloop_uuid uuid_of(uint8_t number);
struct Account *new_account(uint8_t number); /* with its key */
struct Document *new_document(int64_t id, const char *folder);
struct Document *stored_document(bloop_engine *engine, int64_t id, const char *folder); /* loaded; NULL: not there */

/* The document (1, "a"), as somebody else would write it: a NULL and a 0 leave the column as it is. */
void somebody_stores(bloop_engine *engine, const char *title, int64_t size);
/* That it is there, with this title, or none, and this size. */
void expect_stored(bloop_engine *engine, const char *title, int64_t size);

#endif
