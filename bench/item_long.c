/* The item with keys that LMDB can't hold: what a table sorted by long paths or addresses looks like. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "item.h"

BLOOP_MODEL(Long,
    column(String,  shelf,  .hash_key = true),
    column(String,  path,   .range_key = true),
    column(String,  owner),
    column(Integer, visits),
    global_index(by_owner, .hash_key = &Long.owner, .range_key = &Long.path, .projection = BLOOP_ALL),
    table(.name = "bench-long"));

enum { SHARED_SIZE = 1000, PATH_SIZE = 1024 };

static bloop_status set_keys(void *object, uint64_t number);
static bloop_status set_rest(void *object, uint64_t number);
static bloop_status set_visits(void *object, int64_t visits);
static bool is_as_made(const void *object, uint64_t number, int64_t visits);
static uint64_t touch(const void *object);
static void make_path(uint64_t number, char path[PATH_SIZE + 1]);

const item_kind long_item = {
    .model = bloop_model_of(Long),
    .range_name = "path",
    .set_keys = set_keys,
    .set_rest = set_rest,
    .set_visits = set_visits,
    .is_as_made = is_as_made,
    .touch = touch,
};

static const char shelf[] = "the only shelf";
static const char owner[] = "the only owner";

static bloop_status set_keys(void *object, uint64_t number)
{
    struct Long *item = object;
    char path[PATH_SIZE + 1];
    make_path(number, path);
    bloop_status status = bloop_set(item, shelf, shelf);
    return status == BLOOP_OK ? bloop_set(item, path, path) : status;
}

static bloop_status set_rest(void *object, uint64_t number)
{
    struct Long *item = object;
    (void)number;
    bloop_status status = bloop_set(item, owner, owner);
    return status == BLOOP_OK ? bloop_set(item, visits, FIRST_VISITS) : status;
}

static bloop_status set_visits(void *object, int64_t visits)
{
    return bloop_set((struct Long *)object, visits, visits);
}

static bool is_as_made(const void *object, uint64_t number, int64_t visits)
{
    const struct Long *item = object;
    char path[PATH_SIZE + 1];
    make_path(number, path);
    return strcmp(item->shelf, shelf) == 0 && strcmp(item->path, path) == 0 && strcmp(item->owner, owner) == 0 &&
           item->visits == visits;
}

static uint64_t touch(const void *object)
{
    const struct Long *item = object;
    return touch_text(item->shelf) + touch_text(item->path) + touch_text(item->owner) + (uint64_t)item->visits;
}

/* The shared beginning, then what differs: pseudo-random, so that neighbours by number are none by key. */
static void make_path(uint64_t number, char path[PATH_SIZE + 1])
{
    static const char pattern[] = "a/folder/of/many/in/which/all/of/them/are/";
    for (size_t i = 0; i < SHARED_SIZE; i++)
        path[i] = pattern[i % (sizeof pattern - 1)];
    snprintf(path + SHARED_SIZE, PATH_SIZE - SHARED_SIZE + 1, "%012" PRIx64 "%012" PRIu64, bench_mix(number) >> 16,
             number);
}
