/* The programs of the guide: docs/guide/conditions.md. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MAP(Line,
    key(String,  name),
    key(Integer, pieces),
    key(Set(String), marks));
BLOOP_MODEL(Receipt,
    column(String,          id,      .hash_key = true),
    column(String,          shop),
    column(Integer,         total),
    column(Integer,         paid),
    column(Boolean,         void_,   .dynamo_name = "void"),
    column(DateTime,        printed),
    column(Set(String),     tags),
    column(List(Map(Line)), items));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static void save_receipt(bloop_engine *engine)
{
    struct Receipt *receipt = bloop_new(Receipt);
    if (!receipt)
        must(bloop_last_error()->status);
    must(bloop_set(receipt, id, "R-1"));
    must(bloop_set(receipt, shop, "Corner Bakery"));
    must(bloop_set(receipt, total, 1250));
    must(bloop_set(receipt, paid, 1250));
    must(bloop_set(receipt, void_, false));
    must(bloop_set(receipt, printed, bloop_datetime_of_unix(1470705385)));
    must(bloop_set(receipt, tags, { (const char *[]){ "bread", "cake" }, 2 }));
    bloop_set_of_String marks = { (const char *[]){ "organic" }, 1 };
    must(bloop_append(receipt, items, bloop_map(Line, set(name, "rye bread"), set(pieces, 2), set(marks, marks))));
    must(bloop_save(engine, receipt));
    bloop_free(receipt);
}

/* Prints a condition, and whether the receipt meets it. */
static void try(bloop_engine *engine, bloop_condition *condition)
{
    char text[200];
    bloop_condition_print(condition, text, sizeof text);
    bloop_search *search = bloop_scan(engine, Receipt, .filter = condition);
    bool met = bloop_next(search) != NULL;
    must(bloop_search_close(search));
    printf("%-3s  %s\n", met ? "yes" : "no", text);
}

static void compare(bloop_engine *engine)
{
    try(engine, bloop_eq(Receipt.shop, "Corner Bakery"));
    try(engine, bloop_ne(Receipt.shop, "Corner Bakery"));
    try(engine, bloop_lt(Receipt.total, 1000));
    try(engine, bloop_ge(Receipt.total, 1000));
    try(engine, bloop_between(Receipt.total, 1000, 1250));
    try(engine, bloop_in(Receipt.total, 1000, 1250, 1500));
    try(engine, bloop_begins_with(Receipt.shop, "Corner"));
    try(engine, bloop_contains(Receipt.shop, "Bake"));
    try(engine, bloop_contains(Receipt.tags, "cake"));
    try(engine, bloop_eq(Receipt.void_, false));
    try(engine, bloop_gt(Receipt.printed, bloop_datetime_of_unix(1400000000)));
    try(engine, bloop_eq(Receipt.total, Receipt.paid));
}

static void sizes_and_types(bloop_engine *engine)
{
    try(engine, bloop_gt(bloop_size(Receipt.tags), 1));
    try(engine, bloop_between(bloop_size(Receipt.shop), 1, 10));
    try(engine, bloop_is_type(Receipt.tags, BLOOP_TAG_SS));
}

static void as_text(bloop_engine *engine)
{
    try(engine, bloop_where(Receipt, "total = paid and (total < ? or contains(tags, ?))", 500, "cake"));
    try(engine, bloop_where(Receipt, "items[0].name in (?, ?) and size(items) > ?", "rye bread", "white bread", 0));
    try(engine, bloop_where(Receipt, "not attribute_exists(void_) or printed > ?", bloop_datetime_of_unix(1400000000)));
    try(engine, bloop_and(bloop_where(Receipt, "total between ? and ?", 1000, 1500), bloop_eq(Receipt.void_, false)));
}

static void existence(bloop_engine *engine)
{
    try(engine, bloop_is(Receipt.tags, bloop_none));
    try(engine, bloop_is_not(Receipt.tags, bloop_none));
}

static void combine(bloop_engine *engine)
{
    bloop_condition *paid = bloop_eq(Receipt.total, Receipt.paid);
    bloop_condition *small = bloop_lt(Receipt.total, 500);
    bloop_condition *sweet = bloop_contains(Receipt.tags, "cake");
    try(engine, bloop_and(paid, bloop_or(small, sweet)));
    try(engine, bloop_not(bloop_begins_with(Receipt.shop, "Corner")));
}

static void paths(bloop_engine *engine)
{
    try(engine, bloop_eq(bloop_at(Receipt.items, 0, "name"), "rye bread"));
    try(engine, bloop_contains(bloop_at(Receipt.items, 0, "marks"), "organic"));
    try(engine, bloop_is(bloop_at(Receipt.items, 1), bloop_none));
    bloop_set_of_String marks = { (const char *[]){ "organic" }, 1 };
    try(engine, bloop_eq(bloop_at(Receipt.items, 0, "marks"), bloop_as(Set(String), marks)));
}

/* Built step by step from what a user has asked for; nothing asked for is no restriction. */
static bloop_condition *wanted(const char *shop, int64_t least)
{
    bloop_condition *condition = bloop_condition_new();
    if (shop)
        condition = bloop_and(condition, bloop_begins_with(Receipt.shop, shop));
    if (least)
        condition = bloop_and(condition, bloop_ge(Receipt.total, least));
    return condition;
}

static void step_by_step(bloop_engine *engine)
{
    bloop_condition *nothing = wanted(NULL, 0);
    printf("empty: %s\n", bloop_condition_is_empty(nothing) ? "yes" : "no");
    bloop_condition_free(nothing);
    try(engine, wanted("Corner", 1000));
}

static void use_twice(bloop_engine *engine)
{
    bloop_condition *large = bloop_ge(Receipt.total, 1000);
    try(engine, bloop_condition_copy(large));
    try(engine, large);
}

static void mistakes(bloop_engine *engine)
{
    bloop_condition *wrong = bloop_eq(Receipt.total, "a lot");
    bloop_condition *carried = bloop_and(bloop_eq(Receipt.shop, "Corner Bakery"), wrong);
    bloop_search *search = bloop_scan(engine, Receipt, .filter = carried);
    if (!bloop_next(search))
        puts(bloop_last_error()->message);
    bloop_search_close(search);

    bloop_condition *no_order = bloop_lt(Receipt.tags, "cake");
    if (bloop_condition_status(no_order) != BLOOP_OK)
        puts(bloop_last_error()->message);
    bloop_condition_free(no_order);

    bloop_condition *no_key = bloop_eq(bloop_at(Receipt.items, 0, "nmae"), "rye bread");
    if (bloop_condition_status(no_key) != BLOOP_OK)
        puts(bloop_last_error()->message);
    bloop_condition_free(no_key);

    bloop_condition *no_column = bloop_where(Receipt, "total > ? and tax > ?", 1000, 100);
    if (bloop_condition_status(no_column) != BLOOP_OK)
        puts(bloop_last_error()->message);
    bloop_condition_free(no_column);
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Receipt) : bloop_last_error()->status);
    save_receipt(engine);
    compare(engine);
    sizes_and_types(engine);
    existence(engine);
    combine(engine);
    paths(engine);
    step_by_step(engine);
    use_twice(engine);
    as_text(engine);
    mistakes(engine);
    bloop_close(engine);
    return 0;
}
