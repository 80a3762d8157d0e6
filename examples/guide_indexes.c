/* The programs of the guide: docs/guide/indexes.md. */
#include <bloop.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(Player,
    column(String,  team,     .hash_key = true),
    column(String,  name,     .range_key = true),
    column(Integer, score),
    column(String,  country),
    column(String,  portrait),
    global_index(by_country, .hash_key = &Player.country, .range_key = &Player.score,
                 .projection = BLOOP_INCLUDE, .include = bloop_columns(&Player.portrait)),
    local_index(by_score, .range_key = &Player.score, .projection = BLOOP_KEYS),
    local_index(by_score_too, .range_key = &Player.score, .projection = BLOOP_KEYS, .lenient = true));

static const struct {
    const char *team, *name, *country, *portrait;
    int64_t score;
} players[] = {
    { "red", "Ada", "gb", "ada.png", 90 },    { "red", "Bob", "us", "bob.png", 40 },
    { "blue", "Chao", "cn", "chao.png", 70 }, { "red", "Dana", NULL, "dana.png", 60 },
    { "blue", "Eve", "gb", "eve.png", 80 },
};

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static void save_players(bloop_engine *engine)
{
    for (size_t i = 0; i < sizeof players / sizeof players[0]; i++) {
        struct Player *player = bloop_new(Player);
        if (!player)
            must(bloop_last_error()->status);
        must(bloop_set(player, team, players[i].team));
        must(bloop_set(player, name, players[i].name));
        must(bloop_set(player, score, players[i].score));
        if (players[i].country)
            must(bloop_set(player, country, players[i].country));
        must(bloop_set(player, portrait, players[i].portrait));
        must(bloop_save(engine, player));
        bloop_free(player);
    }
}

static void search_global(bloop_engine *engine)
{
    bloop_search *search =
        bloop_query(engine, Player.by_country, .key = bloop_eq(Player.country, "gb"), .descending = true);
    for (struct Player *row; (row = bloop_next(search));)
        printf("%s %" PRId64 " %s\n", row->name, row->score, row->portrait);
    must(bloop_search_close(search));

    bloop_search *scan = bloop_scan(engine, Player.by_country, .count = true);
    while (bloop_next(scan))
        ;
    printf("%d players have a country\n", (int)bloop_search_count(scan));
    must(bloop_search_close(scan));
}

static void search_local(bloop_engine *engine)
{
    bloop_condition *key = bloop_and(bloop_eq(Player.team, "red"), bloop_gt(Player.score, 50));
    bloop_search *search = bloop_query(engine, Player.by_score, .key = key, .consistent = true);
    for (struct Player *row; (row = bloop_next(search));)
        printf("%s %" PRId64 ", portrait %s\n", row->name, row->score, bloop_has(row, portrait) ? "known" : "unknown");
    must(bloop_search_close(search));
}

static void need_more(bloop_engine *engine)
{
    bloop_search *strict = bloop_query(engine, Player.by_score, .key = bloop_eq(Player.team, "blue"),
                                       .projection = bloop_columns(&Player.portrait));
    if (bloop_search_close(strict) != BLOOP_OK)
        puts(bloop_last_error()->message);

    bloop_search *lenient = bloop_query(engine, Player.by_score_too, .key = bloop_eq(Player.team, "blue"),
                                        .projection = bloop_columns(&Player.portrait));
    for (struct Player *row; (row = bloop_next(lenient));)
        puts(row->portrait);
    must(bloop_search_close(lenient));

    bloop_search *consistent =
        bloop_query(engine, Player.by_country, .key = bloop_eq(Player.country, "gb"), .consistent = true);
    if (bloop_search_close(consistent) != BLOOP_OK)
        puts(bloop_last_error()->message);
}

static void read_projections(void)
{
    const bloop_index *indexes[] = { &Player.by_country, &Player.by_score, &Player.by_score_too };
    for (size_t i = 0; i < 3; i++) {
        bloop_projection_info info;
        char text[100];
        must(bloop_model_projection(bloop_model_of(Player), indexes[i], &info));
        bloop_index_print(indexes[i], text, sizeof text);
        printf("%s:", text);
        for (size_t k = 0; k < info.included_count; k++)
            printf(" %s", info.included[k]->name);
        printf("; %s, %zu available\n", info.strict ? "strict" : "lenient", info.available_count);
    }
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Player) : bloop_last_error()->status);
    save_players(engine);
    search_global(engine);
    search_local(engine);
    need_more(engine);
    read_projections();
    bloop_close(engine);
    return 0;
}
