/* Conditions with saves and deletes: what holds is done, what does not changes nothing, and what went wrong in making a
   condition is never lost. */
#include "behaviour.h"

static struct Account *given_account(bloop_engine *engine)
{
    struct Account *account = new_account(1);
    expect_ok(bloop_set(account, name, "Ada"));
    expect_ok(bloop_set(account, verified, true));
    expect_ok(bloop_set(account, logins, 3));
    expect_ok(bloop_set(account, tags, { (const char *[]){ "staff", "ops" }, 2 }));
    expect_ok(bloop_set(account, home, bloop_map(Address, set(street, "Main Street"), set(number, 7))));
    expect_ok(bloop_save(engine, account));
    return account;
}

/* The row of a table: whether a condition holds for the account above. A function, since a condition is used up. */
#define CONDITION(name, ...)           \
    static bloop_condition *name(void) \
    {                                  \
        return __VA_ARGS__;            \
    }
CONDITION(eq_true, bloop_eq(Account.name, "Ada"))
CONDITION(eq_false, bloop_eq(Account.name, "ada"))
CONDITION(ne_true, bloop_ne(Account.logins, 4))
CONDITION(lt_false, bloop_lt(Account.logins, 3))
CONDITION(le_true, bloop_le(Account.logins, 3))
CONDITION(gt_false, bloop_gt(Account.logins, 3))
CONDITION(ge_true, bloop_ge(Account.logins, 3))
CONDITION(boolean_true, bloop_eq(Account.verified, true))
CONDITION(none_true, bloop_eq(Account.email, bloop_none))
CONDITION(none_false, bloop_is(Account.name, bloop_none))
CONDITION(not_none_true, bloop_is_not(Account.name, bloop_none))
CONDITION(between_true, bloop_between(Account.logins, 1, 3))
CONDITION(in_true, bloop_in(Account.name, "Bob", "Ada"))
CONDITION(in_false, bloop_in(Account.name, "Bob", "Eve"))
CONDITION(begins_true, bloop_begins_with(Account.name, "A"))
CONDITION(contains_true, bloop_contains(Account.tags, "ops"))
CONDITION(contains_false, bloop_contains(Account.tags, "op"))
CONDITION(set_equal_true, bloop_eq(Account.tags, ((bloop_set_of_String){ (const char *[]){ "ops", "staff" }, 2 })))
CONDITION(path_true, bloop_eq(bloop_at(Account.home, "number"), 7))
CONDITION(and_true, bloop_and(bloop_eq(Account.name, "Ada"), bloop_eq(Account.verified, true)))
CONDITION(and_false, bloop_and(bloop_eq(Account.name, "Ada"), bloop_eq(Account.verified, false)))
CONDITION(or_true, bloop_or(bloop_eq(Account.name, "Bob"), bloop_eq(Account.logins, 3)))
CONDITION(not_false, bloop_not(bloop_eq(Account.name, "Ada")))
CONDITION(empty_true, bloop_condition_new())
CONDITION(column_true, bloop_ne(Account.name, Account.email))
CONDITION(size_true, bloop_eq(bloop_size(Account.tags), 2))
CONDITION(size_false, bloop_gt(bloop_size(Account.name), 3))
CONDITION(size_of_path_true, bloop_between(bloop_size(bloop_at(Account.home, "street")), 11, 11))
CONDITION(size_of_size_true, bloop_ge(Account.logins, bloop_size(Account.tags)))
CONDITION(size_of_none_false, bloop_ge(bloop_size(Account.email), 0))
CONDITION(type_true, bloop_is_type(Account.tags, BLOOP_TAG_SS))
CONDITION(type_false, bloop_is_type(Account.name, BLOOP_TAG_NULL))
CONDITION(type_of_none_false, bloop_is_type(Account.email, BLOOP_TAG_S))
CONDITION(where_true, bloop_where(Account, "name = ? and not (logins < ? or contains(tags, ?))", "Ada", 3, "admin"))
CONDITION(where_false, bloop_where(Account, "name = ? and (logins < ? or contains(tags, ?))", "Ada", 3, "admin"))
CONDITION(where_order_true, bloop_where(Account, "logins = ? or name = ? and name = ?", 3, "Bob", "Eve"))
CONDITION(where_size_true, bloop_where(Account, "? = size(tags) and attribute_type(home, ?)", 2, "M"))
CONDITION(where_path_true, bloop_where(Account, "home.number in (?, ?) and begins_with(home.street, ?)", 6, 7, "Main"))
CONDITION(where_none_true, bloop_where(Account, "attribute_not_exists(email) and email = ?", bloop_none))
CONDITION(where_between_false, bloop_where(Account, "logins between ? and ?", 4, 9))
CONDITION(where_combined_true, bloop_and(bloop_where(Account, "verified = ?", true), bloop_eq(Account.logins, 3)))

