/* Trees of values. */
#include "model_based/tree.h"

#include <stdlib.h>
#include <string.h>

#include "support/trial.h"

static size_t value_size(const tree *t);
static size_t number_size(int64_t number);
static void insert(tree *container, tree *value);
static bool has_elements(bloop_tag tag);
static tree *find_equal(const tree *container, const tree *element);

tree *tree_new(bloop_tag tag)
{
    tree *t = calloc(1, sizeof *t);
    trial_check(t, "out of memory");
    t->tag = tag;
    return t;
}

tree *tree_number(int64_t number)
{
    tree *t = tree_new(BLOOP_TAG_N);
    t->number = number;
    return t;
}

tree *tree_bytes(bloop_tag tag, const void *bytes, size_t size)
{
    tree *t = tree_new(tag);
    t->bytes = malloc(size + 1);
    trial_check(t->bytes, "out of memory");
    if (size)
        memcpy(t->bytes, bytes, size);
    t->size = size;
    return t;
}

tree *tree_copy(const tree *from)
{
    if (!from)
        return NULL;
    tree *t = from->bytes ? tree_bytes(from->tag, from->bytes, from->size) : tree_new(from->tag);
    t->boolean = from->boolean;
    t->number = from->number;
    t->name = from->name ? strdup(from->name) : NULL;
    for (size_t i = 0; i < from->count; i++)
        insert(t, tree_copy(from->children[i]));
    return t;
}

void tree_free(tree *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->count; i++)
        tree_free(t->children[i]);
    free(t->children);
    free(t->bytes);
    free(t->name);
    free(t);
}

tree *tree_get(const tree *map, const char *name)
{
    for (size_t i = 0; map && map->tag == BLOOP_TAG_M && i < map->count; i++)
        if (strcmp(map->children[i]->name, name) == 0)
            return map->children[i];
    return NULL;
}

void tree_put(tree *map, const char *name, tree *value)
{
    char *copy = strdup(name);
    trial_check(copy, "out of memory");
    tree_remove(map, name);
    free(value->name);
    value->name = copy;
    insert(map, value);
}

void tree_remove(tree *map, const char *name)
{
    for (size_t i = 0; i < map->count; i++) {
        if (strcmp(map->children[i]->name, name) == 0) {
            tree_remove_at(map, i);
            return;
        }
    }
}

void tree_append(tree *container, tree *value)
{
    insert(container, value);
}

void tree_remove_at(tree *container, size_t place)
{
    tree_free(container->children[place]);
    container->count--;
    for (size_t i = place; i < container->count; i++)
        container->children[i] = container->children[i + 1];
}

bool tree_set_has(const tree *set, const tree *element)
{
    return find_equal(set, element) != NULL;
}

bool tree_equal(const tree *a, const tree *b)
{
    if (!a || !b || a->tag != b->tag)
        return !a && !b;
    if (a->boolean != b->boolean || a->number != b->number || a->size != b->size || a->count != b->count)
        return false;
    if (a->size && memcmp(a->bytes, b->bytes, a->size) != 0)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const tree *child = a->children[i];
        const tree *other = a->tag == BLOOP_TAG_M   ? tree_get(b, child->name)
                            : a->tag == BLOOP_TAG_L ? b->children[i]
                                                    : find_equal(b, child);
        if (!tree_equal(child, other))
            return false;
    }
    return true;
}

size_t tree_item_size(const tree *item)
{
    size_t size = 0;
    for (size_t i = 0; i < item->count; i++)
        size += strlen(item->children[i]->name) + value_size(item->children[i]);
    return size;
}

bool tree_less(const tree *a, const tree *b)
{
    if (a->tag != b->tag)
        return false;
    if (a->tag == BLOOP_TAG_N)
        return a->number < b->number;
    if (a->tag != BLOOP_TAG_S && a->tag != BLOOP_TAG_B)
        return false;
    int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);
    return order ? order < 0 : a->size < b->size;
}

