/* Many threads on one store: 500 that read while others write and the map grows from 1 MB, and more readers than places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/shelf.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

enum { MOST_READERS = 500, WRITERS = 4, SMALL_MAP = 1 << 20, BODY = 4000 };

typedef struct hall {
    bloop_backend *backend;
    size_t items; /* that each writer writes */
    _Atomic size_t written[WRITERS];
    _Atomic size_t reads;
    atomic_bool over;
} hall;

typedef struct visitor {
    hall *hall;
    unsigned number;
} visitor;

static void read_while_growing(const bloop_store_options *options, size_t readers);
static void *write_items(void *context);
static void *read_items(void *context);
static size_t start(pthread_t *threads, visitor *visitors, size_t count, void *(*run)(void *), hall *h);
static void *open_and_close(void *context);
static void *read_slowly(void *context);
static bloop_status take_time(void *context, bloop_item item);

static void test_500_readers_of_a_growing_file(void **state)
{
    char path[PATH_MAX];
    (void)state;
    scratch s = scratch_new();
    read_while_growing(&(bloop_store_options){ .path = scratch_path(&s, "store", path),
                                               .map_bytes = SMALL_MAP,
                                               .durability = BLOOP_DURABLE_LATER },
                       MOST_READERS);
    (void)stores_check(path);
    scratch_remove(&s);
}

static void test_500_readers_of_growing_memory(void **state)
{
    (void)state;
    read_while_growing(&(bloop_store_options){ .map_bytes = SMALL_MAP }, MOST_READERS);
}

/* More wait for their turn. */
static void test_more_readers_than_places(void **state)
{
    char path[PATH_MAX];
    (void)state;
    scratch s = scratch_new();
    read_while_growing(&(bloop_store_options){ .path = scratch_path(&s, "store", path),
                                               .map_bytes = SMALL_MAP,
                                               .max_readers = 8,
                                               .durability = BLOOP_DURABLE_LATER },
                       100);
    scratch_remove(&s);
}

/* Backends of one file come and go, while one stays. */
static void test_opening_and_closing_at_once(void **state)
{
    char path[PATH_MAX];
    (void)state;
    scratch s = scratch_new();
    pthread_t threads[16];
    const bloop_store_options options = { .path = scratch_path(&s, "store", path), .durability = BLOOP_DURABLE_LATER };
    bloop_backend *backend = stores_open(&options);
    shelf_create(backend);
    stores_ok(shelf_put(backend, 7, 70));
    bloop_backend_close(backend);
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, open_and_close, path), 0);
    for (size_t i = 0; i < 16; i++)
        (void)pthread_join(threads[i], NULL);
    (void)stores_check(path);
    scratch_remove(&s);
}

/* "Calls that are under way on other threads end first or fail with BLOOP_CLOSED": here they are under way for sure. */
static void test_closing_under_calls(void **state)
{
    (void)state;
    pthread_t threads[8];
    hall h = { .backend = stores_open(&(bloop_store_options){ .path = NULL }) };
    shelf_create(h.backend);
    stores_ok(shelf_put(h.backend, 1, 100));
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_slowly, &h), 0);
    while (atomic_load(&h.reads) < 8)
        trial_wait(100);
    bloop_backend_close(h.backend);
    atomic_store(&h.over, true);
    for (size_t i = 0; i < 8; i++)
        (void)pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&h.written[0]), 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_500_readers_of_a_growing_file), cmocka_unit_test(test_500_readers_of_growing_memory),
        cmocka_unit_test(test_more_readers_than_places),      cmocka_unit_test(test_opening_and_closing_at_once),
        cmocka_unit_test(test_closing_under_calls),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("crash/threads", tests, NULL, NULL);
}

static void read_while_growing(const bloop_store_options *options, size_t readers)
{
    static pthread_t threads[MOST_READERS + WRITERS];
    static visitor visitors[MOST_READERS + WRITERS];
    hall h = { .backend = stores_open(options) };
    h.items = trial_count("BLOOP_THREAD_ITEMS", (trial_counts){ 400, 1000, 20000 });
    shelf_create(h.backend);
    size_t reading = start(threads, visitors, readers, read_items, &h);
    size_t writing = start(threads + reading, visitors + reading, WRITERS, write_items, &h);
    for (size_t i = 0; i < writing; i++)
        (void)pthread_join(threads[reading + i], NULL);
    atomic_store(&h.over, true);
    for (size_t i = 0; i < reading; i++)
        (void)pthread_join(threads[i], NULL);
    shelf_check_count(h.backend, WRITERS * h.items);
    (void)printf("%zu readers, %zu reads\n", reading, atomic_load(&h.reads));
    assert_true(h.reads >= readers);
    bloop_backend_close(h.backend);
}

static size_t start(pthread_t *threads, visitor *visitors, size_t count, void *(*run)(void *), hall *h)
{
    pthread_attr_t attributes;
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, 512 << 10);
    for (size_t i = 0; i < count; i++) {
        visitors[i] = (visitor){ h, (unsigned)i };
        trial_check(pthread_create(&threads[i], &attributes, run, &visitors[i]) == 0, "no thread");
    }
    (void)pthread_attr_destroy(&attributes);
    return count;
}

static void *write_items(void *context)
{
    const visitor *me = context;
    hall *h = me->hall;
    for (size_t i = 0; i < h->items; i++) {
        stores_ok(shelf_put(h->backend, me->number * h->items + i, BODY + i % 500));
        atomic_store(&h->written[me->number], i + 1);
    }
    return NULL;
}

/* What was acknowledged before a read begins is what it finds. */
static void *read_items(void *context)
{
    const visitor *me = context;
    hall *h = me->hall;
    trial_random random = trial_stream(40 + me->number);
    do {
        bool found = false;
        size_t writer = trial_below(&random, WRITERS), written = atomic_load(&h->written[writer]);
        size_t id = writer * h->items + trial_below(&random, written + 1);
        stores_ok(shelf_find(h->backend, id, &found, NULL));
        trial_check(found || id == writer * h->items + written, "item %zu is not there", id);
        atomic_fetch_add(&h->reads, 1);
        trial_wait(200);
    } while (!atomic_load(&h->over));
    return NULL;
}

static void *open_and_close(void *context)
{
    for (int i = 0; i < 30; i++) {
        bool found = false;
        bloop_backend *backend =
            stores_open(&(bloop_store_options){ .path = context, .durability = BLOOP_DURABLE_LATER });
        stores_ok(shelf_find(backend, 7, &found, NULL));
        trial_check(found, "the item is not there");
        if (i % 5 == 0)
            stores_ok(shelf_put(backend, 7, (size_t)(70 + i)));
        bloop_backend_close(backend);
    }
    return NULL;
}

static void *read_slowly(void *context)
{
    hall *h = context;
    stores_ok(shelf_receive(h->backend, 1, take_time, h));
    return NULL;
}

/* The backend is not closed before this has returned. */
static bloop_status take_time(void *context, bloop_item item)
{
    hall *h = context;
    atomic_fetch_add(&h->reads, 1);
    trial_wait(50000);
    trial_check(!atomic_load(&h->over), "the backend was closed under a call");
    trial_check(bloop_value_count(item) == 3, "the item is gone under a call");
    atomic_fetch_add(&h->written[0], 1);
    return BLOOP_OK;
}
