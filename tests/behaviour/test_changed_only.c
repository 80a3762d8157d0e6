/* Saves that send only what has changed since the last load or save: what they leave alone keeps what somebody else has
   written to it meanwhile. */
#include "behaviour.h"

static void somebody_deletes(bloop_engine *engine)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_delete(engine, document));
    bloop_free(document);
}

static void test_what_did_not_change_is_left_alone(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    somebody_stores(*state, "theirs", 0);
    expect_ok(bloop_set(document, size, 2));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, "theirs", 2);
    /* Saved is known, too; and setting what is known already changes nothing. */
    somebody_stores(*state, NULL, 3);
    expect_ok(bloop_set(document, size, 5));
    expect_ok(bloop_set(document, size, 2));
    expect_ok(bloop_set(document, title, "title"));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, "theirs", 3);
    expect_ok(bloop_save(*state, document));
    expect_stored(*state, "title", 2);
    bloop_free(document);
}

static void test_none_is_a_change_once(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    expect_ok(bloop_unset(document, title));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, NULL, 1);
    somebody_stores(*state, "theirs", 0);
    expect_ok(bloop_unset(document, title));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, "theirs", 1);
    bloop_free(document);
}

/* The request is sent all the same. */
static void test_nothing_changed_still_makes_the_item_and_checks_the_condition(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    expect_status(bloop_save(*state, document, .changed_only = true, .condition = bloop_eq(Document.size, 2)),
                  BLOOP_CONSTRAINT_VIOLATION);
    somebody_deletes(*state);
    expect_status(bloop_save(*state, document, .changed_only = true, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    assert_null(stored_document(*state, 1, "a"));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, NULL, 0);
    bloop_free(document);
}

static void test_new_and_deleted_objects_send_all(void **state)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "title"));
    expect_ok(bloop_set(document, size, 1));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, "title", 1);
    expect_ok(bloop_delete(*state, document));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, "title", 1);
    bloop_free(document);
}

/* With another key it is another item's object, and knows nothing of that. */
static void test_another_key_sends_all(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    expect_ok(bloop_set(document, folder, "b"));
    expect_ok(bloop_save(*state, document, .changed_only = true));
    struct Document *copy = stored_document(*state, 1, "b");
    assert_string_equal(copy->title, "title");
    assert_int_equal(copy->size, 1);
    bloop_free(copy);
    bloop_free(document);
}

static void test_atomic_compares_all_that_is_known(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    expect_ok(bloop_set(document, size, 2));
    somebody_stores(*state, "theirs", 0);
    for (int i = 0; i < 2; i++)
        expect_status(bloop_save(*state, document, .changed_only = true, .atomic = true), BLOOP_CONSTRAINT_VIOLATION);
    expect_stored(*state, "theirs", 1);
    somebody_stores(*state, "title", 0);
    expect_ok(bloop_save(*state, document, .changed_only = true, .atomic = true));
    expect_stored(*state, "title", 2);
    expect_ok(bloop_set(document, title, "mine"));
    expect_ok(bloop_save(*state, document, .changed_only = true, .atomic = true));
    expect_stored(*state, "mine", 2);
    bloop_free(document);
}

/* A change that was refused is still one. */
static void test_a_failed_save_sends_it_again(void **state)
{
    somebody_stores(*state, "title", 1);
    struct Document *document = stored_document(*state, 1, "a");
    expect_ok(bloop_set(document, title, "mine"));
    expect_status(bloop_save(*state, document, .changed_only = true, .condition = bloop_eq(Document.size, 2)),
                  BLOOP_CONSTRAINT_VIOLATION);
    expect_ok(bloop_save(*state, document, .changed_only = true));
    expect_stored(*state, "mine", 1);
    bloop_free(document);
}

/* A row of a projection knows what was projected, and no more. */
static void test_rows_of_projections(void **state)
{
    somebody_stores(*state, "title", 1);
    bloop_search *scan = bloop_scan(*state, Document, .projection = bloop_columns(&Document.title));
    struct Document *row = bloop_one(scan);
    assert_non_null(row);
    expect_ok(bloop_search_close(scan));
    somebody_stores(*state, "theirs", 2);
    expect_ok(bloop_set(row, size, 1)); /* as it was, but the row never knew */
    expect_ok(bloop_save(*state, row, .changed_only = true));
    expect_stored(*state, "theirs", 1);
    bloop_free(row);
}

static void given_account(bloop_engine *engine)
{
    struct Account *account = new_account(1);
    expect_ok(bloop_set(account, tags, { (const char *const[]){ "a", "b" }, 2 }));
    expect_ok(bloop_set(account, home, bloop_map(Address, set(street, "Main Street"), set(number, 7))));
    expect_ok(bloop_append(account, former, bloop_map(Address, set(number, 1))));
    expect_ok(bloop_save(engine, account));
    bloop_free(account);
}

