/* Looking things up in definitions of tables. */
#include "op/op.h"

static const bloop_index_definition *find(const bloop_index_definition *indexes, size_t count, const char *name);

bloop_tag bl_op_attribute_type(const bloop_table_definition *table, const char *name)
{
    for (size_t i = 0; i < table->attribute_count; i++) {
        if (strcmp(table->attributes[i].name, name) == 0)
            return table->attributes[i].type;
    }
    return BLOOP_TAG_NONE;
}

const bloop_index_definition *bl_op_find_index(const bloop_table_definition *table, const char *name)
{
    const bloop_index_definition *found = find(table->global_indexes, table->global_index_count, name);
    return found ? found : find(table->local_indexes, table->local_index_count, name);
}

static const bloop_index_definition *find(const bloop_index_definition *indexes, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(indexes[i].name, name) == 0)
            return &indexes[i];
    }
    return NULL;
}
