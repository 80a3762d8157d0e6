/* Scans on threads, in one call: every row once, whatever the number of threads and segments; ends that reach all. */
#include "behaviour.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fail_alloc.h"
#include "support/redirect.h"

enum { ROWS = 300 };

BLOOP_MODEL(City,
    column(Integer, id,      .hash_key = true),
    column(String,  country),
    column(Integer, people),
    column(String,  name),
    global_index(by_country, .hash_key = &City.country, .range_key = &City.people, .projection = BLOOP_KEYS),
    table(.name = "cities"));

static void given_cities(bloop_engine *engine)
{
    void *cities[ROWS];
    char name[24];
    expect_ok(bloop_bind(engine, City));
    for (int i = 0; i < ROWS; i++) {
        struct City *city = cities[i] = bloop_new(City);
        snprintf(name, sizeof name, "city %d", i);
        expect_ok(bloop_set(city, id, i));
        expect_ok(bloop_set(city, people, i * 10));
        expect_ok(bloop_set(city, name, name));
        if (i % 3 == 0)
            expect_ok(bloop_set(city, country, i % 2 ? "odd" : "even"));
    }
    expect_ok(bloop_save_all(engine, bloop_objects_in(cities, ROWS)));
    for (int i = 0; i < ROWS; i++)
        bloop_free(cities[i]);
}

/* What the threads see; each has counters of its own. */
typedef struct census {
    int32_t threads;
    int rows[BLOOP_MAX_SCAN_THREADS];
    _Atomic int seen[ROWS], wrong;
} census;

static census *new_census(int32_t threads)
{
    census *made = calloc(1, sizeof *made);
    assert_non_null(made);
    made->threads = threads;
    return made;
}

/* On whatever thread: no assertions. */
static bloop_status count_row(void *context, int32_t thread, void *row)
{
    census *to = context;
    const struct City *city = row;
    char name[16];
    snprintf(name, sizeof name, "city %d", (int)city->id);
    if (thread < 0 || thread >= to->threads || city->id < 0 || city->id >= ROWS || city->people != city->id * 10 ||
        (city->name && strcmp(city->name, name) != 0)) {
        to->wrong++;
        return BLOOP_OK;
    }
    to->rows[thread]++;
    to->seen[city->id]++;
    return BLOOP_OK;
}

/* Every city whose number can be divided was seen once, and no other. */
static void expect_seen(census *of, int divisor)
{
    int rows = 0;
    assert_int_equal(of->wrong, 0);
    for (int32_t i = 0; i < of->threads; i++)
        rows += of->rows[i];
    for (int i = 0; i < ROWS; i++)
        assert_int_equal(of->seen[i], i % divisor == 0);
    assert_int_equal(rows, ROWS / divisor);
    free(of);
}

static void test_every_row_once(void **state)
{
    static const int32_t cases[][3] = {
        { 1, 1, 0 }, { 1, 7, 3 }, { 2, 0, 0 },   { 2, 1, 0 },    { 2, 2, 1 },
        { 3, 8, 0 }, { 8, 5, 7 }, { 16, 64, 0 }, { 4, 1000, 0 }, { 256, 256, 0 },
    };
    given_cities(*state);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t count = 0, scanned = 0;
        census *of = new_census(cases[i][0]);
        expect_ok(bloop_scan_parallel(*state, City, .threads = cases[i][0], .segments = cases[i][1],
                                      .page_items = cases[i][2], .receive = count_row, .context = of, .count = &count,
                                      .scanned = &scanned));
        assert_int_equal(count, ROWS);
        assert_int_equal(scanned, ROWS);
        expect_seen(of, 1);
    }
}

static void test_by_default_one_thread_a_processor(void **state)
{
    given_cities(*state);
    census *of = new_census(BLOOP_MAX_SCAN_THREADS);
    expect_ok(bloop_scan_parallel(*state, City, .receive = count_row, .context = of));
    for (long i = sysconf(_SC_NPROCESSORS_ONLN); i < BLOOP_MAX_SCAN_THREADS; i++)
        assert_int_equal(of->rows[i], 0);
    expect_seen(of, 1);
}

static void test_indexes_filters_and_projections(void **state)
{
    given_cities(*state);
    census *of = new_census(2);
    expect_ok(bloop_scan_parallel(*state, City.by_country, .threads = 2, .receive = count_row, .context = of));
    expect_seen(of, 3);

    uint64_t count = 0, scanned = 0;
    of = new_census(3);
    expect_ok(bloop_scan_parallel(*state, City, .threads = 3, .filter = bloop_eq(City.country, "even"),
                                  .projection = bloop_columns(&City.people), .receive = count_row, .context = of,
                                  .count = &count, .scanned = &scanned));
    assert_int_equal(count, ROWS / 6);
    assert_int_equal(scanned, ROWS);
    expect_seen(of, 6);
}

