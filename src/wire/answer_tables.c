/* Reading the responses of operations on tables. */
#include "wire/answer_private.h"

/* A table while it is read: arrays end up in its definition. */
typedef struct table_answer {
    bloop_table_description about;
    bool has_table;
} table_answer;

/* An index with its state. */
typedef struct index_answer {
    bloop_index_definition definition;
    bloop_index_state state;
} index_answer;

typedef struct key_element {
    const char *name;
    bool range;
} key_element;

typedef struct names_answer {
    bl_answer_list names;
    const char *last;
} names_answer;

static void read_table(bl_answer *answer, void *into);
static void read_attributes(bl_answer *answer, void *into);
static void read_attribute(bl_answer *answer, void *into);
static void read_attribute_type(bl_answer *answer, void *into);
static void read_table_keys(bl_answer *answer, void *into);
static void read_index_keys(bl_answer *answer, void *into);
static void read_keys(bl_answer *answer, const char **hash_key, const char **range_key);
static void read_key(bl_answer *answer, void *into);
static void read_key_type(bl_answer *answer, void *into);
static void read_status(bl_answer *answer, void *into);
static void read_billing(bl_answer *answer, void *into);
static void read_billing_mode(bl_answer *answer, void *into);
static void read_throughput(bl_answer *answer, void *into);
static void read_stream(bl_answer *answer, void *into);
static void read_view(bl_answer *answer, void *into);
static void read_global(bl_answer *answer, void *into);
static void read_local(bl_answer *answer, void *into);
static void read_indexes(bl_answer *answer, const bloop_index_definition **definitions, size_t *count,
                         const bloop_index_state **states);
static void read_index(bl_answer *answer, void *into);
static void read_projection(bl_answer *answer, void *into);
static void read_projection_type(bl_answer *answer, void *into);
static void read_include(bl_answer *answer, void *into);
static void read_names(bl_answer *answer, void *into);

bloop_status bl_wire_read_table(const char *body, size_t size, bl_wire_operation operation, bloop_table_result *out)
{
    const bl_answer_member members[] = {
        { operation == BL_WIRE_DESCRIBE_TABLE ? "Table" : "TableDescription", read_table, 0 },
    };
    bl_answer answer;
    table_answer read = { .about = { .status = BLOOP_TABLE_ACTIVE, .id = "", .arn = "" } };
    *out = (bloop_table_result){ 0 };
    bl_answer_begin(&answer, body, size);
    bl_answer_members(&answer, members, BL_COUNT_OF(members), &read);
    const bloop_table_definition *table = &read.about.definition;
    /* Of a table that it deletes the service tells no keys. */
    bool keyless = !table->hash_key && operation != BL_WIRE_DELETE_TABLE;
    if (!read.has_table)
        bloop_json_refuse(&answer.reader, "there is no %s", members[0].name);
    else if (!table->name || keyless)
        bloop_json_refuse(&answer.reader, "the table has no %s", table->name ? "hash key" : "TableName");
    bloop_status status = bl_answer_finish(&answer, &out->memory);
    if (status == BLOOP_OK)
        out->table = read.about;
    return status;
}

bloop_status bl_wire_read_table_names(const char *body, size_t size, bloop_list_tables_result *out)
{
    static const bl_answer_member members[] = {
        { "TableNames", read_names, 0 },
        { "LastEvaluatedTableName", bl_answer_text, offsetof(names_answer, last) },
    };
    bl_answer answer;
    names_answer read = { 0 };
    *out = (bloop_list_tables_result){ 0 };
    bl_answer_begin(&answer, body, size);
    bl_answer_members(&answer, members, BL_COUNT_OF(members), &read);
    bloop_status status = bl_answer_finish(&answer, &out->memory);
    if (status != BLOOP_OK)
        return status;
    out->names = read.names.items;
    out->count = read.names.count;
    out->last = read.last;
    return BLOOP_OK;
}

