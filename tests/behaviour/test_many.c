/* Many objects in one call: each once, each for itself, and nothing sent when a key is missing. */
#include "behaviour.h"

#include <stdlib.h>

enum { MANY = 1300 }; /* more than two groups of writes, and 13 requests of keys */

static void test_thousands_are_saved_loaded_and_deleted(void **state)
{
    void *objects[MANY], *loaded[MANY];
    for (int i = 0; i < MANY; i++) {
        struct Document *document = new_document(i, i % 2 ? "odd" : "even");
        expect_ok(bloop_set(document, size, 7 * i));
        objects[i] = document;
        loaded[i] = new_document(i, i % 2 ? "odd" : "even");
    }
    expect_ok(bloop_save_all(*state, bloop_objects_in(objects, MANY)));
    expect_ok(bloop_load_all(*state, bloop_objects_in(loaded, MANY)));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(((struct Document *)loaded[i])->size, 7 * i);
    expect_ok(bloop_delete_all(*state, bloop_objects_in(objects, MANY)));
    expect_status(bloop_load_all(*state, bloop_objects_in(loaded, MANY)), BLOOP_MISSING_OBJECTS);
    assert_int_equal(bloop_last_error()->object_count, MANY);
    for (int i = 0; i < MANY; i++) {
        bloop_free(objects[i]);
        bloop_free(loaded[i]);
    }
}

static int saved_count;
static void count_event(void *context, bloop_event *event)
{
    (void)event;
    ++*(int *)context;
}

static void test_the_same_object_twice_is_one(void **state)
{
    saved_count = 0;
    bloop_connection connection = bloop_connect(BLOOP_OBJECT_SAVED, *state, count_event, &saved_count);
    struct Document *document = new_document(1, "a");
    bloop_status statuses[3];
    expect_ok(
        bloop_save_all(*state, bloop_objects(document, document, document), .statuses = statuses, .atomic = true));
    assert_int_equal(saved_count, 1);
    for (int i = 0; i < 3; i++)
        assert_int_equal(statuses[i], BLOOP_OK);
    expect_ok(bloop_load_all(*state, bloop_objects(document, document)));
    expect_ok(bloop_disconnect(connection));
    bloop_free(document);
}

static void test_equal_keys_fill_every_object(void **state)
{
    struct Document *stored = new_document(1, "a");
    expect_ok(bloop_set(stored, title, "t"));
    expect_ok(bloop_save(*state, stored));
    struct Document *one = new_document(1, "a"), *two = new_document(1, "a"), *gone = new_document(2, "a");
    bloop_status statuses[3];
    expect_status(bloop_load_all(*state, bloop_objects(one, gone, two), .statuses = statuses), BLOOP_MISSING_OBJECTS);
    assert_string_equal(one->title, "t");
    assert_string_equal(two->title, "t");
    assert_int_equal(statuses[0], BLOOP_OK);
    assert_int_equal(statuses[1], BLOOP_MISSING_OBJECTS);
    assert_int_equal(statuses[2], BLOOP_OK);
    assert_int_equal(bloop_last_error()->object_count, 1);
    assert_ptr_equal(bloop_last_error()->objects[0], gone);
    bloop_free(stored);
    bloop_free(one);
    bloop_free(two);
    bloop_free(gone);
}

static void test_objects_of_several_models(void **state)
{
    struct Document *document = new_document(1, "a");
    struct Account *account = new_account(9);
    expect_ok(bloop_set(account, name, "Ada"));
    expect_ok(bloop_save_all(*state, bloop_objects(document, account)));
    struct Account *loaded = new_account(9);
    expect_ok(bloop_load_all(*state, bloop_objects(loaded, document)));
    assert_string_equal(loaded->name, "Ada");
    bloop_free(document);
    bloop_free(account);
    bloop_free(loaded);
}

static void test_a_missing_key_stops_all(void **state)
{
    struct Document *whole = new_document(1, "a"), *keyless = bloop_new(Document);
    expect_ok(bloop_set(keyless, id, 2));
    bloop_status statuses[2] = { BLOOP_OK, BLOOP_OK };
    expect_failure(bloop_save_all(*state, bloop_objects(whole, keyless), .statuses = statuses), BLOOP_MISSING_KEY,
                   "folder");
    assert_int_equal(bloop_last_error()->object_count, 1);
    assert_ptr_equal(bloop_last_error()->objects[0], keyless);
    assert_int_equal(statuses[0], BLOOP_MISSING_KEY);
    assert_null(stored_document(*state, 1, "a"));
    expect_ok(bloop_save(*state, whole));
    expect_status(bloop_load_all(*state, bloop_objects(whole, keyless)), BLOOP_MISSING_KEY);
    expect_status(bloop_delete_all(*state, bloop_objects(whole, keyless)), BLOOP_MISSING_KEY);
    struct Document *still = stored_document(*state, 1, "a");
    assert_non_null(still);
    bloop_free(still);
    bloop_free(whole);
    bloop_free(keyless);
}

static void test_one_bad_object_does_not_stop_the_others(void **state)
{
    char *big = malloc(420000);
    memset(big, 'x', 419999);
    big[419999] = 0;
    struct Document *first = new_document(1, "a"), *bad = new_document(2, "a"), *last = new_document(3, "a");
    expect_ok(bloop_set(bad, title, big));
    expect_failure(bloop_save_all(*state, bloop_objects(first, bad, last)), BLOOP_VALIDATION, "Item size");
    assert_int_equal(bloop_last_error()->object_count, 1);
    assert_ptr_equal(bloop_last_error()->objects[0], bad);
    bloop_free(stored_document(*state, 1, "a"));
    assert_null(stored_document(*state, 2, "a"));
    struct Document *third = stored_document(*state, 3, "a");
    assert_non_null(third);
    bloop_free(third);
    bloop_free(first);
    bloop_free(bad);
    bloop_free(last);
    free(big);
}

static void test_no_objects_is_fine(void **state)
{
    expect_ok(bloop_save_all(*state, bloop_objects_in(NULL, 0)));
    expect_ok(bloop_load_all(*state, bloop_objects_in(NULL, 0)));
    expect_ok(bloop_delete_all(*state, bloop_objects_in(NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_thousands_are_saved_loaded_and_deleted),
        BEHAVES(test_the_same_object_twice_is_one),
        BEHAVES(test_equal_keys_fill_every_object),
        BEHAVES(test_objects_of_several_models),
        BEHAVES(test_a_missing_key_stops_all),
        BEHAVES(test_one_bad_object_does_not_stop_the_others),
        BEHAVES(test_no_objects_is_fine),
    };
    return RUN_OVER_URLS("many", tests);
}
