/* Models: what is derived from them, the rules that they have to obey, mixins, bases, and models made at run time. */
#include <pthread.h>

#include "sample.h"

#define STAMPED column(DateTime, created_on, .dynamo_name = "c"), column(DateTime, updated_on)

BLOOP_MODEL(Impression,
    column(UUID,    referrer, .hash_key = true, .dynamo_name = "ref"),
    column(Integer, version,  .range_key = true, .dynamo_name = "v"),
    column(String,  email),
    column(String,  agent),
    STAMPED,
    global_index(by_email, .hash_key = &Impression.email, .projection = BLOOP_KEYS, .dynamo_name = "index_email"),
    global_index(by_agent, .hash_key_name = "agent", .range_key_name = "email", .read_units = 5, .write_units = 6),
    local_index(by_date, .range_key = &Impression.created_on, .projection = BLOOP_INCLUDE,
                .include_names = bloop_names("agent")),
    local_index(by_update, .range_key = &Impression.updated_on, .projection = BLOOP_KEYS, .lenient = true));

/* Every C identifier is free, those that the macros use as words too. */
BLOOP_MODEL(Names,
    column(Integer, model, .hash_key = true), column(Integer, state), column(Integer, name), column(Integer, table),
    column(Integer, column), column(Integer, index), column(Integer, key), column(Integer, set), column(Integer, type),
    column(Integer, offset), column(Integer, value), column(Integer, object), column(Integer, omit),
    column(Integer, Names), column(Integer, base), column(Integer, String));

BLOOP_MODEL(HashRange,
    column(UUID,     id,   .hash_key = true, .dynamo_name = "i"),
    column(DateTime, date, .range_key = true, .dynamo_name = "d"),
    column(String,   email),
    column(String,   hidden),
    global_index(by_email, .hash_key = &HashRange.email),
    global_index(by_hidden, .hash_key = &HashRange.email),
    table(.abstract = true));
BLOOP_DERIVED_MODEL(User, HashRange, column(String, nickname), column(Integer, email), /* another type */
                    omit(hidden), omit(by_hidden));
BLOOP_DERIVED_MODEL(Admin, User, column(String, level, .dynamo_name = "nickname"));

