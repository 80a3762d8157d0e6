/* Updates and conditions. */
#include "model_based/generate.h"

#include <stdlib.h>
#include <string.h>

#include "model_based/evaluate.h"
#include "model_based/generate_parts.h"

static void fill_condition(model_condition *c, const tree *found, trial_random *random);
static tree *comparable(const tree *found, trial_random *random);
static size_t generate_actions(model_action *actions, trial_random *random);
static model_action generate_action(const char *name, trial_random *random);
static model_action change_number(model_path path, trial_random *random);
static model_action change_set(const char *name, bloop_tag tag, trial_random *random);
static model_action change_list(model_path path, trial_random *random);
static model_action change_document(trial_random *random);
static model_action set_value(model_path path, tree *value);
static model_path path_to(const char *first, const char *second, const char *third);
static model_path at_index(model_path path, trial_random *random);
static model_path generate_path(trial_random *random);
static model_condition *new_condition(bloop_expr_kind kind);
static tree *value_near(const tree *found, trial_random *random);

/* Each action is of another attribute, so that none is in the way of another. */
model_write generate_update(const key_pool *pool, size_t table, trial_random *random)
{
    model_write write = { .kind = BLOOP_WRITE_UPDATE, .table = table, .item = generate_key(pool, table, random) };
    write.action_count = generate_actions(write.actions, random);
    unsigned dice = (unsigned)trial_below(random, 100);
    write.return_values = dice < 20 ? BLOOP_RETURN_ALL_OLD : dice < 40 ? BLOOP_RETURN_ALL_NEW : BLOOP_RETURN_NONE;
    return write;
}

/* True for what is known, more often than by chance. */
model_condition *generate_condition(const tree *known, trial_random *random, unsigned depth)
{
    static const bloop_expr_kind kinds[] = {
        BLOOP_EXPR_EQ,
        BLOOP_EXPR_NE,
        BLOOP_EXPR_LT,
        BLOOP_EXPR_LE,
        BLOOP_EXPR_GT,
        BLOOP_EXPR_GE,
        BLOOP_EXPR_BETWEEN,
        BLOOP_EXPR_IN,
        BLOOP_EXPR_ATTRIBUTE_EXISTS,
        BLOOP_EXPR_SIZE,
        BLOOP_EXPR_CONTAINS,
        BLOOP_EXPR_BEGINS_WITH,
        BLOOP_EXPR_AND,
        BLOOP_EXPR_OR,
        BLOOP_EXPR_NOT,
        BLOOP_EXPR_EQ,
        BLOOP_EXPR_IN,
        BLOOP_EXPR_ATTRIBUTE_TYPE,
        BLOOP_EXPR_ATTRIBUTE_NOT_EXISTS,
    };
    bloop_expr_kind kind = kinds[trial_below(random, sizeof kinds / sizeof *kinds)];
    if (depth == 0 && (kind == BLOOP_EXPR_AND || kind == BLOOP_EXPR_OR || kind == BLOOP_EXPR_NOT))
        kind = BLOOP_EXPR_ATTRIBUTE_EXISTS;
    model_condition *c = new_condition(kind);
    if (kind == BLOOP_EXPR_AND || kind == BLOOP_EXPR_OR || kind == BLOOP_EXPR_NOT) {
        c->left = generate_condition(known, random, depth - 1);
        c->right = kind == BLOOP_EXPR_NOT ? NULL : generate_condition(known, random, depth - 1);
        return c;
    }
    c->path = generate_path(random);
    for (int i = 0; i < 4 && known && !model_at(known, &c->path); i++)
        c->path = generate_path(random);
    fill_condition(c, model_at(known, &c->path), random);
    return c;
}

