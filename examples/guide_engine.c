/* The programs of the guide: docs/guide/engine.md. */
#include <bloop.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(Account,
    column(String,   name,       .hash_key = true),
    column(Integer,  number,     .range_key = true),
    column(DateTime, created_on),
    column(Integer,  balance),
    column(Integer,  level),
    global_index(by_level, .hash_key = &Account.level, .range_key = &Account.balance),
    table(.name = "accounts"));

BLOOP_MODEL(Website,
    column(String,  domain, .hash_key = true),
    column(Integer, views),
    column(String,  owner));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static struct Account *account(const char *name, int64_t number)
{
    struct Account *made = bloop_new(Account);
    if (!made)
        must(bloop_last_error()->status);
    must(bloop_set(made, name, name));
    must(bloop_set(made, number, number));
    return made;
}

static struct Website *website(const char *domain)
{
    struct Website *made = bloop_new(Website);
    if (!made)
        must(bloop_last_error()->status);
    must(bloop_set(made, domain, domain));
    return made;
}

/* Names tables after the user who works with them. */
static bloop_status name_for_tests(void *context, const bloop_model *model, const char *given, char *name)
{
    (void)model;
    snprintf(name, 256, "%s-%s", given, (const char *)context);
    return BLOOP_OK;
}

static bloop_engine *open_engine(void)
{
    bloop_engine *engine = bloop_open("memory:?prefix=dev-");
    if (!engine || bloop_bind(engine, Account) != BLOOP_OK) {
        fprintf(stderr, "%s\n", bloop_last_error()->message);
        exit(1);
    }
    printf("%s\n", bloop_table_name(engine, bloop_model_of(Account)));
    return engine;
}

static void name_tables(void)
{
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = bloop_backend_open("memory:"),
                                                 .table_namer = name_for_tests, .table_namer_context = "ada");
    must(engine ? bloop_bind(engine, Account) : bloop_last_error()->status);
    printf("%s\n", bloop_table_name(engine, bloop_model_of(Account)));
    bloop_close(engine);
}

static void save_parts(bloop_engine *engine)
{
    struct Website *site = website("example.com");
    must(bloop_set(site, views, 1));
    must(bloop_set(site, owner, "ada"));
    must(bloop_save(engine, site));

    /* Somebody who knows only the views. */
    struct Website *counter = website("example.com");
    must(bloop_set(counter, views, 2));
    must(bloop_save(engine, counter));

    must(bloop_load(engine, site));
    printf("%s has %" PRId64 " views\n", site->owner, site->views);

    must(bloop_unset(site, owner));
    must(bloop_save(engine, site)); /* removes the attribute */
    bloop_free(counter);
    bloop_free(site);
}

static void save_on_condition(bloop_engine *engine)
{
    struct Website *site = website("bloop.example");
    must(bloop_save(engine, site, .condition = bloop_is(Website.domain, bloop_none)));
    bloop_status status = bloop_save(engine, site, .condition = bloop_is(Website.domain, bloop_none));
    printf("%s\n", bloop_status_text(status));
    bloop_free(site);
}

static void count_views(bloop_engine *engine)
{
    struct Website *site = website("example.com");
    for (;;) {
        must(bloop_load(engine, site));
        must(bloop_set(site, views, site->views + 1));
        bloop_status status = bloop_save(engine, site, .atomic = true, .changed_only = true);
        if (status == BLOOP_OK)
            break;
        if (status != BLOOP_CONSTRAINT_VIOLATION)
            must(status);
    }
    printf("%" PRId64 " views\n", site->views);
    bloop_free(site);
}

static void save_many(bloop_engine *engine)
{
    struct Account *accounts[] = { account("ada", 1), account("ada", 2), account("ada", 3), account("bob", 1) };
    for (int i = 0; i < 4; i++) {
        must(bloop_set(accounts[i], balance, 100 * (i + 1)));
        must(bloop_set(accounts[i], level, i % 2));
    }
    must(bloop_save_all(engine, bloop_objects_in((void *const *)accounts, 4)));

    bloop_status statuses[2];
    struct Account *missing = account("eve", 9);
    bloop_status status = bloop_load_all(engine, bloop_objects(accounts[0], missing), .statuses = statuses);
    printf("%s: %s, %s; not found: %d\n", bloop_status_name(status), bloop_status_name(statuses[0]),
           bloop_status_name(statuses[1]), bloop_last_error()->objects[0] == missing);
    bloop_free(missing);
    for (int i = 0; i < 4; i++)
        bloop_free(accounts[i]);
}

