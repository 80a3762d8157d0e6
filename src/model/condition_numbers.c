/* The numbers that conditions are known by.

   A number is given out once, so that one that was consumed is never that of another condition: using it again is noticed,
   and never touches memory that is gone. Numbers are odd, so that they are no address of anything. The table is split, so
   that threads which make conditions at the same time seldom meet; it needs memory of its own only while many conditions
   are alive. */
#include "model/condition_private.h"

#include <pthread.h>

enum { SHARDS = 16, FIXED = 16 };

typedef struct entry {
    uintptr_t number; /* 0: free */
    bl_condition *condition;
} entry;

/* Open addressing; the numbers of a shard follow each other, so that they spread evenly. */
typedef struct shard {
    pthread_mutex_t lock;
    uintptr_t serial;
    size_t count, capacity; /* a power of two */
    entry *entries;         /* NULL: `fixed` */
    entry fixed[FIXED];
} shard;

#define LOCKED_ONCE                       \
    {                                     \
        .lock = PTHREAD_MUTEX_INITIALIZER \
    }
static shard shards[SHARDS] = { LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE,
                                LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE,
                                LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE, LOCKED_ONCE };

static unsigned own_shard(void);
static bool make_room(shard *in);
static size_t home_of(uintptr_t number, size_t capacity);
static size_t place_of(const shard *in, uintptr_t number);
static void insert(entry *entries, size_t capacity, entry added);
static void remove_at(shard *from, size_t hole);

bloop_condition *bl_numbers_add(bl_condition *condition)
{
    unsigned which = own_shard();
    shard *in = &shards[which];
    uintptr_t number = 0;
    pthread_mutex_lock(&in->lock);
    if (make_room(in)) {
        number = (++in->serial * SHARDS + which) << 1 | 1;
        insert(in->entries, in->capacity, (entry){ number, condition });
        in->count++;
    }
    pthread_mutex_unlock(&in->lock);
    return (bloop_condition *)number;
}

bl_condition *bl_numbers_find(const bloop_condition *number, bool remove)
{
    uintptr_t wanted = (uintptr_t)number;
    shard *in = &shards[(wanted >> 1) % SHARDS];
    bl_condition *found = NULL;
    if (!(wanted & 1))
        return NULL;
    pthread_mutex_lock(&in->lock);
    size_t at = in->count ? place_of(in, wanted) : SIZE_MAX;
    if (at != SIZE_MAX) {
        found = in->entries[at].condition;
        if (remove)
            remove_at(in, at);
    }
    pthread_mutex_unlock(&in->lock);
    return found;
}

static unsigned own_shard(void)
{
    static unsigned next;
    static _Thread_local unsigned own; /* 0: not yet chosen */
    if (own == 0)
        own = 1 + __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % SHARDS;
    return own - 1;
}

/* A quarter of the entries stays free. */
static bool make_room(shard *in)
{
    if (!in->entries) {
        in->entries = in->fixed;
        in->capacity = FIXED;
    }
    if ((in->count + 1) * 4 <= in->capacity * 3)
        return true;
    entry *more = bl_alloc_zeroed(in->capacity * 2, sizeof *more);
    if (!more)
        return false;
    for (size_t i = 0; i < in->capacity; i++) {
        if (in->entries[i].number)
            insert(more, in->capacity * 2, in->entries[i]);
    }
    if (in->entries != in->fixed)
        bl_free(in->entries);
    in->entries = more;
    in->capacity *= 2;
    return true;
}

static size_t home_of(uintptr_t number, size_t capacity)
{
    return (number >> 1) / SHARDS & (capacity - 1);
}

static size_t place_of(const shard *in, uintptr_t number)
{
    for (size_t at = home_of(number, in->capacity); in->entries[at].number; at = (at + 1) & (in->capacity - 1)) {
        if (in->entries[at].number == number)
            return at;
    }
    return SIZE_MAX;
}

static void insert(entry *entries, size_t capacity, entry added)
{
    size_t at = home_of(added.number, capacity);
    while (entries[at].number)
        at = (at + 1) & (capacity - 1);
    entries[at] = added;
}

/* Entries behind the hole move up, unless they are at home. */
static void remove_at(shard *from, size_t hole)
{
    size_t mask = from->capacity - 1;
    for (size_t at = (hole + 1) & mask; from->entries[at].number; at = (at + 1) & mask) {
        size_t home = home_of(from->entries[at].number, from->capacity);
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        from->entries[hole] = from->entries[at];
        hole = at;
    }
    from->entries[hole] = (entry){ 0 };
    if (--from->count > 0 || from->entries == from->fixed)
        return;
    bl_free(from->entries);
    from->entries = NULL;
    memset(from->fixed, 0, sizeof from->fixed);
}