static size_t generate_actions(model_action *actions, trial_random *random)
{
    static const char *const names[] = { "n",  "text", "flag", "ss", "ns", "list", "doc", "gs",
                                         "gn", "gb",   "ls",   "n",  "ss", "doc",  "list" };
    enum { NAMES = sizeof names / sizeof *names };
    size_t wanted = trial_chance(random, 3) ? 0 : 1 + trial_below(random, UPDATE_MAX_ACTIONS - 1), count = 0;
    while (count < wanted) {
        const char *name = trial_chance(random, 1) ? "num" : names[trial_below(random, NAMES)];
        bool taken = false;
        for (size_t i = 0; i < count; i++)
            taken = taken || strcmp(actions[i].path.steps[0].name, name) == 0;
        if (!taken)
            actions[count++] = generate_action(name, random);
    }
    /* Two in one document, side by side. */
    const model_path *last = count ? &actions[count - 1].path : NULL;
    const char *inside =
        last && last->count > 1 && strcmp(last->steps[0].name, "doc") == 0 ? last->steps[1].name : NULL;
    if (inside && count < UPDATE_MAX_ACTIONS && strcmp(inside, "b") != 0)
        actions[count++] = set_value(path_to("doc", "b", NULL), generate_attribute("text", random));
    return count;
}

static model_action generate_action(const char *name, trial_random *random)
{
    model_path path = path_to(name, NULL, NULL);
    if (trial_chance(random, 1)) /* of a type that the attribute is not, mostly */
        return (model_action){ .kind = BLOOP_ACTION_ADD, .path = path, .value = tree_number(1) };
    if (strcmp(name, "n") == 0)
        return change_number(path, random);
    if (strcmp(name, "ss") == 0)
        return change_set(name, BLOOP_TAG_SS, random);
    if (strcmp(name, "ns") == 0)
        return change_set(name, BLOOP_TAG_NS, random);
    if (strcmp(name, "list") == 0)
        return change_list(path, random);
    if (strcmp(name, "doc") == 0)
        return change_document(random);
    if (trial_chance(random, 25))
        return (model_action){ .kind = BLOOP_ACTION_REMOVE, .path = path };
    model_action action = set_value(path, generate_attribute(name, random));
    if (trial_chance(random, 15)) {
        action.form = FORM_IF_NOT_EXISTS;
        action.other = path;
    } else if (strcmp(name, "text") == 0 && trial_chance(random, 10)) {
        tree_free(action.value);
        action.value = NULL;
        action.form = FORM_PATH;
        action.other = path_to("doc", "b", NULL);
    }
    return action;
}

static model_action change_number(model_path path, trial_random *random)
{
    model_action action = set_value(path, tree_number((int64_t)trial_below(random, 9) - 4));
    action.other = path;
    switch (trial_below(random, 6)) {
    case 0: action.form = FORM_PLUS; break;
    case 1: action.form = FORM_MINUS; break;
    case 2: action.form = FORM_IF_NOT_EXISTS; break;
    case 3:
        if (path.count == 1)
            action.kind = BLOOP_ACTION_ADD;
        break;
    case 4:
        action.kind = BLOOP_ACTION_REMOVE;
        tree_free(action.value);
        action.value = NULL;
        break;
    default: break;
    }
    return action;
}

static model_action change_set(const char *name, bloop_tag tag, trial_random *random)
{
    model_action action = set_value(path_to(name, NULL, NULL), generate_set(tag, random));
    unsigned dice = (unsigned)trial_below(random, 10);
    action.kind = dice < 4 ? BLOOP_ACTION_ADD : dice < 8 ? BLOOP_ACTION_DELETE : BLOOP_ACTION_SET;
    return action;
}

static model_action change_list(model_path path, trial_random *random)
{
    model_action action = { .kind = BLOOP_ACTION_SET, .path = path, .other = path };
    switch (trial_below(random, 5)) {
    case 0: action.value = generate_attribute("list", random); break;
    case 1:
        action.path = at_index(path, random);
        action.value = generate_any(random);
        break;
    case 2:
        action.kind = BLOOP_ACTION_REMOVE;
        action.path = at_index(path, random);
        break;
    case 3: action.kind = BLOOP_ACTION_REMOVE; break;
    default:
        action.form = FORM_LIST_APPEND;
        action.value = tree_new(BLOOP_TAG_L);
        tree_append(action.value, generate_any(random));
    }
    return action;
}

