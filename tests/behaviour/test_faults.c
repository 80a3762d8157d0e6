/* The engine on a backend that fails: objects keep what they know, each tells its own outcome, and what the backend holds is
   what the outcomes say. */
#include "behaviour.h"

#include <stdatomic.h>

enum { MANY = 400 };

static void expect_title(bloop_engine *engine, const char *title)
{
    struct Document *stored = stored_document(engine, 1, "a");
    if (!title) {
        assert_null(stored);
        return;
    }
    assert_non_null(stored);
    assert_string_equal(stored->title, title);
    bloop_free(stored);
}

static struct Document *saved_document(bloop_engine *engine, const char *title)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, title));
    expect_ok(bloop_save(engine, document));
    return document;
}

/* Whatever it fails with: as often as it is tried, with the same request. */
static void test_a_failed_save_can_be_tried_again(void **state)
{
    static const bloop_status failures[] = { BLOOP_THROTTLED, BLOOP_SERVICE, BLOOP_NETWORK, BLOOP_UNKNOWN_OUTCOME };
    struct Document *document = saved_document(*state, "old");
    expect_ok(bloop_set(document, title, "new"));
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        expect_ok(bloop_inject(faulty, { .status = failures[i], .times = 2 }));
        bloop_recorded_forget(recording);
        expect_failure(bloop_save(*state, document, .atomic = true), failures[i], "bloop_save: model Document");
        expect_failure(bloop_save(*state, document, .atomic = true), failures[i], "injected into write");
        bloop_recorded_call first, second;
        expect_ok(bloop_recorded(recording, 0, &first));
        expect_ok(bloop_recorded(recording, 1, &second));
        assert_string_equal(first.text, second.text);
        assert_string_equal(first.text, "update documents {folder: \"a\", id: 1} SET title = \"new\" "
                                        "if (folder = \"a\" AND id = 1 AND title = \"old\")");
        expect_title(*state, "old");
    }
    expect_ok(bloop_save(*state, document, .atomic = true));
    expect_title(*state, "new");
    bloop_free(document);
}

