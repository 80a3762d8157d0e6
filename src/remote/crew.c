/* Runs calls on a crew: starts them, lets libcurl do its work, waits, and has each attempt judged when it has ended. */
#include "attempt_private.h"
#include "crew_private.h"

#define NS_PER_MS 1000000

/* One use of a crew. */
typedef struct run {
    bl_remote *remote;
    bl_crew *crew;
    const bl_work *work;
    uint32_t in_flight; /* lanes to be used */
    uint32_t begun;     /* calls that have not ended */
    bool failed;        /* a call has */
    bool disturbed;     /* an attempt has failed, and *before is what the thread's last error was */
    bl_error_copy *before;
} run;

/* The work of one call. */
typedef struct single {
    bl_call *call;
    bool begun;
} single;

static void begin_calls(run *r);
static void begin_call(run *r, bl_lane *lane, bl_call *call);
static bloop_status start_attempt(run *r, bl_lane *lane);
static void end_call(run *r, bl_lane *lane, bloop_status status);
static bool take_answers(run *r);
static void take_answer(run *r, bl_lane *lane, CURLcode code);
static bool wake_lanes(run *r);
static void wait_for_something(const run *r);
static bl_call *next_of_one(void *context);
static void done_with_one(void *context, bl_call *call);

bloop_status bl_crew_run(bl_remote *remote, uint32_t in_flight, const bl_work *work)
{
    bl_error_copy before; /* large, and seldom wanted: not to be zeroed each time */
    run r = { .remote = remote, .work = work, .crew = bl_pool_take(remote, in_flight), .before = &before };
    if (!r.crew)
        return bl_error_status();
    r.in_flight = r.crew->count < in_flight ? r.crew->count : in_flight;
    for (begin_calls(&r); r.begun > 0; begin_calls(&r)) {
        int running = 0;
        curl_multi_perform(r.crew->multi, &running);
        bool news = take_answers(&r);
        news = wake_lanes(&r) || news;
        if (!news && r.begun > 0)
            wait_for_something(&r);
    }
    bl_pool_give_back(remote, r.crew);
    /* Attempts that failed have left their words, though all went well in the end. */
    if (r.disturbed && !r.failed)
        bl_error_restore(&before);
    return BLOOP_OK;
}

bloop_status bl_call_make(bloop_backend *base, bl_call *call)
{
    bl_remote *remote = (bl_remote *)base;
    bloop_status status = bl_remote_begin(remote);
    if (status != BLOOP_OK)
        return status;
    status = bl_call_run(remote, call);
    bl_remote_end(remote);
    return status;
}

bloop_status bl_call_run(bl_remote *remote, bl_call *call)
{
    single one = { .call = call };
    bl_work work = { .next = next_of_one, .done = done_with_one, .context = &one };
    bloop_status status = bl_crew_run(remote, 1, &work);
    return status == BLOOP_OK ? call->status : status;
}

static void begin_calls(run *r)
{
    for (uint32_t i = 0; i < r->in_flight && r->begun < r->in_flight; i++) {
        bl_lane *lane = r->crew->lanes[i];
        while (lane->state == BL_LANE_IDLE) {
            bl_call *call = r->work->next(r->work->context);
            if (!call)
                return;
            begin_call(r, lane, call);
        }
    }
}

static void begin_call(run *r, bl_lane *lane, bl_call *call)
{
    lane->call = call;
    r->begun++;
    bloop_status status = atomic_load(&r->remote->closing) ? bl_remote_closed_error() : bl_lane_load(lane, call);
    if (status == BLOOP_OK)
        status = start_attempt(r, lane);
    if (status != BLOOP_OK)
        end_call(r, lane, bl_attempt_conclude(lane, status));
}

static bloop_status start_attempt(run *r, bl_lane *lane)
{
    bl_call *call = lane->call;
    bloop_status status = BLOOP_OK;
    if (call->again) {
        call->again = false;
        call->attempts = call->free_attempts = 0;
        call->tokens_held = 0;
        status = bl_lane_load(lane, call);
    }
    call->attempts++;
    if (status == BLOOP_OK)
        status = bl_lane_arm(lane);
    if (status == BLOOP_OK && curl_multi_add_handle(r->crew->multi, lane->easy) != CURLM_OK)
        status = bl_error_no_memory(0);
    if (status == BLOOP_OK)
        lane->state = BL_LANE_RUNNING;
    return status;
}

static void end_call(run *r, bl_lane *lane, bloop_status status)
{
    bl_call *call = lane->call;
    bl_lane_unload(lane);
    call->status = status;
    r->begun--;
    r->failed = r->failed || status != BLOOP_OK;
    r->work->done(r->work->context, call);
}

static bool take_answers(run *r)
{
    bool any = false;
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(r->crew->multi, &left)) != NULL;) {
        if (message->msg != CURLMSG_DONE)
            continue;
        char *private = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        take_answer(r, (bl_lane *)(void *)private, code);
        any = true;
    }
    return any;
}

static void take_answer(run *r, bl_lane *lane, CURLcode code)
{
    curl_multi_remove_handle(r->crew->multi, lane->easy);
    lane->state = BL_LANE_WAITING;
    if (!r->disturbed)
        bl_error_save(r->before);
    int64_t pause_ms = bl_attempt_judge(lane, code);
    r->disturbed = r->disturbed || pause_ms >= 0;
    if (pause_ms < 0)
        end_call(r, lane, lane->call->status);
    else
        lane->wake_at_ns = bl_monotonic_nanoseconds() + pause_ms * NS_PER_MS;
}

/* Lanes whose pause is over try again; those of a backend that is closing end. */
static bool wake_lanes(run *r)
{
    bool any = false, closing = atomic_load(&r->remote->closing);
    for (uint32_t i = 0; i < r->in_flight; i++) {
        bl_lane *lane = r->crew->lanes[i];
        if (lane->state != BL_LANE_WAITING || (!closing && bl_monotonic_nanoseconds() < lane->wake_at_ns))
            continue;
        any = true;
        bloop_status status = closing ? bl_remote_closed_error() : start_attempt(r, lane);
        if (status != BLOOP_OK)
            end_call(r, lane, bl_attempt_conclude(lane, status));
    }
    return any;
}

static void wait_for_something(const run *r)
{
    int64_t now_ns = bl_monotonic_nanoseconds(), wait_ns = (int64_t)1000 * NS_PER_MS;
    for (uint32_t i = 0; i < r->in_flight; i++) {
        const bl_lane *lane = r->crew->lanes[i];
        if (lane->state == BL_LANE_WAITING && lane->wake_at_ns - now_ns < wait_ns)
            wait_ns = lane->wake_at_ns - now_ns;
    }
    if (wait_ns > 0)
        curl_multi_poll(r->crew->multi, NULL, 0, (int)((wait_ns + NS_PER_MS - 1) / NS_PER_MS), NULL);
}

static bl_call *next_of_one(void *context)
{
    single *one = context;
    if (one->begun)
        return NULL;
    one->begun = true;
    return one->call;
}

static void done_with_one(void *context, bl_call *call)
{
    (void)context;
    (void)call;
}
