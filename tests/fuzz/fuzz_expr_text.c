/* Bytes as the text of an expression: parsed as each kind. What is accepted passes the tree's own check, can be used, and
   prints; what is refused has a message in UTF-8, a place inside the text, and leaves its output alone.

   The first byte says which kind of expression the others are. */
#include <stdlib.h>

#include "expr/expr.h"
#include "value/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Placeholders that the dictionary has, and values of every type. */
typedef struct request {
    bloop_builder *builder;
    bl_arena memory;
    bloop_name_placeholder names[4];
    bloop_value_placeholder values[11];
    size_t value_count;
    bloop_placeholders placeholders;
    bloop_item item;
} request;

static void make_request(request *r);
static void add_value(request *r, const char *key, bloop_tag tag);
static void build(bloop_builder *out, bloop_tag tag);
static bloop_value finished(request *r);
static void try_condition(const request *r, bloop_slice expression, const char *parameter);
static void try_model_condition(bloop_slice expression);
static void try_update(request *r, bloop_slice expression);
static void try_projection(request *r, bloop_slice expression);
static void require_refusal(const bloop_expr_text *text, bloop_slice expression);
static void require(bool holds);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    request r = { .builder = bloop_builder_new() };
    require(r.builder != NULL);
    make_request(&r);
    bloop_slice expression = { size > 1 ? (const char *)data + 1 : "", size > 1 ? size - 1 : 0 };
    switch (size ? data[0] % 5 : 0) {
    case 0: try_condition(&r, expression, "ConditionExpression"); break;
    case 1: try_condition(&r, expression, "KeyConditionExpression"); break;
    case 2: try_update(&r, expression); break;
    case 3: try_projection(&r, expression); break;
    default: try_model_condition(expression); break;
    }
    bloop_builder_free(r.builder);
    bl_arena_free(&r.memory);
    return 0;
}

static void make_request(request *r)
{
    static const char *const names[][2] = { { "#a", "a" }, { "#b", "b.c" }, { "#c", "COUNT" }, { "#d", "[3]" } };
    static const char *const keys[] = { ":z", ":t", ":n", ":s", ":b", ":ss", ":ns", ":bs", ":l", ":m" };
    for (size_t i = 0; i < BL_COUNT_OF(names); i++)
        r->names[i] =
            (bloop_name_placeholder){ { names[i][0], strlen(names[i][0]) }, { names[i][1], strlen(names[i][1]) } };
    for (size_t i = 0; i < BL_COUNT_OF(keys); i++)
        add_value(r, keys[i], (bloop_tag)(BLOOP_TAG_NULL + i));
    r->placeholders = (bloop_placeholders){ r->names, BL_COUNT_OF(names), r->values, r->value_count };
    bloop_build_begin(r->builder, BLOOP_TAG_M);
    for (size_t i = 0; i < BL_COUNT_OF(keys); i++) {
        bloop_build_name(r->builder, keys[i] + 1, strlen(keys[i]) - 1);
        bloop_build_value(r->builder, r->values[i].value);
    }
    bloop_build_end(r->builder);
    r->item = finished(r);
}

static void add_value(request *r, const char *key, bloop_tag tag)
{
    build(r->builder, tag);
    r->values[r->value_count++] = (bloop_value_placeholder){ { key, strlen(key) }, finished(r) };
}

static void build(bloop_builder *out, bloop_tag tag)
{
    switch (tag) {
    case BLOOP_TAG_NULL: bloop_build_null(out); return;
    case BLOOP_TAG_BOOL: bloop_build_bool(out, true); return;
    case BLOOP_TAG_N: bloop_build_int64(out, 7); return;
    case BLOOP_TAG_S: bloop_build_string(out, "S", 1); return;
    case BLOOP_TAG_B: bloop_build_binary(out, "B", 1); return;
    default: break;
    }
    bloop_build_begin(out, tag);
    if (tag == BLOOP_TAG_SS)
        bloop_build_string(out, "x", 1);
    if (tag == BLOOP_TAG_NS || tag == BLOOP_TAG_L)
        bloop_build_int64(out, 1);
    if (tag == BLOOP_TAG_BS)
        bloop_build_binary(out, "x", 1);
    bloop_build_end(out);
}

static bloop_value finished(request *r)
{
    bloop_value value;
    require(bloop_builder_value(r->builder, &value) == BLOOP_OK);
    value.data = bl_arena_copy(&r->memory, value.data, value.size);
    require(value.data != NULL);
    bloop_builder_reset(r->builder);
    return value;
}

static void try_condition(const request *r, bloop_slice expression, const char *parameter)
{
    bloop_expr_text text;
    const bloop_expr *tree = NULL;
    bl_expr_text_begin(&text, &r->placeholders);
    if (bloop_parse_condition(&text, parameter, expression, &tree) == BLOOP_OK) {
        char printed[128];
        bool met;
        require(tree != NULL && bl_expr_check(tree, parameter) == BLOOP_OK);
        require(bloop_expr_evaluate(tree, r->item, &met) == BLOOP_OK);
        bloop_expr_print(tree, printed, sizeof printed);
        bl_key_condition keys;
        require(bl_key_condition_split(tree, &keys) == BLOOP_OK || bloop_last_error()->status == BLOOP_VALIDATION);
    } else {
        require(tree == NULL);
        require_refusal(&text, expression);
    }
    (void)bloop_expr_text_finish(&text);
    bl_expr_text_end(&text);
}

static void try_model_condition(bloop_slice expression)
{
    bloop_expr_text text;
    const bloop_expr *tree = NULL;
    uint32_t count = 77;
    bl_expr_text_begin(&text, NULL);
    if (bl_parse_model_condition(&text, expression, &tree, &count) == BLOOP_OK)
        require(tree != NULL && count <= expression.size && bl_expr_text_place(tree) < expression.size);
    else
        require_refusal(&text, expression);
    require(tree != NULL || count == 77);
    bl_expr_text_end(&text);
}

static void try_update(request *r, bloop_slice expression)
{
    bloop_expr_text text;
    bloop_update update = { NULL, 0 };
    bl_expr_text_begin(&text, &r->placeholders);
    if (bloop_parse_update(&text, expression, &update) == BLOOP_OK) {
        require(update.count > 0 && bloop_update_check(&update) == BLOOP_OK);
        bloop_status status = bloop_update_apply(&update, r->item, (bloop_item){ NULL, 0 }, r->builder);
        require(status == BLOOP_OK || status == BLOOP_VALIDATION);
    } else {
        require(update.actions == NULL && update.count == 0);
        require_refusal(&text, expression);
    }
    bl_expr_text_end(&text);
}

static void try_projection(request *r, bloop_slice expression)
{
    bloop_expr_text text;
    bloop_projection_paths paths = { NULL, 0 };
    bl_expr_text_begin(&text, &r->placeholders);
    if (bloop_parse_projection(&text, expression, &paths) == BLOOP_OK) {
        require(paths.count > 0 && bloop_projection_check(&paths) == BLOOP_OK);
        require(bloop_projection_apply(&paths, r->item, r->builder) == BLOOP_OK);
    } else {
        require(paths.count == 0);
        require_refusal(&text, expression);
    }
    bl_expr_text_end(&text);
}

static void require_refusal(const bloop_expr_text *text, bloop_slice expression)
{
    const bloop_error *error = bloop_last_error();
    require(error->status == BLOOP_VALIDATION && strncmp(error->message, "Invalid ", 8) == 0);
    require(bl_utf8_valid(error->message, strlen(error->message)));
    require(bloop_expr_text_position(text) <= expression.size);
}

static void require(bool holds)
{
    if (!holds)
        abort();
}
