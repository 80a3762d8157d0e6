/* The reader of the tests' notation: a plain recursive descent without regard for speed. */
#include "support/notation.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "expr/expr.h"

enum { MAX_ARGUMENTS = 512 };

static void bad(notation *n, const char *what)
{
    fail_msg("%s expected at \"%s\" in \"%s\"", what, n->at, n->whole);
}

static void *make(notation *n, size_t size)
{
    void *memory = bl_arena_alloc(&n->memory, size ? size : 1);
    assert_non_null(memory);
    memset(memory, 0, size);
    return memory;
}

static void skip_space(notation *n)
{
    while (isspace((unsigned char)*n->at))
        n->at++;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Whether the text goes on with `token`, a whole word where it is one; takes it if so. */
static bool take(notation *n, const char *token)
{
    skip_space(n);
    size_t size = strlen(token);
    if (strncmp(n->at, token, size) != 0 || (is_word(token[size - 1]) && is_word(n->at[size])))
        return false;
    n->at += size;
    return true;
}

static void expect(notation *n, const char *token)
{
    if (!take(n, token))
        bad(n, token);
}

static bloop_slice read_name(notation *n)
{
    skip_space(n);
    const char *start = n->at;
    if (*start == '`') {
        const char *end = strchr(start + 1, '`');
        if (!end) {
            bad(n, "`");
            return (bloop_slice){ NULL, 0 };
        }
        n->at = end + 1;
        return (bloop_slice){ bl_arena_text(&n->memory, start + 1, (size_t)(n->at - start - 2)),
                              (size_t)(n->at - start - 2) };
    }
    while (is_word(*n->at))
        n->at++;
    if (n->at == start)
        bad(n, "a name");
    return (bloop_slice){ bl_arena_text(&n->memory, start, (size_t)(n->at - start)), (size_t)(n->at - start) };
}

static bloop_path read_path(notation *n)
{
    bloop_step steps[64] = { { { NULL, 0 }, 0 } };
    uint32_t count = 1;
    steps[0].name = read_name(n);
    while (count < 64) {
        if (*n->at == '.') {
            n->at++;
            steps[count++].name = read_name(n);
        } else if (*n->at == '[') { /* after a space, a list begins */
            n->at++;
            steps[count++].index = (uint32_t)strtoul(n->at, (char **)&n->at, 10);
            expect(n, "]");
        } else {
            break;
        }
    }
    bloop_step *kept = make(n, count * sizeof *kept);
    memcpy(kept, steps, count * sizeof *kept);
    return (bloop_path){ kept, count };
}

static void read_value(notation *n, bloop_builder *out);

/* The bytes of a text or of a binary. */
static size_t read_quoted(notation *n, bool hex, char *bytes, size_t capacity)
{
    size_t size = 0;
    while (*n->at != '"') {
        assert_true(*n->at && size < capacity);
        if (hex) {
            char digits[3] = { n->at[0], n->at[1], '\0' };
            bytes[size++] = (char)strtoul(digits, NULL, 16);
            n->at += 2;
        } else if (*n->at == '\\' && n->at[1] == 'u') {
            char digits[5] = { n->at[2], n->at[3], n->at[4], n->at[5], '\0' };
            bytes[size++] = (char)strtoul(digits, NULL, 16);
            n->at += 6;
        } else {
            n->at += *n->at == '\\';
            bytes[size++] = *n->at++;
        }
    }
    n->at++;
    return size;
}

/* A map when a name and a colon follow, else a set of what its first element is. */
static void read_braces(notation *n, bloop_builder *out)
{
    skip_space(n);
    bool text = *n->at == '"', binary = *n->at == 'x' && n->at[1] == '"';
    bool number = isdigit((unsigned char)*n->at) || *n->at == '-';
    bloop_tag tag = text ? BLOOP_TAG_SS : binary ? BLOOP_TAG_BS : number ? BLOOP_TAG_NS : BLOOP_TAG_M;
    bloop_build_begin(out, tag);
    for (bool more = !take(n, "}"); more;) {
        if (tag == BLOOP_TAG_M) {
            bloop_slice name = read_name(n);
            expect(n, ":");
            bloop_build_name(out, name.data, name.size);
        }
        read_value(n, out);
        more = take(n, ",");
        if (!more)
            expect(n, "}");
    }
    bloop_build_end(out);
}

static void read_value(notation *n, bloop_builder *out)
{
    char bytes[4096];
    skip_space(n);
    if (take(n, "true")) {
        bloop_build_bool(out, true);
    } else if (take(n, "false")) {
        bloop_build_bool(out, false);
    } else if (take(n, "null")) {
        bloop_build_null(out);
    } else if (*n->at == '"') {
        n->at++;
        bloop_build_string(out, bytes, read_quoted(n, false, bytes, sizeof bytes));
    } else if (n->at[0] == 'x' && n->at[1] == '"') {
        n->at += 2;
        bloop_build_binary(out, bytes, read_quoted(n, true, bytes, sizeof bytes));
    } else if (take(n, "[")) {
        bloop_build_begin(out, BLOOP_TAG_L);
        for (bool more = !take(n, "]"); more;) {
            read_value(n, out);
            more = take(n, ",");
            if (!more)
                expect(n, "]");
        }
        bloop_build_end(out);
    } else if (take(n, "{")) {
        read_braces(n, out);
    } else {
        const char *start = n->at;
        while (isalnum((unsigned char)*n->at) || *n->at == '.' ||
               ((*n->at == '-' || *n->at == '+') && (n->at == start || n->at[-1] == 'e' || n->at[-1] == 'E')))
            n->at++;
        bloop_number number;
        if (bloop_number_parse(start, (size_t)(n->at - start), &number) != BLOOP_OK)
            bad(n, "a value");
        bloop_build_number(out, number);
    }
}

static bloop_value keep_value(notation *n)
{
    bloop_builder *builder = bloop_builder_new();
    assert_non_null(builder);
    read_value(n, builder);
    bloop_value value;
    if (bloop_builder_value(builder, &value) != BLOOP_OK)
        fail_msg("\"%s\": %s", n->whole, bloop_last_error()->message);
    value.data = bl_arena_copy(&n->memory, value.data, value.size);
    assert_non_null(value.data);
    bloop_builder_free(builder);
    return value;
}

static bool value_ahead(const notation *n)
{
    const char *c = n->at;
    bool literal = (strncmp(c, "true", 4) == 0 && !is_word(c[4])) || (strncmp(c, "false", 5) == 0 && !is_word(c[5])) ||
                   (strncmp(c, "null", 4) == 0 && !is_word(c[4]));
    return literal || isdigit((unsigned char)*c) || strchr("-\"[{", *c) || (c[0] == 'x' && c[1] == '"');
}

static const bloop_expr *node(notation *n, bloop_expr_kind kind, const bloop_expr **args, uint32_t count)
{
    bloop_expr *made = make(n, sizeof *made);
    const bloop_expr **kept = make(n, count * sizeof(bloop_expr *));
    memcpy(kept, args, count * sizeof(bloop_expr *));
    *made = (bloop_expr){ .kind = kind, .count = count, .args = kept };
    return made;
}

static const bloop_expr *read_operand(notation *n);

/* A function when its name and a parenthesis follow, else NULL. */
static const bloop_expr *read_function(notation *n)
{
    skip_space(n);
    for (unsigned kind = 0; kind < BLOOP_EXPR_KIND_COUNT; kind++) {
        const bl_expr_kind_info *info = bl_expr_kind((bloop_expr_kind)kind);
        size_t size = strlen(info->name);
        if (info->notation != BL_NOTATION_FUNCTION || strncmp(n->at, info->name, size) != 0 || n->at[size] != '(')
            continue;
        n->at += size + 1;
        const bloop_expr *args[MAX_ARGUMENTS];
        uint32_t count = 0;
        for (bool more = !take(n, ")"); more && count < MAX_ARGUMENTS;) {
            args[count++] = read_operand(n);
            more = take(n, ",");
            if (!more)
                expect(n, ")");
        }
        return node(n, (bloop_expr_kind)kind, args, count);
    }
    return NULL;
}

static const bloop_expr *read_single(notation *n)
{
    const bloop_expr *function = read_function(n);
    if (function)
        return function;
    bloop_expr *made = make(n, sizeof *made);
    if (value_ahead(n))
        *made = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = keep_value(n) };
    else
        *made = (bloop_expr){ .kind = BLOOP_EXPR_PATH, .path = read_path(n) };
    return made;
}

