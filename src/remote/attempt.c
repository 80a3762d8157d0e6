/* Judges attempts: what an answer, or the lack of one, means for the call; whether there is another attempt; and what the
   call has come to when there is none. */
#include "attempt_private.h"

/* What a retry takes from the quota, and what a first attempt that succeeds puts back (retry.c has the source). */
#define RETRY_COST     14
#define THROTTLE_COST  5
#define SUCCESS_REFUND 1
#define NO_MORE        (-1)
#define NS_PER_MS      1e6
#define US_PER_S       1000000
#define EXPIRED_NAME   "ExpiredToken"

typedef struct verdict {
    bloop_status status; /* also the thread's last error, unless BLOOP_OK */
    long http_status;
    bool transient, throttled;
    bool not_run; /* the request has certainly not been executed */
    bool clock_skewed, credentials_expired;
} verdict;

static verdict judge_failure(const bl_lane *lane, CURLcode code);
static verdict judge_answer(bl_lane *lane);
static verdict judge_error(bl_lane *lane, long http_status);
static bloop_status check_answer(const bl_lane *lane);
static int64_t plan_next(bl_lane *lane, const verdict *v);
static bool learn_clock(const bl_lane *lane);
static void tell_hook(const bl_lane *lane, const verdict *v, bool last);

int64_t bl_attempt_judge(bl_lane *lane, CURLcode code)
{
    bl_call *call = lane->call;
    call->capacity = 0;
    verdict v = code == CURLE_OK ? judge_answer(lane) : judge_failure(lane, code);
    int64_t pause_ms = NO_MORE;
    if (v.status == BLOOP_OK) {
        bl_quota_refund(&lane->remote->quota, call->tokens_held ? call->tokens_held : SUCCESS_REFUND);
        call->status = BLOOP_OK;
        pause_ms = call->again ? bl_retry_pause_ms(lane->remote->terms.retry_base_ms, call->stalls, -1) : NO_MORE;
    } else {
        call->may_have_run = call->may_have_run || !v.not_run;
        pause_ms = plan_next(lane, &v);
    }
    tell_hook(lane, &v, pause_ms == NO_MORE);
    if (v.status != BLOOP_OK && pause_ms == NO_MORE)
        call->status = bl_attempt_conclude(lane, v.status);
    return pause_ms;
}

bloop_status bl_attempt_conclude(const bl_lane *lane, bloop_status status)
{
    const bl_call *call = lane->call;
    if (call->writes && call->may_have_run)
        return bl_error(BLOOP_UNKNOWN_OUTCOME,
                        "%s: the change may or may not have been made: no answer tells; the last of %u attempt%s: %s",
                        bl_wire_operation_name(call->request.operation), call->attempts, call->attempts > 1 ? "s" : "",
                        bloop_last_error()->message);
    if ((status == BLOOP_NETWORK || status == BLOOP_TIMEOUT) && call->attempts > 1)
        return bl_error(status, "%s (%u attempts)", bloop_last_error()->message, call->attempts);
    return status;
}

/* No answer, or not all of it. */
static verdict judge_failure(const bl_lane *lane, CURLcode code)
{
    bl_failure failure = bl_failure_of_curl(code);
    const char *operation = bl_wire_operation_name(lane->call->request.operation);
    const char *words = lane->words[0] ? lane->words : curl_easy_strerror(code);
    verdict v = { .status = failure.status, .transient = failure.transient, .not_run = !lane->sent };
    if (code == CURLE_WRITE_ERROR && lane->fault == BLOOP_NO_MEMORY)
        v.status = BLOOP_NO_MEMORY;
    else if (code == CURLE_WRITE_ERROR)
        words = "the answer is larger than any that there is";
    else if (lane->stopped)
        words = "the connection broke before an answer";
    if (v.status == BLOOP_NO_MEMORY)
        bl_error_no_memory(0);
    else
        bl_error(v.status, "%s at %s: %s%s", operation, lane->remote->terms.url, words,
                 strstr(words, "wrong version number") ? "; does it speak TLS? If not, its URL begins with http://"
                                                       : "");
    return v;
}

