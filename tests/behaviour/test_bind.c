/* Binding: tables made and verified, names of tables, descendants. */
#include "behaviour.h"

BLOOP_MODEL(Thin,
    column(UUID,    id,    .hash_key = true),
    column(String,  nickname),
    table(.name = "accounts"));
BLOOP_MODEL(OtherHashKey,
    column(String,  name,  .hash_key = true),
    table(.name = "accounts"));
BLOOP_MODEL(OtherKeyType,
    column(Integer, id,    .hash_key = true),
    table(.name = "accounts"));
BLOOP_MODEL(ExtraRangeKey,
    column(UUID,    id,    .hash_key = true),
    column(String,  name,  .range_key = true),
    table(.name = "accounts"));
BLOOP_MODEL(MissingIndex,
    column(UUID,    id,    .hash_key = true),
    column(String,  name),
    global_index(by_name, .hash_key = &MissingIndex.name),
    table(.name = "accounts"));
BLOOP_MODEL(WiderIndex,
    column(UUID,    id,    .hash_key = true),
    column(String,  email),
    column(String,  name),
    global_index(by_email, .hash_key = &WiderIndex.email, .projection = BLOOP_INCLUDE, .include = bloop_columns(&WiderIndex.name)),
    table(.name = "accounts"));
BLOOP_MODEL(OtherIndexKey,
    column(UUID,    id,    .hash_key = true),
    column(String,  email),
    column(String,  name),
    global_index(by_email, .hash_key = &OtherIndexKey.email, .range_key = &OtherIndexKey.name, .projection = BLOOP_KEYS),
    table(.name = "accounts"));
BLOOP_MODEL(WithStream,
    column(UUID,    id,    .hash_key = true),
    table(.name = "accounts", .stream = BLOOP_STREAM_NEW));
BLOOP_MODEL(WithUnits,
    column(UUID,    id,    .hash_key = true),
    table(.name = "accounts", .read_units = 5));
BLOOP_MODEL(OnDemand,
    column(UUID,    id,    .hash_key = true),
    table(.name = "accounts", .billing = BLOOP_ON_DEMAND));

BLOOP_MODEL(Streamed,
    column(String,  id,    .hash_key = true),
    column(Integer, at,    .range_key = true),
    column(String,  note),
    local_index(by_note, .range_key = &Streamed.note, .projection = BLOOP_ALL),
    table(.name = "streamed", .stream = BLOOP_STREAM_NEW_AND_OLD, .read_units = 2, .write_units = 3));

BLOOP_MODEL(Shape,
    column(String,  id,    .hash_key = true),
    table(.abstract = true));
BLOOP_DERIVED_MODEL(Circle, Shape, column(Double, radius), table(.name = "circles"));
BLOOP_DERIVED_MODEL(Square, Shape, column(Double, side), table(.name = "squares"));

BLOOP_MODEL(TwoHashKeys,
    column(String,  one,   .hash_key = true),
    column(String,  two,   .hash_key = true));

static void test_binding_twice_is_fine(void **state)
{
    expect_ok(bloop_bind(*state, Account));
    assert_string_equal(bloop_table_name(*state, bloop_model_of(Account)), "accounts");
}

static void test_what_a_table_has_beyond_is_no_mismatch(void **state)
{
    expect_ok(bloop_bind(*state, Thin));
    struct Thin *thin = bloop_new(Thin);
    expect_ok(bloop_set(thin, id, uuid_of(3)));
    expect_ok(bloop_set(thin, nickname, "slim"));
    expect_ok(bloop_save(*state, thin));
    struct Account *account = new_account(3);
    expect_ok(bloop_load(*state, account));
    bloop_free(thin);
    bloop_free(account);
}

static void test_mismatches_say_what_differs(void **state)
{
    expect_failure(bloop_bind(*state, OtherHashKey), BLOOP_TABLE_MISMATCH, "the hash key is id, the model has name");
    expect_failure(bloop_bind(*state, OtherKeyType), BLOOP_TABLE_MISMATCH, "id is of type S, the model has N");
    expect_failure(bloop_bind(*state, ExtraRangeKey), BLOOP_TABLE_MISMATCH,
                   "the range key is none, the model has name");
    expect_failure(bloop_bind(*state, MissingIndex), BLOOP_TABLE_MISMATCH, "no global index by_name");
    expect_failure(bloop_bind(*state, WiderIndex), BLOOP_TABLE_MISMATCH, "does not project name");
    expect_failure(bloop_bind(*state, OtherIndexKey), BLOOP_TABLE_MISMATCH, "the range key of index by_email is none");
    expect_failure(bloop_bind(*state, WithStream), BLOOP_TABLE_MISMATCH, "view type is none, the model has NEW_IMAGE");
    expect_failure(bloop_bind(*state, WithUnits), BLOOP_TABLE_MISMATCH, "1 read units, the model gives 5");
    expect_failure(bloop_bind(*state, OnDemand), BLOOP_TABLE_MISMATCH, "provisioned");
    struct OtherHashKey *object = bloop_new(OtherHashKey);
    expect_ok(bloop_set(object, name, "x"));
    expect_status(bloop_save(*state, object), BLOOP_UNBOUND_MODEL);
    bloop_free(object);
}

