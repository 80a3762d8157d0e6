/* The provider: one set of credentials that threads share, refreshed ahead of its expiry by one of them. */
#include "credentials_source_private.h"

#include <pthread.h>

#define SECOND       INT64_C(1000000)
#define EARLY        (15 * 60 * SECOND) /* how long before the expiry a refresh is due, as the SDKs have it */
#define RETRY_AFTER  (60 * SECOND)      /* a refresh that failed, while the old ones hold */
#define ALWAYS_VALID INT64_MAX

struct bl_credentials_provider {
    bl_credentials_source source;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t ended; /* a refresh has */
    bl_credentials current;
    int64_t refresh_at;    /* when the next refresh is due */
    uint64_t last_version; /* of credentials */
    bool refreshing;       /* some thread is at it */
    uint64_t refreshes;    /* that have ended */
    bloop_status outcome;  /* of the last */
    bl_error_copy failure; /* of the last that failed */
};

static bool is_valid(const bl_credentials_provider *provider, int64_t now);
static bloop_status wait_for_refresh(bl_credentials_provider *provider);
static bloop_status refresh(bl_credentials_provider *provider);
static bloop_status load(const bl_credentials_provider *provider, bl_credentials *out);
static void accept(bl_credentials_provider *provider, bl_credentials *loaded, int64_t now);
static void keep_old(bl_credentials_provider *provider, int64_t now);
static bloop_status hand_out(const bl_credentials_provider *provider, bl_credentials *out);

bloop_status bl_credentials_provider_new(const bl_shared_config *config, const bl_remote_choices *choices,
                                         bl_fetch fetch, void *context, bl_credentials_provider **out)
{
    bl_credentials_provider *provider = bl_alloc_zeroed(1, sizeof *provider);
    if (!provider)
        return BLOOP_NO_MEMORY;
    pthread_mutex_init(&provider->lock, NULL);
    pthread_cond_init(&provider->ended, NULL);
    bloop_status status = bl_credentials_choose(config, choices, fetch, context, &provider->source);
    if (status == BLOOP_OK)
        *out = provider;
    else
        bl_credentials_provider_free(provider);
    return status;
}

void bl_credentials_provider_free(bl_credentials_provider *provider)
{
    if (!provider)
        return;
    bl_credentials_clear(&provider->current);
    bl_credentials_source_clear(&provider->source);
    pthread_cond_destroy(&provider->ended);
    pthread_mutex_destroy(&provider->lock);
    bl_free(provider);
}

bool bl_credentials_are_made_up(const bl_credentials_provider *provider)
{
    return provider->source.made_up;
}

/* Those that are still valid never wait: neither for the thread that refreshes, nor for the service it asks. */
bloop_status bl_credentials_get(bl_credentials_provider *provider, bl_credentials *out)
{
    bloop_status status = BLOOP_OK;
    pthread_mutex_lock(&provider->lock);
    int64_t now = provider->source.now();
    bool valid = is_valid(provider, now);
    if (provider->refreshing && !valid)
        status = wait_for_refresh(provider);
    else if (!provider->refreshing && (!valid || now >= provider->refresh_at))
        status = refresh(provider);
    if (status == BLOOP_OK)
        status = hand_out(provider, out);
    pthread_mutex_unlock(&provider->lock);
    return status;
}

void bl_credentials_expire(bl_credentials_provider *provider, uint64_t version)
{
    pthread_mutex_lock(&provider->lock);
    if (provider->current.version == version)
        provider->current.expires_at = 0;
    pthread_mutex_unlock(&provider->lock);
}

void bl_credentials_set_clock(bl_credentials_provider *provider, int64_t (*now)(void))
{
    provider->source.now = now;
}

void bl_credentials_clear(bl_credentials *credentials)
{
    if (credentials->memory)
        explicit_bzero(credentials->memory, credentials->memory_size);
    bl_free(credentials->memory);
    *credentials = (bl_credentials){ 0 };
}

static bool is_valid(const bl_credentials_provider *provider, int64_t now)
{
    return provider->current.version && now < provider->current.expires_at;
}

/* Its failure is that of all who waited for it. */
static bloop_status wait_for_refresh(bl_credentials_provider *provider)
{
    uint64_t before = provider->refreshes;
    while (provider->refreshes == before)
        pthread_cond_wait(&provider->ended, &provider->lock);
    return provider->outcome == BLOOP_OK ? BLOOP_OK : bl_error_restore(&provider->failure);
}

/* Asks the source, without the lock. That it fails is no failure, nor a last error, while the old ones hold. */
static bloop_status refresh(bl_credentials_provider *provider)
{
    bl_credentials loaded = { 0 };
    bl_error_copy before;
    bl_error_save(&before);
    provider->refreshing = true;
    pthread_mutex_unlock(&provider->lock);
    bloop_status status = load(provider, &loaded);
    pthread_mutex_lock(&provider->lock);
    int64_t now = provider->source.now();
    if (status == BLOOP_OK) {
        accept(provider, &loaded, now);
    } else {
        bl_error_save(&provider->failure);
        if (is_valid(provider, now)) {
            keep_old(provider, now);
            bl_error_restore(&before);
            status = BLOOP_OK;
        }
    }
    provider->outcome = status;
    provider->refreshing = false;
    provider->refreshes++;
    pthread_cond_broadcast(&provider->ended);
    return status;
}

static bloop_status load(const bl_credentials_provider *provider, bl_credentials *out)
{
    const bl_credentials_source *source = &provider->source;
    if (!source->load)
        return bl_error(BLOOP_ACCESS_DENIED, "%s", source->none);
    bloop_status status = source->load(source, out);
    if (status == BLOOP_OK && out->expires_at <= source->now()) {
        bl_credentials_clear(out);
        status = bl_error(BLOOP_ACCESS_DENIED, "%s: the credentials have expired", source->name);
    }
    return status;
}

/* Those that hold for an hour or more are refreshed a quarter of an hour ahead, others after three quarters of their
   time. */
static void accept(bl_credentials_provider *provider, bl_credentials *loaded, int64_t now)
{
    int64_t left = loaded->expires_at - now;
    provider->refresh_at = loaded->expires_at;
    if (loaded->expires_at != ALWAYS_VALID)
        provider->refresh_at -= left / 4 < EARLY ? left / 4 : EARLY;
    bl_credentials_clear(&provider->current);
    provider->current = *loaded;
    provider->current.version = ++provider->last_version;
}

static void keep_old(bl_credentials_provider *provider, int64_t now)
{
    int64_t left = provider->current.expires_at - now;
    provider->refresh_at = now + (left / 2 < RETRY_AFTER ? left / 2 : RETRY_AFTER);
}

/* Copies the current ones, unless that is what *out is already. */
static bloop_status hand_out(const bl_credentials_provider *provider, bl_credentials *out)
{
    const bl_credentials *current = &provider->current;
    if (out->version == current->version)
        return BLOOP_OK;
    bl_credentials copy = *current;
    copy.memory = bl_copy(current->memory, current->memory_size);
    if (!copy.memory)
        return BLOOP_NO_MEMORY;
    bl_sigv4_text *const texts[] = { &copy.access_key, &copy.secret_key, &copy.token };
    for (size_t i = 0; i < BL_COUNT_OF(texts); i++)
        texts[i]->data = copy.memory + (texts[i]->data - current->memory);
    bl_credentials_clear(out);
    *out = copy;
    return BLOOP_OK;
}