static void delete_account(bloop_engine *engine)
{
    struct Account *old = account("ada", 3);
    bloop_status status = bloop_delete(engine, old, .condition = bloop_lt(Account.balance, 200));
    printf("deleted: %s\n", bloop_status_text(status));
    must(bloop_delete(engine, old));
    bloop_free(old);
}

static void query_rows(bloop_engine *engine)
{
    bloop_search *search =
        bloop_query(engine, Account, .key = bloop_and(bloop_eq(Account.name, "ada"), bloop_ge(Account.number, 1)),
                    .filter = bloop_gt(Account.balance, 150), .descending = true);
    for (struct Account *row; (row = bloop_next(search));)
        printf("account %" PRId64 ": %" PRId64 "\n", row->number, row->balance);
    printf("found %d of %d\n", (int)bloop_search_count(search), (int)bloop_search_scanned(search));
    if (bloop_search_close(search) != BLOOP_OK)
        fprintf(stderr, "the list is incomplete: %s\n", bloop_last_error()->message);
}

static void first_one_all(bloop_engine *engine)
{
    bloop_search *search = bloop_query(engine, Account, .key = bloop_eq(Account.name, "ada"));
    struct Account *first = bloop_first(search);
    printf("the first: %" PRId64 "\n", first->number);
    bloop_free(first);

    if (!bloop_one(search))
        printf("%s\n", bloop_last_error()->message);

    bloop_rows rows;
    must(bloop_all(search, &rows));
    printf("all: %zu\n", rows.count);
    bloop_rows_free(&rows);
    must(bloop_search_close(search));
}

static void count_and_project(bloop_engine *engine)
{
    bloop_search *count = bloop_query(engine, Account.by_level, .key = bloop_eq(Account.level, 1), .count = true);
    while (bloop_next(count))
        ;
    printf("level 1: %d\n", (int)bloop_search_count(count));
    must(bloop_search_close(count));

    bloop_search *some = bloop_scan(engine, Account, .projection = bloop_columns(&Account.balance));
    int64_t sum = 0;
    for (struct Account *row; (row = bloop_next(some));)
        sum += row->balance; /* row->level is missing */
    printf("sum: %" PRId64 "\n", sum);
    must(bloop_search_close(some));
}

/* One for each thread, so that nothing has to be locked. */
static bloop_status add_up(void *context, int32_t thread, void *row)
{
    int64_t *sums = context;
    sums[thread] += ((const struct Account *)row)->balance;
    return BLOOP_OK;
}

static void scan_in_parallel(bloop_engine *engine)
{
    int64_t sums[2] = { 0 };
    must(bloop_scan_parallel(engine, Account, .threads = 2, .receive = add_up, .context = sums));
    printf("sum: %" PRId64 "\n", sums[0] + sums[1]);
}

static void resume(bloop_engine *engine)
{
    bloop_search *today = bloop_scan(engine, Account);
    bloop_next(today);
    char *token = bloop_search_token(today);
    must(bloop_search_close(today));

    bloop_search *tomorrow = bloop_scan(engine, Account, .token = token); /* in another process, perhaps */
    bloop_rows rest;
    must(bloop_all(tomorrow, &rest));
    printf("left for tomorrow: %zu\n", rest.count);
    bloop_rows_free(&rest);
    must(bloop_search_close(tomorrow));
    bloop_token_free(token);
}

static void keep_a_row(bloop_engine *engine)
{
    bloop_search *search = bloop_query(engine, Account, .key = bloop_eq(Account.name, "bob"));
    struct Account *row = bloop_next(search);
    struct Account *mine = bloop_keep(row);
    must(bloop_search_close(search));
    printf("kept: %s\n", mine->name);
    bloop_free(mine);
}

int main(void)
{
    bloop_engine *engine = open_engine();
    must(bloop_bind(engine, Website));
    name_tables();
    save_parts(engine);
    save_on_condition(engine);
    count_views(engine);
    save_many(engine);
    delete_account(engine);
    query_rows(engine);
    first_one_all(engine);
    count_and_project(engine);
    scan_in_parallel(engine);
    resume(engine);
    keep_a_row(engine);
    bloop_close(engine);
    return 0;
}
