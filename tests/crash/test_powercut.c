/* A killed process loses nothing that it wrote, since the system has it; a machine without power does. All writes and
   syncs of a run are logged, and the file is rebuilt as it may be when the power goes between any two syncs: each such
   image has to open, to be clean and to hold what was acknowledged. Without syncs the same test has to see losses.
   BLOOP_POWERCUT_CALLS sets the calls a thread makes, BLOOP_POWERCUT_IMAGES the images a sync; BLOOP_SEED replays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#include "crash/file_log.h"
#include "crash/ledger.h"
#include "support/redirect.h"
#include "support/scratch.h"
#include "support/stores.h"

enum { LANES = 3, SPARE_LANE = LANES };
enum { NOTE_READY, NOTE_CALL, NOTE_ACKNOWLEDGED };

typedef struct run {
    scratch folder;
    char path[PATH_MAX], image[PATH_MAX];
    bloop_backend *backend;
    size_t calls;
    file_log log;
} run;

typedef struct writer {
    run *run;
    unsigned lane;
} writer;

/* What is noted of a call. */
typedef struct note {
    unsigned lane;
    ledger_call call;
} note;

/* What has to be in the file at a cut. */
typedef struct expectation {
    bool ready;
    ledger_lane lanes[LANES];
    ledger_call calls[LANES];
    bool pending[LANES];
} expectation;

typedef struct judgement {
    run *run;
    expectation expected;
} judgement;

static void make_run(run *r, bloop_durability durability);
static void free_run(run *r);
static void *write_lane(void *context);
static void *change_tables(void *context);
static expectation expect_at(const file_log *log, size_t cut);
static void write_image(run *r, size_t cut, trial_random *random);
static void judge_image(run *r, size_t cut, bool write);
static bool is_lost(run *r, size_t cut);
static void judge_in_child(void *context);
static size_t compare(bloop_backend *backend, expectation *expected, char *what, size_t size);
static void write_after(bloop_backend *backend);

static void test_every_sync_point(void **state)
{
    (void)state;
    run r;
    if (!redirect_is_possible())
        skip();
    make_run(&r, BLOOP_DURABLE);
    trial_random random = trial_stream(2);
    size_t images = trial_count("BLOOP_POWERCUT_IMAGES", (trial_counts){ 1, 2, 12 }), judged = 0;
    for (size_t sync = file_log_next_sync(&r.log, 0); sync < r.log.count; sync = file_log_next_sync(&r.log, sync + 1)) {
        size_t next = file_log_next_sync(&r.log, sync + 1);
        for (size_t i = 0; i < images; i++) {
            size_t cut = sync + 1 + trial_below(&random, next - sync);
            write_image(&r, cut < r.log.count ? cut : r.log.count, &random);
            judge_image(&r, cut < r.log.count ? cut : r.log.count, judged++ % 16 == 0);
        }
    }
    (void)printf("%zu events, %zu syncs, %zu images\n", r.log.count, file_log_count_syncs(&r.log), judged);
    trial_check(judged >= r.calls, "there were hardly any syncs");
    free_run(&r);
}

/* Shows that the test above can fail. */
static void test_losses_are_seen_without_syncs(void **state)
{
    (void)state;
    run r;
    if (!redirect_is_possible())
        skip();
    make_run(&r, BLOOP_DURABLE_LATER);
    trial_random random = trial_stream(3);
    size_t lost = 0, judged = 0;
    scratch_copy(r.path, r.image);
    assert_false(is_lost(&r, r.log.count));
    for (; judged < 20; judged++) {
        size_t cut = r.log.count / 2 + trial_below(&random, r.log.count / 2);
        write_image(&r, cut, &random);
        lost += is_lost(&r, cut);
    }
    (void)printf("without syncs, %zu of %zu images are damaged or lack acknowledged writes\n", lost, judged);
    assert_true(lost > 0);
    free_run(&r);
}

