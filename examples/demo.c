/* The main job, with real data: the countries and subdivisions of ISO 3166, as Debian's package iso-codes has them, saved
   as objects, loaded back and compared; conditions that are refused; and the data found again after reopening.

     demo [URL [FOLDER]]     URL: an engine's, file:demo.db if not given; FOLDER: where iso_3166-1.json and -2.json are

   Exits 0 when everything is as it should be. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_URL    "file:demo.db"
#define DEFAULT_FOLDER "/usr/share/iso-codes/json"
#define PORTION        250 /* objects a call, so that the progress bar moves */

BLOOP_MODEL(Country,
    column(String,  code,          .hash_key = true),
    column(String,  alpha_3),
    column(Integer, numeric),
    column(String,  name),
    column(String,  official_name),
    column(String,  common_name),
    column(String,  flag),
    table(.name = "iso-countries"));

BLOOP_MODEL(Subdivision,
    column(String,  country,       .hash_key = true),
    column(String,  code,          .range_key = true),
    column(String,  name),
    column(String,  type),
    column(String,  parent),
    global_index(by_type, .hash_key = &Subdivision.type, .range_key = &Subdivision.code, .projection = BLOOP_ALL),
    table(.name = "iso-subdivisions"));

/* Objects of any model, read from a file. */
typedef struct {
    void **items;
    size_t count, capacity;
} object_array;

typedef struct {
    const char *url, *folder;
    object_array countries, subdivisions;
    double save_seconds, load_seconds;
} demo_run;

static void act(const char *title);
static void check(bool ok, const char *what);
static double seconds(void);

static void *read_country(bloop_json_reader *reader)
{
    static const struct {
        const char *name;
        const bloop_column *column;
    } texts[] = {
        { "alpha_2", &Country.code },
        { "alpha_3", &Country.alpha_3 },
        { "name", &Country.name },
        { "official_name", &Country.official_name },
        { "common_name", &Country.common_name },
        { "flag", &Country.flag },
    };
    struct Country *country = bloop_new(Country);
    check(country != NULL, "a new country");
    bloop_json_enter_object(reader);
    for (bloop_slice name; bloop_json_next_name(reader, &name);) {
        const char *text = bloop_json_read_text(reader);
        if (!text)
            break;
        if (name.size == strlen("numeric") && memcmp(name.data, "numeric", name.size) == 0)
            check(bloop_set(country, numeric, strtoll(text, NULL, 10)) == BLOOP_OK, "a country's number");
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
            if (name.size == strlen(texts[i].name) && memcmp(name.data, texts[i].name, name.size) == 0)
                check(bloop_object_set(country, texts[i].column, &text) == BLOOP_OK, "a country's text");
    }
    return country;
}

static void *read_subdivision(bloop_json_reader *reader)
{
    struct Subdivision *subdivision = bloop_new(Subdivision);
    check(subdivision != NULL, "a new subdivision");
    bloop_status status = BLOOP_OK;
    bloop_json_enter_object(reader);
    while (bloop_json_next_name(reader, NULL) && status == BLOOP_OK) {
        bool code = bloop_json_text_is(reader, "code"), name = bloop_json_text_is(reader, "name");
        bool type = bloop_json_text_is(reader, "type"), parent = bloop_json_text_is(reader, "parent");
        const char *text = bloop_json_read_text(reader);
        if (!text)
            break;
        if (code) {
            char country[3] = { text[0], text[0] ? text[1] : 0, 0 };
            status = bloop_set(subdivision, country, country);
            if (status == BLOOP_OK)
                status = bloop_set(subdivision, code, text);
        }
        if (name)
            status = bloop_set(subdivision, name, text);
        if (type)
            status = bloop_set(subdivision, type, text);
        if (parent)
            status = bloop_set(subdivision, parent, text);
    }
    check(status == BLOOP_OK, "a subdivision's text");
    return subdivision;
}

static char *read_file(const char *folder, const char *name, size_t *size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "demo: %s can't be opened; Debian's package iso-codes has it\n", path);
        exit(1);
    }
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    check(text && fread(text, 1, *size, file) == *size, path);
    fclose(file);
    return text;
}