static const char *names_of(const bloop_column *const *columns, size_t count)
{
    static char text[400];
    text[0] = '\0';
    for (size_t i = 0; columns && i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", columns[i]->name);
    return text;
}

static const char *column_names(const bloop_model *model)
{
    size_t count;
    const bloop_column *const *columns = bloop_model_columns(model, &count);
    if (!columns)
        fail_msg("%s", bloop_last_error()->message);
    return names_of(columns, count);
}

static const char *projection_of(const bloop_model *model, const bloop_index *index)
{
    static char text[600];
    bloop_projection_info info;
    assert_int_equal(bloop_model_projection(model, index, &info), BLOOP_OK);
    snprintf(text, sizeof text, "%s%s%s%s: %s |", info.hash_key->name, info.range_key ? "," : "",
             info.range_key ? info.range_key->name : "", info.strict ? "" : " lenient",
             names_of(info.included, info.included_count));
    snprintf(text + strlen(text), 200, " %s", names_of(info.available, info.available_count));
    return text;
}

static void test_introspection(void **state)
{
    (void)state;
    const bloop_model *model = bloop_model_of(Impression);
    size_t count;
    const bloop_column *const *columns = bloop_model_columns(model, &count);
    assert_string_equal(names_of(columns, count), "agent created_on email referrer updated_on version");
    assert_ptr_equal(columns[0], &Impression.agent);
    const bloop_column *const *keys = bloop_model_keys(model, &count);
    assert_string_equal(names_of(keys, count), "referrer version");
    assert_ptr_equal(bloop_model_hash_key(model), &Impression.referrer);
    assert_ptr_equal(bloop_model_range_key(model), &Impression.version);
    assert_ptr_equal(bloop_model_column(model, "email"), &Impression.email);
    assert_null(bloop_model_column(model, "ref"));
    assert_ptr_equal(bloop_model_column_by_dynamo_name(model, "ref"), &Impression.referrer);
    assert_null(bloop_model_column_by_dynamo_name(model, "referrer"));
    assert_int_equal(bloop_last_error()->status, BLOOP_OK);
    bloop_model_indexes(model, &count);
    assert_int_equal(count, 4);
    assert_string_equal(bloop_model_gsis(model, &count)[0]->name, "by_agent");
    assert_int_equal(count, 2);
    assert_string_equal(bloop_model_lsis(model, &count)[1]->name, "by_update");
    assert_int_equal(count, 2);
    assert_ptr_equal(bloop_model_index(model, "by_date"), &Impression.by_date);
    assert_string_equal(bloop_model_table_name(model), "Impression");
    assert_string_equal(bloop_model_table_name(bloop_model_of(Account)), "accounts");
    assert_null(bloop_model_range_key(bloop_model_of(Account)));
    assert_int_equal(bloop_last_error()->status, BLOOP_OK);
}

static void test_projections(void **state)
{
    (void)state;
    const bloop_model *model = bloop_model_of(Impression);
    assert_string_equal(projection_of(model, NULL),
                        "referrer,version: agent created_on email referrer updated_on version"
                        " | agent created_on email referrer updated_on version");
    assert_string_equal(projection_of(model, &Impression.by_email),
                        "email: email referrer version | email referrer version");
    assert_string_equal(projection_of(model, &Impression.by_agent),
                        "agent,email: agent created_on email referrer updated_on version | agent created_on email "
                        "referrer updated_on version");
    assert_string_equal(projection_of(model, &Impression.by_date),
                        "referrer,created_on: agent created_on referrer version"
                        " | agent created_on referrer version");
    assert_string_equal(projection_of(model, &Impression.by_update),
                        "referrer,updated_on lenient: referrer updated_on version | agent created_on email referrer "
                        "updated_on version");
    bloop_projection_info info;
    assert_int_equal(bloop_model_projection(model, &Account.by_email, &info), BLOOP_INVALID_INDEX);
    assert_error(BLOOP_INVALID_INDEX, "by_email is no index of Impression");
}

static void test_prints(void **state)
{
    (void)state;
    char text[80];
    bloop_model_print(bloop_model_of(Account), text, sizeof text);
    assert_string_equal(text, "<Model[Account]>");
    bloop_column_print(&Impression.referrer, text, sizeof text);
    assert_string_equal(text, "<Column[Impression.referrer=hash]>");
    bloop_column_print(&Impression.version, text, sizeof text);
    assert_string_equal(text, "<Column[Impression.version=range]>");
    assert_int_equal(bloop_column_print(&Impression.email, text, 9), 26);
    assert_string_equal(text, "<Column[");
    bloop_index_print(&Impression.by_email, text, sizeof text);
    assert_string_equal(text, "<GSI[Impression.by_email=keys]>");
    bloop_index_print(&Impression.by_date, text, sizeof text);
    assert_string_equal(text, "<LSI[Impression.by_date=include]>");
}

static void test_names_are_free(void **state)
{
    (void)state;
    struct Names *object = bloop_new(Names);
    size_t count;
    bloop_set(object, model, 1);
    bloop_set(object, state, 2);
    bloop_set(object, Names, 3);
    assert_true(object->model == 1 && object->state == 2 && object->Names == 3);
    assert_non_null(bloop_model_columns(bloop_model_of(Names), &count));
    assert_int_equal(count, 16);
    bloop_free(object);
}

static void test_derived_model(void **state)
{
    (void)state;
    const bloop_model *model = bloop_model_of(User);
    size_t count;
    assert_string_equal(column_names(model), "date email id nickname");
    const bloop_column *id = bloop_model_hash_key(model);
    assert_ptr_equal(id->model, model);
    assert_string_equal(bloop_column_dynamo_name(id), "i");
    assert_ptr_equal(bloop_model_column(model, "email"), &User.email);
    bloop_model_indexes(model, &count);
    assert_int_equal(count, 1);
    assert_string_equal(projection_of(model, &HashRange.by_email),
                        "email: date email id nickname | date email id nickname");
    assert_string_equal(bloop_model_table_name(model), "User");
    assert_true(bloop_model_is(model, bloop_model_of(HashRange)));
    assert_false(bloop_model_is(bloop_model_of(HashRange), model));

    struct User *user = bloop_new(User);
    bloop_uuid uuid = sample_uuid("6d8b54a2-fa07-47e1-9305-717699459293");
    assert_int_equal(bloop_set(user, HashRange.id, uuid), BLOOP_OK);
    assert_int_equal(bloop_set((struct HashRange *)user, date, sample_datetime("2020-01-01T00:00:00Z")), BLOOP_OK);
    assert_int_equal(bloop_set(user, email, 5), BLOOP_OK);
    assert_int_equal(bloop_object_unset(user, &HashRange.email), BLOOP_OK);
    assert_int_equal(bloop_state(user, email), BLOOP_NONE);
    assert_int_equal(bloop_set(user, HashRange.hidden, "x"), BLOOP_INVALID_ARGUMENT);
    assert_memory_equal(bloop_object_get(user, &HashRange.id), &uuid, sizeof uuid);
    bloop_free(user);
}

/* A column of the same dynamo name takes the place of an inherited one. */
static void test_derived_twice(void **state)
{
    (void)state;
    assert_string_equal(column_names(bloop_model_of(Admin)), "date email id level");
    struct Admin *admin = bloop_new(Admin);
    bloop_set(admin, User.email, 3);
    bloop_set(admin, User.HashRange.date, sample_datetime("2020-01-01T00:00:00Z"));
    assert_string_equal(sample_actions(admin), "SET email = 3");
    bloop_free(admin);
}

static bloop_status note_visited(void *context, const bloop_model *model)
{
    strcat(context, model->name);
    strcat(context, " ");
    return strcmp(model->name, "Stop") == 0 ? BLOOP_TIMEOUT : BLOOP_OK;
}

static void test_descendants(void **state)
{
    (void)state;
    char visited[200] = "";
    assert_int_equal(bl_model_descendants(bloop_model_of(HashRange), note_visited, visited), BLOOP_OK);
    assert_string_equal(visited, "HashRange Admin User ");
    assert_int_equal(bloop_model_register(bloop_model_of(User)), BLOOP_OK);

    bloop_model_builder *builder = bloop_model_builder_new("Stop", bloop_model_of(User));
    bloop_model *model = bloop_model_build(builder);
    assert_non_null(model);
    visited[0] = '\0';
    assert_int_equal(bl_model_descendants(bloop_model_of(HashRange), note_visited, visited), BLOOP_TIMEOUT);
    assert_string_equal(visited, "HashRange Admin Stop ");
    bloop_model_free(model);
    visited[0] = '\0';
    bl_model_descendants(bloop_model_of(HashRange), note_visited, visited);
    assert_string_equal(visited, "HashRange Admin User ");
}

static void test_model_at_run_time(void **state)
{
    (void)state;
    char name[20] = "Sensor", column[20] = "id";
    bloop_model_builder *builder = bloop_model_builder_new(name, NULL);
    bloop_model_add_column(builder, &(bloop_column){ .name = column, .type = &bloop_type_String, .hash_key = true });
    bloop_model_add_column(builder, &(bloop_column){ .name = "on", .type = &bloop_type_Boolean });
    bloop_model_add_column(builder, &(bloop_column){ .name = "value", .type = &bloop_type_Number, .dynamo_name = "v" });
    bloop_model_add_index(builder, &(bloop_index){ .name = "by_value",
                                                   .hash_key_name = "value",
                                                   .projection = BLOOP_INCLUDE,
                                                   .include_names = bloop_names("on") });
    bloop_model_set_table(builder, &(bloop_table){ .name = "sensors", .billing = BLOOP_ON_DEMAND });
    bloop_model *model = bloop_model_build(builder);
    assert_non_null(model);
    memset(name, '?', sizeof name);
    memset(column, '?', sizeof column);
    assert_string_equal(column_names(model), "id on value");
    assert_string_equal(bloop_model_table_name(model), "sensors");
    assert_string_equal(projection_of(model, bloop_model_index(model, "by_value")), "value: id on value | id on value");

    void *object = bloop_object_new(model);
    const char *text = "a";
    bloop_number number = sample_number("2.5");
    assert_int_equal(bloop_object_set(object, bloop_model_column(model, "id"), &text), BLOOP_OK);
    assert_int_equal(bloop_object_set(object, bloop_model_column(model, "value"), &number), BLOOP_OK);
    assert_int_equal(bloop_object_set(object, bloop_model_column(model, "on"), &(bool){ true }), BLOOP_OK);
    assert_string_equal(sample_actions(object), "SET on = true, v = 2.5");
    bloop_free(object);
    bloop_model_free(model);
}

/* A model of one key column, one more, and perhaps an index. */
typedef struct rule {
    bloop_column first, second;
    bloop_index index;
    bloop_table table;
    const char *message;
} rule;

#define HASH  .first = { .name = "id", .type = &bloop_type_String, .hash_key = true }
#define RANGE .second = { .name = "at", .type = &bloop_type_Integer, .range_key = true }
#define PLAIN .second = { .name = "b", .type = &bloop_type_Boolean }

static const rule rules[] = {
    { .first = { .name = "id", .type = &bloop_type_String },
      PLAIN,
      .message = "M has no hash key: one of its columns needs .hash_key = true" },
    { HASH, .second = { .name = "b", .type = &bloop_type_String, .hash_key = true },
      .message = "M.id and M.b are both hash keys: a model has one" },
    { .first = { .name = "id", .type = &bloop_type_String, .range_key = true },
      RANGE,
      .message = "M.id and M.at are both range keys: a model has one" },
    { .first = { .name = "id", .type = &bloop_type_String, .hash_key = true, .range_key = true },
      PLAIN,
      .message = "M.id is both the hash key and the range key" },
    { .first = { .name = "id", .type = &bloop_type_Boolean, .hash_key = true },
      PLAIN,
      .message = "M.id is a hash key, but Boolean is stored as BOOL: keys are S, N or B" },
    { HASH, .second = { .name = "b", .type = &bloop_type_Dynamic, .range_key = true },
      .message = "M.b is a range key, but Dynamic is stored as anything: keys are S, N or B" },
    { HASH, .second = { .name = "b", .type = BLOOP_T_Set(String), .range_key = true },
      .message = "M.b is a range key, but Set(String) is stored as SS: keys are S, N or B" },
    { HASH, .second = { .name = "id", .type = &bloop_type_String },
      .message = "M has two columns or indexes with the name id" },
    { HASH, .second = { .name = "b", .type = &bloop_type_String, .dynamo_name = "id" },
      .message = "M.id and M.b have the same dynamo name \"id\"" },
    { HASH, .second = { .name = "b", .type = &bloop_type_String, .dynamo_name = "" },
      .message = "M.b has an empty dynamo name" },
    { HASH, .second = { .name = "", .type = &bloop_type_String }, .message = "M has a column or index without a name" },
    { HASH, .second = { .name = "b", .type = BLOOP_T_Set(Boolean) },
      .message = "M.b: there are sets of S, N and B only, but Boolean is stored as BOOL" },
    { HASH, .second = { .name = "b", .type = &bloop_type_Integer, .default_value = bloop_default(Boolean, true) },
      .message = "M.b is of type Integer, but its default value of type Boolean" },
    { HASH,
      .second = { .name = "b",
                  .type = &bloop_type_UUID,
                  .default_function = bloop_default_uuid,
                  .default_value = { &bloop_type_UUID, &(const bloop_uuid){ { 0 } } } },
      .message = "M.b has a default value and a default function" },
    { HASH, .second = { .name = "b", .type = &bloop_type_UUID, .default_value = { &bloop_type_UUID, NULL } },
      .message = "M.b has a default value that is NULL" },
    { HASH, PLAIN, .index = { .name = "i" }, .message = "M.i has no hash key" },
    { HASH, PLAIN, .index = { .name = "b", .hash_key_name = "id" },
      .message = "M has two columns or indexes with the name b" },
    { HASH, PLAIN, .index = { .name = "i", .dynamo_name = "b", .hash_key_name = "id" },
      .message = "M.b and M.i have the same dynamo name \"b\"" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key_name = "x" },
      .message = "M.i has the hash key x, which is no column of the model" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key = &Account.email },
      .message = "M.i has the hash key email, which is no column of the model" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key_name = "id", .hash_key = &Account.id },
      .message = "M.i has its hash key twice, as a column and as a name" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key_name = "id", .range_key_name = "b" },
      .message = "M.i has the range key b, but Boolean is stored as BOOL: keys are S, N or B" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key_name = "id", .projection = BLOOP_INCLUDE },
      .message = "M.i has the projection BLOOP_INCLUDE, but nothing to include" },
    { HASH, PLAIN,
      .index = { .name = "i", .hash_key_name = "id", .projection = BLOOP_KEYS, .include_names = bloop_names("b") },
      .message = "M.i includes columns, but its projection is not BLOOP_INCLUDE" },
    { HASH, PLAIN,
      .index = { .name = "i",
                 .hash_key_name = "id",
                 .projection = BLOOP_INCLUDE,
                 .include_names = bloop_names("b", "c") },
      .message = "M.i includes c, which is no column of the model" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key_name = "id", .projection = (bloop_projection)7 },
      .message = "M.i has a projection that is none: 7" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key_name = "id", .lenient = true },
      .message = "M.i is lenient, which only local indexes can be" },
    { HASH, PLAIN, .index = { .name = "i", .hash_key_name = "id", .read_units = -1 },
      .message = "M.i has negative read or write units" },
    { HASH, PLAIN, .index = { .name = "i", .local = true, .range_key_name = "id" },
      .message = "M.i is a local index, but the model has no range key" },
    { HASH, RANGE, .index = { .name = "i", .local = true }, .message = "M.i is a local index and has no range key" },
    { HASH, RANGE, .index = { .name = "i", .local = true, .hash_key_name = "id", .range_key_name = "at" },
      .message = "M.i is a local index: its hash key is the model's" },
    { HASH, RANGE, .index = { .name = "i", .local = true, .range_key_name = "at", .write_units = 1 },
      .message = "M.i is a local index: its read and write units are the table's" },
    { HASH, PLAIN, .table = { .name = "" }, .message = "M has an empty table name" },
    { HASH, PLAIN, .table = { .write_units = -5 }, .message = "M has negative read or write units" },
    { HASH, PLAIN, .table = { .billing = (bloop_billing)9 }, .message = "M has a billing that is none: 9" },
    { HASH, PLAIN, .table = { .stream = (bloop_stream_view)9 }, .message = "M has a stream view that is none: 9" },
};

