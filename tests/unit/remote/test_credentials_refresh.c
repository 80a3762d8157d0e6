/* The provider: when it asks its source, who waits, and what happens when the source fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <pthread.h>
#include <cmocka.h>

#include "remote/credentials_source_private.h"
#include "support/fail_alloc.h"
#include "surroundings.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)

static _Atomic int64_t clock_now;

static int64_t read_clock(void)
{
    return clock_now;
}

/* A service that numbers the credentials it hands out. */
typedef struct service {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool closed;    /* callers are held until it opens */
    size_t waiting; /* callers that are held */
    size_t asked;
    bool fails;
    int64_t lifetime;
} service;

static bloop_status serve(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body)
{
    service *s = context;
    (void)request;
    pthread_mutex_lock(&s->lock);
    s->waiting++;
    pthread_cond_broadcast(&s->changed);
    while (s->closed)
        pthread_cond_wait(&s->changed, &s->lock);
    s->waiting--;
    size_t number = ++s->asked;
    bool fails = s->fails;
    pthread_mutex_unlock(&s->lock);
    char until[BLOOP_DATETIME_TEXT_SIZE];
    bloop_datetime_format_utc((bloop_datetime){ .microseconds = clock_now + s->lifetime }, until);
    *http_status = fails ? 400 : 200;
    bl_buffer_format(body, "{\"AccessKeyId\":\"A%zu\",\"SecretAccessKey\":\"s\",\"Expiration\":\"%s\"}", number, until);
    return body->status;
}

typedef struct fixture {
    surroundings s;
    service service;
    bl_credentials_provider *provider;
} fixture;

static void begin(fixture *f, int64_t lifetime)
{
    bl_shared_config *config = NULL;
    *f = (fixture){ .s = surroundings_new(), .service = { .lifetime = lifetime } };
    pthread_mutex_init(&f->service.lock, NULL);
    pthread_cond_init(&f->service.changed, NULL);
    setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://localhost/", 1);
    assert_int_equal(bl_shared_config_load(NULL, &config), BLOOP_OK);
    assert_int_equal(bl_credentials_provider_new(config, &(bl_remote_choices){ 0 }, serve, &f->service, &f->provider),
                     BLOOP_OK);
    bl_shared_config_free(config);
    bl_credentials_set_clock(f->provider, read_clock);
    clock_now = 1000 * MINUTE;
}

static void end(fixture *f)
{
    bl_credentials_provider_free(f->provider);
    pthread_cond_destroy(&f->service.changed);
    pthread_mutex_destroy(&f->service.lock);
    surroundings_remove(&f->s);
}

static void set_closed(service *s, bool closed)
{
    pthread_mutex_lock(&s->lock);
    s->closed = closed;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void wait_until_asked(service *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->waiting == 0)
        pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void assert_key(fixture *f, bl_credentials *mine, const char *expected)
{
    assert_int_equal(bl_credentials_get(f->provider, mine), BLOOP_OK);
    assert_string_equal(mine->access_key.data, expected);
}

static void credentials_are_asked_for_once(void **state)
{
    (void)state;
    fixture f;
    bl_credentials mine = { 0 }, other = { 0 };
    begin(&f, 60 * MINUTE);
    assert_int_equal(f.service.asked, 0);
    assert_key(&f, &mine, "A1");
    const char *memory = mine.memory;
    fail_alloc_begin(0, FAIL_ALLOC_ALL_AFTER);
    bloop_status status = bl_credentials_get(f.provider, &mine);
    fail_alloc_report report = fail_alloc_end();
    assert_int_equal(status, BLOOP_OK);
    assert_int_equal(report.allocations, 0);
    assert_ptr_equal(mine.memory, memory);
    assert_key(&f, &other, "A1");
    assert_ptr_not_equal(other.memory, memory);
    assert_int_equal(other.version, mine.version);
    assert_int_equal(f.service.asked, 1);
    bl_credentials_clear(&mine);
    bl_credentials_clear(&mine);
    bl_credentials_clear(&other);
    end(&f);
}

/* A quarter of an hour ahead, or a quarter of a shorter life. */
static void a_refresh_comes_ahead_of_the_expiry(void **state)
{
    (void)state;
    static const struct {
        int64_t lifetime, refresh_after;
    } cases[] = { { 6 * 60 * MINUTE, 345 * MINUTE },
                  { 60 * MINUTE, 45 * MINUTE },
                  { 20 * MINUTE, 15 * MINUTE },
                  { 4 * SECOND, 3 * SECOND } };
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        fixture f;
        bl_credentials mine = { 0 };
        begin(&f, cases[i].lifetime);
        assert_key(&f, &mine, "A1");
        clock_now += cases[i].refresh_after - 1;
        assert_key(&f, &mine, "A1");
        clock_now += 1;
        assert_key(&f, &mine, "A2");
        assert_int_equal(mine.version, 2);
        bl_credentials_clear(&mine);
        end(&f);
    }
}

