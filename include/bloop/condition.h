/* Conditions: what must be true of an item for a save or delete to happen, or for a search to find it.

     bloop_and(bloop_eq(Account.verified, true), bloop_ge(Account.balance, 10))

   Builders never return NULL and need no check. What goes wrong (a value that the column's type refuses, an operator that
   it lacks, no memory) makes a *failed* condition, which everything it is combined into is, too; the call that it is
   passed to changes nothing and returns its status and message.

   A condition is consumed by the call that it is passed to (a builder, a save, a search …), whether or not that succeeds,
   and must not be used again: bloop_condition_copy makes another one first. Using a consumed condition is noticed: it
   counts as a failed one, BLOOP_INVALID_CONDITION. For this, a bloop_condition * is not an address but a number that is
   given out once in the life of the process; it must never be dereferenced. One that nothing consumes is to be freed
   with bloop_condition_free. Conditions may be made and consumed on different threads, each by one at a time.

   A value is converted by the column's type as bloop_set would: `true` on a Boolean is a BOOL; 3 on a String is a failed
   condition that names both. It may be a bool, an integer, a double, a string, one of the library's C types or
   collections, another column or path, bloop_none ("does not exist"; with bloop_eq, bloop_ne, bloop_is and bloop_is_not
   alone), or bloop_as(Type, value) for all others. Instead of a column, a path into its documents may stand:
   bloop_at(Receipt.items, 0, "name"); or the size of what is there: bloop_size(Receipt.items).

   The same as text, for those who prefer it:

     bloop_where(Account, "verified = ? and balance >= ?", true, 10)  */
#ifndef BLOOP_CONDITION_H
#define BLOOP_CONDITION_H

#include <string.h>

#include <bloop/model.h>

BLOOP_BEGIN_C_

typedef struct bloop_condition bloop_condition;

typedef enum bloop_operand_kind {
    BLOOP_OPERAND_NONE = 0,
    BLOOP_OPERAND_BOOL,
    BLOOP_OPERAND_SIGNED,
    BLOOP_OPERAND_UNSIGNED,
    BLOOP_OPERAND_DOUBLE,
    BLOOP_OPERAND_STRING, /* .text */
    BLOOP_OPERAND_TEXT,   /* .slice */
    BLOOP_OPERAND_BYTES,
    BLOOP_OPERAND_UUID,
    BLOOP_OPERAND_NUMBER,
    BLOOP_OPERAND_DATETIME,
    BLOOP_OPERAND_VALUE, /* an attribute value, taken as it is */
    BLOOP_OPERAND_TYPED, /* .typed: a C value of a type */
    BLOOP_OPERAND_ITEMS, /* .items: elements of a type, for a set or list column */
    BLOOP_OPERAND_COLUMN /* another column, a path, or a size */
} bloop_operand_kind;

/* A value in a condition. What it points to is borrowed during the call that it is passed to. */
typedef struct bloop_operand {
    bloop_operand_kind kind;
    union {
        bool boolean;
        int64_t integer;
        uint64_t natural;
        double real;
        const char *text;
        bloop_slice slice;
        bloop_bytes bytes;
        bloop_uuid uuid;
        bloop_number number;
        bloop_datetime datetime;
        bloop_value value;
        struct {
            const bloop_type *type;
            const void *value;
        } typed;
        struct {
            const bloop_type *type; /* of an element */
            const void *items;
            size_t count;
        } items;
        struct {
            const bloop_model *model;
            const char *name; /* as in bloop_column, like the next two */
            const bloop_step *steps;
            uint32_t step_count;
            bool size; /* of what is there */
        } column;
    } as;
} bloop_operand;

/* The functions that the macros below stand on. `column` is a column of a model, or a path: a copy of it with kind
   BLOOP_MEMBER_PATH and steps, each a list's index or a map's key (or its dynamo name); borrowed during the call. With kind
   BLOOP_MEMBER_SIZE it stands for the size of what is there: characters (UTF-16 units, as DynamoDB counts) of a string,
   bytes of a binary, elements of a set, list or map; nothing else has one, and numbers are what it compares with.
   `operation` is one of BLOOP_EXPR_EQ … BLOOP_EXPR_GE, BLOOP_EXPR_BEGINS_WITH or BLOOP_EXPR_CONTAINS. */
