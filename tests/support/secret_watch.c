/* The allocator that looks for a secret. A block's size stands before it; the rest of it is zeroed, so that nothing that is
   looked at was never written. */
#include "support/secret_watch.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>

#include <bloop/sys/allocator.h>

enum { HEADER = alignof(max_align_t) };

static struct {
    pthread_mutex_t lock;
    const char *secret;
    size_t found;
} watch = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void *allocate(void *context, size_t size);
static void *reallocate(void *context, void *memory, size_t size);
static void release(void *context, void *memory);
static size_t size_of(const void *memory);
static void look_into(const void *memory);

void secret_watch_begin(const char *secret)
{
    static const bloop_allocator allocator = { .allocate = allocate, .reallocate = reallocate, .release = release };
    watch.secret = secret;
    watch.found = 0;
    bloop_set_allocator(&allocator);
}

size_t secret_watch_end(void)
{
    bloop_set_allocator(NULL);
    return watch.found;
}

static void *allocate(void *context, size_t size)
{
    (void)context;
    char *block = calloc(1, HEADER + size);
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEADER;
}

/* Always moves, as one that is unlucky does. */
static void *reallocate(void *context, void *memory, size_t size)
{
    void *moved = allocate(context, size);
    if (moved && memory) {
        size_t old = size_of(memory);
        memcpy(moved, memory, old < size ? old : size);
        release(context, memory);
    }
    return moved;
}

static void release(void *context, void *memory)
{
    (void)context;
    look_into(memory);
    free((char *)memory - HEADER);
}

static size_t size_of(const void *memory)
{
    size_t size;
    memcpy(&size, (const char *)memory - HEADER, sizeof size);
    return size;
}

static void look_into(const void *memory)
{
    if (!memmem(memory, size_of(memory), watch.secret, strlen(watch.secret)))
        return;
    pthread_mutex_lock(&watch.lock);
    watch.found++;
    pthread_mutex_unlock(&watch.lock);
}
