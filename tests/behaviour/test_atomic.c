/* Atomic saves and deletes: the item must still be what the object last knew. The five examples are those of the
   reference's user guide (Bloop for Python 1.0, conditions.rst, "Atomic Conditions"), played against a store. */
#include "behaviour.h"

/* New instance: no column may exist. */
static void test_new_object_expects_no_item(void **state)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "first"));
    expect_ok(bloop_save(*state, document, .atomic = true));
    struct Document *twin = new_document(1, "a");
    expect_ok(bloop_set(twin, title, "second"));
    expect_status(bloop_save(*state, twin, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    expect_stored(*state, "first", 0);
    expect_status(bloop_delete(*state, twin, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    expect_stored(*state, "first", 0);
    bloop_free(document);
    bloop_free(twin);
}

/* An item of keys alone counts as something that is there. */
static void test_new_object_expects_no_keys_either(void **state)
{
    somebody_stores(*state, NULL, 0);
    struct Document *document = new_document(1, "a");
    expect_status(bloop_save(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    bloop_free(document);
}

/* Load instance: what was loaded, absent columns still absent. */
static void test_loaded_object_expects_what_it_loaded(void **state)
{
    somebody_stores(*state, "title", 0);
    struct Document *document = stored_document(*state, 1, "a");
    expect_ok(bloop_set(document, title, "changed here"));
    somebody_stores(*state, NULL, 5); /* somebody sets a column that was absent */
    expect_status(bloop_save(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    expect_stored(*state, "title", 5);

    expect_ok(bloop_load(*state, document));
    expect_ok(bloop_set(document, title, "changed again"));
    expect_ok(bloop_save(*state, document, .atomic = true));
    expect_stored(*state, "changed again", 5);
    bloop_free(document);
}

/* A failed atomic save leaves what the object knows: the same save fails again. */
static void test_failed_save_keeps_the_snapshot(void **state)
{
    somebody_stores(*state, "title", 0);
    struct Document *document = stored_document(*state, 1, "a");
    somebody_stores(*state, "theirs", 0);
    expect_ok(bloop_set(document, title, "mine"));
    for (int i = 0; i < 2; i++)
        expect_status(bloop_save(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    somebody_stores(*state, "title", 0);
    expect_ok(bloop_save(*state, document, .atomic = true));
    expect_stored(*state, "mine", 0);
    bloop_free(document);
}

/* Scenario C: a saved object expects the columns set so far as it saved them, and says nothing of others. */
static void test_saved_object_expects_what_it_saved(void **state)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "first"));
    expect_ok(bloop_save(*state, document));
    somebody_stores(*state, NULL, 9); /* a column that the object has never had to do with */
    expect_ok(bloop_set(document, title, "second"));
    expect_ok(bloop_save(*state, document, .atomic = true));
    expect_stored(*state, "second", 9);
    somebody_stores(*state, "theirs", 0);
    expect_status(bloop_save(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    bloop_free(document);
}

/* A column that was unset and saved is expected to be absent. */
static void test_removed_column_is_expected_to_be_absent(void **state)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "first"));
    expect_ok(bloop_unset(document, size));
    expect_ok(bloop_save(*state, document));
    somebody_stores(*state, NULL, 9);
    expect_status(bloop_save(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    bloop_free(document);
}

/* Changes since the last save do not matter to the snapshot. */
static void test_atomic_delete(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    expect_ok(bloop_set(document, title, "not saved"));
    somebody_stores(*state, NULL, 2);
    expect_status(bloop_delete(*state, document, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    somebody_stores(*state, NULL, 1);
    expect_ok(bloop_delete(*state, document, .atomic = true));
    assert_null(stored_document(*state, 1, "a"));
    /* Deleted is like new. */
    expect_ok(bloop_save(*state, document, .atomic = true));
    expect_stored(*state, "not saved", 1);
    bloop_free(document);
}

static void test_atomic_and_condition_must_both_hold(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    expect_status(bloop_save(*state, document, .atomic = true, .condition = bloop_eq(Document.size, 2)),
                  BLOOP_CONSTRAINT_VIOLATION);
    expect_ok(bloop_save(*state, document, .atomic = true, .condition = bloop_eq(Document.size, 1)));
    expect_ok(bloop_save(*state, document, .atomic = true, .condition = bloop_condition_new()));
    bloop_free(document);
}

BLOOP_MODEL(Paper,
    column(Integer, id,     .hash_key = true),
    column(String,  folder),
    column(String,  name),
    column(Integer, size),
    column(Binary,  data),
    global_index(by_name, .hash_key = &Paper.name, .projection = BLOOP_INCLUDE, .include = bloop_columns(&Paper.size)),
    table(.name = "papers"));

/* What somebody else stores: columns that are 0 or NULL are left alone. */
static void given_paper(bloop_engine *engine, const char *folder, int64_t size)
{
    struct Paper *paper = bloop_new(Paper);
    expect_ok(bloop_set(paper, id, 343));
    expect_ok(bloop_set(paper, name, "john"));
    if (folder)
        expect_ok(bloop_set(paper, folder, folder));
    if (size)
        expect_ok(bloop_set(paper, size, size));
    expect_ok(bloop_save(engine, paper));
    bloop_free(paper);
}

/* Example "Scan on a Table": what the scan did not ask for is not compared. */
static void test_row_of_a_projected_scan_expects_what_was_projected(void **state)
{
    expect_ok(bloop_bind(*state, Paper));
    given_paper(*state, "~", 1);
    bloop_search *scan = bloop_scan(*state, Paper, .projection = bloop_columns(&Paper.name));
    struct Paper *row = bloop_one(scan);
    assert_non_null(row);
    given_paper(*state, "/elsewhere", 2);
    expect_ok(bloop_set(row, size, 117));
    expect_ok(bloop_save(*state, row, .atomic = true));
    bloop_free(row);

    row = bloop_one(scan);
    expect_ok(bloop_delete(*state, row));
    expect_status(bloop_save(*state, row, .condition = bloop_eq(Paper.name, "john")), BLOOP_CONSTRAINT_VIOLATION);
    bloop_free(row);
    expect_ok(bloop_search_close(scan));
}

/* Example "Query on a Projection": a projected column that was not there is expected to stay absent; others may change. */
static void test_row_of_an_index_expects_projected_columns_to_stay_absent(void **state)
{
    expect_ok(bloop_bind(*state, Paper));
    given_paper(*state, NULL, 0);
    bloop_search *query = bloop_query(*state, Paper.by_name, .key = bloop_eq(Paper.name, "john"));
    struct Paper *row = bloop_first(query);
    assert_int_equal(bloop_state(row, size), BLOOP_NONE);
    assert_int_equal(bloop_state(row, data), BLOOP_MISSING);
    given_paper(*state, "/other", 0);
    expect_ok(bloop_set(row, folder, "mine"));
    expect_ok(bloop_save(*state, row, .atomic = true));
    bloop_free(row);

    row = bloop_first(query);
    given_paper(*state, NULL, 5);
    expect_status(bloop_save(*state, row, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    bloop_free(row);
    expect_ok(bloop_search_close(query));
}

/* Two objects of one item: one save wins each round, so that no increment is lost. */
static void test_atomic_saves_count_right(void **state)
{
    somebody_stores(*state, "counter", 1);
    struct Document *one = stored_document(*state, 1, "a"), *two = stored_document(*state, 1, "a");
    int refused = 0;
    for (int i = 0; i < 50; i++) {
        struct Document *turn = i % 3 ? one : two;
        expect_ok(bloop_set(turn, size, turn->size + 1));
        bloop_status status = bloop_save(*state, turn, .atomic = true);
        if (status == BLOOP_OK)
            continue;
        expect_status(status, BLOOP_CONSTRAINT_VIOLATION);
        refused++;
        expect_ok(bloop_load(*state, turn));
        expect_ok(bloop_set(turn, size, turn->size + 1));
        expect_ok(bloop_save(*state, turn, .atomic = true));
    }
    expect_stored(*state, "counter", 51);
    assert_true(refused > 10);
    bloop_free(one);
    bloop_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_new_object_expects_no_item),
        BEHAVES(test_new_object_expects_no_keys_either),
        BEHAVES(test_loaded_object_expects_what_it_loaded),
        BEHAVES(test_failed_save_keeps_the_snapshot),
        BEHAVES(test_saved_object_expects_what_it_saved),
        BEHAVES(test_removed_column_is_expected_to_be_absent),
        BEHAVES(test_atomic_delete),
        BEHAVES(test_atomic_and_condition_must_both_hold),
        BEHAVES(test_row_of_a_projected_scan_expects_what_was_projected),
        BEHAVES(test_row_of_an_index_expects_projected_columns_to_stay_absent),
        BEHAVES(test_atomic_saves_count_right),
    };
    return RUN_OVER_URLS("atomic", tests);
}
