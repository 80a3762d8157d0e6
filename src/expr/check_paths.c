/* Whether an update or a projection is well-formed: its paths keep out of each other's way, and its operands have types
   that some item could take. In the service's order: paths, then operands of ADD and DELETE, then those of SET. */
#include "expr/check_private.h"
#include "value/value.h"

/* Where the paths come from: updates and projections keep them differently. */
typedef struct path_list {
    const bloop_update *update;
    const bloop_projection_paths *projection;
    size_t count;
} path_list;

static bool sets_value(const bloop_action *action);
static bloop_status check_update_defined(bl_check *c, const bloop_update *update);
static bloop_status check_paths(bl_check *c, const path_list *paths);
static const bloop_path *path_at(const path_list *paths, size_t index);
static bloop_status any_clash(const path_list *paths, bool *clash);
static bool neighbours_clash(const bloop_path **sorted, size_t count);
static bloop_status tell_clash(bl_check *c, const path_list *paths);
static bloop_status check_action(const bl_check *c, const bloop_action *action);
static bloop_status check_set_operand(const bloop_action *action, const char *name, uint32_t tags);

bloop_status bloop_projection_check(const bloop_projection_paths *projection)
{
    bl_check c = { .parameter = "ProjectionExpression" };
    return projection ? bl_check_projection(&c, projection) : BLOOP_OK;
}

bloop_status bloop_update_check(const bloop_update *update)
{
    bl_check c = { .parameter = "UpdateExpression", .update = true };
    if (!update)
        return BLOOP_OK;
    bloop_status status = bl_check_update_shape(&c, update);
    return status == BLOOP_OK ? bl_check_update_meaning(&c, update) : status;
}

bloop_status bl_check_projection(bl_check *c, const bloop_projection_paths *projection)
{
    if (projection->count == 0)
        return bl_error(BLOOP_VALIDATION, "Invalid %s: The expression can not be empty;", c->parameter);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; c->undefined && status == BLOOP_OK && i < projection->count; i++)
        status = bl_check_path_defined(c, &projection->paths[i]);
    path_list paths = { .projection = projection, .count = projection->count };
    return status == BLOOP_OK ? check_paths(c, &paths) : status;
}

bloop_status bl_check_update_shape(bl_check *c, const bloop_update *update)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < update->count; i++) {
        const bloop_action *action = &update->actions[i];
        if (action->kind == BLOOP_ACTION_SET && !sets_value(action))
            status = bl_check_shape(c, &action->value);
    }
    return status;
}

bloop_status bl_check_update_meaning(bl_check *c, const bloop_update *update)
{
    bloop_status status = c->undefined ? check_update_defined(c, update) : BLOOP_OK;
    path_list paths = { .update = update, .count = update->count };
    if (status == BLOOP_OK)
        status = check_paths(c, &paths);
    for (size_t i = 0; status == BLOOP_OK && i < update->count; i++) {
        const bloop_action *action = &update->actions[i];
        if (sets_value(action))
            continue;
        bl_check_go_to(c, &action->value);
        status = check_action(c, action);
    }
    for (size_t i = 0; status == BLOOP_OK && i < update->count; i++) {
        const bloop_action *action = &update->actions[i];
        if (action->kind == BLOOP_ACTION_SET && !sets_value(action))
            status = bl_check_meaning(c, &action->value);
    }
    return status;
}

/* All that an object mapper sets, as a rule: behind the equals sign there is nothing left that could be wrong. */
static bool sets_value(const bloop_action *action)
{
    return action->kind == BLOOP_ACTION_SET && action->value.kind == BLOOP_EXPR_VALUE &&
           bloop_value_tag(action->value.value) != BLOOP_TAG_NONE;
}

/* All names, then all values. */
static bloop_status check_update_defined(bl_check *c, const bloop_update *update)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < update->count; i++) {
        status = bl_check_path_defined(c, &update->actions[i].path);
        if (status == BLOOP_OK && update->actions[i].kind != BLOOP_ACTION_REMOVE)
            status = bl_check_defined(c, &update->actions[i].value, true, false);
    }
    for (size_t i = 0; status == BLOOP_OK && i < update->count; i++) {
        if (update->actions[i].kind != BLOOP_ACTION_REMOVE)
            status = bl_check_defined(c, &update->actions[i].value, false, true);
    }
    return status;
}

static bloop_status check_paths(bl_check *c, const path_list *paths)
{
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < paths->count; i++) {
        c->at = c->paths_at ? c->paths_at[i] : 0;
        status = bl_check_path(c, path_at(paths, i));
    }
    if (status != BLOOP_OK)
        return status;
    bool clash = false;
    status = any_clash(paths, &clash);
    if (status != BLOOP_OK)
        return status;
    return clash ? tell_clash(c, paths) : BLOOP_OK;
}

static const bloop_path *path_at(const path_list *paths, size_t index)
{
    return paths->update ? &paths->update->actions[index].path : &paths->projection->paths[index];
}

