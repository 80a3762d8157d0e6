/* When to try again, as the AWS SDKs' standard retry mode has it (SDKs and Tools Reference Guide, "Retry behavior", with
   the updated values of 2026 and those of DynamoDB among them: aws/aws-sdk-go-v2, issue 3416 and pull request 3400).

   The n-th pause is a random part of min(base x 2^n, 20 s). A bucket of 500 tokens bounds what all calls together may try
   again; a retry that led to success gives back what it cost, and a success at the first attempt one token. */
#include "attempt_private.h"

#define LONGEST_PAUSE_MS  20000
#define LONGEST_EXTRA_MS  5000
#define RANDOM_RESOLUTION 1000000

bool bl_quota_take(bl_quota *quota, int cost)
{
    int tokens = atomic_load(&quota->tokens);
    do {
        if (tokens < cost)
            return false;
    } while (!atomic_compare_exchange_weak(&quota->tokens, &tokens, tokens - cost));
    return true;
}

void bl_quota_refund(bl_quota *quota, int refund)
{
    int tokens = atomic_load_explicit(&quota->tokens, memory_order_relaxed), filled = 0;
    do {
        if (tokens >= BL_RETRY_TOKENS)
            return;
        filled = tokens + refund < BL_RETRY_TOKENS ? tokens + refund : BL_RETRY_TOKENS;
    } while (!atomic_compare_exchange_weak(&quota->tokens, &tokens, filled));
}

/* What the service asks for (x-amz-retry-after) counts as far as it lies within 5 s from our own pause. */
int64_t bl_retry_pause_ms(int64_t base_ms, uint32_t retry, int64_t asked_for_ms)
{
    int64_t longest_ms = base_ms;
    for (uint32_t i = 0; i < retry && longest_ms < LONGEST_PAUSE_MS; i++)
        longest_ms *= 2;
    if (longest_ms > LONGEST_PAUSE_MS)
        longest_ms = LONGEST_PAUSE_MS;
    uint32_t random = RANDOM_RESOLUTION / 2;
    if (bl_random(&random, sizeof random) == BLOOP_OK)
        random %= RANDOM_RESOLUTION;
    int64_t pause_ms = longest_ms * random / RANDOM_RESOLUTION;
    if (asked_for_ms <= pause_ms)
        return pause_ms;
    return asked_for_ms < pause_ms + LONGEST_EXTRA_MS ? asked_for_ms : pause_ms + LONGEST_EXTRA_MS;
}
