/* Trees of any shape, written as text with placeholders, blanks and parentheses at random, are read as the same trees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "expr/expr.h"
#include "support/notation.h"
#include "support/trial.h"

enum { MAX_PLACEHOLDERS = 1024, MAX_DEPTH = 5, PRINTED = 65536 };

/* A text that is being written, with the placeholders that it uses. */
typedef struct writer {
    trial_random *random;
    bl_buffer text;
    bl_arena memory;
    notation values;
    bloop_name_placeholder names[MAX_PLACEHOLDERS];
    bloop_value_placeholder places[MAX_PLACEHOLDERS];
    size_t name_count, place_count;
    uint32_t next_name; /* for names that no other path has */
} writer;

static void *make(writer *w, size_t size)
{
    void *memory = bl_arena_alloc(&w->memory, size);
    assert_non_null(memory);
    memset(memory, 0, size);
    return memory;
}

static bloop_slice make_text(writer *w, const char *format, unsigned number)
{
    char text[32];
    size_t size = (size_t)snprintf(text, sizeof text, format, number);
    return (bloop_slice){ bl_arena_text(&w->memory, text, size), size };
}

/* The first name of a path is its own, so that paths differ and don't overlap. */
static bloop_path make_path(writer *w)
{
    uint32_t count = 1 + (uint32_t)trial_below(w->random, 4);
    bloop_step *steps = make(w, count * sizeof *steps);
    for (uint32_t i = 0; i < count; i++) {
        if (i && trial_chance(w->random, 40))
            steps[i].index = (uint32_t)trial_below(w->random, 12);
        else
            steps[i].name = make_text(w, trial_chance(w->random, 20) ? "o d.d%u" : "n%u", w->next_name++);
    }
    return (bloop_path){ steps, count };
}

static bloop_expr *make_node(writer *w, bloop_expr_kind kind, uint32_t count)
{
    bloop_expr *expr = make(w, sizeof *expr);
    expr->kind = kind;
    expr->count = count;
    expr->args = make(w, (count ? count : 1) * sizeof *expr->args);
    return expr;
}

static void set_argument(bloop_expr *expr, uint32_t at, const bloop_expr *argument)
{
    const bloop_expr **args;
    memcpy(&args, &expr->args, sizeof args);
    args[at] = argument;
}

static bloop_expr *make_path_node(writer *w)
{
    bloop_expr *expr = make_node(w, BLOOP_EXPR_PATH, 0);
    expr->path = make_path(w);
    return expr;
}

static bloop_expr *make_value(writer *w, const char *notation_text)
{
    bloop_expr *expr = make_node(w, BLOOP_EXPR_VALUE, 0);
    expr->value = notation_value(&w->values, notation_text);
    return expr;
}

static bloop_expr *make_operand(writer *w)
{
    static const char *const values[] = { "1", "2.5", "3" };
    if (trial_chance(w->random, 40))
        return make_value(w, values[trial_below(w->random, BL_COUNT_OF(values))]);
    if (trial_chance(w->random, 70))
        return make_path_node(w);
    bloop_expr *size = make_node(w, BLOOP_EXPR_SIZE, 1);
    set_argument(size, 0, make_path_node(w));
    return size;
}

