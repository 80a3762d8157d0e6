/* Many objects in one call, against a server that takes 5 ms an answer: what several requests under way at once save. */
#include <stdlib.h>

#include "remote.h"

enum { DELAY_US = 5000, SAVES = 1000, LOADS = 10000, ROUNDS = 3 };

typedef struct crowd {
    bloop_engine *engine;
    void **objects;
    size_t count;
} crowd;

typedef bool (*way)(crowd *c);

static bool measure(const bench_settings *settings, size_t count, way slow, way fast, double *ratio);
static bool make_objects(crowd *c);
static bool save_each(crowd *c);
static bool save_all(crowd *c);
static bool load_one_by_one(crowd *c);
static bool load_all(crowd *c);
static bool load(crowd *c, bloop_in_flight in_flight);
static bool timed(crowd *c, way call, double *seconds);

bool measure_remote_saves(const bench_settings *settings, double *ratio)
{
    return measure(settings, SAVES, save_each, save_all, ratio);
}

bool measure_remote_loads(const bench_settings *settings, double *ratio)
{
    return measure(settings, LOADS, load_one_by_one, load_all, ratio);
}

static bool measure(const bench_settings *settings, size_t count, way slow, way fast, double *ratio)
{
    double ratios[ROUNDS], slow_s = 0, fast_s = 0;
    canned_answers answers;
    (void)settings;
    if (!answers_make(&answers))
        return false;
    crowd c = { .objects = calloc(count, sizeof *c.objects), .count = count };
    bool done = c.objects && server_start(&answers, DELAY_US, ANY_PROCESSOR) &&
                (c.engine = server_engine(&plain_item)) && make_objects(&c) &&
                timed(&c, fast, &fast_s); /* connections stand from then on */
    for (size_t i = 0; done && i < ROUNDS; i++) {
        done = timed(&c, slow, &slow_s) && timed(&c, fast, &fast_s);
        ratios[i] = slow_s / fast_s;
    }
    if (done) {
        bench_detail("one after the other %.3f s, together %.3f s, %zu objects", slow_s, fast_s, count);
        *ratio = bench_median(ratios, ROUNDS);
    }
    for (size_t i = 0; c.objects && i < count; i++)
        bloop_free(c.objects[i]);
    free(c.objects);
    bloop_close(c.engine);
    server_stop();
    answers_free(&answers);
    return done;
}

static bool make_objects(crowd *c)
{
    for (size_t i = 0; i < c->count; i++) {
        c->objects[i] = bloop_object_new(plain_item.model);
        if (!c->objects[i] || plain_item.set_keys(c->objects[i], i) != BLOOP_OK ||
            plain_item.set_rest(c->objects[i], i) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    }
    return true;
}

static bool save_each(crowd *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (bloop_save_objects(c->engine, (bloop_object_list){ &c->objects[i], 1 }, NULL) != BLOOP_OK)
            return bench_fail("%s", bloop_last_error()->message);
    return true;
}

static bool save_all(crowd *c)
{
    bloop_object_list objects = { c->objects, c->count };
    return bloop_save_objects(c->engine, objects, NULL) == BLOOP_OK ? true
                                                                    : bench_fail("%s", bloop_last_error()->message);
}

static bool load_one_by_one(crowd *c)
{
    return load(c, 1);
}

static bool load_all(crowd *c)
{
    return load(c, 0);
}

static bool load(crowd *c, bloop_in_flight in_flight)
{
    bloop_load_options options = { .size = sizeof options, .in_flight = in_flight };
    bloop_object_list objects = { c->objects, c->count };
    return bloop_load_objects(c->engine, objects, &options) == BLOOP_OK ? true
                                                                        : bench_fail("%s", bloop_last_error()->message);
}

static bool timed(crowd *c, way call, double *seconds)
{
    uint64_t begin = bench_now_ns();
    bool done = call(c);
    *seconds = (double)(bench_now_ns() - begin) / 1e9;
    return done;
}
