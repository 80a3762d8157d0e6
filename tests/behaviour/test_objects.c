/* Save, load and delete: what comes back is what was given, and the three states of a column hold through every path. */
#include "behaviour.h"

static void test_every_type_comes_back(void **state)
{
    struct Account *saved = new_account(1);
    expect_ok(bloop_set(saved, name, ""));
    expect_ok(bloop_set(saved, email, "Ünïcode ☃"));
    expect_ok(bloop_set(saved, verified, false));
    bloop_number balance;
    expect_ok(bloop_number_parse("-12345678901234567890.000000000000000001", 40, &balance));
    expect_ok(bloop_set(saved, balance, balance));
    expect_ok(bloop_set(saved, logins, INT64_MIN));
    expect_ok(bloop_set(saved, created_on, { .microseconds = 1470705385322849 }));
    expect_ok(bloop_set(saved, tags, { (const char *[]){ "staff", "ops" }, 2 }));
    expect_ok(bloop_set(saved, home, bloop_map(Address, set(street, "Main Street"), set(number, 7))));
    expect_ok(bloop_set(saved, former, { (struct Address[]){ bloop_map(Address, set(street, "Old Road")) }, 1 }));
    expect_ok(bloop_save(*state, saved));

    struct Account *loaded = new_account(1);
    expect_ok(bloop_load(*state, loaded));
    assert_string_equal(loaded->name, "");
    assert_string_equal(loaded->email, "Ünïcode ☃");
    assert_true(bloop_has(loaded, verified) && !loaded->verified);
    assert_int_equal(bloop_number_compare(loaded->balance, balance), 0);
    assert_true(loaded->logins == INT64_MIN);
    assert_true(loaded->created_on.microseconds == 1470705385322849);
    assert_int_equal(loaded->tags.count, 2);
    assert_string_equal(loaded->tags.items[0], "ops");
    assert_string_equal(loaded->home.street, "Main Street");
    assert_int_equal(loaded->home.number, 7);
    assert_int_equal(loaded->former.count, 1);
    assert_false(bloop_has(loaded, former.items[0].number));
    bloop_free(saved);
    bloop_free(loaded);
}

static void test_missing_columns_are_left_alone(void **state)
{
    struct Account *full = new_account(1);
    expect_ok(bloop_set(full, name, "A"));
    expect_ok(bloop_set(full, logins, 3));
    expect_ok(bloop_save(*state, full));

    struct Account *partial = new_account(1);
    expect_ok(bloop_set(partial, name, "B"));
    assert_int_equal(bloop_state(partial, logins), BLOOP_MISSING);
    expect_ok(bloop_save(*state, partial));

    expect_ok(bloop_load(*state, full));
    assert_string_equal(full->name, "B");
    assert_int_equal(full->logins, 3);
    bloop_free(full);
    bloop_free(partial);
}

static void test_unset_columns_disappear(void **state)
{
    struct Account *account = new_account(1);
    expect_ok(bloop_set(account, name, "A"));
    expect_ok(bloop_set(account, logins, 3));
    expect_ok(bloop_save(*state, account));
    expect_ok(bloop_unset(account, logins));
    assert_int_equal(bloop_state(account, logins), BLOOP_NONE);
    assert_int_equal(account->logins, 0);
    expect_ok(bloop_save(*state, account));

    struct Account *loaded = new_account(1);
    expect_ok(bloop_load(*state, loaded));
    assert_int_equal(bloop_state(loaded, logins), BLOOP_NONE);
    assert_int_equal(bloop_state(loaded, email), BLOOP_NONE);
    assert_int_equal(bloop_state(loaded, name), BLOOP_VALUE);
    bloop_free(account);
    bloop_free(loaded);
}

static void test_a_load_clears_what_is_not_stored(void **state)
{
    struct Account *stored = new_account(1);
    expect_ok(bloop_save(*state, stored));
    struct Account *local = new_account(1);
    expect_ok(bloop_set(local, name, "only here"));
    expect_ok(bloop_load(*state, local));
    assert_int_equal(bloop_state(local, name), BLOOP_NONE);
    assert_null(local->name);
    bloop_free(stored);
    bloop_free(local);
}

static void test_only_keys_make_an_item(void **state)
{
    struct Document *keys = new_document(7, "in");
    expect_ok(bloop_save(*state, keys));
    struct Document *loaded = stored_document(*state, 7, "in");
    assert_non_null(loaded);
    assert_int_equal(bloop_state(loaded, title), BLOOP_NONE);
    assert_null(stored_document(*state, 7, "out"));
    bloop_free(keys);
    bloop_free(loaded);
}

static void test_an_empty_set_is_stored_as_nothing_and_empty_lists_and_maps_are_kept(void **state)
{
    struct Account *account = new_account(1);
    expect_ok(bloop_set(account, tags, { NULL, 0 }));
    expect_ok(bloop_set(account, former, { NULL, 0 }));
    expect_ok(bloop_set(account, home, (struct Address){ 0 }));
    expect_ok(bloop_save(*state, account));
    struct Account *loaded = new_account(1);
    expect_ok(bloop_load(*state, loaded));
    assert_int_equal(bloop_state(loaded, tags), BLOOP_NONE);
    assert_int_equal(bloop_state(loaded, former), BLOOP_VALUE);
    assert_int_equal(loaded->former.count, 0);
    assert_int_equal(bloop_state(loaded, home), BLOOP_VALUE);
    assert_int_equal(bloop_state(loaded, home.street), BLOOP_NONE);
    bloop_free(account);
    bloop_free(loaded);
}

