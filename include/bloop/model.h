/* Models: which attributes the items of a table have, and as what C values.

     BLOOP_MODEL(Account,
         column(UUID,        id,         .hash_key = true),
         column(String,      email),
         column(DateTime,    created_on, .dynamo_name = "c"),
         column(Set(String), tags),
         global_index(by_email, .hash_key = &Account.email, .projection = BLOOP_KEYS),
         table(.name = "accounts", .stream = BLOOP_STREAM_NEW_AND_OLD));

   makes `struct Account`, the object, with one read-only field a column; and `Account`, a constant, the model, with one
   member a column or index (Account.email). A list has at most 96 parts. They are, with the options that follow:

     column(Type, name, …)       members of bloop_column
     global_index(name, …)       members of bloop_index
     local_index(name, …)        members of bloop_index
     omit(name)                  a derived model does without this column or index of its base
     table(…)                    members of bloop_table

   Models across files: BLOOP_DECLARE_MODEL in a header and, with the same list, BLOOP_DEFINE_MODEL in one source file.
   Columns that several models share are a macro that is a list, named in theirs:

     #define STAMPED column(DateTime, created_on), column(DateTime, updated_on)
     BLOOP_MODEL(Document, column(Integer, id, .hash_key = true), STAMPED);

   An abstract model, table(.abstract = true), has no table of its own; others derive from it, as from any other:

     BLOOP_DERIVED_MODEL(Draft, Document, column(String, author));

   A Draft has the columns and indexes of Document, except those that it declares anew or omits, and its own. Those of the
   base are fields of a struct: draft->Document.created_on; and a `struct Draft *` may be used as a `struct Document *`.
   Table options are not inherited. Binding a base binds its descendants that are not abstract. */
#ifndef BLOOP_MODEL_H
#define BLOOP_MODEL_H

#include <bloop/type.h>

BLOOP_BEGIN_C_

typedef struct bloop_model bloop_model;
typedef struct bloop_column bloop_column;
typedef struct bloop_index bloop_index;

/* The three states of a column in an object. Missing: a save leaves the stored attribute alone; none: a save removes it;
   value: a save sets it. */
typedef enum bloop_column_state { BLOOP_MISSING, BLOOP_NONE, BLOOP_VALUE } bloop_column_state;

/* A column's default: a C value with its type. Made by bloop_default(Integer, 1); what
   stands there is an initializer, as in bloop_default(Map(Address), bloop_map_init(Address, set(number, 7))). */
typedef struct bloop_default_value {
    const bloop_type *type; /* NULL: no default */
    const void *value;
} bloop_default_value;
#define bloop_default(T, ...)              \
    {                                      \
        BLOOP_T_##T, (BLOOP_C_##T const[]) \
        {                                  \
            __VA_ARGS__                    \
        }                                  \
    }

/* Computes a default: writes the C value to *value (zeroed, of the column's type) and returns BLOOP_VALUE, or returns
   BLOOP_MISSING or BLOOP_NONE. What the value points to is copied when the function has returned. */
typedef bloop_column_state (*bloop_default_function)(const bloop_column *column, void *value);
/* For UUID columns: a random one. For DateTime and Timestamp columns: the present. */
BLOOP_API bloop_column_state bloop_default_uuid(const bloop_column *column, void *value);
BLOOP_API bloop_column_state bloop_default_now(const bloop_column *column, void *value);

typedef enum bloop_member_kind {
    BLOOP_MEMBER_COLUMN = 1,
    BLOOP_MEMBER_INDEX,
    BLOOP_MEMBER_OMITTED,
    BLOOP_MEMBER_PATH, /* no member: what bloop_at makes of a column */
    BLOOP_MEMBER_SIZE  /* nor this: what bloop_size makes of one */
} bloop_member_kind;

/* A column. The first five members are set by the macros. */
struct bloop_column {
    bloop_member_kind kind;
    const bloop_model *model;
    const char *name;
    const bloop_type *type;
    size_t offset;           /* of the field in the object */
    const char *dynamo_name; /* the attribute's name; NULL: as name */
    bool hash_key, range_key;
    bloop_default_value default_value;       /* for new objects (bloop_new); not for what is loaded */
    bloop_default_function default_function; /* likewise; at most one of the two */
    const bloop_step *steps;                 /* a path's, into the column */
    uint32_t step_count;
};

/* What an index has of each item: all, the keys (of table and index), or these and what `include` names. */
typedef enum bloop_projection { BLOOP_ALL, BLOOP_KEYS, BLOOP_INCLUDE } bloop_projection;

/* An index. The first four members are set by the macros. Columns are given by handle or, in lists that several models
   share, by name; a derived model's index uses its own columns of these names. */
