/* The fixture of calls on many. */
#include "many.h"

#include <time.h>

static void wait_for_others(fates *f);
static void decide(void *context, const peer_request *request, front_fate *out);

int many_begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    pthread_mutex_init(&f->fates.lock, NULL);
    pthread_cond_init(&f->fates.gathered, NULL);
    f->fates.fail_after = -1;
    front_open(&f->front);
    f->front.decide = decide;
    f->front.context = &f->fates;
    f->peer = peer_start(&(peer_options){ .answer = front_answer, .context = &f->front });
    f->backend = open_at(f->peer);
    *state = f;
    return 0;
}

int many_end(void **state)
{
    fixture *f = *state;
    notation_free(&f->n);
    bloop_backend_close(f->backend);
    peer_stop(f->peer);
    front_close(&f->front);
    pthread_cond_destroy(&f->fates.gathered);
    pthread_mutex_destroy(&f->fates.lock);
    free(f);
    return 0;
}

void many_gather(fixture *f, size_t count)
{
    pthread_mutex_lock(&f->fates.lock);
    f->fates.gather = count;
    f->fates.arrived = 0;
    pthread_mutex_unlock(&f->fates.lock);
}

void many_add_update(fixture *f, writes *w, size_t at, const char *id, const char *mark)
{
    char key[128], update[128];
    snprintf(key, sizeof key, "{id: \"%s\"}", id);
    snprintf(update, sizeof update, "SET mark = \"%s\"", mark);
    w->requests[at] = (bloop_write_request){ .kind = BLOOP_WRITE_UPDATE,
                                             .table = "things",
                                             .item = notation_value(&f->n, key),
                                             .update = notation_update(&f->n, update) };
}

void many_free_results(writes *w, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bloop_result_free(&w->results[i].memory);
}

/* For at most two minutes: then the test fails by itself. */
static void wait_for_others(fates *f)
{
    struct timespec limit;
    if (f->arrived >= f->gather)
        return;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 120;
    f->arrived++;
    pthread_cond_broadcast(&f->gathered);
    while (f->arrived < f->gather && pthread_cond_timedwait(&f->gathered, &f->lock, &limit) == 0)
        ;
}

static void decide(void *context, const peer_request *request, front_fate *out)
{
    fates *f = context;
    pthread_mutex_lock(&f->lock);
    if (strcmp(request->operation, "DescribeTable") == 0)
        atomic_fetch_add(&f->describes, 1);
    else
        wait_for_others(f);
    const char *values = strstr(request->body, "ExpressionAttributeValues");
    const char *mark = values ? strstr(values, "{\"S\":\"") : NULL;
    if (mark && strlen(f->order) + 8 < sizeof f->order)
        strcat(strncat(f->order, mark + 6, strcspn(mark + 6, "\"")), " ");
    if (!f->operation || strcmp(f->operation, request->operation) == 0) {
        *out = (front_fate){ .event = f->delay_us ? FRONT_FAILS_AFTER : FRONT_PASSES, .delay_us = f->delay_us };
        if (f->fail_after >= 0 && f->fail_after-- <= 0) {
            f->fail_after = 0;
            *out = f->failure;
        }
    }
    pthread_mutex_unlock(&f->lock);
}
