/* The constraints of the service model on a request that was read: one interpreter of the tables of shapes. All that are
   broken are told in one message, in the order of the tables. */
#include <stdio.h>

#include "wire/reading_private.h"

/* Places are as long as their names; the longest of a map's keys is cut. */
enum { PLACE_SIZE = 512, SHOWN_SIZE = 320, KEY_SHOWN = 255 };

/* Where a value is: a member, or an element of the list or map that is its parent. Written out when there is something to
   say: "keySchema.1.member.attributeName". */
typedef struct place {
    const struct place *parent; /* NULL: the request */
    const char *name;           /* of a member; NULL: an element */
    bloop_slice key;            /* of an element of a map; data NULL: of a list */
    size_t index;               /* of an element of a list */
} place;

/* What a rule says of a member that is there. */
typedef void (*rule_check)(bl_violations *v, const bl_member *member, const void *value, const place *at);

static bloop_status check_parameters(const bl_shape *shape, const void *in);
static void check_table_alone(bl_violations *v, const bl_shape *shape, const void *in);
static void check_struct(bl_violations *v, const bl_shape *shape, const void *in, const place *at);
static void check_member(bl_violations *v, const bl_member *member, const void *value, const place *at);
static void check_elements(bl_violations *v, const bl_shape *shape, const void *value, const place *at);
static void refuse_null(bl_violations *v, const place *at);
static void check_name(bl_violations *v, const bl_member *member, const void *value, const place *at);
static void check_length(bl_violations *v, const bl_member *member, const void *value, const place *at);
static void check_range(bl_violations *v, const bl_member *member, const void *value, const place *at);
static void check_limit(bl_violations *v, const bl_member *member, const void *value, const place *at);
static void check_tables(bl_violations *v, const bl_member *member, const void *value, const place *at);
static void check_keys(bl_violations *v, const bl_member *member, const void *value, const place *at);
static void check_choice(bl_violations *v, const bl_shape *shape, const bl_in_choice *choice, const place *at);
static bool is_present(const bl_shape *shape, const void *value);
static size_t characters(bloop_slice text);
static const void *element_at(const bl_shape *shape, const bl_in_list *list, size_t at, bloop_slice *key);
static const char *show(bl_buffer *out, const bl_shape *shape, const void *value);
static void show_value(bl_buffer *out, const bl_shape *shape, const void *value);
static void show_list(bl_buffer *out, const bl_shape *shape, const bl_in_list *list);
static void show_struct(bl_buffer *out, const bl_shape *shape, const void *value);
static size_t write_place(char out[PLACE_SIZE], const place *at);
static void lower_first(char *out, size_t size, const char *name);

static const rule_check rules[] = {
    [BL_RULE_NAME] = check_name,   [BL_RULE_PARAMETER] = check_name, [BL_RULE_LENGTH] = check_length,
    [BL_RULE_RANGE] = check_range, [BL_RULE_LIMIT] = check_limit,    [BL_RULE_TABLES] = check_tables,
    [BL_RULE_KEYS] = check_keys,
};

bloop_status bl_in_check(const bl_shape *shape, const void *in, bool alone)
{
    bl_violations v;
    v.count = 0, v.length = 0;
    bloop_status status = check_parameters(shape, in);
    if (status != BLOOP_OK)
        return status;
    if (alone)
        check_table_alone(&v, shape, in);
    if (v.count == 0)
        check_struct(&v, shape, in, NULL);
    return bl_violations_end(&v);
}

size_t bl_in_shown(bloop_slice text, size_t most)
{
    size_t size = text.size;
    if (size > most) {
        size = most;
        while (size > 0 && ((unsigned char)text.data[size] & 0xC0) == 0x80)
            size--;
    }
    return size;
}

/* A missing table name that is told about before everything else. */
static bloop_status check_parameters(const bl_shape *shape, const void *in)
{
    for (size_t i = 0; i < shape->count; i++) {
        const bl_member *member = &shape->members[i];
        if (member->rule == BL_RULE_PARAMETER && !is_present(member->shape, (const char *)in + member->offset))
            return bl_error(BLOOP_VALIDATION, "The parameter '%s' is required but was not present in the request",
                            member->name);
    }
    return BLOOP_OK;
}

static void check_table_alone(bl_violations *v, const bl_shape *shape, const void *in)
{
    for (size_t i = 0; i < shape->count; i++) {
        const bl_member *member = &shape->members[i];
        if (member->rule == BL_RULE_NAME && member->low == BL_NAME_TABLE)
            check_member(v, member, (const char *)in + member->offset, NULL);
    }
}

static void check_struct(bl_violations *v, const bl_shape *shape, const void *in, const place *at)
{
    for (size_t i = 0; i < shape->count; i++)
        check_member(v, &shape->members[i], (const char *)in + shape->members[i].offset, at);
}

