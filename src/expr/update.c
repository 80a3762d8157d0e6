/* Applying an update: three passes over the actions, none over anything else.

   1. Every operand of SET is settled against the old item, in the order of the actions.
   2. Every path has to have its parent in the old item, and ADD and DELETE a value of their type.
   3. The actions, sorted by path, are merged with the old item into the builder in one walk; since nothing in it looks
      at the result, all reads see the old item, indexes of lists mean its elements, and nothing is changed twice.

   An object mapper's save (values for top-level attributes, sorted by name) thus costs one merge and no allocation. */
#include "expr/expr_private.h"
#include "expr/update_private.h"
#include "value/value.h"

/* What the walk writes into and where the operands come from. */
typedef struct merger {
    bloop_builder *out;
    bloop_item base;
} merger;

static bloop_status apply(const bloop_update *update, bl_edit *edits, bloop_item old, bloop_item key,
                          bloop_builder *out);
static void merge_map(const merger *m, bloop_value old, const bl_edit *edits, size_t count, uint32_t depth);
static void merge_list(const merger *m, bloop_value old, const bl_edit *edits, size_t count, uint32_t depth);
static size_t same_step(const bl_edit *edits, size_t count, uint32_t depth);
static bool leaves_value(bloop_value old, const bl_edit *edit, uint32_t depth);
static void merge_value(const merger *m, bloop_value old, const bl_edit *edits, size_t count, uint32_t depth);
static void write_value(const merger *m, bloop_value value);
static void write_set(const merger *m, bloop_value old, const bl_edit *edit);
static void write_list_append(const merger *m, const bloop_expr *operands);

bloop_status bloop_update_apply(const bloop_update *update, bloop_item old, bloop_item key, bloop_builder *out)
{
    bl_edit few[BL_PATHS_ON_STACK];
    bl_edit *edits = few;
    size_t count = update ? update->count : 0;
    if (count > BL_PATHS_ON_STACK) {
        edits = bl_alloc_zeroed(count, sizeof *edits);
        if (!edits)
            return BLOOP_NO_MEMORY;
    }
    bloop_status status = apply(update, edits, old, key, out);
    if (edits != few)
        bl_free(edits);
    return status;
}

bool bl_update_creates(const bloop_update *update)
{
    if (!update || update->count == 0)
        return true;
    for (size_t i = 0; i < update->count; i++) {
        bloop_action_kind kind = update->actions[i].kind;
        if (kind == BLOOP_ACTION_SET || kind == BLOOP_ACTION_ADD)
            return true;
    }
    return false;
}

static bloop_status apply(const bloop_update *update, bl_edit *edits, bloop_item old, bloop_item key,
                          bloop_builder *out)
{
    merger m = { .out = out, .base = old.data ? old : key };
    size_t count = 0;
    bloop_status status = update ? bl_edits_prepare(update, m.base, old.data != NULL, edits, &count) : BLOOP_OK;
    if (status != BLOOP_OK)
        return status;
    bl_sort_by_path(edits, count, sizeof *edits);
    merge_map(&m, m.base, edits, count, 0);
    return bl_builder_outcome(out);
}

/* Writes the map `old` (data may be NULL: an empty one) with the edits, whose paths share their first `depth` steps. */
static void merge_map(const merger *m, bloop_value old, const bl_edit *edits, size_t count, uint32_t depth)
{
    bloop_builder *out = m->out;
    bloop_build_begin(out, BLOOP_TAG_M);
    bloop_walk walk = { 0 };
    if (old.data)
        walk = bloop_value_walk(old);
    bool more = bloop_walk_next(&walk);
    while (more || count) {
        int order = !count ? -1 : !more ? 1 : bl_name_compare(walk.name, edits->path->steps[depth].name);
        if (order < 0) {
            bloop_build_name(out, walk.name.data, walk.name.size);
            bl_build_packed(out, walk.value.data, walk.value.size);
            more = bloop_walk_next(&walk);
            continue;
        }
        bloop_value value = order == 0 ? walk.value : (bloop_value){ NULL, 0 };
        size_t group = same_step(edits, count, depth);
        if (leaves_value(value, edits, depth)) {
            bloop_slice name = edits->path->steps[depth].name;
            bloop_build_name(out, name.data, name.size);
            merge_value(m, value, edits, group, depth);
        }
        edits += group;
        count -= group;
        if (order == 0)
            more = bloop_walk_next(&walk);
    }
    bloop_build_end(out);
}

/* Likewise a list: what is removed closes up, what is set beyond the end is appended in the order of the indexes
   (developer guide, "Update expressions: SET"). */
