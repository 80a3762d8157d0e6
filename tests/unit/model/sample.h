/* Models, and items written as DynamoDB's JSON, for the tests of model. */
#ifndef BLOOP_TEST_MODEL_SAMPLE_H
#define BLOOP_TEST_MODEL_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <bloop/object.h>

#include "model/model.h"

#include <cmocka.h>

/* {"id": {"S": "x"}} as a packed item; the test fails when it is none. Lives until sample_free. */
bloop_item sample_item(const char *json);
/* The same of one value: {"N": "1"}. */
bloop_value sample_value(const char *json);
/* The JSON of a value, without spaces, as sample_value reads it; "-" for no value. Lives until sample_free. */
const char *sample_text(bloop_value value);
/* A teardown for each test. */
int sample_free(void **state);

bloop_number sample_number(const char *text);
bloop_uuid sample_uuid(const char *text);
bloop_datetime sample_datetime(const char *text);

/* Fails the test unless the last error has this status and message. */
#define assert_error(status, message) sample_check_error(status, message, __FILE__, __LINE__)
void sample_check_error(bloop_status status, const char *message, const char *file, int line);

/* What a save of the object would send: its actions, as bloop_update_print writes them; those of what has changed alone; and
   the condition of an atomic one. */
const char *sample_actions(const void *object);
const char *sample_changes(const void *object);
const char *sample_atomic(const void *object);

BLOOP_LIST(Answers, String);
BLOOP_MAP(Geo, key(Double, latitude), key(Double, longitude, .dynamo_name = "lon"));
BLOOP_MAP(Address, key(String, street), key(Integer, number, .dynamo_name = "house-number"), key(Map(Geo), geo),
          key(Set(String), tags));

/* clang-format off */
#define ACCOUNT                                                                   \
    column(UUID,        id,         .hash_key = true),                            \
    column(String,      name),                                                    \
    column(String,      email),                                                   \
    column(Boolean,     verified),                                                \
    column(Number,      balance),                                                 \
    column(DateTime,    created_on, .dynamo_name = "c"),                          \
    column(Set(String), tags),                                                    \
    column(Map(Address), home),                                                   \
    column(List(Map(Address)), former),                                           \
    column(List(Named(Answers)), quizzes),                                        \
    column(Integer,     model),                                                   \
    global_index(by_email, .hash_key = &Account.email, .projection = BLOOP_KEYS), \
    table(.name = "accounts", .stream = BLOOP_STREAM_NEW_AND_OLD)
/* clang-format on */
BLOOP_DECLARE_MODEL(Account, ACCOUNT);

/* The reference's example of atomic conditions. */
/* clang-format off */
#define DOCUMENT                                                                   \
    column(Integer, id, .hash_key = true),                                         \
    column(String,  folder),                                                       \
    column(String,  name),                                                         \
    column(Integer, size),                                                         \
    column(Binary,  data),                                                         \
    global_index(by_name, .hash_key = &Document.name, .projection = BLOOP_INCLUDE, \
                 .include = bloop_columns(&Document.size))
/* clang-format on */
BLOOP_DECLARE_MODEL(Document, DOCUMENT);

#endif
