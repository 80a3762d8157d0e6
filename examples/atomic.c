/* Atomic saves: the item must still be what this object last knew, else the save is refused and nothing is lost.

   Two clerks count the visitors of one exhibition. Each loads, adds and saves; who comes second loads again. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(Exhibition,
    column(String,  title,    .hash_key = true),
    column(Integer, visitors),
    column(String,  note),
    table(.name = "exhibitions"));

static struct Exhibition *exhibition(const char *title);
static void must(bloop_status status);

/* Adds visitors, whatever others do meanwhile: returns how often it had to load the item again. */
static int add_visitors(bloop_engine *engine, struct Exhibition *mine, int64_t count)
{
    for (int again = 0;; again++) {
        must(bloop_set(mine, visitors, mine->visitors + count));
        bloop_status status = bloop_save(engine, mine, .atomic = true);
        if (status == BLOOP_OK)
            return again;
        if (status != BLOOP_CONSTRAINT_VIOLATION)
            must(status);
        must(bloop_load(engine, mine));
    }
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Exhibition) : bloop_last_error()->status);

    /* A new object expects that nothing is stored yet, so one of two creators wins. */
    struct Exhibition *first = exhibition("Clocks"), *second = exhibition("Clocks");
    printf("created: %s\n", bloop_status_name(bloop_save(engine, first, .atomic = true)));
    printf("created once more: %s\n", bloop_status_name(bloop_save(engine, second, .atomic = true)));
    must(bloop_load(engine, second));

    /* Both know 0 visitors now. Nobody's visitors are lost. */
    printf("first clerk adds 3, loading again %d times\n", add_visitors(engine, first, 3));
    printf("second clerk adds 4, loading again %d times\n", add_visitors(engine, second, 4));
    printf("first clerk adds 5, loading again %d times\n", add_visitors(engine, first, 5));

    /* Without .atomic a save writes what is set and asks nobody. */
    must(bloop_set(second, visitors, 0));
    must(bloop_save(engine, second));
    must(bloop_load(engine, first));
    printf("visitors after a careless save: %d\n", (int)first->visitors);

    /* A deleted item counts as changed, too: it does not come back by accident. */
    must(bloop_delete(engine, first, .atomic = true));
    must(bloop_set(second, note, "extended until May"));
    printf("saved after the delete: %s\n", bloop_status_name(bloop_save(engine, second, .atomic = true)));

    bloop_free(first);
    bloop_free(second);
    bloop_close(engine);
    return 0;
}

static struct Exhibition *exhibition(const char *title)
{
    struct Exhibition *made = bloop_new(Exhibition);
    if (!made || bloop_set(made, title, title) != BLOOP_OK || bloop_set(made, visitors, 0) != BLOOP_OK)
        must(bloop_last_error()->status);
    return made;
}

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}
