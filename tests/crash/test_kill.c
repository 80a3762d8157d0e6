/* A writing process is killed at random moments, again and again: what it was told is written is there, nothing is half
   there, and indexes and counts agree. BLOOP_KILLS sets how often; BLOOP_SEED replays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/ledger.h"
#include "support/scratch.h"
#include "support/stores.h"

enum { LANES = 6 };

/* What a writing thread tells its parent, in memory that outlives it. */
enum { IDLE, CALLING, ACKNOWLEDGED }; /* phases */
typedef struct desk {
    ledger_lane lane;
    ledger_call call;
    _Atomic int phase;
    _Atomic uint64_t calls;
} desk;

typedef struct world {
    char path[PATH_MAX];
    desk *desks; /* LANES, shared */
    bloop_durability durability;
    size_t round;
} world;

typedef struct writer {
    world *world;
    bloop_backend *backend;
    unsigned lane;
} writer;

static void kill_rounds(size_t rounds, bloop_durability durability);
static void write_until_killed(void *context);
static void *write_lane(void *context);
static void wait_before_kill(const world *w, trial_random *random);
static uint64_t count_calls(const world *w);
static void verify(world *w);
static void verify_lane(bloop_backend *backend, desk *d, unsigned lane);

static void test_acknowledged_writes_survive_a_kill(void **state)
{
    (void)state;
    kill_rounds(trial_count("BLOOP_KILLS", (trial_counts){ 25, 200, 2000 }), BLOOP_DURABLE);
}

/* A killed process leaves its writes in the page cache: so this holds without syncs too, and faster. */
static void test_acknowledged_writes_survive_a_kill_without_syncs(void **state)
{
    (void)state;
    kill_rounds(trial_count("BLOOP_KILLS_LATER", (trial_counts){ 25, 100, 1000 }), BLOOP_DURABLE_LATER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acknowledged_writes_survive_a_kill),
        cmocka_unit_test(test_acknowledged_writes_survive_a_kill_without_syncs),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("crash/kill", tests, NULL, NULL);
}

static void kill_rounds(size_t rounds, bloop_durability durability)
{
    scratch s = scratch_new();
    world w = { .desks = trial_shared(LANES * sizeof(desk)), .durability = durability };
    (void)scratch_path(&s, "store", w.path);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = w.path });
    ledger_create(backend);
    bloop_backend_close(backend);
    trial_random random = trial_stream(1);
    for (w.round = 1; w.round <= rounds; w.round++) {
        pid_t child = trial_fork(write_until_killed, &w);
        wait_before_kill(&w, &random);
        trial_kill(child);
        verify(&w);
    }
    (void)printf("%zu kills, %ju acknowledged calls\n", rounds, (uintmax_t)count_calls(&w));
    trial_check(count_calls(&w) > rounds, "hardly anything was written between the kills");
    trial_shared_free(w.desks, LANES * sizeof(desk));
    scratch_remove(&s);
}

static void write_until_killed(void *context)
{
    world *w = context;
    pthread_t threads[LANES];
    writer writers[LANES];
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = w->path, .durability = w->durability });
    for (unsigned lane = 0; lane < LANES; lane++) {
        writers[lane] = (writer){ w, backend, lane };
        trial_check(pthread_create(&threads[lane], NULL, write_lane, &writers[lane]) == 0, "no thread");
    }
    for (unsigned lane = 0; lane < LANES; lane++)
        (void)pthread_join(threads[lane], NULL);
}

static void *write_lane(void *context)
{
    const writer *me = context;
    desk *d = &me->world->desks[me->lane];
    trial_random random = trial_stream(me->world->round * LANES + me->lane + 1000);
    for (;;) {
        bloop_status statuses[LEDGER_GROUP];
        d->call = ledger_plan(&d->lane, &random);
        atomic_store(&d->phase, CALLING);
        bloop_status status = ledger_run(me->backend, me->lane, &d->call, statuses);
        trial_check(status == BLOOP_OK, "a write gave %s: %s", bloop_status_name(status), bloop_last_error()->message);
        atomic_store(&d->phase, ACKNOWLEDGED);
        ledger_apply(&d->lane, &d->call);
        atomic_fetch_add(&d->calls, 1);
        atomic_store(&d->phase, IDLE);
    }
    return NULL;
}

/* Most often while it writes, sometimes while it opens the store. */
static void wait_before_kill(const world *w, trial_random *random)
{
    uint64_t before = count_calls(w);
    if (trial_chance(random, 85))
        for (int i = 0; i < 20000 && count_calls(w) == before; i++)
            trial_wait(500);
    trial_wait((unsigned)trial_below(random, 20000));
}

static uint64_t count_calls(const world *w)
{
    uint64_t calls = 0;
    for (unsigned lane = 0; lane < LANES; lane++)
        calls += atomic_load(&w->desks[lane].calls);
    return calls;
}

/* Sometimes the checker comes first, sometimes whoever opens the store. */
static void verify(world *w)
{
    if (w->round % 2)
        (void)stores_check(w->path);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = w->path, .durability = w->durability });
    ledger_lane lanes[LANES];
    for (unsigned lane = 0; lane < LANES; lane++) {
        verify_lane(backend, &w->desks[lane], lane);
        lanes[lane] = w->desks[lane].lane;
    }
    ledger_check_counts(backend, lanes, LANES);
    bloop_backend_close(backend);
    if (w->round % 2 == 0)
        (void)stores_check(w->path);
}

static void verify_lane(bloop_backend *backend, desk *d, unsigned lane)
{
    char what[256] = "";
    int phase = atomic_load(&d->phase);
    if (phase == ACKNOWLEDGED)
        ledger_apply(&d->lane, &d->call);
    const ledger_call *pending = phase == CALLING ? &d->call : NULL;
    size_t wrong = ledger_compare(backend, lane, &d->lane, pending, what, sizeof what);
    trial_check(wrong == 0, "%zu items are not as they should be after a kill: %s", wrong, what);
    atomic_store(&d->phase, IDLE);
}
