/* Scans and queries: many rows, one after the other, against a cursor that walks the same records. */
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "dataset.h"
#include "store.h"

enum {
    ROWS_A_BATCH = 4096,
    BATCHES = 1000,
    QUERIES = 3000,
    PASSES = 8,              /* over a whole table */
    PARALLEL_SCANS = 20,     /* likewise */
    ROWS_A_LOOK = 500,       /* how often memory is looked at */
    KEY_PREFIX = 1 + 4 + 16, /* space, table, hash: common to the items of one hash key (docs/internals/store.md) */
};

/* A search and a cursor that go on from batch to batch, and begin anew at the end. */
typedef struct walk {
    dataset *data;
    bloop_search *search;
    uint64_t (*use)(const item_kind *kind, const void *row);
    uint64_t rows, raw_rows; /* in this batch */
    uint64_t sum, raw_sum;   /* what was touched: looked at, so that the touching is not left out */
    uint64_t seen;           /* of our rows, since the beginning of the table */
    uint8_t place[512];      /* of the raw side: the key of the record that comes next */
    size_t place_size;       /* 0: the table's first */
} walk;

static bool measure_walk(const bench_settings *settings, walk *w, double *ratio);
static bool compete(const bench_contest *contest, double *ratio);
static uint64_t use_all(const item_kind *kind, const void *row);
static uint64_t use_visits(const item_kind *kind, const void *row);
static bool walk_ours(void *context, size_t batch);
static bool walk_raw(void *context, size_t batch);
static int raw_walk(walk *w, const void *from, size_t from_size, size_t prefix, uint64_t limit);
static bool check_walk(void *context, size_t batch);
static bool check_every_row(dataset *data);
static bool number_of(const dataset *data, const void *row, uint64_t *number);
static bool filter_ours(void *context, size_t batch);
static bool filter_raw(void *context, size_t batch);
static bool check_filter(void *context, size_t batch);
static const sample *group_of(const walk *w, size_t batch);
static bool query_ours(void *context, size_t batch);
static bool query_raw(void *context, size_t batch);
static bool check_query(void *context, size_t batch);
static bool scan_on_threads(walk *w, int32_t threads, uint64_t *sum, uint64_t *rows);
static bloop_status add_row(void *context, int32_t thread, void *row);
static bool scan_on_one(void *context, size_t batch);
static bool scan_on_two(void *context, size_t batch);
static bool check_parallel(void *context, size_t batch);
static bool peak_of_scan(dataset *data, size_t *peak);

bool measure_scan(const bench_settings *settings, double *ratio)
{
    walk w = { .data = dataset_get(settings, &plain_item, BLOOP_DURABLE_LATER), .use = use_all };
    if (!w.data || !check_every_row(w.data))
        return false;
    w.search = bloop_scan_model(w.data->engine, w.data->kind->model, NULL);
    return measure_walk(settings, &w, ratio);
}

bool measure_scan_projected(const bench_settings *settings, double *ratio)
{
    static const char *const names[] = { "visits", NULL };
    const bloop_scan_options options = { .size = sizeof options, .projection_names = names };
    walk w = { .data = dataset_get(settings, &plain_item, BLOOP_DURABLE_LATER), .use = use_visits };
    if (!w.data)
        return false;
    w.search = bloop_scan_model(w.data->engine, w.data->kind->model, &options);
    return measure_walk(settings, &w, ratio);
}

bool measure_scan_filtered(const bench_settings *settings, double *ratio)
{
    walk w = { .data = dataset_get(settings, &plain_item, BLOOP_DURABLE_LATER) };
    if (!w.data)
        return false;
    return compete(&(bench_contest){ .batch = (size_t)w.data->count,
                                     .batches = (size_t)(PASSES * settings->effort) + 1,
                                     .context = &w,
                                     .ours = filter_ours,
                                     .raw = filter_raw,
                                     .check = check_filter },
                   ratio);
}

bool measure_query(const bench_settings *settings, double *ratio)
{
    walk w = { .data = dataset_get(settings, &grouped_item, BLOOP_DURABLE_LATER), .use = use_all };
    if (!w.data)
        return false;
    return compete(&(bench_contest){ .batch = ITEMS_A_GROUP,
                                     .batches = (size_t)(QUERIES * settings->effort) + 1,
                                     .context = &w,
                                     .ours = query_ours,
                                     .raw = query_raw,
                                     .check = check_query },
                   ratio);
}