void tree_build(const tree *t, bloop_builder *builder)
{
    switch (t->tag) {
    case BLOOP_TAG_NONE: break;
    case BLOOP_TAG_NULL: bloop_build_null(builder); break;
    case BLOOP_TAG_BOOL: bloop_build_bool(builder, t->boolean); break;
    case BLOOP_TAG_N: bloop_build_int64(builder, t->number); break;
    case BLOOP_TAG_S: bloop_build_string(builder, t->bytes, t->size); break;
    case BLOOP_TAG_B: bloop_build_binary(builder, t->bytes, t->size); break;
    default:
        bloop_build_begin(builder, t->tag);
        for (size_t i = 0; i < t->count; i++) {
            if (t->tag == BLOOP_TAG_M)
                bloop_build_name(builder, t->children[i]->name, strlen(t->children[i]->name));
            tree_build(t->children[i], builder);
        }
        bloop_build_end(builder);
    }
}

tree *tree_of(bloop_value value)
{
    bloop_tag tag = bloop_value_tag(value);
    bloop_slice bytes = bloop_value_bytes(value);
    if (tag == BLOOP_TAG_S || tag == BLOOP_TAG_B)
        return tree_bytes(tag, bytes.data, bytes.size);
    tree *t = tree_new(tag);
    t->boolean = bloop_value_bool(value);
    if (tag == BLOOP_TAG_N)
        trial_check(bloop_number_to_int64(bloop_value_number(value), &t->number) == BLOOP_OK, "a number is not whole");
    if (!has_elements(tag))
        return t;
    for (bloop_walk walk = bloop_value_walk(value); bloop_walk_next(&walk);) {
        tree *child;
        if (tag == BLOOP_TAG_L || tag == BLOOP_TAG_M) {
            child = tree_of(walk.value);
        } else if (tag == BLOOP_TAG_NS) {
            child = tree_new(BLOOP_TAG_N);
            trial_check(bloop_number_to_int64(bloop_walk_number(&walk), &child->number) == BLOOP_OK,
                        "a number is not whole");
        } else {
            child = tree_bytes(tag == BLOOP_TAG_SS ? BLOOP_TAG_S : BLOOP_TAG_B, walk.bytes.data, walk.bytes.size);
        }
        if (tag == BLOOP_TAG_M)
            child->name = strndup(walk.name.data, walk.name.size);
        insert(t, child);
    }
    return t;
}

static size_t value_size(const tree *t)
{
    size_t size = 0;
    switch (t->tag) {
    case BLOOP_TAG_NULL:
    case BLOOP_TAG_BOOL: return 1;
    case BLOOP_TAG_N: return number_size(t->number);
    case BLOOP_TAG_S:
    case BLOOP_TAG_B: return t->size;
    case BLOOP_TAG_L:
    case BLOOP_TAG_M: size = 3 + t->count; break;
    default: break;
    }
    for (size_t i = 0; i < t->count; i++)
        size += value_size(t->children[i]) + (t->tag == BLOOP_TAG_M ? strlen(t->children[i]->name) : 0);
    return size;
}

/* 1, and 1 for each pair of digits between the first and the last that are not zero, and 1 for a sign. */
static size_t number_size(int64_t number)
{
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    size_t size = 1 + (number < 0);
    while (rest != 0 && rest % 100 == 0)
        rest /= 100;
    for (; rest != 0; rest /= 100)
        size++;
    return size;
}

static void insert(tree *container, tree *value)
{
    container->children = realloc(container->children, (container->count + 1) * sizeof(tree *));
    trial_check(container->children, "out of memory");
    container->children[container->count++] = value;
}

static bool has_elements(bloop_tag tag)
{
    return tag >= BLOOP_TAG_SS;
}

static tree *find_equal(const tree *container, const tree *element)
{
    for (size_t i = 0; i < container->count; i++)
        if (tree_equal(container->children[i], element))
            return container->children[i];
    return NULL;
}
