/* Allocation: malloc, or what the program has put in its place, with sizes that are checked and failures that are
   recorded as the thread's last error. */
#include "base/base.h"

#include <stdlib.h>

#include "base/error_private.h"
#include "base/zone_private.h"

static void *malloc_allocate(void *context, size_t size);
static void *malloc_reallocate(void *context, void *memory, size_t size);
static void malloc_release(void *context, void *memory);

static const bloop_allocator malloc_allocator = {
    .allocate = malloc_allocate,
    .reallocate = malloc_reallocate,
    .release = malloc_release,
};

static bloop_allocator current = {
    .allocate = malloc_allocate,
    .reallocate = malloc_reallocate,
    .release = malloc_release,
};

bloop_status bloop_set_allocator(const bloop_allocator *allocator)
{
    if (!allocator)
        allocator = &malloc_allocator;
    if (!allocator->allocate || !allocator->reallocate || !allocator->release)
        return bl_error(BLOOP_INVALID_ARGUMENT, "an allocator needs the functions allocate, reallocate and release");
    bl_error_release();
    bl_zones_release();
    current = *allocator;
    return BLOOP_OK;
}

void *bl_alloc(size_t size)
{
    if (size > PTRDIFF_MAX) {
        bl_error_no_memory(size);
        return NULL;
    }
    void *memory = current.allocate(current.context, size ? size : 1);
    if (BL_UNLIKELY(!memory))
        bl_error_no_memory(size);
    return memory;
}

void *bl_alloc_zeroed(size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total))
        total = SIZE_MAX;
    void *memory = bl_alloc(total);
    if (memory)
        memset(memory, 0, total);
    return memory;
}

void *bl_realloc(void *memory, size_t size)
{
    if (size > PTRDIFF_MAX) {
        bl_error_no_memory(size);
        return NULL;
    }
    void *moved = current.reallocate(current.context, memory, size ? size : 1);
    if (BL_UNLIKELY(!moved))
        bl_error_no_memory(size);
    return moved;
}

void *bl_copy(const void *data, size_t size)
{
    void *copy = bl_alloc(size);
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}

char *bl_copy_text(const char *text)
{
    return text ? bl_copy_text_of(text, strlen(text)) : NULL;
}

char *bl_copy_text_of(const char *text, size_t size)
{
    char *copy = bl_alloc(size < SIZE_MAX ? size + 1 : SIZE_MAX);
    if (!copy)
        return NULL;
    if (size)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void bl_free(void *memory)
{
    if (memory)
        current.release(current.context, memory);
}

bloop_status bl_grow(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return BLOOP_OK;
    size_t wanted = *capacity < 4 ? 8 : *capacity;
    if (*capacity >= 4 && __builtin_mul_overflow(*capacity, (size_t)2, &wanted))
        wanted = needed;
    if (wanted < needed)
        wanted = needed;
    size_t total = 0;
    if (__builtin_mul_overflow(wanted, size, &total))
        return bl_error_no_memory(SIZE_MAX);
    void *grown = bl_realloc(*items, total);
    if (!grown)
        return BLOOP_NO_MEMORY;
    *items = grown;
    *capacity = wanted;
    return BLOOP_OK;
}

static void *malloc_allocate(void *context, size_t size)
{
    (void)context;
    return malloc(size);
}

static void *malloc_reallocate(void *context, void *memory, size_t size)
{
    (void)context;
    return realloc(memory, size);
}

static void malloc_release(void *context, void *memory)
{
    (void)context;
    free(memory);
}
