/* Signing keys, and the cache of those used last: a key holds for one secret, day, region and service, so a client
   derives one a day, where deriving it for each request would cost more than all the rest of signing. */
#include "sigv4_private.h"

#include <pthread.h>

enum {
    KEY_COUNT = 8,
    NAME_SIZE = 192, /* of secret, day, region and service; what is longer is not kept */
    SECRET_SIZE = 512
};

/* What a key was derived from: the secret, day, region and service, each followed by a zero byte. */
typedef struct key_name {
    size_t size; /* 0: too long */
    char text[NAME_SIZE];
} key_name;

typedef struct cached_key {
    key_name name; /* of size 0: the entry is free */
    uint8_t key[BL_SIGV4_KEY_SIZE];
    uint64_t used; /* the clock when it was last asked for */
} cached_key;

struct bl_sigv4_keys {
    pthread_mutex_t lock;
    uint64_t clock;
    cached_key entries[KEY_COUNT];
};

static void name_key(key_name *name, bl_sigv4_text secret, const bl_sigv4_scope *scope);
static bool find(bl_sigv4_keys *keys, const key_name *name, uint8_t key[BL_SIGV4_KEY_SIZE]);
static void keep(bl_sigv4_keys *keys, const key_name *name, const uint8_t key[BL_SIGV4_KEY_SIZE]);
static bool is_named(const cached_key *entry, const key_name *name);

bl_sigv4_keys *bl_sigv4_keys_new(void)
{
    bl_sigv4_keys *keys = bl_alloc_zeroed(1, sizeof *keys);
    if (keys)
        pthread_mutex_init(&keys->lock, NULL);
    return keys;
}

void bl_sigv4_keys_free(bl_sigv4_keys *keys)
{
    if (!keys)
        return;
    pthread_mutex_destroy(&keys->lock);
    OPENSSL_cleanse(keys, sizeof *keys);
    bl_free(keys);
}

bloop_status bl_sigv4_signing_key(bl_sigv4 *sigv4, bl_sigv4_text secret, const bl_sigv4_scope *scope,
                                  uint8_t key[BL_SIGV4_KEY_SIZE])
{
    char room[SECRET_SIZE];
    bl_buffer first;
    bl_buffer_use(&first, room, sizeof room);
    bl_buffer_text(&first, "AWS4");
    bl_sigv4_append(&first, secret);
    bloop_status status = first.status;
    bl_sigv4_text current = { (const char *)first.data, first.size };
    const bl_sigv4_text steps[] = { { scope->time, BL_SIGV4_DAY_SIZE },
                                    scope->region,
                                    scope->service,
                                    { BL_SIGV4_TERMINATOR, sizeof BL_SIGV4_TERMINATOR - 1 } };
    uint8_t hashes[2][BL_SIGV4_KEY_SIZE];
    for (size_t i = 0; status == BLOOP_OK && i < BL_COUNT_OF(steps); i++) {
        status = bl_sigv4_hmac(sigv4, current, steps[i], hashes[i % 2]);
        current = (bl_sigv4_text){ (const char *)hashes[i % 2], BL_SIGV4_KEY_SIZE };
    }
    if (status == BLOOP_OK)
        memcpy(key, current.data, BL_SIGV4_KEY_SIZE);
    OPENSSL_cleanse(hashes, sizeof hashes);
    OPENSSL_cleanse(first.data, first.size);
    OPENSSL_cleanse(room, sizeof room);
    bl_buffer_free(&first);
    return status;
}

bloop_status bl_sigv4_cached_key(bl_sigv4 *sigv4, bl_sigv4_text secret, const bl_sigv4_scope *scope,
                                 uint8_t key[BL_SIGV4_KEY_SIZE])
{
    bl_sigv4_keys *keys = bl_sigv4_keys_of(sigv4);
    key_name name;
    name_key(&name, secret, scope);
    bloop_status status = BLOOP_OK;
    if (!find(keys, &name, key)) {
        status = bl_sigv4_signing_key(sigv4, secret, scope, key);
        if (status == BLOOP_OK)
            keep(keys, &name, key);
    }
    OPENSSL_cleanse(name.text, name.size);
    return status;
}

static void name_key(key_name *name, bl_sigv4_text secret, const bl_sigv4_scope *scope)
{
    const bl_sigv4_text parts[] = { secret, { scope->time, BL_SIGV4_DAY_SIZE }, scope->region, scope->service };
    name->size = 0;
    size_t size = 0;
    for (size_t i = 0; i < BL_COUNT_OF(parts); i++) {
        if (parts[i].size >= sizeof name->text - size) {
            OPENSSL_cleanse(name->text, size);
            return;
        }
        if (parts[i].size)
            memcpy(name->text + size, parts[i].data, parts[i].size);
        size += parts[i].size;
        name->text[size++] = '\0';
    }
    name->size = size;
}

static bool find(bl_sigv4_keys *keys, const key_name *name, uint8_t key[BL_SIGV4_KEY_SIZE])
{
    bool found = false;
    pthread_mutex_lock(&keys->lock);
    for (size_t i = 0; i < KEY_COUNT && !found; i++) {
        cached_key *entry = &keys->entries[i];
        found = is_named(entry, name);
        if (found) {
            memcpy(key, entry->key, sizeof entry->key);
            entry->used = ++keys->clock;
        }
    }
    pthread_mutex_unlock(&keys->lock);
    return found;
}

/* In place of the one that has not been used for longest; a free entry never was. Two threads that derived the same key
   at once keep one. */
static void keep(bl_sigv4_keys *keys, const key_name *name, const uint8_t key[BL_SIGV4_KEY_SIZE])
{
    if (name->size == 0)
        return;
    pthread_mutex_lock(&keys->lock);
    cached_key *oldest = &keys->entries[0];
    for (size_t i = 0; i < KEY_COUNT && !is_named(oldest, name); i++) {
        if (is_named(&keys->entries[i], name) || keys->entries[i].used < oldest->used)
            oldest = &keys->entries[i];
    }
    OPENSSL_cleanse(oldest, sizeof *oldest);
    oldest->name.size = name->size;
    memcpy(oldest->name.text, name->text, name->size);
    memcpy(oldest->key, key, sizeof oldest->key);
    oldest->used = ++keys->clock;
    pthread_mutex_unlock(&keys->lock);
}

/* Bytes are compared in constant time: they are a secret's. */
static bool is_named(const cached_key *entry, const key_name *name)
{
    return name->size && entry->name.size == name->size && CRYPTO_memcmp(entry->name.text, name->text, name->size) == 0;
}