static void test_a_table_is_made_as_the_model_says(void **state)
{
    expect_ok(bloop_bind(*state, Streamed));
    bloop_table_result result;
    expect_ok(bloop_describe_table(bloop_engine_backend(*state), "streamed", &result));
    const bloop_table_definition *made = &result.table.definition;
    assert_string_equal(made->hash_key, "id");
    assert_string_equal(made->range_key, "at");
    assert_int_equal(made->attribute_count, 3);
    assert_int_equal(made->local_index_count, 1);
    assert_string_equal(made->local_indexes[0].name, "by_note");
    assert_int_equal(made->local_indexes[0].projection, BLOOP_PROJECT_ALL);
    assert_int_equal(made->stream, BLOOP_VIEW_NEW_AND_OLD_IMAGES);
    assert_int_equal(made->throughput.read_units, 2);
    assert_int_equal(made->throughput.write_units, 3);
    bloop_result_free(&result.memory);
}

static void test_binding_a_base_binds_its_descendants(void **state)
{
    expect_ok(bloop_bind(*state, Shape));
    struct Circle *circle = bloop_new(Circle);
    expect_ok(bloop_set(circle, Shape.id, "c1"));
    expect_ok(bloop_set(circle, radius, 1.5));
    expect_ok(bloop_save(*state, circle));
    assert_string_equal(bloop_table_name(*state, bloop_model_of(Square)), "squares");
    struct Shape *shape = bloop_new(Shape);
    expect_ok(bloop_set(shape, id, "s"));
    expect_failure(bloop_save(*state, shape), BLOOP_INVALID_MODEL, "abstract");
    expect_failure(bloop_load(*state, shape), BLOOP_INVALID_MODEL, "Shape");
    bloop_free(shape);
    bloop_free(circle);
}

static void test_an_invalid_model_is_refused(void **state)
{
    expect_failure(bloop_bind(*state, TwoHashKeys), BLOOP_INVALID_MODEL, "TwoHashKeys");
    expect_status(bloop_bind_model(*state, NULL, NULL), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_bind((bloop_engine *)NULL, Account), BLOOP_INVALID_ARGUMENT);
}

static void test_without_setup_no_table_is_made(void **state)
{
    expect_ok(bloop_bind(*state, Streamed, .skip_table_setup = true));
    struct Streamed *object = bloop_new(Streamed);
    expect_ok(bloop_set(object, id, "a"));
    expect_ok(bloop_set(object, at, 1));
    expect_failure(bloop_save(*state, object), BLOOP_TABLE_NOT_FOUND, "Streamed");
    bloop_free(object);
}

static bloop_status name_by_model(void *context, const bloop_model *model, const char *given, char *name)
{
    if (context && strcmp(context, "fail") == 0)
        return BLOOP_INVALID_ARGUMENT;
    snprintf(name, 256, "%s.%s%s", model->name, given, (const char *)context);
    return BLOOP_OK;
}

static void test_table_names_belong_to_the_engine(void **state)
{
    (void)state;
    bloop_engine *engine = bloop_open("memory:?prefix=test-");
    expect_ok(bloop_bind(engine, Document));
    assert_string_equal(bloop_table_name(engine, bloop_model_of(Document)), "test-documents");
    bloop_table_result result;
    expect_ok(bloop_describe_table(bloop_engine_backend(engine), "test-documents", &result));
    bloop_result_free(&result.memory);
    bloop_close(engine);

    engine = bloop_engine_new_with(.dynamodb = bloop_backend_open("memory:"), .table_namer = name_by_model,
                                   .table_namer_context = "-1");
    expect_ok(bloop_bind(engine, Document));
    assert_string_equal(bloop_table_name(engine, bloop_model_of(Document)), "Document.documents-1");
    bloop_close(engine);

    engine = bloop_engine_new_with(.dynamodb = bloop_backend_open("memory:"), .table_namer = name_by_model,
                                   .table_namer_context = "fail");
    expect_failure(bloop_bind(engine, Document), BLOOP_INVALID_ARGUMENT, "Document");
    assert_null(bloop_table_name(engine, bloop_model_of(Document)));
    bloop_close(engine);

    engine = bloop_open("memory:?prefix=bad%20name-");
    expect_failure(bloop_bind(engine, Document), BLOOP_INVALID_MODEL, "bad name-documents");
    bloop_close(engine);
}

static void rename_table(void *context, bloop_event *event)
{
    assert_string_equal(event->table_name, "documents");
    expect_status(bloop_event_rename_table(event, "no spaces"), BLOOP_INVALID_ARGUMENT);
    expect_ok(bloop_event_rename_table(event, context));
}

static void test_a_handler_renames_a_table(void **state)
{
    bloop_engine *engine = bloop_open("memory:");
    bloop_connection connection = bloop_connect(BLOOP_BEFORE_CREATE_TABLE, engine, rename_table, "documents-nonce");
    assert_true(connection != 0);
    expect_ok(bloop_bind(engine, Document));
    assert_string_equal(bloop_table_name(engine, bloop_model_of(Document)), "documents-nonce");
    assert_string_equal(bloop_table_name(*state, bloop_model_of(Document)), "documents");
    expect_ok(bloop_disconnect(connection));
    bloop_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_binding_twice_is_fine),
        BEHAVES(test_what_a_table_has_beyond_is_no_mismatch),
        BEHAVES(test_mismatches_say_what_differs),
        BEHAVES(test_a_table_is_made_as_the_model_says),
        BEHAVES(test_binding_a_base_binds_its_descendants),
        BEHAVES(test_an_invalid_model_is_refused),
        BEHAVES(test_without_setup_no_table_is_made),
        BEHAVES(test_table_names_belong_to_the_engine),
        BEHAVES(test_a_handler_renames_a_table),
    };
    return RUN_OVER_URLS("bind", tests);
}
