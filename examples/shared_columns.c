/* Columns that several models share, an abstract base, a derived model, and a signal that keeps a date up to date. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>

/* A list of columns is a macro, named in the lists of models. */
#define STAMPED column(DateTime, created, .default_function = bloop_default_now), column(DateTime, updated)

/* No table of its own; others derive from it. */
BLOOP_MODEL(Page,
    column(String, path,  .hash_key = true),
    column(String, title),
    STAMPED,
    table(.abstract = true));
BLOOP_DERIVED_MODEL(Article, Page, column(String, author), table(.name = "articles"));
BLOOP_DERIVED_MODEL(Gallery, Page, column(List(String), pictures), table(.name = "galleries"));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

/* Whatever derives from a base can be used as one. */
static bloop_status rename_page(struct Page *page, const char *title)
{
    return bloop_set(page, title, title);
}

static void count_saved(void *context, bloop_event *event)
{
    if (bloop_model_is(event->model, bloop_model_of(Page)))
        ++*(int *)context;
}

int main(void)
{
    int saved = 0;
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Page) : bloop_last_error()->status); /* binds what derives from it */
    bloop_connection counter = bloop_connect(BLOOP_OBJECT_SAVED, engine, count_saved, &saved);
    printf("tables: %s, %s\n", bloop_table_name(engine, bloop_model_of(Article)),
           bloop_table_name(engine, bloop_model_of(Gallery)));

    struct Article *article = bloop_new(Article);
    must(bloop_set(article, Page.path, "/news/1")); /* the base's fields are those of a struct in it */
    must(bloop_set(article, author, "Ada"));
    must(rename_page(&article->Page, "First light"));

    struct Gallery *gallery = bloop_new(Gallery);
    must(bloop_set(gallery, Page.path, "/pictures"));
    must(bloop_append(gallery, pictures, "moon.png"));
    must(bloop_append(gallery, pictures, "mars.png"));
    must(rename_page(&gallery->Page, "Sky"));
    must(bloop_save_all(engine, bloop_objects(article, gallery)));

    must(bloop_load_all(engine, bloop_objects(article, gallery)));
    printf("%s by %s, created: %s\n", article->Page.title, article->author,
           bloop_has(article, Page.created) ? "yes" : "no");
    printf("%s with %zu pictures, the last is %s\n", gallery->Page.title, gallery->pictures.count,
           gallery->pictures.items[gallery->pictures.count - 1]);
    printf("saved: %d\n", saved);

    must(bloop_disconnect(counter));
    bloop_free(article);
    bloop_free(gallery);
    bloop_close(engine);
    return 0;
}
