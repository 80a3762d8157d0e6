/* What becomes of an attempt that has ended. Private to src/remote. */
#ifndef BL_REMOTE_ATTEMPT_PRIVATE_H
#define BL_REMOTE_ATTEMPT_PRIVATE_H

#include "lane_private.h"

/* Judges the lane's answer, or the lack of one, and tells the hook. The milliseconds to wait before the next attempt; -1: the
   call has ended, with call->status. */
int64_t bl_attempt_judge(bl_lane *lane, CURLcode code);

/* The status, and the thread's last error, of a call that ends with this failure. */
bloop_status bl_attempt_conclude(const bl_lane *lane, bloop_status status);

/* Takes from the quota what one more attempt costs. False: it does not have that much. */
bool bl_quota_take(bl_quota *quota, int cost);
void bl_quota_refund(bl_quota *quota, int refund);

/* The longest pause before retry number `retry` (0 is the first), cut short at random. */
int64_t bl_retry_pause_ms(int64_t base_ms, uint32_t retry, int64_t asked_for_ms);

/* What libcurl's failures mean. */
typedef struct bl_failure {
    bloop_status status;
    bool transient; /* another attempt may succeed */
} bl_failure;
bl_failure bl_failure_of_curl(CURLcode code);

#endif
