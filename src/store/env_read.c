/* Read transactions, kept and renewed. A thread takes a slot of its own (the one that it had last, mostly), so that
   readers share no cache line; whoever has to change the map shuts a gate that each reader looks at after it has taken
   its slot, and waits until all slots are free. */
#include "env_state_private.h"

#include <time.h>

#define CACHE_LINE 64
/* This part of the file's reader table one process may keep while it does not read, so that others find places. */
#define KEPT_PART 8
#define NO_HINT   UINT32_MAX
/* How often, at how many nanoseconds, a place in the reader table is asked for that other processes have taken. */
#define FULL_ATTEMPTS 2000
#define FULL_WAIT     2000000

/* Where a thread looks first. Of all environments: it is only a hint. */
static _Thread_local uint32_t hint = NO_HINT;
static _Atomic uint32_t threads;

static inline bool enter(bl_reader_pool *pool, uint32_t *index);
static uint32_t enter_slowly(bl_reader_pool *pool);
static inline bool take(bl_reader_pool *pool, uint32_t index);
static bool take_any(bl_reader_pool *pool, uint32_t *index);
static inline void give_back(bl_reader_pool *pool, uint32_t index);
static void wake(bl_reader_pool *pool, pthread_cond_t *who);
static int begin(bl_env *env, bl_reader_slot *slot);
static bloop_status mend(bl_env *env, int code, unsigned attempt);
static void drop(bl_reader_slot *slot);

bloop_status bl_read_begin(bl_env *env, bl_txn *out)
{
    if (bl_env_forked(env))
        return bl_env_forked_error(env);
    for (unsigned attempt = 0;; attempt++) {
        uint32_t index = 0;
        if (BL_UNLIKELY(!enter(&env->readers, &index)))
            index = enter_slowly(&env->readers);
        bl_reader_slot *slot = &env->readers.slots[index];
        int code = BL_LIKELY(slot->txn != NULL) ? mdb_txn_renew(slot->txn) : begin(env, slot);
        if (BL_LIKELY(code == 0)) {
            *out = (bl_txn){
                .env = env,
                .txn = slot->txn,
                .main = env->main,
                .data = env->data,
                .cursor = slot->cursor,
                .id = mdb_txn_id(slot->txn),
                .slot = index,
            };
            return BLOOP_OK;
        }
        bloop_status status = code == MDB_READERS_FULL ? bl_readers_full(env, attempt) : BLOOP_OK;
        give_back(&env->readers, index);
        if (code != MDB_READERS_FULL)
            status = mend(env, code, attempt);
        if (status != BLOOP_OK)
            return status;
    }
}

void bl_read_end(bl_txn *txn)
{
    bl_env *env = txn->env;
    if (bl_env_forked(env))
        return;
    if (BL_LIKELY(txn->slot < env->readers.kept)) {
        mdb_txn_reset(txn->txn);
    } else {
        drop(&env->readers.slots[txn->slot]);
        hint = NO_HINT; /* a slot that keeps its transaction is better, and may be free next time */
    }
    txn->txn = NULL;
    give_back(&env->readers, txn->slot);
}

bloop_status bl_readers_init(bl_env *env)
{
    bl_reader_pool *pool = &env->readers;
    unsigned count = 0;
    (void)mdb_env_get_maxreaders(env->lmdb, &count);
    void *memory = bl_alloc_zeroed((size_t)count + 1, sizeof(bl_reader_slot));
    if (!memory)
        return BLOOP_NO_MEMORY;
    pool->memory = memory;
    pool->slots = (bl_reader_slot *)(((uintptr_t)memory + CACHE_LINE - 1) & ~(uintptr_t)(CACHE_LINE - 1));
    pool->count = count;
    pool->kept = count / KEPT_PART;
    (void)pthread_mutex_init(&pool->lock, NULL);
    (void)pthread_cond_init(&pool->freed, NULL);
    (void)pthread_cond_init(&pool->drained, NULL);
    (void)pthread_cond_init(&pool->opened, NULL);
    return BLOOP_OK;
}

void bl_readers_free(bl_env *env)
{
    bl_reader_pool *pool = &env->readers;
    if (!pool->memory)
        return;
    bl_readers_drop(env);
    (void)pthread_cond_destroy(&pool->opened);
    (void)pthread_cond_destroy(&pool->drained);
    (void)pthread_cond_destroy(&pool->freed);
    (void)pthread_mutex_destroy(&pool->lock);
    bl_free(pool->memory);
    pool->memory = NULL;
}

void bl_readers_shut(bl_env *env)
{
    bl_reader_pool *pool = &env->readers;
    (void)pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->gate, 1);
    for (uint32_t i = 0; i < pool->count; i++)
        while (atomic_load(&pool->slots[i].taken))
            (void)pthread_cond_wait(&pool->drained, &pool->lock);
    (void)pthread_mutex_unlock(&pool->lock);
}