bool measure_scan_parallel(const bench_settings *settings, double *ratio)
{
    walk w = { .data = dataset_get(settings, &plain_item, BLOOP_DURABLE_LATER) };
    if (!w.data)
        return false;
    bench_detail("below, \"ours\" is one thread and \"raw\" is two");
    return compete(&(bench_contest){ .batch = (size_t)w.data->count,
                                     .batches = (size_t)(PARALLEL_SCANS * settings->effort) + 1,
                                     .context = &w,
                                     .ours = scan_on_one,
                                     .raw = scan_on_two,
                                     .check = check_parallel },
                   ratio);
}

bool measure_scan_memory(const bench_settings *settings, double *ratio)
{
    size_t small_peak = 0, large_peak = 0;
    dataset *small = dataset_get(settings, &grouped_item, BLOOP_DURABLE_LATER);
    if (!small || !peak_of_scan(small, &small_peak))
        return false;
    dataset *large = dataset_get(settings, &plain_item, BLOOP_DURABLE_LATER);
    if (!large || !peak_of_scan(large, &large_peak))
        return false;
    bench_detail("%" PRIu64 " items: %zu KB; %" PRIu64 " items: %zu KB", small->count, small_peak >> 10, large->count,
                 large_peak >> 10);
    *ratio = (double)large_peak / (double)small_peak;
    return true;
}

static bool measure_walk(const bench_settings *settings, walk *w, double *ratio)
{
    bool done = compete(&(bench_contest){ .batch = ROWS_A_BATCH,
                                          .batches = (size_t)(BATCHES * settings->effort) + 1,
                                          .context = w,
                                          .ours = walk_ours,
                                          .raw = walk_raw,
                                          .check = check_walk },
                        ratio);
    bloop_search_close(w->search);
    return done;
}

static bool compete(const bench_contest *contest, double *ratio)
{
    bench_outcome outcome;
    if (!bench_compete(contest, &outcome))
        return false;
    bench_show(contest, &outcome);
    *ratio = outcome.ratio;
    return true;
}

static uint64_t use_all(const item_kind *kind, const void *row)
{
    return kind->touch(row);
}

static uint64_t use_visits(const item_kind *kind, const void *row)
{
    const int64_t *visits = bloop_object_get(row, bloop_model_column(kind->model, "visits"));
    return visits ? (uint64_t)*visits : 0;
}

static bool walk_ours(void *context, size_t batch)
{
    walk *w = context;
    (void)batch;
    for (w->rows = 0; w->rows < ROWS_A_BATCH; w->rows++) {
        void *row = bloop_next(w->search);
        if (!row) {
            if (bloop_search_status(w->search) != BLOOP_OK)
                return bench_fail("%s", bloop_last_error()->message);
            if (w->seen != w->data->count)
                return bench_fail("a scan of %" PRIu64 " items found %" PRIu64, w->data->count, w->seen);
            bloop_search_reset(w->search);
            w->seen = 0;
            row = bloop_next(w->search);
        }
        if (!row)
            return bench_fail("a scan found nothing");
        w->sum += w->use(w->data->kind, row);
        w->seen++;
    }
    return true;
}

static bool walk_raw(void *context, size_t batch)
{
    walk *w = context;
    (void)batch;
    w->raw_rows = 0;
    int code = raw_walk(w, w->place, w->place_size, 1, ROWS_A_BATCH);
    while (code == MDB_NOTFOUND && w->raw_rows < ROWS_A_BATCH) {
        uint64_t before = w->raw_rows;
        code = raw_walk(w, NULL, 0, 1, ROWS_A_BATCH);
        if (w->raw_rows == before)
            return bench_fail("the raw side has no items");
    }
    return code == MDB_NOTFOUND || raw_check(code, "walking");
}

/* One read transaction: from a key (none: the first item) over records that agree with it in their first `prefix` bytes, until
   there are `limit` of them in the batch; touches every byte. MDB_NOTFOUND at their end. */
