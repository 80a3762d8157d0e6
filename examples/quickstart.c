/* A first look: a model, an engine on a file, and an account that is saved, changed, found by its email, and deleted. */
#include <bloop.h>
#include <stdio.h>

BLOOP_MODEL(Account,
    column(UUID,        id,         .hash_key = true, .default_function = bloop_default_uuid),
    column(String,      email),
    column(Boolean,     verified),
    column(Set(String), tags),
    global_index(by_email, .hash_key = &Account.email),
    table(.name = "accounts"));

int main(void)
{
    bloop_engine *engine = bloop_open("file:accounts.db"); /* a durable store in this file */
    if (!engine || bloop_bind(engine, Account) != BLOOP_OK)
        return fprintf(stderr, "%s\n", bloop_last_error()->message), 1;

    struct Account *admin = bloop_new(Account); /* its id is a random UUID */
    bloop_set(admin, email, "admin@example.com");
    bloop_set(admin, tags, { (const char *[]){ "staff", "ops" }, 2 });
    if (bloop_save(engine, admin) != BLOOP_OK) /* when this returns, the account survives a power cut */
        return fprintf(stderr, "%s\n", bloop_last_error()->message), 1;

    bloop_set(admin, verified, true);
    if (bloop_save(engine, admin, .condition = bloop_contains(Account.tags, "guest")) != BLOOP_OK)
        printf("not verified: %s\n", bloop_status_text(bloop_last_error()->status));
    if (bloop_save(engine, admin, .condition = bloop_eq(Account.email, "admin@example.com")) != BLOOP_OK)
        return fprintf(stderr, "%s\n", bloop_last_error()->message), 1;

    bloop_search *search = bloop_query(engine, Account.by_email, .key = bloop_eq(Account.email, "admin@example.com"));
    for (struct Account *found; (found = bloop_next(search));)
        printf("%s: %s, %zu tags\n", found->email, found->verified ? "verified" : "unverified", found->tags.count);
    if (bloop_search_close(search) != BLOOP_OK)
        fprintf(stderr, "the list is incomplete: %s\n", bloop_last_error()->message);

    bloop_delete(engine, admin);
    bloop_free(admin);
    bloop_close(engine);
    return 0;
}