static void test_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(rules); i++) {
        const rule *r = &rules[i];
        bloop_model_builder *builder = bloop_model_builder_new("M", NULL);
        bloop_model_add_column(builder, &r->first);
        bloop_model_add_column(builder, &r->second);
        if (r->index.name)
            bloop_model_add_index(builder, &r->index);
        bloop_model_set_table(builder, &r->table);
        bloop_model *model = bloop_model_build(builder);
        if (model)
            fail_msg("valid, but should be: %s", r->message);
        bool is_stream = strstr(r->message, "stream") != NULL;
        assert_error(is_stream ? BLOOP_INVALID_STREAM : BLOOP_INVALID_MODEL, r->message);
    }
}

BLOOP_MODEL(Keyless, column(String, id), table(.name = "x"));
BLOOP_DERIVED_MODEL(OmitsNothing, Impression, omit(nothing));

/* A broken model stays broken, in every call that needs it. */
static void test_invalid_static_model(void **state)
{
    (void)state;
    const char *message = "Keyless has no hash key: one of its columns needs .hash_key = true";
    size_t count;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(bloop_model_check(bloop_model_of(Keyless)), BLOOP_INVALID_MODEL);
        assert_error(BLOOP_INVALID_MODEL, message);
    }
    assert_null(bloop_new(Keyless));
    assert_error(BLOOP_INVALID_MODEL, message);
    assert_null(bloop_model_columns(bloop_model_of(Keyless), &count));
    bloop_condition *condition = bloop_eq(Keyless.id, "x");
    assert_int_equal(bloop_condition_status(condition), BLOOP_INVALID_MODEL);
    bloop_condition_free(condition);
    assert_int_equal(bloop_model_check(bloop_model_of(OmitsNothing)), BLOOP_INVALID_MODEL);
    assert_error(BLOOP_INVALID_MODEL, "OmitsNothing omits nothing, which its base does not have");
    assert_int_equal(bloop_model_check(NULL), BLOOP_INVALID_ARGUMENT);
}

