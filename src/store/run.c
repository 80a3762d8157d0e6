/* A group's way through the file: together if it goes well, else one by one, so that only the culprit fails. */
#include "run_private.h"

#include "write_private.h"

/* What became of an attempt to run something in a transaction. */
typedef enum outcome {
    COMMITTED,   /* each request has its result */
    NOT_STARTED, /* no transaction could be had: the reason is everybody's */
    MAP_FULL,    /* nothing has changed: the map must grow */
    SPOILED,     /* nothing has changed: the machine failed in one of them, or in the commit */
    UNKNOWN      /* the commit may or may not have happened */
} outcome;

/* Some requests of one job. */
typedef struct span {
    const bloop_write_request *requests;
    bloop_write_result *results;
    size_t count;
} span;

enum { MAX_ATTEMPTS = 64 /* each doubles the map */ };

static void keep_error(const bl_error_copy *before);
static void run_function(bl_store *store, bl_job *job);
static outcome try_function(bl_store *store, bl_job *job);
static void run_writes(bl_store *store, bl_group *group);
static outcome try_together(bl_store *store, bl_group *group);
static outcome run_jobs(bl_store *store, bl_job *from);
static void run_one(bl_store *store, span one);
static outcome run_span(bl_change *change, span some);
static outcome commit(bl_change *change);
static bool grow(bl_store *store, outcome *result);
static void settle(span some, outcome result);
static span span_of(const bl_job *job);
static span span_at(const bl_job *job, size_t i);

void bl_run_group(bl_store *store, bl_group *group)
{
    bl_error_copy before;
    before.status = bl_error_status();
    if (before.status != BLOOP_OK)
        bl_error_save(&before);
    if (group->first->run)
        run_function(store, group->first);
    else
        run_writes(store, group);
    keep_error(&before);
}

/* The leader's last error is not to tell of what it did for others. */
static void keep_error(const bl_error_copy *before)
{
    const bloop_error *now = bloop_last_error();
    if (before->status == BLOOP_OK) {
        if (now->status != BLOOP_OK)
            bl_error_clear();
    } else if (now->status != before->status || strcmp(now->message, before->message) != 0) {
        bl_error_restore(before);
    }
}

static void run_function(bl_store *store, bl_job *job)
{
    outcome result = try_function(store, job);
    for (int attempt = 0; result == MAP_FULL && attempt < MAX_ATTEMPTS && grow(store, &result); attempt++)
        result = try_function(store, job);
    job->status = result == COMMITTED ? BLOOP_OK : bl_error_status();
    if (job->status != BLOOP_OK)
        bl_error_save(job->error);
}

static outcome try_function(bl_store *store, bl_job *job)
{
    bl_change *change = &store->change;
    if (bl_change_begin(change) != BLOOP_OK)
        return NOT_STARTED;
    if (job->run(change, job->context) == BLOOP_OK)
        return commit(change);
    bool full = bl_txn_map_full(&change->txn);
    bl_change_abort(change);
    return full ? MAP_FULL : SPOILED;
}

static void run_writes(bl_store *store, bl_group *group)
{
    outcome result = try_together(store, group);
    for (int attempt = 0; result == MAP_FULL && attempt < MAX_ATTEMPTS && grow(store, &result); attempt++) {
        for (bl_job *job = group->first; job; job = job->next)
            settle(span_of(job), MAP_FULL);
        result = try_together(store, group);
    }
    bool alone = group->first == group->last && group->first->count == 1;
    bool one_by_one = (result == SPOILED || result == MAP_FULL) && !alone;
    for (bl_job *job = group->first; job; job = job->next) {
        if (!one_by_one) {
            settle(span_of(job), result);
            continue;
        }
        for (size_t i = 0; i < job->count; i++)
            run_one(store, span_at(job, i));
    }
}

/* Everything in one transaction; who arrives while it is being filled still gets on. */
static outcome try_together(bl_store *store, bl_group *group)
{
    bl_job *next = group->first;
    if (bl_change_begin(&store->change) != BLOOP_OK)
        return NOT_STARTED;
    for (; next; next = bl_queue_take_more(&store->queue, group)) {
        outcome result = run_jobs(store, next);
        if (result != COMMITTED)
            return result;
    }
    if (!store->queue.gathers)
        return commit(&store->change);
    int64_t begin = bl_monotonic_nanoseconds();
    outcome result = commit(&store->change);
    group->commit_ns = bl_monotonic_nanoseconds() - begin;
    return result;
}

static outcome run_jobs(bl_store *store, bl_job *from)
{
    for (bl_job *job = from; job; job = job->next) {
        outcome result = run_span(&store->change, span_of(job));
        if (result != COMMITTED)
            return result;
    }
    return COMMITTED;
}

/* One request in a transaction of its own: what fails now is its own fault. */
static void run_one(bl_store *store, span one)
{
    outcome result = MAP_FULL;
    for (int attempt = 0; result == MAP_FULL && attempt < MAX_ATTEMPTS; attempt++) {
        settle(one, MAP_FULL);
        result = bl_change_begin(&store->change) == BLOOP_OK ? run_span(&store->change, one) : NOT_STARTED;
        if (result == COMMITTED)
            result = commit(&store->change);
        if (result == MAP_FULL && !grow(store, &result))
            break;
    }
    settle(one, result == MAP_FULL ? SPOILED : result);
}

/* Runs requests in the open transaction, which is over unless they all went through: a request that is refused has not
   touched it, but after a failure of the machine nobody can tell. */
static outcome run_span(bl_change *change, span some)
{
    for (size_t i = 0; i < some.count; i++) {
        bloop_write_result *result = &some.results[i];
        bloop_status status = bl_write_run(change, &some.requests[i], result);
        if (BL_LIKELY(status == BLOOP_OK))
            continue;
        if (status >= BLOOP_NO_MEMORY) {
            bool full = bl_txn_map_full(&change->txn);
            bl_change_abort(change);
            return full ? MAP_FULL : SPOILED;
        }
        bl_error_copy error;
        bl_error_save(&error);
        bl_result_fail(result, &error);
    }
    return COMMITTED;
}

static outcome commit(bl_change *change)
{
    bloop_status status = bl_change_commit(change);
    if (BL_LIKELY(status == BLOOP_OK))
        return COMMITTED;
    if (status == BLOOP_UNKNOWN_OUTCOME)
        return UNKNOWN;
    return bl_txn_map_full(&change->txn) ? MAP_FULL : SPOILED;
}

/* Makes the map larger. A failure becomes the attempt's. */
static bool grow(bl_store *store, outcome *result)
{
    if (bl_env_grow(store->env) == BLOOP_OK)
        return true;
    *result = SPOILED;
    return false;
}

/* Gives requests the results that follow from what became of their transaction; the thread's last error has the reason. */
static void settle(span some, outcome result)
{
    if (result == COMMITTED)
        return;
    bl_error_copy error;
    bl_error_save(&error);
    for (size_t i = 0; i < some.count; i++) {
        bloop_write_result *each = &some.results[i];
        bool refused = each->status != BLOOP_OK && each->status != BLOOP_CONSTRAINT_VIOLATION;
        if (result == UNKNOWN && refused)
            continue;
        bloop_result_free(&each->memory);
        *each = (bloop_write_result){ 0 };
        if (result != MAP_FULL)
            bl_result_fail(each, &error);
    }
}

static span span_of(const bl_job *job)
{
    return (span){ job->requests, job->results, job->count };
}

static span span_at(const bl_job *job, size_t i)
{
    return (span){ job->requests + i, job->results + i, 1 };
}