static void check_member(bl_violations *v, const bl_member *member, const void *value, const place *at)
{
    const bl_shape *shape = member->shape;
    bool present = is_present(shape, value);
    bool compound = shape->kind >= BL_IN_STRUCT;
    if (BL_LIKELY(present ? !compound && !member->rule && shape->kind != BL_IN_CHOICE : !member->required))
        return;
    const place here = { .parent = at, .name = member->name };
    if (!present) {
        refuse_null(v, &here);
        return;
    }
    if (member->rule)
        rules[member->rule](v, member, value, &here);
    if (shape->kind == BL_IN_CHOICE)
        check_choice(v, shape, value, &here);
    else if (shape->kind == BL_IN_STRUCT)
        check_struct(v, shape, value, &here);
    else if (compound)
        check_elements(v, shape, value, &here);
}

/* Of lists and maps. None may be null, but for attribute values, of which that is told later; only structs, and lists of
   them, have constraints inside. */
static void check_elements(bl_violations *v, const bl_shape *shape, const void *value, const place *at)
{
    const bl_in_list *list = value;
    const bl_shape *of = shape->of;
    if (of->kind == BL_IN_VALUE)
        return;
    for (size_t i = 0; i < list->count; i++) {
        place here = { .parent = at, .index = i + 1 };
        const void *element = element_at(shape, list, i, &here.key);
        if (!is_present(of, element))
            refuse_null(v, &here);
        else if (of->kind == BL_IN_STRUCT)
            check_struct(v, of, element, &here);
        else if (of->kind == BL_IN_LIST)
            check_elements(v, of, element, &here);
    }
}

static void refuse_null(bl_violations *v, const place *at)
{
    char where[PLACE_SIZE];
    write_place(where, at);
    bl_violation(v, NULL, "Member must not be null", "%s", where);
}

static void check_name(bl_violations *v, const bl_member *member, const void *value, const place *at)
{
    bloop_slice name = *(const bloop_slice *)value;
    bl_name_kind kind = (bl_name_kind)member->low;
    if (kind == BL_NAME_TABLE || kind == BL_NAME_NEW_TABLE)
        name = bl_in_name_of_table(name);
    if (BL_LIKELY(bl_is_name(kind, name)))
        return;
    char where[PLACE_SIZE];
    write_place(where, at);
    bl_violation_of_name_text(v, kind, name, where);
}

static void check_length(bl_violations *v, const bl_member *member, const void *value, const place *at)
{
    bool text = member->shape->kind == BL_IN_TEXT;
    size_t length = text ? characters(*(const bloop_slice *)value) : ((const bl_in_list *)value)->count;
    size_t high = member->high ? (size_t)member->high : SIZE_MAX;
    if (BL_LIKELY(length >= (size_t)member->low && length <= high))
        return;
    char space[SHOWN_SIZE], where[PLACE_SIZE];
    bl_buffer shown = { 0 };
    write_place(where, at);
    bl_buffer_use(&shown, space, sizeof space);
    bl_violation_of_length(v, show(&shown, member->shape, value), length, (size_t)member->low, high, where);
    bl_buffer_free(&shown);
}

static void check_range(bl_violations *v, const bl_member *member, const void *value, const place *at)
{
    int64_t number = ((const bl_in_integer *)value)->value;
    int64_t high = member->high ? member->high : INT64_MAX;
    if (BL_LIKELY(number >= member->low && number <= high))
        return;
    char where[PLACE_SIZE];
    write_place(where, at);
    bl_violation_of_number(v, number, member->low, high, "%s", where);
}

static void check_limit(bl_violations *v, const bl_member *member, const void *value, const place *at)
{
    (void)at;
    if (((const bl_in_integer *)value)->value < 1)
        bl_violation_in_words(
            v, "Value at '%s' failed to satisfy constraint: Member must have value greater than or equal to 1",
            member->name);
}

static void check_tables(bl_violations *v, const bl_member *member, const void *value, const place *at)
{
    (void)at;
    const bl_in_list *tables = value;
    /* BatchWriteItem tells of other faults without names: paritysuite/dynamodb-conformance (October 2026). */
    const bool told = v->count == 0 || !member->high;
    for (size_t i = 0; i < tables->count; i++) {
        bloop_slice table;
        const void *of = element_at(member->shape, tables, i, &table);
        if (told && !bl_is_name(BL_NAME_NEW_TABLE, bl_in_name_of_table(table)))
            bl_violation_of_map_key(v, table);
        size_t length = member->high ? ((const bl_in_list *)of)->count : 0;
        /* Of more than one table's requests the operation tells in other words that they are too many. */
        bool wrong =
            member->high && (length < (size_t)member->low || (length > (size_t)member->high && tables->count == 1));
        if (wrong)
            bl_violation_of_map_value(v, table, length == 0);
    }
}

