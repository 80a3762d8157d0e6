/* Searches by chance, through the mapper, against a naive evaluator of the same data: queries and scans of a table and its
   indexes, with filters and projections, in pages, from tokens, in segments, on threads; with writes in between searches, and in
   between rows. BLOOP_SEED repeats a run, BLOOP_SEARCHES sets how many searches there are. */
#include "visits.h"

#include <pthread.h>
#include <stdlib.h>

/* What can be searched: the table, and the model's indexes. */
typedef struct place {
    const char *name;
    const bloop_index *index;
    int hash, range;              /* range -1: none */
    unsigned included, available; /* columns that rows have; columns that filters and projections may name */
} place;

#define KEYS (BIT(ROOM) | BIT(AT))
static const place places[] = {
    { "table", NULL, ROOM, AT, ALL_COLUMNS, ALL_COLUMNS },
    { "by_kind", &Visit.by_kind, KIND, WEIGHT, KEYS | BIT(KIND) | BIT(WEIGHT) | BIT(NOTE),
      KEYS | BIT(KIND) | BIT(WEIGHT) | BIT(NOTE) },
    { "by_note", &Visit.by_note, NOTE, -1, KEYS | BIT(NOTE), KEYS | BIT(NOTE) },
    { "by_weight", &Visit.by_weight, ROOM, WEIGHT, KEYS | BIT(WEIGHT) | BIT(KIND), KEYS | BIT(WEIGHT) | BIT(KIND) },
    { "by_kind_here", &Visit.by_kind_here, ROOM, KIND, KEYS | BIT(KIND), ALL_COLUMNS },
};

typedef enum term { NO_TERM, TERM_EQ, TERM_LT, TERM_LE, TERM_GT, TERM_GE, TERM_BETWEEN, TERM_BEGINS, TERMS } term;

/* One search, to be made as often as it is needed. */
typedef struct wish {
    const place *in;
    bool query, descending, consistent;
    bool as_text; /* the filter */
    cell hash, range[2];
    term term;
    filter *filter;                        /* NULL: none */
    unsigned projection;                   /* 0: none */
    int32_t page_items, segments, threads; /* 0 segments: not divided */
} wish;

/* What came of it. */
typedef struct tally {
    world *w;
    const wish *of;
    bool busy; /* others write meanwhile */
    pthread_mutex_t lock;
    int seen[VISITS];
    size_t rows;
    cell last; /* of a query: the range key of the row before */
} tally;

static wish random_wish(world *w);
static void random_term(world *w, wish *of);
static void run(world *w, const wish *of, bool busy);
static void run_one(tally *t, int32_t segment);
static bloop_search *make(const tally *t, int32_t segment, const char *token, bool count);
static bloop_condition *key_of(const wish *of);
static bloop_search *resume(const tally *t, int32_t segment, bloop_search *search, bool *ended);
static void run_on_threads(tally *t);
static void count_only(tally *t);
static void note_row(tally *t, const struct Visit *row);
static void compare(const tally *t);
static bool is_found(const wish *of, const visit *v);
static bool is_examined(const wish *of, const visit *v);
static bool is_in_range(const wish *of, const cell *value);
static unsigned requested(const wish *of);
static bool was_touched(const world *w, int which);

static void test_searches(void **state)
{
    size_t searches = trial_count("BLOOP_SEARCHES", (trial_counts){ 400, 1500, 20000 });
    world *w = malloc(sizeof *w);
    assert_non_null(w);
    world_begin(w, *state, 1);
    for (size_t i = 0; i < searches; i++) {
        for (size_t writes = trial_below(&w->random, 6); writes > 0; writes--)
            world_write(w);
        wish of = random_wish(w);
        w->change_count = 0;
        run(w, &of, trial_chance(&w->random, 40));
        filter_free(of.filter);
    }
    free(w);
}

