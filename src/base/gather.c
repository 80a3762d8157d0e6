/* Gathering: who does one piece of work for all that have come gives those whom the last one served a moment to come again.

   They were answered at once and may ask again at once, one after the other: whoever is first would have a piece of work (a
   sync of the disk, say) of its own, for which all the others would wait. So the work waits until as many are there as
   were served or stood waiting at the end of the last one; a quarter of what that took, at most. A caller that is alone
   never waits, nor does one that comes when that moment is over; and where nobody came, the next few times nobody is
   waited for. */
#include "base/base.h"

#include <errno.h>
#include <time.h>

#define MOMENT_SHARE   4
#define LONGEST_MOMENT INT64_C(2000000)
/* Shorter than it takes a thread to sleep and be woken. */
#define SHORTEST_MOMENT INT64_C(20000)
#define TIMES_WITHOUT   8

bloop_status bl_gather_init(bl_gathering *gathering)
{
    pthread_condattr_t attributes;
    *gathering = (bl_gathering){ 0 };
    if (pthread_condattr_init(&attributes) != 0)
        return bl_error_no_memory(sizeof attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    int code = pthread_cond_init(&gathering->enough_came, &attributes);
    pthread_condattr_destroy(&attributes);
    return code == 0 ? BLOOP_OK : bl_error_no_memory(sizeof gathering->enough_came);
}

void bl_gather_destroy(bl_gathering *gathering)
{
    pthread_cond_destroy(&gathering->enough_came);
}

void bl_gather_begin(bl_gathering *gathering, int64_t now_ns)
{
    gathering->until_ns = now_ns < gathering->due_ns ? now_ns + gathering->moment_ns : 0;
}

void bl_gather_wait(bl_gathering *gathering, pthread_mutex_t *lock, size_t have, size_t most)
{
    size_t wanted = gathering->expected < most ? gathering->expected : most;
    if (gathering->until_ns == 0 || have + gathering->waiting >= wanted)
        return;
    const struct timespec until = { .tv_sec = gathering->until_ns / 1000000000,
                                    .tv_nsec = gathering->until_ns % 1000000000 };
    size_t before = gathering->waiting;
    gathering->enough = wanted - have;
    while (gathering->waiting < gathering->enough)
        if (pthread_cond_timedwait(&gathering->enough_came, lock, &until) == ETIMEDOUT)
            break;
    gathering->enough = 0;
    gathering->until_ns = 0;
    if (gathering->waiting == before)
        gathering->without = TIMES_WITHOUT;
}

void bl_gather_came(bl_gathering *gathering)
{
    if (++gathering->waiting == gathering->enough)
        pthread_cond_signal(&gathering->enough_came);
}

void bl_gather_cut(bl_gathering *gathering)
{
    if (gathering->enough == 0)
        return;
    gathering->enough = 1;
    pthread_cond_signal(&gathering->enough_came);
}

void bl_gather_end(bl_gathering *gathering, size_t served, int64_t took_ns, int64_t now_ns)
{
    int64_t moment = took_ns / MOMENT_SHARE;
    gathering->expected = served + gathering->waiting;
    gathering->moment_ns = moment < LONGEST_MOMENT ? moment : LONGEST_MOMENT;
    gathering->due_ns = 0;
    if (gathering->without > 0)
        gathering->without--;
    else if (moment >= SHORTEST_MOMENT)
        gathering->due_ns = gathering->waiting > 0 ? INT64_MAX : now_ns + moment;
}
