/* The examples of the public headers and of the design: they have to compile without a warning. */
#include <bloop.h>
#include <bloop/sys/inject.h>
#include <bloop/sys/server.h>
#include <stdio.h>

BLOOP_LIST(Answers, String);
BLOOP_SET(Scores, Integer);
BLOOP_MAP(Address, key(String, street), key(Integer, number, .dynamo_name = "house-number"));
BLOOP_TYPE(BerlinTime, bloop_datetime, BLOOP_ZONED("Europe/Berlin"));
BLOOP_TYPE(Price, bloop_number, BLOOP_ROUNDED(10));

BLOOP_MODEL(Account,
    column(UUID,        id,         .hash_key = true, .default_function = bloop_default_uuid),
    column(String,      name,       .range_key = true),
    column(String,      email),
    column(Boolean,     verified,   .default_value = bloop_default(Boolean, false)),
    column(DateTime,    created_on, .dynamo_name = "c"),
    column(Set(String), tags),
    column(Map(Address), home,      .default_value = bloop_default(Map(Address), bloop_map_init(Address, set(number, 1)))),
    column(List(Map(Address)), former),
    column(List(Named(Answers)), quizzes),
    column(List(Set(Integer)), exams),
    column(List(Named(Scores)), scores),
    column(Named(BerlinTime), berlin),
    column(Named(Price), price),
    column(Dynamic, document),
    column(Integer, model),
    global_index(by_email, .hash_key = &Account.email, .projection = BLOOP_KEYS),
    local_index(by_date, .range_key = &Account.created_on, .projection = BLOOP_INCLUDE,
                .include = bloop_columns(&Account.email, &Account.tags)),
    table(.name = "accounts", .stream = BLOOP_STREAM_NEW_AND_OLD));

#define STAMPED  column(DateTime, created_on), column(DateTime, updated_on)
#define DOCUMENT column(Integer, id, .hash_key = true), column(String, body), STAMPED
BLOOP_DECLARE_MODEL(Document, DOCUMENT);
BLOOP_DEFINE_MODEL(Document, DOCUMENT);
BLOOP_DERIVED_MODEL(Draft, Document, column(String, author), omit(updated_on));
BLOOP_DECLARE_DERIVED_MODEL(Note, Document, table(.write_units = 5));
BLOOP_DEFINE_DERIVED_MODEL(Note, Document, table(.write_units = 5));

bloop_set_of_String pass_around(bloop_set_of_String tags, bloop_list_of_Integer numbers);
bloop_set_of_String pass_around(bloop_set_of_String tags, bloop_list_of_Integer numbers)
{
    tags.count = numbers.count;
    return tags;
}

bloop_status change(struct Account *account, struct Draft *draft, struct Note *note, unsigned i);
bloop_status change(struct Account *account, struct Draft *draft, struct Note *note, unsigned i)
{
    bloop_set(account, email, "x");
    bloop_set(account, tags, { (const char *[]){ "staff", "ops" }, 2 });
    bloop_set(account, home, bloop_map(Address, set(street, "Main Street"), set(number, 7)));
    bloop_set(account, home.number, 8);
    bloop_set(account, former, { (struct Address[]){ bloop_map(Address, set(street, "Old Road")) }, 1 });
    bloop_set(account, former.items[0].street, "x");
    bloop_append(account, former, bloop_map(Address, set(street, "New Road")));
    bloop_append(account, quizzes.items[i], "an answer");
    bloop_unset(account, former.items[0]);
    bloop_unset(account, email);
    bloop_set(draft, Document.body, "y");
    bloop_set((struct Document *)note, id, 3);
    const char *body = draft->Document.body;
    return bloop_has(account, email) && bloop_state(account, home.number) == BLOOP_NONE && body ? BLOOP_TIMEOUT
                                                                                                : BLOOP_OK;
}

bloop_condition *conditions(const char *text, size_t size, bloop_uuid id, long number);
bloop_condition *conditions(const char *text, size_t size, bloop_uuid id, long number)
{
    return bloop_and(bloop_eq(Account.verified, true), bloop_ge(Account.price, number),
                     bloop_or(bloop_eq(Account.id, id), bloop_is(Account.email, bloop_none)),
                     bloop_not(bloop_in(Account.email, "a", text, ((bloop_slice){ text, size }))),
                     bloop_between(Account.model, 1, size),
                     bloop_begins_with(bloop_at(Account.former, size, "street"), "x"),
                     bloop_contains(Account.tags, Account.email),
                     bloop_eq(Account.home, bloop_as(Map(Address), bloop_map(Address, set(number, 7)))));
}

static void log_attempt(void *context, const bloop_remote_attempt *attempt)
{
    fprintf(context, "%s %s, attempt %u: %s after %.1f ms\n", attempt->operation, attempt->table,
            (unsigned)attempt->attempt, bloop_status_name(attempt->status), attempt->milliseconds);
}

bloop_engine *open_endpoint(void);
bloop_engine *open_endpoint(void)
{
    bloop_backend *backend =
        bloop_remote_open_with(.region = "eu-west-1", .max_attempts = 5, .hook = log_attempt, .hook_context = stderr);
    return bloop_engine_new_with(.dynamodb = backend);
}

int serve(void);
int serve(void)
{
    bloop_backend *store = bloop_backend_open("memory:");
    bloop_server *server = NULL;
    if (!store || bloop_server_start(store, &(bloop_server_options){ .writes_at_once = true }, &server) != BLOOP_OK)
        return fprintf(stderr, "%s\n", bloop_last_error()->message), 1;
    puts(bloop_server_url(server));
    bloop_server_stop(server, 1000);
    bloop_backend_close(store);
    return 0;
}

bloop_status lose_an_answer(bloop_engine **engine, struct Account *account);
bloop_status lose_an_answer(bloop_engine **engine, struct Account *account)
{
    bloop_backend *faulty = bloop_faulty_backend_new(bloop_backend_open("memory:"), 1);
    *engine = bloop_engine_new_with(.dynamodb = faulty);
    bloop_inject(faulty, { .on = BLOOP_ON(BLOOP_CALL_WRITE), .times = 1, .answer_lost = true });
    return bloop_save(*engine, account);
}
