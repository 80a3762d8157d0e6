/* Types: how the C value of a column, or of an element in it, becomes an attribute value and comes back.

   In a model, a type is written by its short name:

     String         const char *        S      a stored string with U+0000 in it is refused: use Text
     Text           bloop_slice         S      with a length
     Binary         bloop_bytes         B
     Boolean        bool                BOOL
     UUID           bloop_uuid          S      36 characters
     Number         bloop_number        N      exact, 38 digits
     Integer        int64_t             N      a stored fraction is cut off; one that does not fit is refused
     Double         double              N
     DateTime       bloop_datetime      S      2016-08-09T01:16:25.322849+00:00, in UTC, so that text order is time order
     Timestamp      bloop_datetime      N      whole seconds since 1970
     Dynamic        bloop_value         any    for documents without a structure: bloop/value.h, and bloop/json.h
     Set(T)         bloop_set_of_T      SS NS BS
     List(T)        bloop_list_of_T     L
     Map(M)         struct M            M      named by BLOOP_MAP
     Named(N)       N                          named by BLOOP_TYPE, BLOOP_LIST or BLOOP_SET

   Every C type has a descriptor, a bloop_type: Integer's is bloop_type_Integer. A binding to another language uses these.

   An empty set is stored as nothing, since DynamoDB has none; empty strings, binaries, lists and maps are stored. A
   stored NULL is read as no value. Lists in lists are named first, since the preprocessor does not expand List inside
   List:

     BLOOP_LIST(Answers, String);
     ... column(List(Named(Answers)), quizzes) ...                                                                      */
#ifndef BLOOP_TYPE_H
#define BLOOP_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/datetime.h>
#include <bloop/each.h>
#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/expr.h>
#include <bloop/number.h>
#include <bloop/value.h>

BLOOP_BEGIN_C_

struct bloop_engine;

typedef struct bloop_uuid {
    uint8_t bytes[16];
} bloop_uuid;

typedef struct bloop_bytes {
    const void *data;
    size_t size;
} bloop_bytes;

/* A random UUID (version 4). Fails only when the system gives no random bytes. */
BLOOP_API bloop_status bloop_uuid_random(bloop_uuid *out);
/* From "8-4-4-4-12" hexadecimal digits, of either case. BLOOP_INVALID_VALUE otherwise. `size` bytes. */
BLOOP_API bloop_status bloop_uuid_parse(const char *text, size_t size, bloop_uuid *out);
/* To 36 characters in lower case and a zero byte. */
#define BLOOP_UUID_TEXT_SIZE 37
BLOOP_API void bloop_uuid_format(bloop_uuid value, char *text);

/* What a type exchanges with the library: a value of its backing type, with the member that `tag` says:
   S .text; B .binary; N .number; BOOL .boolean; SS NS BS L M and Dynamic .packed. */
typedef struct bloop_stored {
    bloop_tag tag;
    union {
        bloop_slice text;
        bloop_bytes binary;
        bloop_number number;
        bool boolean;
        bloop_value packed;
    } as;
} bloop_stored;

/* Where a type allocates what its C values point to. */
typedef struct bloop_memory bloop_memory;
/* Zeroed memory that lives as long as the value that is being loaded (in `load`) or until the value is stored (in
   `dump`); aligned for any type. NULL when out of memory: return bloop_last_error()->status then. Never freed singly. */
BLOOP_API void *bloop_memory_alloc(bloop_memory *memory, size_t size);

/* What a C value is, for those who have to convert to it: a condition's operand, a default, a print-out. */
typedef enum bloop_kind {
    BLOOP_KIND_OTHER = 0,
    BLOOP_KIND_BOOL,
    BLOOP_KIND_SIGNED, /* integers of 1, 2, 4 or 8 bytes, enumerations among them */
    BLOOP_KIND_UNSIGNED,
    BLOOP_KIND_DOUBLE,
    BLOOP_KIND_STRING, /* const char * */
    BLOOP_KIND_TEXT,   /* bloop_slice */
    BLOOP_KIND_BYTES,  /* bloop_bytes */
    BLOOP_KIND_UUID,
    BLOOP_KIND_NUMBER,
    BLOOP_KIND_DATETIME,
    BLOOP_KIND_VALUE, /* bloop_value */
    BLOOP_KIND_ITEMS, /* { T const *items; size_t count; }: sets and lists */
    BLOOP_KIND_MAP    /* a struct of keys */
} bloop_kind;

