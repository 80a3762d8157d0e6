/* Data sets: made once a run, opened with one durability at a time. */
#include "dataset.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A record on disk with its share of pages that are not full, a few times over: pages are written anew. */
#define BYTES_AN_ITEM     1000
#define BYTES_A_LONG_ITEM 12000
#define SAMPLES           200000

enum { PLAIN, LONG, GROUPED, SETS };
/* A tenth of the others, to compare a small table with a large one. */
#define GROUPED_SHARE 10

#define LARGEST_MAP  ((size_t)1 << 40)
#define SMALLEST_MAP ((size_t)1 << 30)

static dataset *find(const bench_settings *settings, const item_kind *kind);
static bool make(dataset *data, const bench_settings *settings);
static bool make_samples(dataset *data);
static int open_once(const char *path, const char *name, unsigned flags, size_t map, MDB_env **env, MDB_dbi *dbi);
static bool open_both(dataset *data, bloop_durability durability);
static void close_both(dataset *data);
static void sync_file(const char *path);
static void print_sizes(const dataset *data);

static struct {
    dataset data;
    bool made, failed;
} sets[SETS];

dataset *dataset_get(const bench_settings *settings, const item_kind *kind, bloop_durability durability)
{
    dataset *data = find(settings, kind);
    bool durable = durability == BLOOP_DURABLE;
    if (!data || (data->is_open && data->durable == durable))
        return data;
    close_both(data);
    return open_both(data, durability) ? data : NULL;
}

void datasets_free(void)
{
    for (size_t i = 0; i < sizeof sets / sizeof sets[0]; i++) {
        close_both(&sets[i].data);
        free(sets[i].data.samples);
        free(sets[i].data.keys);
    }
}

bool raw_check(int code, const char *doing)
{
    return code == 0 ? true : bench_fail("raw LMDB: %s: %s", doing, mdb_strerror(code));
}

/* Where there is little address space (under valgrind, say), the map is smaller. */
bool raw_open(const char *path, const char *name, unsigned flags, MDB_env **env, MDB_dbi *dbi)
{
    int code = 0;
    for (size_t map = LARGEST_MAP; map >= SMALLEST_MAP; map /= 2) {
        code = open_once(path, name, flags, map, env, dbi);
        if (code == 0)
            return true;
    }
    return raw_check(code, path);
}

bool record_number(const item_kind *kind, const MDB_val *value, uint64_t *number)
{
    const size_t head = RECORD_HEAD + RECORD_SIZE_FIELD;
    if (value->mv_size <= head)
        return false;
    return item_number(kind, (bloop_item){ (const uint8_t *)value->mv_data + head, value->mv_size - head }, number);
}

static dataset *find(const bench_settings *settings, const item_kind *kind)
{
    size_t i = kind == &long_item ? LONG : kind == &grouped_item ? GROUPED : PLAIN;
    dataset *data = &sets[i].data;
    if (sets[i].failed) {
        bench_note_failure("the data set could not be made (see the first row that needed it)");
        return NULL;
    }
    if (sets[i].made)
        return data;
    data->kind = kind;
    data->count = i == LONG ? settings->long_items : settings->items;
    if (i == GROUPED)
        data->count = (settings->items / GROUPED_SHARE / ITEMS_A_GROUP + 1) * ITEMS_A_GROUP;
    sets[i].made = make(data, settings);
    sets[i].failed = !sets[i].made;
    return sets[i].made ? data : NULL;
}

static bool make(dataset *data, const bench_settings *settings)
{
    const char *name = bloop_model_table_name(data->kind->model);
    uint64_t bytes = data->kind == &long_item ? BYTES_A_LONG_ITEM : BYTES_AN_ITEM;
    const char *suffix = data->kind == &grouped_item ? "-grouped" : "";
    snprintf(data->store_path, sizeof data->store_path, "%s/%s%s.db", settings->folder, name, suffix);
    snprintf(data->raw_path, sizeof data->raw_path, "%s/%s%s.mdb", settings->folder, name, suffix);
    if (!bench_folder_has(settings->folder, 2 * data->count * bytes) || !make_samples(data) || !store_fill(data) ||
        !store_copy(data))
        return false;
    print_sizes(data);
    return true;
}