static void test_counting_alone(void **state)
{
    given_cities(*state);
    uint64_t count = 0, scanned = 0;
    expect_ok(bloop_scan_parallel(*state, City, .threads = 2, .filter = bloop_lt(City.people, 100), .count = &count,
                                  .scanned = &scanned));
    assert_int_equal(count, 10);
    assert_int_equal(scanned, ROWS);
    expect_ok(bloop_scan_parallel(*state, City, .threads = 2));
}

static int threads_now(void)
{
    int count = 0;
    DIR *tasks = opendir("/proc/self/task");
    assert_non_null(tasks);
    for (const struct dirent *at; (at = readdir(tasks));)
        count += at->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* A thread that has been joined may take a moment to go, and so may those of whoever counted before. */
static void expect_no_more_threads(int count)
{
    for (int i = 0; i < 60000 && threads_now() > count; i++)
        usleep(1000);
    assert_true(threads_now() <= count);
}

typedef struct end {
    _Atomic int rows;
    int after;
    bloop_status status;
    bloop_engine *engine;
} end;

static bloop_status end_after(void *context, int32_t thread, void *row)
{
    end *when = context;
    (void)thread;
    (void)row;
    return ++when->rows > when->after ? when->status : BLOOP_OK;
}

/* What one receiver returns ends all; no thread is left behind, and no output is touched. */
static void test_a_receiver_ends_all(void **state)
{
    given_cities(*state);
    int before = threads_now();
    for (int after = 0; after < 20; after += 3) {
        uint64_t count = 77, scanned = 78;
        end when = { .after = after, .status = BLOOP_INVALID_VALUE };
        expect_failure(bloop_scan_parallel(*state, City, .threads = 4, .receive = end_after, .context = &when,
                                           .count = &count, .scanned = &scanned),
                       BLOOP_INVALID_VALUE, "the receiver returned INVALID_VALUE");
        assert_in_range(when.rows, after + 1, after + 4);
        assert_int_equal(count, 77);
        assert_int_equal(scanned, 78);
        expect_no_more_threads(before);
    }
}

static bloop_status load_what_is_not_there(void *context, int32_t thread, void *row)
{
    (void)row;
    (void)thread;
    struct City *missing = bloop_new(City);
    bloop_status status = bloop_set(missing, id, -1);
    if (status == BLOOP_OK)
        status = bloop_load((bloop_engine *)context, missing);
    bloop_free(missing);
    return status;
}

/* A call that failed in the receiver keeps its message, on whatever thread that was. */
static void test_the_receivers_own_failure_is_told(void **state)
{
    given_cities(*state);
    expect_failure(
        bloop_scan_parallel(*state, City, .threads = 2, .receive = load_what_is_not_there, .context = *state),
        BLOOP_MISSING_OBJECTS, "bloop_load: model City, key {\"id\":-1}: the object was not found");
}

typedef struct collection {
    pthread_mutex_t lock;
    void *rows[ROWS];
    int count;
} collection;

static bloop_status keep_row(void *context, int32_t thread, void *row)
{
    collection *to = context;
    (void)thread;
    pthread_mutex_lock(&to->lock);
    to->rows[to->count++] = bloop_keep(row);
    pthread_mutex_unlock(&to->lock);
    return BLOOP_OK;
}

static void test_rows_can_be_kept(void **state)
{
    static collection to;
    to = (collection){ .lock = PTHREAD_MUTEX_INITIALIZER };
    given_cities(*state);
    expect_ok(bloop_scan_parallel(*state, City, .threads = 3, .receive = keep_row, .context = &to));
    assert_int_equal(to.count, ROWS);
    int64_t sum = 0;
    for (int i = 0; i < ROWS; i++) {
        struct City *city = to.rows[i];
        sum += city->id;
        expect_ok(bloop_save(*state, city, .atomic = true));
        bloop_free(city);
    }
    assert_int_equal(sum, ROWS * (ROWS - 1) / 2);
}

/* The row's own receiver may write, to what is scanned as to anything else. */
static bloop_status double_people(void *context, int32_t thread, void *row)
{
    (void)thread;
    struct City *city = row;
    bloop_status status = bloop_set(city, people, city->people * 2);
    return status == BLOOP_OK ? bloop_save((bloop_engine *)context, city, .changed_only = true) : status;
}

static void test_receivers_may_write(void **state)
{
    given_cities(*state);
    expect_ok(
        bloop_scan_parallel(*state, City, .threads = 4, .page_items = 10, .receive = double_people, .context = *state));
    uint64_t count = 0;
    expect_ok(bloop_scan_parallel(*state, City, .filter = bloop_ge(City.people, ROWS * 10), .count = &count));
    assert_int_equal(count, ROWS / 2);
}

static _Thread_local const void *told_of;
static _Atomic int told;

static void note_loaded(void *context, bloop_event *event)
{
    (void)context;
    told_of = event->object;
    told++;
}

static bloop_status expect_told(void *context, int32_t thread, void *row)
{
    (void)thread;
    *(_Atomic int *)context += told_of == row;
    return BLOOP_OK;
}

static void test_signals_come_on_the_rows_thread(void **state)
{
    _Atomic int right = 0;
    given_cities(*state);
    told = 0;
    bloop_connection connection = bloop_connect(BLOOP_OBJECT_LOADED, *state, note_loaded, NULL);
    expect_ok(bloop_scan_parallel(*state, City, .threads = 4, .receive = expect_told, .context = &right));
    expect_ok(bloop_disconnect(connection));
    assert_int_equal(told, ROWS);
    assert_int_equal(right, ROWS);
}

static void test_what_is_refused(void **state)
{
    bloop_engine *engine = *state;
    expect_status(bloop_scan_parallel(engine, City, .threads = 2), BLOOP_UNBOUND_MODEL);
    given_cities(engine);
    expect_failure(bloop_scan_parallel(engine, City, .threads = -1), BLOOP_INVALID_SEARCH_MODE, ".threads -1");
    expect_failure(bloop_scan_parallel(engine, City, .threads = 257), BLOOP_INVALID_SEARCH_MODE, "must be 0 to 256");
    expect_failure(bloop_scan_parallel(engine, City, .segments = 1000001), BLOOP_INVALID_SEARCH_MODE,
                   ".segments 1000001");
    expect_failure(bloop_scan_parallel(engine, City, .page_items = -1), BLOOP_INVALID_SEARCH_MODE, ".page_items");
    expect_failure(bloop_scan_parallel(engine, City.by_country, .consistent = true), BLOOP_INVALID_SEARCH_MODE,
                   "can't be read consistently");
    expect_status(bloop_scan_parallel(NULL, City, .threads = 2), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_scan_model_parallel(engine, &City, &(bloop_parallel_scan_options){ .size = 1 }),
                  BLOOP_INVALID_ARGUMENT);
    expect_ok(bloop_scan_model_parallel(engine, &City, NULL));
    /* A filter is consumed whatever happens. */
    bloop_condition *filter = bloop_eq(City.people, 1);
    expect_status(bloop_scan_parallel(engine, City, .threads = -1, .filter = filter), BLOOP_INVALID_SEARCH_MODE);
    expect_status(bloop_scan_parallel(engine, City, .filter = filter), BLOOP_INVALID_CONDITION);
}

static _Atomic int threads_allowed;
static redirect_function real_pthread_create;

static int create_few(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *context)
{
    typedef int creator(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (threads_allowed-- <= 0)
        return EAGAIN;
    return ((creator *)real_pthread_create)(thread, attributes, run, context);
}

/* The threads that there are do the work of those that could not be started. */
static void test_threads_that_can_not_be_started(void **state)
{
    given_cities(*state);
    real_pthread_create = redirect(REDIRECT_PROGRAM, "pthread_create", (redirect_function)create_few);
    if (!real_pthread_create)
        skip();
    for (int allowed = 0; allowed < 3; allowed++) {
        threads_allowed = allowed;
        census *of = new_census(allowed + 1);
        bloop_status status =
            bloop_scan_parallel(*state, City, .threads = 8, .segments = 20, .receive = count_row, .context = of);
        assert_int_equal(threads_allowed, -1);
        expect_ok(status);
        expect_seen(of, 1);
    }
    redirect(REDIRECT_PROGRAM, "pthread_create", real_pthread_create);
}

static bloop_status do_nothing(void *context, int32_t thread, void *row)
{
    (void)context;
    (void)thread;
    return row ? BLOOP_OK : BLOOP_INTERNAL;
}

/* Whichever thread it is that has no memory, all end, and nothing is lost. */
static void test_no_memory(void **state)
{
    given_cities(*state);
    expect_ok(bloop_scan_parallel(*state, City, .threads = 2, .segments = 3, .receive = do_nothing));
    int before = threads_now();
    size_t failures = 0;
    for (size_t nth = 0; nth < 200; nth++) {
        fail_alloc_begin(nth, FAIL_ALLOC_ONE);
        bloop_status status = bloop_scan_parallel(*state, City, .threads = 2, .segments = 3, .page_items = 40,
                                                  .filter = bloop_ge(City.people, 0), .receive = do_nothing);
        fail_alloc_report report = fail_alloc_end();
        assert_int_equal(status, report.failures ? BLOOP_NO_MEMORY : BLOOP_OK);
        assert_int_equal(report.leaks, 0);
        expect_no_more_threads(before);
        failures += report.failures;
        if (report.failures == 0)
            break;
    }
    assert_in_range(failures, 10, 199);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_every_row_once),
        BEHAVES(test_by_default_one_thread_a_processor),
        BEHAVES(test_indexes_filters_and_projections),
        BEHAVES(test_counting_alone),
        BEHAVES(test_a_receiver_ends_all),
        BEHAVES(test_the_receivers_own_failure_is_told),
        BEHAVES(test_rows_can_be_kept),
        BEHAVES(test_receivers_may_write),
        BEHAVES(test_signals_come_on_the_rows_thread),
        BEHAVES(test_what_is_refused),
        BEHAVES(test_threads_that_can_not_be_started),
        BEHAVES(test_no_memory),
    };
    return RUN_OVER_URLS("parallel_scan", tests);
}
