/* Values as trees of nodes, the slow and plain way: the other side of the comparison with packed values. Numbers are whole
   and fit an int64_t. */
#ifndef BLOOP_TEST_TREE_H
#define BLOOP_TEST_TREE_H

#include <bloop/value.h>

typedef struct tree tree;
struct tree {
    bloop_tag tag;
    bool boolean;
    int64_t number;
    char *bytes; /* S, B */
    size_t size;
    tree **children; /* of L and M; of sets, whose elements are N, S or B */
    size_t count;
    char *name; /* of an entry of a map; ends in a zero byte and has none inside */
};

tree *tree_new(bloop_tag tag);
tree *tree_number(int64_t number);
tree *tree_bytes(bloop_tag tag, const void *bytes, size_t size);
tree *tree_copy(const tree *from); /* NULL: NULL */
void tree_free(tree *t);           /* NULL is fine */

/* A map's entry; NULL when there is none. */
tree *tree_get(const tree *map, const char *name);
/* Takes the value over, in the place of one that is there. */
void tree_put(tree *map, const char *name, tree *value);
void tree_remove(tree *map, const char *name);
/* An element of a list or set. */
void tree_append(tree *container, tree *value);
void tree_remove_at(tree *container, size_t place);
bool tree_set_has(const tree *set, const tree *element);

/* Equal in DynamoDB's sense: entries and elements of sets in any order. NULL equals NULL. */
bool tree_equal(const tree *a, const tree *b);
/* As the developer guide counts ("DynamoDB item sizes and formats"); of an item when it is a map without a name. */
size_t tree_item_size(const tree *item);
/* For conditions: less than, with the same tag; S and B by bytes. False when there is no order. */
bool tree_less(const tree *a, const tree *b);

/* To and from packed values. */
void tree_build(const tree *t, bloop_builder *builder);
tree *tree_of(bloop_value value);

#endif