static verdict judge_answer(bl_lane *lane)
{
    long http_status = 0;
    curl_easy_getinfo(lane->easy, CURLINFO_RESPONSE_CODE, &http_status);
    bloop_status status = check_answer(lane);
    if (status != BLOOP_OK)
        return (verdict){ .status = status, .http_status = http_status, .transient = true };
    if (http_status != 200)
        return judge_error(lane, http_status);
    status = lane->call->read(lane->call, (const char *)lane->answer.data, lane->answer.size);
    /* NETWORK: it is no sound answer. Another status is the receiver's, or ours. */
    return (verdict){ .status = status, .http_status = http_status, .transient = status == BLOOP_NETWORK };
}

static verdict judge_error(bl_lane *lane, long http_status)
{
    bl_call *call = lane->call;
    bl_wire_error error = { 0 };
    const char *type = lane->answer_headers.error_type;
    bl_wire_read_error((int)http_status, *type ? type : NULL, (const char *)lane->answer.data, lane->answer.size,
                       call->failed_memory, call->failed_item, &error);
    if (error.status == BLOOP_ACCESS_DENIED && bl_credentials_are_made_up(lane->remote->credentials))
        bl_error(error.status, "%s (signed with made-up keys, since no credentials are configured)",
                 bloop_last_error()->message);
    return (verdict){
        .status = error.status,
        .http_status = http_status,
        .transient = error.transient,
        .throttled = error.throttled,
        .not_run = error.not_run,
        .clock_skewed = error.clock_skewed,
        .credentials_expired = strncmp(error.name, EXPIRED_NAME, strlen(EXPIRED_NAME)) == 0,
    };
}

static bloop_status check_answer(const bl_lane *lane)
{
    const bl_answer_headers *headers = &lane->answer_headers;
    if (!headers->has_crc)
        return BLOOP_OK;
    uint32_t crc = bl_wire_crc32(lane->answer.data, lane->answer.size);
    if (crc == headers->crc)
        return BLOOP_OK;
    return bl_error(BLOOP_NETWORK, "%s at %s: the answer was damaged on its way: its CRC-32 is %u, and should be %u",
                    bl_wire_operation_name(lane->call->request.operation), lane->remote->terms.url, crc, headers->crc);
}

/* The milliseconds until the next attempt, or NO_MORE. */
static int64_t plan_next(bl_lane *lane, const verdict *v)
{
    bl_call *call = lane->call;
    bl_remote *remote = lane->remote;
    if (call->writes && call->may_have_run && !call->repeatable)
        return NO_MORE;
    if (v->clock_skewed && !call->clock_corrected && learn_clock(lane)) {
        call->clock_corrected = true;
        call->free_attempts++;
        return 0;
    }
    if (v->credentials_expired && !call->credentials_renewed) {
        call->credentials_renewed = true;
        call->free_attempts++;
        bl_credentials_expire(remote->credentials, lane->credentials.version);
        return 0;
    }
    uint32_t counted = call->attempts - call->free_attempts;
    if ((!v->transient && !v->throttled) || counted >= remote->terms.max_attempts)
        return NO_MORE;
    int cost = v->throttled ? THROTTLE_COST : RETRY_COST;
    if (!bl_quota_take(&remote->quota, cost))
        return NO_MORE;
    call->tokens_held = cost;
    return bl_retry_pause_ms(v->throttled ? remote->terms.throttle_base_ms : remote->terms.retry_base_ms, counted - 1,
                             lane->answer_headers.retry_after_ms);
}

/* False: the answer tells no time. */
static bool learn_clock(const bl_lane *lane)
{
    int64_t date_s = 0;
    if (!bl_sigv4_parse_time(bl_sigv4_text_of(lane->answer_headers.date), &date_s))
        return false;
    atomic_store(&lane->remote->skew_s, date_s - bl_now_microseconds() / US_PER_S);
    return true;
}

static void tell_hook(const bl_lane *lane, const verdict *v, bool last)
{
    const bl_remote_terms *terms = &lane->remote->terms;
    const bl_call *call = lane->call;
    if (!terms->hook)
        return;
    bloop_remote_attempt attempt = {
        .operation = bl_wire_operation_name(call->request.operation),
        .table = call->table ? call->table : "",
        .attempt = call->attempts,
        .last = last,
        .milliseconds = (double)(bl_monotonic_nanoseconds() - lane->started_ns) / NS_PER_MS,
        .capacity = call->capacity,
        .http_status = (int)v->http_status,
        .request_id = lane->answer_headers.request_id,
        .status = v->status,
    };
    terms->hook(terms->hook_context, &attempt);
}
