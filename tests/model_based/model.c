/* Tables of trees, and what writes do to them. */
#include "model_based/model.h"

#include <stdlib.h>
#include <string.h>

#include "model_based/evaluate.h"
#include "support/trial.h"

enum { ITEM_MAX = 400 * 1024, HASH_KEY_MAX = 2048, RANGE_KEY_MAX = 1024 };

static bloop_status check_keys(const model_table *table, const model_write *write);
static bool key_fits(const tree *value, bloop_tag type, size_t most);
static bloop_tag type_of(const bloop_table_definition *definition, const char *name);
static bool index_keys_fit(const bloop_table_definition *definition, const tree *item);
static bool index_key_fits(const bloop_table_definition *definition, const bloop_index_definition *index,
                           const tree *item);
static bool sets_key(const bloop_table_definition *definition, const model_action *action);
static bool sets_wrong_type(const bloop_table_definition *definition, const model_action *action);
static bool is_in(const tree *item, const bloop_index_definition *index);
static bool is_projected(const bloop_table_definition *definition, const bloop_index_definition *index,
                         const char *name);
static size_t place_of(const model_table *table, const tree *key);
static void replace(model_table *table, size_t place, tree *item);
static bloop_status make_new(const model_table *table, const model_write *write, const tree *old, tree **out);
static tree *returned(const model_write *write, const tree *old, const tree *new);

void model_write_free(model_write *write)
{
    tree_free(write->item);
    for (size_t i = 0; i < write->action_count; i++)
        tree_free(write->actions[i].value);
    model_condition_free(write->condition);
    *write = (model_write){ .item = NULL };
}

void model_answer_free(model_answer *answer)
{
    tree_free(answer->attributes);
    answer->attributes = NULL;
}

void model_table_free(model_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        tree_free(table->items[i]);
    free(table->items);
    table->items = NULL;
    table->count = table->capacity = 0;
}

bloop_status model_check(const model_table *table, const model_write *write)
{
    const bloop_table_definition *definition = &table->definition;
    if (check_keys(table, write) != BLOOP_OK)
        return BLOOP_VALIDATION;
    if (write->kind == BLOOP_WRITE_PUT)
        return tree_item_size(write->item) <= ITEM_MAX && index_keys_fit(definition, write->item) ? BLOOP_OK
                                                                                                  : BLOOP_VALIDATION;
    for (size_t i = 0; i < write->action_count; i++)
        if (sets_key(definition, &write->actions[i]) || sets_wrong_type(definition, &write->actions[i]))
            return BLOOP_VALIDATION;
    return BLOOP_OK;
}

model_answer model_run(model_table *table, const model_write *write)
{
    model_answer answer = { .status = model_check(table, write) };
    if (answer.status != BLOOP_OK)
        return answer;
    tree *new = NULL;
    size_t place = place_of(table, write->item);
    const tree *old = place < table->count ? table->items[place] : NULL;
    answer.existed = old != NULL;
    if (write->condition && !model_evaluate(write->condition, old)) {
        answer.status = BLOOP_CONSTRAINT_VIOLATION;
        answer.attributes = write->return_old_on_failure ? tree_copy(old) : NULL;
        return answer;
    }
    answer.status = make_new(table, write, old, &new);
    if (answer.status != BLOOP_OK)
        return answer;
    answer.attributes = returned(write, old, new);
    replace(table, place, new);
    return answer;
}

tree *model_find(const model_table *table, const tree *key)
{
    size_t place = place_of(table, key);
    return place < table->count ? table->items[place] : NULL;
}

bool model_same_key(const model_table *table, const tree *a, const tree *b)
{
    const char *range = table->definition.range_key;
    return tree_equal(tree_get(a, table->definition.hash_key), tree_get(b, table->definition.hash_key)) &&
           (!range || tree_equal(tree_get(a, range), tree_get(b, range)));
}

void model_count(const model_table *table, const bloop_index_definition *index, uint64_t *items, uint64_t *bytes)
{
    *items = *bytes = 0;
    for (size_t i = 0; i < table->count; i++) {
        const tree *item = table->items[i];
        if (!index) {
            *items += 1;
            *bytes += tree_item_size(item);
            continue;
        }
        if (!is_in(item, index))
            continue;
        tree *projected = tree_copy(item);
        for (size_t k = 0; k < item->count; k++)
            if (!is_projected(&table->definition, index, item->children[k]->name))
                tree_remove(projected, item->children[k]->name);
        *items += 1;
        *bytes += tree_item_size(projected);
        tree_free(projected);
    }
}

/* A put needs its keys; other writes have them alone. */
static bloop_status check_keys(const model_table *table, const model_write *write)
{
    const bloop_table_definition *definition = &table->definition;
    const char *hash = definition->hash_key, *range = definition->range_key;
    if (!key_fits(tree_get(write->item, hash), type_of(definition, hash), HASH_KEY_MAX))
        return BLOOP_VALIDATION;
    if (range && !key_fits(tree_get(write->item, range), type_of(definition, range), RANGE_KEY_MAX))
        return BLOOP_VALIDATION;
    return write->kind == BLOOP_WRITE_PUT || write->item->count == (range ? 2 : 1) ? BLOOP_OK : BLOOP_VALIDATION;
}

