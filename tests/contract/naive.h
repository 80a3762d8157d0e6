/* A table without a key, an index or a page: an array of items that is looked through. What searches are compared with. */
#ifndef BLOOP_TEST_NAIVE_H
#define BLOOP_TEST_NAIVE_H

#include <bloop/op.h>

#include "base/base.h"
#include "support/trial.h"

enum { NAIVE_MAX = 160 };

typedef struct naive_table {
    const bloop_table_definition *definition;
    bloop_item items[NAIVE_MAX]; /* malloc'ed copies */
    size_t count;
} naive_table;

void naive_put(naive_table *table, bloop_item item);
void naive_remove(naive_table *table, bloop_item key);
void naive_free(naive_table *table);

/* What a search should find, in no order, and how many items it should examine. */
typedef struct naive_answer {
    bloop_item found[NAIVE_MAX]; /* in `memory` */
    size_t count, examined;
    bl_arena memory;
} naive_answer;
void naive_search(const naive_table *table, const bloop_search_request *request, naive_answer *out);

/* Whether an item may be in an index: it has its keys. */
bool naive_indexed(const bloop_index_definition *index, bloop_item item);
/* Whether an index holds an attribute. */
bool naive_projects(const bloop_table_definition *table, const bloop_index_definition *index, bloop_slice name);
bloop_value naive_get(bloop_item item, const char *name);

#endif
