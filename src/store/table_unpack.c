/* A table's descriptor from its stored form. Every name points into a copy of it, where strings end in a zero byte. */
#include "table_private.h"

#include <stdlib.h>

#include "table_names_private.h"
#include "value/value.h"

/* Reads one packed map and remembers the first thing that is wrong, so that reading needs no check at every field. */
typedef struct reader {
    bl_table *table;
    bloop_value map;
    bloop_status status;
} reader;

static bloop_status fill(bl_table *table, const char *name);
static bloop_status fill_arn(bl_table *table);
static bloop_status fill_index_list(reader *in, const char *field, bool local, bloop_index_definition **definitions,
                                    size_t *count);
static void fill_index(reader *in, bloop_index_definition *definition, bl_index *index);
static bloop_status fill_index_names(bl_table *table, bl_index *index, const bloop_index_definition *definition);
static bloop_status fill_key(bl_table *table, const char *hash, const char *range, bl_key_schema *out);
static bool fill_key_attribute(const bl_table *table, const char *name, bl_key_attribute *out);
static int by_name(const void *left, const void *right);
static void *zeroed(bl_table *table, size_t count, size_t size);
static bool is_text(bloop_value value);
static const char *text(reader *in, const char *field, bool required);
static int64_t integer(reader *in, const char *field);
static uint32_t id_in(reader *in);
static bool boolean(reader *in, const char *field);
static int name_in(reader *in, const char *field, const char *const *names, size_t count, int missing);
static bloop_value list(reader *in, const char *field);
static void fail(reader *in, const char *field);

bloop_status bl_table_unpack(bloop_item packed, const char *name, bl_table **out)
{
    bloop_status status = bloop_value_check(packed.data, packed.size);
    if (status != BLOOP_OK || bloop_value_tag(packed) != BLOOP_TAG_M)
        return bl_error(BLOOP_CORRUPT, "the description of table %s is not a packed item", name);
    bl_table *table = bl_alloc_zeroed(1, sizeof *table);
    if (!table)
        return BLOOP_NO_MEMORY;
    atomic_init(&table->references, 1);
    table->packed.size = packed.size;
    table->packed.data = bl_arena_copy(&table->arena, packed.data, packed.size);
    status = table->packed.data ? fill(table, name) : BLOOP_NO_MEMORY;
    if (status != BLOOP_OK) {
        bl_table_release(table);
        return bl_error_context("the description of table %s", name);
    }
    *out = table;
    return BLOOP_OK;
}

static bloop_status fill(bl_table *table, const char *name)
{
    reader in = { .table = table, .map = table->packed };
    bloop_table_description *about = &table->about;
    bloop_table_definition *definition = &about->definition;
    if (integer(&in, "version") != BL_TABLE_FORM && in.status == BLOOP_OK)
        return bl_error(BLOOP_INCOMPATIBLE, "it is of a form that this version does not know");
    table->id = id_in(&in);
    about->status = BLOOP_TABLE_ACTIVE;
    about->id = text(&in, "uuid", true);
    about->created_at_microseconds = integer(&in, "created");
    definition->name = bl_arena_text(&table->arena, name, strlen(name));
    definition->hash_key = text(&in, "hash", true);
    definition->range_key = text(&in, "range", false);
    definition->billing =
        (bloop_billing_mode)name_in(&in, "billing", bl_billing_names, BL_COUNT_OF(bl_billing_names), 0);
    definition->throughput = (bloop_throughput){ integer(&in, "read"), integer(&in, "write") };
    definition->deletion_protection = boolean(&in, "protected");
    definition->stream =
        (bloop_stream_view_type)name_in(&in, "stream", bl_view_names, BL_COUNT_OF(bl_view_names), BLOOP_VIEW_NONE);
    if (definition->stream != BLOOP_VIEW_NONE)
        about->stream_label = text(&in, "stream_label", true);

    bloop_value attributes = list(&in, "attributes");
    definition->attribute_count = bloop_value_count(attributes);
    bloop_attribute_definition *each = zeroed(table, definition->attribute_count, sizeof *each);
    if (!each || !definition->name)
        return BLOOP_NO_MEMORY;
    definition->attributes = each;
    bloop_walk walk = bloop_value_walk(attributes);
    while (bloop_walk_next(&walk)) {
        reader row = { .table = table, .map = walk.value, .status = in.status };
        each->name = text(&row, "name", true);
        const char *type = text(&row, "type", true);
        each->type = row.status == BLOOP_OK ? bloop_tag_of_name(type, strlen(type)) : BLOOP_TAG_NONE;
        in.status = row.status;
        each++;
    }
    if (in.status != BLOOP_OK)
        return in.status;
    bloop_status status = fill_key(table, definition->hash_key, definition->range_key, &table->key);
    if (status != BLOOP_OK)
        return status;
    table->indexes = zeroed(table, BL_INDEXES_MAX, sizeof *table->indexes);
    if (!table->indexes)
        return BLOOP_NO_MEMORY;
    bloop_index_definition *global, *local;
    status = fill_index_list(&in, "global", false, &global, &definition->global_index_count);
    if (status != BLOOP_OK)
        return status;
    definition->global_indexes = global;
    status = fill_index_list(&in, "local", true, &local, &definition->local_index_count);
    if (status != BLOOP_OK)
        return status;
    definition->local_indexes = local;
    return fill_arn(table);
}