struct bloop_index {
    bloop_member_kind kind;
    const bloop_model *model;
    const char *name;
    bool local;
    const char *dynamo_name;       /* the index's name; NULL: as name */
    const bloop_column *hash_key;  /* required, but for local indexes: these have the table's */
    const bloop_column *range_key; /* required for local indexes */
    const char *hash_key_name, *range_key_name;
    bloop_projection projection;
    const bloop_column *const *include; /* for BLOOP_INCLUDE: bloop_columns(&Account.name, &Account.email) */
    const char *const *include_names;   /* or bloop_names("name", "email") */
    int64_t read_units, write_units;    /* global indexes; 0: what the table in the backend has, or 1 for a new one */
    char bloop_model_;                  /* what models and indexes have, so that macros take nothing else */
    bool lenient;                       /* local indexes: let searches use columns outside the projection, which
                                              DynamoDB then reads from the table */
};
#define bloop_columns(...) ((const bloop_column *const[]){ __VA_ARGS__, NULL })
#define bloop_names(...)   ((const char *const[]){ __VA_ARGS__, NULL })

typedef enum bloop_stream_view {
    BLOOP_NO_STREAM,
    BLOOP_STREAM_KEYS,
    BLOOP_STREAM_NEW,
    BLOOP_STREAM_OLD,
    BLOOP_STREAM_NEW_AND_OLD
} bloop_stream_view;

/* How a table is paid for. BLOOP_ANY_BILLING: as it is in the backend; provisioned when it is new. */
typedef enum bloop_billing { BLOOP_ANY_BILLING, BLOOP_PROVISIONED, BLOOP_ON_DEMAND } bloop_billing;

typedef struct bloop_table {
    const char *name; /* NULL: the model's; the engine may prefix or replace it */
    bool abstract;
    int64_t read_units, write_units; /* 0: what the table in the backend has, or 1 for a new one */
    bloop_stream_view stream;
    bloop_billing billing;
} bloop_table;

/* What the library computes of a model, once. Zeroed at first; the library's own. */
typedef struct bloop_model_state {
    void *derived;
    const bloop_model *next;
    int registered;
} bloop_model_state;

/* The beginning of a model; its members (columns, indexes, omissions) follow it in memory. */
struct bloop_model {
    const char *name;
    const bloop_model *base; /* the model it derives from, or NULL */
    bloop_table table;
    size_t object_size;
    size_t members_size;
    bloop_model_state *state;
};

/* The model of a constant: bloop_model_of(Account). */
#define bloop_model_of(Model) (&(Model).bloop_model_)

/* ---- reading a model

   All of these compute what is derived from the model when it is first used, once, whichever thread comes first. What they
   return belongs to the model. A model that breaks a rule is BLOOP_INVALID_MODEL (or BLOOP_INVALID_STREAM, or
   BLOOP_UNKNOWN_TYPE), with a message that names model, member and rule; functions that return a pointer then return
   NULL. A column or index may be given by the handle of the model or of a base. */

/* BLOOP_OK, or what is wrong with the model. */
BLOOP_API bloop_status bloop_model_check(const bloop_model *model);
/* All columns, those of the base included, in the order of their dynamo names. */
BLOOP_API const bloop_column *const *bloop_model_columns(const bloop_model *model, size_t *count);
/* The hash key, then the range key if there is one. */
BLOOP_API const bloop_column *const *bloop_model_keys(const bloop_model *model, size_t *count);
/* NULL, with the last error BLOOP_OK, when there is none. */
BLOOP_API const bloop_column *bloop_model_hash_key(const bloop_model *model);
BLOOP_API const bloop_column *bloop_model_range_key(const bloop_model *model);
BLOOP_API const bloop_column *bloop_model_column(const bloop_model *model, const char *name);
BLOOP_API const bloop_column *bloop_model_column_by_dynamo_name(const bloop_model *model, const char *dynamo_name);
/* All indexes; the global ones; the local ones; in the order of their dynamo names. */
BLOOP_API const bloop_index *const *bloop_model_indexes(const bloop_model *model, size_t *count);
BLOOP_API const bloop_index *const *bloop_model_gsis(const bloop_model *model, size_t *count);
BLOOP_API const bloop_index *const *bloop_model_lsis(const bloop_model *model, size_t *count);
BLOOP_API const bloop_index *bloop_model_index(const bloop_model *model, const char *name);
/* The table's name before an engine changes it: that of table(.name = …), or the model's. */
BLOOP_API const char *bloop_model_table_name(const bloop_model *model);
/* Whether the model is `base` or derives from it. */
BLOOP_API bool bloop_model_is(const bloop_model *model, const bloop_model *base);
/* The name in DynamoDB. */
BLOOP_API const char *bloop_column_dynamo_name(const bloop_column *column);
BLOOP_API const char *bloop_index_dynamo_name(const bloop_index *index);

