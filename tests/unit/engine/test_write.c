/* Saves and deletes: what is sent, and what becomes of objects when it fails. */
#include "fake.h"

enum { GROUP = 512, MANY = GROUP + 100 };

static fake f;

static void sends_what_was_set_and_unset(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_save(engine, document));
    fake_expect(&f, "update documents {folder: \"a\", id: 1}\n");
    expect_ok(bloop_set(document, size, 3));
    expect_ok(bloop_save(engine, document));
    fake_expect(&f, "update documents {folder: \"a\", id: 1} SET size = 3\n");
    expect_ok(bloop_unset(document, size));
    expect_ok(bloop_set(document, title, "T"));
    expect_ok(bloop_save(engine, document, .condition = bloop_ne(Document.title, "U")));
    fake_expect(&f, "update documents {folder: \"a\", id: 1} SET t = \"T\" REMOVE size if t <> \"U\"\n");
    expect_ok(bloop_delete(engine, document, .condition = bloop_eq(Document.size, 3)));
    fake_expect(&f, "delete documents {folder: \"a\", id: 1} if size = 3\n");
    bloop_free(document);
    bloop_close(engine);
}

static void sends_what_has_changed_when_asked(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "T"));
    expect_ok(bloop_save(engine, document, .changed_only = true));
    fake_expect(&f, "update documents {folder: \"a\", id: 1} SET t = \"T\"\n");
    expect_ok(bloop_save(engine, document, .changed_only = true));
    fake_expect(&f, "update documents {folder: \"a\", id: 1}\n");
    expect_ok(bloop_set(document, size, 3));
    f.answers[FAKE_WRITE_ITEMS] = (fake_answer){ .status = BLOOP_UNKNOWN_OUTCOME, .after = 2, .times = 1 };
    expect_status(bloop_save(engine, document, .changed_only = true), BLOOP_UNKNOWN_OUTCOME);
    f.log[0] = 0;
    expect_ok(bloop_save(engine, document, .changed_only = true, .atomic = true));
    fake_expect(&f,
                "update documents {folder: \"a\", id: 1} SET size = 3 if (folder = \"a\" AND id = 1 AND t = \"T\")\n");
    expect_ok(bloop_save(engine, document));
    fake_expect(&f, "update documents {folder: \"a\", id: 1} SET size = 3, t = \"T\"\n");
    bloop_free(document);
    bloop_close(engine);
}

static void sends_many_in_one_call(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Document *document = new_document(1, "a");
    struct Note *note = new_note("n");
    expect_ok(bloop_set(note, text, "hello"));
    expect_ok(bloop_save_all(engine, bloop_objects(note, document, note)));
    fake_expect(&f, "update notes {id: \"n\"} SET text = \"hello\"\n"
                    "update documents {folder: \"a\", id: 1}\n");
    assert_int_equal(f.calls[FAKE_WRITE_ITEMS], 1);
    assert_int_equal(f.in_flight, 0);
    expect_ok(bloop_save_all(engine, bloop_objects(note, document), .changed_only = true, .in_flight = 7));
    assert_int_equal(f.in_flight, 7);
    fake_expect(&f, "update notes {id: \"n\"}\n"
                    "update documents {folder: \"a\", id: 1}\n");
    expect_ok(bloop_delete_all(engine, bloop_objects(note, document), .in_flight = 1));
    assert_int_equal(f.in_flight, 1);
    fake_expect(&f, "delete notes {id: \"n\"}\n"
                    "delete documents {folder: \"a\", id: 1}\n");
    bloop_free(document);
    bloop_free(note);
    bloop_close(engine);
}

/* Whatever a write fails with, the object is as it was, and so is what an atomic save expects: for all that the library
   knows, an unknown outcome is none. */
