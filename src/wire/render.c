/* Expressions as text: names and values become placeholders, and parentheses stand only where precedence needs them, since
   the service refuses some that are redundant. The text has nothing that JSON would escape. */
#include "wire/render_private.h"

#include <stdio.h>

/* How tightly a condition holds together, the loosest first (developer guide, "Precedence in conditions"). */
enum { LOOSEST, OR_LEVEL, AND_LEVEL, NOT_LEVEL, TIGHTEST };

#define PLACEHOLDER_SIZE 24

static void begin_text(bl_render *r, const char *member);
static void end_text(bl_render *r);
static void put(bl_render *r, const char *text);
static void put_expr(bl_render *r, const bloop_expr *expr, int around, unsigned depth);
static void put_notation(bl_render *r, const bloop_expr *expr, const bl_expr_kind_info *info, unsigned depth);
static void put_arguments(bl_render *r, const bloop_expr *expr, uint32_t from, const char *between, int around,
                          unsigned depth);
static int level_of(bloop_expr_kind kind);
static void put_path(bl_render *r, const bloop_path *path);
static void put_name(bl_render *r, bloop_slice name);
static void put_value(bl_render *r, bloop_value value);
static void put_placeholder(bl_render *r, const char *sign, size_t number);
static bloop_slice print_placeholder(char text[PLACEHOLDER_SIZE], const char *sign, size_t number);
static bool add_room(bl_render *r, void **items, size_t *room, size_t count, size_t size, const void *fixed);
static bool is_key_itself(const bloop_path *path, bloop_item key);
static bool leads_into(const bloop_projection_paths *projection, bloop_slice name);

void bl_render_begin(bl_render *r, bloop_json_writer *writer)
{
    r->writer = writer;
    r->names = r->fixed_names;
    r->values = r->fixed_values;
    r->name_count = r->value_count = 0;
    r->name_room = r->value_room = BL_RENDER_FIXED;
}

void bl_render_end(bl_render *r)
{
    if (r->names != r->fixed_names)
        bl_free(r->names);
    if (r->values != r->fixed_values)
        bl_free(r->values);
}

void bl_render_condition(bl_render *r, const char *member, const bloop_expr *condition)
{
    if (!condition || condition->kind == BLOOP_EXPR_EMPTY)
        return;
    begin_text(r, member);
    put_expr(r, condition, LOOSEST, 1);
    end_text(r);
}

void bl_render_update(bl_render *r, const bloop_update *update)
{
    static const char *const clauses[] = {
        [BLOOP_ACTION_SET] = "SET ",
        [BLOOP_ACTION_REMOVE] = "REMOVE ",
        [BLOOP_ACTION_ADD] = "ADD ",
        [BLOOP_ACTION_DELETE] = "DELETE ",
    };
    if (!update || update->count == 0)
        return;
    begin_text(r, "UpdateExpression");
    const char *before_clause = "";
    for (unsigned kind = 0; kind < BL_COUNT_OF(clauses); kind++) {
        const char *between = NULL;
        for (size_t i = 0; i < update->count; i++) {
            const bloop_action *action = &update->actions[i];
            if ((unsigned)action->kind != kind)
                continue;
            put(r, between ? between : before_clause);
            if (!between)
                put(r, clauses[kind]);
            between = ", ";
            put_path(r, &action->path);
            if (kind == BLOOP_ACTION_REMOVE)
                continue;
            put(r, kind == BLOOP_ACTION_SET ? " = " : " ");
            put_expr(r, &action->value, LOOSEST, 1);
        }
        before_clause = between ? " " : before_clause;
    }
    end_text(r);
}

void bl_render_projection(bl_render *r, const bloop_projection_paths *projection)
{
    bl_render_projection_and_key(r, projection, (bloop_item){ NULL, 0 });
}