static const struct {
    const char *name;
    bloop_condition *(*make)(void);
    bool holds;
} rows[] = {
    { "= holds", eq_true, true },
    { "= fails", eq_false, false },
    { "<> holds", ne_true, true },
    { "< fails", lt_false, false },
    { "<= holds", le_true, true },
    { "> fails", gt_false, false },
    { ">= holds", ge_true, true },
    { "Boolean", boolean_true, true },
    { "none holds", none_true, true },
    { "none fails", none_false, false },
    { "not none", not_none_true, true },
    { "between", between_true, true },
    { "in holds", in_true, true },
    { "in fails", in_false, false },
    { "begins_with", begins_true, true },
    { "contains holds", contains_true, true },
    { "contains fails", contains_false, false },
    { "sets in any order", set_equal_true, true },
    { "path", path_true, true },
    { "and holds", and_true, true },
    { "and fails", and_false, false },
    { "or", or_true, true },
    { "not", not_false, false },
    { "empty", empty_true, true },
    { "column", column_true, true },
    { "size holds", size_true, true },
    { "size fails", size_false, false },
    { "size of a path", size_of_path_true, true },
    { "size as a value", size_of_size_true, true },
    { "size of nothing", size_of_none_false, false },
    { "type holds", type_true, true },
    { "type fails", type_false, false },
    { "type of nothing", type_of_none_false, false },
    { "text holds", where_true, true },
    { "text fails", where_false, false },
    { "text: and before or", where_order_true, true },
    { "text: size and type", where_size_true, true },
    { "text: paths", where_path_true, true },
    { "text: none", where_none_true, true },
    { "text: between", where_between_false, false },
    { "text, combined", where_combined_true, true },
};

static void test_conditions_decide(void **state)
{
    struct Account *account = given_account(*state);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bloop_status wanted = rows[i].holds ? BLOOP_OK : BLOOP_CONSTRAINT_VIOLATION;
        expect_ok(bloop_set(account, email, rows[i].name));
        if (bloop_save(*state, account, .condition = rows[i].make()) != wanted)
            fail_msg("%s: %s", rows[i].name, bloop_last_error()->message);
        struct Account *stored = new_account(1);
        expect_ok(bloop_load(*state, stored));
        assert_int_equal(bloop_has(stored, email), rows[i].holds);
        expect_ok(bloop_unset(account, email));
        expect_ok(bloop_save(*state, account));
        bloop_free(stored);
    }
    bloop_free(account);
}

static void test_conditional_delete(void **state)
{
    struct Account *account = given_account(*state);
    expect_status(bloop_delete(*state, account, .condition = bloop_eq(Account.logins, 4)), BLOOP_CONSTRAINT_VIOLATION);
    expect_ok(bloop_load(*state, account));
    expect_ok(bloop_delete(*state, account, .condition = bloop_eq(Account.logins, 3)));
    expect_status(bloop_load(*state, account), BLOOP_MISSING_OBJECTS);
    bloop_free(account);
}

/* Failed conditions, made in every way, alone and combined: the call returns their status and nothing is written. */
CONDITION(wrong_type, bloop_eq(Account.name, 3))
CONDITION(bad_text, bloop_eq(Account.name, "\xFF"))
CONDITION(null_text, bloop_eq(Account.name, (const char *)NULL))
CONDITION(no_operator, bloop_lt(Account.tags, "x"))
CONDITION(none_in_order, bloop_lt(Account.logins, bloop_none))
CONDITION(no_size, bloop_gt(bloop_size(Account.logins), 3))
CONDITION(bad_grammar, bloop_where(Account, "name == ?", "Ada"))
CONDITION(missing_value, bloop_where(Account, "name = ? and logins = ?", "Ada"))
CONDITION(failed_in_and, bloop_and(bloop_eq(Account.name, "Ada"), bloop_eq(Account.name, 3)))
CONDITION(failed_in_or, bloop_or(bloop_eq(Account.name, "Ada"), bloop_not(bloop_eq(Account.name, 3))))