/* {"3166-1": [{…}, …]}: one object of ours for each of the list. */
static void read_objects(const char *folder, const char *name, void *(*read)(bloop_json_reader *), object_array *out)
{
    size_t size;
    char *text = read_file(folder, name, &size);
    bloop_json_reader *reader = bloop_json_reader_new(text, size);
    bloop_json_enter_object(reader);
    while (bloop_json_next_name(reader, NULL)) {
        bloop_json_enter_array(reader);
        while (bloop_json_next_element(reader)) {
            if (out->count == out->capacity) {
                out->capacity = out->capacity ? 2 * out->capacity : 512;
                out->items = realloc(out->items, out->capacity * sizeof *out->items);
                check(out->items != NULL, "memory");
            }
            out->items[out->count++] = read(reader);
        }
    }
    check(bloop_json_finish(reader) == BLOOP_OK, name);
    bloop_json_reader_free(reader);
    free(text);
    printf("  %zu objects from %s, %zu bytes\n", out->count, name, size);
}

static void show_progress(const char *verb, size_t done, size_t of)
{
    enum { WIDTH = 40 };
    if (!isatty(STDOUT_FILENO) && done < of)
        return;
    size_t filled = of ? done * WIDTH / of : WIDTH;
    printf("\r  %-8s [", verb);
    for (size_t i = 0; i < WIDTH; i++)
        putchar(i < filled ? '#' : '.');
    printf("] %zu/%zu%s", done, of, done == of ? "\n" : "");
    fflush(stdout);
}

static void save_objects(bloop_engine *engine, const object_array *objects)
{
    for (size_t done = 0; done < objects->count;) {
        size_t count = objects->count - done < PORTION ? objects->count - done : PORTION;
        check(bloop_save_all(engine, bloop_objects_in(objects->items + done, count)) == BLOOP_OK, "a save");
        done += count;
        show_progress("saving", done, objects->count);
    }
}

/* Loads a new object for each, by its key alone, and compares every column. */
static void load_and_compare(bloop_engine *engine, const bloop_model *model, const object_array *objects)
{
    size_t key_count, column_count;
    const bloop_column *const *keys = bloop_model_keys(model, &key_count);
    const bloop_column *const *columns = bloop_model_columns(model, &column_count);
    for (size_t done = 0; done < objects->count;) {
        void *loaded[PORTION];
        size_t count = objects->count - done < PORTION ? objects->count - done : PORTION;
        for (size_t i = 0; i < count; i++) {
            loaded[i] = bloop_object_new(model);
            check(loaded[i] != NULL, "a new object");
            for (size_t k = 0; k < key_count; k++)
                check(bloop_object_set(loaded[i], keys[k], bloop_object_get(objects->items[done + i], keys[k])) ==
                          BLOOP_OK,
                      "a key");
        }
        check(bloop_load_all(engine, bloop_objects_in(loaded, count)) == BLOOP_OK, "a load");
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k < column_count; k++)
                check(bloop_value_equal(bloop_object_packed(loaded[i], columns[k]),
                                        bloop_object_packed(objects->items[done + i], columns[k])),
                      "what is loaded is what was saved");
            bloop_free(loaded[i]);
        }
        done += count;
        show_progress("loading", done, objects->count);
    }
}

/* A table of an earlier run goes, so that each begins alike. */
static void drop_table(bloop_engine *engine, const bloop_model *model)
{
    bloop_status status = bloop_delete_table(bloop_engine_backend(engine), bloop_model_table_name(model), NULL);
    check(status == BLOOP_OK || status == BLOOP_TABLE_NOT_FOUND, "dropping a table of an earlier run");
}

static struct Country *load_country(bloop_engine *engine, const char *code)
{
    struct Country *country = bloop_new(Country);
    check(country && bloop_set(country, code, code) == BLOOP_OK, "a new country");
    check(bloop_load(engine, country) == BLOOP_OK, code);
    return country;
}

static void show_refused_condition(bloop_engine *engine)
{
    act("A save with a condition that does not hold is refused, and nothing changes");
    struct Country *iceland = load_country(engine, "IS");
    check(bloop_set(iceland, name, "Fire and Ice") == BLOOP_OK, "set");
    bloop_status status = bloop_save(engine, iceland, .condition = bloop_eq(Country.alpha_3, "ICE"));
    printf("  %s\n", bloop_last_error()->message);
    check(status == BLOOP_CONSTRAINT_VIOLATION, "the save is refused");
    struct Country *stored = load_country(engine, "IS");
    printf("  stored name: %s\n", stored->name);
    check(strcmp(stored->name, "Iceland") == 0, "the stored name is the old one");
    bloop_free(stored);
    bloop_free(iceland);
}