typedef struct bloop_type bloop_type;
typedef struct bloop_key bloop_key;

/* A type. Those of your own are constants like the library's (BLOOP_TYPE makes one); what is zero has the stated default.

   A conversion returns BLOOP_OK, or a status after bloop_type_fail(); it may be called from many threads at once. */
struct bloop_type {
    const char *name;  /* for messages and print-outs */
    bloop_tag backing; /* what it is stored as; BLOOP_TAG_NONE: as `like`, or, for Dynamic, anything */
    bloop_kind kind;
    size_t size;             /* of the C value */
    const bloop_type *inner; /* sets and lists: the type of an element */
    const bloop_type *like;  /* the type that does what this one leaves out; NULL: none */
    const void *argument;    /* for the conversions: a table of names, a time zone, a number of digits */
    const bloop_key *keys;   /* maps */
    size_t key_count;
    /* From and to a value of the backing type. `value` is the C value, all zeros before a load. `dump` is handed *stored
       with the backing tag and sets the member; with the tag changed to BLOOP_TAG_NONE, nothing is stored. */
    bloop_status (*load)(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory);
    bloop_status (*dump)(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory);
    /* Instead of these, from and to packed values: the wire level. `stored` has any tag but NULL, and lives as long as
       the C value, which may point into it. dump_value writes exactly one value. Elements of sets have no packed form:
       types for them need the two above. */
    bloop_status (*load_value)(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory);
    bloop_status (*dump_value)(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory);
    /* Whether a C value is stored as nothing; for types with dump_value. NULL: none is. */
    bool (*is_absent)(const bloop_type *type, const void *value);
    /* Whether conditions may use an operator on the type. NULL: as DynamoDB has it for the backing type. */
    bool (*supports)(const bloop_type *type, bloop_expr_kind operation);
    /* Called, once a bind and after those of the types within it, when a model that uses the type is bound to an engine.
       A failure fails the bind. NULL: nothing to do. */
    bloop_status (*on_register)(const bloop_type *type, struct bloop_engine *engine);
};

/* A key of a map. `offset` is that of the C value in the struct; its bit in `bloop_present_` is its position. */
struct bloop_key {
    const char *name;
    const bloop_type *type;
    size_t offset;
    const char *dynamo_name; /* NULL: as name */
};

/* Sets the thread's last error (printf's format) and returns the status: how a conversion fails. The library puts the
   model's and column's names before the message. */
BLOOP_API bloop_status bloop_type_fail(bloop_status status, const char *format, ...) BLOOP_PRINTF_(2, 3);
/* Converts with another type, typically the built-in one that a type builds on. */
BLOOP_API bloop_status bloop_type_load(const bloop_type *type, const bloop_stored *stored, void *value,
                                       bloop_memory *memory);
BLOOP_API bloop_status bloop_type_dump(const bloop_type *type, const void *value, bloop_stored *stored,
                                       bloop_memory *memory);
/* What it is stored as, `like` and inner types considered; BLOOP_TAG_NONE for Dynamic and for types that are incomplete. */
BLOOP_API bloop_tag bloop_type_backing(const bloop_type *type);
/* The type as text, such as "Set(Integer)". Writes at most `size` bytes, always ends in a zero byte, and returns the
   length that the whole text has. */
BLOOP_API size_t bloop_type_print(const bloop_type *type, char *text, size_t size);

BLOOP_API extern const bloop_type bloop_type_String, bloop_type_Text, bloop_type_Binary, bloop_type_Boolean,
    bloop_type_UUID, bloop_type_Number, bloop_type_Integer, bloop_type_Double, bloop_type_DateTime,
    bloop_type_Timestamp, bloop_type_Dynamic;
/* What Set(T), List(T) and Map(M) are like. Not usable by themselves. */
BLOOP_API extern const bloop_type bloop_type_Set, bloop_type_List, bloop_type_Map;

#if defined(__GNUC__)
#    define BLOOP_UNUSED_ __attribute__((unused))
#else
#    define BLOOP_UNUSED_
#endif