static void test_abstract_model_has_no_key_to_save(void **state)
{
    (void)state;
    struct HashRange *object = bloop_new(HashRange);
    bloop_builder *builder = bloop_builder_new();
    assert_int_equal(bl_object_key(&object->bloop_object_, builder), BLOOP_INVALID_MODEL);
    assert_error(BLOOP_INVALID_MODEL, "HashRange is abstract: it has no table");
    bloop_builder_free(builder);
    bloop_free(object);
}

BLOOP_MODEL(Shared,
    column(Integer, id, .hash_key = true), column(String, name), column(Set(String), tags),
    global_index(by_name, .hash_key = &Shared.name));

static int created;
static void note_created(const bloop_model *model)
{
    assert_string_equal(model->name, "Shared");
    __atomic_fetch_add(&created, 1, __ATOMIC_RELAXED);
}

static pthread_barrier_t start;
static void *derive_and_use(void *context)
{
    (void)context;
    pthread_barrier_wait(&start);
    for (int i = 0; i < 100; i++) {
        struct Shared *object = bloop_new(Shared);
        if (!object || bloop_set(object, name, "x") != BLOOP_OK)
            return "failed";
        bloop_condition_free(bloop_and(bloop_eq(Shared.name, "x"), bloop_gt(Shared.id, i)));
        bloop_free(object);
    }
    return NULL;
}

