/* The memory that C values point into. */
#include "model/type_private.h"

#define SMALLEST 240 /* bytes of a block made in passing */

static bool grow(bloop_memory *memory, size_t size);

void *bloop_memory_alloc(bloop_memory *memory, size_t size)
{
    void *at = bl_memory_take(memory, size);
    if (at)
        memset(at, 0, size);
    return at;
}

void *bl_memory_take(bloop_memory *memory, size_t size)
{
    if (size > SIZE_MAX - 15) {
        bl_error_no_memory(size);
        return NULL;
    }
    size_t rounded = (size + 15) & ~(size_t)15;
    if (rounded > memory->left && !grow(memory, rounded))
        return NULL;
    uint8_t *at = memory->next;
    memory->next += rounded;
    memory->left -= rounded;
    return at;
}

void bl_memory_use(bloop_memory *memory, void *storage, size_t size)
{
    *memory = (bloop_memory){ .next = storage, .left = size };
}

bloop_status bl_memory_begin(bloop_memory *memory, size_t size)
{
    bl_block *block = memory->blocks;
    if (!block || block->size < size) {
        bloop_memory fresh = { 0 };
        if (!grow(&fresh, size))
            return BLOOP_NO_MEMORY;
        bl_memory_free(memory);
        *memory = fresh;
        return BLOOP_OK;
    }
    bl_blocks_free(block->next);
    block->next = NULL;
    memory->next = (uint8_t *)block + BL_BLOCK_HEAD;
    memory->left = block->size;
    return BLOOP_OK;
}

void bl_memory_free(bloop_memory *memory)
{
    bl_blocks_free(memory->blocks);
    *memory = (bloop_memory){ 0 };
}

void bl_blocks_free(bl_block *block)
{
    while (block) {
        bl_block *next = block->next;
        bl_free(block);
        block = next;
    }
}

/* A new block; what was left of the one before is given up. */
static bool grow(bloop_memory *memory, size_t size)
{
    size_t least = memory->blocks ? memory->blocks->size : 0;
    size_t room = size > SMALLEST || least ? (size > least ? size : least) : SMALLEST;
    bl_block *block = room > SIZE_MAX - BL_BLOCK_HEAD ? NULL : bl_alloc(BL_BLOCK_HEAD + room);
    if (!block) {
        bl_error_no_memory(room);
        return false;
    }
    *block = (bl_block){ .next = memory->blocks, .size = room };
    memory->blocks = block;
    memory->next = (uint8_t *)block + BL_BLOCK_HEAD;
    memory->left = room;
    return true;
}