static void read_table(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = {
        { "TableName", bl_answer_text, offsetof(bloop_table_description, definition.name) },
        { "AttributeDefinitions", read_attributes, 0 },
        { "KeySchema", read_table_keys, 0 },
        { "TableStatus", read_status, offsetof(bloop_table_description, status) },
        { "CreationDateTime", bl_answer_seconds, offsetof(bloop_table_description, created_at_microseconds) },
        { "ProvisionedThroughput", read_throughput, offsetof(bloop_table_description, definition.throughput) },
        { "TableSizeBytes", bl_answer_uint64, offsetof(bloop_table_description, size_bytes) },
        { "ItemCount", bl_answer_uint64, offsetof(bloop_table_description, item_count) },
        { "TableArn", bl_answer_text, offsetof(bloop_table_description, arn) },
        { "TableId", bl_answer_text, offsetof(bloop_table_description, id) },
        { "BillingModeSummary", read_billing, offsetof(bloop_table_description, definition.billing) },
        { "LocalSecondaryIndexes", read_local, 0 },
        { "GlobalSecondaryIndexes", read_global, 0 },
        { "StreamSpecification", read_stream, offsetof(bloop_table_description, definition.stream) },
        { "LatestStreamLabel", bl_answer_text, offsetof(bloop_table_description, stream_label) },
        { "LatestStreamArn", bl_answer_text, offsetof(bloop_table_description, stream_arn) },
        { "DeletionProtectionEnabled", bl_answer_flag,
          offsetof(bloop_table_description, definition.deletion_protection) },
    };
    table_answer *read = into;
    read->has_table = true;
    bl_answer_members(answer, members, BL_COUNT_OF(members), &read->about);
}

static void read_attributes(bl_answer *answer, void *into)
{
    bloop_table_description *table = into;
    bl_answer_list list = bl_answer_array(answer, sizeof(bloop_attribute_definition), read_attribute);
    table->definition.attributes = list.items;
    table->definition.attribute_count = list.count;
}

static void read_attribute(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = {
        { "AttributeName", bl_answer_text, offsetof(bloop_attribute_definition, name) },
        { "AttributeType", read_attribute_type, offsetof(bloop_attribute_definition, type) },
    };
    bloop_attribute_definition *attribute = into;
    bl_answer_members(answer, members, BL_COUNT_OF(members), attribute);
    if (!attribute->name || attribute->type == BLOOP_TAG_NONE)
        bloop_json_refuse(&answer->reader, "an attribute definition lacks its name or its type");
}

static void read_attribute_type(bl_answer *answer, void *into)
{
    bloop_slice word;
    if (bloop_json_read_string(&answer->reader, &word) == BLOOP_OK)
        *(bloop_tag *)into = bloop_tag_of_name(word.data, word.size);
}

static void read_table_keys(bl_answer *answer, void *into)
{
    bloop_table_definition *table = &((bloop_table_description *)into)->definition;
    read_keys(answer, &table->hash_key, &table->range_key);
}

static void read_index_keys(bl_answer *answer, void *into)
{
    bloop_index_definition *index = &((index_answer *)into)->definition;
    read_keys(answer, &index->hash_key, &index->range_key);
}

static void read_keys(bl_answer *answer, const char **hash_key, const char **range_key)
{
    bl_answer_list list = bl_answer_array(answer, sizeof(key_element), read_key);
    const key_element *elements = list.items;
    for (size_t i = 0; i < list.count; i++) {
        const char **key = elements[i].range ? range_key : hash_key;
        if (*key)
            bloop_json_refuse(&answer->reader, "a key schema with a key of more than two attributes");
        *key = elements[i].name;
    }
    if (!*hash_key)
        bloop_json_refuse(&answer->reader, "a key schema without a hash key");
}

static void read_key(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = {
        { "AttributeName", bl_answer_text, offsetof(key_element, name) },
        { "KeyType", read_key_type, offsetof(key_element, range) },
    };
    bl_answer_members(answer, members, BL_COUNT_OF(members), into);
    if (!((key_element *)into)->name)
        bloop_json_refuse(&answer->reader, "a key without a name");
}

static void read_key_type(bl_answer *answer, void *into)
{
    static const char *const words[] = { "HASH", "RANGE" };
    static const bl_wire_words types = { words, 2 };
    int type;
    if (bl_answer_word(answer, &types, &type))
        *(bool *)into = type == 1;
}

/* What is none of our states (ARCHIVED, INACCESSIBLE_ENCRYPTION_CREDENTIALS …) is at least not ACTIVE. */
static void read_status(bl_answer *answer, void *into)
{
    bloop_slice word;
    if (bloop_json_read_string(&answer->reader, &word) != BLOOP_OK)
        return;
    int status = bl_words_find(&bl_words_table_status, word);
    *(bloop_table_status *)into = status >= 0 ? (bloop_table_status)status : BLOOP_TABLE_UPDATING;
}

static void read_billing(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = { { "BillingMode", read_billing_mode, 0 } };
    bl_answer_members(answer, members, BL_COUNT_OF(members), into);
}

