/* Texts as tokens of searches. The first byte chooses a search, and how the rest is taken:

   - as a token. It is refused, with BLOOP_INVALID_POSITION, words, and the search where it was; or it is one that this very search
     has given, perhaps with other spaces or escapes.
   - as the start key of a token that is forged: its sum is right, which anybody can work out. The search goes on from there
     or fails with a status; what rows it has are its own. */
#include <bloop.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SEARCHES = 8, ITEMS = 12, MOST_TOKENS = ITEMS + 2 };

BLOOP_MODEL(Event,
    column(String,  source, .hash_key = true),
    column(Integer, at,     .range_key = true),
    column(String,  kind),
    global_index(by_kind, .hash_key = &Event.kind, .range_key = &Event.at, .projection = BLOOP_KEYS),
    table(.name = "events"));

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds, const char *what);
static bloop_search *make(size_t which);
static void gather_tokens(size_t which);
static void check_text(size_t which, const char *text);
static void check_forged(size_t which, const char *start, size_t size);
static char *forge(size_t which, const char *start, size_t size);
static uint64_t add_to_sum(uint64_t sum, const void *data, size_t size);

static bloop_engine *engine;
static char *tokens[SEARCHES][MOST_TOKENS];
static size_t token_counts[SEARCHES];

/* What a token of a scan says of it, beside the start key. */
static const struct {
    size_t which;
    const char *index;
    uint32_t segment, total;
} scans[] = { { 4, "", 0, 0 }, { 5, "", 0, 1 }, { 6, "by_kind", 0, 0 } };

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    engine = bloop_open("memory:");
    require(engine && bloop_bind(engine, Event) == BLOOP_OK, "open");
    for (int i = 0; i < ITEMS; i++) {
        struct Event *event = bloop_new(Event);
        require(event && bloop_set(event, source, i % 2 ? "a" : "b") == BLOOP_OK, "source");
        require(bloop_set(event, at, i - 3) == BLOOP_OK, "at");
        require(bloop_set(event, kind, i % 3 ? "x" : "y") == BLOOP_OK, "kind");
        require(bloop_save(engine, event) == BLOOP_OK, "save");
        bloop_free(event);
    }
    for (size_t i = 0; i < SEARCHES; i++)
        gather_tokens(i);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    size_t which = data[0] % SEARCHES;
    char *text = malloc(size);
    require(text, "memory");
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    if (data[0] < 128)
        check_text(which, text);
    else
        check_forged(data[0] % (sizeof scans / sizeof scans[0]), text, size - 1);
    free(text);
    return 0;
}

static void require(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "not so: %s (%s)\n", what, bloop_last_error()->message);
    abort();
}

static bloop_search *make(size_t which)
{
    switch (which) {
    case 0: return bloop_query(engine, Event, .key = bloop_eq(Event.source, "a"), .page_items = 1);
    case 1: return bloop_query(engine, Event, .key = bloop_eq(Event.source, "a"), .page_items = 1, .descending = true);
    case 2: return bloop_query(engine, Event, .key = bloop_eq(Event.source, "b"), .page_items = 2);
    case 3: return bloop_query(engine, Event.by_kind, .key = bloop_eq(Event.kind, "x"), .page_items = 1);
    case 4: return bloop_scan(engine, Event, .page_items = 1);
    case 5: return bloop_scan(engine, Event, .page_items = 1, .segment = 0, .total_segments = 1);
    case 6: return bloop_scan(engine, Event.by_kind, .page_items = 3);
    default:
        return bloop_query(engine, Event, .key = bloop_and(bloop_eq(Event.source, "a"), bloop_between(Event.at, -2, 4)),
                           .filter = bloop_eq(Event.kind, "x"));
    }
}

/* All that the search gives on its way. */
static void gather_tokens(size_t which)
{
    bloop_search *search = make(which);
    do {
        char *token = bloop_search_token(search);
        if (token)
            tokens[which][token_counts[which]++] = token;
    } while (bloop_next(search));
    require(bloop_search_close(search) == BLOOP_OK, "close");
    require(token_counts[which] > 1 && token_counts[which] <= MOST_TOKENS, "tokens");
}

static void check_text(size_t which, const char *text)
{
    bloop_search *search = make(which);
    require(bloop_next(search) != NULL, "a row");
    char *before = bloop_search_token(search);
    bloop_status status = bloop_search_move_to(search, text);
    const bloop_error *error = bloop_last_error();
    if (status != BLOOP_OK)
        require(status == BLOOP_INVALID_POSITION && error->status == status && strstr(error->message, "token"),
                "words");
    char *after = bloop_search_token(search);
    require(before && after, "a place");
    bool known = status != BLOOP_OK && strcmp(before, after) == 0;
    for (size_t i = 0; status == BLOOP_OK && i < token_counts[which]; i++)
        known = known || strcmp(tokens[which][i], after) == 0;
    require(known, "refused, or equal to one that was given");
    bloop_token_free(before);
    bloop_token_free(after);
    bloop_search_close(search);
}

static void check_forged(size_t which, const char *start, size_t size)
{
    char *text = forge(which, start, size);
    if (!text)
        return;
    bloop_search *search = make(scans[which].which);
    bloop_status status = bloop_search_move_to(search, text);
    require(status == BLOOP_OK || status == BLOOP_INVALID_POSITION, "a forged token");
    size_t rows = 0;
    for (const struct Event *event; status == BLOOP_OK && (event = bloop_next(search)); rows++)
        require(event->source[0] == (event->at % 2 ? 'b' : 'a'), "a row of its own");
    require(rows <= ITEMS, "no row twice");
    if (status == BLOOP_OK && bloop_search_status(search) != BLOOP_OK)
        require(bloop_last_error()->message[0] != '\0', "words");
    bloop_search_close(search);
    free(text);
}

/* NULL when the start key is no item. The sum is FNV-1a of what a token is of (src/engine/search_token.c). */
static char *forge(size_t which, const char *start, size_t size)
{
    bloop_json_reader *reader = bloop_json_reader_new(start, size);
    bloop_builder *builder = bloop_builder_new();
    require(reader && builder, "memory");
    bloop_item item;
    char *text = NULL;
    bloop_json_read_item(reader, builder);
    if (bloop_json_finish(reader) == BLOOP_OK && bloop_builder_value(builder, &item) == BLOOP_OK) {
        uint64_t sum = add_to_sum(UINT64_C(0xCBF29CE484222325), "events", sizeof "events");
        if (scans[which].index[0])
            sum = add_to_sum(sum, scans[which].index, strlen(scans[which].index) + 1);
        const uint32_t facts[] = { 1, BLOOP_SEARCH_SCAN, 0, scans[which].segment, scans[which].total };
        for (size_t i = 0; i < 5; i++) {
            const uint8_t bytes[4] = { (uint8_t)facts[i] };
            sum = add_to_sum(sum, bytes, sizeof bytes);
        }
        sum = add_to_sum(sum, item.data, item.size);
        size_t room = size + 256;
        text = malloc(room);
        require(text, "memory");
        snprintf(text, room,
                 "{\"bloop\":\"search\",\"version\":1,\"kind\":\"scan\",\"table\":\"events\",\"index\":\"%s\","
                 "\"check\":\"%016llx\",\"start\":%.*s}",
                 scans[which].index, (unsigned long long)sum, (int)size, start);
    }
    bloop_builder_free(builder);
    bloop_json_reader_free(reader);
    return text;
}

static uint64_t add_to_sum(uint64_t sum, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001B3);
    return sum;
}
