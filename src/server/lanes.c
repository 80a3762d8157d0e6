/* Lanes: threads for requests that may wait for a disk, so that those that read connections never do.

   The lane of writes has one thread, which takes all that came while it was busy and hands it to the backend in one call:
   what arrives during one sync is made durable by the next, and those just answered are given a moment to come back
   (base/gather.c). More threads would take it away from each other in small pieces. The other lane has a few, each of
   which runs one request at a time. */
#include "server/server_private.h"

/* The most requests that are run as one. */
#define AT_ONCE 256

static void *run_lane(void *argument);
static size_t take_waiting(bl_lane *lane, bl_connection **taken, size_t most);
static void gather(bl_lane *lane);
static void answer(bl_lane *lane, bl_connection **taken, size_t count);

bloop_status bl_lane_start(bl_lane *lane, bloop_server *server, size_t threads, bool many)
{
    bloop_status status = bl_gather_init(&lane->gathering);
    if (status != BLOOP_OK)
        return status;
    lane->server = server;
    lane->many = many;
    lane->last = &lane->first;
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->wake, NULL);
    for (; lane->thread_count < threads; lane->thread_count++)
        if (pthread_create(&lane->threads[lane->thread_count], NULL, run_lane, lane) != 0)
            return bl_error(BLOOP_NO_MEMORY, "the system starts no more threads");
    return BLOOP_OK;
}

void bl_lane_stop(bl_lane *lane)
{
    if (!lane->server)
        return;
    pthread_mutex_lock(&lane->lock);
    lane->stopping = true;
    pthread_cond_broadcast(&lane->wake);
    bl_gather_cut(&lane->gathering);
    pthread_mutex_unlock(&lane->lock);
    for (size_t i = 0; i < lane->thread_count; i++)
        pthread_join(lane->threads[i], NULL);
    bl_gather_destroy(&lane->gathering);
    pthread_cond_destroy(&lane->wake);
    pthread_mutex_destroy(&lane->lock);
}

void bl_lane_push(bl_lane *lane, bl_connection *connection)
{
    connection->next_in_lane = NULL;
    pthread_mutex_lock(&lane->lock);
    *lane->last = connection;
    lane->last = &connection->next_in_lane;
    bl_gather_came(&lane->gathering);
    pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&lane->lock);
}

static void *run_lane(void *argument)
{
    bl_lane *lane = argument;
    bl_connection *taken[AT_ONCE];
    size_t count;
    while ((count = take_waiting(lane, taken, lane->many ? AT_ONCE : 1)) > 0)
        answer(lane, taken, count);
    return NULL;
}

/* Waits for requests; 0 when there will be no more. */
static size_t take_waiting(bl_lane *lane, bl_connection **taken, size_t most)
{
    size_t count = 0;
    pthread_mutex_lock(&lane->lock);
    while (!lane->first && !lane->stopping)
        pthread_cond_wait(&lane->wake, &lane->lock);
    if (lane->many)
        gather(lane);
    for (; count < most && lane->first; count++) {
        taken[count] = lane->first;
        lane->first = lane->first->next_in_lane;
    }
    lane->gathering.waiting -= count;
    if (!lane->first)
        lane->last = &lane->first;
    pthread_mutex_unlock(&lane->lock);
    return count;
}

/* Not when the lane stops: nobody is to come. */
static void gather(bl_lane *lane)
{
    bl_gather_begin(&lane->gathering, bl_monotonic_nanoseconds());
    if (!lane->stopping)
        bl_gather_wait(&lane->gathering, &lane->lock, 0, AT_ONCE);
}

/* From its resumption on a connection is its HTTP thread's again. */
static void answer(bl_lane *lane, bl_connection **taken, size_t count)
{
    int64_t begin = bl_monotonic_nanoseconds();
    bl_request_run(taken, count);
    int64_t end = bl_monotonic_nanoseconds();
    pthread_mutex_lock(&lane->lock);
    bl_gather_end(&lane->gathering, count, end - begin, end);
    pthread_mutex_unlock(&lane->lock);
    for (size_t i = 0; i < count; i++)
        MHD_resume_connection(taken[i]->http);
}
