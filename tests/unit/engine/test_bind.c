/* Binding against a backend that answers as it likes. */
#include "fake.h"

BLOOP_MODEL(Base, column(Integer, id, .hash_key = true), column(String, folder, .range_key = true),
            table(.abstract = true));
BLOOP_DERIVED_MODEL(First, Base, table(.name = "first-documents"));
BLOOP_DERIVED_MODEL(Second, Base, table(.name = "second-documents"));

static fake f;

static bloop_engine *unbound_engine(const char *prefix)
{
    fake_make(&f);
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = &f.base, .table_prefix = prefix);
    assert_non_null(engine);
    return engine;
}

static void expect_unbound(bloop_engine *engine)
{
    assert_null(bloop_table_name(engine, &Document.bloop_model_));
    expect_status(bloop_last_error()->status, BLOOP_UNBOUND_MODEL);
}

static void makes_and_verifies(void **state)
{
    (void)state;
    bloop_engine *engine = unbound_engine("test-");
    expect_ok(bloop_bind(engine, Document));
    fake_expect(&f, "create_table test-documents id folder\n"
                    "describe_table test-documents\n");
    assert_string_equal(bloop_table_name(engine, &Document.bloop_model_), "test-documents");
    assert_int_equal(sleeps, 0);
    bloop_close(engine);
    assert_true(f.closed);
}

/* Both tables are asked for before the first is waited for, and an abstract base has none. */
static void asks_for_all_tables_first(void **state)
{
    (void)state;
    bloop_engine *engine = unbound_engine(NULL);
    expect_ok(bloop_bind(engine, Base));
    fake_expect(&f, "create_table first-documents id folder\n"
                    "create_table second-documents id folder\n"
                    "describe_table first-documents\n"
                    "describe_table second-documents\n");
    bloop_close(engine);
}

/* Twice as long each time. */
static void waits_until_all_is_active(void **state)
{
    (void)state;
    bloop_engine *engine = unbound_engine(NULL);
    f.creating = 3;
    f.building = 2;
    expect_ok(bloop_bind(engine, Document));
    assert_int_equal(f.calls[FAKE_CREATE_TABLE], 1);
    assert_int_equal(f.calls[FAKE_DESCRIBE_TABLE], 6);
    static const int64_t pauses[] = { 10, 20, 40, 80, 160 };
    assert_int_equal(sleeps, 5);
    assert_memory_equal(slept_ms, pauses, sizeof pauses);
    bloop_close(engine);
}

static void gives_up_in_time(void **state)
{
    (void)state;
    int bound = 0;
    bloop_engine *engine = unbound_engine(NULL);
    bloop_connection connection = count_signals(engine, BLOOP_MODEL_BOUND, &bound);
    f.creating = FAKE_ALWAYS;
    expect_failure(bloop_bind(engine, Document, .timeout_ms = 30), BLOOP_TIMEOUT,
                   "model Document, table documents: the table is not ACTIVE after 30 ms");
    for (size_t i = 0; i < sleeps && i < 64; i++)
        assert_true(slept_ms[i] >= 0 && slept_ms[i] <= 30);
    assert_true(sleeps > 0);
    expect_unbound(engine);
    assert_int_equal(bound, 0);
    expect_failure(bloop_bind(engine, Document, .timeout_ms = -1), BLOOP_INVALID_ARGUMENT, "negative");
    f.creating = 0;
    expect_ok(bloop_bind(engine, Document));
    assert_int_equal(bound, 1);
    expect_ok(bloop_disconnect(connection));
    bloop_close(engine);
}

/* A table that is there, or that can't be made because the store is read only, is verified like a new one. */
static void takes_a_table_that_is_there(void **state)
{
    (void)state;
    static const bloop_status fine[] = { BLOOP_TABLE_IN_USE, BLOOP_READ_ONLY };
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        bloop_engine *engine = unbound_engine(NULL);
        f.answers[FAKE_CREATE_TABLE] = (fake_answer){ .status = fine[i], .times = 2 };
        expect_ok(bloop_bind(engine, Document));
        assert_int_equal(f.calls[FAKE_DESCRIBE_TABLE], 1);
        f.hash_key = "other";
        expect_failure(bloop_bind(engine, Document), BLOOP_TABLE_MISMATCH,
                       "model Document, table documents: the hash key is other, the model has id");
        bloop_close(engine);
    }
}

static void tells_what_stops_it(void **state)
{
    (void)state;
    static const bloop_status statuses[] = { BLOOP_VALIDATION,     BLOOP_LIMIT_EXCEEDED, BLOOP_THROTTLED,
                                             BLOOP_SERVICE,        BLOOP_ACCESS_DENIED,  BLOOP_NO_MEMORY,
                                             BLOOP_NETWORK,        BLOOP_TIMEOUT,        BLOOP_UNKNOWN_OUTCOME,
                                             BLOOP_CORRUPT,        BLOOP_CLOSED,         BLOOP_FORKED,
                                             BLOOP_TABLE_NOT_FOUND };
    static const fake_operation operations[] = { FAKE_CREATE_TABLE, FAKE_DESCRIBE_TABLE };
    for (size_t i = 0; i < 2 * (sizeof statuses / sizeof statuses[0]); i++) {
        char words[128];
        bloop_status status = statuses[i / 2];
        bloop_engine *engine = unbound_engine(NULL);
        f.answers[operations[i % 2]] = (fake_answer){ .status = status, .times = 1 };
        snprintf(words, sizeof words, "model Document, table documents: the fake says %s", bloop_status_name(status));
        expect_failure(bloop_bind(engine, Document), status, words);
        assert_int_equal(f.calls[FAKE_DESCRIBE_TABLE], i % 2);
        expect_unbound(engine);
        expect_ok(bloop_bind(engine, Document));
        bloop_close(engine);
    }
}

static void sends_nothing_when_told_so(void **state)
{
    (void)state;
    bloop_engine *engine = unbound_engine(NULL);
    expect_ok(bloop_bind(engine, Document, .skip_table_setup = true));
    fake_expect(&f, "");
    assert_string_equal(bloop_table_name(engine, &Document.bloop_model_), "documents");
    bloop_close(engine);
}

static void tells_what_a_backend_lacks(void **state)
{
    (void)state;
    bloop_engine *engine = unbound_engine(NULL);
    f.operations.describe_table = NULL;
    expect_failure(bloop_bind(engine, Document), BLOOP_UNSUPPORTED_OPERATION,
                   "the backend fake does not have the operation describe_table");
    f.operations.create_table = NULL;
    expect_failure(bloop_bind(engine, Document), BLOOP_UNSUPPORTED_OPERATION, "create_table");
    expect_unbound(engine);
    expect_ok(bloop_bind(engine, Document, .skip_table_setup = true));
    bloop_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_and_verifies),          cmocka_unit_test(asks_for_all_tables_first),
        cmocka_unit_test(waits_until_all_is_active),   cmocka_unit_test(gives_up_in_time),
        cmocka_unit_test(takes_a_table_that_is_there), cmocka_unit_test(tells_what_stops_it),
        cmocka_unit_test(sends_nothing_when_told_so),  cmocka_unit_test(tells_what_a_backend_lacks),
    };
    return cmocka_run_group_tests_name("engine/bind", tests, NULL, NULL);
}