/* BatchGetItem has words of its own for none, as it has for too many. */
static void check_keys(bl_violations *v, const bl_member *member, const void *value, const place *at)
{
    bloop_slice table = at->parent->key;
    if (((const bl_in_list *)value)->count == 0)
        bl_violation_in_words(v,
                              "Value at 'RequestItems.%.*s.member.%s' failed to satisfy constraint: Member must have "
                              "length greater than or equal to 1",
                              (int)bl_in_shown(table, KEY_SHOWN), table.data, member->name);
}

static void check_choice(bl_violations *v, const bl_shape *shape, const bl_in_choice *choice, const place *at)
{
    char constraint[192], text[SHOWN_SIZE], where[PLACE_SIZE];
    if (BL_LIKELY(choice->value >= 0))
        return;
    write_place(where, at);
    snprintf(constraint, sizeof constraint, "Member must satisfy enum value set: %s", shape->set);
    snprintf(text, sizeof text, "%.*s", (int)bl_in_shown(choice->text, SHOWN_SIZE - 1), choice->text.data);
    bl_violation(v, text, constraint, "%s", where);
}

static bool is_present(const bl_shape *shape, const void *value)
{
    switch (shape->kind) {
    case BL_IN_TEXT: return ((const bloop_slice *)value)->data != NULL;
    case BL_IN_CHOICE: return ((const bl_in_choice *)value)->text.data != NULL;
    case BL_IN_BOOLEAN: return *(const bl_in_truth *)value != BL_IN_ABSENT;
    default: return *(const bool *)value; /* what all others begin with */
    }
}

static size_t characters(bloop_slice text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    return count;
}

/* An element of a list or map; of a map with its key. */
static const void *element_at(const bl_shape *shape, const bl_in_list *list, size_t at, bloop_slice *key)
{
    *key = (bloop_slice){ NULL, 0 };
    if (shape->kind == BL_IN_LIST)
        return (const char *)list->elements + at * shape->of->size;
    const char *element = (const char *)list->elements + at * (sizeof *key + shape->of->size);
    memcpy(key, element, sizeof *key);
    return element + sizeof *key;
}

/* A value as the service's messages print it, ended by a zero byte. */
static const char *show(bl_buffer *out, const bl_shape *shape, const void *value)
{
    show_value(out, shape, value);
    bl_buffer_byte(out, '\0');
    return out->status == BLOOP_OK ? (const char *)out->data : "…";
}

static void show_value(bl_buffer *out, const bl_shape *shape, const void *value)
{
    if (out->size > SHOWN_SIZE)
        return; /* it will be cut anyhow */
    if (!is_present(shape, value)) {
        bl_buffer_text(out, "null");
        return;
    }
    bloop_slice text = { NULL, 0 };
    switch (shape->kind) {
    case BL_IN_TEXT: text = *(const bloop_slice *)value; break;
    case BL_IN_CHOICE: text = ((const bl_in_choice *)value)->text; break;
    case BL_IN_LIST: show_list(out, shape, value); return;
    case BL_IN_STRUCT: show_struct(out, shape, value); return;
    default: bl_buffer_text(out, "…"); return;
    }
    bl_buffer_append(out, text.data, bl_in_shown(text, SHOWN_SIZE));
}

/* [a, b] */
static void show_list(bl_buffer *out, const bl_shape *shape, const bl_in_list *list)
{
    bloop_slice key;
    bl_buffer_byte(out, '[');
    for (size_t i = 0; i < list->count && out->size <= SHOWN_SIZE; i++) {
        if (i)
            bl_buffer_text(out, ", ");
        show_value(out, shape->of, element_at(shape, list, i, &key));
    }
    bl_buffer_byte(out, ']');
}

/* KeySchemaElement(attributeName=pk, keyType=HASH) */
static void show_struct(bl_buffer *out, const bl_shape *shape, const void *value)
{
    char name[64];
    const char *dot = strrchr(shape->java, '.');
    bl_buffer_text(out, dot ? dot + 1 : shape->java);
    for (size_t i = 0; i < shape->count; i++) {
        lower_first(name, sizeof name, shape->members[i].name);
        bl_buffer_format(out, "%s%s=", i ? ", " : "(", name);
        show_value(out, shape->members[i].shape, (const char *)value + shape->members[i].offset);
    }
    bl_buffer_byte(out, ')');
}

/* What the parents are, then the place itself. Places are at most as deep as shapes. */
static size_t write_place(char out[PLACE_SIZE], const place *at)
{
    size_t size = at->parent ? write_place(out, at->parent) : 0;
    if (at->parent && size + 1 < PLACE_SIZE)
        out[size++] = '.';
    size_t room = PLACE_SIZE - size;
    if (at->name)
        lower_first(out + size, room, at->name);
    else if (at->key.data)
        snprintf(out + size, room, "%.*s.member", (int)bl_in_shown(at->key, KEY_SHOWN), at->key.data);
    else
        snprintf(out + size, room, "%zu.member", at->index);
    return size + strlen(out + size);
}

/* Members as messages name them. */
static void lower_first(char *out, size_t size, const char *name)
{
    snprintf(out, size, "%c%s", *name | 0x20, name + 1);
}