/* The log has every write: nothing reached the file in another way. */
static void test_the_log_is_complete(void **state)
{
    (void)state;
    run r;
    if (!redirect_is_possible())
        skip();
    make_run(&r, BLOOP_DURABLE);
    size_t size = 0, real_size = 0;
    uint8_t *whole = file_log_whole(&r.log, &size);
    uint8_t *real = scratch_read(r.path, &real_size);
    assert_true(real_size >= size);
    assert_memory_equal(real, whole, size);
    free(real);
    free(whole);
    free_run(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_sync_point),
        cmocka_unit_test(test_losses_are_seen_without_syncs),
        cmocka_unit_test(test_the_log_is_complete),
    };
    (void)trial_seed();
    return cmocka_run_group_tests_name("crash/powercut", tests, NULL, NULL);
}

static void make_run(run *r, bloop_durability durability)
{
    pthread_t threads[LANES + 1];
    writer writers[LANES];
    *r = (run){ .folder = scratch_new() };
    r->calls = trial_count("BLOOP_POWERCUT_CALLS", (trial_counts){ 40, 150, 400 });
    (void)scratch_path(&r->folder, "store", r->path);
    (void)scratch_path(&r->folder, "image", r->image);
    bloop_backend_close(stores_open(&(bloop_store_options){ .path = r->path }));
    trial_check(file_log_begin(&r->log, r->path), "the calls can't be seen");
    r->backend = stores_open(&(bloop_store_options){ .path = r->path, .durability = durability });
    ledger_create(r->backend);
    file_log_note(NOTE_READY, NULL, 0);
    for (unsigned lane = 0; lane < LANES; lane++) {
        writers[lane] = (writer){ r, lane };
        trial_check(pthread_create(&threads[lane], NULL, write_lane, &writers[lane]) == 0, "no thread");
    }
    trial_check(pthread_create(&threads[LANES], NULL, change_tables, r) == 0, "no thread");
    for (unsigned i = 0; i <= LANES; i++)
        (void)pthread_join(threads[i], NULL);
    bloop_backend_close(r->backend);
    file_log_end();
}

static void free_run(run *r)
{
    file_log_free(&r->log);
    scratch_remove(&r->folder);
}

static void *write_lane(void *context)
{
    const writer *me = context;
    ledger_lane lane = { .last_version = 0 };
    trial_random random = trial_stream(100 + me->lane);
    for (size_t i = 0; i < me->run->calls; i++) {
        bloop_status statuses[LEDGER_GROUP];
        note n;
        memset(&n, 0, sizeof n);
        n.lane = me->lane;
        n.call = ledger_plan(&lane, &random);
        file_log_note(NOTE_CALL, &n, sizeof n);
        bloop_status status = ledger_run(me->run->backend, me->lane, &n.call, statuses);
        trial_check(status == BLOOP_OK, "a write gave %s: %s", bloop_status_name(status), bloop_last_error()->message);
        file_log_note(NOTE_ACKNOWLEDGED, &n, sizeof n);
        ledger_apply(&lane, &n.call);
    }
    return NULL;
}

/* Meanwhile a table comes and goes, and an index on it: their traces may be anywhere, but never in a clean file. */
static void *change_tables(void *context)
{
    run *r = context;
    static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_N }, { "half", BLOOP_TAG_N } };
    static const bloop_index_definition index = {
        .name = "by_half", .hash_key = "half", .range_key = "id", .projection = BLOOP_PROJECT_ALL
    };
    static const bloop_table_definition table = { .name = "passing",
                                                  .hash_key = "id",
                                                  .attributes = attributes,
                                                  .attribute_count = 1,
                                                  .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    const bloop_update_table_request create = {
        .table = "passing", .attributes = attributes, .attribute_count = 2, .create_index = &index
    };
    const bloop_update_table_request drop = { .table = "passing", .delete_index = "by_half" };
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    for (size_t i = 0; i < r->calls / 8; i++) {
        bloop_item item;
        stores_ok(bloop_create_table(r->backend, &table, NULL));
        for (int64_t id = 0; id < 4; id++) {
            bloop_builder_reset(builder);
            bloop_build_begin(builder, BLOOP_TAG_M);
            bloop_put_int64(builder, "id", id);
            bloop_put_int64(builder, "half", id / 2);
            bloop_build_end(builder);
            stores_ok(bloop_builder_value(builder, &item));
            stores_ok(bloop_write_item(
                r->backend, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "passing", .item = item }, NULL));
        }
        stores_ok(bloop_update_table(r->backend, &create, NULL));
        if (i % 2)
            stores_ok(bloop_update_table(r->backend, &drop, NULL));
        stores_ok(bloop_delete_table(r->backend, "passing", NULL));
    }
    bloop_builder_free(builder);
    return NULL;
}

