/* Pauses between tries, twice as long each time, with full jitter, as the service asks of its clients (developer guide,
   "Error retries and exponential backoff"). */
#include "base/base.h"

#define FIRST_PAUSE_MS 20

bool bl_backoff_pause(bl_backoff *backoff)
{
    if (++backoff->tries >= BL_BACKOFF_TRIES)
        return false;
    uint64_t random = 0;
    if (bl_random(&random, sizeof random) != BLOOP_OK)
        random = (uint64_t)bl_monotonic_nanoseconds();
    uint64_t longest_ms = (uint64_t)FIRST_PAUSE_MS << backoff->tries;
    bl_sleep_ms((int64_t)(1 + random % longest_ms));
    return true;
}