static model_action change_document(trial_random *random)
{
    switch (trial_below(random, 7)) {
    case 0: return set_value(path_to("doc", NULL, NULL), generate_attribute("doc", random));
    case 1: return change_number(path_to("doc", "a", NULL), random);
    case 2: return change_number(path_to("doc", "d", "y"), random);
    case 3: return set_value(path_to("doc", "d", "x"), generate_any(random));
    case 4: return change_list(path_to("doc", "c", NULL), random);
    case 5: return (model_action){ .kind = BLOOP_ACTION_REMOVE, .path = path_to("doc", "d", "x") };
    default: return set_value(path_to("doc", "b", NULL), generate_attribute("text", random));
    }
}

static model_action set_value(model_path path, tree *value)
{
    return (model_action){ .kind = BLOOP_ACTION_SET, .path = path, .value = value };
}

static model_path path_to(const char *first, const char *second, const char *third)
{
    model_path path = { .count = 1U + (second != NULL) + (third != NULL) };
    path.steps[0].name = first;
    path.steps[1].name = second;
    path.steps[2].name = third;
    return path;
}

static model_path at_index(model_path path, trial_random *random)
{
    path.steps[path.count].name = NULL;
    path.steps[path.count++].index = (uint32_t)trial_below(random, 6);
    return path;
}

static model_path generate_path(trial_random *random)
{
    static const char *const names[] = { "n", "text", "flag", "ss", "ns", "list", "gs", "gn", "big" };
    switch (trial_below(random, 8)) {
    case 0: return path_to("doc", NULL, NULL);
    case 1: return path_to("doc", "a", NULL);
    case 2: return path_to("doc", "d", "y");
    case 3: return at_index(path_to("list", NULL, NULL), random);
    case 4: return at_index(path_to("doc", "c", NULL), random);
    default: return path_to(names[trial_below(random, sizeof names / sizeof *names)], NULL, NULL);
    }
}

/* The values that go with what was found at the path. */
static void fill_condition(model_condition *c, const tree *found, trial_random *random)
{
    const char *type = bloop_tag_name(found && trial_chance(random, 60) ? found->tag : BLOOP_TAG_S);
    switch (c->kind) {
    case BLOOP_EXPR_LT:
    case BLOOP_EXPR_LE:
    case BLOOP_EXPR_GT:
    case BLOOP_EXPR_GE: c->value = comparable(found, random); break;
    case BLOOP_EXPR_BETWEEN:
        c->value = tree_number(-5);
        c->second = tree_number(20);
        break;
    case BLOOP_EXPR_IN:
        c->value = value_near(found, random);
        c->second = generate_any(random);
        break;
    case BLOOP_EXPR_SIZE: c->value = tree_number((int64_t)trial_below(random, 6)); break;
    case BLOOP_EXPR_BEGINS_WITH: c->value = tree_bytes(BLOOP_TAG_S, "ab", trial_below(random, 3)); break;
    case BLOOP_EXPR_CONTAINS:
        c->value = trial_chance(random, 50) ? tree_bytes(BLOOP_TAG_S, "word-1", 6) : tree_bytes(BLOOP_TAG_S, "ab", 2);
        break;
    case BLOOP_EXPR_ATTRIBUTE_TYPE: c->value = tree_bytes(BLOOP_TAG_S, type, strlen(type)); break;
    default: c->value = value_near(found, random);
    }
}

/* Of a type that has an order: that of what was found, if it has one. */
static tree *comparable(const tree *found, trial_random *random)
{
    if (found && found->tag == BLOOP_TAG_S)
        return tree_bytes(BLOOP_TAG_S, "bb", 1 + trial_below(random, 2));
    if (found && found->tag == BLOOP_TAG_B)
        return tree_bytes(BLOOP_TAG_B, "\0\1", 1 + trial_below(random, 2));
    return tree_number(found && found->tag == BLOOP_TAG_N && trial_chance(random, 50) ? found->number : 3);
}

static model_condition *new_condition(bloop_expr_kind kind)
{
    model_condition *c = calloc(1, sizeof *c);
    trial_check(c, "out of memory");
    c->kind = kind;
    return c;
}

/* The value itself, or any. */
static tree *value_near(const tree *found, trial_random *random)
{
    if (!found || !trial_chance(random, 60))
        return generate_any(random);
    tree *value = tree_copy(found);
    free(value->name);
    value->name = NULL;
    return value;
}