/* What a search of an index, or of a table, can give. */
typedef struct bloop_projection_info {
    bloop_projection mode;
    bool strict; /* `available` is `included`: other columns are refused */
    const bloop_column *hash_key;
    const bloop_column *range_key;       /* NULL: none */
    const bloop_column *const *included; /* the columns projected, keys among them */
    size_t included_count;
    const bloop_column *const *available; /* the columns that a search may use */
    size_t available_count;
} bloop_projection_info;
/* Of an index of the model or of a base of it (BLOOP_INVALID_INDEX otherwise); of the whole table for a NULL index. */
BLOOP_API bloop_status bloop_model_projection(const bloop_model *model, const bloop_index *index,
                                              bloop_projection_info *out);

/* For debugging: <Model[Account]>, <Column[Account.id=hash]>, <GSI[Account.by_email=keys]>. Each writes at most `size`
   bytes, always ends in a zero byte, and returns the length that the whole text has. */
BLOOP_API size_t bloop_model_print(const bloop_model *model, char *text, size_t size);
BLOOP_API size_t bloop_column_print(const bloop_column *column, char *text, size_t size);
BLOOP_API size_t bloop_index_print(const bloop_index *index, char *text, size_t size);

/* ---- derived models and models made at run time */

/* Makes a derived model known as a descendant of its base. Those of BLOOP_DERIVED_MODEL are when the program or shared
   library that holds them is loaded; in a static archive, call this so that the linker keeps the model. More than once is
   fine. Fails as bloop_model_check does. */
BLOOP_API bloop_status bloop_model_register(const bloop_model *model);
/* What the load-time constructor calls: never fails, checks nothing. */
BLOOP_API void bloop_model_link(const bloop_model *model);

/* Builds a model field by field, for tools and bindings. */
typedef struct bloop_model_builder bloop_model_builder;
/* A builder for a model of that name, derived from `base` if that is not NULL. NULL when out of memory. */
BLOOP_API bloop_model_builder *bloop_model_builder_new(const char *name, const bloop_model *base);
/* Each adds what it is given; of a column or index, the macros' members but name, type and local are ignored. Names are
   copied; types, default values and columns must outlive the model. The first failure is kept for bloop_model_build, and
   returned. */
BLOOP_API bloop_status bloop_model_add_column(bloop_model_builder *builder, const bloop_column *column);
BLOOP_API bloop_status bloop_model_add_index(bloop_model_builder *builder, const bloop_index *index);
BLOOP_API bloop_status bloop_model_omit(bloop_model_builder *builder, const char *name);
BLOOP_API bloop_status bloop_model_set_table(bloop_model_builder *builder, const bloop_table *table);
/* The finished and checked model, registered if it has a base; the caller's, for bloop_model_free. Consumes the builder,
   also when it fails (NULL). */
BLOOP_API bloop_model *bloop_model_build(bloop_model_builder *builder);
/* Releases a builder that is not built from. NULL is fine. */
BLOOP_API void bloop_model_builder_free(bloop_model_builder *builder);
/* Frees a model that bloop_model_build made, when no object, engine or derived model uses it any more. */
BLOOP_API void bloop_model_free(bloop_model *model);

/* ---- the macros */

/* Each level of macros is three lines of what a compiler says of a mistake: so the structs are written out twice, and the
   elements' macros are called by name (BLOOP_EACH_AS_ itself would have expanded BLOOP_FIELD_, which stands for an empty
   part). */
#define BLOOP_MODEL(Model, ...)                                                            \
    struct Model {                                                                         \
        bloop_object bloop_object_;                                                        \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_FIELD_, __VA_ARGS__)  \
    };                                                                                     \
    extern const struct Model##_model {                                                    \
        bloop_model bloop_model_;                                                          \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_HANDLE_, __VA_ARGS__) \
    } Model;                                                                               \
    BLOOP_DEFINE_MODEL(Model, __VA_ARGS__)
#define BLOOP_DECLARE_MODEL(Model, ...)                                                    \
    struct Model {                                                                         \
        bloop_object bloop_object_;                                                        \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_FIELD_, __VA_ARGS__)  \
    };                                                                                     \
    extern const struct Model##_model {                                                    \
        bloop_model bloop_model_;                                                          \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_HANDLE_, __VA_ARGS__) \
    } Model
#define BLOOP_DEFINE_MODEL(Model, ...) \
    const struct Model##_model Model = { BLOOP_EACH_(BLOOP_INIT_, Model, __VA_ARGS__) BLOOP_INIT_MODEL_(Model) }

