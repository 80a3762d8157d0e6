/* What the tests of tables and items share: a table, and items with a string key and a number. */
#ifndef BLOOP_TEST_STORE_FIXTURE_H
#define BLOOP_TEST_STORE_FIXTURE_H

#include <bloop/sys/store.h>

#include "env_fixture.h"

bloop_backend *store_open(const char *path);

/* "things": hash key id (S, or what is asked for); indexes by_group (group: S, everything) and by_n (n: N, keys). */
bloop_status store_make_table(bloop_backend *backend, bloop_tag hash);

/* {id, n, group}; without a group when it is NULL. Lives in the builder. */
bloop_item store_item(bloop_builder *builder, const char *id, int64_t n, const char *group);
bloop_item store_key(bloop_builder *builder, const char *id);

bloop_status store_put(bloop_backend *backend, const char *id, int64_t n, const char *group);
/* ADD n `by`. */
bloop_status store_add(bloop_backend *backend, const char *id, int64_t by);
/* The item's n; -1 when there is no item, -2 on failure. */
int64_t store_n(bloop_backend *backend, const char *id);

#endif