BLOOP_API bloop_condition *bloop_condition_compare(bloop_expr_kind operation, const bloop_column *column,
                                                   bloop_operand operand);
/* Between low and high, both included. */
BLOOP_API bloop_condition *bloop_condition_between(const bloop_column *column, bloop_operand low, bloop_operand high);
/* Equal to one of 1 to 100 operands. */
BLOOP_API bloop_condition *bloop_condition_in(const bloop_column *column, const bloop_operand *operands, size_t count);
/* The stored attribute is of a type, BLOOP_TAG_NULL … BLOOP_TAG_M: what is there need not be what the column's type stores.
   False when there is none. */
BLOOP_API bloop_condition *bloop_condition_is_type(const bloop_column *column, bloop_tag tag);
/* A condition as text, in the grammar of DynamoDB's condition expressions (developer guide, "Condition and filter
   expressions"; at most 4,096 bytes):

     = <> < <= > >=   x between ? and ?   x in (?, …)   not   and   or   ( )
     attribute_exists(x)  attribute_not_exists(x)  attribute_type(x, ?)  begins_with(x, ?)  contains(x, ?)  size(x)

   Names are those of the model's columns, followed by keys of maps and indexes of lists where they are documents:
   home.street, items[0].name. Any name may be a column's; one that is a keyword (and, or, not, in, between) stands in
   backquotes. Each ? is one of `values`, in their order, converted by the column that it is compared with, as in the
   functions above; one that is none may be compared with = and <>. The type of attribute_type is a string, "S", or a
   bloop_tag. Instead of a ? another column may stand; in a comparison it may be the ? that comes first.

   A wrong number of values, a name that is no column's, or an error in the text is a failed condition, as is what the
   functions above refuse; the message tells model, text and place (bytes from the text's beginning). `text` is read during
   the call. */
BLOOP_API bloop_condition *bloop_condition_where(const bloop_model *model, const char *text,
                                                 const bloop_operand *values, size_t count);
/* All, or any, of some conditions; empty ones are left out, and none left is an empty condition. Consumes them all. */
BLOOP_API bloop_condition *bloop_condition_all(bloop_condition *const *conditions, size_t count);
BLOOP_API bloop_condition *bloop_condition_any(bloop_condition *const *conditions, size_t count);
/* The contrary; of an empty condition, an empty one. Consumes the condition. */
BLOOP_API bloop_condition *bloop_not(bloop_condition *condition);

/* An empty condition, to begin a combination with. */
BLOOP_API bloop_condition *bloop_condition_new(void);
/* Whether it is empty: always true. False for failed and consumed ones. Does not consume it. */
BLOOP_API bool bloop_condition_is_empty(const bloop_condition *condition);
/* BLOOP_OK, or why it has failed (as the last error too). Does not consume it. */
BLOOP_API bloop_status bloop_condition_status(const bloop_condition *condition);
/* Another condition of the same meaning, failed if this one has. Does not consume it. */
BLOOP_API bloop_condition *bloop_condition_copy(const bloop_condition *condition);
/* For debugging: as bloop_expr_print. Does not consume it. */
BLOOP_API size_t bloop_condition_print(const bloop_condition *condition, char *text, size_t size);
/* Releases a condition that is not passed to anything. NULL and consumed ones are fine. */
BLOOP_API void bloop_condition_free(bloop_condition *condition);

BLOOP_END_C_

#ifndef __cplusplus

