/* A table of numbered items, each with a body of some size whose bytes follow from number and size, and an index. */
#ifndef BLOOP_TEST_SHELF_H
#define BLOOP_TEST_SHELF_H

#include <bloop/op.h>

#define SHELF "shelf"
enum { SHELF_BODY_MAX = 16384 };

void shelf_create(bloop_backend *backend); /* fine when it is there */
bloop_status shelf_put(bloop_backend *backend, size_t id, size_t body);
bloop_status shelf_remove(bloop_backend *backend, size_t id);
/* Whether the item is there, and the size of its body; fails the test when its bytes are not what was put. */
bloop_status shelf_find(bloop_backend *backend, size_t id, bool *found, size_t *body);
/* Hands the item over as bloop_get_item does. */
bloop_status shelf_receive(bloop_backend *backend, size_t id, bloop_item_receiver receive, void *context);
/* Fails the test unless the table and its index count so many. */
void shelf_check_count(bloop_backend *backend, uint64_t count);

/* The item itself. */
bloop_item shelf_build(bloop_builder *builder, size_t id, size_t body);
bloop_item shelf_build_key(bloop_builder *builder, size_t id);

#endif
