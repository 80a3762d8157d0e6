/* Bytes as an item, a key and a tree of any shape: checks, evaluates, applies, projects and prints. What has passed its
   check must not fail but for reasons that an item gives, and what an update or a projection makes is canonical.

   The input is read as instructions: a byte says which kind of thing comes next, those after it what it holds; when the
   bytes end, everything is the first of its kind. So every input is some tree, and every kind is one byte away. */
#include <stdlib.h>

#include "expr/expr.h"
#include "value/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of the input, and how much may still be made of it. */
typedef struct input {
    const uint8_t *next, *end;
    unsigned nodes_left;
    bl_arena memory;
} input;

enum { MAX_NODES = 400, MAX_DEPTH = 40, MAX_ACTIONS = 100 };

static uint8_t take(input *in);
static void *make(input *in, size_t size);
static bloop_slice take_name(input *in);
static bloop_path take_path(input *in);
static void take_value(input *in, bloop_builder *out, unsigned depth);
static void take_elements(input *in, bloop_builder *out, bloop_tag tag, unsigned depth);
static bloop_value take_finished(input *in, bool item);
static bloop_expr take_expr(input *in, unsigned depth);
static bloop_update take_update(input *in);
static bloop_projection_paths take_projection(input *in);
static void try_condition(const bloop_expr *condition, bloop_item item);
static void try_update(const bloop_update *update, bloop_item old, bloop_item key);
static void try_projection(const bloop_projection_paths *projection, bloop_item item);
static void require_item(bloop_builder *out);
static void require(bool holds);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = { .next = data, .end = data + size, .nodes_left = MAX_NODES };
    uint8_t what = take(&in);
    bloop_item key = take_finished(&in, true), item = { NULL, 0 };
    if (what & 0x80)
        item = take_finished(&in, true);
    switch (what % 3) {
    case 0: {
        bloop_expr condition = take_expr(&in, 0);
        try_condition(&condition, item);
        break;
    }
    case 1: {
        bloop_update update = take_update(&in);
        try_update(&update, item, key);
        break;
    }
    default: {
        bloop_projection_paths projection = take_projection(&in);
        try_projection(&projection, item);
        break;
    }
    }
    bl_arena_free(&in.memory);
    return 0;
}

static uint8_t take(input *in)
{
    return in->next < in->end ? *in->next++ : 0;
}

static void *make(input *in, size_t size)
{
    void *memory = bl_arena_alloc(&in->memory, size ? size : 1);
    if (!memory)
        abort();
    memset(memory, 0, size);
    return memory;
}

/* Few names, so that paths meet. */
static bloop_slice take_name(input *in)
{
    static const char *const names[] = { "a", "b", "c", "ab", "a.b", "", "é", "k" };
    const char *name = names[take(in) % BL_COUNT_OF(names)];
    return (bloop_slice){ name, strlen(name) };
}

static bloop_path take_path(input *in)
{
    uint8_t shape = take(in);
    uint32_t count = shape % 64 == 63 ? 40 : shape % 8 == 7 ? 0 : shape % 4 + 1u;
    bloop_step *steps = make(in, count * sizeof *steps);
    for (uint32_t i = 0; i < count; i++) {
        bool index = i ? take(in) % 2 : shape == 250;
        if (index)
            steps[i].index = take(in) % 5u;
        else
            steps[i].name = take_name(in);
    }
    return (bloop_path){ steps, count };
}

static void take_value(input *in, bloop_builder *out, unsigned depth)
{
    static const char *const texts[] = { "", "a", "ab", "b", "N", "S", "é", "\xF0\x9F\x98\x80" };
    bloop_tag tag = (bloop_tag)(BLOOP_TAG_NULL + take(in) % (BLOOP_TAG_COUNT - 1));
    if (in->nodes_left == 0 || depth > MAX_DEPTH)
        tag = BLOOP_TAG_NULL;
    else
        in->nodes_left--;
    const char *text = texts[take(in) % BL_COUNT_OF(texts)];
    switch (tag) {
    case BLOOP_TAG_NULL: bloop_build_null(out); break;
    case BLOOP_TAG_BOOL: bloop_build_bool(out, take(in) % 2); break;
    case BLOOP_TAG_N: {
        int8_t digits = (int8_t)take(in);
        bloop_number number = bloop_number_of_int64(digits);
        number.exponent = (int16_t)(number.exponent + (int8_t)take(in));
        bloop_build_number(out, digits ? number : (bloop_number){ 0 });
        break;
    }
    case BLOOP_TAG_S: bloop_build_string(out, text, strlen(text)); break;
    case BLOOP_TAG_B: bloop_build_binary(out, text, strlen(text)); break;
    default: take_elements(in, out, tag, depth);
    }
}

static void take_elements(input *in, bloop_builder *out, bloop_tag tag, unsigned depth)
{
    bloop_build_begin(out, tag);
    unsigned count = take(in) % 4u, from = take(in) % 8u;
    for (unsigned i = 0; i < count + (tag <= BLOOP_TAG_BS); i++) {
        char byte = (char)('a' + from + i);
        if (tag == BLOOP_TAG_SS)
            bloop_build_string(out, &byte, 1);
        else if (tag == BLOOP_TAG_NS)
            bloop_build_int64(out, (int)(from + i));
        else if (tag == BLOOP_TAG_BS)
            bloop_build_binary(out, &byte, 1);
        if (tag == BLOOP_TAG_M)
            bloop_build_name(out, &byte, 1);
        if (tag >= BLOOP_TAG_L)
            take_value(in, out, depth + 1);
    }
    bloop_build_end(out);
}