#    define bloop_eq(column, value) bloop_condition_compare(BLOOP_EXPR_EQ, &(column), BLOOP_OPERAND_(value))
#    define bloop_ne(column, value) bloop_condition_compare(BLOOP_EXPR_NE, &(column), BLOOP_OPERAND_(value))
#    define bloop_lt(column, value) bloop_condition_compare(BLOOP_EXPR_LT, &(column), BLOOP_OPERAND_(value))
#    define bloop_le(column, value) bloop_condition_compare(BLOOP_EXPR_LE, &(column), BLOOP_OPERAND_(value))
#    define bloop_gt(column, value) bloop_condition_compare(BLOOP_EXPR_GT, &(column), BLOOP_OPERAND_(value))
#    define bloop_ge(column, value) bloop_condition_compare(BLOOP_EXPR_GE, &(column), BLOOP_OPERAND_(value))
/* As bloop_eq and bloop_ne; they read well with bloop_none. */
#    define bloop_is(column, value)     bloop_condition_compare(BLOOP_EXPR_EQ, &(column), BLOOP_OPERAND_(value))
#    define bloop_is_not(column, value) bloop_condition_compare(BLOOP_EXPR_NE, &(column), BLOOP_OPERAND_(value))
/* A string or binary begins with the value. */
#    define bloop_begins_with(column, value) \
        bloop_condition_compare(BLOOP_EXPR_BEGINS_WITH, &(column), BLOOP_OPERAND_(value))
/* A set or list has the value as an element; a string or binary has it as a part. */
#    define bloop_contains(column, value) bloop_condition_compare(BLOOP_EXPR_CONTAINS, &(column), BLOOP_OPERAND_(value))
#    define bloop_between(column, low, high) \
        bloop_condition_between(&(column), BLOOP_OPERAND_(low), BLOOP_OPERAND_(high))
/* bloop_in(Account.email, "a@b.c", "d@e.f") */
#    define bloop_in(column, ...)                                                                                    \
        bloop_condition_in(&(column), (const bloop_operand[]){ BLOOP_EACH_(BLOOP_OPERAND_OF_EACH_, , __VA_ARGS__) }, \
                           BLOOP_COUNT_(__VA_ARGS__))
/* bloop_is_type(Receipt.extra, BLOOP_TAG_L) */
#    define bloop_is_type(column, tag) bloop_condition_is_type(&(column), tag)
/* bloop_where(Account, "email = ? and begins_with(name, ?)", "a@b.c", "Ada"): text, then a value for each ?; 95 at most. */
#    define bloop_where(Model, ...) \
        _Generic((BLOOP_FIRST_(__VA_ARGS__, 0)), char *: bloop_where_, const char *: bloop_where_)(                 \
            &(Model).bloop_model_, (const bloop_operand[]){ BLOOP_EACH_(BLOOP_OPERAND_OF_EACH_, , __VA_ARGS__) },   \
            BLOOP_COUNT_(__VA_ARGS__))
/* Of two or more conditions. */
#    define bloop_and(...) BLOOP_COMBINE_(bloop_condition_all, __VA_ARGS__)
#    define bloop_or(...)  BLOOP_COMBINE_(bloop_condition_any, __VA_ARGS__)

/* A path, to stand where a column may: bloop_at(column, step, …); a step is an integer, an element of a list, or a string,
   a key of a map. Of another path, one that goes on from there. */
#    define bloop_at(column, ...)                                                                                    \
        (*bloop_path_(                                                                                               \
            &(bloop_column){ .kind = BLOOP_MEMBER_PATH },                                                            \
            (bloop_step[BLOOP_COUNT_(__VA_ARGS__) + BLOOP_MAX_DEPTH]){ BLOOP_EACH_(BLOOP_STEP_OF_, , __VA_ARGS__) }, \
            BLOOP_COUNT_(__VA_ARGS__), &(column)))
/* The size of a column or path, to stand where either may: bloop_gt(bloop_size(Account.tags), 3). */
#    define bloop_size(column) (*bloop_size_(&(bloop_column){ .kind = BLOOP_MEMBER_SIZE }, &(column)))
/* The value that means "does not exist". */
typedef struct bloop_none_value {
    char unused;
} bloop_none_value;
#    define bloop_none ((bloop_none_value){ 0 })

