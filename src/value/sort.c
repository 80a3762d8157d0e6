/* Sorting the elements of a container that did not come in order: an index is sorted, and the bytes follow it by way of
   one copy. Not qsort, which may allocate behind our back and has no bound. */
#include "value/packed_private.h"

#define STACK_SIZE 4096
#define RUN        8 /* so many are sorted by insertion before merging starts */

typedef struct entry {
    const uint8_t *at, *key;
    uint32_t key_size, size;
} entry;

static void index_elements(uint8_t tag, const uint8_t *content, uint32_t count, entry *index);
static entry *sort_index(entry *index, entry *other, size_t count);
static void sort_run(entry *index, size_t count);
static void merge(const entry *from, size_t middle, size_t count, entry *to);
static bool comes_after(const entry *a, const entry *b);

bloop_status bl_sort_elements(uint8_t tag, uint8_t *content, size_t size, uint32_t count)
{
    _Alignas(entry) uint8_t stack[STACK_SIZE];
    if (count > (SIZE_MAX - size) / (2 * sizeof(entry)))
        return bl_error_no_memory(SIZE_MAX);
    size_t needed = 2 * sizeof(entry) * count + size;
    uint8_t *memory = needed <= sizeof stack ? stack : bl_alloc(needed);
    if (!memory)
        return BLOOP_NO_MEMORY;
    entry *index = (entry *)(void *)memory;
    uint8_t *copy = memory + 2 * sizeof(entry) * count;
    memcpy(copy, content, size);
    index_elements(tag, copy, count, index);
    const entry *sorted = sort_index(index, index + count, count);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(content, sorted[i].at, sorted[i].size);
        content += sorted[i].size;
    }
    if (memory != stack)
        bl_free(memory);
    return BLOOP_OK;
}

static void index_elements(uint8_t tag, const uint8_t *content, uint32_t count, entry *index)
{
    for (uint32_t i = 0; i < count; i++) {
        element current = element_at(tag, content);
        const uint8_t *next = tag == BLOOP_TAG_M ? bl_value_end(current.rest) : current.rest;
        index[i] = (entry){ content, current.key, (uint32_t)current.key_size, (uint32_t)(next - content) };
        content = next;
    }
}

/* Merges runs of doubling length, from one array into the other and back; returns where it ended. */
static entry *sort_index(entry *index, entry *other, size_t count)
{
    for (size_t at = 0; at < count; at += RUN)
        sort_run(index + at, count - at < RUN ? count - at : RUN);
    for (size_t width = RUN; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t left = count - at;
            merge(index + at, left < width ? left : width, left < 2 * width ? left : 2 * width, other + at);
        }
        entry *swapped = index;
        index = other;
        other = swapped;
    }
    return index;
}

static void sort_run(entry *index, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        entry moving = index[i];
        size_t at = i;
        for (; at > 0 && comes_after(&index[at - 1], &moving); at--)
            index[at] = index[at - 1];
        index[at] = moving;
    }
}

/* Of two sorted runs, the first `middle` and the rest of `count`. */
static void merge(const entry *from, size_t middle, size_t count, entry *to)
{
    size_t left = 0, right = middle;
    for (size_t i = 0; i < count; i++) {
        if (right == count || (left < middle && !comes_after(&from[left], &from[right])))
            to[i] = from[left++];
        else
            to[i] = from[right++];
    }
}

static bool comes_after(const entry *a, const entry *b)
{
    return compare_bytes(a->key, a->key_size, b->key, b->key_size) > 0;
}