/* Sets are the same in any order, maps and lists when all in them is. */
static void test_collections_are_compared_by_value(void **state)
{
    given_account(*state);
    struct Account *account = new_account(1), *other = new_account(1);
    expect_ok(bloop_load(*state, account));
    expect_ok(bloop_set(other, tags, { (const char *const[]){ "x" }, 1 }));
    expect_ok(bloop_set(other, home, bloop_map(Address, set(number, 9))));
    expect_ok(bloop_unset(other, former));
    expect_ok(bloop_save(*state, other));

    expect_ok(bloop_set(account, tags, { (const char *const[]){ "b", "a" }, 2 }));
    expect_ok(bloop_set(account, home, bloop_map(Address, set(number, 7), set(street, "Main Street"))));
    expect_ok(bloop_set(account, former.items[0].number, 1));
    expect_ok(bloop_save(*state, account, .changed_only = true));
    expect_ok(bloop_load(*state, other));
    assert_int_equal(other->tags.count, 1);
    assert_int_equal(other->home.number, 9);
    assert_false(bloop_has(other, former));

    expect_ok(bloop_set(account, home.number, 8));
    expect_ok(bloop_append(account, tags, "c"));
    expect_ok(bloop_save(*state, account, .changed_only = true));
    expect_ok(bloop_load(*state, other));
    assert_int_equal(other->tags.count, 3);
    assert_int_equal(other->home.number, 8);
    assert_string_equal(other->home.street, "Main Street");
    assert_false(bloop_has(other, former));
    bloop_free(account);
    bloop_free(other);
}

BLOOP_MODEL(Ticket,
    column(UUID,     id,      .hash_key = true, .default_function = bloop_default_uuid),
    column(DateTime, created, .default_function = bloop_default_now),
    column(Integer,  seats,   .default_value = bloop_default(Integer, 1)),
    table(.name = "tickets"));

static void test_defaults_are_sent_once(void **state)
{
    expect_ok(bloop_bind(*state, Ticket));
    struct Ticket *ticket = bloop_new(Ticket), *other = bloop_new(Ticket);
    expect_ok(bloop_save(*state, ticket, .changed_only = true));
    expect_ok(bloop_set(other, id, ticket->id));
    expect_ok(bloop_load(*state, other));
    assert_int_equal(other->seats, 1);
    assert_int_equal(other->created.microseconds, ticket->created.microseconds);
    expect_ok(bloop_set(other, seats, 4));
    expect_ok(bloop_save(*state, other, .changed_only = true));
    expect_ok(bloop_save(*state, ticket, .changed_only = true));
    expect_ok(bloop_load(*state, ticket));
    assert_int_equal(ticket->seats, 4);
    bloop_free(ticket);
    bloop_free(other);
}

static void test_many_objects(void **state)
{
    enum { COUNT = 600 };
    void *objects[COUNT];
    for (int i = 0; i < COUNT; i++) {
        struct Document *document = objects[i] = new_document(i, "many");
        expect_ok(bloop_set(document, title, "first"));
    }
    expect_ok(bloop_save_all(*state, bloop_objects_in(objects, COUNT), .changed_only = true));
    struct Document *other = stored_document(*state, 77, "many");
    expect_ok(bloop_set(other, title, "theirs"));
    expect_ok(bloop_save(*state, other, .changed_only = true));
    for (int i = 0; i < COUNT; i++)
        expect_ok(bloop_set((struct Document *)objects[i], size, i));
    expect_ok(bloop_save_all(*state, bloop_objects_in(objects, COUNT), .changed_only = true, .in_flight = 3));
    expect_ok(bloop_load_all(*state, bloop_objects_in(objects, COUNT), .in_flight = 2));
    for (int i = 0; i < COUNT; i++) {
        struct Document *document = objects[i];
        assert_int_equal(document->size, i);
        assert_string_equal(document->title, i == 77 ? "theirs" : "first");
    }
    expect_ok(bloop_delete_all(*state, bloop_objects_in(objects, COUNT), .in_flight = 1));
    for (int i = 0; i < COUNT; i++)
        bloop_free(objects[i]);
    bloop_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_what_did_not_change_is_left_alone),
        BEHAVES(test_none_is_a_change_once),
        BEHAVES(test_nothing_changed_still_makes_the_item_and_checks_the_condition),
        BEHAVES(test_new_and_deleted_objects_send_all),
        BEHAVES(test_another_key_sends_all),
        BEHAVES(test_atomic_compares_all_that_is_known),
        BEHAVES(test_a_failed_save_sends_it_again),
        BEHAVES(test_rows_of_projections),
        BEHAVES(test_collections_are_compared_by_value),
        BEHAVES(test_defaults_are_sent_once),
        BEHAVES(test_many_objects),
    };
    return RUN_OVER_URLS("changed_only", tests);
}
