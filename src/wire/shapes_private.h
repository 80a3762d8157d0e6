/* Shapes: the structures of the service model as tables, and the C structs that requests are read into by them. */
#ifndef BL_WIRE_SHAPES_PRIVATE_H
#define BL_WIRE_SHAPES_PRIVATE_H

#include "wire/names_private.h"
#include "wire/wire.h"

/* Values as they are read. Zeroed is absent, which is also what null is. */
typedef struct bl_in_choice { /* of an enumeration */
    bloop_slice text;
    int value; /* -1 when the text is none of its words */
} bl_in_choice;
typedef enum bl_in_truth { BL_IN_ABSENT, BL_IN_FALSE, BL_IN_TRUE } bl_in_truth;
typedef struct bl_in_integer {
    bool present;
    int64_t value;
} bl_in_integer;
/* An attribute value, or a map of them; in the service, what is wrong with one is told late. */
typedef struct bl_in_value {
    bool present;
    bloop_value value; /* data NULL when there is a fault */
    const char *fault; /* the service's message; NULL: none */
} bl_in_value;
typedef struct bl_in_list {
    bool present;
    void *elements;
    size_t count;
} bl_in_list;

typedef enum bl_in_kind {
    BL_IN_TEXT,    /* bloop_slice; absent: data NULL */
    BL_IN_CHOICE,  /* bl_in_choice */
    BL_IN_BOOLEAN, /* bl_in_truth */
    BL_IN_INTEGER, /* bl_in_integer */
    BL_IN_VALUE,   /* bl_in_value, an attribute value */
    BL_IN_ITEM,    /* bl_in_value, a map of attribute values */
    BL_IN_STRUCT,  /* a struct that begins with a bool: present */
    BL_IN_LIST,    /* bl_in_list of what `of` describes */
    BL_IN_MAP      /* bl_in_list of elements that begin with a bloop_slice, the key; behind it what `of` describes */
} bl_in_kind;
#define BL_IN_KIND_COUNT 9

struct bl_member;
typedef struct bl_shape {
    bl_in_kind kind;
    size_t size;      /* of the C value */
    const char *java; /* the type's name in the service's messages */
    const struct bl_shape *of;
    const struct bl_member *members; /* of a STRUCT, in the order in which the service looks at them */
    size_t count;
    const bl_wire_words *words; /* of a CHOICE */
    const char *set;            /* and how messages list them */
} bl_shape;

/* What is to hold for a member besides its type. */
typedef enum bl_rule {
    BL_RULE_NONE,
    BL_RULE_NAME,      /* a name of kind `low` (bl_name_kind) */
    BL_RULE_PARAMETER, /* likewise, and the message of its absence names a parameter */
    BL_RULE_LENGTH,    /* characters or elements, `low` to `high`; high 0: no limit */
    BL_RULE_RANGE,     /* `low` to `high`; high 0: no limit */
    BL_RULE_LIMIT,     /* at least 1, in the words that Query has for it */
    BL_RULE_TABLES, /* keys are names of tables, and lists in it have `low` to `high` elements; high 0: no such rule */
    BL_RULE_KEYS    /* the keys of one table of BatchGetItem: at least one, in its words */
} bl_rule;

typedef struct bl_member {
    const char *name;
    uint8_t name_size;
    bool required;
    uint16_t offset;
    bl_rule rule;
    int32_t low, high;
    const bl_shape *shape;
} bl_member;

/* A member of the service, field `field` of the struct `type`; the second with its rule. */
#define BL_MEMBER(type, field, json_name, value_shape)                                            \
    {                                                                                             \
        .name = (json_name), .name_size = sizeof(json_name) - 1, .offset = offsetof(type, field), \
        .shape = &(value_shape)                                                                   \
    }
#define BL_MEMBER_WITH(type, field, json_name, value_shape, ...)                                  \
    {                                                                                             \
        .name = (json_name), .name_size = sizeof(json_name) - 1, .offset = offsetof(type, field), \
        .shape = &(value_shape), __VA_ARGS__                                                      \
    }

