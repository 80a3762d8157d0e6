/* Decoders that wait for requests: a free list, as long as there ever were requests at the same moment. */
#include "server/server_private.h"

bl_job *bl_job_take(bloop_server *server)
{
    pthread_mutex_lock(&server->jobs_lock);
    bl_job *job = server->jobs;
    if (job)
        server->jobs = job->next;
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
    job->next = server->jobs;
    server->jobs = job;
    pthread_mutex_unlock(&server->jobs_lock);
}

void bl_jobs_free(bloop_server *server)
{
    while (server->jobs) {
        bl_job *job = server->jobs;
        server->jobs = job->next;
        bl_wire_reading_free(job->reading);
        bl_free(job);
    }
}
