/* Expressions as text, for messages and debugging: names and values stand in place. Names that are no plain words are
   in backquotes; binaries are in hexadecimal, as x"6869". */
#include <stdarg.h>
#include <stdio.h>

#include "expr/check_private.h"
#include "value/value.h"

/* What is written beyond `size` is counted only. */
typedef struct sink {
    char *text;
    size_t size, length;
    unsigned nodes_left; /* a graph of shared nodes could be a tree too large to print */
} sink;

enum { MAX_NODES = 10000 };

static void print_expr(sink *s, const bloop_expr *expr, unsigned depth);
static void print_arguments(sink *s, const bloop_expr *expr, uint32_t from, const char *between, unsigned depth);
static void print_path(sink *s, const bloop_path *path);
static void print_name(sink *s, bloop_slice name);
static void print_value(sink *s, bloop_value value);
static void print_container(sink *s, bloop_value value, bloop_tag tag);
static void print_text(sink *s, bloop_slice text);
static void print_hex(sink *s, bloop_slice bytes);
static void put(sink *s, const void *text, size_t size);
static void puts_to(sink *s, const char *text);
static size_t finish(sink *s);

size_t bloop_expr_print(const bloop_expr *condition, char *text, size_t size)
{
    sink s = { text, size, 0, MAX_NODES };
    if (condition)
        print_expr(&s, condition, 1);
    return finish(&s);
}

size_t bloop_update_print(const bloop_update *update, char *text, size_t size)
{
    static const char *const clauses[] = {
        [BLOOP_ACTION_SET] = "SET",
        [BLOOP_ACTION_REMOVE] = "REMOVE",
        [BLOOP_ACTION_ADD] = "ADD",
        [BLOOP_ACTION_DELETE] = "DELETE",
    };
    sink s = { text, size, 0, MAX_NODES };
    for (unsigned kind = 0; kind < BL_COUNT_OF(clauses); kind++) {
        bool any = false;
        for (size_t i = 0; update && i < update->count; i++) {
            const bloop_action *action = &update->actions[i];
            if ((unsigned)action->kind != kind)
                continue;
            puts_to(&s, any ? ", " : s.length ? " " : "");
            if (!any) {
                puts_to(&s, clauses[kind]);
                puts_to(&s, " ");
            }
            any = true;
            print_path(&s, &action->path);
            if (kind == BLOOP_ACTION_REMOVE)
                continue;
            puts_to(&s, kind == BLOOP_ACTION_SET ? " = " : " ");
            print_expr(&s, &action->value, 1);
        }
    }
    return finish(&s);
}

const char *bl_path_text(char out[BL_PATH_TEXT_SIZE], const bloop_path *path)
{
    sink s = { out, BL_PATH_TEXT_SIZE, 0, MAX_NODES };
    put(&s, "[", 1);
    for (uint32_t i = 0; i < path->count; i++) {
        const bloop_step *step = &path->steps[i];
        char index[16];
        snprintf(index, sizeof index, "[%lu]", (unsigned long)step->index);
        puts_to(&s, i ? ", " : "");
        if (step->name.data)
            put(&s, step->name.data, step->name.size);
        else
            puts_to(&s, index);
    }
    put(&s, "]", 1);
    finish(&s);
    return out;
}

static void print_expr(sink *s, const bloop_expr *expr, unsigned depth)
{
    const bl_expr_kind_info *info = expr ? bl_expr_kind(expr->kind) : NULL;
    if (!info || depth > BLOOP_EXPR_MAX_DEPTH || s->nodes_left == 0) {
        puts_to(s, "…");
        return;
    }
    s->nodes_left--;
    switch (info->notation) {
    case BL_NOTATION_NONE:
        if (expr->kind == BLOOP_EXPR_PATH)
            print_path(s, &expr->path);
        else if (expr->kind == BLOOP_EXPR_VALUE)
            print_value(s, expr->value);
        break;
    case BL_NOTATION_INFIX: {
        char between[24];
        snprintf(between, sizeof between, " %s ", info->name);
        puts_to(s, info->takes_conditions ? "(" : "");
        print_arguments(s, expr, 0, between, depth);
        puts_to(s, info->takes_conditions ? ")" : "");
        break;
    }
    case BL_NOTATION_PREFIX:
        puts_to(s, "(NOT ");
        print_arguments(s, expr, 0, ", ", depth);
        puts_to(s, ")");
        break;
    case BL_NOTATION_BETWEEN:
    case BL_NOTATION_IN:
        if (expr->count)
            print_expr(s, expr->args[0], depth + 1);
        puts_to(s, info->notation == BL_NOTATION_IN ? " IN (" : " BETWEEN ");
        print_arguments(s, expr, 1, info->notation == BL_NOTATION_IN ? ", " : " AND ", depth);
        puts_to(s, info->notation == BL_NOTATION_IN ? ")" : "");
        break;
    case BL_NOTATION_FUNCTION:
        puts_to(s, info->name);
        puts_to(s, "(");
        print_arguments(s, expr, 0, ", ", depth);
        puts_to(s, ")");
        break;
    }
}