static void merge_list(const merger *m, bloop_value old, const bl_edit *edits, size_t count, uint32_t depth)
{
    bloop_build_begin(m->out, BLOOP_TAG_L);
    bloop_walk walk = bloop_value_walk(old);
    for (uint32_t index = 0; bloop_walk_next(&walk); index++) {
        if (!count || edits->path->steps[depth].index != index) {
            bl_build_packed(m->out, walk.value.data, walk.value.size);
            continue;
        }
        size_t group = same_step(edits, count, depth);
        if (leaves_value(walk.value, edits, depth))
            merge_value(m, walk.value, edits, group, depth);
        edits += group;
        count -= group;
    }
    for (; count; edits++, count--) {
        bloop_value none = { NULL, 0 };
        if (leaves_value(none, edits, depth))
            merge_value(m, none, edits, 1, depth);
    }
    bloop_build_end(m->out);
}

/* How many of the sorted edits go the same step at `depth`. */
static size_t same_step(const bl_edit *edits, size_t count, uint32_t depth)
{
    size_t same = 1;
    if (edits->path->count == depth + 1)
        return same; /* nothing overlaps it: bloop_update_check */
    while (same < count && bl_step_compare(&edits[same].path->steps[depth], &edits->path->steps[depth]) == 0)
        same++;
    return same;
}

static bool leaves_value(bloop_value old, const bl_edit *edit, uint32_t depth)
{
    if (edit->path->count > depth + 1)
        return true;
    switch (edit->outcome) {
    case BL_OUTCOME_NOTHING: return false;
    case BL_OUTCOME_LESS: return old.data != NULL;
    default: return true;
    }
}

static void merge_value(const merger *m, bloop_value old, const bl_edit *edits, size_t count, uint32_t depth)
{
    if (edits->path->count > depth + 1) {
        if (edits->path->steps[depth + 1].name.data)
            merge_map(m, old, edits, count, depth + 1);
        else
            merge_list(m, old, edits, count, depth + 1);
        return;
    }
    switch (edits->outcome) {
    case BL_OUTCOME_VALUE: write_value(m, edits->value); break;
    case BL_OUTCOME_NUMBER: bl_build_number_form(m->out, edits->form, edits->form_size); break;
    case BL_OUTCOME_LIST:
        bloop_build_begin(m->out, BLOOP_TAG_L);
        write_list_append(m, edits->list);
        bloop_build_end(m->out);
        break;
    case BL_OUTCOME_MORE:
    case BL_OUTCOME_LESS: write_set(m, old, edits); break;
    case BL_OUTCOME_NOTHING: break;
    }
}

/* A value that was not at this place before; documents may be too deep for it. */
static void write_value(const merger *m, bloop_value value)
{
    bloop_tag tag = bloop_value_tag(value);
    if (tag == BLOOP_TAG_L || tag == BLOOP_TAG_M)
        bloop_build_value(m->out, value);
    else
        bl_build_packed(m->out, value.data, value.size);
}

/* The union or the difference of two sets of one type; both are sorted. */
static void write_set(const merger *m, bloop_value old, const bl_edit *edit)
{
    bool unite = edit->outcome == BL_OUTCOME_MORE;
    bloop_tag tag = bloop_value_tag(edit->value);
    bloop_walk a = bloop_value_walk(old), b = bloop_value_walk(edit->value);
    bool has_a = bloop_walk_next(&a), has_b = bloop_walk_next(&b);
    bloop_build_begin(m->out, tag);
    while (has_a || (has_b && unite)) {
        int order = !has_b ? -1 : !has_a ? 1 : bl_name_compare(a.bytes, b.bytes);
        bloop_slice next = order <= 0 ? a.bytes : b.bytes;
        if (unite || order < 0) {
            if (tag == BLOOP_TAG_NS)
                bl_build_number_form(m->out, (const uint8_t *)next.data, next.size);
            else if (tag == BLOOP_TAG_BS)
                bloop_build_binary(m->out, next.data, next.size);
            else
                bloop_build_string(m->out, next.data, next.size);
        }
        if (order <= 0)
            has_a = bloop_walk_next(&a);
        if (order >= 0)
            has_b = bloop_walk_next(&b);
    }
    bloop_build_end(m->out);
}

/* The elements of both operands; their types have been checked. */
static void write_list_append(const merger *m, const bloop_expr *operands)
{
    for (uint32_t i = 0; i < operands->count; i++) {
        bloop_value value;
        bl_operand_settle(operands->args[i], m->base, &value);
        bloop_walk walk = bloop_value_walk(value);
        while (bloop_walk_next(&walk))
            write_value(m, walk.value);
    }
}