/* An unknown outcome that was a success: the object still knows the old item, so that the next atomic save is refused. */
static void test_a_save_whose_answer_is_lost(void **state)
{
    struct Document *document = saved_document(*state, "old");
    expect_ok(bloop_set(document, title, "new"));
    expect_ok(bloop_inject(faulty, { .answer_lost = true, .times = 1 }));
    expect_status(bloop_save(*state, document, .atomic = true), BLOOP_UNKNOWN_OUTCOME);
    expect_title(*state, "new");
    expect_status(bloop_save(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    expect_ok(bloop_load(*state, document));
    expect_ok(bloop_save(*state, document, .atomic = true));
    bloop_free(document);
}

static void test_a_changed_only_save_whose_answer_is_lost_sends_it_again(void **state)
{
    struct Document *document = saved_document(*state, "old");
    expect_ok(bloop_set(document, size, 1));
    expect_ok(bloop_inject(faulty, { .answer_lost = true, .times = 1 }));
    expect_status(bloop_save(*state, document, .changed_only = true), BLOOP_UNKNOWN_OUTCOME);
    bloop_recorded_forget(recording);
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    char text[256];
    bloop_recorded_print(recording, text, sizeof text);
    assert_string_equal(text, "update documents {folder: \"a\", id: 1} SET size = 1\n"
                              "update documents {folder: \"a\", id: 1}\n");
    bloop_free(document);
}

/* A delete that may have happened leaves the object as one that is stored. */
static void test_a_delete_whose_answer_is_lost(void **state)
{
    struct Document *document = saved_document(*state, "old");
    expect_ok(bloop_inject(faulty, { .answer_lost = true, .times = 1 }));
    expect_status(bloop_delete(*state, document, .atomic = true), BLOOP_UNKNOWN_OUTCOME);
    expect_title(*state, NULL);
    expect_status(bloop_delete(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    expect_ok(bloop_delete(*state, document));
    expect_ok(bloop_save(*state, document, .atomic = true)); /* now it is new */
    expect_title(*state, "old");
    bloop_free(document);
}

static void given_many(bloop_engine *engine, void **documents, const char *title)
{
    for (int i = 0; i < MANY; i++) {
        struct Document *document = documents[i] = new_document(i, "many");
        expect_ok(bloop_set(document, title, title));
    }
    expect_ok(bloop_save_all(engine, bloop_objects_in(documents, MANY)));
}

static void free_many(void **documents)
{
    for (int i = 0; i < MANY; i++)
        bloop_free(documents[i]);
}

/* Of many saves a third fails by chance, in two ways: those whose status is success are stored, those that were refused are
   not, and the lost ones are. Then all is tried again until it is done. */
static void test_many_saves_tell_each_outcome(void **state)
{
    void *documents[MANY];
    static bloop_status statuses[MANY];
    size_t counts[3] = { 0 };
    given_many(*state, documents, "old");
    for (int i = 0; i < MANY; i++)
        expect_ok(bloop_set((struct Document *)documents[i], title, "new"));
    expect_ok(bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_WRITE), .percent = 20, .status = BLOOP_THROTTLED },
                           { .on = BLOOP_ON(BLOOP_CALL_WRITE), .percent = 20, .answer_lost = true }));
    bloop_status status =
        bloop_save_all(*state, bloop_objects_in(documents, MANY), .atomic = true, .statuses = statuses);
    assert_true(status == BLOOP_THROTTLED || status == BLOOP_UNKNOWN_OUTCOME);
    size_t told = bloop_last_error()->object_count;
    expect_ok(bloop_faults_set(faulty, NULL, 0));
    for (int i = 0; i < MANY; i++) {
        bool refused = statuses[i] == BLOOP_THROTTLED, lost = statuses[i] == BLOOP_UNKNOWN_OUTCOME;
        counts[refused ? 1 : lost ? 2 : 0]++;
        struct Document *stored = stored_document(*state, i, "many");
        assert_string_equal(stored->title, refused ? "old" : "new");
        bloop_free(stored);
        /* What is known is the new item only where the save is known to be done. */
        expect_status(bloop_save(*state, (struct Document *)documents[i], .atomic = true),
                      lost ? BLOOP_CONSTRAINT_VIOLATION : BLOOP_OK);
    }
    assert_in_range(counts[0], 200, 320);
    assert_in_range(counts[1], 40, 130);
    assert_in_range(counts[2], 30, 110);
    assert_int_equal(told, counts[1] + counts[2]);
    free_many(documents);
}

static void test_loads_go_on_with_what_was_left(void **state)
{
    void *documents[MANY];
    given_many(*state, documents, "title");
    for (int i = 0; i < MANY; i++)
        expect_ok(bloop_unset((struct Document *)documents[i], title));
    expect_ok(bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_BATCH_GET), .times = 5, .unprocessed = 70 }));
    expect_ok(bloop_load_all(*state, bloop_objects_in(documents, MANY)));
    for (int i = 0; i < MANY; i++)
        assert_string_equal(((struct Document *)documents[i])->title, "title");
    assert_true(bloop_faults_happened(faulty) == 5);
    free_many(documents);
}

/* One of the batches fails: its objects keep what they have, and are not said to be missing. */
static void test_loads_that_fail_on_the_way(void **state)
{
    void *documents[MANY];
    static bloop_status statuses[MANY];
    size_t loaded = 0, failed = 0;
    given_many(*state, documents, "title");
    for (int i = 0; i < MANY; i++)
        expect_ok(bloop_set((struct Document *)documents[i], title, "local"));
    expect_ok(bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_BATCH_GET), .skip = 2, .status = BLOOP_NETWORK }));
    expect_failure(bloop_load_all(*state, bloop_objects_in(documents, MANY), .statuses = statuses), BLOOP_NETWORK,
                   "bloop_load: injected into batch_get");
    for (int i = 0; i < MANY; i++) {
        const struct Document *document = documents[i];
        assert_true(statuses[i] == BLOOP_OK || statuses[i] == BLOOP_NETWORK);
        assert_string_equal(document->title, statuses[i] == BLOOP_OK ? "title" : "local");
        loaded += statuses[i] == BLOOP_OK;
        failed += statuses[i] != BLOOP_OK;
    }
    assert_int_equal(loaded, 200);
    assert_int_equal(failed, MANY - 200);
    assert_int_equal(bloop_last_error()->object_count, failed);
    struct Document *one = documents[0];
    expect_ok(bloop_set(one, title, "local"));
    expect_ok(
        bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_GET), .status = BLOOP_TIMEOUT, .times = 1 },
                     { .on = BLOOP_ON(BLOOP_CALL_GET), .answer_lost = true, .status = BLOOP_TIMEOUT, .times = 1 }));
    for (int i = 0; i < 2; i++) {
        expect_status(bloop_load(*state, one), BLOOP_TIMEOUT);
        assert_string_equal(one->title, "local");
    }
    free_many(documents);
}

