/* The memory of results: a list of blocks that is freed as a whole. Each block has room for several small pieces, so
   that a description of a table is one or two allocations. */
#include <bloop/op.h>
#include <bloop/sys/backend.h>

#include <stddef.h>

#include "op/op.h"

typedef struct block {
    struct block *next;
    size_t used, size;
    max_align_t data[];
} block;

enum { BLOCK_SIZE = 1024, ALIGNMENT = _Alignof(max_align_t) };

static void *take(block *from, size_t size);

void *bloop_result_alloc(bloop_result_memory *memory, size_t size)
{
    if (size > SIZE_MAX - sizeof(block) - BLOCK_SIZE) {
        bl_error_no_memory(size);
        return NULL;
    }
    size = size ? (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    block *first = memory->blocks;
    if (first && size <= first->size - first->used)
        return take(first, size);
    size_t room = size < BLOCK_SIZE / 4 ? BLOCK_SIZE : size;
    block *made = bl_alloc(sizeof *made + room);
    if (!made)
        return NULL;
    *made = (block){ .next = first, .used = 0, .size = room };
    memory->blocks = made;
    return take(made, size);
}

void *bl_result_room(bloop_result_memory *memory, void *room, size_t size)
{
    if (size > SIZE_MAX - sizeof(block)) {
        bl_error_no_memory(size);
        return NULL;
    }
    block *made = bl_realloc(room ? memory->blocks : NULL, sizeof *made + size);
    if (!made)
        return NULL;
    if (!room)
        made->next = memory->blocks;
    made->used = made->size = size;
    memory->blocks = made;
    return made->data;
}

const char *bl_result_text(bloop_result_memory *memory, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = bloop_result_alloc(memory, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

void bloop_result_free(bloop_result_memory *memory)
{
    if (!memory)
        return;
    block *next = NULL;
    for (block *b = memory->blocks; b; b = next) {
        next = b->next;
        bl_free(b);
    }
    memory->blocks = NULL;
}

static void *take(block *from, size_t size)
{
    uint8_t *at = (uint8_t *)from->data + from->used;
    from->used += size;
    memset(at, 0, size);
    return at;
}