/* What tables of shapes are made of. */
#define BL_JAVA_PACKAGE "com.amazonaws.dynamodb.v20120810."
#define BL_WORDS(list)            \
    {                             \
        (list), BL_COUNT_OF(list) \
    }
#define BL_CHOICE(java_name, word_table, message)                                                        \
    {                                                                                                    \
        .kind = BL_IN_CHOICE, .size = sizeof(bl_in_choice), .java = (java_name), .words = &(word_table), \
        .set = (message)                                                                                 \
    }
#define BL_STRUCT(type, java_name, member_table)                                                    \
    {                                                                                               \
        .kind = BL_IN_STRUCT, .size = sizeof(type), .java = (java_name), .members = (member_table), \
        .count = BL_COUNT_OF(member_table)                                                          \
    }
#define BL_LIST(java_name, shape)                                                           \
    {                                                                                       \
        .kind = BL_IN_LIST, .size = sizeof(bl_in_list), .java = (java_name), .of = &(shape) \
    }
#define BL_MAP(java_name, shape)                                                           \
    {                                                                                      \
        .kind = BL_IN_MAP, .size = sizeof(bl_in_list), .java = (java_name), .of = &(shape) \
    }

/* Shapes that several structures have. */
extern const bl_shape bl_shape_text, bl_shape_boolean, bl_shape_integer, bl_shape_long, bl_shape_value, bl_shape_item,
    bl_shape_values, bl_shape_texts, bl_shape_names, bl_shape_capacity;
/* The input of operations. */
extern const bl_shape bl_shape_get, bl_shape_put, bl_shape_delete, bl_shape_update, bl_shape_query, bl_shape_scan,
    bl_shape_batch_get, bl_shape_batch_write, bl_shape_create_table, bl_shape_update_table, bl_shape_table_name,
    bl_shape_list_tables, bl_shape_list_tags;

/* ComparisonOperator. */
typedef enum bl_in_comparison {
    BL_IN_EQ,
    BL_IN_NE,
    BL_IN_LE,
    BL_IN_LT,
    BL_IN_GE,
    BL_IN_GT,
    BL_IN_NOT_NULL,
    BL_IN_NULL,
    BL_IN_CONTAINS,
    BL_IN_NOT_CONTAINS,
    BL_IN_BEGINS_WITH,
    BL_IN_IN,
    BL_IN_BETWEEN
} bl_in_comparison;
#define BL_IN_COMPARISON_COUNT 13
extern const bl_wire_words bl_words_comparison;
/* Action of AttributeUpdates. */
typedef enum bl_in_action { BL_IN_PUT, BL_IN_ADD, BL_IN_DELETE } bl_in_action;
/* ConditionalOperator. */
typedef enum bl_in_operator { BL_IN_AND, BL_IN_OR } bl_in_operator;
/* ReturnItemCollectionMetrics and ReturnValuesOnConditionCheckFailure. */
typedef enum bl_in_metrics { BL_IN_METRICS_NONE, BL_IN_METRICS_SIZE } bl_in_metrics;
typedef enum bl_in_failure { BL_IN_FAILURE_NONE, BL_IN_FAILURE_ALL_OLD } bl_in_failure;
/* KeyType. */
typedef enum bl_in_key_type { BL_IN_HASH, BL_IN_RANGE } bl_in_key_type;