/* BLOOP_C_x is the C type of x, BLOOP_T_x (an expression) points to its descriptor. */
#define BLOOP_C_String    const char *
#define BLOOP_C_Text      bloop_slice
#define BLOOP_C_Binary    bloop_bytes
#define BLOOP_C_Boolean   bool
#define BLOOP_C_UUID      bloop_uuid
#define BLOOP_C_Number    bloop_number
#define BLOOP_C_Integer   int64_t
#define BLOOP_C_Double    double
#define BLOOP_C_DateTime  bloop_datetime
#define BLOOP_C_Timestamp bloop_datetime
#define BLOOP_C_Dynamic   bloop_value
#define BLOOP_C_Set(T)    bloop_set_of_##T
#define BLOOP_C_List(T)   bloop_list_of_##T
#define BLOOP_C_Map(M)    struct M
#define BLOOP_C_Named(N)  N

#define BLOOP_T_String    &bloop_type_String
#define BLOOP_T_Text      &bloop_type_Text
#define BLOOP_T_Binary    &bloop_type_Binary
#define BLOOP_T_Boolean   &bloop_type_Boolean
#define BLOOP_T_UUID      &bloop_type_UUID
#define BLOOP_T_Number    &bloop_type_Number
#define BLOOP_T_Integer   &bloop_type_Integer
#define BLOOP_T_Double    &bloop_type_Double
#define BLOOP_T_DateTime  &bloop_type_DateTime
#define BLOOP_T_Timestamp &bloop_type_Timestamp
#define BLOOP_T_Dynamic   &bloop_type_Dynamic
#define BLOOP_T_Map(M)    &bloop_map_type_##M
#define BLOOP_T_Named(N)  &bloop_type_of_##N
#define BLOOP_T_Set(T)            \
    &(const bloop_type)           \
    {                             \
        BLOOP_SET_INIT_("Set", T) \
    }
#define BLOOP_T_List(T)             \
    &(const bloop_type)             \
    {                               \
        BLOOP_LIST_INIT_("List", T) \
    }

#define BLOOP_SET_INIT_(text, T)                                                                        \
    .name = text, .kind = BLOOP_KIND_ITEMS, .size = sizeof(bloop_set_of_Integer), .inner = BLOOP_T_##T, \
    .like = &bloop_type_Set
#define BLOOP_LIST_INIT_(text, T)                                                                          \
    .name = text, .backing = BLOOP_TAG_L, .kind = BLOOP_KIND_ITEMS, .size = sizeof(bloop_list_of_Integer), \
    .inner = BLOOP_T_##T, .like = &bloop_type_List

/* bloop_list_of_String, bloop_set_of_String, and bloop_list_of_set_of_String for List(Set(String)): variables and
   parameters may be of these types. */
#define BLOOP_COLLECTIONS_OF_(T)                \
    typedef struct bloop_list_of_##T {          \
        BLOOP_C_##T const *items;               \
        size_t count;                           \
    } bloop_list_of_##T;                        \
    typedef bloop_list_of_##T bloop_set_of_##T; \
    typedef struct bloop_list_of_set_of_##T {   \
        bloop_set_of_##T const *items;          \
        size_t count;                           \
    } bloop_list_of_set_of_##T

BLOOP_COLLECTIONS_OF_(String);
BLOOP_COLLECTIONS_OF_(Text);
BLOOP_COLLECTIONS_OF_(Binary);
BLOOP_COLLECTIONS_OF_(Boolean);
BLOOP_COLLECTIONS_OF_(UUID);
BLOOP_COLLECTIONS_OF_(Number);
BLOOP_COLLECTIONS_OF_(Integer);
BLOOP_COLLECTIONS_OF_(Double);
BLOOP_COLLECTIONS_OF_(DateTime);
BLOOP_COLLECTIONS_OF_(Timestamp);
BLOOP_COLLECTIONS_OF_(Dynamic);

#define bloop_list_of_Map(M)   struct M##_list
#define bloop_list_of_Named(N) N##_list
#define bloop_set_of_Named(N)  N##_list
#define bloop_list_of_Set(T)   bloop_list_of_set_of_##T