static bloop_expr *make_leaf(writer *w)
{
    static const bloop_expr_kind kinds[] = {
        BLOOP_EXPR_EQ,
        BLOOP_EXPR_NE,
        BLOOP_EXPR_LT,
        BLOOP_EXPR_LE,
        BLOOP_EXPR_GT,
        BLOOP_EXPR_GE,
        BLOOP_EXPR_IN,
        BLOOP_EXPR_BETWEEN,
        BLOOP_EXPR_ATTRIBUTE_EXISTS,
        BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS,
        BLOOP_EXPR_ATTRIBUTE_TYPE,
        BLOOP_EXPR_BEGINS_WITH,
        BLOOP_EXPR_CONTAINS,
    };
    bloop_expr_kind kind = kinds[trial_below(w->random, BL_COUNT_OF(kinds))];
    const bl_expr_kind_info *info = bl_expr_kind(kind);
    uint32_t count = kind == BLOOP_EXPR_IN ? 2 + (uint32_t)trial_below(w->random, 5) : info->min_args;
    bloop_expr *leaf = make_node(w, kind, count);
    for (uint32_t i = 0; i < count; i++)
        set_argument(leaf, i, info->path_args >> i & 1 ? make_path_node(w) : make_operand(w));
    if (kind == BLOOP_EXPR_ATTRIBUTE_TYPE)
        set_argument(leaf, 1, make_value(w, "\"BOOL\""));
    if (kind == BLOOP_EXPR_BEGINS_WITH) {
        set_argument(leaf, 0, make_path_node(w));
        set_argument(leaf, 1, make_value(w, "\"be\""));
    }
    if (kind == BLOOP_EXPR_BETWEEN) {
        set_argument(leaf, 1, make_value(w, "1"));
        set_argument(leaf, 2, trial_chance(w->random, 50) ? make_value(w, "7") : make_path_node(w));
    }
    return leaf;
}

static bloop_expr *make_condition(writer *w, unsigned depth)
{
    size_t what = depth >= MAX_DEPTH ? 9 : trial_below(w->random, 10);
    if (what > 4)
        return make_leaf(w);
    bloop_expr_kind kind = what == 0 ? BLOOP_EXPR_NOT : what < 3 ? BLOOP_EXPR_AND : BLOOP_EXPR_OR;
    bloop_expr *node = make_node(w, kind, kind == BLOOP_EXPR_NOT ? 1 : 2 + (uint32_t)trial_below(w->random, 2));
    for (uint32_t i = 0; i < node->count; i++)
        set_argument(node, i, make_condition(w, depth + 1));
    return node;
}

static void put(writer *w, const char *text)
{
    bl_buffer_text(&w->text, text);
}

/* Blanks that may be, or have to be, between two words. */
static void put_space(writer *w, bool needed)
{
    static const char *const spaces[] = { " ", "  ", "\t", "\r\n" };
    if (needed || trial_chance(w->random, 30))
        put(w, spaces[trial_below(w->random, BL_COUNT_OF(spaces))]);
}

static void put_keyword(writer *w, const char *word)
{
    put_space(w, true);
    for (; *word; word++) {
        bool lower = *word >= 'A' && *word <= 'Z' && trial_chance(w->random, 50);
        bl_buffer_byte(&w->text, (uint8_t)(lower ? *word + 32 : *word));
    }
    put_space(w, true);
}

static void put_name(writer *w, bloop_slice name)
{
    bool plain = memchr(name.data, ' ', name.size) == NULL;
    if ((plain && trial_chance(w->random, 50)) || w->name_count == MAX_PLACEHOLDERS) {
        bl_buffer_append(&w->text, name.data, name.size);
        return;
    }
    bloop_slice key = make_text(w, "#p%u", (unsigned)w->name_count);
    w->names[w->name_count++] = (bloop_name_placeholder){ key, name };
    bl_buffer_append(&w->text, key.data, key.size);
}

static void put_path(writer *w, const bloop_path *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        const bloop_step *step = &path->steps[i];
        if (!step->name.data) {
            bl_buffer_format(&w->text, "[%u]", (unsigned)step->index);
            continue;
        }
        put(w, i ? "." : "");
        put_name(w, step->name);
        put_space(w, false);
    }
}

static void put_operand(writer *w, const bloop_expr *expr);

static void put_arguments(writer *w, const bloop_expr *expr, uint32_t from)
{
    put_space(w, false);
    put(w, "(");
    for (uint32_t i = from; i < expr->count; i++) {
        put(w, i > from ? "," : "");
        put_space(w, false);
        put_operand(w, expr->args[i]);
    }
    put(w, ")");
}