void bl_render_projection_and_key(bl_render *r, const bloop_projection_paths *projection, bloop_item key)
{
    const char *between = "";
    if (!projection || projection->count == 0)
        return;
    begin_text(r, "ProjectionExpression");
    for (size_t i = 0; i < projection->count; i++) {
        if (is_key_itself(&projection->paths[i], key))
            continue;
        put(r, between);
        put_path(r, &projection->paths[i]);
        between = ", ";
    }
    for (bloop_walk walk = bloop_value_walk(key); bloop_walk_next(&walk);) {
        if (leads_into(projection, walk.name))
            continue;
        put(r, between);
        put_name(r, walk.name);
        between = ", ";
    }
    end_text(r);
}

void bl_render_placeholders(bl_render *r)
{
    char text[PLACEHOLDER_SIZE];
    if (r->name_count > 0) {
        bl_body_object(r->writer, "ExpressionAttributeNames");
        for (size_t i = 0; i < r->name_count; i++) {
            bl_json_write_trusted_name(r->writer, print_placeholder(text, "#n", i));
            bloop_json_write_string(r->writer, r->names[i].data, r->names[i].size);
        }
        bloop_json_write_end(r->writer);
    }
    if (r->value_count > 0) {
        bl_body_object(r->writer, "ExpressionAttributeValues");
        for (size_t i = 0; i < r->value_count; i++) {
            bl_json_write_trusted_name(r->writer, print_placeholder(text, ":v", i));
            bloop_json_write_value(r->writer, r->values[i]);
        }
        bloop_json_write_end(r->writer);
    }
}

/* The text goes into the body as it is made. */
static void begin_text(bl_render *r, const char *member)
{
    bl_body_name(r->writer, member);
    if (bl_json_begin_value(r->writer))
        bl_buffer_byte(&r->writer->buffer, '"');
}

static void end_text(bl_render *r)
{
    put(r, "\"");
}

/* Of a few characters, each of which costs less than a call. */
static void put(bl_render *r, const char *text)
{
    for (; *text; text++)
        bl_buffer_byte(&r->writer->buffer, (uint8_t)*text);
}

/* `around` is the level of what the expression stands in. */
static void put_expr(bl_render *r, const bloop_expr *expr, int around, unsigned depth)
{
    const bl_expr_kind_info *info = expr ? bl_expr_kind(expr->kind) : NULL;
    if (!info || expr->kind == BLOOP_EXPR_EMPTY || depth > BLOOP_EXPR_MAX_DEPTH) {
        bl_json_writer_fail(r->writer, BLOOP_INVALID_ARGUMENT, "an expression that is not well-formed");
        return;
    }
    if (expr->kind == BLOOP_EXPR_PATH) {
        put_path(r, &expr->path);
    } else if (expr->kind == BLOOP_EXPR_VALUE) {
        put_value(r, expr->value);
    } else if (level_of(expr->kind) < around) {
        put(r, "(");
        put_notation(r, expr, info, depth);
        put(r, ")");
    } else {
        put_notation(r, expr, info, depth);
    }
}

static void put_notation(bl_render *r, const bloop_expr *expr, const bl_expr_kind_info *info, unsigned depth)
{
    char between[24];
    int level = level_of(expr->kind);
    switch (info->notation) {
    case BL_NOTATION_NONE: break;
    case BL_NOTATION_INFIX:
        snprintf(between, sizeof between, " %s ", info->name);
        put_arguments(r, expr, 0, between, level, depth);
        break;
    case BL_NOTATION_PREFIX:
        put(r, info->name);
        put(r, " ");
        put_arguments(r, expr, 0, "", level, depth);
        break;
    case BL_NOTATION_BETWEEN:
        put_arguments(r, &(bloop_expr){ .count = 1, .args = expr->args }, 0, "", level, depth);
        put(r, " BETWEEN ");
        put_arguments(r, expr, 1, " AND ", level, depth);
        break;
    case BL_NOTATION_IN:
        put_arguments(r, &(bloop_expr){ .count = 1, .args = expr->args }, 0, "", level, depth);
        put(r, " IN (");
        put_arguments(r, expr, 1, ", ", LOOSEST, depth);
        put(r, ")");
        break;
    case BL_NOTATION_FUNCTION:
        put(r, info->name);
        put(r, "(");
        put_arguments(r, expr, 0, ", ", LOOSEST, depth);
        put(r, ")");
        break;
    }
}