static void a_failed_refresh_keeps_what_is_valid(void **state)
{
    (void)state;
    fixture f;
    bl_credentials mine = { 0 };
    begin(&f, 60 * MINUTE);
    assert_key(&f, &mine, "A1");
    f.service.fails = true;
    clock_now += 45 * MINUTE;
    bl_error(BLOOP_TIMEOUT, "an earlier error");
    assert_key(&f, &mine, "A1");
    assert_string_equal(bloop_last_error()->message, "an earlier error");
    assert_int_equal(f.service.asked, 2);
    /* It is tried again after a minute, and not before. */
    clock_now += MINUTE - 1;
    assert_key(&f, &mine, "A1");
    assert_int_equal(f.service.asked, 2);
    clock_now += 1;
    assert_key(&f, &mine, "A1");
    assert_int_equal(f.service.asked, 3);
    /* At the end of their time it is a failure, and what was handed out stays as it was. */
    clock_now += 14 * MINUTE;
    assert_int_equal(bl_credentials_get(f.provider, &mine), BLOOP_ACCESS_DENIED);
    assert_string_equal(bloop_last_error()->message,
                        "the container's credentials: the service answers with HTTP status 400");
    assert_string_equal(mine.access_key.data, "A1");
    f.service.fails = false;
    assert_key(&f, &mine, "A5");
    bl_credentials_clear(&mine);
    end(&f);
}

static void refused_credentials_are_replaced(void **state)
{
    (void)state;
    fixture f;
    bl_credentials mine = { 0 };
    begin(&f, 60 * MINUTE);
    assert_key(&f, &mine, "A1");
    bl_credentials_expire(f.provider, mine.version);
    assert_key(&f, &mine, "A2");
    bl_credentials_expire(f.provider, mine.version - 1); /* by a thread that was late */
    assert_key(&f, &mine, "A2");
    assert_int_equal(f.service.asked, 2);
    bl_credentials_clear(&mine);
    end(&f);
}

typedef struct caller {
    pthread_t thread;
    bl_credentials_provider *provider;
    bloop_status status;
    char key[16], message[256];
} caller;

static void *call(void *context)
{
    caller *c = context;
    bl_credentials mine = { 0 };
    c->status = bl_credentials_get(c->provider, &mine);
    snprintf(c->key, sizeof c->key, "%s", c->status == BLOOP_OK ? mine.access_key.data : "");
    snprintf(c->message, sizeof c->message, "%s", c->status == BLOOP_OK ? "" : bloop_last_error()->message);
    bl_credentials_clear(&mine);
    return NULL;
}

enum { CALLERS = 6 };

static void start_callers(fixture *f, caller callers[CALLERS])
{
    for (size_t i = 0; i < CALLERS; i++) {
        callers[i].provider = f->provider;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
    }
}

/* The first asks; those that come meanwhile wait for what it gets, those that come later find it. */
static void threads_ask_once(void **state)
{
    (void)state;
    fixture f;
    caller callers[CALLERS] = { 0 };
    begin(&f, 60 * MINUTE);
    f.service.closed = true;
    start_callers(&f, callers);
    wait_until_asked(&f.service);
    set_closed(&f.service, false);
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        assert_string_equal(callers[i].key, "A1");
    }
    assert_int_equal(f.service.asked, 1);
    end(&f);
}

static void threads_share_a_failure(void **state)
{
    (void)state;
    fixture f;
    caller callers[CALLERS] = { 0 };
    begin(&f, 60 * MINUTE);
    f.service.closed = f.service.fails = true;
    start_callers(&f, callers);
    wait_until_asked(&f.service);
    set_closed(&f.service, false);
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        assert_int_equal(callers[i].status, BLOOP_ACCESS_DENIED);
        assert_string_equal(callers[i].message,
                            "the container's credentials: the service answers with HTTP status 400");
    }
    end(&f);
}

/* This would hang if a thread with valid credentials waited for the one that refreshes. */
static void nobody_waits_while_the_old_are_valid(void **state)
{
    (void)state;
    fixture f;
    bl_credentials mine = { 0 };
    caller refresher = { 0 };
    begin(&f, 60 * MINUTE);
    assert_key(&f, &mine, "A1");
    clock_now += 50 * MINUTE;
    f.service.closed = true;
    refresher.provider = f.provider;
    assert_int_equal(pthread_create(&refresher.thread, NULL, call, &refresher), 0);
    wait_until_asked(&f.service);
    assert_key(&f, &mine, "A1");
    set_closed(&f.service, false);
    pthread_join(refresher.thread, NULL);
    assert_string_equal(refresher.key, "A2");
    assert_key(&f, &mine, "A2");
    bl_credentials_clear(&mine);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_are_asked_for_once),
        cmocka_unit_test(a_refresh_comes_ahead_of_the_expiry),
        cmocka_unit_test(a_failed_refresh_keeps_what_is_valid),
        cmocka_unit_test(refused_credentials_are_replaced),
        cmocka_unit_test(threads_ask_once),
        cmocka_unit_test(threads_share_a_failure),
        cmocka_unit_test(nobody_waits_while_the_old_are_valid),
    };
    return cmocka_run_group_tests_name("remote/credentials_refresh", tests, NULL, NULL);
}
