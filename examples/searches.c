/* Searches: queries on a table and on an index, a filter, pages with a token, and a scan that only counts. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>

BLOOP_MODEL(Song,
    column(String,  artist, .hash_key = true),
    column(String,  title,  .range_key = true),
    column(String,  genre),
    column(Integer, year),
    global_index(by_genre, .hash_key = &Song.genre, .range_key = &Song.year),
    table(.name = "songs"));

static const struct {
    const char *artist, *title, *genre;
    int year;
} songs[] = {
    { "Ella", "Airmail Special", "swing", 1957 }, { "Ella", "Misty", "ballad", 1960 },
    { "Ella", "Mack the Knife", "swing", 1960 },  { "Ella", "Summertime", "ballad", 1957 },
    { "Nina", "Feeling Good", "jazz", 1965 },     { "Nina", "Mood Indigo", "ballad", 1958 },
    { "Nina", "Sinnerman", "gospel", 1965 },
};

static void must(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static void save_songs(bloop_engine *engine)
{
    for (size_t i = 0; i < sizeof songs / sizeof songs[0]; i++) {
        struct Song *song = bloop_new(Song);
        must(song != NULL);
        must(bloop_set(song, artist, songs[i].artist) == BLOOP_OK);
        must(bloop_set(song, title, songs[i].title) == BLOOP_OK);
        must(bloop_set(song, genre, songs[i].genre) == BLOOP_OK);
        must(bloop_set(song, year, songs[i].year) == BLOOP_OK);
        must(bloop_save(engine, song) == BLOOP_OK);
        bloop_free(song);
    }
}

/* A row belongs to the search and is there until the next one is asked for. */
static void print_rows(const char *what, bloop_search *search)
{
    printf("%s\n", what);
    for (struct Song *song; (song = bloop_next(search));)
        printf("  %s: %s (%d)\n", song->artist, song->title, (int)song->year);
    must(bloop_search_close(search) == BLOOP_OK); /* else the list is incomplete */
}

/* The first two rows, and the place where another process may go on. */
static char *begin(bloop_engine *engine)
{
    bloop_search *search = bloop_query(engine, Song, .key = bloop_eq(Song.artist, "Ella"));
    for (int i = 0; i < 2; i++) {
        struct Song *song = bloop_next(search);
        must(song != NULL);
        printf("  %s\n", song->title);
    }
    char *token = bloop_search_token(search);
    must(token && bloop_search_close(search) == BLOOP_OK);
    return token;
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine && bloop_bind(engine, Song) == BLOOP_OK);
    save_songs(engine);

    bloop_condition *m = bloop_and(bloop_eq(Song.artist, "Ella"), bloop_begins_with(Song.title, "M"));
    print_rows("Ella's songs with M", bloop_query(engine, Song, .key = m));
    print_rows("ballads, the newest first",
               bloop_query(engine, Song.by_genre, .key = bloop_eq(Song.genre, "ballad"), .descending = true));
    print_rows("Nina's songs after 1960",
               bloop_query(engine, Song, .key = bloop_eq(Song.artist, "Nina"), .filter = bloop_gt(Song.year, 1960)));

    printf("Ella's songs, in two parts\n");
    char *token = begin(engine);
    print_rows("  and from the token on",
               bloop_query(engine, Song, .key = bloop_eq(Song.artist, "Ella"), .token = token));
    bloop_token_free(token);

    bloop_search *count = bloop_scan(engine, Song, .filter = bloop_eq(Song.year, 1965), .count = true);
    while (bloop_next(count))
        ;
    printf("%d of %d songs are of 1965\n", (int)bloop_search_count(count), (int)bloop_search_scanned(count));
    must(bloop_search_close(count) == BLOOP_OK);

    bloop_search *wrong = bloop_query(engine, Song, .key = bloop_eq(Song.title, "Misty"));
    if (bloop_search_close(wrong) != BLOOP_OK)
        printf("refused: %s\n", bloop_last_error()->message);
    bloop_close(engine);
    return 0;
}
