/* From JSON to the C value of a shape, in one pass: one interpreter for all operations. What is of the wrong type is refused
   in the words of the service's SerializationException (as architect/dynalite's suite recorded them). Recursion is bounded
   by the shapes, none of which holds itself; attribute values have a file of their own. */
#include <strings.h>

#include "wire/reading_private.h"

/* The memory that a list begins with; when it grows, in an arena, half as much at most is left behind. */
enum { FIRST_BYTES = 512, GROWTH = 4 };

typedef bloop_status (*decoder)(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);

static bloop_status decode_text(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static bloop_status decode_choice(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static bloop_status decode_boolean(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static bloop_status decode_integer(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static bloop_status decode_value(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static bloop_status decode_struct(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static bloop_status decode_list(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static bloop_status decode_map(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element);
static const bl_member *find_member(const bl_shape *shape, bloop_slice name);
static bloop_status add_element(bl_wire_reading *reading, bl_in_list *list, size_t *capacity, size_t size, void **out);
static bloop_status end_container(bl_wire_reading *reading);
static bloop_status refuse_scalar(bl_wire_reading *reading, const char *java);
static bool truth_of_text(bloop_slice text, bl_in_truth *out);
static int64_t whole_number(bloop_number number, int64_t low, int64_t high);

static const decoder decoders[BL_IN_KIND_COUNT] = {
    [BL_IN_TEXT] = decode_text,       [BL_IN_CHOICE] = decode_choice, [BL_IN_BOOLEAN] = decode_boolean,
    [BL_IN_INTEGER] = decode_integer, [BL_IN_VALUE] = decode_value,   [BL_IN_ITEM] = decode_value,
    [BL_IN_STRUCT] = decode_struct,   [BL_IN_LIST] = decode_list,     [BL_IN_MAP] = decode_map,
};

bloop_status bl_in_decode(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    if (BL_UNLIKELY(bloop_json_peek(&reading->json) == BLOOP_JSON_NULL))
        return bloop_json_skip(&reading->json) ? bl_in_refuse_json(reading) : BLOOP_OK;
    return decoders[shape->kind](reading, shape, out, element);
}

bloop_status bl_in_decode_text(bl_wire_reading *reading, const char *java, bloop_slice *out)
{
    if (BL_UNLIKELY(bloop_json_peek(&reading->json) != BLOOP_JSON_STRING))
        return refuse_scalar(reading, java);
    return bloop_json_read_string(&reading->json, out) ? bl_in_refuse_json(reading) : BLOOP_OK;
}

bloop_status bl_in_decode_truth(bl_wire_reading *reading, bl_in_truth *out)
{
    bool value = false;
    bloop_slice text = { NULL, 0 };
    bloop_json_event event = bloop_json_peek(&reading->json);
    if (event == BLOOP_JSON_TRUE || event == BLOOP_JSON_FALSE) {
        if (bloop_json_read_bool(&reading->json, &value))
            return bl_in_refuse_json(reading);
        *out = value ? BL_IN_TRUE : BL_IN_FALSE;
        return BLOOP_OK;
    }
    bloop_status status = bl_in_decode_text(reading, "Boolean", &text);
    if (status != BLOOP_OK || truth_of_text(text, out))
        return status;
    return bl_error(BLOOP_INVALID_SYNTAX, "Unexpected token received from parser");
}

bloop_status bl_in_refuse_collection(bl_wire_reading *reading, const bl_shape *shape, bool element)
{
    bloop_json_event event = bloop_json_peek(&reading->json);
    bool map = shape->kind == BL_IN_MAP || shape->kind == BL_IN_ITEM;
    if (event == BLOOP_JSON_ERROR)
        return bl_in_refuse_json(reading);
    if (event == BLOOP_JSON_BEGIN_OBJECT)
        return bl_error(BLOOP_INVALID_SYNTAX, "Start of structure or map found where not expected");
    if (event == BLOOP_JSON_BEGIN_ARRAY && map)
        return bl_error(BLOOP_INVALID_SYNTAX, "Unrecognized collection type java.util.Map<java.lang.String, %s>",
                        shape->java);
    if (event == BLOOP_JSON_BEGIN_ARRAY)
        return bl_error(BLOOP_INVALID_SYNTAX, "Unrecognized collection type class %s", shape->java);
    if (!element)
        return bl_error(BLOOP_INVALID_SYNTAX, "Unexpected field type");
    if (shape->kind == BL_IN_STRUCT || shape->kind == BL_IN_VALUE)
        return bl_error(BLOOP_INVALID_SYNTAX, "Unexpected value type in payload");
    return bl_error(BLOOP_INVALID_SYNTAX,
                    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
                    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class "
                    "are in module java.base of loader 'bootstrap')");
}

bloop_status bl_in_refuse_json(bl_wire_reading *reading)
{
    /* Where no value begins it has only been looked at, and says why when it is read. */
    if (reading->json.state != BL_JSON_FAILED)
        bloop_json_next(&reading->json);
    bloop_status status = bloop_json_finish(&reading->json);
    return status == BLOOP_NO_MEMORY ? status : bl_error_as(BLOOP_INVALID_SYNTAX);
}

static bloop_status decode_text(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    (void)element;
    return bl_in_decode_text(reading, shape->java, out);
}

static bloop_status decode_choice(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    (void)element;
    bl_in_choice *choice = out;
    bloop_status status = bl_in_decode_text(reading, shape->java, &choice->text);
    if (status == BLOOP_OK)
        choice->value = bl_words_find(shape->words, choice->text);
    return status;
}

static bloop_status decode_boolean(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    (void)shape, (void)element;
    return bl_in_decode_truth(reading, out);
}

static bloop_status decode_integer(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    (void)element;
    bl_in_integer *integer = out;
    if (bloop_json_peek(&reading->json) != BLOOP_JSON_NUMBER)
        return refuse_scalar(reading, shape->java);
    if (bloop_json_next(&reading->json) != BLOOP_JSON_NUMBER)
        return bl_in_refuse_json(reading);
    bloop_slice text = bloop_json_text(&reading->json);
    bloop_number number;
    if (bloop_number_parse(text.data, text.size, &number))
        return bl_error(BLOOP_INVALID_SYNTAX, "NUMBER_VALUE cannot be converted to %s", shape->java);
    bool wide = shape == &bl_shape_long;
    integer->present = true;
    integer->value = whole_number(number, wide ? INT64_MIN : INT32_MIN, wide ? INT64_MAX : INT32_MAX);
    return BLOOP_OK;
}

static bloop_status decode_value(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    return bl_in_decode_value(reading, shape, out, element);
}

static bloop_status decode_struct(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    bloop_slice name;
    if (bloop_json_peek(&reading->json) != BLOOP_JSON_BEGIN_OBJECT)
        return bl_in_refuse_collection(reading, shape, element);
    if (bloop_json_enter_object(&reading->json))
        return bl_in_refuse_json(reading);
    *(bool *)out = true;
    while (bloop_json_next_name(&reading->json, &name)) {
        const bl_member *member = find_member(shape, name);
        if (!member) {
            if (bloop_json_skip(&reading->json))
                return bl_in_refuse_json(reading);
            continue;
        }
        /* Of a member that is there twice the last one counts. */
        void *at = (char *)out + member->offset;
        memset(at, 0, member->shape->size);
        bloop_status status = bl_in_decode(reading, member->shape, at, false);
        if (BL_UNLIKELY(status != BLOOP_OK))
            return status;
    }
    return end_container(reading);
}

static bloop_status decode_list(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    bl_in_list *list = out;
    size_t capacity = 0;
    if (bloop_json_peek(&reading->json) != BLOOP_JSON_BEGIN_ARRAY)
        return bl_in_refuse_collection(reading, shape, element);
    if (bloop_json_enter_array(&reading->json))
        return bl_in_refuse_json(reading);
    list->present = true;
    while (bloop_json_next_element(&reading->json)) {
        void *at = NULL;
        bloop_status status = add_element(reading, list, &capacity, shape->of->size, &at);
        if (status == BLOOP_OK)
            status = bl_in_decode(reading, shape->of, at, true);
        if (BL_UNLIKELY(status != BLOOP_OK))
            return status;
    }
    return end_container(reading);
}

static bloop_status decode_map(bl_wire_reading *reading, const bl_shape *shape, void *out, bool element)
{
    bl_in_list *list = out;
    size_t capacity = 0;
    bloop_slice name;
    if (bloop_json_peek(&reading->json) != BLOOP_JSON_BEGIN_OBJECT)
        return bl_in_refuse_collection(reading, shape, element);
    if (bloop_json_enter_object(&reading->json))
        return bl_in_refuse_json(reading);
    list->present = true;
    while (bloop_json_next_name(&reading->json, &name)) {
        void *at = NULL;
        bloop_status status = add_element(reading, list, &capacity, sizeof name + shape->of->size, &at);
        if (status == BLOOP_OK) {
            memcpy(at, &name, sizeof name);
            status = bl_in_decode(reading, shape->of, (char *)at + sizeof name, true);
        }
        if (BL_UNLIKELY(status != BLOOP_OK))
            return status;
    }
    return end_container(reading);
}

static const bl_member *find_member(const bl_shape *shape, bloop_slice name)
{
    for (size_t i = 0; i < shape->count; i++) {
        const bl_member *member = &shape->members[i];
        if (member->name_size == name.size && memcmp(member->name, name.data, name.size) == 0)
            return member;
    }
    return NULL;
}

/* A zeroed element at the end. Memory for lists is bounded, since many an empty element takes three bytes of text. */
static bloop_status add_element(bl_wire_reading *reading, bl_in_list *list, size_t *capacity, size_t size, void **out)
{
    if (list->count == *capacity) {
        size_t larger = *capacity ? *capacity * GROWTH : FIRST_BYTES / size + 1;
        if (larger > reading->list_bytes_left / size)
            return bl_error(BLOOP_INVALID_SYNTAX, "the request has far more elements in its lists and maps than any "
                                                  "operation takes");
        char *elements = bl_arena_alloc(&reading->arena, larger * size);
        if (!elements)
            return BLOOP_NO_MEMORY;
        if (list->count)
            memcpy(elements, list->elements, list->count * size);
        reading->list_bytes_left -= larger * size;
        list->elements = elements;
        *capacity = larger;
    }
    *out = (char *)list->elements + list->count++ * size;
    memset(*out, 0, size);
    return BLOOP_OK;
}

/* Whether a container ended as it should. */
static bloop_status end_container(bl_wire_reading *reading)
{
    return BL_LIKELY(reading->json.state != BL_JSON_FAILED) ? BLOOP_OK : bl_in_refuse_json(reading);
}

/* A value where a text, a truth or a number of the service's type `java` should be. */
static bloop_status refuse_scalar(bl_wire_reading *reading, const char *java)
{
    switch (bloop_json_peek(&reading->json)) {
    case BLOOP_JSON_BEGIN_OBJECT:
        return bl_error(BLOOP_INVALID_SYNTAX, "Start of structure or map found where not expected");
    case BLOOP_JSON_BEGIN_ARRAY:
        return bl_error(BLOOP_INVALID_SYNTAX, "Unrecognized collection type class java.lang.%s", java);
    case BLOOP_JSON_STRING: return bl_error(BLOOP_INVALID_SYNTAX, "STRING_VALUE cannot be converted to %s", java);
    case BLOOP_JSON_TRUE: return bl_error(BLOOP_INVALID_SYNTAX, "TRUE_VALUE cannot be converted to %s", java);
    case BLOOP_JSON_FALSE: return bl_error(BLOOP_INVALID_SYNTAX, "FALSE_VALUE cannot be converted to %s", java);
    default: break;
    }
    if (bloop_json_next(&reading->json) != BLOOP_JSON_NUMBER)
        return bl_in_refuse_json(reading);
    bloop_slice digits = bloop_json_text(&reading->json);
    bool decimal = memchr(digits.data, '.', digits.size) || memchr(digits.data, 'e', digits.size) ||
                   memchr(digits.data, 'E', digits.size);
    return bl_error(BLOOP_INVALID_SYNTAX, "%s_VALUE cannot be converted to %s", decimal ? "DECIMAL" : "NUMBER", java);
}

/* The texts that the service takes for truths. */
static bool truth_of_text(bloop_slice text, bl_in_truth *out)
{
    static const struct {
        const char *text;
        bl_in_truth truth;
    } words[] = {
        { "true", BL_IN_TRUE },   { "1", BL_IN_TRUE },  { "yes", BL_IN_TRUE },
        { "false", BL_IN_FALSE }, { "0", BL_IN_FALSE }, { "no", BL_IN_FALSE },
    };
    for (size_t i = 0; i < BL_COUNT_OF(words); i++) {
        if (strlen(words[i].text) == text.size && strncasecmp(words[i].text, text.data, text.size) == 0) {
            *out = words[i].truth;
            return true;
        }
    }
    return false;
}

/* Without its fraction, downwards; what does not fit becomes the nearest that does. */
static int64_t whole_number(bloop_number number, int64_t low, int64_t high)
{
    int64_t whole = 0;
    if (bloop_number_truncate_to_int64(number, &whole))
        return number.negative ? low : high;
    if (number.negative && whole > INT64_MIN && bloop_number_compare(bloop_number_of_int64(whole), number) != 0)
        whole--;
    return whole < low ? low : whole > high ? high : whole;
}