/* Names a list or a set, to nest it or to pass it around: Named(N) is then a type, N its C type. */
#define BLOOP_LIST(N, T) BLOOP_COLLECTION_(N, T, BLOOP_LIST_INIT_(#N, T))
#define BLOOP_SET(N, T)  BLOOP_COLLECTION_(N, T, BLOOP_SET_INIT_(#N, T))
#define BLOOP_COLLECTION_(N, T, ...) \
    typedef struct N {               \
        BLOOP_C_##T const *items;    \
        size_t count;                \
    } N;                             \
    typedef struct N##_list {        \
        N const *items;              \
        size_t count;                \
    } N##_list;                      \
    static const bloop_type bloop_type_of_##N BLOOP_UNUSED_ = { __VA_ARGS__ }

/* Names a type of your own, or a built-in one with an argument: Named(N) is then a type, N its C type, the rest members of
   bloop_type. `C` may be a typedef called N already.

     BLOOP_TYPE(BerlinTime, bloop_datetime, BLOOP_ZONED("Europe/Berlin"));
     BLOOP_TYPE(Price, bloop_number, BLOOP_ROUNDED(10));
     BLOOP_TYPE(Color, enum color, .backing = BLOOP_TAG_S, .load = color_load, .dump = color_dump);                     */
#define BLOOP_TYPE(N, C, ...)                                                 \
    typedef C N;                                                              \
    typedef struct N##_list {                                                 \
        N const *items;                                                       \
        size_t count;                                                         \
    } N##_list;                                                               \
    static const bloop_type bloop_type_of_##N BLOOP_UNUSED_ = {               \
        .name = #N, .kind = BLOOP_KIND_OF_(N), .size = sizeof(N), __VA_ARGS__ \
    }

/* A DateTime whose local values are in an IANA time zone. What is stored is in UTC all the same. */
#define BLOOP_ZONED(zone) .like = &bloop_type_DateTime, .argument = (zone)
/* A Number that is rounded to `digits` significant digits (half to even), on load and on dump. */
#define BLOOP_ROUNDED(digits)                            \
    .like = &bloop_type_Number, .argument = &(const int) \
    {                                                    \
        digits                                           \
    }

#define BLOOP_KIND_OF_(C) \
    _Generic(*(C *)0,                                                                                                  \
             bool: BLOOP_KIND_BOOL,                                                                                    \
             char: (char)-1 < 0 ? BLOOP_KIND_SIGNED : BLOOP_KIND_UNSIGNED,                                             \
             signed char: BLOOP_KIND_SIGNED,                                                                           \
             short: BLOOP_KIND_SIGNED,                                                                                 \
             int: BLOOP_KIND_SIGNED,                                                                                   \
             long: BLOOP_KIND_SIGNED,                                                                                  \
             long long: BLOOP_KIND_SIGNED,                                                                             \
             unsigned char: BLOOP_KIND_UNSIGNED,                                                                       \
             unsigned short: BLOOP_KIND_UNSIGNED,                                                                      \
             unsigned int: BLOOP_KIND_UNSIGNED,                                                                        \
             unsigned long: BLOOP_KIND_UNSIGNED,                                                                       \
             unsigned long long: BLOOP_KIND_UNSIGNED,                                                                  \
             double: BLOOP_KIND_DOUBLE,                                                                                \
             char *: BLOOP_KIND_STRING,                                                                                \
             const char *: BLOOP_KIND_STRING,                                                                          \
             bloop_slice: BLOOP_KIND_TEXT,                                                                             \
             bloop_bytes: BLOOP_KIND_BYTES,                                                                            \
             bloop_uuid: BLOOP_KIND_UUID,                                                                              \
             bloop_number: BLOOP_KIND_NUMBER,                                                                          \
             bloop_datetime: BLOOP_KIND_DATETIME,                                                                      \
             bloop_value: BLOOP_KIND_VALUE,                                                                            \
             default: BLOOP_KIND_OTHER)

/* What stands in the lists of models and maps: kind(…). Each becomes `kind, arguments, `. */
#define BLOOP_PART_
#define BLOOP_PART_key(...)          __VA_ARGS__,
#define BLOOP_PART_set(name, ...)    name, __VA_ARGS__
#define BLOOP_PART_column(...)       column, __VA_ARGS__,
#define BLOOP_PART_omit(...)         omit, __VA_ARGS__,
#define BLOOP_PART_global_index(...) index, false, __VA_ARGS__,
#define BLOOP_PART_local_index(...)  index, true, __VA_ARGS__,
#define BLOOP_PART_table(...)        table, __VA_ARGS__,
#define BLOOP_CALL_(M, ...)          M(__VA_ARGS__)