static int raw_walk(walk *w, const void *from, size_t from_size, size_t prefix, uint64_t limit)
{
    static const uint8_t first_item = SPACE_ITEMS;
    uint8_t begin[512];
    MDB_val key = { from_size ? from_size : 1, begin }, value;
    MDB_cursor *cursor = NULL;
    memcpy(begin, from_size ? from : &first_item, key.mv_size);
    int code = mdb_txn_renew(w->data->reader);
    if (code == 0)
        code = mdb_cursor_open(w->data->reader, w->data->dbi, &cursor);
    if (code == 0)
        code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
    while (code == 0 && w->raw_rows < limit) {
        if (key.mv_size < prefix || memcmp(key.mv_data, begin, prefix) != 0) {
            code = MDB_NOTFOUND;
            break;
        }
        w->raw_sum += touch_bytes(value.mv_data, value.mv_size);
        w->raw_rows++;
        code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    w->place_size = code == 0 ? key.mv_size : 0;
    if (code == 0)
        memcpy(w->place, key.mv_data, key.mv_size);
    if (cursor)
        mdb_cursor_close(cursor);
    mdb_txn_reset(w->data->reader);
    return code;
}

static bool check_walk(void *context, size_t batch)
{
    const walk *w = context;
    (void)batch;
    if (w->rows != ROWS_A_BATCH || w->raw_rows != ROWS_A_BATCH)
        return bench_fail("%" PRIu64 " rows on our side, %" PRIu64 " on the other", w->rows, w->raw_rows);
    return w->sum && w->raw_sum ? true : bench_fail("nothing was touched");
}

/* Every item once, with all its values; untimed, and before saves are measured. */
static bool check_every_row(dataset *data)
{
    uint8_t *seen = calloc(data->count, 1);
    bloop_search *search = bloop_scan_model(data->engine, data->kind->model, NULL);
    bool right = seen != NULL;
    uint64_t rows = 0, number;
    for (void *row; right && (row = bloop_next(search)); rows++) {
        right = number_of(data, row, &number) && !seen[number]++ && data->kind->is_as_made(row, number, FIRST_VISITS);
        if (!right)
            bench_note_failure("row %" PRIu64 " of the scan is wrong, or there for the second time", rows);
    }
    free(seen);
    bloop_status status = bloop_search_close(search);
    if (right && (status != BLOOP_OK || rows != data->count))
        return bench_fail("the scan ended after %" PRIu64 " rows: %s", rows, bloop_status_text(status));
    return right;
}

static bool number_of(const dataset *data, const void *row, uint64_t *number)
{
    const char *const *entry = bloop_object_get(row, bloop_model_range_key(data->kind->model));
    if (!entry || strlen(*entry) < NUMBER_DIGITS)
        return false;
    *number = strtoull(*entry + strlen(*entry) - NUMBER_DIGITS, NULL, 10);
    return *number < data->count;
}

/* Nobody has so few visits. */
static bool filter_ours(void *context, size_t batch)
{
    walk *w = context;
    (void)batch;
    const bloop_column *visits = bloop_model_column(w->data->kind->model, "visits");
    bloop_scan_options options = { .size = sizeof options, .filter = bloop_lt(*visits, 0) };
    bloop_search *search = bloop_scan_model(w->data->engine, w->data->kind->model, &options);
    if (bloop_next(search))
        bench_note_failure("the filter let a row through");
    w->rows = bloop_search_scanned(search);
    return bloop_search_close(search) == BLOOP_OK || bench_fail("%s", bloop_last_error()->message);
}

static bool filter_raw(void *context, size_t batch)
{
    walk *w = context;
    (void)batch;
    w->raw_rows = 0;
    int code = raw_walk(w, NULL, 0, 1, UINT64_MAX);
    return code == MDB_NOTFOUND || raw_check(code, "walking");
}

static bool check_filter(void *context, size_t batch)
{
    const walk *w = context;
    (void)batch;
    if (w->rows == w->data->count && w->raw_rows == w->data->count)
        return true;
    return bench_fail("%" PRIu64 " items, but %" PRIu64 " were scanned, and %" PRIu64 " by raw LMDB", w->data->count,
                      w->rows, w->raw_rows);
}

/* Samples are in pseudo-random order, and so are their groups. */
static const sample *group_of(const walk *w, size_t batch)
{
    return &w->data->samples[batch % w->data->sample_count];
}

static bool query_ours(void *context, size_t batch)
{
    walk *w = context;
    bloop_uuid id = grouped_item_id(group_of(w, batch)->number);
    const bloop_column *hash_key = bloop_model_hash_key(w->data->kind->model);
    bloop_query_options options = { .size = sizeof options, .key = bloop_eq(*hash_key, id) };
    bloop_search *search = bloop_query_model(w->data->engine, w->data->kind->model, &options);
    w->rows = 0;
    for (void *row; (row = bloop_next(search)); w->rows++)
        w->sum += w->use(w->data->kind, row);
    return bloop_search_close(search) == BLOOP_OK || bench_fail("%s", bloop_last_error()->message);
}

static bool query_raw(void *context, size_t batch)
{
    walk *w = context;
    w->raw_rows = 0;
    int code = raw_walk(w, group_of(w, batch)->item.keys[0].mv_data, KEY_PREFIX, KEY_PREFIX, UINT64_MAX);
    return code == MDB_NOTFOUND || raw_check(code, "walking");
}

static bool check_query(void *context, size_t batch)
{
    const walk *w = context;
    (void)batch;
    if (w->rows == ITEMS_A_GROUP && w->raw_rows == ITEMS_A_GROUP && w->sum && w->raw_sum)
        return true;
    return bench_fail("a query gave %" PRIu64 " rows, and raw LMDB %" PRIu64, w->rows, w->raw_rows);
}

/* A thread's own line of the cache, so that the threads do not wait for each other's. */
typedef struct tally {
    const item_kind *kind;
    uint64_t sum, rows;
    uint8_t apart[104];
} tally;

static bool scan_on_threads(walk *w, int32_t threads, uint64_t *sum, uint64_t *rows)
{
    tally tallies[2] = { { .kind = w->data->kind }, { .kind = w->data->kind } };
    const bloop_parallel_scan_options options = {
        .size = sizeof options, .threads = threads, .receive = add_row, .context = tallies
    };
    if (bloop_scan_model_parallel(w->data->engine, w->data->kind->model, &options) != BLOOP_OK)
        return bench_fail("%s", bloop_last_error()->message);
    *sum = tallies[0].sum + tallies[1].sum;
    *rows = tallies[0].rows + tallies[1].rows;
    return true;
}

static bloop_status add_row(void *context, int32_t thread, void *row)
{
    tally *mine = (tally *)context + thread;
    mine->sum += mine->kind->touch(row);
    mine->rows++;
    return BLOOP_OK;
}

static bool scan_on_one(void *context, size_t batch)
{
    walk *w = context;
    (void)batch;
    return scan_on_threads(w, 1, &w->sum, &w->rows);
}

static bool scan_on_two(void *context, size_t batch)
{
    walk *w = context;
    (void)batch;
    return scan_on_threads(w, 2, &w->raw_sum, &w->raw_rows);
}

static bool check_parallel(void *context, size_t batch)
{
    const walk *w = context;
    (void)batch;
    if (w->rows == w->data->count && w->raw_rows == w->rows && w->sum && w->raw_sum)
        return true;
    return bench_fail("one thread found %" PRIu64 " rows, two found %" PRIu64, w->rows, w->raw_rows);
}

static bool peak_of_scan(dataset *data, size_t *peak)
{
    size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    bloop_search *search = bloop_scan_model(data->engine, data->kind->model, NULL);
    uint64_t rows = 0;
    while (bloop_next(search)) {
        if (++rows % ROWS_A_LOOK != 0)
            continue;
        size_t now = mallinfo2().uordblks + mallinfo2().hblkhd;
        if (now > before && now - before > *peak)
            *peak = now - before;
    }
    if (bloop_search_close(search) != BLOOP_OK)
        return bench_fail("%s", bloop_last_error()->message);
    return rows == data->count && *peak ? true : bench_fail("a scan of %" PRIu64 " rows, no memory seen", rows);
}