static void read_billing_mode(bl_answer *answer, void *into)
{
    int mode;
    if (bl_answer_word(answer, &bl_words_billing, &mode))
        *(bloop_billing_mode *)into = (bloop_billing_mode)mode;
}

static void read_throughput(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = {
        { "ReadCapacityUnits", bl_answer_int64, offsetof(bloop_throughput, read_units) },
        { "WriteCapacityUnits", bl_answer_int64, offsetof(bloop_throughput, write_units) },
    };
    bl_answer_members(answer, members, BL_COUNT_OF(members), into);
}

/* A stream that is switched off has no type. */
static void read_stream(bl_answer *answer, void *into)
{
    typedef struct stream {
        bool enabled;
        bloop_stream_view_type view;
    } stream;
    static const bl_answer_member members[] = {
        { "StreamEnabled", bl_answer_flag, offsetof(stream, enabled) },
        { "StreamViewType", read_view, offsetof(stream, view) },
    };
    stream read = { 0 };
    bl_answer_members(answer, members, BL_COUNT_OF(members), &read);
    *(bloop_stream_view_type *)into = read.enabled ? read.view : BLOOP_VIEW_NONE;
}

static void read_view(bl_answer *answer, void *into)
{
    int view;
    if (bl_answer_word(answer, &bl_words_view, &view))
        *(bloop_stream_view_type *)into = (bloop_stream_view_type)view;
}

static void read_global(bl_answer *answer, void *into)
{
    bloop_table_description *table = into;
    read_indexes(answer, &table->definition.global_indexes, &table->definition.global_index_count,
                 &table->global_states);
}

static void read_local(bl_answer *answer, void *into)
{
    bloop_table_description *table = into;
    read_indexes(answer, &table->definition.local_indexes, &table->definition.local_index_count, &table->local_states);
}

static void read_indexes(bl_answer *answer, const bloop_index_definition **definitions, size_t *count,
                         const bloop_index_state **states)
{
    bl_answer_list list = bl_answer_array(answer, sizeof(index_answer), read_index);
    const index_answer *indexes = list.items;
    if (list.count == 0)
        return;
    bloop_index_definition *definition = bl_answer_alloc(answer, list.count, sizeof *definition);
    bloop_index_state *state = definition ? bl_answer_alloc(answer, list.count, sizeof *state) : NULL;
    if (!state)
        return;
    for (size_t i = 0; i < list.count; i++) {
        definition[i] = indexes[i].definition;
        state[i] = indexes[i].state;
    }
    *definitions = definition;
    *states = state;
    *count = list.count;
}

static void read_index(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = {
        { "IndexName", bl_answer_text, offsetof(index_answer, definition.name) },
        { "KeySchema", read_index_keys, 0 },
        { "Projection", read_projection, offsetof(index_answer, definition) },
        { "IndexStatus", read_status, offsetof(index_answer, state.status) },
        { "Backfilling", bl_answer_flag, offsetof(index_answer, state.backfilling) },
        { "ProvisionedThroughput", read_throughput, offsetof(index_answer, definition.throughput) },
        { "IndexSizeBytes", bl_answer_uint64, offsetof(index_answer, state.size_bytes) },
        { "ItemCount", bl_answer_uint64, offsetof(index_answer, state.item_count) },
    };
    index_answer *index = into;
    index->state.status = BLOOP_TABLE_ACTIVE; /* local indexes have no status */
    bl_answer_members(answer, members, BL_COUNT_OF(members), index);
    if (!index->definition.name || !index->definition.hash_key)
        bloop_json_refuse(&answer->reader, "an index lacks its name or its key");
}

static void read_projection(bl_answer *answer, void *into)
{
    static const bl_answer_member members[] = {
        { "ProjectionType", read_projection_type, offsetof(bloop_index_definition, projection) },
        { "NonKeyAttributes", read_include, 0 },
    };
    bl_answer_members(answer, members, BL_COUNT_OF(members), into);
}

static void read_projection_type(bl_answer *answer, void *into)
{
    int type;
    if (bl_answer_word(answer, &bl_words_projection, &type))
        *(bloop_projection_type *)into = (bloop_projection_type)type;
}

static void read_include(bl_answer *answer, void *into)
{
    bloop_index_definition *index = into;
    bl_answer_list list = bl_answer_array(answer, sizeof(const char *), bl_answer_text);
    index->include = list.items;
    index->include_count = list.count;
}

static void read_names(bl_answer *answer, void *into)
{
    ((names_answer *)into)->names = bl_answer_array(answer, sizeof(const char *), bl_answer_text);
}