static expectation expect_at(const file_log *log, size_t cut)
{
    expectation e = { .ready = false };
    for (size_t i = 0; i < cut; i++) {
        note n;
        const file_event *event = &log->events[i];
        if (event->kind != FILE_NOTE)
            continue;
        if (event->note == NOTE_READY) {
            e.ready = true;
            continue;
        }
        memcpy(&n, event->data, sizeof n);
        e.calls[n.lane] = n.call;
        e.pending[n.lane] = event->note == NOTE_CALL;
        if (event->note == NOTE_ACKNOWLEDGED)
            ledger_apply(&e.lanes[n.lane], &n.call);
    }
    return e;
}

static void write_image(run *r, size_t cut, trial_random *random)
{
    size_t size = 0;
    uint8_t *image = file_log_image(&r->log, cut, random, &size);
    scratch_write(r->image, image, size);
    free(image);
}

static void judge_image(run *r, size_t cut, bool write)
{
    char what[256] = "";
    expectation e = expect_at(&r->log, cut);
    (void)stores_check(r->image);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = r->image });
    size_t wrong = e.ready ? compare(backend, &e, what, sizeof what) : 0;
    trial_check(wrong == 0, "cut before event %zu: %zu items are not as they should be: %s", cut, wrong, what);
    if (write)
        write_after(backend);
    bloop_backend_close(backend);
    if (write)
        (void)stores_check(r->image);
}

static bool is_lost(run *r, size_t cut)
{
    int status = 0;
    judgement j = { .run = r, .expected = expect_at(&r->log, cut) };
    pid_t child = trial_fork(judge_in_child, &j);
    assert_int_equal(waitpid(child, &status, 0), child);
    return status != 0;
}

/* Whatever is wrong, and however the process dies of it, is a loss. */
static void judge_in_child(void *context)
{
    const judgement *j = context;
    expectation e = j->expected;
    if (!freopen("/dev/null", "w", stderr))
        _exit(1);
    (void)stores_check(j->run->image);
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = j->run->image });
    size_t wrong = e.ready ? compare(backend, &e, NULL, 0) : 0;
    _exit(wrong > 0);
}

static size_t compare(bloop_backend *backend, expectation *expected, char *what, size_t size)
{
    size_t wrong = 0;
    for (unsigned lane = 0; lane < LANES && wrong == 0; lane++)
        wrong = ledger_compare(backend, lane, &expected->lanes[lane],
                               expected->pending[lane] ? &expected->calls[lane] : NULL, what, size);
    if (wrong == 0)
        ledger_check_counts(backend, expected->lanes, LANES);
    return wrong;
}

/* The rebuilt store can be written to. */
static void write_after(bloop_backend *backend)
{
    char what[256] = "";
    ledger_lane lane = { .last_version = 0 };
    trial_random random = trial_stream(4);
    ledger_create(backend);
    for (int i = 0; i < 3; i++) {
        bloop_status statuses[LEDGER_GROUP];
        ledger_call call = ledger_plan(&lane, &random);
        stores_ok(ledger_run(backend, SPARE_LANE, &call, statuses));
        ledger_apply(&lane, &call);
    }
    size_t wrong = ledger_compare(backend, SPARE_LANE, &lane, NULL, what, sizeof what);
    trial_check(wrong == 0, "after the cut: %s", what);
}
