/* Loading one object at a time. */
#include <inttypes.h>
#include <stdlib.h>

#include "dataset.h"
#include "store.h"

enum { BATCH = 64, BATCHES = 3000, WARM_UP = 4096 };

typedef struct load_contest {
    dataset *data;
    void *objects[BATCH];
    uint64_t sum; /* what was touched: looked at, so that the touching is not left out */
} load_contest;

static bool measure(const bench_settings *settings, const item_kind *kind, double *ratio);
static bool make_objects(load_contest *l);
static sample *sample_of(const load_contest *l, size_t batch, size_t i);
static bool prepare(void *context, size_t batch);
static bool load_ours(void *context, size_t batch);
static bool load_raw(void *context, size_t batch);
static bool check(void *context, size_t batch);
static bool measure_whole_life(load_contest *l);

bool measure_load(const bench_settings *settings, double *ratio)
{
    return measure(settings, &plain_item, ratio);
}

bool measure_load_long(const bench_settings *settings, double *ratio)
{
    return measure(settings, &long_item, ratio);
}

static bool measure(const bench_settings *settings, const item_kind *kind, double *ratio)
{
    load_contest l = { .data = dataset_get(settings, kind, BLOOP_DURABLE_LATER) };
    if (!l.data)
        return false;
    bench_contest contest = { .batch = BATCH,
                              .batches = (size_t)(BATCHES * settings->effort) + 1,
                              .context = &l,
                              .prepare = prepare,
                              .ours = load_ours,
                              .raw = load_raw,
                              .check = check };
    bench_contest warm_up = contest;
    warm_up.batches = WARM_UP / BATCH;
    bench_outcome outcome;
    bool done = make_objects(&l) && bench_compete(&warm_up, &outcome) && bench_compete(&contest, &outcome);
    if (done) {
        bench_show(&contest, &outcome);
        *ratio = outcome.ratio;
        done = measure_whole_life(&l);
    }
    for (size_t i = 0; i < BATCH; i++)
        bloop_free(l.objects[i]);
    return done;
}

static bool make_objects(load_contest *l)
{
    for (size_t i = 0; i < BATCH; i++)
        if (!(l->objects[i] = bloop_object_new(l->data->kind->model)))
            return bench_fail("%s", bloop_last_error()->message);
    return true;
}

static sample *sample_of(const load_contest *l, size_t batch, size_t i)
{
    return &l->data->samples[(batch * BATCH + i) % l->data->sample_count];
}

static bool prepare(void *context, size_t batch)
{
    load_contest *l = context;
    for (size_t i = 0; i < BATCH; i++)
        if (l->data->kind->set_keys(l->objects[i], sample_of(l, batch, i)->number) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    return true;
}

static bool load_ours(void *context, size_t batch)
{
    load_contest *l = context;
    const item_kind *kind = l->data->kind;
    (void)batch;
    for (size_t i = 0; i < BATCH; i++) {
        if (bloop_load_objects(l->data->engine, (bloop_object_list){ &l->objects[i], 1 }, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
        l->sum += kind->touch(l->objects[i]);
    }
    return true;
}

static bool load_raw(void *context, size_t batch)
{
    load_contest *l = context;
    for (size_t i = 0; i < BATCH; i++)
        if (!raw_load(l->data, sample_of(l, batch, i), &l->sum))
            return false;
    return true;
}

/* Every field of every object; and that the raw record is of the same item. */
static bool check(void *context, size_t batch)
{
    load_contest *l = context;
    for (size_t i = 0; i < BATCH; i++) {
        const sample *of = sample_of(l, batch, i);
        uint64_t number = 0;
        if (!l->data->kind->is_as_made(l->objects[i], of->number, of->visits))
            return bench_fail("item %" PRIu64 " was loaded with wrong values", of->number);
        if (!raw_number(l->data, of, &number) || number != of->number)
            return bench_fail("raw LMDB gave item %" PRIu64 " for %" PRIu64, number, of->number);
    }
    return l->sum ? true : bench_fail("nothing was touched");
}

/* For orientation: what a program pays that makes an object for each load. */
static bool measure_whole_life(load_contest *l)
{
    const item_kind *kind = l->data->kind;
    uint64_t begin = bench_now_ns();
    for (size_t i = 0; i < WARM_UP; i++) {
        void *object = bloop_object_new(kind->model);
        bloop_status status = object ? kind->set_keys(object, sample_of(l, 0, i)->number) : BLOOP_NO_MEMORY;
        if (status == BLOOP_OK)
            status = bloop_load_objects(l->data->engine, (bloop_object_list){ &object, 1 }, NULL);
        if (status == BLOOP_OK)
            l->sum += kind->touch(object);
        bloop_free(object);
        if (status != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    }
    bench_detail("with a new object, its keys computed and set, and freed: %.0f ns",
                 (double)(bench_now_ns() - begin) / WARM_UP);
    return true;
}
