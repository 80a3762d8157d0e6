/* Conditions: a save or delete that only happens when the stored item is as it should be.

   A gift card may be issued once, never overdrawn, and closed only when it is empty. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MAP(Holder,
    key(String, name),
    key(String, city));
BLOOP_MODEL(Card,
    column(String,      code,   .hash_key = true),
    column(Integer,     cents),
    column(Map(Holder), holder),
    table(.name = "gift-cards"));

static void must(bloop_status status);
static void report(const char *what, bloop_status status);

/* The card must not exist: bloop_none is the value of an attribute that isn't there. */
static bloop_status issue(bloop_engine *engine, const char *code, int64_t cents)
{
    struct Card *card = bloop_new(Card);
    must(bloop_set(card, code, code));
    must(bloop_set(card, cents, cents));
    must(bloop_set(card, holder, bloop_map(Holder, set(name, "Ada"), set(city, "London"))));
    bloop_status status = bloop_save(engine, card, .condition = bloop_is(Card.code, bloop_none));
    bloop_free(card);
    return status;
}

/* Writes the new balance if the old one is still what was loaded, and large enough. */
static bloop_status pay(bloop_engine *engine, const char *code, int64_t cents)
{
    struct Card *card = bloop_new(Card);
    must(bloop_set(card, code, code));
    must(bloop_load(engine, card));
    int64_t before = card->cents;
    must(bloop_set(card, cents, before - cents));
    bloop_condition *enough = bloop_ge(Card.cents, cents);
    bloop_condition *unchanged = bloop_eq(Card.cents, before);
    bloop_status status = bloop_save(engine, card, .condition = bloop_and(enough, unchanged));
    bloop_free(card);
    return status;
}

/* A path reaches into a document; bloop_or and bloop_not combine as one would think. */
static bloop_status close_card(bloop_engine *engine, const char *code)
{
    struct Card *card = bloop_new(Card);
    must(bloop_set(card, code, code));
    bloop_condition *local = bloop_in(bloop_at(Card.holder, "city"), "London", "Oxford");
    bloop_condition *empty = bloop_not(bloop_gt(Card.cents, 0));
    bloop_status status = bloop_delete(engine, card, .condition = bloop_and(local, empty));
    bloop_free(card);
    return status;
}

/* What is wrong with a condition is not lost: the save that gets it changes nothing, and says why. */
static bloop_status misuse(bloop_engine *engine, const char *code)
{
    struct Card *card = bloop_new(Card);
    must(bloop_set(card, code, code));
    must(bloop_set(card, cents, 1000000));
    bloop_status status = bloop_save(engine, card, .condition = bloop_eq(Card.cents, "plenty"));
    bloop_free(card);
    return status;
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Card) : bloop_last_error()->status);
    report("issue G-1 with 50.00", issue(engine, "G-1", 5000));
    report("issue G-1 again", issue(engine, "G-1", 9900));
    report("pay 30.00", pay(engine, "G-1", 3000));
    report("pay 30.00", pay(engine, "G-1", 3000));
    report("close", close_card(engine, "G-1"));
    report("a condition that is wrong", misuse(engine, "G-1"));
    report("pay 20.00", pay(engine, "G-1", 2000));
    report("close", close_card(engine, "G-1"));
    bloop_close(engine);
    return 0;
}

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static void report(const char *what, bloop_status status)
{
    if (status == BLOOP_OK)
        printf("%s: done\n", what);
    else
        printf("%s: %s (%s)\n", what, bloop_status_name(status), bloop_last_error()->message);
}
