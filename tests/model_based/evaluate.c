/* The rules of expressions, for those that the test makes: each operand a path and a value. By the developer guide
   ("Condition expressions", "Update expressions"). */
#include "model_based/evaluate.h"

#include <stdlib.h>
#include <string.h>

static bool compare(const model_condition *c, const tree *found);
static bool contains(const tree *found, const tree *part);
static bool begins_with(const tree *found, const tree *beginning);
static bool has_type(const tree *found, const tree *name);
static bool has_size(const tree *found, const tree *size);
static tree *parent_of(tree *item, const model_path *path);
static bool fits_parent(const tree *parent, const model_path *path);
static bloop_status apply_set(const model_action *action, const tree *old, tree *item);
static tree *operand_of(const model_action *action, const tree *old);
static bloop_status apply_remove(const model_action *action, tree *item);
static bloop_status apply_add(const model_action *action, tree *item);
static bloop_status apply_delete(const model_action *action, tree *item);
static bool creates(const model_action *actions, size_t count);

void model_condition_free(model_condition *condition)
{
    if (!condition)
        return;
    model_condition_free(condition->left);
    model_condition_free(condition->right);
    tree_free(condition->value);
    tree_free(condition->second);
    free(condition);
}

bool model_evaluate(const model_condition *condition, const tree *item)
{
    switch (condition->kind) {
    case BLOOP_EXPR_AND: return model_evaluate(condition->left, item) && model_evaluate(condition->right, item);
    case BLOOP_EXPR_OR: return model_evaluate(condition->left, item) || model_evaluate(condition->right, item);
    case BLOOP_EXPR_NOT: return !model_evaluate(condition->left, item);
    default: return compare(condition, model_at(item, &condition->path));
    }
}

bloop_status model_apply(const model_action *actions, size_t count, const tree *old, const tree *key, tree **out)
{
    *out = NULL;
    if (!old && !creates(actions, count))
        return BLOOP_OK;
    tree *item = tree_copy(old ? old : key);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < count; i++) {
        switch (actions[i].kind) {
        case BLOOP_ACTION_SET: status = apply_set(&actions[i], old, item); break;
        case BLOOP_ACTION_REMOVE: status = old ? apply_remove(&actions[i], item) : BLOOP_OK; break;
        case BLOOP_ACTION_ADD: status = apply_add(&actions[i], item); break;
        case BLOOP_ACTION_DELETE: status = apply_delete(&actions[i], item); break;
        }
    }
    if (status == BLOOP_OK)
        *out = item;
    else
        tree_free(item);
    return status;
}

const tree *model_at(const tree *item, const model_path *path)
{
    for (uint32_t i = 0; item && i < path->count; i++) {
        if (path->steps[i].name)
            item = tree_get(item, path->steps[i].name);
        else
            item = item->tag == BLOOP_TAG_L && path->steps[i].index < item->count ? item->children[path->steps[i].index]
                                                                                  : NULL;
    }
    return item;
}

/* What is missing makes a comparison false, but for <>. */
static bool compare(const model_condition *c, const tree *found)
{
    const tree *value = c->value;
    if (!found)
        return c->kind == BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS || c->kind == BLOOP_EXPR_NE;
    switch (c->kind) {
    case BLOOP_EXPR_ATTRIBUTE_EXISTS: return true;
    case BLOOP_EXPR_EQ: return tree_equal(found, value);
    case BLOOP_EXPR_NE: return !tree_equal(found, value);
    case BLOOP_EXPR_LT: return tree_less(found, value);
    case BLOOP_EXPR_GT: return tree_less(value, found);
    case BLOOP_EXPR_LE: return found->tag == value->tag && !tree_less(value, found);
    case BLOOP_EXPR_GE: return found->tag == value->tag && !tree_less(found, value);
    case BLOOP_EXPR_BETWEEN:
        return found->tag == value->tag && !tree_less(found, value) && !tree_less(c->second, found);
    case BLOOP_EXPR_IN: return tree_equal(found, value) || tree_equal(found, c->second);
    case BLOOP_EXPR_BEGINS_WITH: return begins_with(found, value);
    case BLOOP_EXPR_CONTAINS: return contains(found, value);
    case BLOOP_EXPR_ATTRIBUTE_TYPE: return has_type(found, value);
    case BLOOP_EXPR_SIZE: return has_size(found, value);
    default: return false;
    }
}

static bool contains(const tree *found, const tree *part)
{
    if (found->tag == BLOOP_TAG_S || found->tag == BLOOP_TAG_B)
        return found->tag == part->tag &&
               (part->size == 0 || memmem(found->bytes, found->size, part->bytes, part->size));
    return found->tag >= BLOOP_TAG_SS && found->tag <= BLOOP_TAG_L && tree_set_has(found, part);
}

static bool begins_with(const tree *found, const tree *beginning)
{
    return found->tag == beginning->tag && (found->tag == BLOOP_TAG_S || found->tag == BLOOP_TAG_B) &&
           found->size >= beginning->size &&
           (beginning->size == 0 || memcmp(found->bytes, beginning->bytes, beginning->size) == 0);
}