static bool key_fits(const tree *value, bloop_tag type, size_t most)
{
    if (!value || value->tag != type)
        return false;
    return type == BLOOP_TAG_N || (value->size > 0 && value->size <= most);
}

static bloop_tag type_of(const bloop_table_definition *definition, const char *name)
{
    for (size_t i = 0; i < definition->attribute_count; i++)
        if (strcmp(definition->attributes[i].name, name) == 0)
            return definition->attributes[i].type;
    return BLOOP_TAG_NONE;
}

/* An item need not have them; if it does they have to be keys. */
static bool index_keys_fit(const bloop_table_definition *definition, const tree *item)
{
    for (size_t i = 0; i < definition->global_index_count; i++)
        if (!index_key_fits(definition, &definition->global_indexes[i], item))
            return false;
    for (size_t i = 0; i < definition->local_index_count; i++)
        if (!index_key_fits(definition, &definition->local_indexes[i], item))
            return false;
    return true;
}

static bool index_key_fits(const bloop_table_definition *definition, const bloop_index_definition *index,
                           const tree *item)
{
    const tree *hash = tree_get(item, index->hash_key);
    const tree *range = index->range_key ? tree_get(item, index->range_key) : NULL;
    return (!hash || key_fits(hash, type_of(definition, index->hash_key), HASH_KEY_MAX)) &&
           (!range || key_fits(range, type_of(definition, index->range_key), RANGE_KEY_MAX));
}

static bool sets_key(const bloop_table_definition *definition, const model_action *action)
{
    const char *name = action->path.steps[0].name;
    return strcmp(name, definition->hash_key) == 0 ||
           (definition->range_key && strcmp(name, definition->range_key) == 0);
}

/* What can be told of an update without its item: that a value is of another type than an index's key. */
static bool sets_wrong_type(const bloop_table_definition *definition, const model_action *action)
{
    bloop_tag type = type_of(definition, action->path.steps[0].name), set = BLOOP_TAG_NONE;
    if (type == BLOOP_TAG_NONE)
        return false;
    if (action->kind == BLOOP_ACTION_ADD || (action->kind == BLOOP_ACTION_SET && action->form == FORM_VALUE))
        set = action->value->tag;
    else if (action->kind == BLOOP_ACTION_SET && (action->form == FORM_PLUS || action->form == FORM_MINUS))
        set = BLOOP_TAG_N;
    else if (action->kind == BLOOP_ACTION_SET && action->form == FORM_LIST_APPEND)
        set = BLOOP_TAG_L;
    return set != BLOOP_TAG_NONE && set != type;
}

static bool is_in(const tree *item, const bloop_index_definition *index)
{
    return tree_get(item, index->hash_key) && (!index->range_key || tree_get(item, index->range_key));
}

static bool is_projected(const bloop_table_definition *definition, const bloop_index_definition *index,
                         const char *name)
{
    const char *keys[] = { definition->hash_key, definition->range_key, index->hash_key, index->range_key };
    if (index->projection == BLOOP_PROJECT_ALL)
        return true;
    for (size_t i = 0; i < 4; i++)
        if (keys[i] && strcmp(keys[i], name) == 0)
            return true;
    for (size_t i = 0; index->projection == BLOOP_PROJECT_INCLUDE && i < index->include_count; i++)
        if (strcmp(index->include[i], name) == 0)
            return true;
    return false;
}

static size_t place_of(const model_table *table, const tree *key)
{
    size_t place = 0;
    while (place < table->count && !model_same_key(table, table->items[place], key))
        place++;
    return place;
}

/* NULL: there is no item any more. */
static void replace(model_table *table, size_t place, tree *item)
{
    if (place < table->count) {
        tree_free(table->items[place]);
        table->items[place] = item ? item : table->items[--table->count];
        return;
    }
    if (!item)
        return;
    if (table->count == table->capacity) {
        table->capacity = table->capacity * 2 + 16;
        table->items = realloc(table->items, table->capacity * sizeof *table->items);
        trial_check(table->items, "out of memory");
    }
    table->items[table->count++] = item;
}

static bloop_status make_new(const model_table *table, const model_write *write, const tree *old, tree **out)
{
    if (write->kind == BLOOP_WRITE_DELETE)
        return BLOOP_OK;
    if (write->kind == BLOOP_WRITE_PUT) {
        *out = tree_copy(write->item);
        return BLOOP_OK;
    }
    bloop_status status = model_apply(write->actions, write->action_count, old, write->item, out);
    if (status == BLOOP_OK && *out && (!index_keys_fit(&table->definition, *out) || tree_item_size(*out) > ITEM_MAX)) {
        tree_free(*out);
        *out = NULL;
        status = BLOOP_VALIDATION;
    }
    return status;
}

static tree *returned(const model_write *write, const tree *old, const tree *new)
{
    switch (write->return_values) {
    case BLOOP_RETURN_ALL_OLD: return tree_copy(old);
    case BLOOP_RETURN_ALL_NEW: return tree_copy(new);
    default: return NULL;
    }
}
