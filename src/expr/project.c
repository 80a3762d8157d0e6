/* The part of an item that some paths name: what is found is sorted by path, and written in one go. Paths that name
   nothing leave no trace, not even an empty map (developer guide, "Projection expressions"). */
#include "expr/expr_private.h"
#include "value/value.h"

/* A path that names something. Begins with its path, for bl_sort_by_path. */
typedef struct found {
    const bloop_path *path;
    bloop_value value;
} found;

/* Where the next path comes from: projections and updates keep them differently. */
typedef const bloop_path *path_at(const void *source, size_t index);

static const bloop_path *projection_path(const void *source, size_t index);
static const bloop_path *update_path(const void *source, size_t index);
static bloop_status project(path_at *at, const void *source, size_t count, bloop_item item, bloop_builder *out);
static bool sorted_names(path_at *at, const void *source, size_t count);
static void merge_names(path_at *at, const void *source, size_t count, bloop_item item, bloop_builder *out);
static void write_container(const found *all, size_t count, uint32_t depth, bloop_builder *out);

bloop_status bloop_projection_apply(const bloop_projection_paths *projection, bloop_item item, bloop_builder *out)
{
    return project(projection_path, projection, projection ? projection->count : 0, item, out);
}

bloop_status bloop_update_touched(const bloop_update *update, bloop_item item, bloop_builder *out)
{
    return project(update_path, update, update ? update->count : 0, item, out);
}

static const bloop_path *projection_path(const void *source, size_t index)
{
    return &((const bloop_projection_paths *)source)->paths[index];
}

static const bloop_path *update_path(const void *source, size_t index)
{
    return &((const bloop_update *)source)->actions[index].path;
}

static bloop_status project(path_at *at, const void *source, size_t count, bloop_item item, bloop_builder *out)
{
    if (sorted_names(at, source, count)) {
        merge_names(at, source, count, item, out);
        return bl_builder_outcome(out);
    }
    found few[BL_PATHS_ON_STACK];
    found *all = few;
    if (count > BL_PATHS_ON_STACK) {
        all = bl_alloc_zeroed(count, sizeof *all);
        if (!all)
            return BLOOP_NO_MEMORY;
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const bloop_path *path = at(source, i);
        bloop_value value = bl_path_find(path, item);
        if (value.data && path->count)
            all[kept++] = (found){ path, value };
    }
    bl_sort_by_path(all, kept, sizeof *all);
    write_container(all, kept, 0, out);
    if (all != few)
        bl_free(all);
    return bl_builder_outcome(out);
}

/* Whether the paths are names of top-level attributes in the order of a map. */
static bool sorted_names(path_at *at, const void *source, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bloop_path *path = at(source, i);
        if (path->count != 1 || (i && bl_path_compare(at(source, i - 1), path) >= 0))
            return false;
    }
    return true;
}

static void merge_names(path_at *at, const void *source, size_t count, bloop_item item, bloop_builder *out)
{
    bloop_build_begin(out, BLOOP_TAG_M);
    bloop_walk walk = { 0 };
    if (item.data)
        walk = bloop_value_walk(item);
    size_t i = 0;
    while (i < count && bloop_walk_next(&walk)) {
        int order = 0;
        while (i < count && (order = bl_name_compare(at(source, i)->steps[0].name, walk.name)) < 0)
            i++;
        if (i < count && order == 0) {
            bloop_build_name(out, walk.name.data, walk.name.size);
            bl_build_packed(out, walk.value.data, walk.value.size);
            i++;
        }
    }
    bloop_build_end(out);
}

/* Writes what is found at paths that share their first `depth` steps. */
static void write_container(const found *all, size_t count, uint32_t depth, bloop_builder *out)
{
    bloop_build_begin(out, count == 0 || all->path->steps[depth].name.data ? BLOOP_TAG_M : BLOOP_TAG_L);
    for (size_t i = 0; i < count;) {
        const bloop_path *path = all[i].path;
        const bloop_step *step = &path->steps[depth];
        size_t end = i + 1;
        while (end < count && bl_step_compare(&all[end].path->steps[depth], step) == 0)
            end++;
        if (step->name.data)
            bloop_build_name(out, step->name.data, step->name.size);
        if (path->count == depth + 1)
            bl_build_packed(out, all[i].value.data, all[i].value.size);
        else
            write_container(all + i, end - i, depth + 1, out);
        i = end;
    }
    bloop_build_end(out);
}