/* Names a map: Map(M) is then a type and struct M its C type, with one field a key. At most 64 keys. A map may contain
   lists of itself.

     BLOOP_MAP(Address,
         key(String,  street),
         key(Integer, number, .dynamo_name = "house-number"));

   Stored keys that the map does not name are ignored on load, and lost when the map is saved, since DynamoDB replaces a
   map as a whole. */
#define BLOOP_MAP(M, ...)                                                                                        \
    struct M##_list {                                                                                            \
        struct M const *items;                                                                                   \
        size_t count;                                                                                            \
    };                                                                                                           \
    struct M {                                                                                                   \
        uint64_t bloop_present_;                                                                                 \
        BLOOP_EACH_(BLOOP_KEY_FIELD_, M, __VA_ARGS__)                                                            \
    };                                                                                                           \
    enum { BLOOP_EACH_(BLOOP_KEY_BIT_, M, __VA_ARGS__) bloop_keys_in_##M };                                      \
    _Static_assert(bloop_keys_in_##M <= 64, "Bloop: map " #M " has more than 64 keys");                          \
    static const bloop_type bloop_map_type_##M;                                                                  \
    static const bloop_key bloop_keys_of_##M[] BLOOP_UNUSED_ = { BLOOP_EACH_(BLOOP_KEY_INIT_, M, __VA_ARGS__) }; \
    static const bloop_type bloop_map_type_##M BLOOP_UNUSED_ = { .name = #M,                                     \
                                                                 .backing = BLOOP_TAG_M,                         \
                                                                 .kind = BLOOP_KIND_MAP,                         \
                                                                 .size = sizeof(struct M),                       \
                                                                 .like = &bloop_type_Map,                        \
                                                                 .keys = bloop_keys_of_##M,                      \
                                                                 .key_count = bloop_keys_in_##M }
#define BLOOP_KEY_FIELD_(M, part)       BLOOP_CALL_(BLOOP_KEY_FIELD1_, M, BLOOP_PART_##part)
#define BLOOP_KEY_FIELD1_(M, T, n, ...) BLOOP_C_##T n;
#define BLOOP_KEY_BIT_(M, part)         BLOOP_CALL_(BLOOP_KEY_BIT1_, M, BLOOP_PART_##part)
#define BLOOP_KEY_BIT1_(M, T, n, ...)   bloop_bit_##M##_##n,
#define BLOOP_KEY_INIT_(M, part)        BLOOP_CALL_(BLOOP_KEY_INIT1_, M, BLOOP_PART_##part)
#define BLOOP_KEY_INIT1_(M, T, n, ...) \
    { .name = #n, .type = BLOOP_T_##T, .offset = offsetof(struct M, n), __VA_ARGS__ },

/* A value of a map, with the keys that it names and no others:
   bloop_map(Address, set(street, "Main Street"), set(number, 7)) */
#define bloop_map(M, ...) ((struct M)bloop_map_init(M, __VA_ARGS__))
/* The same as an initializer alone, for constants: struct Address const somewhere = bloop_map_init(Address, …). */
#define bloop_map_init(M, ...)                                            \
    {                                                                     \
        .bloop_present_ = 0 BLOOP_EACH_(BLOOP_MAP_MARK_, M, __VA_ARGS__), \
        BLOOP_EACH_(BLOOP_MAP_VALUE_, M, __VA_ARGS__)                     \
    }
#define BLOOP_MAP_MARK_(M, part)     BLOOP_CALL_(BLOOP_MAP_MARK1_, M, BLOOP_PART_##part)
#define BLOOP_MAP_MARK1_(M, n, ...)  | UINT64_C(1) << bloop_bit_##M##_##n
#define BLOOP_MAP_VALUE_(M, part)    BLOOP_CALL_(BLOOP_MAP_VALUE1_, M, BLOOP_PART_##part)
#define BLOOP_MAP_VALUE1_(M, n, ...) .n = __VA_ARGS__,
/* Whether a map value has a key: bloop_map_has(Address, account->former.items[0], street). */
#define bloop_map_has(M, value, key) (((value).bloop_present_ >> bloop_bit_##M##_##key & 1) != 0)

BLOOP_END_C_

#endif