void bl_readers_open(bl_env *env)
{
    bl_reader_pool *pool = &env->readers;
    (void)pthread_mutex_lock(&pool->lock);
    atomic_store(&pool->gate, 0);
    (void)pthread_cond_broadcast(&pool->opened);
    (void)pthread_mutex_unlock(&pool->lock);
}

void bl_readers_drop(bl_env *env)
{
    for (uint32_t i = 0; i < env->readers.count; i++)
        drop(&env->readers.slots[i]);
}

bloop_status bl_readers_full(bl_env *env, unsigned attempt)
{
    int dead = 0;
    if (attempt >= FULL_ATTEMPTS)
        return bl_env_error(env, MDB_READERS_FULL, "reading it");
    (void)mdb_reader_check(env->lmdb, &dead);
    if (dead == 0)
        (void)nanosleep(&(struct timespec){ .tv_nsec = FULL_WAIT }, NULL);
    /* Next time one of the slots will do that still have a place. */
    hint = NO_HINT;
    return BLOOP_OK;
}

/* Takes the slot that this thread had last. A reader looks at the gate after it has taken a slot; who shuts the gate
   looks at the slots after that: one of the two sees the other, since all of it is sequentially consistent. */
static inline bool enter(bl_reader_pool *pool, uint32_t *index)
{
    *index = hint;
    if (!take(pool, *index))
        return false;
    if (BL_LIKELY(atomic_load(&pool->gate) == 0))
        return true;
    give_back(pool, *index);
    return false;
}

/* Takes any slot; waits for one, and for the gate. */
static uint32_t enter_slowly(bl_reader_pool *pool)
{
    uint32_t index = 0;
    if (take_any(pool, &index)) {
        if (atomic_load(&pool->gate) == 0)
            return hint = index;
        give_back(pool, index);
    }
    /* The gate moves under this lock, and a slot that is given back from now on is announced. */
    (void)pthread_mutex_lock(&pool->lock);
    atomic_fetch_add(&pool->wanting, 1);
    for (;;) {
        if (atomic_load(&pool->gate) != 0)
            (void)pthread_cond_wait(&pool->opened, &pool->lock);
        else if (take_any(pool, &index))
            break;
        else
            (void)pthread_cond_wait(&pool->freed, &pool->lock);
    }
    atomic_fetch_sub(&pool->wanting, 1);
    (void)pthread_mutex_unlock(&pool->lock);
    return hint = index;
}

static inline bool take(bl_reader_pool *pool, uint32_t index)
{
    return index < pool->count && atomic_exchange(&pool->slots[index].taken, 1) == 0;
}

/* Tries all slots, those that keep their transactions first; among them, where no other new thread begins. */
static bool take_any(bl_reader_pool *pool, uint32_t *index)
{
    uint32_t first = hint;
    if (first == NO_HINT)
        first = atomic_fetch_add(&threads, 1);
    for (uint32_t i = 0; i < pool->count; i++) {
        *index = i < pool->kept ? (first + i) % pool->kept : i;
        if (atomic_load_explicit(&pool->slots[*index].taken, memory_order_relaxed) == 0 && take(pool, *index))
            return true;
    }
    return false;
}

static inline void give_back(bl_reader_pool *pool, uint32_t index)
{
    atomic_store(&pool->slots[index].taken, 0);
    if (BL_UNLIKELY(atomic_load(&pool->wanting) != 0))
        wake(pool, &pool->freed);
    if (BL_UNLIKELY(atomic_load(&pool->gate) != 0))
        wake(pool, &pool->drained);
}

static void wake(bl_reader_pool *pool, pthread_cond_t *who)
{
    (void)pthread_mutex_lock(&pool->lock);
    (void)pthread_cond_signal(who);
    (void)pthread_mutex_unlock(&pool->lock);
}

/* The first transaction of a slot. */
static int begin(bl_env *env, bl_reader_slot *slot)
{
    if (!env->lmdb)
        return MDB_PANIC;
    int code = mdb_txn_begin(env->lmdb, NULL, MDB_RDONLY, &slot->txn);
    if (code != 0) {
        slot->txn = NULL;
        return code;
    }
    code = mdb_cursor_open(slot->txn, env->data, &slot->cursor);
    if (code != 0)
        drop(slot);
    return code;
}

static bloop_status mend(bl_env *env, int code, unsigned attempt)
{
    (void)pthread_mutex_lock(&env->write_lock);
    bloop_status status = bl_env_mend(env, code, attempt, "reading it");
    (void)pthread_mutex_unlock(&env->write_lock);
    return status;
}

static void drop(bl_reader_slot *slot)
{
    if (!slot->txn)
        return;
    if (slot->cursor)
        mdb_cursor_close(slot->cursor);
    mdb_txn_abort(slot->txn);
    slot->cursor = NULL;
    slot->txn = NULL;
}
