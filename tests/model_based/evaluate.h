/* Conditions and updates on trees. */
#ifndef BLOOP_TEST_EVALUATE_H
#define BLOOP_TEST_EVALUATE_H

#include "model_based/model.h"

void model_condition_free(model_condition *condition); /* NULL is fine */
/* Whether an item (NULL: none) meets a condition. */
bool model_evaluate(const model_condition *condition, const tree *item);

/* The item after an update; *out is NULL when there is none. BLOOP_VALIDATION when an action does not apply. */
bloop_status model_apply(const model_action *actions, size_t count, const tree *old, const tree *key, tree **out);

/* What stands at a path; NULL when there is nothing. */
const tree *model_at(const tree *item, const model_path *path);

#endif