/* A value of any type of a model: bloop_as(Map(Address), bloop_map(Address, set(number, 7))), bloop_as(Named(Color), RED). */
#    define bloop_as(T, ...)                           \
        ((bloop_operand){ .kind = BLOOP_OPERAND_TYPED, \
                          .as.typed = { BLOOP_T_##T, (BLOOP_C_##T const[]){ __VA_ARGS__ } } })

#    define BLOOP_FIRST_(first, ...) first
#    define BLOOP_COMBINE_(function, ...)                   \
        function((bloop_condition *const[]){ __VA_ARGS__ }, \
                 sizeof((bloop_condition *const[]){ __VA_ARGS__ }) / sizeof(bloop_condition *))
#    define BLOOP_OPERAND_OF_EACH_(C, value) BLOOP_OPERAND_(value),
#    define BLOOP_STEP_OF_(C, step) \
        _Generic((step),                                                                                                   \
             char *: bloop_step_of_key_,                                                                               \
             const char *: bloop_step_of_key_,                                                                         \
             unsigned int: bloop_step_of_size_,                                                                        \
             unsigned long: bloop_step_of_size_,                                                                       \
             unsigned long long: bloop_step_of_size_,                                                                  \
             default: bloop_step_of_index_)(step),
#    define BLOOP_OPERAND_(value) \
        _Generic((value),                                                                                                  \
             bool: bloop_operand_of_bool_,                                                                             \
             char: bloop_operand_of_signed_,                                                                           \
             signed char: bloop_operand_of_signed_,                                                                    \
             short: bloop_operand_of_signed_,                                                                          \
             int: bloop_operand_of_signed_,                                                                            \
             long: bloop_operand_of_signed_,                                                                           \
             long long: bloop_operand_of_signed_,                                                                      \
             unsigned char: bloop_operand_of_unsigned_,                                                                \
             unsigned short: bloop_operand_of_unsigned_,                                                               \
             unsigned int: bloop_operand_of_unsigned_,                                                                 \
             unsigned long: bloop_operand_of_unsigned_,                                                                \
             unsigned long long: bloop_operand_of_unsigned_,                                                           \
             float: bloop_operand_of_double_,                                                                          \
             double: bloop_operand_of_double_,                                                                         \
             char *: bloop_operand_of_string_,                                                                         \
             const char *: bloop_operand_of_string_,                                                                   \
             bloop_slice: bloop_operand_of_text_,                                                                      \
             bloop_bytes: bloop_operand_of_bytes_,                                                                     \
             bloop_uuid: bloop_operand_of_uuid_,                                                                       \
             bloop_number: bloop_operand_of_number_,                                                                   \
             bloop_datetime: bloop_operand_of_datetime_,                                                               \
             bloop_value: bloop_operand_of_value_,                                                                     \
             bloop_none_value: bloop_operand_of_none_,                                                                 \
             bloop_column: bloop_operand_of_column_,                                                                   \
             bloop_operand: bloop_operand_of_operand_,                                                                 \
             bloop_list_of_String: bloop_operand_of_list_of_String_,                                                   \
             bloop_list_of_Text: bloop_operand_of_list_of_Text_,                                                       \
             bloop_list_of_Binary: bloop_operand_of_list_of_Binary_,                                                   \
             bloop_list_of_Boolean: bloop_operand_of_list_of_Boolean_,                                                 \
             bloop_list_of_UUID: bloop_operand_of_list_of_UUID_,                                                       \
             bloop_list_of_Number: bloop_operand_of_list_of_Number_,                                                   \
             bloop_list_of_Integer: bloop_operand_of_list_of_Integer_,                                                 \
             bloop_list_of_Double: bloop_operand_of_list_of_Double_,                                                   \
             bloop_list_of_DateTime: bloop_operand_of_list_of_DateTime_,                                               \
             bloop_list_of_Timestamp: bloop_operand_of_list_of_Timestamp_,                                             \
             bloop_list_of_Dynamic: bloop_operand_of_list_of_Dynamic_)(value)

/* `steps` has room for those that lead to the column, if that is a path; one of too many steps is refused when it is used. */
static inline const bloop_column *bloop_path_(bloop_column *path, bloop_step *steps, uint32_t count,
                                              const bloop_column *column)
{
    uint32_t before = column->step_count;
    path->model = column->model;
    path->name = column->kind == BLOOP_MEMBER_SIZE ? NULL : column->name;
    path->steps = steps;
    path->step_count = before + count;
    if (before && before <= BLOOP_MAX_DEPTH) {
        memmove(steps + before, steps, count * sizeof *steps);
        memcpy(steps, column->steps, before * sizeof *steps);
    }
    return path;
}
static inline const bloop_column *bloop_size_(bloop_column *size, const bloop_column *column)
{
    size->model = column->model;
    size->name = column->name;
    size->steps = column->steps;
    size->step_count = column->step_count;
    if (column->kind == BLOOP_MEMBER_SIZE)
        size->name = NULL;
    return size;
}
/* The first of the operands is the text. */
static inline bloop_condition *bloop_where_(const bloop_model *model, const bloop_operand *operands, size_t count)
{
    return bloop_condition_where(model, operands[0].as.text, operands + 1, count - 1);
}
static inline bloop_step bloop_step_of_key_(const char *key)
{
    return (bloop_step){ { key ? key : "", key ? strlen(key) : 0 }, 0 };
}
static inline bloop_step bloop_step_of_size_(uint64_t index)
{
    return (bloop_step){ { NULL, 0 }, index > UINT32_MAX ? UINT32_MAX : (uint32_t)index };
}
static inline bloop_step bloop_step_of_index_(int64_t index)
{
    return (bloop_step){ { NULL, 0 }, index < 0 || index > UINT32_MAX ? UINT32_MAX : (uint32_t)index };
}

#    define BLOOP_OPERAND_FUNCTION_(name, C, KIND, member)                              \
        static inline bloop_operand bloop_operand_of_##name##_(C value)                 \
        {                                                                               \
            return (bloop_operand){ .kind = BLOOP_OPERAND_##KIND, .as.member = value }; \
        }
BLOOP_OPERAND_FUNCTION_(bool, bool, BOOL, boolean)
BLOOP_OPERAND_FUNCTION_(signed, int64_t, SIGNED, integer)
BLOOP_OPERAND_FUNCTION_(unsigned, uint64_t, UNSIGNED, natural)
BLOOP_OPERAND_FUNCTION_(double, double, DOUBLE, real)
BLOOP_OPERAND_FUNCTION_(string, const char *, STRING, text)
BLOOP_OPERAND_FUNCTION_(text, bloop_slice, TEXT, slice)
BLOOP_OPERAND_FUNCTION_(bytes, bloop_bytes, BYTES, bytes)
BLOOP_OPERAND_FUNCTION_(uuid, bloop_uuid, UUID, uuid)
BLOOP_OPERAND_FUNCTION_(number, bloop_number, NUMBER, number)
BLOOP_OPERAND_FUNCTION_(datetime, bloop_datetime, DATETIME, datetime)
BLOOP_OPERAND_FUNCTION_(value, bloop_value, VALUE, value)

static inline bloop_operand bloop_operand_of_none_(bloop_none_value value)
{
    (void)value;
    return (bloop_operand){ .kind = BLOOP_OPERAND_NONE };
}
static inline bloop_operand bloop_operand_of_column_(bloop_column value)
{
    return (bloop_operand){ .kind = BLOOP_OPERAND_COLUMN,
                            .as.column = { value.model, value.name, value.steps, value.step_count,
                                           value.kind == BLOOP_MEMBER_SIZE } };
}
static inline bloop_operand bloop_operand_of_operand_(bloop_operand value)
{
    return value;
}

#    define BLOOP_ITEMS_FUNCTION_(T)                                                         \
        static inline bloop_operand bloop_operand_of_list_of_##T##_(bloop_list_of_##T value) \
        {                                                                                    \
            return (bloop_operand){ .kind = BLOOP_OPERAND_ITEMS,                             \
                                    .as.items = { BLOOP_T_##T, value.items, value.count } }; \
        }
BLOOP_ITEMS_FUNCTION_(String)
BLOOP_ITEMS_FUNCTION_(Text)
BLOOP_ITEMS_FUNCTION_(Binary)
BLOOP_ITEMS_FUNCTION_(Boolean)
BLOOP_ITEMS_FUNCTION_(UUID)
BLOOP_ITEMS_FUNCTION_(Number)
BLOOP_ITEMS_FUNCTION_(Integer)
BLOOP_ITEMS_FUNCTION_(Double)
BLOOP_ITEMS_FUNCTION_(DateTime)
BLOOP_ITEMS_FUNCTION_(Timestamp)
BLOOP_ITEMS_FUNCTION_(Dynamic)

#endif

#endif