#define BLOOP_DERIVED_MODEL(Model, Base, ...)                                              \
    struct Model {                                                                         \
        union {                                                                            \
            bloop_object bloop_object_;                                                    \
            struct Base Base;                                                              \
        };                                                                                 \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_FIELD_, __VA_ARGS__)  \
    };                                                                                     \
    extern const struct Model##_model {                                                    \
        bloop_model bloop_model_;                                                          \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_HANDLE_, __VA_ARGS__) \
    } Model;                                                                               \
    BLOOP_DEFINE_DERIVED_MODEL(Model, Base, __VA_ARGS__)
#define BLOOP_DECLARE_DERIVED_MODEL(Model, Base, ...)                                      \
    struct Model {                                                                         \
        union {                                                                            \
            bloop_object bloop_object_;                                                    \
            struct Base Base;                                                              \
        };                                                                                 \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_FIELD_, __VA_ARGS__)  \
    };                                                                                     \
    extern const struct Model##_model {                                                    \
        bloop_model bloop_model_;                                                          \
        BLOOP_JOIN_(BLOOP_EACH_AS_, BLOOP_COUNT_(__VA_ARGS__))(BLOOP_HANDLE_, __VA_ARGS__) \
    } Model
#define BLOOP_DEFINE_DERIVED_MODEL(Model, Base, ...)                                                            \
    __attribute__((constructor)) static void bloop_link_##Model(void)                                           \
    {                                                                                                           \
        bloop_model_link(&Model.bloop_model_);                                                                  \
    }                                                                                                           \
    const struct Model##_model Model = { BLOOP_EACH_(BLOOP_INIT_, Model, __VA_ARGS__) BLOOP_INIT_MODEL_(Model), \
                                         .bloop_model_.base = &(Base).bloop_model_ }

#define BLOOP_INIT_MODEL_(Model)                                                     \
    .bloop_model_.name = #Model, .bloop_model_.object_size = sizeof(struct Model),   \
    .bloop_model_.members_size = sizeof(struct Model##_model) - sizeof(bloop_model), \
    .bloop_model_.state = &(bloop_model_state)                                       \
    {                                                                                \
        0                                                                            \
    }

/* A part becomes a field of the object, a member of the model, and its initializer. */
#define BLOOP_FIELD_
#define BLOOP_FIELD_column(...)    BLOOP_FIELD_OF_(__VA_ARGS__, )
#define BLOOP_FIELD_OF_(T, n, ...) BLOOP_C_##T const n;
#define BLOOP_FIELD_global_index(...)
#define BLOOP_FIELD_local_index(...)
#define BLOOP_FIELD_omit(...)
#define BLOOP_FIELD_table(...)

#define BLOOP_HANDLE_
#define BLOOP_HANDLE_column(...)        BLOOP_COLUMN_HANDLE_(__VA_ARGS__, )
#define BLOOP_COLUMN_HANDLE_(T, n, ...) bloop_column n;
#define BLOOP_HANDLE_global_index(...)  BLOOP_INDEX_HANDLE_(__VA_ARGS__, )
#define BLOOP_HANDLE_local_index(...)   BLOOP_INDEX_HANDLE_(__VA_ARGS__, )
#define BLOOP_INDEX_HANDLE_(n, ...)     bloop_index n;
#define BLOOP_HANDLE_omit(n)            bloop_column n;
#define BLOOP_HANDLE_table(...)

#define BLOOP_INIT_(Model, part)       BLOOP_CALL_(BLOOP_INIT1_, Model, BLOOP_PART_##part)
#define BLOOP_INIT1_(Model, kind, ...) BLOOP_INIT_##kind(Model, __VA_ARGS__)
#define BLOOP_INIT_column(Model, T, n, ...)     \
    .n = { .kind = BLOOP_MEMBER_COLUMN,         \
           .model = &Model.bloop_model_,        \
           .name = #n,                          \
           .type = BLOOP_T_##T,                 \
           .offset = offsetof(struct Model, n), \
           __VA_ARGS__ },
#define BLOOP_INIT_index(Model, is, n, ...) \
    .n = { .kind = BLOOP_MEMBER_INDEX, .model = &Model.bloop_model_, .name = #n, .local = is, __VA_ARGS__ },
#define BLOOP_INIT_omit(Model, n, ...) .n = { .kind = BLOOP_MEMBER_OMITTED, .model = &Model.bloop_model_, .name = #n },
#define BLOOP_INIT_table(Model, ...)   .bloop_model_.table = { __VA_ARGS__ },

/* The beginning of every object. The library's own. */
typedef struct bloop_object {
    const bloop_model *model;
    void *state;
} bloop_object;

BLOOP_END_C_

#endif
