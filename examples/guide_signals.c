/* The programs of the guide: docs/guide/signals.md. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(User,
    column(String,   name,  .hash_key = true),
    column(String,   email),
    column(DateTime, updated));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static void tell(void *context, bloop_event *event)
{
    (void)context;
    printf("%s", bloop_signal_name(event->signal));
    if (event->model)
        printf(" %s", event->model->name);
    if (event->column)
        printf(".%s%s", event->column->name, event->value ? "" : " (unset)");
    if (event->table_name)
        printf(" as %s", event->table_name);
    puts("");
}

/* Keeps a column up to date, whoever changes the object. */
static void stamp(void *context, bloop_event *event)
{
    (void)context;
    if (event->column != &User.updated && event->model == bloop_model_of(User))
        must(bloop_set((struct User *)event->object, updated, bloop_datetime_of_unix(1470705385)));
}

static void rename_table(void *context, bloop_event *event)
{
    must(bloop_event_rename_table(event, context));
}

/* Is told of one object, and never again. */
typedef struct once {
    bloop_connection connection;
    int calls;
} once;

static void count_once(void *context, bloop_event *event)
{
    (void)event;
    once *self = context;
    self->calls++;
    must(bloop_disconnect(self->connection));
}

int main(void)
{
    bloop_connection connections[BLOOP_SIGNAL_COUNT];
    for (int i = 0; i < BLOOP_SIGNAL_COUNT; i++) {
        connections[i] = bloop_connect((bloop_signal)i, NULL, tell, NULL);
        if (!connections[i])
            must(bloop_last_error()->status);
    }
    bloop_connection renaming = bloop_connect(BLOOP_BEFORE_CREATE_TABLE, NULL, rename_table, "users-2026");

    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, User) : bloop_last_error()->status);
    printf("bound to %s\n", bloop_table_name(engine, bloop_model_of(User)));

    struct User *user = bloop_new(User);
    must(bloop_set(user, name, "ada"));
    must(bloop_save(engine, user));
    must(bloop_load(engine, user));
    must(bloop_delete(engine, user));
    for (int i = 0; i < BLOOP_SIGNAL_COUNT; i++)
        must(bloop_disconnect(connections[i]));

    bloop_connection stamping = bloop_connect(BLOOP_OBJECT_MODIFIED, NULL, stamp, NULL);
    must(bloop_set(user, email, "ada@example.com"));
    printf("stamped: %s\n", bloop_has(user, updated) ? "yes" : "no");

    once counter = { 0 };
    counter.connection = bloop_connect(BLOOP_OBJECT_SAVED, engine, count_once, &counter);
    must(bloop_save(engine, user));
    must(bloop_save(engine, user));
    printf("told of %d save\n", counter.calls);

    must(bloop_disconnect(stamping));
    must(bloop_disconnect(renaming));
    bloop_free(user);
    bloop_close(engine);
    return 0;
}