static wish random_wish(world *w)
{
    trial_random *random = &w->random;
    wish of = { .in = &places[trial_below(random, sizeof places / sizeof places[0])],
                .query = trial_chance(random, 60),
                .descending = trial_chance(random, 50),
                .as_text = trial_chance(random, 50),
                .page_items = trial_chance(random, 50) ? (int32_t)(1 + trial_below(random, 9)) : 0 };
    of.consistent = trial_chance(random, 30) && !(of.in->index && !of.in->index->local);
    if (of.query)
        random_term(w, &of);
    else if (trial_chance(random, 40))
        of.segments = (int32_t)(1 + trial_below(random, 7));
    if (of.segments && trial_chance(random, 40))
        of.threads = (int32_t)(1 + trial_below(random, 3));
    unsigned filtered = of.in->available;
    if (of.query)
        filtered &= ~(BIT(of.in->hash) | (of.in->range < 0 ? 0 : BIT(of.in->range)));
    if (trial_chance(random, 60))
        of.filter = filter_new(random, filtered);
    if (trial_chance(random, 40))
        of.projection = of.in->available & (unsigned)(1 + trial_below(random, ALL_COLUMNS));
    return of;
}

static void random_term(world *w, wish *of)
{
    of->hash = random_cell(&w->random, of->in->hash);
    if (of->in->range < 0)
        return;
    of->term = (term)trial_below(&w->random, TERMS);
    for (int i = 0; i < 2; i++)
        of->range[i] = random_cell(&w->random, of->in->range);
    if (of->term == TERM_BEGINS && !of->range[0].text)
        of->term = NO_TERM;
    if (compare_cells(&of->range[0], &of->range[1]) > 0) {
        cell lower = of->range[1];
        of->range[1] = of->range[0];
        of->range[0] = lower;
    }
}

static void run(world *w, const wish *of, bool busy)
{
    tally t = { .w = w, .of = of, .busy = busy && !of->threads, .lock = PTHREAD_MUTEX_INITIALIZER };
    if (of->threads)
        run_on_threads(&t);
    for (int32_t i = 0; !of->threads && i < (of->segments ? of->segments : 1); i++)
        run_one(&t, i);
    compare(&t);
    if (!t.busy)
        count_only(&t);
}

/* Walks a search to its end, writing in between and going on from tokens as chance has it. */
static void run_one(tally *t, int32_t segment)
{
    bloop_search *search = make(t, segment, NULL, false);
    bool ended = false, resumed = false;
    t->last.there = false;
    size_t before = t->rows;
    for (struct Visit *row; !ended && (row = bloop_next(search));) {
        note_row(t, row);
        while (t->busy && trial_chance(&t->w->random, 15))
            world_write(t->w);
        if (trial_chance(&t->w->random, 8)) {
            search = resume(t, segment, search, &ended);
            resumed = true;
        }
    }
    expect_ok(bloop_search_status(search));
    if (!resumed)
        assert_true(bloop_search_count(search) == t->rows - before);
    if (!resumed && !t->busy && !t->of->segments) {
        uint64_t examined = 0;
        for (int i = 0; i < VISITS; i++)
            examined += is_examined(t->of, &t->w->visits[i]);
        assert_true(bloop_search_scanned(search) == examined);
    }
    expect_ok(bloop_search_close(search));
}

