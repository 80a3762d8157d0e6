/* Every allocation of the library failed in turn, in each of the object mapper's calls: a status, no leak, and the stored
   item as it was. */
#include "behaviour.h"

#include "support/fail_alloc.h"

static bloop_engine *engine;

static bloop_status prepare_document(struct Document **out)
{
    struct Document *document = bloop_new(Document);
    bloop_status status = document ? BLOOP_OK : bloop_last_error()->status;
    if (status == BLOOP_OK)
        status = bloop_set(document, id, 1);
    if (status == BLOOP_OK)
        status = bloop_set(document, folder, "a");
    if (status == BLOOP_OK)
        status =
            bloop_set(document, title, "a title that is long enough to need memory of its own, whatever is inline");
    if (status != BLOOP_OK)
        bloop_free(document);
    else
        *out = document;
    return status;
}

static bloop_status save_with_condition(void *context)
{
    (void)context;
    struct Document *document;
    bloop_status status = prepare_document(&document);
    if (status != BLOOP_OK)
        return status;
    status = bloop_save(engine, document,
                        .condition = bloop_and(bloop_eq(Document.folder, "a"), bloop_not(bloop_eq(Document.size, -4))));
    bloop_free(document);
    return status;
}

static bloop_status save_atomically(void *context)
{
    (void)context;
    struct Document *document;
    bloop_status status = prepare_document(&document);
    if (status != BLOOP_OK)
        return status;
    status = bloop_load(engine, document);
    if (status == BLOOP_OK)
        status = bloop_set(document, size, document->size + 1);
    if (status == BLOOP_OK)
        status = bloop_save(engine, document, .atomic = true);
    bloop_free(document);
    return status;
}

static bloop_status load_many(void *context)
{
    (void)context;
    struct Document *one, *two;
    bloop_status status = prepare_document(&one);
    if (status != BLOOP_OK)
        return status;
    status = prepare_document(&two);
    if (status == BLOOP_OK) {
        status = bloop_load_all(engine, bloop_objects(one, two, one));
        bloop_free(two);
    }
    bloop_free(one);
    return status;
}

static bloop_status save_many(void *context)
{
    (void)context;
    struct Document *one, *two;
    bloop_status status = prepare_document(&one);
    if (status != BLOOP_OK)
        return status;
    status = prepare_document(&two);
    if (status == BLOOP_OK) {
        status = bloop_save_all(engine, bloop_objects(one, two, one), .condition = bloop_eq(Document.id, 1));
        bloop_free(two);
    }
    bloop_free(one);
    return status;
}

static bloop_status search_all(void *context)
{
    (void)context;
    bloop_rows rows;
    bloop_search *search =
        bloop_query(engine, Document, .key = bloop_eq(Document.id, 1), .filter = bloop_ne(Document.title, "x"));
    bloop_status status = bloop_all(search, &rows);
    if (status == BLOOP_OK)
        bloop_rows_free(&rows);
    bloop_status closed = bloop_search_close(search);
    return status == BLOOP_OK ? closed : status;
}

static bloop_status bind_again(void *context)
{
    (void)context;
    bloop_engine *fresh = bloop_open("memory:");
    if (!fresh)
        return bloop_last_error()->status;
    bloop_status status = bloop_bind(fresh, Account);
    bloop_close(fresh);
    return status;
}

static void test_every_allocation(void **state)
{
    engine = *state;
    struct Document *given = new_document(1, "a");
    expect_ok(bloop_set(given, title, "given"));
    expect_ok(bloop_save(engine, given));
    const struct {
        const char *name;
        bloop_status (*run)(void *context);
    } cases[] = {
        { "save", save_with_condition }, { "atomic save", save_atomically }, { "load many", load_many },
        { "save many", save_many },      { "search", search_all },           { "open and bind", bind_again },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_ok(cases[i].run(NULL)); /* what is made once in a process is made */
        size_t allocations = fail_alloc_every(cases[i].run, NULL);
        print_message("%s: %zu allocations\n", cases[i].name, allocations);
        assert_true(allocations > 0);
    }
    struct Document *stored = stored_document(engine, 1, "a");
    assert_non_null(stored);
    bloop_free(stored);
    bloop_free(given);
}

/* A condition that could not be made for want of memory is a failed one, and stops the delete that it was to guard. */
static bloop_status guarded_delete(void *context)
{
    return bloop_delete(engine, (struct Document *)context,
                        .condition = bloop_and(bloop_eq(Document.title, "another"), bloop_eq(Document.size, 4)));
}

static void test_a_condition_without_memory_guards_all_the_same(void **state)
{
    engine = *state;
    struct Document *given = new_document(1, "a");
    expect_ok(bloop_set(given, title, "given"));
    expect_ok(bloop_save(engine, given));
    expect_status(guarded_delete(given), BLOOP_CONSTRAINT_VIOLATION);
    for (size_t nth = 0; nth < 1000; nth++) {
        fail_alloc_begin(nth, FAIL_ALLOC_ONE);
        bloop_status status = guarded_delete(given);
        size_t failures = fail_alloc_end().failures;
        assert_true(status == BLOOP_NO_MEMORY || status == BLOOP_CONSTRAINT_VIOLATION);
        struct Document *stored = stored_document(engine, 1, "a");
        assert_non_null(stored);
        bloop_free(stored);
        if (failures == 0) {
            assert_int_equal(status, BLOOP_CONSTRAINT_VIOLATION);
            assert_true(nth > 0);
            break;
        }
    }
    bloop_free(given);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_every_allocation),
        BEHAVES(test_a_condition_without_memory_guards_all_the_same),
    };
    return RUN_OVER_URLS("oom", tests);
}
