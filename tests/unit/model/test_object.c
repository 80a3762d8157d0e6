/* Objects: three states, ownership, defaults, signals, what a save sends, and what an atomic one expects. */
#include <stdlib.h>

#include "sample.h"

#define ID "6d8b54a2-fa07-47e1-9305-717699459293"

static struct Account *loaded(const char *json, const bloop_column *const *columns)
{
    struct Account *account = bloop_new(Account);
    uint64_t requested[4] = { 0 };
    for (size_t i = 0; columns && columns[i]; i++)
        bl_bit_set(requested, bl_model_find_column(bl_object_info(&account->bloop_object_), columns[i])->number);
    if (bl_object_load(&account->bloop_object_, sample_item(json), columns ? requested : NULL) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    return account;
}

static struct Document *found(const char *json, const bloop_column *const *columns)
{
    const bl_model_info *info;
    uint64_t requested[1] = { 0 };
    assert_int_equal(bl_model_info_of(bloop_model_of(Document), &info), BLOOP_OK);
    for (; *columns; columns++)
        bl_bit_set(requested, bl_model_find_column(info, *columns)->number);
    bloop_object *row = bl_object_create(info);
    assert_int_equal(bl_object_load(row, sample_item(json), requested), BLOOP_OK);
    return (struct Document *)row;
}

static void load(void *object, const char *json)
{
    if (bl_object_load(object, sample_item(json), NULL) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
}

static void test_three_states(void **state)
{
    (void)state;
    struct Account *account = bloop_new(Account);
    assert_int_equal(bloop_state(account, name), BLOOP_MISSING);
    assert_string_equal(sample_actions(account), "");
    assert_int_equal(bloop_set(account, name, "n"), BLOOP_OK);
    assert_int_equal(bloop_state(account, name), BLOOP_VALUE);
    assert_true(bloop_has(account, name));
    assert_int_equal(bloop_unset(account, email), BLOOP_OK);
    assert_int_equal(bloop_state(account, email), BLOOP_NONE);
    assert_false(bloop_has(account, email));
    assert_string_equal(sample_actions(account), "SET name = \"n\" REMOVE email");
    assert_int_equal(bloop_unset(account, name), BLOOP_OK);
    assert_null(account->name);
    assert_string_equal(sample_actions(account), "REMOVE email, name");
    bloop_free(account);
}

/* Present: value; absent: none; not requested: as it was. */
static void test_load_sets_requested_columns(void **state)
{
    (void)state;
    struct Account *account = loaded("{\"name\":{\"S\":\"n\"},\"email\":{\"S\":\"e\"},\"zzz\":{\"S\":\"ignored\"}}",
                                     bloop_columns(&Account.name, &Account.balance));
    assert_string_equal(account->name, "n");
    assert_int_equal(bloop_state(account, balance), BLOOP_NONE);
    assert_int_equal(bloop_state(account, email), BLOOP_MISSING);
    assert_null(account->email);
    bloop_free(account);
}

static void test_partial_load_keeps_others(void **state)
{
    (void)state;
    struct Account *account = loaded("{\"name\":{\"S\":\"first\"},\"tags\":{\"SS\":[\"a\",\"b\"]}}", NULL);
    uint64_t requested[1] = { 0 };
    bl_bit_set(requested, bl_model_find_column(bl_object_info(&account->bloop_object_), &Account.email)->number);
    for (int i = 0; i < 3; i++)
        assert_int_equal(bl_object_load(&account->bloop_object_,
                                        sample_item("{\"email\":{\"S\":\"e\"},\"name\":{\"S\":\"x\"}}"), requested),
                         BLOOP_OK);
    assert_string_equal(account->name, "first");
    assert_string_equal(account->tags.items[1], "b");
    assert_string_equal(account->email, "e");
    assert_string_equal(sample_atomic(account), "email = \"e\"");
    bloop_free(account);
}

static void test_failed_load_changes_nothing(void **state)
{
    (void)state;
    struct Account *account = loaded("{\"name\":{\"S\":\"n\"},\"tags\":{\"SS\":[\"a\"]}}", NULL);
    const char *before = sample_atomic(account);
    assert_int_equal(
        bl_object_load(&account->bloop_object_,
                       sample_item("{\"name\":{\"S\":\"new\"},\"tags\":{\"SS\":[\"b\"]},\"verified\":{\"S\":\"\"}}"),
                       NULL),
        BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Account.verified: the stored value is of type S, but Boolean is stored as BOOL");
    assert_string_equal(account->name, "n");
    assert_string_equal(account->tags.items[0], "a");
    assert_string_equal(sample_atomic(account), before);
    bloop_free(account);
}

static void test_load_again_and_again(void **state)
{
    (void)state;
    struct Account *account = bloop_new(Account);
    char json[200];
    for (int i = 0; i < 50; i++) {
        snprintf(json, sizeof json, "{\"name\":{\"S\":\"%0*d\"},\"quizzes\":{\"L\":[{\"L\":[{\"S\":\"%d\"}]}]}}",
                 1 + i * 7 % 60, i, i);
        load(account, json);
        assert_int_equal(atoi(account->name), i);
        assert_int_equal(atoi(account->quizzes.items[0].items[0]), i);
        bloop_set(account, email, "set between loads");
    }
    bloop_free(account);
}

static void test_wide_object_loads(void **state)
{
    (void)state;
    bloop_model_builder *builder = bloop_model_builder_new("Wide", NULL);
    char name[16], json[6000] = "{\"c000\":{\"N\":\"0\"}";
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof name, "c%03d", i);
        bloop_model_add_column(builder,
                               &(bloop_column){ .name = name, .type = &bloop_type_Integer, .hash_key = i == 0 });
        if (i > 0)
            snprintf(json + strlen(json), 40, ",\"c%03d\":{\"N\":\"%d\"}", i, i);
    }
    bloop_model *model = bloop_model_build(builder);
    assert_non_null(model);
    void *object = bloop_object_new(model);
    strcat(json, "}");
    load(object, json);
    for (int i = 0; i < 150; i++) {
        snprintf(name, sizeof name, "c%03d", i);
        assert_int_equal(*(const int64_t *)bloop_object_get(object, bloop_model_column(model, name)), i);
    }
    const char *actions = sample_actions(object);
    assert_true(strncmp(actions, "SET c001 = 1, c002 = 2, ", 24) == 0);
    assert_true(strncmp(sample_atomic(object), "(c000 = 0 AND c001 = 1 AND", 20) == 0);
    bloop_free(object);
    bloop_model_free(model);
}

static void test_copies_are_deep(void **state)
{
    (void)state;
    struct Account *account = bloop_new(Account);
    char street[] = "Main Street", tag[] = "x";
    const char *tags[] = { tag };
    struct Address former[] = { bloop_map(Address, set(street, street), set(tags, { tags, 1 })) };
    bloop_set(account, home, bloop_map(Address, set(street, street), set(number, 7)));
    bloop_set(account, former, { former, 1 });
    memset(street, '?', sizeof street - 1);
    tag[0] = '?';
    memset(former, 0, sizeof former);
    assert_string_equal(account->home.street, "Main Street");
    assert_string_equal(account->former.items[0].tags.items[0], "x");
    assert_int_equal(bloop_set(account, former.items[0].street, "New Road"), BLOOP_OK);
    assert_int_equal(bloop_append(account, former, bloop_map(Address, set(number, 2))), BLOOP_OK);
    assert_int_equal(bloop_unset(account, former.items[0].tags), BLOOP_OK);
    assert_string_equal(sample_text(bloop_object_packed(account, &Account.former)),
                        "{\"L\":[{\"M\":{\"street\":{\"S\":\"New Road\"}}},{\"M\":{\"house-number\":{\"N\":\"2\"}}}]}");
    bloop_free(account);
}

static void test_fields_are_checked(void **state)
{
    (void)state;
    struct Account *account = bloop_new(Account);
    bloop_set(account, tags, { (const char *[]){ "a" }, 1 });
    int64_t stray = 1;
    bloop_object *object = &account->bloop_object_;
    assert_int_equal(bloop_object_assign(object, &stray, &stray, sizeof stray), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_object_assign(object, &account->tags, &stray, sizeof stray), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_object_assign(object, object, &stray, sizeof stray), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_object_assign(NULL, &stray, &stray, sizeof stray), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_object_append(object, &account->name, &stray, sizeof stray), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_object_append(object, &account->tags, &stray, 1), BLOOP_INVALID_ARGUMENT);
    assert_int_equal(bloop_object_set(account, &Document.id, &stray), BLOOP_INVALID_ARGUMENT);
    assert_error(BLOOP_INVALID_ARGUMENT, "id is no column of Account");
    assert_int_equal(bloop_object_set(account, &Account.model, NULL), BLOOP_INVALID_ARGUMENT);
    assert_null(bloop_object_new(NULL));
    assert_string_equal(sample_actions(account), "SET tags = {\"a\"}");
    bloop_free(account);
}

static void test_by_column(void **state)
{
    (void)state;
    struct Account *account = bloop_new(Account);
    int64_t seven = 7;
    assert_int_equal(bloop_object_set(account, &Account.model, &seven), BLOOP_OK);
    assert_int_equal(account->model, 7);
    assert_int_equal(*(const int64_t *)bloop_object_get(account, &Account.model), 7);
    assert_int_equal(bloop_object_set_packed(account, &Account.name, sample_value("{\"S\":\"n\"}")), BLOOP_OK);
    assert_string_equal(account->name, "n");
    assert_int_equal(bloop_object_set_packed(account, &Account.name, sample_value("{\"N\":\"1\"}")),
                     BLOOP_INVALID_VALUE);
    assert_int_equal(bloop_object_set_packed(account, &Account.name, (bloop_value){ (const uint8_t *)"?", 1 }),
                     BLOOP_INVALID_VALUE);
    assert_string_equal(account->name, "n");
    assert_int_equal(bloop_object_unset(account, &Account.name), BLOOP_OK);
    assert_null(bloop_object_get(account, &Account.name));
    assert_int_equal(bloop_last_error()->status, BLOOP_OK);
    assert_int_equal(bloop_object_column_state(account, &Account.name), BLOOP_NONE);
    assert_ptr_equal(bloop_object_model(account), bloop_model_of(Account));
    bloop_free(account);
}

static void test_print(void **state)
{
    (void)state;
    char text[200], small[8];
    struct Account *account = bloop_new(Account);
    bloop_set(account, name, "a\"b");
    bloop_set(account, verified, false);
    bloop_unset(account, email);
    bloop_set(account, home, bloop_map(Address, set(number, 8)));
    size_t length = bloop_object_print(account, text, sizeof text);
    assert_string_equal(text, "Account(email=none, home={house-number: 8}, name=\"a\\\"b\", verified=false)");
    assert_int_equal(length, strlen(text));
    assert_int_equal(bloop_object_print(account, small, sizeof small), length);
    assert_string_equal(small, "Account");
    assert_int_equal(bloop_object_print(account, NULL, 0), length);
    bloop_free(account);
}

static void test_key(void **state)
{
    (void)state;
    struct Account *account = bloop_new(Account);
    bloop_builder *builder = bloop_builder_new();
    bloop_value key;
    assert_int_equal(bl_object_key(&account->bloop_object_, builder), BLOOP_MISSING_KEY);
    assert_error(BLOOP_MISSING_KEY, "Account.id is the hash key and has no value");
    bloop_set(account, id, sample_uuid(ID));
    assert_int_equal(bl_object_key(&account->bloop_object_, builder), BLOOP_OK);
    assert_int_equal(bloop_builder_value(builder, &key), BLOOP_OK);
    assert_string_equal(sample_text(key), "{\"M\":{\"id\":{\"S\":\"" ID "\"}}}");
    bloop_builder_free(builder);
    bloop_free(account);
}

static void test_actions_leave_keys_out(void **state)
{
    (void)state;
    struct Account *account = bloop_new(Account);
    bloop_set(account, id, sample_uuid(ID));
    bloop_set(account, created_on, sample_datetime("2016-08-09T01:16:25.322849+00:00"));
    bloop_set(account, balance, sample_number("1.50"));
    assert_string_equal(sample_actions(account), "SET balance = 1.5, c = \"2016-08-09T01:16:25.322849+00:00\"");
    bloop_free(account);
}

/* Only what is not stored already, for all that the object knows. */
static void test_changes_alone(void **state)
{
    (void)state;
    struct Account *account = loaded("{\"id\":{\"S\":\"" ID "\"},\"name\":{\"S\":\"n\"},\"email\":{\"NULL\":true},"
                                     "\"tags\":{\"SS\":[\"a\",\"b\"]},\"balance\":{\"N\":\"1.5\"}}",
                                     NULL);
    assert_string_equal(sample_actions(account),
                        "SET balance = 1.5, name = \"n\", tags = {\"a\", \"b\"} REMOVE c, email, former, home, model, "
                        "quizzes, verified");
    assert_string_equal(sample_changes(account), "");
    bloop_set(account, name, "n");
    bloop_set(account, tags, { (const char *const[]){ "b", "a", "b" }, 3 });
    bloop_set(account, balance, sample_number("1.50"));
    bloop_unset(account, email);
    bloop_unset(account, verified);
    assert_string_equal(sample_changes(account), "");
    bloop_set(account, email, "");
    bloop_set(account, verified, false);
    bloop_set(account, home.number, 7);
    bloop_unset(account, name);
    bloop_append(account, tags, "c");
    assert_string_equal(sample_changes(account), "SET email = \"\", home = {`house-number`: 7}, "
                                                 "tags = {\"a\", \"b\", \"c\"}, verified = false REMOVE name");
    bl_object_saved(&account->bloop_object_, BL_SAVE_CHANGED);
    assert_string_equal(sample_changes(account), "");
    bloop_set(account, home.number, 8);
    bloop_set(account, home.number, 7);
    assert_string_equal(sample_changes(account), "");
    bloop_free(account);
}

/* Those that a load did not ask for, new objects, deleted ones, and those that have become another item's. */
static void test_what_is_not_known_has_changed(void **state)
{
    (void)state;
    struct Document *document =
        found("{\"id\":{\"N\":\"1\"},\"name\":{\"S\":\"n\"}}", bloop_columns(&Document.id, &Document.name));
    bloop_set(document, size, 3);
    assert_string_equal(sample_changes(document), "SET size = 3");
    bl_object_saved(&document->bloop_object_, BL_SAVE_CHANGED);
    bloop_set(document, id, 2);
    assert_string_equal(sample_changes(document), "SET name = \"n\", size = 3");
    bloop_set(document, id, 1);
    assert_string_equal(sample_changes(document), "");
    bl_object_deleted(&document->bloop_object_);
    assert_string_equal(sample_changes(document), "SET name = \"n\", size = 3");
    bl_object_saved(&document->bloop_object_, BL_SAVE_CHANGED);
    assert_string_equal(sample_changes(document), "");
    assert_string_equal(sample_atomic(document), "(id = 1 AND name = \"n\" AND size = 3)");
    bloop_free(document);
}

/* A NULL that was loaded, and left alone by a save of the changes, is what an atomic save expects afterwards. */
static void test_a_stored_null_is_left_alone(void **state)
{
    (void)state;
    struct Document *document = bloop_new(Document);
    load(document, "{\"id\":{\"N\":\"1\"},\"name\":{\"NULL\":true},\"folder\":{\"NULL\":true}}");
    bloop_set(document, folder, "~");
    assert_string_equal(sample_changes(document), "SET folder = \"~\"");
    bl_object_saved(&document->bloop_object_, BL_SAVE_CHANGED);
    assert_string_equal(sample_atomic(document), "(attribute_not_exists(data) AND folder = \"~\" AND id = 1 AND "
                                                 "name = null AND attribute_not_exists(size))");
    assert_string_equal(sample_actions(document), "SET folder = \"~\" REMOVE data, name, size");
    bl_object_saved(&document->bloop_object_, BL_SAVE_ALL);
    assert_non_null(strstr(sample_atomic(document), "attribute_not_exists(name)"));
    bloop_free(document);
}

/* The five examples of the reference's "Atomic Conditions" (v1.0.0, docs/user/conditions.rst). */

static void test_atomic_new_object(void **state)
{
    (void)state;
    struct Document *document = bloop_new(Document);
    bloop_set(document, id, 10);
    bloop_set(document, folder, "~");
    bloop_set(document, name, ".bashrc");
    assert_string_equal(sample_atomic(document),
                        "(attribute_not_exists(data) AND attribute_not_exists(folder) AND attribute_not_exists(id) AND "
                        "attribute_not_exists(name) AND attribute_not_exists(size))");
    bloop_free(document);
}

static void test_atomic_load_of_partial_object(void **state)
{
    (void)state;
    struct Document *document = bloop_new(Document);
    bloop_set(document, id, 10);
    load(document, "{\"id\":{\"N\":\"10\"},\"folder\":{\"S\":\"~\"},\"name\":{\"S\":\".bashrc\"}}");
    bloop_set(document, data, { "# ...", 5 });
    bloop_set(document, size, 5);
    bloop_set(document, name, "changed");
    assert_string_equal(sample_atomic(document),
                        "(attribute_not_exists(data) AND folder = \"~\" AND id = 10 AND name = \".bashrc\" AND "
                        "attribute_not_exists(size))");
    bloop_free(document);
}

static void test_atomic_scan_on_a_table(void **state)
{
    (void)state;
    struct Document *document =
        found("{\"id\":{\"N\":\"343\"},\"name\":{\"S\":\"john\"}}", bloop_columns(&Document.id, &Document.name));
    bloop_set(document, size, 117);
    assert_string_equal(sample_atomic(document), "(id = 343 AND name = \"john\")");
    bloop_free(document);
}

static void test_atomic_query_on_a_projection(void **state)
{
    (void)state;
    bloop_projection_info projection;
    assert_int_equal(bloop_model_projection(bloop_model_of(Document), &Document.by_name, &projection), BLOOP_OK);
    struct Document *document =
        found("{\"id\":{\"N\":\"747\"},\"name\":{\"S\":\"tps-reports.xls\"}}", projection.included);
    assert_int_equal(bloop_state(document, size), BLOOP_NONE);
    assert_string_equal(sample_atomic(document),
                        "(id = 747 AND name = \"tps-reports.xls\" AND attribute_not_exists(size))");
    bloop_free(document);
}

static void test_atomic_save_then_save(void **state)
{
    (void)state;
    struct Document *data_is_none = bloop_new(Document), *no_data = bloop_new(Document);
    bloop_set(data_is_none, id, 5);
    bloop_unset(data_is_none, data);
    bloop_set(no_data, id, 6);
    bl_object_saved(&data_is_none->bloop_object_, BL_SAVE_ALL);
    bl_object_saved(&no_data->bloop_object_, BL_SAVE_ALL);
    assert_string_equal(sample_atomic(data_is_none), "(attribute_not_exists(data) AND id = 5)");
    assert_string_equal(sample_atomic(no_data), "id = 6");
    bloop_free(data_is_none);
    bloop_free(no_data);
}

/* The snapshot is what was saved, however often the object changes after it; a delete forgets it. */
static void test_snapshot_moves(void **state)
{
    (void)state;
    struct Document *document = bloop_new(Document);
    bloop_set(document, id, 1);
    bloop_set(document, name, "saved");
    bl_object_saved(&document->bloop_object_, BL_SAVE_ALL);
    for (int i = 0; i < 3; i++)
        bloop_set(document, name, "changed");
    bloop_unset(document, name);
    assert_string_equal(sample_atomic(document), "(id = 1 AND name = \"saved\")");
    bl_object_saved(&document->bloop_object_, BL_SAVE_ALL);
    assert_string_equal(sample_atomic(document), "(id = 1 AND attribute_not_exists(name))");
    bloop_set(document, name, "again");
    bl_object_deleted(&document->bloop_object_);
    assert_string_equal(document->name, "again");
    assert_non_null(strstr(sample_atomic(document), "attribute_not_exists(id)"));
    load(document, "{\"id\":{\"N\":\"1\"}}");
    assert_non_null(strstr(sample_atomic(document), "id = 1"));
    bloop_free(document);
}

static void test_atomic_takes_a_condition_along(void **state)
{
    (void)state;
    char text[200];
    struct Document *document = bloop_new(Document);
    bl_atomic storage = { .more = NULL };
    const bloop_expr *expr;
    bl_taken taken;
    bloop_set(document, id, 6);
    bl_object_saved(&document->bloop_object_, BL_SAVE_ALL);
    assert_int_equal(bl_condition_take(bloop_gt(Document.size, 3), &taken), BLOOP_OK);
    assert_int_equal(bl_object_atomic(&document->bloop_object_, taken.expr, &storage, &expr), BLOOP_OK);
    bloop_expr_print(expr, text, sizeof text);
    assert_string_equal(text, "(id = 6 AND size > 3)");
    assert_int_equal(bloop_expr_check(expr), BLOOP_OK);
    bl_taken_free(&taken);
    bl_atomic_free(&storage);
    bloop_free(document);
}

static bloop_column_state two_days_later(const bloop_column *column, void *value)
{
    assert_string_equal(column->name, "delete_after");
    *(bloop_datetime *)value = bloop_datetime_of_unix(172800);
    return BLOOP_VALUE;
}

static bloop_column_state no_offer(const bloop_column *column, void *value)
{
    (void)column, (void)value;
    return BLOOP_MISSING;
}

static bloop_column_state none_at_all(const bloop_column *column, void *value)
{
    (void)column, (void)value;
    return BLOOP_NONE;
}

BLOOP_MODEL(Paste,
    column(UUID, id, .hash_key = true, .default_function = bloop_default_uuid),
    column(Timestamp, delete_after, .default_function = two_days_later),
    column(DateTime, created, .default_function = bloop_default_now),
    column(Boolean, verified, .default_value = bloop_default(Boolean, false)),
    column(Integer, views, .default_value = bloop_default(Integer, 1)),
    column(Set(String), tags, .default_value = bloop_default(Set(String), { (const char *const[]){ "a", "b" }, 2 })),
    column(Map(Address), home, .default_value = bloop_default(Map(Address), bloop_map_init(Address, set(number, 3)))),
    column(String, coupon, .default_function = no_offer),
    column(String, nothing, .default_function = none_at_all));

BLOOP_MODEL(BadDefault,
    column(Integer, id, .hash_key = true),
    column(String, text, .default_value = bloop_default(String, "\xff")));

static void test_defaults(void **state)
{
    (void)state;
    struct Paste *paste = bloop_new(Paste), *other = bloop_new(Paste);
    assert_memory_not_equal(&paste->id, &other->id, sizeof paste->id);
    assert_true(paste->delete_after.microseconds == INT64_C(172800000000));
    assert_true(paste->created.microseconds > INT64_C(1600000000000000));
    assert_int_equal(bloop_state(paste, verified), BLOOP_VALUE);
    assert_int_equal(paste->views, 1);
    assert_string_equal(paste->tags.items[1], "b");
    assert_int_equal(paste->home.number, 3);
    assert_int_equal(bloop_state(paste, coupon), BLOOP_MISSING);
    assert_int_equal(bloop_state(paste, nothing), BLOOP_NONE);
    bloop_object *row = bl_object_create(bl_object_info(&paste->bloop_object_));
    assert_int_equal(bloop_state((struct Paste *)row, views), BLOOP_MISSING);
    bloop_free(row);
    bloop_free(paste);
    bloop_free(other);
    assert_null(bloop_new(BadDefault));
    assert_error(BLOOP_INVALID_VALUE, "BadDefault.text: default: the string \"\\xff\" is not UTF-8 at byte 0");
}

static char told[400];
static void note_modified(bloop_object *object, const bloop_column *column, const void *value)
{
    snprintf(told + strlen(told), sizeof told - strlen(told), "%s.%s%s ", object->model->name, column->name,
             value ? "" : "-");
}

static void test_modifications_are_told(void **state)
{
    static const bl_model_hooks hooks = { .object_modified = note_modified };
    (void)state;
    struct Account *account = bloop_new(Account);
    bl_model_set_hooks(&hooks);
    bloop_set(account, name, "x");
    bloop_set(account, name, "\xff");
    bloop_unset(account, email);
    bloop_set(account, home.number, 3);
    bloop_append(account, tags, "t");
    bloop_set(account, tags, { NULL, 0 });
    load(account, "{}");
    bl_model_set_hooks(NULL);
    bloop_free(account);
    assert_string_equal(told, "Account.name Account.email- Account.home Account.tags Account.tags- ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_three_states, sample_free),
        cmocka_unit_test_teardown(test_load_sets_requested_columns, sample_free),
        cmocka_unit_test_teardown(test_partial_load_keeps_others, sample_free),
        cmocka_unit_test_teardown(test_failed_load_changes_nothing, sample_free),
        cmocka_unit_test_teardown(test_load_again_and_again, sample_free),
        cmocka_unit_test_teardown(test_wide_object_loads, sample_free),
        cmocka_unit_test_teardown(test_copies_are_deep, sample_free),
        cmocka_unit_test_teardown(test_fields_are_checked, sample_free),
        cmocka_unit_test_teardown(test_by_column, sample_free),
        cmocka_unit_test_teardown(test_print, sample_free),
        cmocka_unit_test_teardown(test_key, sample_free),
        cmocka_unit_test_teardown(test_actions_leave_keys_out, sample_free),
        cmocka_unit_test_teardown(test_changes_alone, sample_free),
        cmocka_unit_test_teardown(test_what_is_not_known_has_changed, sample_free),
        cmocka_unit_test_teardown(test_a_stored_null_is_left_alone, sample_free),
        cmocka_unit_test_teardown(test_atomic_new_object, sample_free),
        cmocka_unit_test_teardown(test_atomic_load_of_partial_object, sample_free),
        cmocka_unit_test_teardown(test_atomic_scan_on_a_table, sample_free),
        cmocka_unit_test_teardown(test_atomic_query_on_a_projection, sample_free),
        cmocka_unit_test_teardown(test_atomic_save_then_save, sample_free),
        cmocka_unit_test_teardown(test_snapshot_moves, sample_free),
        cmocka_unit_test_teardown(test_atomic_takes_a_condition_along, sample_free),
        cmocka_unit_test_teardown(test_defaults, sample_free),
        cmocka_unit_test_teardown(test_modifications_are_told, sample_free),
    };
    return cmocka_run_group_tests_name("model/object", tests, NULL, NULL);
}