/* As DynamoDB Local has it, with its region's name (developer guide, "DynamoDB local usage notes"). */
static bloop_status fill_arn(bl_table *table)
{
    static const char head[] = "arn:aws:dynamodb:ddblocal:000000000000:table/";
    const char *stream = table->about.stream_label;
    bl_buffer arn = { 0 };
    bl_buffer_text(&arn, head);
    bl_buffer_text(&arn, table->about.definition.name);
    table->about.arn = bl_arena_text(&table->arena, (const char *)arn.data, arn.size);
    if (stream) {
        bl_buffer_text(&arn, "/stream/");
        bl_buffer_text(&arn, stream);
        table->about.stream_arn = bl_arena_text(&table->arena, (const char *)arn.data, arn.size);
    }
    bool done = arn.status == BLOOP_OK && table->about.arn && (!stream || table->about.stream_arn);
    bl_buffer_free(&arn);
    return done ? BLOOP_OK : BLOOP_NO_MEMORY;
}

static bloop_status fill_index_list(reader *in, const char *field, bool local, bloop_index_definition **definitions,
                                    size_t *count)
{
    bl_table *table = in->table;
    bloop_value packed = list(in, field);
    *count = bloop_value_count(packed);
    if (*count + table->index_count > BL_INDEXES_MAX)
        return bl_error(BLOOP_CORRUPT, "it has more than %d indexes", BL_INDEXES_MAX);
    *definitions = zeroed(table, *count, sizeof **definitions);
    if (!*definitions)
        return BLOOP_NO_MEMORY;
    bloop_walk walk = bloop_value_walk(packed);
    for (size_t i = 0; bloop_walk_next(&walk); i++) {
        bloop_index_definition *definition = &(*definitions)[i];
        bl_index *index = &table->indexes[table->index_count++];
        reader row = { .table = table, .map = walk.value, .status = in->status };
        index->local = local;
        fill_index(&row, definition, index);
        in->status = row.status;
        if (in->status == BLOOP_OK)
            in->status = fill_key(table, definition->hash_key, definition->range_key, &index->key);
        if (in->status == BLOOP_OK)
            in->status = fill_index_names(table, index, definition);
        if (in->status != BLOOP_OK)
            return in->status;
    }
    return in->status;
}

static void fill_index(reader *in, bloop_index_definition *definition, bl_index *index)
{
    index->id = id_in(in);
    index->name = definition->name = text(in, "name", true);
    definition->hash_key = text(in, "hash", true);
    definition->range_key = text(in, "range", false);
    index->projection = definition->projection =
        (bloop_projection_type)name_in(in, "projection", bl_projection_names, BL_COUNT_OF(bl_projection_names), 0);
    definition->throughput = (bloop_throughput){ integer(in, "read"), integer(in, "write") };
    index->backfilling = boolean(in, "backfilling");
    bloop_value include = list(in, "include");
    const char **names = zeroed(in->table, bloop_value_count(include), sizeof *names);
    if (!names) {
        in->status = BLOOP_NO_MEMORY;
        return;
    }
    definition->include = names;
    bloop_walk walk = bloop_value_walk(include);
    while (bloop_walk_next(&walk)) {
        if (is_text(walk.value))
            names[definition->include_count++] = bloop_value_bytes(walk.value).data;
        else
            fail(in, "include");
    }
}