static void put_operand(writer *w, const bloop_expr *expr)
{
    const bl_expr_kind_info *info = bl_expr_kind(expr->kind);
    bool grouped = trial_chance(w->random, 20) && info->class_ == BL_CLASS_OPERAND;
    put(w, grouped ? "(" : "");
    if (expr->kind == BLOOP_EXPR_PATH) {
        put_path(w, &expr->path);
    } else if (expr->kind == BLOOP_EXPR_VALUE) {
        assert_true(w->place_count < MAX_PLACEHOLDERS);
        bloop_slice key = make_text(w, ":v_%u", (unsigned)w->place_count);
        w->places[w->place_count++] = (bloop_value_placeholder){ key, expr->value };
        bl_buffer_append(&w->text, key.data, key.size);
    } else if (info->notation == BL_NOTATION_FUNCTION) {
        put(w, info->name);
        put_arguments(w, expr, 0);
    } else {
        put_operand(w, expr->args[0]);
        put_keyword(w, info->name);
        put_operand(w, expr->args[1]);
    }
    put(w, grouped ? ")" : "");
}

/* How tightly an operator binds. */
static int strength(const bloop_expr *expr)
{
    return expr->kind == BLOOP_EXPR_OR ? 0 : expr->kind == BLOOP_EXPR_AND ? 1 : expr->kind == BLOOP_EXPR_NOT ? 2 : 3;
}

static void put_condition(writer *w, const bloop_expr *expr, int least)
{
    const bl_expr_kind_info *info = bl_expr_kind(expr->kind);
    bool grouped = strength(expr) < least || trial_chance(w->random, 15);
    put(w, grouped ? "(" : "");
    switch (info->notation) {
    case BL_NOTATION_PREFIX:
        put_keyword(w, "NOT");
        put_condition(w, expr->args[0], 2);
        break;
    case BL_NOTATION_BETWEEN:
        put_operand(w, expr->args[0]);
        put_keyword(w, "BETWEEN");
        put_operand(w, expr->args[1]);
        put_keyword(w, "AND");
        put_operand(w, expr->args[2]);
        break;
    case BL_NOTATION_IN:
        put_operand(w, expr->args[0]);
        put_keyword(w, "IN");
        put_arguments(w, expr, 1);
        break;
    case BL_NOTATION_INFIX:
        for (uint32_t i = 0; info->takes_conditions && i < expr->count; i++) {
            if (i)
                put_keyword(w, info->name);
            put_condition(w, expr->args[i], strength(expr) + 1);
        }
        if (!info->takes_conditions)
            put_operand(w, expr);
        break;
    default: put_operand(w, expr); break;
    }
    put(w, grouped ? ")" : "");
}

static void begin(writer *w, trial_random *random)
{
    *w = (writer){ .random = random };
}

static void end(writer *w)
{
    bl_buffer_free(&w->text);
    bl_arena_free(&w->memory);
    notation_free(&w->values);
}

static bloop_slice text_of(const writer *w)
{
    assert_int_equal(w->text.status, BLOOP_OK);
    return (bloop_slice){ (const char *)w->text.data, w->text.size };
}

static size_t rounds(void)
{
    return trial_count("BLOOP_PARSE_ROUNDS", (trial_counts){ 400, 4000, 40000 });
}

static void conditions(void **state)
{
    (void)state;
    static char before[PRINTED], after[PRINTED];
    static writer w;
    trial_random random = trial_stream(1);
    size_t tried = 0;
    for (size_t i = 0; i < rounds(); i++) {
        begin(&w, &random);
        const bloop_expr *tree = make_condition(&w, 0), *read = NULL;
        put_condition(&w, tree, 0);
        bloop_placeholders placeholders = { w.names, w.name_count, w.places, w.place_count };
        bloop_expr_text *text = bloop_expr_text_new(&placeholders);
        bool fits = w.text.size <= 4096;
        bloop_status status = bloop_parse_condition(text, "ConditionExpression", text_of(&w), &read);
        if (fits && status != BLOOP_OK)
            fail_msg("%.*s\n%s", (int)w.text.size, (const char *)w.text.data, bloop_last_error()->message);
        if (fits) {
            assert_int_equal(bloop_expr_text_finish(text), BLOOP_OK);
            bloop_expr_print(tree, before, sizeof before);
            bloop_expr_print(read, after, sizeof after);
            assert_string_equal(after, before);
            tried++;
        }
        bloop_expr_text_free(text);
        end(&w);
    }
    assert_true(tried > rounds() / 2);
}

