/* The model's requests as the library takes them. */
#ifndef BLOOP_TEST_RENDER_H
#define BLOOP_TEST_RENDER_H

#include "model_based/model.h"

typedef struct rendered {
    bloop_write_request request;
    struct rendered_block *blocks; /* what it points to */
} rendered;

void render_write(const model_write *write, const char *table, rendered *out);
void render_free(rendered *r);

/* A packed value, to be freed (its data). */
bloop_value render_tree(const tree *t);

#endif