static const struct {
    const char *name;
    bloop_condition *(*make)(void);
    bloop_status status;
} failed[] = {
    { "wrong type", wrong_type, BLOOP_INVALID_CONDITION },
    { "bad UTF-8", bad_text, BLOOP_INVALID_CONDITION },
    { "NULL text", null_text, BLOOP_INVALID_CONDITION },
    { "operator", no_operator, BLOOP_INVALID_COMPARISON_OPERATOR },
    { "none in order", none_in_order, BLOOP_INVALID_CONDITION },
    { "no size", no_size, BLOOP_INVALID_COMPARISON_OPERATOR },
    { "text: grammar", bad_grammar, BLOOP_INVALID_CONDITION },
    { "text: values", missing_value, BLOOP_INVALID_CONDITION },
    { "in and", failed_in_and, BLOOP_INVALID_CONDITION },
    { "in or and not", failed_in_or, BLOOP_INVALID_CONDITION },
};

static void test_failed_conditions_change_nothing(void **state)
{
    struct Account *account = given_account(*state);
    expect_ok(bloop_set(account, email, "new"));
    for (size_t i = 0; i < sizeof failed / sizeof failed[0]; i++) {
        bloop_status saved = bloop_save(*state, account, .condition = failed[i].make());
        if (saved != failed[i].status)
            fail_msg("save, %s: %s", failed[i].name, bloop_status_name(saved));
        if (!strstr(bloop_last_error()->message, "Account"))
            fail_msg("%s: the message does not name the model: %s", failed[i].name, bloop_last_error()->message);
        assert_int_equal(bloop_delete(*state, account, .condition = failed[i].make()), failed[i].status);
        assert_int_equal(bloop_delete_all(*state, bloop_objects(account, account), .condition = failed[i].make()),
                         failed[i].status);
    }
    struct Account *stored = new_account(1);
    expect_ok(bloop_load(*state, stored));
    assert_false(bloop_has(stored, email));
    bloop_free(stored);
    bloop_free(account);
}

static void test_a_condition_is_used_once(void **state)
{
    struct Account *account = given_account(*state);
    bloop_condition *condition = bloop_eq(Account.logins, 3), *copy = bloop_condition_copy(condition);
    expect_ok(bloop_save(*state, account, .condition = condition));
    expect_status(bloop_save(*state, account, .condition = condition), BLOOP_INVALID_CONDITION);
    expect_status(bloop_delete(*state, account, .condition = bloop_and(condition, bloop_eq(Account.logins, 3))),
                  BLOOP_INVALID_CONDITION);
    expect_ok(bloop_load(*state, account));
    expect_ok(bloop_save(*state, account, .condition = copy));
    /* A call that fails for another reason consumes it too. */
    condition = bloop_eq(Account.logins, 3);
    expect_status(bloop_save((bloop_engine *)NULL, account, .condition = condition), BLOOP_INVALID_ARGUMENT);
    expect_status(bloop_save(*state, account, .condition = condition), BLOOP_INVALID_CONDITION);
    bloop_free(account);
}

static void test_one_condition_counts_for_each_of_many(void **state)
{
    struct Document *one = new_document(1, "a"), *two = new_document(2, "a"), *three = new_document(3, "a");
    expect_ok(bloop_set(two, size, 5));
    expect_ok(bloop_save(*state, two));
    expect_ok(bloop_set(two, title, "t"));
    bloop_status statuses[3];
    expect_status(bloop_save_all(*state, bloop_objects(one, two, three), .condition = bloop_eq(Document.size, 5),
                                 .statuses = statuses),
                  BLOOP_CONSTRAINT_VIOLATION);
    assert_int_equal(bloop_last_error()->object_count, 2);
    assert_ptr_equal(bloop_last_error()->objects[0], one);
    assert_ptr_equal(bloop_last_error()->objects[1], three);
    assert_int_equal(statuses[0], BLOOP_CONSTRAINT_VIOLATION);
    assert_int_equal(statuses[1], BLOOP_OK);
    assert_int_equal(statuses[2], BLOOP_CONSTRAINT_VIOLATION);
    assert_null(stored_document(*state, 1, "a"));
    bloop_free(one);
    bloop_free(two);
    bloop_free(three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_conditions_decide),
        BEHAVES(test_conditional_delete),
        BEHAVES(test_failed_conditions_change_nothing),
        BEHAVES(test_a_condition_is_used_once),
        BEHAVES(test_one_condition_counts_for_each_of_many),
    };
    return RUN_OVER_URLS("conditions", tests);
}
