/* Expressions as text: names and values become placeholders, and parentheses stand only where precedence needs them, since
   the service refuses some that are redundant. The text has nothing that JSON would escape. */
#include "wire/render_private.h"

#include <stdio.h>

/* How tightly a condition holds together, the loosest first (developer guide, "Precedence in conditions"). */
enum { LOOSEST, OR_LEVEL, AND_LEVEL, NOT_LEVEL, TIGHTEST };

static void begin_text(bl_render *r, const char *member);
static void end_text(bl_render *r);
static inline void put(bl_render *r, const char *text);
static inline void put_bytes(bl_render *r, const char *bytes, size_t size);
static void put_expr(bl_render *r, const bloop_expr *expr, int around, unsigned depth);
static void put_notation(bl_render *r, const bloop_expr *expr, const bl_expr_kind_info *info, unsigned depth);
static void put_infix(bl_render *r, const bloop_expr *expr, const char *name, int level, unsigned depth);
static void put_arguments(bl_render *r, const bloop_expr *expr, uint32_t from, const char *between, int around,
                          unsigned depth);
static int level_of(bloop_expr_kind kind);
static void put_path(bl_render *r, const bloop_path *path);
static void put_name(bl_render *r, bloop_slice name);
static void put_value(bl_render *r, bloop_value value);
static inline void put_placeholder(bl_render *r, char sign, size_t number);
static void put_names(bl_render *r);
static void put_values(bl_render *r);
static inline void put_definition(bl_render *r, char sign, size_t number);
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
        [BLOOP_ACTION_SET] = " SET ",
        [BLOOP_ACTION_REMOVE] = " REMOVE ",
        [BLOOP_ACTION_ADD] = " ADD ",
        [BLOOP_ACTION_DELETE] = " DELETE ",
    };
    if (!update || update->count == 0)
        return;
    begin_text(r, "UpdateExpression");
    bool begun = false;
    for (unsigned kind = 0; kind < BL_COUNT_OF(clauses); kind++) {
        bool continued = false;
        for (size_t i = 0; i < update->count; i++) {
            const bloop_action *action = &update->actions[i];
            if ((unsigned)action->kind != kind)
                continue;
            if (continued)
                put(r, ",");
            else
                put(r, clauses[kind] + (begun ? 0 : 1)); /* without the space */
            begun = continued = true;
            put_path(r, &action->path);
            if (kind == BLOOP_ACTION_REMOVE)
                continue;
            put(r, kind == BLOOP_ACTION_SET ? "=" : " ");
            put_expr(r, &action->value, LOOSEST, 1);
        }
    }
    end_text(r);
}

void bl_render_projection(bl_render *r, const bloop_projection_paths *projection)
{
    bl_render_projection_and_key(r, projection, (bloop_item){ NULL, 0 });
}

void bl_render_projection_and_key(bl_render *r, const bloop_projection_paths *projection, bloop_item key)
{
    bool continued = false;
    if (!projection || projection->count == 0)
        return;
    begin_text(r, "ProjectionExpression");
    for (size_t i = 0; i < projection->count; i++) {
        if (is_key_itself(&projection->paths[i], key))
            continue;
        put(r, continued ? "," : "");
        put_path(r, &projection->paths[i]);
        continued = true;
    }
    for (bloop_walk walk = bloop_value_walk(key); bloop_walk_next(&walk);) {
        if (leads_into(projection, walk.name))
            continue;
        put(r, continued ? "," : "");
        put_name(r, walk.name);
        continued = true;
    }
    end_text(r);
}

void bl_render_placeholders(bl_render *r)
{
    if (r->name_count > 0)
        put_names(r);
    if (r->value_count > 0)
        put_values(r);
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

/* Literals, mostly, whose size the compiler knows where this is inlined. */
static inline __attribute__((always_inline)) void put(bl_render *r, const char *text)
{
    put_bytes(r, text, strlen(text));
}

static inline __attribute__((always_inline)) void put_bytes(bl_render *r, const char *bytes, size_t size)
{
    bl_buffer_append(&r->writer->buffer, bytes, size);
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
    int level = level_of(expr->kind);
    switch (info->notation) {
    case BL_NOTATION_NONE: break;
    case BL_NOTATION_INFIX: put_infix(r, expr, info->name, level, depth); break;
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

static void put_infix(bl_render *r, const bloop_expr *expr, const char *name, int level, unsigned depth)
{
    for (uint32_t i = 0; i < expr->count && r->writer->status == BLOOP_OK; i++) {
        if (i > 0) {
            put(r, " ");
            put(r, name);
            put(r, " ");
        }
        put_expr(r, expr->args[i], level, depth + 1);
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
    put_placeholder(r, '#', i);
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
    put_placeholder(r, ':', i);
}

/* "#0" or ":0": as short as can be, since a save has two of each attribute, which are sent and hashed. */
static inline void put_placeholder(bl_render *r, char sign, size_t number)
{
    char text[24], *end = text + sizeof text, *at = end;
    if (BL_LIKELY(number < 10)) {
        put_bytes(r, (char[]){ sign, (char)('0' + number) }, 2);
        return;
    }
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    *--at = sign;
    put_bytes(r, at, (size_t)(end - at));
}

/* Both members go into the body as they are made: with the writer's checks of each name and of the order of its calls they
   took most of what rendering a save took. */
static void put_names(bl_render *r)
{
    bl_body_name(r->writer, "ExpressionAttributeNames");
    if (!bl_json_begin_value(r->writer))
        return;
    for (size_t i = 0; i < r->name_count; i++) {
        if (BL_UNLIKELY(!bl_utf8_valid(r->names[i].data, r->names[i].size))) {
            bl_json_writer_fail(r->writer, BLOOP_INVALID_VALUE, "the name of an attribute is not UTF-8");
            return;
        }
        put_definition(r, '#', i);
        bl_json_append_string(&r->writer->buffer, r->names[i].data, r->names[i].size);
    }
    put(r, "}");
}

static void put_values(bl_render *r)
{
    bl_body_name(r->writer, "ExpressionAttributeValues");
    if (!bl_json_begin_value(r->writer))
        return;
    for (size_t i = 0; i < r->value_count; i++) {
        if (BL_UNLIKELY(bloop_value_tag(r->values[i]) == BLOOP_TAG_NONE)) {
            bl_json_writer_fail(r->writer, BLOOP_INVALID_VALUE, "there is no value to write");
            return;
        }
        put_definition(r, ':', i);
        bl_json_append_value(&r->writer->buffer, r->values[i]);
    }
    put(r, "}");
}

/* What stands before the name, or the value, that a placeholder has: the member's name. */
static inline void put_definition(bl_render *r, char sign, size_t number)
{
    const char before = number == 0 ? '{' : ',';
    if (BL_LIKELY(number < 10)) {
        put_bytes(r, (char[]){ before, '"', sign, (char)('0' + number), '"', ':' }, 6);
        return;
    }
    put_bytes(r, (char[]){ before, '"' }, 2);
    put_placeholder(r, sign, number);
    put(r, "\":");
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
