/* Queries and scans through the object mapper: rows, pages, projections, tokens, and what is refused before anything is
   sent. */
#include "behaviour.h"

#include <stdlib.h>

BLOOP_MODEL(Event,
    column(String,  source,   .hash_key = true),
    column(Integer, at,       .range_key = true),
    column(String,  kind),
    column(String,  text),
    column(Integer, weight),
    global_index(by_kind, .hash_key = &Event.kind, .range_key = &Event.weight, .projection = BLOOP_INCLUDE, .include = bloop_columns(&Event.text)),
    local_index(by_weight, .range_key = &Event.weight, .projection = BLOOP_KEYS),
    local_index(by_text, .range_key = &Event.text, .projection = BLOOP_KEYS, .lenient = true),
    table(.name = "events"));

enum { EVENTS = 60 };

/* Two sources of 30 events each: at 0 to 29, kinds in turn, weights falling. */
static void given_events(bloop_engine *engine)
{
    expect_ok(bloop_bind(engine, Event));
    for (int i = 0; i < EVENTS; i++) {
        struct Event *event = bloop_new(Event);
        char text[32];
        snprintf(text, sizeof text, "text-%02d", i);
        expect_ok(bloop_set(event, source, i < EVENTS / 2 ? "a" : "b"));
        expect_ok(bloop_set(event, at, i % (EVENTS / 2)));
        expect_ok(bloop_set(event, kind, (const char *[]){ "x", "y", "z" }[i % 3]));
        expect_ok(bloop_set(event, text, text));
        expect_ok(bloop_set(event, weight, EVENTS - i));
        expect_ok(bloop_save(engine, event));
        bloop_free(event);
    }
}

/* Walks a search to its end; the sum of `at` of its rows. */
static int64_t sum_of(bloop_search *search, int expected_rows)
{
    int64_t sum = 0;
    int rows = 0;
    for (struct Event *event; (event = bloop_next(search)); rows++)
        sum += event->at;
    expect_ok(bloop_search_status(search));
    assert_int_equal(rows, expected_rows);
    assert_true(bloop_search_exhausted(search));
    return sum;
}

static void test_query_by_hash_key(void **state)
{
    given_events(*state);
    bloop_search *search = bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"));
    int64_t last = -1;
    for (struct Event *event; (event = bloop_next(search));) {
        assert_string_equal(event->source, "a");
        assert_true(event->at == last + 1);
        last = event->at;
    }
    assert_int_equal(last, 29);
    assert_int_equal(bloop_search_count(search), 30);
    assert_int_equal(bloop_search_scanned(search), 30);
    expect_ok(bloop_search_close(search));
}

