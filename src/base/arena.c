/* Arenas: blocks that double in size, cut from the front, freed together. A request too large for the current block's
   successor gets a block of its own behind it, so that the rest of the current one is still used. */
#include "base/base.h"

#include <stdalign.h>

enum { ALIGNMENT = alignof(max_align_t), FIRST_BLOCK = 1024, LARGEST_BLOCK = 256 * 1024 };

/* `blocks` of the arena is the one that is cut from; the others are full, or belong to one large request. */
typedef struct bl_arena_block {
    struct bl_arena_block *next;
    size_t capacity;
    size_t asked; /* bytes handed out while this block was the current one */
    alignas(max_align_t) uint8_t data[];
} bl_arena_block;

static void *alloc_slow(bl_arena *arena, size_t size, size_t rounded);
static bl_arena_block *new_block(size_t capacity);
static size_t next_capacity(const bl_arena *arena);

void *bl_arena_alloc(bl_arena *arena, size_t size)
{
    if (BL_UNLIKELY(size > PTRDIFF_MAX)) {
        bl_error_no_memory(size);
        return NULL;
    }
    size_t rounded = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (BL_UNLIKELY(rounded > arena->left))
        return alloc_slow(arena, size, rounded);
    void *memory = arena->next;
    arena->next += rounded;
    arena->left -= rounded;
    arena->blocks->asked += size;
    return memory;
}

void *bl_arena_copy(bl_arena *arena, const void *data, size_t size)
{
    void *copy = bl_arena_alloc(arena, size);
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}

char *bl_arena_text(bl_arena *arena, const char *text, size_t size)
{
    char *copy = bl_arena_alloc(arena, size < SIZE_MAX ? size + 1 : SIZE_MAX);
    if (!copy)
        return NULL;
    if (size)
        memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void bl_arena_reset(bl_arena *arena)
{
    bl_arena_block *kept = arena->blocks;
    if (!kept)
        return;
    bl_arena rest = { .blocks = kept->next };
    bl_arena_free(&rest);
    kept->next = NULL;
    kept->asked = 0;
    arena->next = kept->data;
    arena->left = kept->capacity;
}

void bl_arena_free(bl_arena *arena)
{
    bl_arena_block *block = arena->blocks;
    while (block) {
        bl_arena_block *next = block->next;
        bl_free(block);
        block = next;
    }
    *arena = (bl_arena){ 0 };
}

size_t bl_arena_size(const bl_arena *arena)
{
    size_t total = 0;
    for (const bl_arena_block *block = arena->blocks; block; block = block->next)
        total += block->asked;
    return total;
}

static void *alloc_slow(bl_arena *arena, size_t size, size_t rounded)
{
    size_t capacity = next_capacity(arena);
    bool own_block = arena->blocks && rounded > capacity / 2;
    bl_arena_block *block = new_block(own_block || rounded > capacity ? rounded : capacity);
    if (!block)
        return NULL;
    block->asked = size;
    if (own_block) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
        return block->data;
    }
    block->next = arena->blocks;
    arena->blocks = block;
    arena->next = block->data + rounded;
    arena->left = block->capacity - rounded;
    return block->data;
}

static bl_arena_block *new_block(size_t capacity)
{
    if (capacity > PTRDIFF_MAX - sizeof(bl_arena_block)) {
        bl_error_no_memory(capacity);
        return NULL;
    }
    bl_arena_block *block = bl_alloc(sizeof *block + capacity);
    if (!block)
        return NULL;
    block->next = NULL;
    block->capacity = capacity;
    block->asked = 0;
    return block;
}

static size_t next_capacity(const bl_arena *arena)
{
    if (!arena->blocks)
        return FIRST_BLOCK;
    size_t doubled = arena->blocks->capacity < LARGEST_BLOCK / 2 ? 2 * arena->blocks->capacity : LARGEST_BLOCK;
    return doubled < FIRST_BLOCK ? FIRST_BLOCK : doubled;
}