static const bloop_expr *read_operand(notation *n)
{
    const bloop_expr *args[2] = { read_single(n), NULL };
    bool plus = take(n, "+");
    if (!plus && !take(n, "-"))
        return args[0];
    args[1] = read_single(n);
    return node(n, plus ? BLOOP_EXPR_PLUS : BLOOP_EXPR_MINUS, args, 2);
}

static const bloop_expr *read_condition(notation *n);

static const bloop_expr *read_comparison(notation *n)
{
    static const struct {
        const char *text;
        bloop_expr_kind kind;
    } operators[] = {
        { "<>", BLOOP_EXPR_NE }, { "<=", BLOOP_EXPR_LE }, { ">=", BLOOP_EXPR_GE },
        { "<", BLOOP_EXPR_LT },  { ">", BLOOP_EXPR_GT },  { "=", BLOOP_EXPR_EQ },
    };
    const bloop_expr *args[MAX_ARGUMENTS] = { read_operand(n) };
    for (size_t i = 0; i < BL_COUNT_OF(operators); i++) {
        if (!take(n, operators[i].text))
            continue;
        args[1] = read_operand(n);
        return node(n, operators[i].kind, args, 2);
    }
    if (take(n, "BETWEEN")) {
        args[1] = read_operand(n);
        expect(n, "AND");
        args[2] = read_operand(n);
        return node(n, BLOOP_EXPR_BETWEEN, args, 3);
    }
    if (!take(n, "IN"))
        return args[0];
    expect(n, "(");
    uint32_t count = 1;
    do
        args[count++] = read_operand(n);
    while (take(n, ",") && count < MAX_ARGUMENTS);
    expect(n, ")");
    return node(n, BLOOP_EXPR_IN, args, count);
}