static void show_lost_race(bloop_engine *engine)
{
    act("Two programs load one object; the second atomic save finds that it has changed");
    struct Country *first = load_country(engine, "FR"), *second = load_country(engine, "FR");
    check(bloop_set(first, common_name, "Hexagone") == BLOOP_OK, "set");
    check(bloop_save(engine, first, .atomic = true) == BLOOP_OK, "the first atomic save");
    check(bloop_set(second, common_name, "Gaul") == BLOOP_OK, "set");
    bloop_status status = bloop_save(engine, second, .atomic = true);
    printf("  %s\n", bloop_last_error()->message);
    check(status == BLOOP_CONSTRAINT_VIOLATION, "the second atomic save is refused");
    check(bloop_load(engine, second) == BLOOP_OK, "loading it again");
    printf("  stored common name: %s\n", second->common_name);
    check(strcmp(second->common_name, "Hexagone") == 0, "the first save stands");
    bloop_free(first);
    bloop_free(second);
}

static void show_unset(bloop_engine *engine)
{
    act("An attribute that is unset disappears from the item");
    struct Country *france = load_country(engine, "FR");
    check(bloop_unset(france, common_name) == BLOOP_OK, "unset");
    check(bloop_save(engine, france) == BLOOP_OK, "the save");
    struct Country *stored = load_country(engine, "FR");
    char text[512];
    bloop_object_print(stored, text, sizeof text);
    printf("  %s\n", text);
    check(!bloop_has(stored, common_name) && bloop_has(stored, official_name), "only the common name is gone");
    bloop_free(france);
    bloop_free(stored);
}

static void show_delete(bloop_engine *engine)
{
    act("A deleted object is not found any more");
    struct Country *gone = load_country(engine, "AQ");
    check(bloop_delete(engine, gone, .condition = bloop_eq(Country.name, "Antarctica")) == BLOOP_OK, "the delete");
    bloop_status status = bloop_load(engine, gone);
    printf("  %s\n", bloop_last_error()->message);
    check(status == BLOOP_MISSING_OBJECTS, "it is missing");
    bloop_free(gone);
}

static void show_query(bloop_engine *engine)
{
    act("The subdivisions of a country, by a query of the table: newest code first, a page at a time");
    bloop_search *search =
        bloop_query(engine, Subdivision,
                    .key = bloop_and(bloop_eq(Subdivision.country, "CH"), bloop_begins_with(Subdivision.code, "CH-")),
                    .descending = true, .page_items = 10);
    size_t shown = 0;
    for (struct Subdivision *found; shown < 3 && (found = bloop_next(search)); shown++)
        printf("  %s %s (%s)\n", found->code, found->name, found->type);
    char *token = bloop_search_token(search);
    check(shown == 3 && token && bloop_search_close(search) == BLOOP_OK, "the first rows");

    printf("  … and on from a token, as another process would:\n");
    search =
        bloop_query(engine, Subdivision,
                    .key = bloop_and(bloop_eq(Subdivision.country, "CH"), bloop_begins_with(Subdivision.code, "CH-")),
                    .descending = true, .token = token);
    struct Subdivision *next = bloop_next(search);
    check(next != NULL, "the row behind the token");
    printf("  %s %s\n", next->code, next->name);
    while (bloop_next(search))
        shown++;
    check(bloop_search_close(search) == BLOOP_OK && shown + 1 == 26, "Switzerland has 26 cantons");
    bloop_token_free(token);
}

static void show_index(bloop_engine *engine)
{
    act("All emirates of the world, through the index by type");
    bloop_search *search = bloop_query(engine, Subdivision.by_type, .key = bloop_eq(Subdivision.type, "Emirate"));
    for (struct Subdivision *found; (found = bloop_next(search));)
        printf("  %s %s\n", found->code, found->name);
    check(bloop_search_count(search) == 7 && bloop_search_close(search) == BLOOP_OK, "there are seven");
}