static void test_a_key_in_a_map_is_set_through_the_object(void **state)
{
    struct Account *account = new_account(1);
    expect_ok(bloop_set(account, home, bloop_map(Address, set(street, "Main Street"), set(number, 7))));
    expect_ok(bloop_set(account, home.number, 8));
    expect_ok(bloop_append(account, former, bloop_map(Address, set(street, "First"))));
    expect_ok(bloop_append(account, former, bloop_map(Address, set(street, "Second"))));
    expect_ok(bloop_unset(account, former.items[0]));
    expect_ok(bloop_save(*state, account));
    struct Account *loaded = new_account(1);
    expect_ok(bloop_load(*state, loaded));
    assert_int_equal(loaded->home.number, 8);
    assert_string_equal(loaded->home.street, "Main Street");
    assert_int_equal(loaded->former.count, 1);
    assert_string_equal(loaded->former.items[0].street, "Second");
    bloop_free(account);
    bloop_free(loaded);
}

static void test_a_packed_value_is_stored_as_its_type_stores_it(void **state)
{
    struct Account *account = new_account(1);
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    bloop_build_string(builder, "2016-08-09T03:16:25.322849+02:00", 32);
    expect_ok(bloop_builder_value(builder, &value));
    expect_ok(bloop_object_set_packed(account, &Account.created_on, value));
    bloop_slice stored = bloop_value_bytes(bloop_object_packed(account, &Account.created_on));
    assert_string_equal(stored.data, "2016-08-09T01:16:25.322849+00:00");
    expect_ok(bloop_save(*state, account));
    expect_ok(bloop_load(*state, account));
    assert_true(account->created_on.microseconds == 1470705385322849);
    expect_ok(bloop_object_set_packed(account, &Account.created_on, (bloop_value){ NULL, 0 }));
    assert_int_equal(bloop_state(account, created_on), BLOOP_NONE);
    bloop_builder_free(builder);
    bloop_free(account);
}

static void test_a_deleted_item_is_gone(void **state)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_save(*state, document));
    expect_ok(bloop_delete(*state, document));
    assert_null(stored_document(*state, 1, "a"));
    expect_ok(bloop_delete(*state, document));
    bloop_free(document);
}

static void test_an_object_that_is_not_there_stays_as_it_is(void **state)
{
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "mine"));
    expect_failure(bloop_load(*state, document), BLOOP_MISSING_OBJECTS,
                   "model Document, key {\"folder\":\"a\",\"id\":1}");
    assert_string_equal(document->title, "mine");
    assert_int_equal(bloop_last_error()->object_count, 1);
    assert_ptr_equal(bloop_last_error()->objects[0], document);
    bloop_free(document);
}

static void test_keys_and_bindings_are_required(void **state)
{
    struct Document *document = bloop_new(Document);
    expect_ok(bloop_set(document, id, 1));
    expect_failure(bloop_save(*state, document), BLOOP_MISSING_KEY, "folder");
    expect_failure(bloop_load(*state, document), BLOOP_MISSING_KEY, "Document");
    expect_failure(bloop_delete(*state, document), BLOOP_MISSING_KEY, "folder");
    expect_ok(bloop_set(document, folder, "a"));

    bloop_engine *other = bloop_open("memory:");
    assert_non_null(other);
    expect_failure(bloop_save(other, document), BLOOP_UNBOUND_MODEL, "Document");
    expect_failure(bloop_load(other, document), BLOOP_UNBOUND_MODEL, "Document");
    expect_failure(bloop_delete(other, document), BLOOP_UNBOUND_MODEL, "Document");
    bloop_close(other);
    bloop_free(document);
}

static void test_what_the_store_refuses_is_told_in_its_words(void **state)
{
    struct Document *document = new_document(1, "");
    expect_failure(bloop_save(*state, document), BLOOP_VALIDATION, "empty string value");
    bloop_free(document);

    static char big[400 * 1024];
    memset(big, 'x', sizeof big - 1);
    document = new_document(1, "a");
    expect_ok(bloop_set(document, title, big));
    expect_failure(bloop_save(*state, document), BLOOP_VALIDATION,
                   "Item size to update has exceeded the maximum allowed size");
    assert_null(stored_document(*state, 1, "a"));
    bloop_free(document);
}

static void test_null_arguments_are_refused(void **state)
{
    struct Document *document = new_document(1, "a");
    expect_status(bloop_save((bloop_engine *)NULL, document), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_load((bloop_engine *)NULL, document), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_delete((bloop_engine *)NULL, document), BLOOP_INVALID_ARGUMENT);
    expect_failure(bloop_save_all(*state, bloop_objects(document, NULL)), BLOOP_INVALID_ARGUMENT, "object 2 of 2");
    expect_failure(bloop_load_all(*state, bloop_objects_in(NULL, 3)), BLOOP_INVALID_ARGUMENT, "NULL");
    assert_null(stored_document(*state, 1, "a"));
    bloop_free(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_every_type_comes_back),
        BEHAVES(test_missing_columns_are_left_alone),
        BEHAVES(test_unset_columns_disappear),
        BEHAVES(test_a_load_clears_what_is_not_stored),
        BEHAVES(test_only_keys_make_an_item),
        BEHAVES(test_an_empty_set_is_stored_as_nothing_and_empty_lists_and_maps_are_kept),
        BEHAVES(test_a_key_in_a_map_is_set_through_the_object),
        BEHAVES(test_a_packed_value_is_stored_as_its_type_stores_it),
        BEHAVES(test_a_deleted_item_is_gone),
        BEHAVES(test_an_object_that_is_not_there_stays_as_it_is),
        BEHAVES(test_keys_and_bindings_are_required),
        BEHAVES(test_what_the_store_refuses_is_told_in_its_words),
        BEHAVES(test_null_arguments_are_refused),
    };
    return RUN_OVER_URLS("objects", tests);
}
