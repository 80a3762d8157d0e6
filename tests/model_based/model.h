/* The store as it should be: tables that are arrays of trees, searched from the beginning; and requests in the same plain
   form. What DynamoDB does is written down here a second time, without regard to speed. */
#ifndef BLOOP_TEST_MODEL_H
#define BLOOP_TEST_MODEL_H

#include <bloop/op.h>

#include "model_based/tree.h"

enum { PATH_MAX_STEPS = 4, UPDATE_MAX_ACTIONS = 4 };

/* A document path: a step without a name is an index. */
typedef struct model_path {
    struct {
        const char *name; /* a literal, or NULL */
        uint32_t index;
    } steps[PATH_MAX_STEPS];
    uint32_t count;
} model_path;

/* Conditions: what they compare is a path with a value, or are two conditions. */
typedef struct model_condition {
    bloop_expr_kind kind;
    model_path path;
    tree *value, *second;                 /* second: of BETWEEN and IN */
    struct model_condition *left, *right; /* AND, OR, NOT (left) */
} model_condition;

/* What SET sets. */
typedef enum model_form {
    FORM_VALUE,         /* value */
    FORM_PATH,          /* other */
    FORM_PLUS,          /* other + value */
    FORM_MINUS,         /* other - value */
    FORM_IF_NOT_EXISTS, /* if_not_exists(other, value) */
    FORM_LIST_APPEND    /* list_append(other, value) */
} model_form;

typedef struct model_action {
    bloop_action_kind kind;
    model_path path, other;
    model_form form;
    tree *value;
} model_action;

typedef struct model_write {
    bloop_write_kind kind;
    size_t table;
    tree *item; /* PUT: the item; else the key */
    model_action actions[UPDATE_MAX_ACTIONS];
    size_t action_count;
    model_condition *condition; /* NULL: none */
    bloop_return_values return_values;
    bool return_old_on_failure;
} model_write;
void model_write_free(model_write *write);

typedef struct model_table {
    bloop_table_definition definition;
    tree **items;
    size_t count, capacity;
} model_table;

/* What a write should answer. */
typedef struct model_answer {
    bloop_status status;
    tree *attributes; /* NULL: none; model_answer_free */
    bool existed;
} model_answer;
void model_answer_free(model_answer *answer);

/* What a request is refused for before any item is looked at: BLOOP_VALIDATION or BLOOP_OK. */
bloop_status model_check(const model_table *table, const model_write *write);
/* The write, in full; model_check included. */
model_answer model_run(model_table *table, const model_write *write);
/* The item of a key; NULL when there is none. */
tree *model_find(const model_table *table, const tree *key);
bool model_same_key(const model_table *table, const tree *a, const tree *b);
void model_table_free(model_table *table);

/* What the table and its indexes count. index: NULL for the table itself. */
void model_count(const model_table *table, const bloop_index_definition *index, uint64_t *items, uint64_t *bytes);

#endif
