/* For whom a piece of work waits, and how long. Times are made up; no wait that is expected to end early has an end of its
   own that the test would live to see. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/base.h"

#define MS   INT64_C(1000000)
#define HOUR (3600 * 1000 * MS)
#define MOST 1000

typedef struct gate {
    pthread_mutex_t lock;
    bl_gathering gathering;
} gate;

static void open_gate(gate *g)
{
    pthread_mutex_init(&g->lock, NULL);
    assert_int_equal(bl_gather_init(&g->gathering), BLOOP_OK);
}

static void close_gate(gate *g)
{
    bl_gather_destroy(&g->gathering);
    pthread_mutex_destroy(&g->lock);
}

static void a_moment_is_a_share_of_the_last_time(void **state)
{
    static const struct {
        size_t served, waiting;
        int64_t took, ended, begins;
        size_t expected;
        int64_t until;
    } cases[] = {
        { 3, 0, 4 * MS, 10 * MS, 10 * MS, 3, 11 * MS },
        { 3, 0, 4 * MS, 10 * MS, 11 * MS - 1, 3, 12 * MS - 1 },
        { 3, 0, 4 * MS, 10 * MS, 11 * MS, 3, 0 },
        { 3, 0, 4 * MS, 10 * MS, HOUR, 3, 0 },
        { 3, 2, 4 * MS, 10 * MS, HOUR, 5, HOUR + MS },
        { 3, 0, HOUR, 10 * MS, 10 * MS, 3, 12 * MS },
        { 3, 2, 80000, 10 * MS, 10 * MS, 5, 10 * MS + 20000 },
        { 3, 2, 79999, 10 * MS, 10 * MS, 5, 0 },
        { 3, 2, 0, 10 * MS, 10 * MS, 5, 0 },
        { 1, 0, 4 * MS, 10 * MS, 10 * MS, 1, 11 * MS },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        gate g;
        open_gate(&g);
        g.gathering.waiting = cases[i].waiting;
        bl_gather_end(&g.gathering, cases[i].served, cases[i].took, cases[i].ended);
        bl_gather_begin(&g.gathering, cases[i].begins);
        assert_int_equal(g.gathering.expected, cases[i].expected);
        assert_int_equal(g.gathering.until_ns, cases[i].until);
        close_gate(&g);
    }
}

/* After this a wait would last for an hour. */
static void begin_long(gate *g, size_t served, size_t waiting)
{
    g->gathering.waiting = waiting;
    bl_gather_end(&g->gathering, served, 4 * MS, 0);
    g->gathering.due_ns = INT64_MAX;
    bl_gather_begin(&g->gathering, bl_monotonic_nanoseconds() + HOUR);
}

static void nobody_waits_for_those_who_are_there(void **state)
{
    gate g;
    (void)state;
    open_gate(&g);
    pthread_mutex_lock(&g.lock);
    bl_gather_wait(&g.gathering, &g.lock, 1, MOST); /* the first of all */
    begin_long(&g, 1, 0);
    bl_gather_wait(&g.gathering, &g.lock, 1, MOST); /* alone */
    begin_long(&g, 2, 1);
    bl_gather_wait(&g.gathering, &g.lock, 2, MOST);
    begin_long(&g, 2, 3);
    g.gathering.waiting = 7;
    bl_gather_wait(&g.gathering, &g.lock, 0, MOST);
    begin_long(&g, 50, 3);
    bl_gather_wait(&g.gathering, &g.lock, 1, 4); /* no more than these can be taken */
    assert_int_equal(g.gathering.waiting, 3);
    pthread_mutex_unlock(&g.lock);
    close_gate(&g);
}

static void *come(void *context)
{
    gate *g = context;
    pthread_mutex_lock(&g->lock);
    bl_gather_came(&g->gathering);
    pthread_mutex_unlock(&g->lock);
    return NULL;
}

static void *come_and_cut(void *context)
{
    gate *g = context;
    pthread_mutex_lock(&g->lock);
    bl_gather_came(&g->gathering);
    bl_gather_cut(&g->gathering);
    pthread_mutex_unlock(&g->lock);
    return NULL;
}

/* The lock is held until the wait lets it go: so all come during it. */
static void wait_for(gate *g, size_t have, void *(*const comers[])(void *), size_t count)
{
    pthread_t threads[8];
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, comers[i], g), 0);
    bl_gather_wait(&g->gathering, &g->lock, have, MOST);
    pthread_mutex_unlock(&g->lock);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(g->gathering.waiting, count);
    assert_int_equal(g->gathering.without, 0);
}

static void a_wait_ends_with_the_last_who_is_expected(void **state)
{
    gate g;
    (void)state;
    open_gate(&g);
    begin_long(&g, 4, 0);
    wait_for(&g, 1, (void *(*const[])(void *)){ come, come, come }, 3);
    close_gate(&g);
}

static void a_wait_can_be_cut(void **state)
{
    gate g;
    (void)state;
    open_gate(&g);
    begin_long(&g, 4, 0);
    wait_for(&g, 1, (void *(*const[])(void *)){ come_and_cut }, 1);
    bl_gather_cut(&g.gathering); /* while nobody waits that is nothing */
    g.gathering.waiting = 0;
    begin_long(&g, 3, 0);
    wait_for(&g, 1, (void *(*const[])(void *)){ come, come }, 2);
    close_gate(&g);
}

/* Whether a wait, which nobody ends, is made at all. */
static bool waits_in_vain(gate *g)
{
    pthread_mutex_lock(&g->lock);
    bl_gather_end(&g->gathering, 2, 4 * MS, 10 * MS);
    bl_gather_begin(&g->gathering, 10 * MS); /* long ago */
    bool waits = g->gathering.until_ns != 0;
    bl_gather_wait(&g->gathering, &g->lock, 1, MOST);
    pthread_mutex_unlock(&g->lock);
    return waits;
}

static void a_wait_in_vain_is_not_repeated_at_once(void **state)
{
    gate g;
    (void)state;
    open_gate(&g);
    for (int round = 0; round < 3; round++) {
        assert_true(waits_in_vain(&g));
        for (int i = 0; i < 8; i++)
            assert_false(waits_in_vain(&g));
    }
    close_gate(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_is_a_share_of_the_last_time),
        cmocka_unit_test(nobody_waits_for_those_who_are_there),
        cmocka_unit_test(a_wait_ends_with_the_last_who_is_expected),
        cmocka_unit_test(a_wait_can_be_cut),
        cmocka_unit_test(a_wait_in_vain_is_not_repeated_at_once),
    };
    return cmocka_run_group_tests_name("base/gather", tests, NULL, NULL);
}
