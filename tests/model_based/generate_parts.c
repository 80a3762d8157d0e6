/* Values. */
#include "model_based/generate_parts.h"

#include <stdio.h>
#include <string.h>

static tree *generate_text(size_t most, trial_random *random);
static tree *generate_index_value(bloop_tag tag, size_t most, trial_random *random);
static tree *generate_list(trial_random *random);
static tree *generate_document(trial_random *random);
static tree *generate_number(trial_random *random);

tree *generate_attribute(const char *name, trial_random *random)
{
    if (trial_chance(random, 1))
        return generate_any(random);
    switch (name[0] == 'g' || name[0] == 'l' ? name[1] : name[0]) {
    case 's':
        return strcmp(name, "ss") == 0 ? generate_set(BLOOP_TAG_SS, random)
                                       : generate_index_value(BLOOP_TAG_S, name[0] == 'g' ? 2048 : 1024, random);
    case 'b':
        return strcmp(name, "bs") == 0 ? generate_set(BLOOP_TAG_BS, random)
                                       : generate_index_value(BLOOP_TAG_B, 1024, random);
    case 'n':
        if (strcmp(name, "nothing") == 0)
            return tree_new(BLOOP_TAG_NULL);
        return strcmp(name, "ns") == 0 ? generate_set(BLOOP_TAG_NS, random) : generate_number(random);
    case 't': return generate_text(60, random);
    case 'd': return generate_document(random);
    case 'i': return generate_list(random);
    default: return generate_any(random);
    }
}

tree *generate_any(trial_random *random)
{
    tree *t;
    switch (trial_below(random, 6)) {
    case 0: return generate_number(random);
    case 1: return generate_text(20, random);
    case 2: return tree_new(BLOOP_TAG_NULL);
    case 3: return tree_bytes(BLOOP_TAG_B, "\0\1\2", trial_below(random, 4));
    case 4: return generate_set(BLOOP_TAG_SS, random);
    default:
        t = tree_new(BLOOP_TAG_BOOL);
        t->boolean = trial_chance(random, 50);
        return t;
    }
}

tree *generate_set(bloop_tag tag, trial_random *random)
{
    tree *set = tree_new(tag);
    size_t first = trial_below(random, 5);
    for (size_t i = 0; i < 5; i++) {
        char word[16];
        int size = snprintf(word, sizeof word, "word-%zu", i);
        if (i != first && !trial_chance(random, 35))
            continue;
        if (tag == BLOOP_TAG_NS)
            tree_append(set, tree_number((int64_t)i * 50 - 100));
        else
            tree_append(set, tree_bytes(tag == BLOOP_TAG_SS ? BLOOP_TAG_S : BLOOP_TAG_B, word, (size_t)size));
    }
    return set;
}

static tree *generate_number(trial_random *random)
{
    int64_t number = (int64_t)trial_below(random, 21) - 10;
    return tree_number(trial_chance(random, 20) ? number * 100000000000 : number);
}

static tree *generate_text(size_t most, trial_random *random)
{
    char bytes[64];
    size_t size = trial_below(random, most + 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)('a' + trial_below(random, 3));
    return tree_bytes(BLOOP_TAG_S, bytes, size);
}

/* Few, so that an index has many entries under one; long ones that share their beginning; an empty or too long one now
   and then, which is refused. */
static tree *generate_index_value(bloop_tag tag, size_t most, trial_random *random)
{
    char bytes[2049];
    size_t dice = trial_below(random, 100);
    memset(bytes, tag == BLOOP_TAG_S ? 'i' : '\0', sizeof bytes);
    if (dice == 0)
        return tree_bytes(tag, bytes, 0);
    if (dice == 1)
        return tree_bytes(tag, bytes, most + 1);
    if (dice < 15) {
        bytes[most - 1] = (char)('a' + dice % 4);
        return tree_bytes(tag, bytes, most);
    }
    if (dice < 25)
        return tree_bytes(tag, bytes, 480 + dice % 40);
    return tree_bytes(tag, bytes, 1 + dice % 5);
}

static tree *generate_list(trial_random *random)
{
    tree *list = tree_new(BLOOP_TAG_L);
    for (size_t i = trial_below(random, 5); i > 0; i--)
        tree_append(list, generate_any(random));
    return list;
}

static tree *generate_document(trial_random *random)
{
    tree *document = tree_new(BLOOP_TAG_M), *inner = tree_new(BLOOP_TAG_M);
    if (trial_chance(random, 80))
        tree_put(document, "a", generate_number(random));
    if (trial_chance(random, 80))
        tree_put(document, "b", generate_text(30, random));
    if (trial_chance(random, 80))
        tree_put(document, "c", generate_list(random));
    if (trial_chance(random, 60))
        tree_put(inner, "x", generate_any(random));
    if (trial_chance(random, 60))
        tree_put(inner, "y", generate_number(random));
    tree_put(document, "d", inner);
    return document;
}
