/* An endpoint, and what becomes of each request to it. It is a server in this very program (bloop/sys/server.h), over a store in
   memory; DynamoDB Local or Amazon DynamoDB in its place change nothing but the options of bloop_remote_open_with. */
#include <bloop.h>
#include <bloop/sys/server.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(Guest,
    column(String,  name,   .hash_key = true),
    column(Integer, visits),
    table(.name = "guests"));

static void must(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

/* For logs and metrics. */
static void log_attempt(void *context, const bloop_remote_attempt *attempt)
{
    fprintf(context, "  %s %s, attempt %u: %s\n", attempt->operation, attempt->table, (unsigned)attempt->attempt,
            bloop_status_name(attempt->status));
}

int main(void)
{
    bloop_backend *store = bloop_backend_open("memory:");
    bloop_server *server = NULL;
    const bloop_server_options options = { .threads = 2, .writes_at_once = true }; /* on a free port */
    must(store && bloop_server_start(store, &options, &server) == BLOOP_OK);

    bloop_backend *endpoint =
        bloop_remote_open_with(.endpoint = bloop_server_url(server), .access_key = "any", .secret_key = "any",
                               .max_attempts = 2, .proxy = "", .hook = log_attempt, .hook_context = stdout);
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = endpoint);
    must(engine && bloop_bind(engine, Guest) == BLOOP_OK);

    struct Guest *guest = bloop_new(Guest);
    must(guest && bloop_set(guest, name, "Ada") == BLOOP_OK && bloop_set(guest, visits, 1) == BLOOP_OK);
    for (int i = 0; i < 2; i++)
        printf("a first visit: %s\n",
               bloop_status_text(bloop_save(engine, guest, .condition = bloop_is(Guest.name, bloop_none))));

    bloop_server_stop(server, 1000);
    printf("nobody is there: %s\n", bloop_status_text(bloop_load(engine, guest)));

    bloop_free(guest);
    bloop_close(engine);
    bloop_backend_close(store);
    return 0;
}
