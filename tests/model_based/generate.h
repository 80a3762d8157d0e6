/* Random tables, keys, items and writes, such that a useful share of them succeeds. */
#ifndef BLOOP_TEST_GENERATE_H
#define BLOOP_TEST_GENERATE_H

#include "model_based/model.h"
#include "support/trial.h"

enum { TABLES = 5, HASH_KEYS = 12, RANGE_KEYS = 8 };

/* The tables' definitions. The first table's last index is one that comes and goes. */
const bloop_table_definition *generate_tables(void);

/* The keys that a test uses: few enough that they are met again. */
typedef struct key_pool {
    tree *hash[TABLES][HASH_KEYS];
    tree *range[TABLES][RANGE_KEYS];
} key_pool;
void generate_keys(key_pool *pool, trial_random *random);
void free_keys(key_pool *pool);
/* One of the table's keys, as an item of the key attributes alone. */
tree *generate_key(const key_pool *pool, size_t table, trial_random *random);
tree *key_at(const key_pool *pool, size_t table, size_t hash, size_t range);

/* A write without condition, or with one; `known` (NULL: none) is what the item is, for conditions that may be met. */
model_write generate_put(const key_pool *pool, size_t table, trial_random *random);
model_write generate_update(const key_pool *pool, size_t table, trial_random *random);
model_write generate_delete(const key_pool *pool, size_t table, trial_random *random);
model_condition *generate_condition(const tree *known, trial_random *random, unsigned depth);

#endif