/* The names that an index holds, sorted as the names of an item are, each once. */
static bloop_status fill_index_names(bl_table *table, bl_index *index, const bloop_index_definition *definition)
{
    if (index->projection == BLOOP_PROJECT_ALL)
        return BLOOP_OK;
    bloop_slice *names = zeroed(table, definition->include_count + 4, sizeof *names);
    if (!names)
        return BLOOP_NO_MEMORY;
    const bl_key_attribute *keys[] = { &table->key.hash, &table->key.range, &index->key.hash, &index->key.range };
    size_t count = 0;
    for (size_t i = 0; i < BL_COUNT_OF(keys); i++)
        if (keys[i]->name)
            names[count++] = (bloop_slice){ keys[i]->name, keys[i]->size };
    for (size_t i = 0; i < definition->include_count; i++)
        names[count++] = (bloop_slice){ definition->include[i], strlen(definition->include[i]) };
    qsort(names, count, sizeof *names, by_name);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!kept || by_name(&names[kept - 1], &names[i]) != 0)
            names[kept++] = names[i];
    index->names = names;
    index->name_count = (uint32_t)kept;
    return BLOOP_OK;
}

static bloop_status fill_key(bl_table *table, const char *hash, const char *range, bl_key_schema *out)
{
    if (!fill_key_attribute(table, hash, &out->hash) || (range && !fill_key_attribute(table, range, &out->range)))
        return bl_error(BLOOP_CORRUPT, "the type of a key attribute is missing");
    return BLOOP_OK;
}

static bool fill_key_attribute(const bl_table *table, const char *name, bl_key_attribute *out)
{
    const bloop_table_definition *definition = &table->about.definition;
    for (size_t i = 0; i < definition->attribute_count; i++)
        if (strcmp(definition->attributes[i].name, name) == 0) {
            *out = (bl_key_attribute){ name, strlen(name), definition->attributes[i].type };
            return out->type == BLOOP_TAG_S || out->type == BLOOP_TAG_N || out->type == BLOOP_TAG_B;
        }
    return false;
}

static int by_name(const void *left, const void *right)
{
    const bloop_slice *a = left;
    const bloop_slice *b = right;
    int order = memcmp(a->data, b->data, a->size < b->size ? a->size : b->size);
    if (order)
        return order;
    return (a->size > b->size) - (a->size < b->size);
}

static void *zeroed(bl_table *table, size_t count, size_t size)
{
    void *memory = bl_arena_alloc(&table->arena, count * size + 1);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

/* A string that a zero byte ends, and only its end. */
static bool is_text(bloop_value value)
{
    bloop_slice bytes = bloop_value_bytes(value);
    return bloop_value_tag(value) == BLOOP_TAG_S && !memchr(bytes.data, 0, bytes.size);
}

static const char *text(reader *in, const char *field, bool required)
{
    bloop_value value = bloop_item_get(in->map, field, strlen(field));
    if (!value.data && !required)
        return NULL;
    if (is_text(value))
        return bloop_value_bytes(value).data;
    fail(in, field);
    return "";
}

static int64_t integer(reader *in, const char *field)
{
    int64_t out = 0;
    bloop_value value = bloop_item_get(in->map, field, strlen(field));
    if (bloop_value_tag(value) != BLOOP_TAG_N || !bl_number_decode_int64(value.data + 2, value.size - 2, &out))
        fail(in, field);
    return out;
}

static uint32_t id_in(reader *in)
{
    int64_t id = integer(in, "id");
    if (id < 1 || id > UINT32_MAX)
        fail(in, "id");
    return (uint32_t)id;
}

static bool boolean(reader *in, const char *field)
{
    bloop_value value = bloop_item_get(in->map, field, strlen(field));
    if (value.data && bloop_value_tag(value) != BLOOP_TAG_BOOL)
        fail(in, field);
    return bloop_value_bool(value);
}

/* The place of a field's text among names; `missing` without the field. */
static int name_in(reader *in, const char *field, const char *const *names, size_t count, int missing)
{
    const char *name = text(in, field, false);
    if (!name)
        return missing;
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    fail(in, field);
    return missing;
}

static bloop_value list(reader *in, const char *field)
{
    bloop_value value = bloop_item_get(in->map, field, strlen(field));
    if (bloop_value_tag(value) != BLOOP_TAG_L)
        fail(in, field);
    return value;
}

static void fail(reader *in, const char *field)
{
    if (in->status == BLOOP_OK)
        in->status = bl_error(BLOOP_CORRUPT, "its field %s is missing, of a wrong type or out of range", field);
}
