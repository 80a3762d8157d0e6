/* Lanes: threads for requests that may wait for a disk, so that those that read connections never do.

   The lane of writes has one thread, which takes all that came while it was busy and hands it to the backend in one call:
   what arrives during one sync is made durable by the next. More threads would take it away from each other in small
   pieces. The other lane has a few, each of which runs one request at a time.

   Clients that were just answered come back one after the other, and the first of them would have a sync of its own, for
   which all the others would wait. So the thread gives as many as there were the last time a moment to come: a quarter of
   what running those took, at most. A client that is alone never waits for others. */
#include "server/server_private.h"

#include <errno.h>
#include <time.h>

/* The most requests that are run as one. */
#define AT_ONCE 256
/* A moment is a quarter of the last time, if that is worth waiting for. */
#define MOMENT_SHARE    4
#define SHORTEST_MOMENT INT64_C(100000)
#define LONGEST_MOMENT  INT64_C(2000000)

/* The requests that were run last. */
typedef struct last_run {
    size_t count;
    int64_t took_ns;
} last_run;

static void *run_lane(void *argument);
static size_t take_waiting(bl_lane *lane, const last_run *last, bl_connection **taken, size_t most);
static void wait_a_moment(bl_lane *lane, const last_run *last);
static void answer(bl_connection **taken, size_t count);
static int64_t now_ns(void);

bloop_status bl_lane_start(bl_lane *lane, bloop_server *server, size_t threads, bool many)
{
    lane->server = server;
    lane->many = many;
    lane->last = &lane->first;
    lane->enough = 1;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->wake, &attributes);
    pthread_condattr_destroy(&attributes);
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
    pthread_mutex_unlock(&lane->lock);
    for (size_t i = 0; i < lane->thread_count; i++)
        pthread_join(lane->threads[i], NULL);
    pthread_cond_destroy(&lane->wake);
    pthread_mutex_destroy(&lane->lock);
}

void bl_lane_push(bl_lane *lane, bl_connection *connection)
{
    connection->next_in_lane = NULL;
    pthread_mutex_lock(&lane->lock);
    *lane->last = connection;
    lane->last = &connection->next_in_lane;
    if (++lane->waiting >= lane->enough)
        pthread_cond_signal(&lane->wake);
    pthread_mutex_unlock(&lane->lock);
}

static void *run_lane(void *argument)
{
    bl_lane *lane = argument;
    bl_connection *taken[AT_ONCE];
    last_run last = { 0, 0 };
    while ((last.count = take_waiting(lane, &last, taken, lane->many ? AT_ONCE : 1)) > 0) {
        int64_t begin = now_ns();
        answer(taken, last.count);
        last.took_ns = now_ns() - begin;
    }
    return NULL;
}

/* Waits for requests; 0 when there will be no more. */
static size_t take_waiting(bl_lane *lane, const last_run *last, bl_connection **taken, size_t most)
{
    size_t count = 0;
    pthread_mutex_lock(&lane->lock);
    while (!lane->first && !lane->stopping)
        pthread_cond_wait(&lane->wake, &lane->lock);
    if (lane->many)
        wait_a_moment(lane, last);
    for (; count < most && lane->first; count++) {
        taken[count] = lane->first;
        lane->first = lane->first->next_in_lane;
    }
    lane->waiting -= count;
    if (!lane->first)
        lane->last = &lane->first;
    pthread_mutex_unlock(&lane->lock);
    return count;
}

static void wait_a_moment(bl_lane *lane, const last_run *last)
{
    int64_t moment = last->took_ns / MOMENT_SHARE;
    if (moment < SHORTEST_MOMENT)
        return;
    int64_t end = now_ns() + (moment < LONGEST_MOMENT ? moment : LONGEST_MOMENT);
    const struct timespec until = { .tv_sec = end / 1000000000, .tv_nsec = end % 1000000000 };
    lane->enough = last->count;
    while (lane->waiting < last->count && !lane->stopping)
        if (pthread_cond_timedwait(&lane->wake, &lane->lock, &until) == ETIMEDOUT)
            break;
    lane->enough = 1;
}

/* From its resumption on a connection is its HTTP thread's again. */
static void answer(bl_connection **taken, size_t count)
{
    bl_request_run(taken, count);
    for (size_t i = 0; i < count; i++)
        MHD_resume_connection(taken[i]->http);
}

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
