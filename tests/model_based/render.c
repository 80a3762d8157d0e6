/* From trees to packed values, expressions and updates. */
#include "model_based/render.h"

#include <stdlib.h>
#include <string.h>

#include "support/trial.h"

struct rendered_block {
    struct rendered_block *next;
    max_align_t memory[];
};

static void *keep(rendered *r, size_t size);
static bloop_value keep_value(rendered *r, const tree *t);
static bloop_path path_of(rendered *r, const model_path *path);
static bloop_expr *node(rendered *r, bloop_expr_kind kind, const bloop_expr *a, const bloop_expr *b,
                        const bloop_expr *c);
static bloop_expr *path_node(rendered *r, const model_path *path);
static bloop_expr *value_node(rendered *r, const tree *value);
static const bloop_expr *condition_of(rendered *r, const model_condition *c);
static bloop_update *update_of(rendered *r, const model_write *write);
static bloop_expr operand_of(rendered *r, const model_action *action);

void render_write(const model_write *write, const char *table, rendered *out)
{
    *out = (rendered){ .blocks = NULL };
    out->request = (bloop_write_request){ .kind = write->kind,
                                          .table = table,
                                          .item = keep_value(out, write->item),
                                          .return_values = write->return_values,
                                          .return_old_on_failure = write->return_old_on_failure };
    if (write->kind == BLOOP_WRITE_UPDATE)
        out->request.update = update_of(out, write);
    if (write->condition)
        out->request.condition = condition_of(out, write->condition);
}

void render_free(rendered *r)
{
    while (r->blocks) {
        struct rendered_block *next = r->blocks->next;
        free(r->blocks);
        r->blocks = next;
    }
}

bloop_value render_tree(const tree *t)
{
    bloop_value packed;
    bloop_builder *builder = bloop_builder_new();
    trial_check(builder, "out of memory");
    tree_build(t, builder);
    trial_check(bloop_builder_value(builder, &packed) == BLOOP_OK, "building a value: %s", bloop_last_error()->message);
    uint8_t *copy = malloc(packed.size);
    trial_check(copy, "out of memory");
    memcpy(copy, packed.data, packed.size);
    packed.data = copy;
    bloop_builder_free(builder);
    return packed;
}

static void *keep(rendered *r, size_t size)
{
    struct rendered_block *block = calloc(1, sizeof *block + size);
    trial_check(block, "out of memory");
    block->next = r->blocks;
    r->blocks = block;
    return block->memory;
}

static bloop_value keep_value(rendered *r, const tree *t)
{
    bloop_value packed = render_tree(t);
    void *copy = keep(r, packed.size);
    memcpy(copy, packed.data, packed.size);
    free((void *)(uintptr_t)packed.data);
    return (bloop_value){ copy, packed.size };
}

static bloop_path path_of(rendered *r, const model_path *path)
{
    bloop_step *steps = keep(r, path->count * sizeof *steps);
    for (uint32_t i = 0; i < path->count; i++) {
        steps[i].index = path->steps[i].index;
        if (path->steps[i].name)
            steps[i].name = (bloop_slice){ path->steps[i].name, strlen(path->steps[i].name) };
    }
    return (bloop_path){ steps, path->count };
}

static bloop_expr *node(rendered *r, bloop_expr_kind kind, const bloop_expr *a, const bloop_expr *b,
                        const bloop_expr *c)
{
    const bloop_expr **args = keep(r, 3 * sizeof *args);
    bloop_expr *made = keep(r, sizeof *made);
    args[0] = a;
    args[1] = b;
    args[2] = c;
    *made = (bloop_expr){ .kind = kind, .count = 1U + (b != NULL) + (c != NULL), .args = args };
    return made;
}

static bloop_expr *path_node(rendered *r, const model_path *path)
{
    bloop_expr *made = keep(r, sizeof *made);
    *made = (bloop_expr){ .kind = BLOOP_EXPR_PATH, .path = path_of(r, path) };
    return made;
}

static bloop_expr *value_node(rendered *r, const tree *value)
{
    bloop_expr *made = keep(r, sizeof *made);
    *made = (bloop_expr){ .kind = BLOOP_EXPR_VALUE, .value = keep_value(r, value) };
    return made;
}

static const bloop_expr *condition_of(rendered *r, const model_condition *c)
{
    switch (c->kind) {
    case BLOOP_EXPR_AND:
    case BLOOP_EXPR_OR: return node(r, c->kind, condition_of(r, c->left), condition_of(r, c->right), NULL);
    case BLOOP_EXPR_NOT: return node(r, c->kind, condition_of(r, c->left), NULL, NULL);
    case BLOOP_EXPR_ATTRIBUTE_EXISTS:
    case BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS: return node(r, c->kind, path_node(r, &c->path), NULL, NULL);
    case BLOOP_EXPR_BETWEEN:
    case BLOOP_EXPR_IN:
        return node(r, c->kind, path_node(r, &c->path), value_node(r, c->value), value_node(r, c->second));
    case BLOOP_EXPR_SIZE:
        return node(r, BLOOP_EXPR_GT, node(r, BLOOP_EXPR_SIZE, path_node(r, &c->path), NULL, NULL),
                    value_node(r, c->value), NULL);
    default: return node(r, c->kind, path_node(r, &c->path), value_node(r, c->value), NULL);
    }
}

static bloop_update *update_of(rendered *r, const model_write *write)
{
    bloop_update *update = keep(r, sizeof *update);
    bloop_action *actions = keep(r, (write->action_count + 1) * sizeof *actions);
    for (size_t i = 0; i < write->action_count; i++) {
        const model_action *action = &write->actions[i];
        actions[i] = (bloop_action){ .kind = action->kind, .path = path_of(r, &action->path) };
        if (action->kind != BLOOP_ACTION_REMOVE)
            actions[i].value = operand_of(r, action);
    }
    *update = (bloop_update){ actions, write->action_count };
    return update;
}

static bloop_expr operand_of(rendered *r, const model_action *action)
{
    static const bloop_expr_kind kinds[] = {
        [FORM_PLUS] = BLOOP_EXPR_PLUS,
        [FORM_MINUS] = BLOOP_EXPR_MINUS,
        [FORM_IF_NOT_EXISTS] = BLOOP_EXPR_IF_NOT_EXISTS,
        [FORM_LIST_APPEND] = BLOOP_EXPR_LIST_APPEND,
    };
    if (action->kind != BLOOP_ACTION_SET || action->form == FORM_VALUE)
        return *value_node(r, action->value);
    if (action->form == FORM_PATH)
        return *path_node(r, &action->other);
    return *node(r, kinds[action->form], path_node(r, &action->other), value_node(r, action->value), NULL);
}