static void test_threads_derive_once(void **state)
{
    static const bl_model_hooks hooks = { .model_created = note_created };
    enum { THREADS = 8 };
    (void)state;
    pthread_t threads[THREADS];
    bl_model_set_hooks(&hooks);
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, derive_and_use, NULL), 0);
    for (int i = 0; i < THREADS; i++) {
        void *result;
        pthread_join(threads[i], &result);
        assert_null(result);
    }
    pthread_barrier_destroy(&start);
    bl_model_set_hooks(NULL);
    assert_int_equal(created, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_introspection, sample_free),
        cmocka_unit_test_teardown(test_projections, sample_free),
        cmocka_unit_test_teardown(test_prints, sample_free),
        cmocka_unit_test_teardown(test_names_are_free, sample_free),
        cmocka_unit_test_teardown(test_derived_model, sample_free),
        cmocka_unit_test_teardown(test_derived_twice, sample_free),
        cmocka_unit_test_teardown(test_descendants, sample_free),
        cmocka_unit_test_teardown(test_model_at_run_time, sample_free),
        cmocka_unit_test_teardown(test_rules, sample_free),
        cmocka_unit_test_teardown(test_invalid_static_model, sample_free),
        cmocka_unit_test_teardown(test_abstract_model_has_no_key_to_save, sample_free),
        cmocka_unit_test_teardown(test_threads_derive_once, sample_free),
    };
    return cmocka_run_group_tests_name("model/model", tests, NULL, NULL);
}
