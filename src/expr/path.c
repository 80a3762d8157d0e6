/* Document paths: finding what they name, and telling them apart. */
#include <stdio.h>
#include <stdlib.h>

#include "expr/expr_private.h"
#include "value/value.h"

static int compare_entries(const void *a, const void *b);

bloop_value bl_path_find(const bloop_path *path, bloop_item item)
{
    bloop_value value = item;
    for (uint32_t i = 0; value.data && i < path->count; i++) {
        const bloop_step *step = &path->steps[i];
        bloop_tag tag = bloop_value_tag(value);
        if (step->name.data && tag == BLOOP_TAG_M)
            value = bloop_item_get(value, step->name.data, step->name.size);
        else if (!step->name.data && tag == BLOOP_TAG_L)
            value = bloop_list_get(value, step->index);
        else
            value = (bloop_value){ NULL, 0 };
    }
    return value;
}

int bl_path_compare(const bloop_path *a, const bloop_path *b)
{
    uint32_t common = a->count < b->count ? a->count : b->count;
    for (uint32_t i = 0; i < common; i++) {
        int order = bl_step_compare(&a->steps[i], &b->steps[i]);
        if (order)
            return order;
    }
    return (a->count > b->count) - (a->count < b->count);
}

bl_path_clash bl_path_clash_of(const bloop_path *a, const bloop_path *b)
{
    uint32_t common = a->count < b->count ? a->count : b->count;
    for (uint32_t i = 0; i < common; i++) {
        if (!a->steps[i].name.data != !b->steps[i].name.data)
            return BL_PATHS_CONFLICT;
        if (bl_step_compare(&a->steps[i], &b->steps[i]))
            return BL_PATHS_APART;
    }
    return BL_PATHS_OVERLAP;
}

void bl_sort_by_path(void *entries, size_t count, size_t size)
{
    for (size_t i = 1; i < count; i++) {
        const char *previous = (char *)entries + (i - 1) * size;
        if (compare_entries(previous, previous + size) > 0) {
            qsort(entries, count, size, compare_entries);
            return;
        }
    }
}

bloop_status bl_builder_outcome(bloop_builder *out)
{
    if (BL_LIKELY(out->status == BLOOP_OK && out->buffer.status == BLOOP_OK))
        return BLOOP_OK;
    bloop_value ignored;
    bloop_status status = bloop_builder_value(out, &ignored);
    return status == BLOOP_INVALID_VALUE ? bl_error_as(BLOOP_VALIDATION) : status;
}

static int compare_entries(const void *a, const void *b)
{
    return bl_path_compare(*(const bloop_path *const *)a, *(const bloop_path *const *)b);
}
