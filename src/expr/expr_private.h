/* Shared by the files of area expr: how paths are compared and sorted, and the storage for doing so. */
#ifndef BL_EXPR_PRIVATE_H
#define BL_EXPR_PRIVATE_H

#include "expr/expr.h"

/* So many paths are sorted without an allocation. */
#define BL_PATHS_ON_STACK 64

/* Order of names in maps: bytes, the shorter first where one starts the other. */
static inline int bl_name_compare(bloop_slice a, bloop_slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = memcmp(a.data, b.data, common);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* Names before indexes; so paths sorted by their steps are in the order in which a document is walked. */
static inline int bl_step_compare(const bloop_step *a, const bloop_step *b)
{
    if (a->name.data && b->name.data)
        return bl_name_compare(a->name, b->name);
    if (!a->name.data && !b->name.data)
        return (a->index > b->index) - (a->index < b->index);
    return a->name.data ? -1 : 1;
}

/* Lexicographic by steps: a path stands right before those that it starts. */
int bl_path_compare(const bloop_path *a, const bloop_path *b);

/* How two paths get into each other's way, so that one update or projection can't have both. */
typedef enum bl_path_clash {
    BL_PATHS_APART,
    BL_PATHS_OVERLAP, /* one starts the other, or they are equal */
    BL_PATHS_CONFLICT /* one takes for a map what the other takes for a list */
} bl_path_clash;
bl_path_clash bl_path_clash_of(const bloop_path *a, const bloop_path *b);

/* Sorts `count` structs of `size` bytes, each of which begins with a pointer to its path; does nothing when they are in
   order already. */
void bl_sort_by_path(void *entries, size_t count, size_t size);

/* The value of a failed builder as BLOOP_VALIDATION (or BLOOP_NO_MEMORY); BLOOP_OK when it has not failed. */
bloop_status bl_builder_outcome(bloop_builder *out);

#endif
