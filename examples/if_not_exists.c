/* "Save it, unless it is there already", for any model: a condition made of the model's keys. And how models, columns,
   indexes, objects and conditions print, for those who debug. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(Member,
    column(String, email, .hash_key = true),
    column(String, name),
    table(.name = "members"));

BLOOP_MODEL(Tweet,
    column(String,  account, .hash_key = true),
    column(Integer, number,  .range_key = true),
    column(String,  text),
    global_index(by_text, .hash_key = &Tweet.text, .projection = BLOOP_KEYS),
    table(.name = "tweets"));

static void must(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

/* None of the key columns is stored. (A model can't be wrong here in a way that gets lost: a condition that could not be
   made is a failed one, which the save returns.) */
static bloop_condition *if_not_exists(const bloop_model *model)
{
    size_t count;
    const bloop_column *const *keys = bloop_model_keys(model, &count);
    bloop_condition *condition = bloop_condition_new();
    for (size_t i = 0; keys && i < count; i++)
        condition = bloop_and(condition, bloop_is(*keys[i], bloop_none));
    return condition;
}

static const char *outcome(bloop_status status)
{
    must(status == BLOOP_OK || status == BLOOP_CONSTRAINT_VIOLATION);
    return status == BLOOP_OK ? "saved" : "somebody was first";
}

/* Each print function takes the room that there is and tells the length of the whole, as snprintf does. */
static void show(void)
{
    char text[160];
    bloop_model_print(bloop_model_of(Tweet), text, sizeof text);
    printf("%s\n", text);
    bloop_column_print(&Tweet.account, text, sizeof text);
    printf("%s ", text);
    bloop_column_print(&Tweet.number, text, sizeof text);
    printf("%s ", text);
    bloop_column_print(&Tweet.text, text, sizeof text);
    printf("%s\n", text);
    bloop_index_print(&Tweet.by_text, text, sizeof text);
    printf("%s\n", text);
    bloop_condition *condition = if_not_exists(bloop_model_of(Tweet));
    bloop_condition_print(condition, text, sizeof text);
    printf("%s\n", text);
    bloop_condition_free(condition);
}

int main(void)
{
    char text[160];
    show();

    bloop_engine *engine = bloop_open("memory:");
    must(engine != NULL);
    must(bloop_bind(engine, Member) == BLOOP_OK && bloop_bind(engine, Tweet) == BLOOP_OK);

    struct Member *member = bloop_new(Member);
    must(member != NULL);
    must(bloop_set(member, email, "ella@example.com") == BLOOP_OK);
    must(bloop_set(member, name, "Ella") == BLOOP_OK);
    struct Tweet *tweet = bloop_new(Tweet);
    must(tweet != NULL);
    must(bloop_set(tweet, account, "ella@example.com") == BLOOP_OK);
    must(bloop_set(tweet, number, 1) == BLOOP_OK);

    for (int i = 0; i < 2; i++) {
        bloop_object_print(member, text, sizeof text);
        printf("%s: %s\n", text,
               outcome(bloop_save(engine, member, .condition = if_not_exists(bloop_object_model(member)))));
        bloop_object_print(tweet, text, sizeof text);
        printf("%s: %s\n", text,
               outcome(bloop_save(engine, tweet, .condition = if_not_exists(bloop_object_model(tweet)))));
        must(bloop_set(tweet, number, 2) == BLOOP_OK);
        must(bloop_set(tweet, text, "hello") == BLOOP_OK);
    }
    bloop_free(member);
    bloop_free(tweet);
    bloop_close(engine);
    return 0;
}