static bloop_search *make(const tally *t, int32_t segment, const char *token, bool count)
{
    const wish *of = t->of;
    const bloop_column *columns[COLUMNS + 1];
    size_t projected = 0;
    for (int i = 0; i < COLUMNS; i++)
        if (of->projection & BIT(i))
            columns[projected++] = visit_columns[i];
    columns[projected] = NULL;
    bloop_condition *condition = !of->filter   ? NULL
                                 : of->as_text ? filter_where(of->filter)
                                               : filter_condition(of->filter);
    if (!of->query) {
        const bloop_scan_options scan = { .size = sizeof scan,
                                          .filter = condition,
                                          .count = count,
                                          .projection = of->projection ? columns : NULL,
                                          .consistent = of->consistent,
                                          .segment = segment,
                                          .total_segments = of->segments,
                                          .page_items = of->page_items,
                                          .token = token };
        return of->in->index ? bloop_scan_index(t->w->engine, of->in->index, &scan)
                             : bloop_scan_model(t->w->engine, bloop_model_of(Visit), &scan);
    }
    const bloop_query_options query = { .size = sizeof query,
                                        .key = key_of(of),
                                        .filter = condition,
                                        .count = count,
                                        .projection = of->projection ? columns : NULL,
                                        .consistent = of->consistent,
                                        .descending = of->descending,
                                        .page_items = of->page_items,
                                        .token = token };
    return of->in->index ? bloop_query_index(t->w->engine, of->in->index, &query)
                         : bloop_query_model(t->w->engine, bloop_model_of(Visit), &query);
}

static bloop_condition *key_of(const wish *of)
{
    static const bloop_expr_kind kinds[TERMS] = {
        [TERM_EQ] = BLOOP_EXPR_EQ, [TERM_LT] = BLOOP_EXPR_LT, [TERM_LE] = BLOOP_EXPR_LE,
        [TERM_GT] = BLOOP_EXPR_GT, [TERM_GE] = BLOOP_EXPR_GE, [TERM_BEGINS] = BLOOP_EXPR_BEGINS_WITH
    };
    bloop_condition *key = bloop_condition_compare(BLOOP_EXPR_EQ, visit_columns[of->in->hash], operand_of(&of->hash));
    if (of->term == TERM_BETWEEN)
        key = bloop_and(key, bloop_condition_between(visit_columns[of->in->range], operand_of(&of->range[0]),
                                                     operand_of(&of->range[1])));
    else if (of->term != NO_TERM)
        key = bloop_and(
            key, bloop_condition_compare(kinds[of->term], visit_columns[of->in->range], operand_of(&of->range[0])));
    return key;
}

/* Another search, where the first one stands: made with its token, or moved to it. */
static bloop_search *resume(const tally *t, int32_t segment, bloop_search *search, bool *ended)
{
    char *token = bloop_search_token(search);
    if (!token) {
        expect_ok(bloop_last_error()->status);
        assert_true(bloop_search_exhausted(search));
        *ended = true;
        return search;
    }
    bool move = trial_chance(&t->w->random, 50);
    bloop_search *other = make(t, segment, move ? NULL : token, false);
    if (move && trial_chance(&t->w->random, 50))
        bloop_next(other);
    if (move)
        expect_ok(bloop_search_move_to(other, token));
    expect_ok(bloop_search_close(search));
    bloop_token_free(token);
    return other;
}

static bloop_status note_on_thread(void *context, int32_t thread, void *row)
{
    tally *t = context;
    (void)thread;
    pthread_mutex_lock(&t->lock);
    note_row(t, row);
    pthread_mutex_unlock(&t->lock);
    return BLOOP_OK;
}

static void run_on_threads(tally *t)
{
    const wish *of = t->of;
    uint64_t count = 0, scanned = 0, examined = 0;
    const bloop_parallel_scan_options scan = { .size = sizeof scan,
                                               .filter = of->filter ? filter_condition(of->filter) : NULL,
                                               .consistent = of->consistent,
                                               .threads = of->threads,
                                               .segments = of->segments,
                                               .page_items = of->page_items,
                                               .receive = note_on_thread,
                                               .context = t,
                                               .count = &count,
                                               .scanned = &scanned };
    expect_ok(of->in->index ? bloop_scan_index_parallel(t->w->engine, of->in->index, &scan)
                            : bloop_scan_model_parallel(t->w->engine, bloop_model_of(Visit), &scan));
    for (int i = 0; i < VISITS; i++)
        examined += is_examined(of, &t->w->visits[i]);
    assert_true(count == t->rows && scanned == examined);
}

