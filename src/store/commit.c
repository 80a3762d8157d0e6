/* The queue of writers. A call that finds nobody leading leads: it runs its own writes and all that came in meanwhile in
   one transaction. The calls that arrive while it commits wait, and the first of them leads next. A call that is alone
   takes a lock twice, and that is all it pays. */
#include "commit_private.h"

#include "run_private.h"

static void lead(bl_store *store, bl_job *own);
static void append(bl_queue *queue, bl_job *job);
static void wait_for_turn(bl_queue *queue, bl_job *job);
static void finish(bl_job *group, const bl_job *own);
static void hand_over(bl_queue *queue);

bloop_status bl_queue_init(bl_queue *queue)
{
    *queue = (bl_queue){ 0 };
    if (pthread_mutex_init(&queue->lock, NULL) != 0)
        return bl_error_no_memory(sizeof queue->lock);
    return BLOOP_OK;
}

void bl_queue_destroy(bl_queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
}

void bl_commit(bl_store *store, bl_job *job)
{
    bl_queue *queue = &store->queue;
    job->next = NULL;
    pthread_mutex_lock(&queue->lock);
    append(queue, job);
    if (queue->led) {
        wait_for_turn(queue, job);
    } else {
        queue->led = true;
        job->state = BL_JOB_LEADS;
    }
    if (job->state == BL_JOB_LEADS)
        lead(store, job);
    pthread_mutex_unlock(&queue->lock);
}

bloop_status bl_commit_alone(bl_store *store, bloop_status (*run)(bl_change *change, void *context), void *context)
{
    bl_error_copy error;
    bl_job job = { .run = run, .context = context, .error = &error };
    bl_commit(store, &job);
    return job.status == BLOOP_OK ? BLOOP_OK : bl_error_restore(&error);
}

/* Without memory for the words the status alone has to do. */
void bl_result_fail(bloop_write_result *result, const bl_error_copy *error)
{
    size_t size = strlen(error->message) + 1;
    char *message = bloop_result_alloc(&result->memory, size);
    if (message)
        memcpy(message, error->message, size);
    result->status = error->status;
    result->message = message ? message : bloop_status_text(error->status);
}

/* Moves jobs from the queue to a group as long as they may share a transaction: writes with writes, up to a bound, so
   that a commit does not grow without end. The queue's lock is held. */
void bl_queue_take(bl_queue *queue, bl_group *group)
{
    while (queue->first) {
        bl_job *job = queue->first;
        if (group->first && (job->run || group->first->run))
            return;
        if (group->first && (group->requests + job->count > BL_GROUP_REQUESTS || group->bytes > BL_GROUP_BYTES))
            return;
        queue->first = job->next;
        if (!queue->first)
            queue->last = NULL;
        job->next = NULL;
        if (group->last)
            group->last->next = job;
        else
            group->first = job;
        group->last = job;
        group->requests += job->count;
        for (size_t i = 0; i < job->count; i++)
            group->bytes += job->requests[i].item.size;
    }
}

/* Runs a group whose first job is the caller's own. The queue's lock is held when it begins and when it returns, and not
   in between. */
static void lead(bl_store *store, bl_job *own)
{
    bl_queue *queue = &store->queue;
    bl_group group = { 0 };
    bl_queue_take(queue, &group);
    pthread_mutex_unlock(&queue->lock);
    bl_run_group(store, &group);
    pthread_mutex_lock(&queue->lock);
    finish(group.first, own);
    hand_over(queue);
}

static void append(bl_queue *queue, bl_job *job)
{
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
}

static void wait_for_turn(bl_queue *queue, bl_job *job)
{
    job->state = BL_JOB_WAITS;
    pthread_cond_init(&job->wake, NULL);
    while (job->state == BL_JOB_WAITS)
        pthread_cond_wait(&job->wake, &queue->lock);
    pthread_cond_destroy(&job->wake);
}

/* A job is its caller's again as soon as it is done and the lock is free. */
static void finish(bl_job *group, const bl_job *own)
{
    bl_job *next = NULL;
    for (bl_job *job = group; job; job = next) {
        next = job->next;
        if (job == own)
            continue;
        job->state = BL_JOB_DONE;
        pthread_cond_signal(&job->wake);
    }
}

static void hand_over(bl_queue *queue)
{
    queue->led = queue->first != NULL;
    if (!queue->led)
        return;
    queue->first->state = BL_JOB_LEADS;
    pthread_cond_signal(&queue->first->wake);
}