static const bloop_expr *read_factor(notation *n)
{
    if (take(n, "NOT")) {
        const bloop_expr *argument = read_factor(n);
        return node(n, BLOOP_EXPR_NOT, &argument, 1);
    }
    if (!take(n, "("))
        return read_comparison(n);
    const bloop_expr *inner = read_condition(n);
    expect(n, ")");
    return inner;
}

static const bloop_expr *read_chain(notation *n, bool and)
{
    const bloop_expr *args[MAX_ARGUMENTS];
    uint32_t count = 0;
    do
        args[count++] = and? read_factor(n) : read_chain(n, true);
    while (take(n, and? "AND" : "OR") && count < MAX_ARGUMENTS);
    return count == 1 ? args[0] : node(n, and? BLOOP_EXPR_AND : BLOOP_EXPR_OR, args, count);
}

static const bloop_expr *read_condition(notation *n)
{
    return read_chain(n, false);
}

static void start(notation *n, const char *text)
{
    n->whole = n->at = text;
}

static void finish(notation *n)
{
    skip_space(n);
    if (*n->at)
        bad(n, "the end");
}

void notation_free(notation *n)
{
    bl_arena_free(&n->memory);
}

bloop_value notation_value(notation *n, const char *text)
{
    if (!text)
        return (bloop_value){ NULL, 0 };
    start(n, text);
    bloop_value value = keep_value(n);
    finish(n);
    return value;
}

const bloop_expr *notation_condition(notation *n, const char *text)
{
    start(n, text);
    const bloop_expr *condition = read_condition(n);
    finish(n);
    return condition;
}

const bloop_update *notation_update(notation *n, const char *text)
{
    static const char *const clauses[] = { "SET", "REMOVE", "ADD", "DELETE" };
    bloop_action actions[MAX_ARGUMENTS];
    size_t count = 0;
    start(n, text);
    for (skip_space(n); *n->at; skip_space(n)) {
        unsigned kind = 0;
        while (kind < BL_COUNT_OF(clauses) && !take(n, clauses[kind]))
            kind++;
        if (kind == BL_COUNT_OF(clauses))
            bad(n, "SET, REMOVE, ADD or DELETE");
        do {
            bloop_action *action = &actions[count++];
            *action = (bloop_action){ .kind = (bloop_action_kind)kind, .path = read_path(n) };
            if (kind == BLOOP_ACTION_SET)
                expect(n, "=");
            if (kind != BLOOP_ACTION_REMOVE)
                action->value = *read_operand(n);
        } while (take(n, ",") && count < MAX_ARGUMENTS);
    }
    bloop_update *update = make(n, sizeof *update);
    bloop_action *kept = make(n, count * sizeof *kept);
    memcpy(kept, actions, count * sizeof *kept);
    *update = (bloop_update){ kept, count };
    return update;
}

const bloop_projection_paths *notation_projection(notation *n, const char *text)
{
    bloop_path paths[MAX_ARGUMENTS];
    size_t count = 0;
    start(n, text);
    skip_space(n);
    if (*n->at) {
        do
            paths[count++] = read_path(n);
        while (take(n, ",") && count < MAX_ARGUMENTS);
    }
    finish(n);
    bloop_projection_paths *projection = make(n, sizeof *projection);
    bloop_path *kept = make(n, count * sizeof *kept);
    memcpy(kept, paths, count * sizeof *kept);
    *projection = (bloop_projection_paths){ kept, count };
    return projection;
}

const char *notation_print(notation *n, bloop_value value)
{
    bloop_expr expr = { .kind = BLOOP_EXPR_VALUE, .value = value };
    size_t size = bloop_expr_print(&expr, NULL, 0);
    char *text = make(n, size + 1);
    bloop_expr_print(&expr, text, size + 1);
    return text;
}
