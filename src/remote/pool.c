/* The connections of a backend, in crews that threads take for a call and give back.

   A crew in use belongs to one thread, so that nothing in it needs a lock. How many lanes there are is bounded for the
   whole backend; a call that takes many makes do with those that it gets. */
#include "crew_private.h"

static bl_crew *choose(bl_remote *remote, uint32_t wanted);
static bool may_grow(const bl_remote *remote);
static bl_crew *crew_new(bl_remote *remote);
static void crew_free(bl_crew *crew);
static bloop_status add_lane(bl_remote *remote, bl_crew *crew);
static void grow(bl_remote *remote, bl_crew *crew, uint32_t wanted);
static void give_up_lane(bl_remote *remote);
static void shrink(bl_remote *remote, bl_crew *crew, uint32_t wanted);
static void link_to(bl_crew **list, bl_crew *crew);
static void unlink_from(bl_crew **list, bl_crew *crew);
static void make_busy(bl_remote *remote, bl_crew *crew);

bl_crew *bl_pool_take(bl_remote *remote, uint32_t wanted)
{
    bl_crew *crew = NULL;
    pthread_mutex_lock(&remote->lock);
    for (;;) {
        crew = choose(remote, wanted);
        if (crew || may_grow(remote) || atomic_load(&remote->closing))
            break;
        pthread_cond_wait(&remote->pool.freed, &remote->lock);
    }
    bool closing = !crew && atomic_load(&remote->closing);
    if (crew)
        make_busy(remote, crew);
    else if (!closing)
        remote->pool.lanes++;
    pthread_mutex_unlock(&remote->lock);
    if (closing) {
        bl_remote_closed_error();
        return NULL;
    }
    if (!crew)
        crew = crew_new(remote);
    if (crew && crew->count < wanted)
        grow(remote, crew, wanted);
    return crew;
}

void bl_pool_give_back(bl_remote *remote, bl_crew *crew)
{
    pthread_mutex_lock(&remote->lock);
    unlink_from(&remote->pool.busy, crew);
    link_to(&remote->pool.idle, crew);
    pthread_cond_signal(&remote->pool.freed);
    pthread_mutex_unlock(&remote->lock);
}

void bl_pool_wake(bl_remote *remote)
{
    pthread_mutex_lock(&remote->lock);
    for (bl_crew *crew = remote->pool.busy; crew; crew = crew->next)
        curl_multi_wakeup(crew->multi);
    pthread_cond_broadcast(&remote->pool.freed);
    pthread_mutex_unlock(&remote->lock);
}

void bl_pool_free(bl_remote *remote)
{
    for (bl_crew *crew = remote->pool.idle, *next; crew; crew = next) {
        next = crew->next;
        crew_free(crew);
    }
    remote->pool.idle = NULL;
}

/* An idle crew whose size suits: for one request the smallest, for many the largest. NULL: a new one suits better, or has to
   be waited for. */
static bl_crew *choose(bl_remote *remote, uint32_t wanted)
{
    bl_crew *best = NULL;
    for (bl_crew *crew = remote->pool.idle; crew; crew = crew->next) {
        if (!best || (wanted > 1 ? crew->count > best->count : crew->count < best->count))
            best = crew;
        if (wanted == 1 && best->count == 1)
            break;
    }
    if (best && best->count > wanted && may_grow(remote))
        return NULL;
    /* All lanes are taken, this crew's included: what it has no use for is for others to make. */
    if (best && best->count > wanted)
        shrink(remote, best, wanted);
    return best;
}

static bool may_grow(const bl_remote *remote)
{
    return remote->pool.lanes < remote->terms.max_connections;
}

/* With one lane, which has been counted already. */
static bl_crew *crew_new(bl_remote *remote)
{
    bl_crew *crew = bl_alloc_zeroed(1, sizeof *crew);
    if (crew && !(crew->multi = curl_multi_init()))
        bl_error_no_memory(0);
    if (!crew || !crew->multi || add_lane(remote, crew) != BLOOP_OK) {
        crew_free(crew);
        give_up_lane(remote);
        return NULL;
    }
    pthread_mutex_lock(&remote->lock);
    link_to(&remote->pool.busy, crew);
    pthread_mutex_unlock(&remote->lock);
    return crew;
}

/* The easy handles go first: a connection's end may still speak through one. */
static void crew_free(bl_crew *crew)
{
    if (!crew)
        return;
    for (uint32_t i = 0; i < crew->count; i++)
        bl_lane_free(crew->lanes[i]);
    if (crew->multi)
        curl_multi_cleanup(crew->multi);
    bl_free(crew->lanes);
    bl_free(crew);
}

static bloop_status add_lane(bl_remote *remote, bl_crew *crew)
{
    void *lanes = crew->lanes;
    bloop_status status = bl_grow(&lanes, &crew->capacity, crew->count + 1, sizeof *crew->lanes);
    crew->lanes = lanes;
    bl_lane *lane = status == BLOOP_OK ? bl_lane_new(remote) : NULL;
    if (!lane)
        return BLOOP_NO_MEMORY;
    crew->lanes[crew->count++] = lane;
    curl_multi_setopt(crew->multi, CURLMOPT_MAXCONNECTS, (long)crew->count);
    return BLOOP_OK;
}

/* As far as the bound, and the memory, allow. */
static void grow(bl_remote *remote, bl_crew *crew, uint32_t wanted)
{
    bl_error_copy before;
    bl_error_save(&before);
    bool more = true;
    while (more && crew->count < wanted) {
        pthread_mutex_lock(&remote->lock);
        more = may_grow(remote);
        remote->pool.lanes += more;
        pthread_mutex_unlock(&remote->lock);
        if (!more || add_lane(remote, crew) == BLOOP_OK)
            continue;
        more = false;
        give_up_lane(remote);
        bl_error_restore(&before);
    }
}

/* One that was counted, and could not be made: another thread may. */
static void give_up_lane(bl_remote *remote)
{
    pthread_mutex_lock(&remote->lock);
    remote->pool.lanes--;
    pthread_cond_signal(&remote->pool.freed);
    pthread_mutex_unlock(&remote->lock);
}

static void shrink(bl_remote *remote, bl_crew *crew, uint32_t wanted)
{
    while (crew->count > wanted) {
        bl_lane_free(crew->lanes[--crew->count]);
        remote->pool.lanes--;
    }
    curl_multi_setopt(crew->multi, CURLMOPT_MAXCONNECTS, (long)crew->count);
    pthread_cond_broadcast(&remote->pool.freed);
}

static void make_busy(bl_remote *remote, bl_crew *crew)
{
    unlink_from(&remote->pool.idle, crew);
    link_to(&remote->pool.busy, crew);
}

static void link_to(bl_crew **list, bl_crew *crew)
{
    crew->previous = NULL;
    crew->next = *list;
    if (*list)
        (*list)->previous = crew;
    *list = crew;
}

static void unlink_from(bl_crew **list, bl_crew *crew)
{
    if (crew->previous)
        crew->previous->next = crew->next;
    else
        *list = crew->next;
    if (crew->next)
        crew->next->previous = crew->previous;
    crew->next = crew->previous = NULL;
}