/* A value; a small map when it has to be an item. */
static bloop_value take_finished(input *in, bool item)
{
    bloop_builder *builder = bloop_builder_new();
    require(builder != NULL);
    bloop_value value = { NULL, 0 };
    if (item)
        take_elements(in, builder, BLOOP_TAG_M, 0);
    else
        take_value(in, builder, 0);
    if (bloop_builder_value(builder, &value) != BLOOP_OK) {
        bloop_builder_reset(builder);
        bloop_build_begin(builder, BLOOP_TAG_M);
        bloop_build_end(builder);
        require(bloop_builder_value(builder, &value) == BLOOP_OK);
    }
    value.data = bl_arena_copy(&in->memory, value.data, value.size);
    require(value.data != NULL);
    bloop_builder_free(builder);
    return value;
}

static bloop_expr take_expr(input *in, unsigned depth)
{
    uint8_t kind = take(in);
    bloop_expr expr = { .kind = (bloop_expr_kind)(kind % (BLOOP_EXPR_KIND_COUNT + 1)) };
    if (in->nodes_left == 0 || depth > MAX_DEPTH)
        expr.kind = BLOOP_EXPR_VALUE;
    else
        in->nodes_left--;
    const bl_expr_kind_info *info = bl_expr_kind(expr.kind);
    if (expr.kind == BLOOP_EXPR_PATH)
        expr.path = take_path(in);
    else if (expr.kind == BLOOP_EXPR_VALUE)
        expr.value = take_finished(in, false);
    if (!info || info->notation == BL_NOTATION_NONE)
        return expr;
    uint8_t more = take(in); /* arguments beyond the fewest, or one too few */
    expr.count = info->min_args + more % 3u - (more > 250);
    const bloop_expr **args = make(in, expr.count * sizeof(bloop_expr *));
    for (uint32_t i = 0; i < expr.count; i++) {
        bloop_expr *argument = make(in, sizeof *argument);
        *argument = take_expr(in, depth + 1);
        args[i] = argument;
    }
    expr.args = args;
    return expr;
}

static bloop_update take_update(input *in)
{
    size_t count = take(in) % MAX_ACTIONS;
    bloop_action *actions = make(in, count * sizeof *actions);
    for (size_t i = 0; i < count && in->next < in->end; i++) {
        actions[i].kind = (bloop_action_kind)(take(in) % 4);
        actions[i].path = take_path(in);
        if (actions[i].kind != BLOOP_ACTION_REMOVE)
            actions[i].value = take_expr(in, 0);
    }
    while (count && !actions[count - 1].path.steps)
        count--;
    return (bloop_update){ actions, count };
}

static bloop_projection_paths take_projection(input *in)
{
    size_t count = take(in) % MAX_ACTIONS;
    bloop_path *paths = make(in, count * sizeof *paths);
    size_t made = 0;
    while (made < count && in->next < in->end)
        paths[made++] = take_path(in);
    return (bloop_projection_paths){ paths, made };
}

static void try_condition(const bloop_expr *condition, bloop_item item)
{
    char text[64];
    require(bloop_expr_print(condition, text, sizeof text) < SIZE_MAX / 2);
    require(bl_utf8_valid(text, strlen(text)));
    if (bloop_expr_check(condition) != BLOOP_OK) {
        require(bloop_last_error()->status == BLOOP_VALIDATION && bloop_last_error()->message[0] != 0);
        return;
    }
    bool met = false, negated = false;
    bloop_expr not = { .kind = BLOOP_EXPR_NOT, .count = 1, .args = &condition };
    require(bloop_expr_evaluate(condition, item, &met) == BLOOP_OK);
    if (condition->kind == BLOOP_EXPR_EMPTY)
        return;
    require(bloop_expr_evaluate(&not, item, &negated) == BLOOP_OK);
    require(met != negated);
}

static void try_update(const bloop_update *update, bloop_item old, bloop_item key)
{
    char text[64];
    bloop_update_print(update, text, sizeof text);
    require(bl_utf8_valid(text, strlen(text)));
    if (bloop_update_check(update) != BLOOP_OK) {
        require(bloop_last_error()->status == BLOOP_VALIDATION && bloop_last_error()->message[0] != 0);
        return;
    }
    bloop_builder *out = bloop_builder_new();
    require(out != NULL);
    if (bloop_update_apply(update, old, key, out) == BLOOP_OK)
        require_item(out);
    else
        require(bloop_last_error()->status == BLOOP_VALIDATION);
    bloop_builder_reset(out);
    require(bloop_update_touched(update, old, out) == BLOOP_OK);
    require_item(out);
    bloop_builder_free(out);
}

static void try_projection(const bloop_projection_paths *projection, bloop_item item)
{
    if (bloop_projection_check(projection) != BLOOP_OK) {
        require(bloop_last_error()->status == BLOOP_VALIDATION);
        return;
    }
    bloop_builder *out = bloop_builder_new();
    require(out != NULL);
    require(bloop_projection_apply(projection, item, out) == BLOOP_OK);
    require_item(out);
    bloop_builder_free(out);
}

static void require_item(bloop_builder *out)
{
    bloop_value item;
    require(bloop_builder_value(out, &item) == BLOOP_OK);
    require(bloop_value_check(item.data, item.size) == BLOOP_OK);
    require(bloop_value_tag(item) == BLOOP_TAG_M);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}
