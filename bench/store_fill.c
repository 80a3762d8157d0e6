/* Fills a store through the library. */
#include <inttypes.h>
#include <stdlib.h>

#include "dataset.h"

static bool fill(bloop_engine *engine, const dataset *data, void **objects);
static bool save_group(bloop_engine *engine, const dataset *data, void **objects, uint64_t first, size_t count);

bool store_fill(dataset *data)
{
    const bloop_store_options options = { .path = data->store_path, .durability = BLOOP_DURABLE_LATER };
    void *objects[SAVES_A_COMMIT] = { NULL };
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = bloop_store_open(&options));
    bool done = engine && bloop_bind_model(engine, data->kind->model, NULL) == BLOOP_OK;
    for (size_t i = 0; done && i < SAVES_A_COMMIT; i++)
        done = (objects[i] = bloop_object_new(data->kind->model)) != NULL;
    if (!done)
        bench_note_failure("a new store: %s", bloop_last_error()->message);
    done = done && fill(engine, data, objects);
    for (size_t i = 0; i < SAVES_A_COMMIT; i++)
        bloop_free(objects[i]);
    bloop_close(engine);
    return done;
}

static bool fill(bloop_engine *engine, const dataset *data, void **objects)
{
    uint64_t begin = bench_now_ns();
    for (uint64_t number = 0; number < data->count; number += SAVES_A_COMMIT) {
        uint64_t left = data->count - number;
        if (!save_group(engine, data, objects, number, left < SAVES_A_COMMIT ? (size_t)left : SAVES_A_COMMIT))
            return false;
        if (number % (128 * SAVES_A_COMMIT) == 0)
            bench_progress("filling the store", number, data->count);
    }
    bench_progress("", 1, 1);
    double seconds = (double)(bench_now_ns() - begin) / 1e9;
    bench_detail("%" PRIu64 " items saved in groups of %d in %.1f s, %.0f a second", data->count, SAVES_A_COMMIT,
                 seconds, (double)data->count / seconds);
    return true;
}

static bool save_group(bloop_engine *engine, const dataset *data, void **objects, uint64_t first, size_t count)
{
    const bloop_object_list list = { objects, count };
    for (size_t i = 0; i < count; i++) {
        bloop_status status = data->kind->set_keys(objects[i], first + i);
        if (status == BLOOP_OK)
            status = data->kind->set_rest(objects[i], first + i);
        if (status != BLOOP_OK)
            return bench_fail("item %" PRIu64 ": %s", first + i, bloop_last_error()->message);
    }
    if (bloop_save_all(engine, list) != BLOOP_OK)
        return bench_fail("filling the store: %s", bloop_last_error()->message);
    return true;
}
