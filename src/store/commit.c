/* The queue of writers. A call that finds nobody leading leads: it runs its own writes and all that came in meanwhile in
   one transaction. The calls that arrive while it commits wait, and the first of them leads next; where commits are synced,
   it gives those just answered a moment to come along (base/gather.c). A call that is alone takes a lock twice and looks
   at the clock, and that is all it pays. */
#include "commit_private.h"

#include "run_private.h"

static void lead(bl_store *store, bl_job *own);
static void append(bl_queue *queue, bl_job *job);
static void wait_for_turn(bl_job *job);
static void tell(bl_job *group, const bl_job *own);

bloop_status bl_queue_init(bl_queue *queue, bool gathers)
{
    *queue = (bl_queue){ .gathers = gathers };
    bloop_status status = bl_gather_init(&queue->gathering);
    if (status != BLOOP_OK)
        return status;
    if (pthread_mutex_init(&queue->lock, NULL) == 0)
        return BLOOP_OK;
    bl_gather_destroy(&queue->gathering);
    return bl_error_no_memory(sizeof queue->lock);
}

void bl_queue_destroy(bl_queue *queue)
{
    pthread_mutex_destroy(&queue->lock);
    bl_gather_destroy(&queue->gathering);
}

void bl_commit(bl_store *store, bl_job *job)
{
    bl_queue *queue = &store->queue;
    job->next = NULL;
    pthread_mutex_lock(&queue->lock);
    append(queue, job);
    job->leads = !queue->led;
    queue->led = true;
    if (!job->leads) {
        sem_init(&job->wake, 0, 0);
        pthread_mutex_unlock(&queue->lock);
        wait_for_turn(job);
        if (!job->leads)
            return;
        pthread_mutex_lock(&queue->lock);
    }
    lead(store, job);
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
        queue->gathering.waiting--;
        job->next = NULL;
        if (group->last)
            group->last->next = job;
        else
            group->first = job;
        group->last = job;
        group->jobs++;
        group->requests += job->count;
        for (size_t i = 0; i < job->count; i++)
            group->bytes += job->requests[i].item.size;
    }
}

bl_job *bl_queue_take_more(bl_queue *queue, bl_group *group)
{
    bl_job *last = group->last;
    pthread_mutex_lock(&queue->lock);
    bl_queue_take(queue, group);
    if (queue->gathers && !last->next && !queue->first) {
        bl_gather_wait(&queue->gathering, &queue->lock, group->jobs, BL_GROUP_REQUESTS);
        bl_queue_take(queue, group);
    }
    pthread_mutex_unlock(&queue->lock);
    return last->next;
}

/* Runs a group whose first job is the caller's own. The queue's lock is held when it begins, and not when it returns. Who
   leads next is woken first, and nobody while the lock is held, for which they would only wait again. */
static void lead(bl_store *store, bl_job *own)
{
    bl_queue *queue = &store->queue;
    bl_group group = { 0 };
    if (queue->gathers)
        bl_gather_begin(&queue->gathering, bl_monotonic_nanoseconds());
    bl_queue_take(queue, &group);
    pthread_mutex_unlock(&queue->lock);
    bl_run_group(store, &group);
    pthread_mutex_lock(&queue->lock);
    if (queue->gathers)
        bl_gather_end(&queue->gathering, group.jobs, group.commit_ns, bl_monotonic_nanoseconds());
    bl_job *leader = queue->first;
    queue->led = leader != NULL;
    pthread_mutex_unlock(&queue->lock);
    if (leader) {
        leader->leads = true;
        sem_post(&leader->wake);
    }
    tell(group.first, own);
}

static void append(bl_queue *queue, bl_job *job)
{
    if (queue->last)
        queue->last->next = job;
    else
        queue->first = job;
    queue->last = job;
    bl_gather_came(&queue->gathering);
    if (job->run)
        bl_gather_cut(&queue->gathering);
}

/* Until the job is done, which whoever did it tells, or is to lead. */
static void wait_for_turn(bl_job *job)
{
    while (sem_wait(&job->wake) != 0)
        continue; /* a signal */
    sem_destroy(&job->wake);
}

/* A job is its caller's again as soon as it has been told. */
static void tell(bl_job *group, const bl_job *own)
{
    bl_job *next = NULL;
    for (bl_job *job = group; job; job = next) {
        next = job->next;
        if (job != own)
            sem_post(&job->wake);
    }
}