/* Distinct items: the first of a pseudo-random permutation. */
static bool make_samples(dataset *data)
{
    data->sample_count = data->count < SAMPLES ? (size_t)data->count : SAMPLES;
    data->samples = calloc(data->sample_count, sizeof *data->samples);
    uint8_t *taken = calloc(data->count / 8 + 1, 1);
    if (!data->samples || !taken) {
        free(taken);
        return bench_fail("out of memory");
    }
    uint64_t state = 0;
    for (size_t i = 0; i < data->sample_count; i++) {
        uint64_t number = bench_mix(state++) % data->count;
        while (taken[number / 8] >> (number % 8) & 1)
            number = bench_mix(state++) % data->count;
        taken[number / 8] = (uint8_t)(taken[number / 8] | 1 << (number % 8));
        data->samples[i].number = number;
        data->samples[i].visits = FIRST_VISITS;
    }
    free(taken);
    return true;
}

static int open_once(const char *path, const char *name, unsigned flags, size_t map, MDB_env **env, MDB_dbi *dbi)
{
    MDB_txn *txn;
    int code = mdb_env_create(env);
    if (code != 0)
        return code;
    mdb_env_set_mapsize(*env, map);
    mdb_env_set_maxreaders(*env, 1022);
    if (name)
        mdb_env_set_maxdbs(*env, 1);
    code = mdb_env_open(*env, path, flags | MDB_NOSUBDIR | MDB_NOTLS, 0666);
    if (code == 0)
        code = mdb_txn_begin(*env, NULL, flags & MDB_RDONLY, &txn);
    if (code == 0) {
        code = mdb_dbi_open(txn, name, 0, dbi);
        if (code != 0)
            mdb_txn_abort(txn);
        else
            code = mdb_txn_commit(txn);
    }
    if (code == 0)
        return 0;
    mdb_env_close(*env);
    *env = NULL;
    return code;
}

static bool open_both(dataset *data, bloop_durability durability)
{
    const bloop_store_options options = { .path = data->store_path, .durability = durability };
    /* What was written without syncing is not to be paid for by the first commit with it. */
    sync_file(data->store_path);
    sync_file(data->raw_path);
    data->engine = bloop_engine_new_with(.dynamodb = bloop_store_open(&options));
    if (!data->engine || bloop_bind_model(data->engine, data->kind->model, NULL) != BLOOP_OK)
        return bench_fail("opening the store: %s", bloop_last_error()->message);
    if (!raw_open(data->raw_path, NULL, durability == BLOOP_DURABLE ? 0 : MDB_NOSYNC, &data->raw, &data->dbi) ||
        !raw_check(mdb_txn_begin(data->raw, NULL, MDB_RDONLY, &data->reader), "beginning"))
        return false;
    mdb_txn_reset(data->reader);
    data->is_open = true;
    data->durable = durability == BLOOP_DURABLE;
    return true;
}

static void close_both(dataset *data)
{
    bloop_close(data->engine);
    if (data->reader)
        mdb_txn_abort(data->reader);
    if (data->raw)
        mdb_env_close(data->raw);
    data->engine = NULL;
    data->reader = NULL;
    data->raw = NULL;
    data->is_open = false;
}

static void sync_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd);
    (void)close(fd);
}

static void print_sizes(const dataset *data)
{
    MDB_env *env;
    MDB_dbi dbi;
    MDB_txn *txn;
    MDB_stat store = { 0 }, raw = { 0 };
    const struct {
        const char *path, *name;
        MDB_stat *stat;
    } files[] = { { data->store_path, STORE_DATA, &store }, { data->raw_path, NULL, &raw } };
    for (size_t i = 0; i < 2; i++) {
        if (!raw_open(files[i].path, files[i].name, MDB_RDONLY, &env, &dbi))
            return;
        if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) == 0) {
            mdb_stat(txn, dbi, files[i].stat);
            mdb_txn_abort(txn);
        }
        mdb_env_close(env);
    }
    bench_detail("store: %zu records, depth %u, %zu pages, file %" PRIu64 " MB", store.ms_entries, store.ms_depth,
                 store.ms_branch_pages + store.ms_leaf_pages + store.ms_overflow_pages,
                 bench_file_size(data->store_path) >> 20);
    bench_detail("raw:   %zu records, depth %u, %zu pages, file %" PRIu64 " MB", raw.ms_entries, raw.ms_depth,
                 raw.ms_branch_pages + raw.ms_leaf_pages + raw.ms_overflow_pages,
                 bench_file_size(data->raw_path) >> 20);
}