/* The input of an operation: GetItem, PutItem, UpdateItem, DeleteItem, Query or Scan; each has some of it. */
typedef struct bl_in_named_value {
    bloop_slice name;
    bl_in_value value;
} bl_in_named_value;
typedef struct bl_in_condition {
    bool present;
    bl_in_list values; /* bl_in_value */
    bl_in_choice comparison;
    bl_in_truth exists; /* this and the next: Expected alone */
    bl_in_value value;
} bl_in_condition;
typedef struct bl_in_named_condition {
    bloop_slice name;
    bl_in_condition condition;
} bl_in_named_condition;
typedef struct bl_in_update {
    bool present;
    bl_in_choice action;
    bl_in_value value;
} bl_in_update;
typedef struct bl_in_named_update {
    bloop_slice name;
    bl_in_update update;
} bl_in_named_update;
/* What makes a projection; also of each table of BatchGetItem. */
typedef struct bl_in_projection {
    bloop_slice expression;
    bl_in_list attributes; /* bloop_slice */
    bl_in_list names;      /* bloop_name_placeholder */
} bl_in_projection;
typedef struct bl_in_items {
    bool present;
    bl_in_truth consistent, forward;
    bloop_slice table, index;
    bl_in_value item; /* Item or Key */
    bl_in_value start;
    bl_in_projection projection;
    bl_in_list values; /* bl_in_named_value */
    bloop_slice condition, update, key_condition, filter;
    bl_in_list expected, key_conditions, filters; /* bl_in_named_condition */
    bl_in_list updates;                           /* bl_in_named_update */
    bl_in_choice operator_, return_values, return_on_failure, capacity, metrics, select;
    bl_in_integer limit, segment, total_segments;
} bl_in_items;

/* BatchGetItem and BatchWriteItem. */
typedef struct bl_in_keys {
    bool present;
    bl_in_truth consistent;
    bl_in_list keys; /* bl_in_value */
    bl_in_projection projection;
} bl_in_keys;
typedef struct bl_in_table_keys {
    bloop_slice table;
    bl_in_keys keys;
} bl_in_table_keys;
typedef struct bl_in_document {
    bool present;
    bl_in_value item;
} bl_in_document;
typedef struct bl_in_write {
    bool present;
    bl_in_document put, delete_;
} bl_in_write;
typedef struct bl_in_table_writes {
    bloop_slice table;
    bl_in_list writes; /* bl_in_write */
} bl_in_table_writes;
typedef struct bl_in_batch {
    bool present;
    bl_in_list tables; /* bl_in_table_keys or bl_in_table_writes */
    bl_in_choice capacity, metrics;
} bl_in_batch;

/* CreateTable, UpdateTable and the calls that name a table. */
typedef struct bl_in_attribute {
    bool present;
    bloop_slice name;
    bl_in_choice type;
} bl_in_attribute;
typedef struct bl_in_key {
    bool present;
    bloop_slice name;
    bl_in_choice type;
} bl_in_key;
typedef struct bl_in_units {
    bool present;
    bl_in_integer read, write;
} bl_in_units;
typedef struct bl_in_index_projection {
    bool present;
    bl_in_choice type;
    bl_in_list include; /* bloop_slice */
} bl_in_index_projection;
typedef struct bl_in_index {
    bool present;
    bloop_slice name;
    bl_in_list key; /* bl_in_key */
    bl_in_index_projection projection;
    bl_in_units throughput, on_demand, warm;
} bl_in_index;
typedef struct bl_in_index_change {
    bool present;
    bl_in_index create, update, delete_;
} bl_in_index_change;
typedef struct bl_in_stream {
    bool present;
    bl_in_truth enabled;
    bl_in_choice view;
} bl_in_stream;
typedef struct bl_in_encryption {
    bool present;
    bl_in_truth enabled;
    bl_in_choice type;
    bloop_slice key;
} bl_in_encryption;
typedef struct bl_in_tag {
    bool present;
    bloop_slice key, value;
} bl_in_tag;
typedef struct bl_in_table {
    bool present;
    bl_in_truth protection;
    bloop_slice name; /* of the table; ListTables: the one to start after; ListTagsOfResource: the ARN */
    bl_in_list attributes, key, global, local, tags, changes;
    bl_in_choice billing, table_class;
    bl_in_units throughput, on_demand, warm;
    bl_in_stream stream;
    bl_in_encryption encryption;
    bloop_slice policy;
    bl_in_integer limit;
} bl_in_table;

#endif
