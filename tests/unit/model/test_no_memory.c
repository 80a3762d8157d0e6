/* Every allocation failed in turn: a status each time, nothing lost, nothing half done. */
#include "sample.h"
#include "support/fail_alloc.h"

static bloop_item item;

static bloop_status set_everything(void *context)
{
    (void)context;
    struct Account *account = bloop_new(Account);
    struct Address former[] = { bloop_map(Address, set(street, "a"), set(tags, { (const char *[]){ "t" }, 1 })) };
    bloop_status status = account ? BLOOP_OK : bloop_last_error()->status;
    if (status == BLOOP_OK)
        status = bloop_set(account, id, (bloop_uuid){ { 1 } });
    if (status == BLOOP_OK)
        status = bloop_set(account, created_on, bloop_datetime_of_unix(0));
    if (status == BLOOP_OK)
        status = bloop_set(account, tags, { (const char *[]){ "b", "a" }, 2 });
    if (status == BLOOP_OK)
        status = bloop_set(account, former, { former, 1 });
    if (status == BLOOP_OK)
        status = bloop_set(account, former.items[0].geo.latitude, 1.5);
    if (status == BLOOP_OK)
        status = bloop_append(account, former, bloop_map(Address, set(number, 3)));
    if (status == BLOOP_OK)
        status = bloop_unset(account, former.items[0]);
    if (status == BLOOP_OK)
        bl_object_saved(&account->bloop_object_, BL_SAVE_ALL);
    if (status == BLOOP_OK)
        status = bloop_set(account, tags, { NULL, 0 });
    bloop_free(account);
    return status;
}

static bloop_status load_twice(void *context)
{
    (void)context;
    uint64_t some[1] = { 3 };
    struct Account *account = bloop_new(Account);
    bloop_status status = account ? BLOOP_OK : bloop_last_error()->status;
    if (status == BLOOP_OK)
        status = bl_object_load(&account->bloop_object_, item, NULL);
    if (status == BLOOP_OK)
        status = bl_object_load(&account->bloop_object_, item, some);
    if (status == BLOOP_OK)
        assert_string_equal(account->quizzes.items[0].items[1], "y");
    else if (account)
        assert_true(!bloop_has(account, name) || strcmp(account->name, "n") == 0);
    bloop_free(account);
    return status;
}

static bloop_status build_model(void *context)
{
    (void)context;
    bloop_model_builder *builder = bloop_model_builder_new("Made", bloop_model_of(Account));
    bloop_status status = builder ? BLOOP_OK : bloop_last_error()->status;
    if (status == BLOOP_OK)
        status = bloop_model_add_column(builder, &(bloop_column){ .name = "extra", .type = &bloop_type_Text });
    if (status == BLOOP_OK)
        status = bloop_model_add_index(builder, &(bloop_index){ .name = "by_extra",
                                                                .hash_key_name = "extra",
                                                                .projection = BLOOP_INCLUDE,
                                                                .include_names = bloop_names("name"),
                                                                .include = bloop_columns(&Account.tags) });
    if (status == BLOOP_OK)
        status = bloop_model_set_table(builder, &(bloop_table){ .name = "made" });
    if (status != BLOOP_OK) {
        bloop_model_builder_free(builder);
        return status;
    }
    bloop_model *model = bloop_model_build(builder);
    status = model ? BLOOP_OK : bloop_last_error()->status;
    bloop_model_free(model);
    return status;
}

/* A builder's failures are kept: its last call tells. */
static bloop_status build_model_carelessly(void *context)
{
    (void)context;
    bloop_model_builder *builder = bloop_model_builder_new("Made", NULL);
    if (!builder)
        return bloop_last_error()->status;
    bloop_model_add_column(builder, &(bloop_column){ .name = "id", .type = &bloop_type_Text, .hash_key = true });
    bloop_model_add_column(builder, &(bloop_column){ .name = "more", .type = &bloop_type_Text });
    bloop_model *model = bloop_model_build(builder);
    bloop_status status = model ? BLOOP_OK : bloop_last_error()->status;
    bloop_model_free(model);
    return status;
}