static void a_failed_save_keeps_what_the_object_knows(void **state)
{
    (void)state;
    static const bloop_status failures[] = {
        BLOOP_CONSTRAINT_VIOLATION,
        BLOOP_VALIDATION,
        BLOOP_TABLE_NOT_FOUND,
        BLOOP_THROTTLED,
        BLOOP_ACCESS_DENIED,
        BLOOP_SERVICE,
        BLOOP_TRANSACTION_CONFLICT,
        BLOOP_ITEM_COLLECTION_TOO_LARGE,
        BLOOP_NO_MEMORY,
        BLOOP_DISK_FULL,
        BLOOP_IO,
        BLOOP_READ_ONLY,
        BLOOP_NETWORK,
        BLOOP_TIMEOUT,
        BLOOP_UNKNOWN_OUTCOME,
        BLOOP_CLOSED,
        BLOOP_FORKED,
        BLOOP_CORRUPT,
    };
    int saved;
    bloop_engine *engine = fake_engine(&f);
    bloop_connection connection = count_signals(engine, BLOOP_OBJECT_SAVED, &saved);
    struct Document *document = new_document(1, "a");
    expect_ok(bloop_set(document, title, "old"));
    expect_ok(bloop_save(engine, document));
    expect_ok(bloop_set(document, title, "new"));
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        bloop_status told = BLOOP_OK;
        fake_forget(&f);
        f.answers[FAKE_WRITE_ITEMS] = (fake_answer){ .status = failures[i], .times = 1 };
        expect_failure(bloop_save(engine, document, .statuses = &told), failures[i],
                       "bloop_save: model Document, key {\"folder\":\"a\",\"id\":1}: this write: ");
        assert_int_equal(told, failures[i]);
        assert_int_equal(bloop_last_error()->object_count, 1);
        assert_ptr_equal(bloop_last_error()->objects[0], document);
        assert_string_equal(document->title, "new");
        f.log[0] = 0;
        f.answers[FAKE_WRITE_ITEMS] = (fake_answer){ .status = failures[i], .times = 2 };
        expect_status(bloop_save(engine, document, .atomic = true), failures[i]);
        fake_expect(&f, "update documents {folder: \"a\", id: 1} SET t = \"new\" "
                        "if (folder = \"a\" AND id = 1 AND t = \"old\")\n");
    }
    assert_int_equal(saved, 1);
    expect_ok(bloop_save(engine, document, .atomic = true));
    f.log[0] = 0;
    expect_ok(bloop_delete(engine, document, .atomic = true));
    fake_expect(&f, "delete documents {folder: \"a\", id: 1} if (folder = \"a\" AND id = 1 AND t = \"new\")\n");
    assert_int_equal(saved, 2);
    expect_ok(bloop_disconnect(connection));
    bloop_free(document);
    bloop_close(engine);
}

static void a_failed_delete_keeps_what_the_object_knows(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Note *note = new_note("n");
    expect_ok(bloop_save(engine, note));
    fake_forget(&f);
    f.answers[FAKE_WRITE_ITEMS] = (fake_answer){ .status = BLOOP_UNKNOWN_OUTCOME, .times = 1 };
    expect_failure(bloop_delete(engine, note), BLOOP_UNKNOWN_OUTCOME,
                   "bloop_delete: model Note, key {\"id\":\"n\"}: this write");
    f.log[0] = 0;
    expect_ok(bloop_delete(engine, note, .atomic = true));
    fake_expect(&f, "delete notes {id: \"n\"} if id = \"n\"\n");
    expect_ok(bloop_save(engine, note, .atomic = true)); /* deleted is like new */
    fake_expect(&f, "update notes {id: \"n\"} if (attribute_not_exists(id) AND attribute_not_exists(text))\n");
    bloop_free(note);
    bloop_close(engine);
}