static bool has_type(const tree *found, const tree *name)
{
    const char *type = bloop_tag_name(found->tag);
    return strlen(type) == name->size && memcmp(type, name->bytes, name->size) == 0;
}

/* size(path) > value; the texts that the test makes are ASCII. */
static bool has_size(const tree *found, const tree *size)
{
    if (found->tag == BLOOP_TAG_N || found->tag == BLOOP_TAG_BOOL || found->tag == BLOOP_TAG_NULL)
        return false;
    bool is_bytes = found->tag == BLOOP_TAG_S || found->tag == BLOOP_TAG_B;
    return (int64_t)(is_bytes ? found->size : found->count) > size->number;
}

static tree *parent_of(tree *item, const model_path *path)
{
    model_path above = *path;
    above.count--;
    return (tree *)(uintptr_t)model_at(item, &above);
}

static bool fits_parent(const tree *parent, const model_path *path)
{
    bool named = path->steps[path->count - 1].name != NULL;
    return parent && parent->tag == (named ? BLOOP_TAG_M : BLOOP_TAG_L);
}

static bloop_status apply_set(const model_action *action, const tree *old, tree *item)
{
    tree *parent = parent_of(item, &action->path);
    tree *value = fits_parent(parent, &action->path) ? operand_of(action, old) : NULL;
    if (!value)
        return BLOOP_VALIDATION;
    const char *name = action->path.steps[action->path.count - 1].name;
    uint32_t index = action->path.steps[action->path.count - 1].index;
    if (name) {
        tree_put(parent, name, value);
    } else if (index >= parent->count) {
        tree_append(parent, value);
    } else {
        tree_free(parent->children[index]);
        parent->children[index] = value;
    }
    return BLOOP_OK;
}

/* NULL when it can't be had: a path that leads nowhere, or operands of the wrong type. */
static tree *operand_of(const model_action *action, const tree *old)
{
    const tree *other = model_at(old, &action->other);
    tree *made = NULL;
    switch (action->form) {
    case FORM_VALUE: made = tree_copy(action->value); break;
    case FORM_PATH: made = tree_copy(other); break;
    case FORM_IF_NOT_EXISTS: made = tree_copy(other ? other : action->value); break;
    case FORM_PLUS:
    case FORM_MINUS:
        if (other && other->tag == BLOOP_TAG_N)
            made = tree_number(action->form == FORM_PLUS ? other->number + action->value->number
                                                         : other->number - action->value->number);
        break;
    case FORM_LIST_APPEND:
        if (!other || other->tag != BLOOP_TAG_L)
            break;
        made = tree_copy(other);
        for (size_t i = 0; i < action->value->count; i++)
            tree_append(made, tree_copy(action->value->children[i]));
    }
    if (made) {
        free(made->name);
        made->name = NULL;
    }
    return made;
}

static bloop_status apply_remove(const model_action *action, tree *item)
{
    tree *parent = parent_of(item, &action->path);
    uint32_t last = action->path.count - 1;
    if (!fits_parent(parent, &action->path))
        return BLOOP_VALIDATION;
    if (action->path.steps[last].name)
        tree_remove(parent, action->path.steps[last].name);
    else if (action->path.steps[last].index < parent->count)
        tree_remove_at(parent, action->path.steps[last].index);
    return BLOOP_OK;
}

/* To a number, or the elements of a set; of top-level attributes. */
static bloop_status apply_add(const model_action *action, tree *item)
{
    const char *name = action->path.steps[0].name;
    tree *found = tree_get(item, name);
    if (!found) {
        tree_put(item, name, tree_copy(action->value));
        return BLOOP_OK;
    }
    if (found->tag != action->value->tag)
        return BLOOP_VALIDATION;
    if (found->tag == BLOOP_TAG_N) {
        found->number += action->value->number;
        return BLOOP_OK;
    }
    for (size_t i = 0; i < action->value->count; i++)
        if (!tree_set_has(found, action->value->children[i]))
            tree_append(found, tree_copy(action->value->children[i]));
    return BLOOP_OK;
}

/* A set without elements is none. */
static bloop_status apply_delete(const model_action *action, tree *item)
{
    const char *name = action->path.steps[0].name;
    tree *found = tree_get(item, name);
    if (!found)
        return BLOOP_OK;
    if (found->tag != action->value->tag)
        return BLOOP_VALIDATION;
    for (size_t i = found->count; i-- > 0;)
        if (tree_set_has(action->value, found->children[i]))
            tree_remove_at(found, i);
    if (found->count == 0)
        tree_remove(item, name);
    return BLOOP_OK;
}

/* An update that only takes away makes no item. */
static bool creates(const model_action *actions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (actions[i].kind == BLOOP_ACTION_SET || actions[i].kind == BLOOP_ACTION_ADD)
            return true;
    return count == 0;
}
