/* Saving one object at a time: unsynced, synced, and synced from many threads. */
#include <inttypes.h>
#include <stdlib.h>

#include "dataset.h"
#include "store.h"

enum { BATCH = 32, BATCHES = 1500, WARM_UP = 1024, SYNCED_BATCHES = 1000 };

typedef struct save_contest {
    dataset *data;
    size_t batch_size;
    void *objects[BATCH];
} save_contest;

static bool measure(const bench_settings *settings, const item_kind *kind, bloop_durability durability, double *ratio);
static bool make_objects(save_contest *s);
static sample *sample_of(const save_contest *s, size_t batch, size_t i);
static bool prepare(void *context, size_t batch);
static bool load(const save_contest *s, void *object);
static bool save_ours(void *context, size_t batch);
static bool save_raw(void *context, size_t batch);
static bool check(void *context, size_t batch);

bool measure_save(const bench_settings *settings, double *ratio)
{
    return measure(settings, &plain_item, BLOOP_DURABLE_LATER, ratio);
}

bool measure_save_long(const bench_settings *settings, double *ratio)
{
    return measure(settings, &long_item, BLOOP_DURABLE_LATER, ratio);
}

bool measure_save_synced(const bench_settings *settings, double *ratio)
{
    return measure(settings, &plain_item, BLOOP_DURABLE, ratio);
}

static bool measure(const bench_settings *settings, const item_kind *kind, bloop_durability durability, double *ratio)
{
    bool synced = durability == BLOOP_DURABLE;
    save_contest s = { .data = dataset_get(settings, kind, durability), .batch_size = synced ? 1 : BATCH };
    if (!s.data)
        return false;
    const double batches = (synced ? SYNCED_BATCHES : BATCHES) * settings->effort;
    const bench_contest contest = { .batch = s.batch_size,
                                    .batches = (size_t)batches + 1,
                                    .context = &s,
                                    .prepare = prepare,
                                    .ours = save_ours,
                                    .raw = save_raw,
                                    .check = check };
    bench_contest warm_up = contest;
    warm_up.batches = WARM_UP / BATCH;
    bench_outcome outcome;
    bool done = make_objects(&s) && bench_compete(&warm_up, &outcome) && bench_compete(&contest, &outcome);
    if (done) {
        bench_show(&contest, &outcome);
        *ratio = outcome.ratio;
    }
    for (size_t i = 0; i < BATCH; i++)
        bloop_free(s.objects[i]);
    return done;
}

static bool make_objects(save_contest *s)
{
    for (size_t i = 0; i < s->batch_size; i++)
        if (!(s->objects[i] = bloop_object_new(s->data->kind->model)))
            return bench_fail("%s", bloop_last_error()->message);
    return true;
}

static sample *sample_of(const save_contest *s, size_t batch, size_t i)
{
    return &s->data->samples[(batch * s->batch_size + i) % s->data->sample_count];
}

/* Loads the objects and changes a column. */
static bool prepare(void *context, size_t batch)
{
    save_contest *s = context;
    for (size_t i = 0; i < s->batch_size; i++) {
        sample *of = sample_of(s, batch, i);
        if (s->data->kind->set_keys(s->objects[i], of->number) != BLOOP_OK || !load(s, s->objects[i]) ||
            s->data->kind->set_visits(s->objects[i], ++of->visits) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    }
    return true;
}

static bool load(const save_contest *s, void *object)
{
    return bloop_load_objects(s->data->engine, (bloop_object_list){ &object, 1 }, NULL) == BLOOP_OK;
}

static bool save_ours(void *context, size_t batch)
{
    save_contest *s = context;
    (void)batch;
    for (size_t i = 0; i < s->batch_size; i++)
        if (bloop_save_objects(s->data->engine, (bloop_object_list){ &s->objects[i], 1 }, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    return true;
}

static bool save_raw(void *context, size_t batch)
{
    save_contest *s = context;
    for (size_t i = 0; i < s->batch_size; i++)
        if (!raw_save(s->data, sample_of(s, batch, i), 1))
            return false;
    return true;
}

/* The saved item is there, with its new visits, and nothing else has changed. */
static bool check(void *context, size_t batch)
{
    save_contest *s = context;
    for (size_t i = 0; i < s->batch_size; i += 8) {
        const sample *of = sample_of(s, batch, i);
        void *object = bloop_object_new(s->data->kind->model);
        bool right = object && s->data->kind->set_keys(object, of->number) == BLOOP_OK && load(s, object) &&
                     s->data->kind->is_as_made(object, of->number, of->visits);
        bloop_free(object);
        if (!right)
            return bench_fail("item %" PRIu64 " is not as it was saved", of->number);
    }
    return true;
}