static void one_that_fails_is_alone(void **state)
{
    (void)state;
    int saved;
    bloop_engine *engine = fake_engine(&f);
    bloop_connection connection = count_signals(engine, BLOOP_OBJECT_SAVED, &saved);
    struct Note *notes[] = { new_note("a"), new_note("b"), new_note("c") };
    bloop_status statuses[3];
    f.answers[FAKE_WRITE_ITEMS] = (fake_answer){ .status = BLOOP_ITEM_COLLECTION_TOO_LARGE, .times = 1 };
    f.fail_write = 2;
    expect_failure(bloop_save_all(engine, bloop_objects_in((void **)notes, 3), .statuses = statuses),
                   BLOOP_ITEM_COLLECTION_TOO_LARGE, "bloop_save: model Note, key {\"id\":\"b\"}: this write: ");
    assert_int_equal(bloop_last_error()->object_count, 1);
    assert_ptr_equal(bloop_last_error()->objects[0], notes[1]);
    assert_int_equal(saved, 2);
    f.log[0] = 0;
    expect_ok(bloop_save_all(engine, bloop_objects_in((void **)notes, 3), .atomic = true));
    fake_expect(&f, "update notes {id: \"a\"} if id = \"a\"\n"
                    "update notes {id: \"b\"} if (attribute_not_exists(id) AND attribute_not_exists(text))\n"
                    "update notes {id: \"c\"} if id = \"c\"\n");
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(statuses[i], i == 1 ? BLOOP_ITEM_COLLECTION_TOO_LARGE : BLOOP_OK);
        bloop_free(notes[i]);
    }
    expect_ok(bloop_disconnect(connection));
    bloop_close(engine);
}

/* A backend that fails as a whole, and tells nothing of each write: all have failed. Every group is tried. */
static void a_silent_failure_is_everybodys(void **state)
{
    (void)state;
    int saved;
    static void *notes[MANY];
    static bloop_status statuses[MANY];
    bloop_engine *engine = fake_engine(&f);
    bloop_connection connection = count_signals(engine, BLOOP_OBJECT_SAVED, &saved);
    for (size_t i = 0; i < MANY; i++) {
        char id[16];
        snprintf(id, sizeof id, "%zu", i);
        notes[i] = new_note(id);
    }
    f.silent = true;
    f.answers[FAKE_WRITE_ITEMS] = (fake_answer){ .status = BLOOP_NETWORK, .times = 1 };
    expect_failure(bloop_save_all(engine, bloop_objects_in(notes, MANY), .statuses = statuses), BLOOP_NETWORK,
                   "bloop_save: model Note, key {\"id\":\"0\"}: the fake says NETWORK");
    fake_expect(&f, "write_items 512\nwrite_items 100\n");
    assert_int_equal(bloop_last_error()->object_count, GROUP);
    assert_int_equal(saved, MANY - GROUP);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(statuses[i], i < GROUP ? BLOOP_NETWORK : BLOOP_OK);
        bloop_free(notes[i]);
    }
    expect_ok(bloop_disconnect(connection));
    bloop_close(engine);
}

static void tells_what_a_backend_lacks(void **state)
{
    (void)state;
    bloop_engine *engine = fake_engine(&f);
    struct Note *note = new_note("a"), *other = new_note("b");
    bloop_status statuses[2] = { BLOOP_OK, BLOOP_OK };
    f.operations.write_items = NULL;
    expect_failure(bloop_save(engine, note), BLOOP_UNSUPPORTED_OPERATION,
                   "the backend fake does not have the operation write_items");
    expect_failure(bloop_delete_all(engine, bloop_objects(note, other), .statuses = statuses),
                   BLOOP_UNSUPPORTED_OPERATION, "write_items");
    assert_int_equal(bloop_last_error()->object_count, 2);
    assert_int_equal(statuses[1], BLOOP_UNSUPPORTED_OPERATION);
    bloop_free(note);
    bloop_free(other);
    bloop_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sends_what_was_set_and_unset),
        cmocka_unit_test(sends_what_has_changed_when_asked),
        cmocka_unit_test(sends_many_in_one_call),
        cmocka_unit_test(a_failed_save_keeps_what_the_object_knows),
        cmocka_unit_test(a_failed_delete_keeps_what_the_object_knows),
        cmocka_unit_test(one_that_fails_is_alone),
        cmocka_unit_test(a_silent_failure_is_everybodys),
        cmocka_unit_test(tells_what_a_backend_lacks),
    };
    return cmocka_run_group_tests_name("engine/write", tests, NULL, NULL);
}
