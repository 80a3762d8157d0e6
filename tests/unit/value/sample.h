/* Values that several tests of packed values need. */
#ifndef BLOOP_TEST_SAMPLE_H
#define BLOOP_TEST_SAMPLE_H

#include "value/value.h"

/* An item with every tag, at the top and nested, its names and elements given out of order. */
void sample_item(bloop_builder *builder);

/* The same content in another order. */
void sample_item_reordered(bloop_builder *builder);

/* `depth` lists, each inside the one before, with a NULL in the innermost. */
void sample_nested(bloop_builder *builder, int depth);

/* The builder's value; the test fails when it has none. */
bloop_value sample_finish(bloop_builder *builder);

bloop_number sample_number(const char *text);

#endif
