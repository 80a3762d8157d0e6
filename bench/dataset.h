/* The same records twice: in a store, written through the library, and in a raw LMDB environment, copied from its file. */
#ifndef BENCH_DATASET_H
#define BENCH_DATASET_H

#include <bloop/sys/store.h>
#include <lmdb.h>

#include "bench.h"
#include "item.h"

enum { MAX_CHAIN = 6, SAVES_A_COMMIT = 512 /* what the engine sends at once */ };

/* The physical keys that lead to a record: one, or for a key that LMDB can't hold the markers and then the record. */
typedef struct raw_chain {
    size_t depth;
    MDB_val keys[MAX_CHAIN];
} raw_chain;

/* A sampled item. */
typedef struct sample {
    uint64_t number;
    int64_t visits;  /* as last saved */
    raw_chain item;  /* in space "items" */
    raw_chain entry; /* in space "indexes"; depth 0: there is none */
} sample;

typedef struct dataset {
    const item_kind *kind;
    uint64_t count;
    char store_path[4096], raw_path[4096];
    sample *samples; /* pseudo-random items in pseudo-random order */
    size_t sample_count;
    uint8_t *keys; /* what the samples' keys point into */
    /* One durability at a time. */
    bool is_open, durable;
    bloop_engine *engine;
    MDB_env *raw;
    MDB_dbi dbi;
    MDB_txn *reader; /* reset */
} dataset;

/* The data set of a kind, filled and copied when it is first asked for, open with this durability. NULL after
   bench_fail. */
dataset *dataset_get(const bench_settings *settings, const item_kind *kind, bloop_durability durability);
void datasets_free(void);

/* store_fill.c */
bool store_fill(dataset *data);
/* store_copy.c: copies all records of items and indexes, and finds the samples' keys. */
bool store_copy(dataset *data);

/* raw.c */
bool raw_check(int code, const char *doing);
/* `name`: of the database in it, NULL for the main one. */
bool raw_open(const char *path, const char *name, unsigned flags, MDB_env **env, MDB_dbi *dbi);
/* One read transaction: renew, get, touch every byte, reset. */
bool raw_load(dataset *data, const sample *of, uint64_t *sum);
/* One write transaction: begin, get and put `count` neighbouring samples (with their entries, where there are some),
   commit. */
bool raw_save(dataset *data, const sample *of, size_t count);
/* The item's number in the raw record. */
bool raw_number(dataset *data, const sample *of, uint64_t *number);

/* Items, entries and long keys stand in a database of this name in a store's file; the raw side, as a program would that
   has nothing else to keep, has its records in LMDB's main one. */
#define STORE_DATA "~data"

/* A record of the store begins with a head, whose fifth byte is the kind (docs/internals/store.md). */
enum { RECORD_KIND = 4, RECORD_HEAD = 8, RECORD_SIZE_FIELD = 4 };
enum { KIND_ITEM = 5, KIND_ENTRY = 6, KIND_MARKER = 7 };
enum { SPACE_ITEMS = 0x10, SPACE_INDEXES = 0x11, SPACE_LONG = 0x7F };

/* The number of the item in a record of kind item or entry. */
bool record_number(const item_kind *kind, const MDB_val *value, uint64_t *number);

#endif