static void put_arguments(bl_render *r, const bloop_expr *expr, uint32_t from, const char *between, int around,
                          unsigned depth)
{
    for (uint32_t i = from; i < expr->count && r->writer->status == BLOOP_OK; i++) {
        put(r, i > from ? between : "");
        put_expr(r, expr->args[i], around, depth + 1);
    }
}

static int level_of(bloop_expr_kind kind)
{
    switch (kind) {
    case BLOOP_EXPR_OR: return OR_LEVEL;
    case BLOOP_EXPR_AND: return AND_LEVEL;
    case BLOOP_EXPR_NOT: return NOT_LEVEL;
    default: return TIGHTEST;
    }
}

static void put_path(bl_render *r, const bloop_path *path)
{
    char index[16];
    for (uint32_t i = 0; i < path->count; i++) {
        const bloop_step *step = &path->steps[i];
        if (step->name.data) {
            if (i)
                put(r, ".");
            put_name(r, step->name);
        } else {
            snprintf(index, sizeof index, "[%lu]", (unsigned long)step->index);
            put(r, index);
        }
    }
}

static void put_name(bl_render *r, bloop_slice name)
{
    size_t i = 0;
    while (i < r->name_count && (r->names[i].size != name.size || memcmp(r->names[i].data, name.data, name.size) != 0))
        i++;
    if (i == r->name_count) {
        if (!add_room(r, (void **)&r->names, &r->name_room, i, sizeof *r->names, r->fixed_names))
            return;
        r->names[r->name_count++] = name;
    }
    put_placeholder(r, "#n", i);
}

static void put_value(bl_render *r, bloop_value value)
{
    size_t i = 0;
    while (i < r->value_count &&
           (r->values[i].size != value.size || memcmp(r->values[i].data, value.data, value.size) != 0))
        i++;
    if (i == r->value_count) {
        if (!add_room(r, (void **)&r->values, &r->value_room, i, sizeof *r->values, r->fixed_values))
            return;
        r->values[r->value_count++] = value;
    }
    put_placeholder(r, ":v", i);
}

static void put_placeholder(bl_render *r, const char *sign, size_t number)
{
    char text[PLACEHOLDER_SIZE];
    bloop_slice printed = print_placeholder(text, sign, number);
    bl_buffer_append(&r->writer->buffer, printed.data, printed.size);
}

/* The sign, of two characters, and the number. By hand, since printf would take longer than the rest of a request. */
static bloop_slice print_placeholder(char text[PLACEHOLDER_SIZE], const char *sign, size_t number)
{
    char *end = text + PLACEHOLDER_SIZE, *at = end;
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    *--at = sign[1];
    *--at = sign[0];
    return (bloop_slice){ at, (size_t)(end - at) };
}

/* Room for one more, first in the fixed array. */
static bool add_room(bl_render *r, void **items, size_t *room, size_t count, size_t size, const void *fixed)
{
    if (count < *room)
        return true;
    void *grown = *items == fixed ? bl_alloc(2 * count * size) : bl_realloc(*items, 2 * count * size);
    if (!grown) {
        bl_json_writer_fail(r->writer, BLOOP_NO_MEMORY, "%s", bloop_status_text(BLOOP_NO_MEMORY));
        return false;
    }
    if (*items == fixed)
        memcpy(grown, fixed, count * size);
    *items = grown;
    *room = 2 * count;
    return true;
}

static bool is_key_itself(const bloop_path *path, bloop_item key)
{
    return key.data && path->count == 1 && path->steps[0].name.data &&
           bloop_item_get(key, path->steps[0].name.data, path->steps[0].name.size).data;
}

/* Whether a path goes on behind a name: of a key, which the service refuses in its own words. */
static bool leads_into(const bloop_projection_paths *projection, bloop_slice name)
{
    for (size_t i = 0; i < projection->count; i++) {
        const bloop_path *path = &projection->paths[i];
        if (path->count > 1 && path->steps[0].name.size == name.size &&
            memcmp(path->steps[0].name.data, name.data, name.size) == 0)
            return true;
    }
    return false;
}