/* The same search, for the number alone. */
static void count_only(tally *t)
{
    uint64_t count = 0;
    for (int32_t i = 0; i < (t->of->segments ? t->of->segments : 1); i++) {
        bloop_search *search = make(t, i, NULL, true);
        assert_null(bloop_next(search));
        assert_true(bloop_search_exhausted(search));
        count += bloop_search_count(search);
        expect_ok(bloop_search_close(search));
    }
    assert_true(count == t->rows);
}

/* The row is a visit as it is, or as it was since the search began, and one that is asked for. On any thread. */
static void note_row(tally *t, const struct Visit *row)
{
    const wish *of = t->of;
    int which = visit_of(row);
    trial_check(which >= 0, "%s: a row of no visit", of->in->name);
    const visit *v = &t->w->visits[which];
    bool good = is_row_of(row, v, requested(of)) && is_found(of, v);
    for (size_t i = 0; !good && i < t->w->change_count; i++) {
        v = &t->w->changes[i].before;
        good = t->w->changes[i].which == which && is_row_of(row, v, requested(of)) && is_found(of, v);
    }
    char text[256];
    bloop_object_print(row, text, sizeof text);
    trial_check(good, "%s: a row that is not to be found, or other than it is stored: %s", of->in->name, text);
    /* Of a row that has changed meanwhile and does not show its range key, it is not known which one it came by. */
    bool ordered = of->query && of->in->range >= 0;
    if (ordered && (requested(of) & BIT(of->in->range) || !was_touched(t->w, which))) {
        const cell *range = &v->cells[of->in->range];
        int order = t->last.there ? compare_cells(&t->last, range) : 0;
        trial_check(of->descending ? order >= 0 : order <= 0, "%s: a row in the wrong order: %s", of->in->name, text);
        t->last = *range;
    }
    t->seen[which]++;
    t->rows++;
}

/* What nobody has touched meanwhile was seen once, or, if it is not to be found, not at all. */
static void compare(const tally *t)
{
    for (int i = 0; i < VISITS; i++) {
        int wanted = is_found(t->of, &t->w->visits[i]);
        if (!was_touched(t->w, i) && t->seen[i] != wanted)
            fail_msg("%s of %s: visit %d was seen %d times, not %d", t->of->query ? "query" : "scan", t->of->in->name,
                     i, t->seen[i], wanted);
    }
}

static bool is_found(const wish *of, const visit *v)
{
    return is_examined(of, v) && (!of->filter || filter_holds(of->filter, v));
}

/* In the index, and met by the key condition. */
static bool is_examined(const wish *of, const visit *v)
{
    const cell *hash = &v->cells[of->in->hash], *range = of->in->range < 0 ? NULL : &v->cells[of->in->range];
    if (!v->exists || !hash->there || (range && !range->there))
        return false;
    return !of->query || (compare_cells(hash, &of->hash) == 0 && (!range || is_in_range(of, range)));
}

static bool is_in_range(const wish *of, const cell *value)
{
    int low = compare_cells(value, &of->range[0]), high = compare_cells(value, &of->range[1]);
    switch (of->term) {
    case TERM_EQ: return low == 0;
    case TERM_LT: return low < 0;
    case TERM_LE: return low <= 0;
    case TERM_GT: return low > 0;
    case TERM_GE: return low >= 0;
    case TERM_BETWEEN: return low >= 0 && high <= 0;
    case TERM_BEGINS: return strncmp(value->text, of->range[0].text, strlen(of->range[0].text)) == 0;
    default: return true;
    }
}

/* The columns that rows have: the model's keys in any case. */
static unsigned requested(const wish *of)
{
    return (of->projection && !of->threads ? of->projection : of->in->included) | KEYS;
}

static bool was_touched(const world *w, int which)
{
    for (size_t i = 0; i < w->change_count; i++)
        if (w->changes[i].which == which)
            return true;
    return false;
}

int main(void)
{
    const struct CMUnitTest tests[] = { BEHAVES(test_searches) };
    return RUN_OVER_URLS("random_searches", tests);
}