static void show_scan(bloop_engine *engine)
{
    act("Countries whose official name says Kingdom, by a scan with a filter");
    bloop_search *search = bloop_scan(engine, Country, .filter = bloop_contains(Country.official_name, "Kingdom of"),
                                      .projection = bloop_columns(&Country.official_name));
    for (struct Country *found; (found = bloop_next(search));)
        printf("  %s %s\n", found->code, found->official_name);
    printf("  %llu of %llu\n", (unsigned long long)bloop_search_count(search),
           (unsigned long long)bloop_search_scanned(search));
    check(bloop_search_count(search) > 10 && bloop_search_close(search) == BLOOP_OK, "the scan");
}

static bloop_engine *open_and_bind(const char *url)
{
    bloop_engine *engine = bloop_open(url);
    check(engine != NULL, url);
    check(bloop_bind(engine, Country) == BLOOP_OK && bloop_bind(engine, Subdivision) == BLOOP_OK, "bind");
    return engine;
}

static void show_reopened(demo_run *demo)
{
    if (strncmp(demo->url, "memory:", 7) == 0)
        return;
    act("Closed and opened again: the data is there, and what was deleted is not");
    bloop_engine *engine = open_and_bind(demo->url);
    load_and_compare(engine, bloop_model_of(Subdivision), &demo->subdivisions);
    struct Country *gone = bloop_new(Country);
    check(gone && bloop_set(gone, code, "AQ") == BLOOP_OK, "a new country");
    check(bloop_load(engine, gone) == BLOOP_MISSING_OBJECTS, "Antarctica is still gone");
    bloop_free(gone);
    bloop_close(engine);
}

static void save_and_load_all(bloop_engine *engine, demo_run *demo)
{
    act("Every record is saved, durably");
    double begun = seconds();
    save_objects(engine, &demo->countries);
    save_objects(engine, &demo->subdivisions);
    demo->save_seconds = seconds() - begun;

    act("Every record is loaded back and compared");
    begun = seconds();
    load_and_compare(engine, bloop_model_of(Country), &demo->countries);
    load_and_compare(engine, bloop_model_of(Subdivision), &demo->subdivisions);
    demo->load_seconds = seconds() - begun;
}

int main(int argc, char **argv)
{
    demo_run demo = { .url = argc > 1 ? argv[1] : DEFAULT_URL, .folder = argc > 2 ? argv[2] : DEFAULT_FOLDER };
    printf("Bloop for C %s on %s\n", bloop_version(), demo.url);

    act("ISO 3166 is read with the library's JSON reader");
    read_objects(demo.folder, "iso_3166-1.json", read_country, &demo.countries);
    read_objects(demo.folder, "iso_3166-2.json", read_subdivision, &demo.subdivisions);

    bloop_engine *engine = bloop_open(demo.url);
    check(engine != NULL, demo.url);
    drop_table(engine, bloop_model_of(Country));
    drop_table(engine, bloop_model_of(Subdivision));
    check(bloop_bind(engine, Country) == BLOOP_OK && bloop_bind(engine, Subdivision) == BLOOP_OK, "bind");
    save_and_load_all(engine, &demo);
    show_refused_condition(engine);
    show_lost_race(engine);
    show_unset(engine);
    show_query(engine);
    show_index(engine);
    show_scan(engine);
    show_delete(engine);
    bloop_close(engine);
    show_reopened(&demo);

    size_t objects = demo.countries.count + demo.subdivisions.count;
    printf("\n%zu objects: saved %.0f a second, loaded and compared %.0f a second\n", objects,
           (double)objects / demo.save_seconds, (double)objects / demo.load_seconds);
    for (size_t i = 0; i < demo.countries.count; i++)
        bloop_free(demo.countries.items[i]);
    for (size_t i = 0; i < demo.subdivisions.count; i++)
        bloop_free(demo.subdivisions.items[i]);
    free(demo.countries.items);
    free(demo.subdivisions.items);
    return 0;
}

static void act(const char *title)
{
    printf("\n%s\n", title);
}

static void check(bool ok, const char *what)
{
    if (ok)
        return;
    fflush(stdout);
    fprintf(stderr, "demo: %s: %s\n", what, bloop_last_error()->message);
    exit(1);
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