static void make_action(writer *w, bloop_action_kind kind, bloop_action *action)
{
    *action = (bloop_action){ .kind = kind, .path = make_path(w) };
    if (kind == BLOOP_ACTION_ADD || kind == BLOOP_ACTION_DELETE)
        action->value = *make_value(w, "{1, 2}");
    if (kind != BLOOP_ACTION_SET)
        return;
    static const bloop_expr_kind kinds[] = { BLOOP_EXPR_PLUS, BLOOP_EXPR_MINUS, BLOOP_EXPR_IF_NOT_EXISTS };
    size_t what = trial_below(w->random, BL_COUNT_OF(kinds) + 2);
    bloop_expr *value = what < BL_COUNT_OF(kinds)    ? make_node(w, kinds[what], 2)
                        : what == BL_COUNT_OF(kinds) ? make_path_node(w)
                                                     : make_value(w, "[{a: 1}]");
    if (value->count) {
        set_argument(value, 0, make_path_node(w));
        set_argument(value, 1, trial_chance(w->random, 50) ? make_path_node(w) : make_value(w, "5"));
    }
    action->value = *value;
}

static void put_action(writer *w, const bloop_action *action)
{
    bool grouped = action->kind == BLOOP_ACTION_SET && trial_chance(w->random, 30) &&
                   bl_expr_kind(action->value.kind)->notation == BL_NOTATION_INFIX;
    put_path(w, &action->path);
    if (action->kind == BLOOP_ACTION_REMOVE)
        return;
    put_space(w, true);
    put(w, action->kind == BLOOP_ACTION_SET ? "=" : "");
    put(w, grouped ? "(" : "");
    bool value = action->kind != BLOOP_ACTION_SET;
    size_t before = w->text.size;
    put_operand(w, &action->value);
    while (value && w->text.data[before] == '(') { /* those of ADD and DELETE stand alone */
        w->text.size = before;
        w->place_count--;
        put_operand(w, &action->value);
    }
    put(w, grouped ? ")" : "");
}

static void updates(void **state)
{
    (void)state;
    static const char *const sections[] = { "SET", "REMOVE", "ADD", "DELETE" };
    static char before[PRINTED], after[PRINTED];
    static writer w;
    trial_random random = trial_stream(2);
    for (size_t i = 0; i < rounds(); i++) {
        begin(&w, &random);
        bloop_action actions[20];
        size_t count = 0, first = trial_below(&random, 4);
        for (size_t s = 0; s < 4; s++) {
            bloop_action_kind kind = (bloop_action_kind)((first + s) % 4);
            size_t more = s == 0 ? 1 + trial_below(&random, 4) : trial_below(&random, 4);
            for (size_t j = 0; j < more; j++) {
                j ? put(&w, ",") : put_keyword(&w, sections[kind]);
                make_action(&w, kind, &actions[count]);
                put_action(&w, &actions[count++]);
            }
        }
        bloop_placeholders placeholders = { w.names, w.name_count, w.places, w.place_count };
        bloop_expr_text *text = bloop_expr_text_new(&placeholders);
        bloop_update made = { actions, count }, read = { NULL, 0 };
        if (bloop_parse_update(text, text_of(&w), &read) != BLOOP_OK)
            fail_msg("%.*s\n%s", (int)w.text.size, (const char *)w.text.data, bloop_last_error()->message);
        assert_int_equal(bloop_expr_text_finish(text), BLOOP_OK);
        bloop_update_print(&made, before, sizeof before);
        bloop_update_print(&read, after, sizeof after);
        assert_string_equal(after, before);
        bloop_expr_text_free(text);
        end(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions),
        cmocka_unit_test(updates),
    };
    return cmocka_run_group_tests_name("expr/parse_random", tests, NULL, NULL);
}
