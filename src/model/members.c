/* Which columns and indexes a model has: its own, and those of its bases that it neither declares anew nor omits. */
#include "model/model_private.h"

#define MOST_BASES 32

static bloop_status add_level(const bloop_model *level, bl_members *out);
static bloop_status read_member(const bloop_model *level, const uint8_t **at, bl_member *out);
static bloop_status check_twins(const bloop_model *level, const bl_members *members, size_t own,
                                const bl_member *added);
static size_t drop_overridden(bl_members *members, size_t inherited, const bl_member *added);
static bloop_status adopt(const bloop_model *model, bl_arena *arena, bl_member *member);

bloop_status bl_members_gather(const bloop_model *model, bl_arena *arena, bl_members *out)
{
    const bloop_model *levels[MOST_BASES];
    size_t count = 0;
    bl_members members = { 0 };
    bloop_status status = BLOOP_OK;
    for (const bloop_model *level = model; level; level = level->base) {
        if (count == MOST_BASES)
            return bl_error(BLOOP_INVALID_MODEL, "%s: more than %d models derive from each other", model->name,
                            MOST_BASES);
        levels[count++] = level;
    }
    while (status == BLOOP_OK && count > 0)
        status = add_level(levels[--count], &members);
    for (size_t i = 0; status == BLOOP_OK && i < members.count; i++) {
        if (members.items[i].owner != model)
            status = adopt(model, arena, &members.items[i]);
    }
    if (status == BLOOP_OK)
        *out = members;
    else
        bl_free(members.items);
    return status;
}

const char *bl_member_dynamo_name(const bl_member *member)
{
    const char *given = member->kind == BLOOP_MEMBER_INDEX ? member->index->dynamo_name : member->column->dynamo_name;
    return given ? given : member->name;
}

/* Puts the members of one level in place of those that they override. */
static bloop_status add_level(const bloop_model *level, bl_members *out)
{
    const uint8_t *at = (const uint8_t *)(level + 1), *end = at + level->members_size;
    size_t inherited = out->count; /* the first ones, shrinking */
    while (at < end) {
        bl_member member;
        bloop_status status = read_member(level, &at, &member);
        if (status == BLOOP_OK)
            status = bl_grow((void **)&out->items, &out->capacity, out->count + 1, sizeof *out->items);
        if (status != BLOOP_OK)
            return status;
        size_t left = drop_overridden(out, inherited, &member);
        if (member.kind == BLOOP_MEMBER_OMITTED) {
            if (left == inherited)
                return bl_error(BLOOP_INVALID_MODEL, "%s omits %s, which its base does not have", level->name,
                                member.name);
            inherited = left;
            continue;
        }
        inherited = left;
        status = check_twins(level, out, inherited, &member);
        if (status != BLOOP_OK)
            return status;
        out->items[out->count++] = member;
    }
    return BLOOP_OK;
}

/* Members stand one after the other behind the model; each says what it is. */
static bloop_status read_member(const bloop_model *level, const uint8_t **at, bl_member *out)
{
    const bloop_column *column = (const bloop_column *)(const void *)*at;
    const bloop_index *index = (const bloop_index *)(const void *)*at;
    *out = (bl_member){ .kind = column->kind, .owner = level };
    switch (column->kind) {
    case BLOOP_MEMBER_COLUMN:
    case BLOOP_MEMBER_OMITTED:
        out->column = column;
        out->name = column->name;
        *at += sizeof *column;
        break;
    case BLOOP_MEMBER_INDEX:
        out->index = index;
        out->name = index->name;
        *at += sizeof *index;
        break;
    default: return bl_error(BLOOP_INVALID_MODEL, "%s has a member that is no column or index", level->name);
    }
    if (!out->name || !out->name[0])
        return bl_error(BLOOP_INVALID_MODEL, "%s has a column or index without a name", level->name);
    if (out->kind != BLOOP_MEMBER_OMITTED && !bl_member_dynamo_name(out)[0])
        return bl_error(BLOOP_INVALID_MODEL, "%s.%s has an empty dynamo name", level->name, out->name);
    return BLOOP_OK;
}

static bloop_status check_twins(const bloop_model *level, const bl_members *members, size_t own, const bl_member *added)
{
    for (size_t i = own; i < members->count; i++) {
        const bl_member *other = &members->items[i];
        if (strcmp(other->name, added->name) == 0)
            return bl_error(BLOOP_INVALID_MODEL, "%s has two columns or indexes with the name %s", level->name,
                            added->name);
        if (strcmp(bl_member_dynamo_name(other), bl_member_dynamo_name(added)) == 0)
            return bl_error(BLOOP_INVALID_MODEL, "%s.%s and %s.%s have the same dynamo name \"%s\"", level->name,
                            other->name, level->name, added->name, bl_member_dynamo_name(added));
    }
    return BLOOP_OK;
}

/* Takes the inherited members with the name or dynamo name of an added one away. Returns how many
   inherited ones are left. */
static size_t drop_overridden(bl_members *members, size_t inherited, const bl_member *added)
{
    size_t kept = 0;
    for (size_t i = 0; i < members->count; i++) {
        const bl_member *old = &members->items[i];
        bool same_name = strcmp(old->name, added->name) == 0;
        bool same_dynamo_name = added->kind != BLOOP_MEMBER_OMITTED &&
                                strcmp(bl_member_dynamo_name(old), bl_member_dynamo_name(added)) == 0;
        if (i < inherited && (same_name || same_dynamo_name))
            continue;
        members->items[kept++] = *old;
    }
    size_t left = inherited - (members->count - kept);
    members->count = kept;
    return left;
}

/* An inherited member becomes the model's by a copy. */
static bloop_status adopt(const bloop_model *model, bl_arena *arena, bl_member *member)
{
    if (member->kind == BLOOP_MEMBER_COLUMN) {
        bloop_column *copy = bl_arena_copy(arena, member->column, sizeof *copy);
        if (!copy)
            return BLOOP_NO_MEMORY;
        copy->model = model;
        member->column = copy;
        return BLOOP_OK;
    }
    bloop_index *copy = bl_arena_copy(arena, member->index, sizeof *copy);
    if (!copy)
        return BLOOP_NO_MEMORY;
    copy->model = model;
    member->index = copy;
    return BLOOP_OK;
}