/* Without one check in between: what failed comes out at the end. */
static bloop_status build_condition(void *context)
{
    (void)context;
    bl_taken taken;
    bloop_condition *condition =
        bloop_and(bloop_or(bloop_eq(Account.name,
                                    "a string that is longer than the storage that a condition has from its beginning, "
                                    "so that it takes memory of its own, for the copy and for what comes after it"),
                           bloop_in(Account.model, 1, 2, 3, 4, 5, 6, 7, 8)),
                  bloop_not(bloop_eq(bloop_at(Account.former, 0, "street"), "x")),
                  bloop_eq(Account.tags, ((bloop_set_of_String){ (const char *[]){ "b", "a" }, 2 })));
    bloop_condition *copy = bloop_condition_copy(condition);
    assert_non_null(condition);
    assert_non_null(copy);
    bloop_status status = bl_condition_take(copy, &taken);
    bl_taken_free(&taken);
    bloop_status other = bl_condition_take(condition, &taken);
    bl_taken_free(&taken);
    return status != BLOOP_OK ? status : other;
}

static bloop_status hold_many_conditions(void *context)
{
    (void)context;
    bloop_condition *made[40];
    bl_taken taken;
    for (size_t i = 0; i < BL_COUNT_OF(made); i++)
        made[i] = bloop_eq(Account.model, i);
    bloop_condition *all = bloop_condition_all(made, BL_COUNT_OF(made));
    bloop_status status = bl_condition_take(all, &taken);
    bl_taken_free(&taken);
    for (size_t i = 0; i < BL_COUNT_OF(made); i++)
        assert_int_not_equal(bloop_condition_status(made[i]), BLOOP_OK);
    return status;
}

static bloop_status save_wide_object(void *context)
{
    bloop_object *object = context;
    bl_actions actions = { .more = NULL };
    bl_atomic atomic = { .more = NULL };
    const bloop_expr *expr;
    bloop_status status = bl_object_actions(object, BL_SAVE_ALL, &actions);
    bl_actions_free(&actions);
    if (status == BLOOP_OK)
        status = bl_object_atomic(object, NULL, &atomic, &expr);
    bl_atomic_free(&atomic);
    return status;
}

static void test_setting(void **state)
{
    (void)state;
    assert_int_equal(bloop_model_check(bloop_model_of(Account)), BLOOP_OK);
    assert_in_range(fail_alloc_every(set_everything, NULL), 8, 100);
}

static void test_loading(void **state)
{
    (void)state;
    item = sample_item(
        "{\"name\":{\"S\":\"n\"},\"quizzes\":{\"L\":[{\"L\":[{\"S\":\"x\"},{\"S\":\"y\"}]},{\"L\":[]},{\"L\":[]},"
        "{\"L\":[]},{\"L\":[]},{\"L\":[]},{\"L\":[]},{\"L\":[]}]},\"tags\":{\"SS\":[\"a\",\"b\"]}}");
    assert_in_range(fail_alloc_every(load_twice, NULL), 3, 100);
}

static void test_models(void **state)
{
    (void)state;
    assert_in_range(fail_alloc_every(build_model, NULL), 5, 100);
    assert_in_range(fail_alloc_every(build_model_carelessly, NULL), 4, 100);
}

static void test_conditions(void **state)
{
    (void)state;
    assert_int_equal(bloop_model_check(bloop_model_of(Account)), BLOOP_OK);
    assert_in_range(fail_alloc_every(build_condition, NULL), 8, 100);
    assert_in_range(fail_alloc_every(hold_many_conditions, NULL), 40, 200);
}

static void test_wide_object(void **state)
{
    static const int64_t one = 1;
    (void)state;
    bloop_model_builder *builder = bloop_model_builder_new("Wide", NULL);
    for (int i = 0; i < 40; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        bloop_model_add_column(builder, &(bloop_column){ .name = name,
                                                         .type = &bloop_type_Integer,
                                                         .hash_key = i == 0,
                                                         .default_value = { &bloop_type_Integer, &one } });
    }
    bloop_model *model = bloop_model_build(builder);
    void *object = bloop_object_new(model);
    assert_non_null(object);
    assert_int_equal(fail_alloc_every(save_wide_object, object), 2);
    bloop_free(object);
    bloop_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_setting, sample_free),
        cmocka_unit_test_teardown(test_loading, sample_free),
        cmocka_unit_test_teardown(test_models, sample_free),
        cmocka_unit_test_teardown(test_conditions, sample_free),
        cmocka_unit_test_teardown(test_wide_object, sample_free),
    };
    return cmocka_run_group_tests_name("model/no_memory", tests, NULL, NULL);
}