static void test_query_by_range_key(void **state)
{
    given_events(*state);
    const struct {
        bloop_condition *key;
        int rows, sum;
    } rows[] = {
        { bloop_and(bloop_eq(Event.source, "a"), bloop_eq(Event.at, 7)), 1, 7 },
        { bloop_and(bloop_eq(Event.source, "a"), bloop_lt(Event.at, 3)), 3, 3 },
        { bloop_and(bloop_le(Event.at, 3), bloop_eq(Event.source, "a")), 4, 6 },
        { bloop_and(bloop_eq(Event.source, "a"), bloop_gt(Event.at, 27)), 2, 57 },
        { bloop_and(bloop_eq(Event.source, "a"), bloop_ge(Event.at, 27)), 3, 84 },
        { bloop_and(bloop_eq(Event.source, "a"), bloop_between(Event.at, 5, 7)), 3, 18 },
        { bloop_eq(Event.source, "nobody"), 0, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bloop_search *search = bloop_query(*state, Event, .key = rows[i].key);
        assert_int_equal(sum_of(search, rows[i].rows), rows[i].sum);
        expect_ok(bloop_search_close(search));
    }
}

static void test_descending_and_pages(void **state)
{
    given_events(*state);
    bloop_search *search =
        bloop_query(*state, Event, .key = bloop_eq(Event.source, "b"), .descending = true, .page_items = 7);
    int64_t next = 29;
    for (struct Event *event; (event = bloop_next(search));)
        assert_true(event->at == next--);
    assert_int_equal(next, -1);
    bloop_search_reset(search);
    assert_int_equal(bloop_search_count(search), 0);
    assert_non_null(bloop_next(search));
    assert_int_equal(bloop_search_count(search), 7); /* a page is fetched when it is needed */
    expect_ok(bloop_search_close(search));
}

/* What a lenient index lacks is read from the table when a filter asks for it, and is in no row for that. */
static void test_lenient_indexes_filter_on_what_they_lack(void **state)
{
    given_events(*state);
    bloop_search *query = bloop_query(*state, Event.by_text, .key = bloop_eq(Event.source, "a"),
                                      .filter = bloop_and(bloop_eq(Event.kind, "x"), bloop_gt(Event.weight, 40)));
    struct Event *event = bloop_next(query);
    assert_non_null(event);
    assert_int_equal(bloop_state(event, text), BLOOP_VALUE);
    assert_int_equal(bloop_state(event, kind), BLOOP_MISSING);
    assert_int_equal(bloop_state(event, weight), BLOOP_MISSING);
    bloop_search_reset(query);
    sum_of(query, 7); /* 0, 3, … 18 */
    expect_ok(bloop_search_close(query));
    bloop_search *counts[] = {
        bloop_query(*state, Event.by_text, .key = bloop_eq(Event.source, "a"), .filter = bloop_eq(Event.kind, "x"),
                    .count = true, .page_items = 4),
        bloop_scan(*state, Event.by_text, .filter = bloop_eq(Event.kind, "x"), .count = true, .page_items = 4),
    };
    for (uint64_t i = 0; i < 2; i++) {
        assert_null(bloop_next(counts[i]));
        assert_true(bloop_search_count(counts[i]) == 10 * (i + 1));
        assert_true(bloop_search_scanned(counts[i]) == 30 * (i + 1));
        assert_true(bloop_search_exhausted(counts[i]));
        expect_ok(bloop_search_close(counts[i]));
    }
}

static void test_filter(void **state)
{
    given_events(*state);
    bloop_search *search =
        bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"), .filter = bloop_eq(Event.kind, "x"));
    assert_int_equal(sum_of(search, 10), 0 + 3 + 6 + 9 + 12 + 15 + 18 + 21 + 24 + 27);
    assert_int_equal(bloop_search_scanned(search), 30);
    expect_ok(bloop_search_close(search));
    search = bloop_scan(*state, Event, .filter = bloop_and(bloop_eq(Event.source, "b"), bloop_lt(Event.at, 2)));
    assert_int_equal(sum_of(search, 2), 1);
    expect_ok(bloop_search_close(search));
}

static void test_projection(void **state)
{
    given_events(*state);
    bloop_search *search =
        bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"), .projection = bloop_columns(&Event.text));
    struct Event *event = bloop_next(search);
    assert_string_equal(event->text, "text-00");
    assert_int_equal(bloop_state(event, weight), BLOOP_MISSING);
    assert_int_equal(bloop_state(event, at), BLOOP_VALUE); /* keys are always there */
    /* What the caller does to a row is not in the next. */
    expect_ok(bloop_set(event, weight, 1));
    event = bloop_next(search);
    assert_int_equal(bloop_state(event, weight), BLOOP_MISSING);
    expect_ok(bloop_search_close(search));

    search = bloop_scan(*state, Event, .projection_names = bloop_names("kind", "weight"));
    event = bloop_next(search);
    assert_int_equal(bloop_state(event, text), BLOOP_MISSING);
    assert_int_equal(bloop_state(event, kind), BLOOP_VALUE);
    expect_ok(bloop_search_close(search));
}

static void test_count(void **state)
{
    given_events(*state);
    bloop_search *search =
        bloop_scan(*state, Event, .filter = bloop_eq(Event.kind, "y"), .count = true, .page_items = 11);
    assert_null(bloop_next(search));
    assert_int_equal(bloop_last_error()->status, BLOOP_OK);
    assert_int_equal(bloop_search_count(search), 20);
    assert_int_equal(bloop_search_scanned(search), EVENTS);
    expect_ok(bloop_search_close(search));
}

static void test_indexes(void **state)
{
    given_events(*state);
    bloop_search *search =
        bloop_query(*state, Event.by_kind, .key = bloop_and(bloop_eq(Event.kind, "x"), bloop_lt(Event.weight, 10)));
    int rows = 0;
    int64_t last = 0;
    for (struct Event *event; (event = bloop_next(search)); rows++) {
        assert_true(event->weight > last);
        last = event->weight;
        assert_true(bloop_has(event, text) && bloop_has(event, source));
    }
    assert_int_equal(rows, 3);
    expect_ok(bloop_search_close(search));

    search = bloop_query(*state, Event.by_weight, .key = bloop_eq(Event.source, "a"), .consistent = true);
    struct Event *event = bloop_next(search);
    assert_int_equal(event->weight, 31);
    assert_int_equal(bloop_state(event, text), BLOOP_MISSING); /* strict: not projected, not asked for */
    expect_ok(bloop_search_close(search));

    search = bloop_query(*state, Event.by_text,
                         .key = bloop_and(bloop_eq(Event.source, "b"), bloop_begins_with(Event.text, "text-4")),
                         .projection = bloop_columns(&Event.kind));
    event = bloop_next(search);
    assert_non_null(event->kind);
    assert_string_equal(event->kind, "y"); /* lenient: read from the table */
    expect_ok(bloop_search_close(search));

    search = bloop_scan(*state, Event.by_kind);
    sum_of(search, EVENTS);
    expect_ok(bloop_search_close(search));
}

static void test_first_one_and_all(void **state)
{
    given_events(*state);
    bloop_search *search = bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"));
    struct Event *first = bloop_first(search);
    assert_int_equal(first->at, 0);
    assert_null(bloop_one(search));
    expect_failure(bloop_last_error()->status, BLOOP_CONSTRAINT_VIOLATION, "more than one");
    bloop_rows rows;
    expect_ok(bloop_all(search, &rows));
    assert_int_equal(rows.count, 30);
    assert_int_equal(((struct Event *)rows.items[29])->at, 29);
    bloop_rows_free(&rows);
    expect_ok(bloop_search_close(search));
    assert_int_equal(first->at, 0); /* outlives its search */
    bloop_free(first);

    search = bloop_query(*state, Event, .key = bloop_and(bloop_eq(Event.source, "a"), bloop_eq(Event.at, 3)));
    struct Event *one = bloop_one(search);
    assert_int_equal(one->at, 3);
    bloop_free(one);
    expect_ok(bloop_search_close(search));

    search = bloop_query(*state, Event, .key = bloop_eq(Event.source, "nobody"));
    assert_null(bloop_first(search));
    expect_failure(bloop_last_error()->status, BLOOP_CONSTRAINT_VIOLATION, "did not find any results");
    assert_null(bloop_one(search));
    expect_ok(bloop_search_close(search));
}

static void test_rows_are_kept_or_freed(void **state)
{
    given_events(*state);
    bloop_search *search = bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"));
    struct Event *kept = bloop_keep((struct Event *)bloop_next(search));
    struct Event *next = bloop_next(search);
    assert_ptr_not_equal(kept, next);
    assert_int_equal(kept->at, 0);
    assert_int_equal(next->at, 1);
    bloop_free(next); /* a borrowed row freed by mistake is no disaster */
    next = bloop_next(search);
    assert_int_equal(next->at, 2);
    expect_ok(bloop_search_close(search));
    /* An atomic save of a row compares what was projected. */
    expect_ok(bloop_set(kept, text, "new"));
    expect_ok(bloop_save(*state, kept, .atomic = true));
    bloop_free(kept);
}

static void test_tokens(void **state)
{
    given_events(*state);
    /* Resumed after every row, in a search of its own each time. */
    char *token = NULL;
    int64_t next = 0;
    for (bool more = true; more;) {
        bloop_search *search =
            bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"), .page_items = 4, .token = token);
        struct Event *event = bloop_next(search);
        assert_non_null(event);
        assert_true(event->at == next);
        next++;
        bloop_token_free(token);
        token = bloop_search_token(search);
        more = token != NULL && next < 30;
        expect_ok(bloop_search_close(search));
    }
    assert_int_equal(next, 30);
    bloop_token_free(token);
}

static void test_foreign_and_changed_tokens_are_refused(void **state)
{
    given_events(*state);
    bloop_search *search = bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"));
    assert_non_null(bloop_next(search));
    char *token = bloop_search_token(search);
    assert_non_null(token);
    expect_ok(bloop_search_move_to(search, token));
    const char *const bad[] = { "", "{}", "nonsense", "[1]", "{\"bloop\":\"search\"}" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        expect_failure(bloop_search_move_to(search, bad[i]), BLOOP_INVALID_POSITION, "token");
    for (size_t i = 0; token[i]; i++) {
        char *changed = strdup(token);
        changed[i] = changed[i] == 'q' ? 'r' : 'q';
        expect_status(bloop_search_move_to(search, changed), BLOOP_INVALID_POSITION);
        free(changed);
    }
    struct Event *event = bloop_next(search);
    assert_int_equal(event->at, 1); /* a refused token changes nothing */
    expect_ok(bloop_search_close(search));

    search = bloop_query(*state, Event, .key = bloop_eq(Event.source, "b"), .token = token);
    assert_null(bloop_next(search));
    expect_failure(bloop_search_close(search), BLOOP_INVALID_POSITION, "other keys");
    search = bloop_scan(*state, Event, .token = token);
    expect_failure(bloop_search_close(search), BLOOP_INVALID_POSITION, "another search");
    bloop_token_free(token);
}

static void expect_refused(bloop_search *search, bloop_status status, const char *words, int line)
{
    assert_null(bloop_next(search));
    assert_true(bloop_search_exhausted(search));
    bloop_search_reset(search);
    assert_null(bloop_next(search));
    expect_status_(bloop_search_close(search), status, words, line);
}
#define EXPECT_REFUSED(search, status, words) expect_refused((search), (status), (words), __LINE__)

static void test_what_is_refused_before_anything_is_sent(void **state)
{
    given_events(*state);
    EXPECT_REFUSED(bloop_query(*state, Event), BLOOP_INVALID_KEY_CONDITION, "hash key, source");
    EXPECT_REFUSED(bloop_query(*state, Event, .key = bloop_lt(Event.source, "a")), BLOOP_INVALID_KEY_CONDITION,
                   "range key, at");
    EXPECT_REFUSED(bloop_query(*state, Event, .key = bloop_eq(Event.at, 1)), BLOOP_INVALID_KEY_CONDITION, "Event");
    EXPECT_REFUSED(bloop_query(*state, Event, .key = bloop_and(bloop_eq(Event.source, "a"), bloop_ne(Event.at, 1))),
                   BLOOP_INVALID_KEY_CONDITION, "begins_with");
    EXPECT_REFUSED(
        bloop_query(*state, Event, .key = bloop_or(bloop_eq(Event.source, "a"), bloop_eq(Event.source, "b"))),
        BLOOP_INVALID_KEY_CONDITION, "Event");
    EXPECT_REFUSED(bloop_query(*state, Event.by_kind, .key = bloop_eq(Event.source, "a")), BLOOP_INVALID_KEY_CONDITION,
                   "by_kind");
    EXPECT_REFUSED(bloop_query(*state, Event, .key = bloop_eq(Event.source, "a"), .filter = bloop_eq(Event.at, 1)),
                   BLOOP_INVALID_FILTER_CONDITION, "at is a key that is queried");
    EXPECT_REFUSED(bloop_scan(*state, Event.by_weight, .filter = bloop_eq(Event.kind, "x")),
                   BLOOP_INVALID_FILTER_CONDITION, "not available");
    EXPECT_REFUSED(bloop_scan(*state, Event, .filter = bloop_eq(Account.email, "x")), BLOOP_INVALID_FILTER_CONDITION,
                   "email");
    bloop_index stray = Event.by_weight;
    stray.name = "by_nothing";
    EXPECT_REFUSED(bloop_scan(*state, stray), BLOOP_INVALID_INDEX, "Event");
    EXPECT_REFUSED(bloop_scan(*state, Event.by_weight, .projection = bloop_columns(&Event.kind)),
                   BLOOP_INVALID_PROJECTION, "kind");
    EXPECT_REFUSED(bloop_scan(*state, Event, .projection_names = bloop_names("nothing")), BLOOP_INVALID_PROJECTION,
                   "nothing");
    EXPECT_REFUSED(bloop_scan(*state, Event, .projection = bloop_columns(&Account.name)), BLOOP_INVALID_PROJECTION,
                   "name");
    EXPECT_REFUSED(bloop_scan(*state, Event, .projection = bloop_columns(&bloop_size(Event.kind))),
                   BLOOP_INVALID_PROJECTION, "whole columns");
    EXPECT_REFUSED(bloop_query(*state, Event.by_kind, .key = bloop_eq(Event.kind, "x"), .consistent = true),
                   BLOOP_INVALID_SEARCH_MODE, "consistent");
    EXPECT_REFUSED(bloop_scan(*state, Event, .segment = 3, .total_segments = 3), BLOOP_INVALID_SEARCH_MODE, "segment");
    EXPECT_REFUSED(bloop_scan(*state, Event, .filter = bloop_eq(Event.weight, "x")), BLOOP_INVALID_CONDITION, "weight");
    EXPECT_REFUSED(bloop_scan((bloop_engine *)NULL, Event), BLOOP_INVALID_ARGUMENT, "engine");
    bloop_engine *other = bloop_open("memory:");
    EXPECT_REFUSED(bloop_scan(other, Event), BLOOP_UNBOUND_MODEL, "Event");
    bloop_close(other);
    expect_status(bloop_search_close(NULL), BLOOP_INVALID_ARGUMENT);
    assert_null(bloop_next(NULL));
}

static void test_parallel_segments_are_the_whole(void **state)
{
    given_events(*state);
    int rows = 0;
    for (int segment = 0; segment < 5; segment++) {
        bloop_search *search = bloop_scan(*state, Event, .segment = segment, .total_segments = 5);
        while (bloop_next(search))
            rows++;
        expect_ok(bloop_search_close(search));
    }
    assert_int_equal(rows, EVENTS);
}

static void test_a_search_outlives_its_engine(void **state)
{
    (void)state;
    bloop_engine *engine = bloop_open("memory:");
    given_events(engine);
    bloop_search *search = bloop_scan(engine, Event, .page_items = 2);
    assert_non_null(bloop_next(search));
    bloop_close(engine);
    assert_non_null(bloop_next(search)); /* of the page at hand */
    assert_null(bloop_next(search));
    expect_failure(bloop_search_close(search), BLOOP_CLOSED, "closed");
}

static void test_printing(void **state)
{
    given_events(*state);
    char text[64];
    bloop_search *search = bloop_query(*state, Event.by_kind, .key = bloop_eq(Event.kind, "x"));
    bloop_search_print(search, text, sizeof text);
    assert_string_equal(text, "<Query[Event.by_kind]>");
    expect_ok(bloop_search_close(search));
    search = bloop_scan(*state, Event);
    assert_int_equal(bloop_search_print(search, NULL, 0), strlen("<Scan[Event]>"));
    expect_ok(bloop_search_close(search));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BEHAVES(test_query_by_hash_key),
        BEHAVES(test_query_by_range_key),
        BEHAVES(test_descending_and_pages),
        BEHAVES(test_lenient_indexes_filter_on_what_they_lack),
        BEHAVES(test_filter),
        BEHAVES(test_projection),
        BEHAVES(test_count),
        BEHAVES(test_indexes),
        BEHAVES(test_first_one_and_all),
        BEHAVES(test_rows_are_kept_or_freed),
        BEHAVES(test_tokens),
        BEHAVES(test_foreign_and_changed_tokens_are_refused),
        BEHAVES(test_what_is_refused_before_anything_is_sent),
        BEHAVES(test_parallel_segments_are_the_whole),
        BEHAVES(test_a_search_outlives_its_engine),
        BEHAVES(test_printing),
    };
    return RUN_OVER_URLS("search", tests);
}
