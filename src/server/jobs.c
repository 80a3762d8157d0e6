/* Decoders that wait for requests: a free list, of no more than are needed again and again. */
#include "server/server_private.h"

/* Thousands may be needed at one moment, when writes wait for a disk, and each keeps what its largest request took. */
#define KEPT_JOBS 64

static void free_job(bl_job *job);

bl_job *bl_job_take(bloop_server *server)
{
    pthread_mutex_lock(&server->jobs_lock);
    bl_job *job = server->jobs;
    if (job) {
        server->jobs = job->next;
        server->job_count--;
    }
    pthread_mutex_unlock(&server->jobs_lock);
    if (job)
        return job;
    job = bl_alloc_zeroed(1, sizeof *job);
    if (!job)
        return NULL;
    job->reading = bl_wire_reading_new();
    if (job->reading)
        return job;
    bl_free(job);
    return NULL;
}

void bl_job_give_back(bloop_server *server, bl_job *job)
{
    if (!job)
        return;
    bl_wire_reading_reset(job->reading);
    pthread_mutex_lock(&server->jobs_lock);
    bool kept = server->job_count < KEPT_JOBS;
    if (kept) {
        job->next = server->jobs;
        server->jobs = job;
        server->job_count++;
    }
    pthread_mutex_unlock(&server->jobs_lock);
    if (!kept)
        free_job(job);
}

void bl_jobs_free(bloop_server *server)
{
    while (server->jobs) {
        bl_job *job = server->jobs;
        server->jobs = job->next;
        free_job(job);
    }
}

static void free_job(bl_job *job)
{
    bl_wire_reading_free(job->reading);
    bl_free(job);
}
