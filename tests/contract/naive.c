/* The naive table. */
#include "naive.h"

#include <stdlib.h>
#include <string.h>

#include "op/op.h"

static size_t find(const naive_table *table, bloop_item key);
static bool is_local(const bloop_table_definition *table, const bloop_index_definition *index);
static bool reads_table(const bloop_table_definition *table, const bloop_index_definition *index,
                        const bloop_search_request *request);
static bloop_item entry_of(const bloop_table_definition *table, const bloop_index_definition *index, bloop_item item,
                           bl_arena *memory);
static bloop_item finish(bloop_builder *builder, bl_arena *memory);
static bool meets(const bloop_expr *condition, bloop_item item);

void naive_put(naive_table *table, bloop_item item)
{
    size_t at = find(table, item);
    trial_check(at < NAIVE_MAX, "the naive table is full");
    if (at == table->count)
        table->count++;
    else
        free((void *)(uintptr_t)table->items[at].data);
    uint8_t *copy = malloc(item.size);
    trial_check(copy != NULL, "no memory");
    memcpy(copy, item.data, item.size);
    table->items[at] = (bloop_item){ copy, item.size };
}

void naive_remove(naive_table *table, bloop_item key)
{
    size_t at = find(table, key);
    if (at == table->count)
        return;
    free((void *)(uintptr_t)table->items[at].data);
    table->items[at] = table->items[--table->count];
}

void naive_free(naive_table *table)
{
    while (table->count)
        naive_remove(table, table->items[0]);
}

void naive_search(const naive_table *table, const bloop_search_request *request, naive_answer *out)
{
    const bloop_table_definition *definition = table->definition;
    const bloop_index_definition *index = request->index ? bl_op_find_index(definition, request->index) : NULL;
    bool whole = !index || reads_table(definition, index, request);
    out->count = out->examined = 0;
    for (size_t i = 0; i < table->count; i++) {
        bloop_item item = table->items[i];
        if ((index && !naive_indexed(index, item)) || !meets(request->key_condition, item))
            continue;
        out->examined++;
        if (!whole)
            item = entry_of(definition, index, item, &out->memory);
        if (!meets(request->filter, item))
            continue;
        if (request->projection && !request->projection_is_hint) {
            bloop_builder *builder = bloop_builder_new();
            trial_check(bloop_projection_apply(request->projection, item, builder) == BLOOP_OK, "a projection");
            item = finish(builder, &out->memory);
        }
        out->found[out->count++] = item;
    }
}

bool naive_indexed(const bloop_index_definition *index, bloop_item item)
{
    return naive_get(item, index->hash_key).data && (!index->range_key || naive_get(item, index->range_key).data);
}

bool naive_projects(const bloop_table_definition *table, const bloop_index_definition *index, bloop_slice name)
{
    const char *keys[] = { table->hash_key, table->range_key, index->hash_key, index->range_key };
    if (index->projection == BLOOP_PROJECT_ALL)
        return true;
    for (size_t i = 0; i < 4; i++)
        if (keys[i] && strlen(keys[i]) == name.size && memcmp(keys[i], name.data, name.size) == 0)
            return true;
    for (size_t i = 0; i < index->include_count; i++)
        if (strlen(index->include[i]) == name.size && memcmp(index->include[i], name.data, name.size) == 0)
            return true;
    return false;
}

bloop_value naive_get(bloop_item item, const char *name)
{
    return bloop_item_get(item, name, strlen(name));
}

static size_t find(const naive_table *table, bloop_item key)
{
    const bloop_table_definition *t = table->definition;
    for (size_t i = 0; i < table->count; i++)
        if (bloop_value_equal(naive_get(table->items[i], t->hash_key), naive_get(key, t->hash_key)) &&
            bloop_value_equal(naive_get(table->items[i], t->range_key), naive_get(key, t->range_key)))
            return i;
    return table->count;
}

static bool is_local(const bloop_table_definition *table, const bloop_index_definition *index)
{
    for (size_t i = 0; i < table->local_index_count; i++)
        if (index == &table->local_indexes[i])
            return true;
    return false;
}

static bool reads_table(const bloop_table_definition *table, const bloop_index_definition *index,
                        const bloop_search_request *request)
{
    if (index->projection == BLOOP_PROJECT_ALL || !is_local(table, index))
        return false;
    bool more = request->select == BLOOP_SELECT_ALL;
    for (size_t i = 0; request->projection && i < request->projection->count; i++)
        more = more || !naive_projects(table, index, request->projection->paths[i].steps[0].name);
    return more;
}

static bloop_item entry_of(const bloop_table_definition *table, const bloop_index_definition *index, bloop_item item,
                           bl_arena *memory)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_walk walk = bloop_value_walk(item);
    while (bloop_walk_next(&walk)) {
        if (!naive_projects(table, index, walk.name))
            continue;
        bloop_build_name(builder, walk.name.data, walk.name.size);
        bloop_build_value(builder, walk.value);
    }
    bloop_build_end(builder);
    return finish(builder, memory);
}

static bloop_item finish(bloop_builder *builder, bl_arena *memory)
{
    bloop_value value;
    trial_check(bloop_builder_value(builder, &value) == BLOOP_OK, "a builder failed");
    bloop_item copy = { bl_arena_copy(memory, value.data, value.size), value.size };
    bloop_builder_free(builder);
    return copy;
}

static bool meets(const bloop_expr *condition, bloop_item item)
{
    bool met = false;
    trial_check(bloop_expr_evaluate(condition, item, &met) == BLOOP_OK, "a condition");
    return met;
}