static void test_searches_go_on_after_a_reset(void **state)
{
    void *documents[MANY];
    given_many(*state, documents, "title");
    expect_ok(bloop_inject(faulty,
                           { .on = BLOOP_ON(BLOOP_CALL_SEARCH), .skip = 3, .times = 1, .status = BLOOP_SERVICE },
                           { .on = BLOOP_ON(BLOOP_CALL_SEARCH), .page_items = 7 }));
    bloop_search *search = bloop_scan(*state, Document);
    int rows = 0;
    while (bloop_next(search))
        rows++;
    assert_int_equal(rows, 3 * 7);
    expect_failure(bloop_search_status(search), BLOOP_SERVICE, "injected into search");
    assert_null(bloop_next(search));
    bloop_search_reset(search);
    for (rows = 0; bloop_next(search);)
        rows++;
    assert_int_equal(rows, MANY);
    expect_ok(bloop_search_close(search));
    free_many(documents);
}

static bloop_status count_row(void *context, int32_t thread, void *row)
{
    (void)thread;
    (void)row;
    ++*(_Atomic int *)context;
    return BLOOP_OK;
}

/* A segment that fails ends the scan: one thread begins no other. What other threads still deliver is up to the system; they
   end, too, and the next scan has all. */
static void test_a_parallel_scan_ends_with_its_first_failure(void **state)
{
    void *documents[MANY];
    given_many(*state, documents, "title");
    for (uint32_t skip = 0; skip < 12; skip += 4) {
        for (int32_t threads = 1; threads <= 3; threads += 2) {
            _Atomic int rows = 0;
            expect_ok(bloop_inject(
                faulty, { .on = BLOOP_ON(BLOOP_CALL_SEARCH), .skip = skip, .times = 1, .status = BLOOP_THROTTLED }));
            bloop_recorded_forget(recording);
            expect_failure(bloop_scan_parallel(*state, Document, .threads = threads, .segments = 5, .page_items = 10,
                                               .receive = count_row, .context = &rows),
                           BLOOP_THROTTLED, "model Document: injected into search");
            if (threads == 1)
                assert_int_equal(bloop_recorded_count(recording), skip + 1);
            assert_in_range(rows, 0, threads == 1 ? 10 * skip : MANY);
            rows = 0;
            expect_ok(bloop_scan_parallel(*state, Document, .threads = threads, .segments = 5, .page_items = 10,
                                          .receive = count_row, .context = &rows));
            assert_int_equal(rows, MANY);
        }
    }
    free_many(documents);
}

BLOOP_MODEL(Ledger,
    column(Integer, id, .hash_key = true),
    table(.name = "ledger"));

/* A bind that failed is tried again, whether the table was made or not. */
static void test_a_bind_can_be_tried_again(void **state)
{
    expect_ok(bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_CREATE_TABLE), .times = 1, .status = BLOOP_NETWORK },
                           { .on = BLOOP_ON(BLOOP_CALL_CREATE_TABLE), .times = 1, .answer_lost = true },
                           { .on = BLOOP_ON(BLOOP_CALL_DESCRIBE_TABLE), .times = 1, .status = BLOOP_THROTTLED }));
    expect_status(bloop_bind(*state, Ledger), BLOOP_NETWORK);
    expect_status(bloop_bind(*state, Ledger), BLOOP_UNKNOWN_OUTCOME);
    struct Ledger *ledger = bloop_new(Ledger);
    expect_ok(bloop_set(ledger, id, 1));
    expect_status(bloop_save(*state, ledger), BLOOP_UNBOUND_MODEL);
    expect_status(bloop_bind(*state, Ledger), BLOOP_THROTTLED);
    expect_ok(bloop_bind(*state, Ledger));
    expect_ok(bloop_save(*state, ledger));
    bloop_free(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES_WITH_FAULTS(test_a_failed_save_can_be_tried_again),
        BEHAVES_WITH_FAULTS(test_a_save_whose_answer_is_lost),
        BEHAVES_WITH_FAULTS(test_a_changed_only_save_whose_answer_is_lost_sends_it_again),
        BEHAVES_WITH_FAULTS(test_a_delete_whose_answer_is_lost),
        BEHAVES_WITH_FAULTS(test_many_saves_tell_each_outcome),
        BEHAVES_WITH_FAULTS(test_loads_go_on_with_what_was_left),
        BEHAVES_WITH_FAULTS(test_loads_that_fail_on_the_way),
        BEHAVES_WITH_FAULTS(test_searches_go_on_after_a_reset),
        BEHAVES_WITH_FAULTS(test_a_parallel_scan_ends_with_its_first_failure),
        BEHAVES_WITH_FAULTS(test_a_bind_can_be_tried_again),
    };
    return RUN_OVER_URLS("faults", tests);
}