static void print_arguments(sink *s, const bloop_expr *expr, uint32_t from, const char *between, unsigned depth)
{
    for (uint32_t i = from; expr->args && i < expr->count && s->nodes_left; i++) {
        puts_to(s, i > from ? between : "");
        print_expr(s, expr->args[i], depth + 1);
    }
}

static void print_path(sink *s, const bloop_path *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        const bloop_step *step = &path->steps[i];
        char index[16];
        snprintf(index, sizeof index, "[%lu]", (unsigned long)step->index);
        if (!step->name.data) {
            puts_to(s, index);
            continue;
        }
        puts_to(s, i ? "." : "");
        print_name(s, step->name);
    }
}

static void print_name(sink *s, bloop_slice name)
{
    bool plain = name.size > 0;
    for (size_t i = 0; plain && i < name.size; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        plain = letter || (i && c >= '0' && c <= '9');
    }
    if (plain) {
        put(s, name.data, name.size);
        return;
    }
    puts_to(s, "`");
    for (size_t i = 0; i < name.size; i++) {
        put(s, "`", name.data[i] == '`');
        put(s, &name.data[i], 1);
    }
    puts_to(s, "`");
}

static void print_value(sink *s, bloop_value value)
{
    bloop_tag tag = value.data ? bloop_value_tag(value) : BLOOP_TAG_NONE;
    char number[BLOOP_NUMBER_TEXT_SIZE];
    switch (tag) {
    case BLOOP_TAG_NONE: puts_to(s, "(none)"); break;
    case BLOOP_TAG_NULL: puts_to(s, "null"); break;
    case BLOOP_TAG_BOOL: puts_to(s, bloop_value_bool(value) ? "true" : "false"); break;
    case BLOOP_TAG_N: put(s, number, bloop_number_format(bloop_value_number(value), number)); break;
    case BLOOP_TAG_S: print_text(s, bloop_value_bytes(value)); break;
    case BLOOP_TAG_B: print_hex(s, bloop_value_bytes(value)); break;
    default: print_container(s, value, tag); break;
    }
}

static void print_container(sink *s, bloop_value value, bloop_tag tag)
{
    puts_to(s, tag == BLOOP_TAG_L ? "[" : "{");
    bloop_walk walk = bloop_value_walk(value);
    for (bool first = true; bloop_walk_next(&walk); first = false) {
        char number[BLOOP_NUMBER_TEXT_SIZE];
        puts_to(s, first ? "" : ", ");
        switch (tag) {
        case BLOOP_TAG_SS: print_text(s, walk.bytes); break;
        case BLOOP_TAG_BS: print_hex(s, walk.bytes); break;
        case BLOOP_TAG_NS: put(s, number, bloop_number_format(bloop_walk_number(&walk), number)); break;
        case BLOOP_TAG_M:
            print_name(s, walk.name);
            puts_to(s, ": ");
            print_value(s, walk.value);
            break;
        default: print_value(s, walk.value); break;
        }
    }
    puts_to(s, tag == BLOOP_TAG_L ? "]" : "}");
}

static void print_text(sink *s, bloop_slice text)
{
    puts_to(s, "\"");
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = (uint8_t)text.data[i];
        char escape[8];
        snprintf(escape, sizeof escape, c == '"' || c == '\\' ? "\\%c" : "\\u%04x", c);
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F)
            puts_to(s, escape);
        else
            put(s, &text.data[i], 1);
    }
    puts_to(s, "\"");
}

static void print_hex(sink *s, bloop_slice bytes)
{
    static const char digits[] = "0123456789abcdef";
    puts_to(s, "x\"");
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t c = (uint8_t)bytes.data[i];
        put(s, &digits[c >> 4], 1);
        put(s, &digits[c & 15], 1);
    }
    puts_to(s, "\"");
}

static void put(sink *s, const void *text, size_t size)
{
    if (size && s->length < s->size) {
        size_t room = s->size - s->length;
        memcpy(s->text + s->length, text, size < room ? size : room);
    }
    s->length += size;
}

static void puts_to(sink *s, const char *text)
{
    put(s, text, strlen(text));
}

/* Ends the text in a zero byte, at the beginning of a character where it had to be cut. */
static size_t finish(sink *s)
{
    if (s->size == 0)
        return s->length;
    size_t end = s->length < s->size ? s->length : s->size - 1;
    if (end < s->length) {
        while (end > 0 && ((uint8_t)s->text[end] & 0xC0) == 0x80)
            end--;
    }
    s->text[end] = '\0';
    return s->length;
}
