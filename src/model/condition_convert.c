/* From the C values that a program may write in a condition to the C value of a type. */
#include "model/condition_private.h"

typedef union cell {
    int8_t s1;
    int16_t s2;
    int32_t s4;
    int64_t s8;
    uint8_t u1;
    uint16_t u2;
    uint32_t u4;
    uint64_t u8;
    bool boolean;
    double real;
    const char *text;
    bloop_slice slice;
    bloop_bytes bytes;
    bloop_uuid uuid;
    bloop_number number;
    bloop_datetime datetime;
    bloop_value value;
} cell;

/* Converts an operand to the C value of a kind; false when it has no such value. */
typedef bool (*converter)(const bloop_type *type, const bloop_operand *operand, cell *out);

static bool to_bool(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_signed(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_unsigned(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_double(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_string(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_text(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_bytes(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_uuid(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_number(const bloop_type *type, const bloop_operand *operand, cell *out);
static bool to_datetime(const bloop_type *type, const bloop_operand *operand, cell *out);

static const converter converters[] = {
    [BLOOP_KIND_BOOL] = to_bool,         [BLOOP_KIND_SIGNED] = to_signed, [BLOOP_KIND_UNSIGNED] = to_unsigned,
    [BLOOP_KIND_DOUBLE] = to_double,     [BLOOP_KIND_STRING] = to_string, [BLOOP_KIND_TEXT] = to_text,
    [BLOOP_KIND_BYTES] = to_bytes,       [BLOOP_KIND_UUID] = to_uuid,     [BLOOP_KIND_NUMBER] = to_number,
    [BLOOP_KIND_DATETIME] = to_datetime, [BLOOP_KIND_MAP] = NULL,
};

/* The type that an operand has when nothing says what to make of it: for Dynamic. */
static const bloop_type *const natural_types[] = {
    [BLOOP_OPERAND_BOOL] = &bloop_type_Boolean,
    [BLOOP_OPERAND_SIGNED] = &bloop_type_Number,
    [BLOOP_OPERAND_UNSIGNED] = &bloop_type_Number,
    [BLOOP_OPERAND_DOUBLE] = &bloop_type_Number,
    [BLOOP_OPERAND_STRING] = &bloop_type_String,
    [BLOOP_OPERAND_TEXT] = &bloop_type_Text,
    [BLOOP_OPERAND_BYTES] = &bloop_type_Binary,
    [BLOOP_OPERAND_UUID] = &bloop_type_UUID,
    [BLOOP_OPERAND_NUMBER] = &bloop_type_Number,
    [BLOOP_OPERAND_DATETIME] = &bloop_type_DateTime,
    [BLOOP_OPERAND_COLUMN] = NULL,
};

static bloop_status dump_packed(const bloop_operand *operand, bloop_builder *builder, bool *absent);
static bloop_status dump_typed(const bloop_type *type, const bloop_operand *operand, bloop_builder *builder,
                               bloop_memory *memory, bool *absent);
static bloop_status dump_items(const bloop_type *type, const bloop_operand *operand, bloop_builder *builder,
                               bloop_memory *memory, bool *absent);
static bloop_operand plain_of(const bloop_type *type, const void *value);
static bool same_c_value(const bloop_type *a, const bloop_type *b);
static bloop_status refuse(const bloop_type *type, const bloop_operand *operand);
static bool number_of(const bloop_operand *operand, bloop_number *out);
static bloop_status string_of(bloop_slice text, bloop_memory *memory, bloop_operand *out);
static bool fits(int64_t value, size_t size);

bloop_status bl_operand_dump(const bloop_type *type, const bloop_operand *operand, bloop_builder *builder,
                             bloop_memory *memory, bool *absent)
{
    cell value;
    bloop_operand string;
    bloop_kind kind = bl_type_kind(type);
    switch (operand->kind) {
    case BLOOP_OPERAND_VALUE: return dump_packed(operand, builder, absent);
    case BLOOP_OPERAND_TYPED: return dump_typed(type, operand, builder, memory, absent);
    case BLOOP_OPERAND_ITEMS: return dump_items(type, operand, builder, memory, absent);
    default: break;
    }
    if (kind == BLOOP_KIND_VALUE && (unsigned)operand->kind < BL_COUNT_OF(natural_types) &&
        natural_types[operand->kind]) {
        type = natural_types[operand->kind];
        kind = type->kind;
    }
    if (kind == BLOOP_KIND_STRING && operand->kind == BLOOP_OPERAND_TEXT) {
        if (string_of(operand->as.slice, memory, &string) != BLOOP_OK)
            return BLOOP_NO_MEMORY;
        operand = &string;
    }
    converter convert = (unsigned)kind < BL_COUNT_OF(converters) ? converters[kind] : NULL;
    memset(&value, 0, sizeof value);
    if (!convert || type->size > sizeof value || !convert(type, operand, &value))
        return refuse(type, operand);
    return bl_type_dump(type, NULL, &value, builder, memory, absent);
}

void bl_operand_describe(bl_text *text, const bloop_operand *operand)
{
    char quoted[BL_QUOTE_SIZE], digits[BLOOP_NUMBER_TEXT_SIZE], uuid[BLOOP_UUID_TEXT_SIZE];
    switch (operand->kind) {
    case BLOOP_OPERAND_BOOL: bl_text_add(text, "%s", operand->as.boolean ? "true" : "false"); break;
    case BLOOP_OPERAND_SIGNED: bl_text_add(text, "%lld", (long long)operand->as.integer); break;
    case BLOOP_OPERAND_UNSIGNED: bl_text_add(text, "%llu", (unsigned long long)operand->as.natural); break;
    case BLOOP_OPERAND_DOUBLE: bl_text_add(text, "%.17g", operand->as.real); break;
    case BLOOP_OPERAND_STRING:
        bl_text_add(text, "%s",
                    operand->as.text ? bl_quote(quoted, operand->as.text, strlen(operand->as.text)) : "NULL");
        break;
    case BLOOP_OPERAND_TEXT:
        bl_text_add(text, "%s", bl_quote(quoted, operand->as.slice.data, operand->as.slice.size));
        break;
    case BLOOP_OPERAND_NUMBER:
        bloop_number_format(operand->as.number, digits);
        bl_text_add(text, "%s", digits);
        break;
    case BLOOP_OPERAND_UUID:
        bloop_uuid_format(operand->as.uuid, uuid);
        bl_text_add(text, "the UUID %s", uuid);
        break;
    case BLOOP_OPERAND_BYTES: bl_text_add(text, "a Binary of %zu bytes", operand->as.bytes.size); break;
    case BLOOP_OPERAND_DATETIME: bl_text_add(text, "a DateTime"); break;
    case BLOOP_OPERAND_TYPED:
        bl_text_add(text, "a value of type ");
        bl_type_describe(text, operand->as.typed.type);
        break;
    case BLOOP_OPERAND_ITEMS:
        bl_text_add(text, "a collection of ");
        bl_type_describe(text, operand->as.items.type);
        break;
    default: bl_text_add(text, "this value"); break;
    }
}

static bloop_status dump_packed(const bloop_operand *operand, bloop_builder *builder, bool *absent)
{
    bloop_value value = operand->as.value;
    *absent = !value.data;
    if (!value.data)
        return BLOOP_OK;
    if (bloop_value_check(value.data, value.size) != BLOOP_OK)
        return bl_error_as(BLOOP_INVALID_VALUE);
    bloop_build_value(builder, value);
    return bl_builder_status(builder);
}

/* A value of the column's own type, or one whose C value is of the same kind. */
static bloop_status dump_typed(const bloop_type *type, const bloop_operand *operand, bloop_builder *builder,
                               bloop_memory *memory, bool *absent)
{
    const bloop_type *given = operand->as.typed.type;
    bloop_status status = bl_type_check(given);
    if (status != BLOOP_OK || !operand->as.typed.value)
        return status != BLOOP_OK ? status : refuse(type, operand);
    if (bl_type_kind(type) == BLOOP_KIND_VALUE)
        return bl_type_dump(given, NULL, operand->as.typed.value, builder, memory, absent);
    if (same_c_value(type, given))
        return bl_type_dump(type, NULL, operand->as.typed.value, builder, memory, absent);
    bloop_operand plain = plain_of(given, operand->as.typed.value);
    return plain.kind == BLOOP_OPERAND_NONE ? refuse(type, operand)
                                            : bl_operand_dump(type, &plain, builder, memory, absent);
}

static bloop_status dump_items(const bloop_type *type, const bloop_operand *operand, bloop_builder *builder,
                               bloop_memory *memory, bool *absent)
{
    const struct {
        const void *items;
        size_t count;
    } items = { operand->as.items.items, operand->as.items.count };
    const bloop_type *inner = bl_type_inner(type);
    if (bl_type_kind(type) != BLOOP_KIND_ITEMS || !inner || !same_c_value(inner, operand->as.items.type))
        return refuse(type, operand);
    return bl_type_dump(type, NULL, &items, builder, memory, absent);
}

/* A C value of a single-valued type as an operand without a type; kind NONE when it can't be one. */
static bloop_operand plain_of(const bloop_type *type, const void *value)
{
    const cell *given = value;
    switch (bl_type_kind(type)) {
    case BLOOP_KIND_BOOL: return (bloop_operand){ .kind = BLOOP_OPERAND_BOOL, .as.boolean = given->boolean };
    case BLOOP_KIND_SIGNED:
        return (bloop_operand){ .kind = BLOOP_OPERAND_SIGNED,
                                .as.integer = type->size == 1   ? given->s1
                                              : type->size == 2 ? given->s2
                                              : type->size == 4 ? given->s4
                                                                : given->s8 };
    case BLOOP_KIND_UNSIGNED:
        return (bloop_operand){ .kind = BLOOP_OPERAND_UNSIGNED,
                                .as.natural = type->size == 1   ? given->u1
                                              : type->size == 2 ? given->u2
                                              : type->size == 4 ? given->u4
                                                                : given->u8 };
    case BLOOP_KIND_DOUBLE: return (bloop_operand){ .kind = BLOOP_OPERAND_DOUBLE, .as.real = given->real };
    case BLOOP_KIND_STRING: return (bloop_operand){ .kind = BLOOP_OPERAND_STRING, .as.text = given->text };
    case BLOOP_KIND_TEXT: return (bloop_operand){ .kind = BLOOP_OPERAND_TEXT, .as.slice = given->slice };
    case BLOOP_KIND_NUMBER: return (bloop_operand){ .kind = BLOOP_OPERAND_NUMBER, .as.number = given->number };
    case BLOOP_KIND_VALUE: return (bloop_operand){ .kind = BLOOP_OPERAND_VALUE, .as.value = given->value };
    default: return (bloop_operand){ .kind = BLOOP_OPERAND_NONE };
    }
}

static bool same_c_value(const bloop_type *a, const bloop_type *b)
{
    bloop_kind kind = bl_type_kind(a);
    if (bl_type_equal(a, b))
        return true;
    if (!b || kind != bl_type_kind(b) || a->size != b->size || kind == BLOOP_KIND_OTHER || kind == BLOOP_KIND_MAP)
        return false;
    return kind != BLOOP_KIND_ITEMS || same_c_value(bl_type_inner(a), bl_type_inner(b));
}

static bloop_status refuse(const bloop_type *type, const bloop_operand *operand)
{
    char text[200], type_text[BL_TYPE_TEXT_SIZE];
    bl_text out;
    bl_text_begin(&out, text, sizeof text);
    bl_operand_describe(&out, operand);
    return bl_error(BLOOP_INVALID_VALUE, "%s is no %s", text, bl_type_text(type, type_text));
}

/* In C, `true` is the integer 1. */
static bool to_bool(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    bool is_integer = operand->kind == BLOOP_OPERAND_SIGNED && (operand->as.integer == 0 || operand->as.integer == 1);
    if (is_integer)
        out->boolean = operand->as.integer == 1;
    else if (operand->kind == BLOOP_OPERAND_BOOL)
        out->boolean = operand->as.boolean;
    return is_integer || operand->kind == BLOOP_OPERAND_BOOL;
}

/* Fractions are cut off, as Integer does. */
static bool to_signed(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    bloop_number number;
    int64_t value;
    if (!number_of(operand, &number) || bloop_number_truncate_to_int64(number, &value) != BLOOP_OK ||
        !fits(value, type->size))
        return false;
    switch (type->size) {
    case 1: out->s1 = (int8_t)value; return true;
    case 2: out->s2 = (int16_t)value; return true;
    case 4: out->s4 = (int32_t)value; return true;
    default: out->s8 = value; return type->size == 8;
    }
}

static bool to_unsigned(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    bloop_number number;
    int64_t value;
    if (operand->kind == BLOOP_OPERAND_UNSIGNED && type->size == 8) {
        out->u8 = operand->as.natural;
        return true;
    }
    if (!number_of(operand, &number) || bloop_number_truncate_to_int64(number, &value) != BLOOP_OK || value < 0 ||
        (type->size < 8 && (uint64_t)value >> (8 * type->size)))
        return false;
    switch (type->size) {
    case 1: out->u1 = (uint8_t)value; return true;
    case 2: out->u2 = (uint16_t)value; return true;
    case 4: out->u4 = (uint32_t)value; return true;
    default: out->u8 = (uint64_t)value; return type->size == 8;
    }
}

static bool to_double(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    bloop_number number;
    if (operand->kind == BLOOP_OPERAND_DOUBLE) {
        out->real = operand->as.real;
        return true;
    }
    if (operand->kind == BLOOP_OPERAND_BOOL || !number_of(operand, &number))
        return false;
    out->real = bloop_number_to_double(number);
    return true;
}

static bool to_number(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    return operand->kind != BLOOP_OPERAND_BOOL && number_of(operand, &out->number);
}

static bool to_string(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    out->text = operand->as.text;
    return operand->kind == BLOOP_OPERAND_STRING && out->text;
}

static bool to_text(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    if (operand->kind == BLOOP_OPERAND_STRING && operand->as.text)
        out->slice = (bloop_slice){ operand->as.text, strlen(operand->as.text) };
    else
        out->slice = operand->as.slice;
    return operand->kind == BLOOP_OPERAND_TEXT || (operand->kind == BLOOP_OPERAND_STRING && operand->as.text);
}

static bool to_bytes(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    out->bytes = operand->as.bytes;
    return operand->kind == BLOOP_OPERAND_BYTES;
}

static bool to_uuid(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    out->uuid = operand->as.uuid;
    return operand->kind == BLOOP_OPERAND_UUID;
}

static bool to_datetime(const bloop_type *type, const bloop_operand *operand, cell *out)
{
    (void)type;
    out->datetime = operand->as.datetime;
    return operand->kind == BLOOP_OPERAND_DATETIME;
}

static bool number_of(const bloop_operand *operand, bloop_number *out)
{
    switch (operand->kind) {
    case BLOOP_OPERAND_BOOL: *out = bloop_number_of_int64(operand->as.boolean); return true;
    case BLOOP_OPERAND_SIGNED: *out = bloop_number_of_int64(operand->as.integer); return true;
    case BLOOP_OPERAND_UNSIGNED: *out = bloop_number_of_uint64(operand->as.natural); return true;
    case BLOOP_OPERAND_DOUBLE: return bloop_number_of_double(operand->as.real, out) == BLOOP_OK;
    case BLOOP_OPERAND_NUMBER: *out = operand->as.number; return true;
    default: return false;
    }
}

/* With a zero byte at its end, unless it has one inside: then it stays, and is refused, what it was. */
static bloop_status string_of(bloop_slice text, bloop_memory *memory, bloop_operand *out)
{
    *out = (bloop_operand){ .kind = BLOOP_OPERAND_TEXT, .as.slice = text };
    if (text.size && (!text.data || memchr(text.data, 0, text.size)))
        return BLOOP_OK;
    char *copy = bloop_memory_alloc(memory, text.size + 1);
    if (!copy)
        return BLOOP_NO_MEMORY;
    if (text.size)
        memcpy(copy, text.data, text.size);
    *out = (bloop_operand){ .kind = BLOOP_OPERAND_STRING, .as.text = copy };
    return BLOOP_OK;
}

static bool fits(int64_t value, size_t size)
{
    int64_t most = size >= 8 ? INT64_MAX : (INT64_C(1) << (8 * size - 1)) - 1;
    return value <= most && value >= -most - 1;
}