/* Paths that clash are neighbours when sorted: between a path and one that it starts, or between a name and an index
   after the same steps, there are only others that clash. */
static bloop_status any_clash(const path_list *paths, bool *clash)
{
    bool ascending = true; /* single steps in order: what an object mapper asks for */
    const bloop_path *previous = NULL;
    for (size_t i = 0; ascending && i < paths->count; i++) {
        const bloop_path *path = path_at(paths, i);
        ascending = path->count == 1 && (!previous || bl_step_compare(previous->steps, path->steps) < 0);
        previous = path;
    }
    *clash = false;
    if (ascending)
        return BLOOP_OK;
    const bloop_path *few[BL_PATHS_ON_STACK];
    const bloop_path **sorted = few;
    if (paths->count > BL_PATHS_ON_STACK) {
        sorted = bl_alloc_zeroed(paths->count, sizeof(bloop_path *));
        if (!sorted)
            return BLOOP_NO_MEMORY;
    }
    for (size_t i = 0; i < paths->count; i++)
        sorted[i] = path_at(paths, i);
    bl_sort_by_path(sorted, paths->count, sizeof(bloop_path *));
    *clash = neighbours_clash(sorted, paths->count);
    if (sorted != few)
        bl_free(sorted);
    return BLOOP_OK;
}

static bool neighbours_clash(const bloop_path **sorted, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (bl_path_clash_of(sorted[i - 1], sorted[i]) != BL_PATHS_APART)
            return true;
    }
    return false;
}

/* Names the first pair that overlaps, else the first that conflicts, in the order in which they were given. */
static bloop_status tell_clash(bl_check *c, const path_list *paths)
{
    size_t one = 0, two = 0;
    bl_path_clash worst = BL_PATHS_APART;
    for (size_t i = 1; i < paths->count && worst != BL_PATHS_OVERLAP; i++) {
        for (size_t j = 0; j < i && worst != BL_PATHS_OVERLAP; j++) {
            bl_path_clash clash = bl_path_clash_of(path_at(paths, j), path_at(paths, i));
            if (clash == BL_PATHS_APART || (clash == BL_PATHS_CONFLICT && worst == BL_PATHS_CONFLICT))
                continue;
            worst = clash;
            one = j;
            two = i;
        }
    }
    c->at = c->paths_at ? c->paths_at[two] : 0;
    char first[BL_PATH_TEXT_SIZE], second[BL_PATH_TEXT_SIZE];
    return bl_error(BLOOP_VALIDATION,
                    "Invalid %s: Two document paths %s with each other; must remove or rewrite one of these paths; "
                    "path one: %s, path two: %s",
                    c->parameter, worst == BL_PATHS_OVERLAP ? "overlap" : "conflict",
                    bl_path_text(first, path_at(paths, one)), bl_path_text(second, path_at(paths, two)));
}

static bloop_status check_action(const bl_check *c, const bloop_action *action)
{
    const uint32_t sets = 1u << BLOOP_TAG_SS | 1u << BLOOP_TAG_NS | 1u << BLOOP_TAG_BS;
    switch (action->kind) {
    case BLOOP_ACTION_SET:
    case BLOOP_ACTION_REMOVE: return BLOOP_OK;
    case BLOOP_ACTION_ADD: return check_set_operand(action, "ADD", sets | 1u << BLOOP_TAG_N);
    case BLOOP_ACTION_DELETE: return check_set_operand(action, "DELETE", sets);
    }
    return bl_error(BLOOP_VALIDATION, "Invalid %s: the update has an action of no kind", c->parameter);
}

static bloop_status check_set_operand(const bloop_action *action, const char *name, uint32_t tags)
{
    static const char *const type_names[BLOOP_TAG_COUNT] = {
        [BLOOP_TAG_NONE] = "NONE",     [BLOOP_TAG_NULL] = "NULL",     [BLOOP_TAG_BOOL] = "BOOLEAN",
        [BLOOP_TAG_N] = "NUMBER",      [BLOOP_TAG_S] = "STRING",      [BLOOP_TAG_B] = "BINARY",
        [BLOOP_TAG_SS] = "STRING_SET", [BLOOP_TAG_NS] = "NUMBER_SET", [BLOOP_TAG_BS] = "BINARY_SET",
        [BLOOP_TAG_L] = "LIST",        [BLOOP_TAG_M] = "MAP",
    };
    if (action->value.kind != BLOOP_EXPR_VALUE || !action->value.value.data)
        return bl_error(BLOOP_VALIDATION, "Invalid UpdateExpression: the operand of %s has to be a value", name);
    bloop_tag tag = bloop_value_tag(action->value.value);
    if (tags >> tag & 1)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION,
                    "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: %s, "
                    "operand type: %s, typeSet: ALLOWED_FOR_%s_OPERAND",
                    name, type_names[tag], name);
}
