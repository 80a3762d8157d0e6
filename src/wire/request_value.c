/* Attribute values of requests. Nearly all are as they should be, and area json reads those in one go; for what it refuses
   there is the walk below, which knows what the service makes of it: a type error of the JSON, told at once; a value that
   is not valid, remembered (bl_in_value.fault) and told in its turn; or something that the service lets pass, such as
   "true" for true. Words as architect/dynalite's suite and the conformance suite recorded them. */
#include <stdio.h>

#include "wire/reading_private.h"

#define INVALID "One or more parameter values were invalid: "
#define NESTING \
    "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"

/* A walk over one value or item. */
typedef struct walk {
    bl_wire_reading *reading;
    bloop_json_reader *json;
    bloop_builder *builder;
    const char *fault; /* the first */
    bloop_status status;
} walk;

/* The content of a value, or an element of a set, of type `tag`. `build`: it is to be built, not only judged. */
typedef bloop_status (*content_reader)(walk *w, bloop_tag tag, unsigned level, bool build);

static bloop_status read_fast(bl_wire_reading *reading, bool item, bloop_value *out);
static bloop_status read_slowly(bl_wire_reading *reading, const bl_shape *shape, bl_in_value *out, bool element);
static bloop_status read_value(walk *w, unsigned level, bool build);
static bloop_status read_types(walk *w, unsigned level, bool build);
static bloop_status read_scalar(walk *w, bloop_tag tag, unsigned level, bool build);
static bloop_status read_truth(walk *w, bloop_tag tag, unsigned level, bool build);
static bloop_status read_set(walk *w, bloop_tag tag, unsigned level, bool build);
static bloop_status read_list(walk *w, bloop_tag tag, unsigned level, bool build);
static bloop_status read_map(walk *w, bloop_tag tag, unsigned level, bool build);
static bloop_status read_binary(walk *w, bloop_slice *out);
static bloop_status build_scalar(walk *w, bloop_tag tag, bloop_slice text, bool build);
static bloop_status decode_binary(walk *w, bloop_slice text, bool build);
static bool building(walk *w, bool build);
static bloop_status fault(walk *w, const char *format, ...) BLOOP_PRINTF_(2, 3);
static bloop_status fault_of_builder(walk *w);
static bloop_status fault_of_duplicates(walk *w, bloop_tag tag, const uint8_t *from);
static bloop_status end_document(walk *w, bool build);
static bloop_status container_end(walk *w);
static bloop_status keep(bl_wire_reading *reading, bloop_value *out);

static const content_reader readers[BLOOP_TAG_COUNT] = {
    [BLOOP_TAG_NULL] = read_truth, [BLOOP_TAG_BOOL] = read_truth, [BLOOP_TAG_N] = read_scalar,
    [BLOOP_TAG_S] = read_scalar,   [BLOOP_TAG_B] = read_scalar,   [BLOOP_TAG_SS] = read_set,
    [BLOOP_TAG_NS] = read_set,     [BLOOP_TAG_BS] = read_set,     [BLOOP_TAG_L] = read_list,
    [BLOOP_TAG_M] = read_map,
};

static const bl_shape list_shape = { .kind = BL_IN_LIST, .java = "java.util.List" };

bloop_status bl_in_decode_value(bl_wire_reading *reading, const bl_shape *shape, bl_in_value *out, bool element)
{
    const uint8_t *begin = reading->json.at;
    if (bloop_json_peek(&reading->json) == BLOOP_JSON_BEGIN_OBJECT) {
        bloop_status status = read_fast(reading, shape->kind == BL_IN_ITEM, &out->value);
        if (BL_LIKELY(status == BLOOP_OK))
            out->present = true;
        if (BL_LIKELY(status == BLOOP_OK) || status == BLOOP_NO_MEMORY)
            return status;
        /* Back to where the value begins. */
        reading->json.at = begin;
        reading->json.state = BL_JSON_AT_VALUE;
        reading->json.status = BLOOP_OK;
    }
    return read_slowly(reading, shape, out, element);
}

static bloop_status read_fast(bl_wire_reading *reading, bool item, bloop_value *out)
{
    bloop_builder_reset(&reading->builder);
    bloop_status status = item ? bloop_json_read_item(&reading->json, &reading->builder)
                               : bloop_json_read_value(&reading->json, &reading->builder);
    return BL_LIKELY(status == BLOOP_OK) ? keep(reading, out) : status;
}

static bloop_status read_slowly(bl_wire_reading *reading, const bl_shape *shape, bl_in_value *out, bool element)
{
    walk w = { .reading = reading, .json = &reading->json, .builder = &reading->builder };
    bloop_builder_reset(&reading->builder);
    if (bloop_json_peek(w.json) != BLOOP_JSON_BEGIN_OBJECT)
        return bl_in_refuse_collection(reading, shape, element);
    bloop_status status = shape->kind == BL_IN_ITEM ? read_map(&w, BLOOP_TAG_M, 0, true) : read_types(&w, 1, true);
    if (status != BLOOP_OK)
        return status;
    if (!w.fault && reading->builder.status != BLOOP_OK)
        status = fault_of_builder(&w);
    if (status == BLOOP_OK && !w.fault)
        status = keep(reading, &out->value);
    out->fault = w.fault;
    out->present = status == BLOOP_OK;
    return status;
}

/* An attribute value inside another, at a level counted from the item's attributes, which are at 1. */
static bloop_status read_value(walk *w, unsigned level, bool build)
{
    bloop_json_event event = bloop_json_peek(w->json);
    /* Below what can be built nothing is judged any more, so that the recursion ends. */
    if (level > BLOOP_MAX_DEPTH + 1) {
        bloop_status status = fault(w, NESTING);
        return status == BLOOP_OK && bloop_json_skip(w->json) ? bl_in_refuse_json(w->reading) : status;
    }
    if (event == BLOOP_JSON_NULL) {
        if (bloop_json_skip(w->json))
            return bl_in_refuse_json(w->reading);
        return fault(w, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    }
    if (event != BLOOP_JSON_BEGIN_OBJECT)
        return bl_in_refuse_collection(w->reading, &bl_shape_value, true);
    return read_types(w, level, build);
}

/* {"S": …}, with members that are unknown or null passed over. */
static bloop_status read_types(walk *w, unsigned level, bool build)
{
    bloop_slice name;
    unsigned types = 0;
    if (bloop_json_enter_object(w->json))
        return bl_in_refuse_json(w->reading);
    while (bloop_json_next_name(w->json, &name)) {
        bloop_tag tag = bloop_tag_of_name(name.data, name.size);
        bloop_status status = BLOOP_OK;
        if (tag == BLOOP_TAG_NONE || bloop_json_peek(w->json) == BLOOP_JSON_NULL)
            status = bloop_json_skip(w->json) ? bl_in_refuse_json(w->reading) : BLOOP_OK;
        else
            status = readers[tag](w, tag, level, ++types == 1 && build);
        if (status != BLOOP_OK)
            return status;
    }
    bloop_status status = container_end(w);
    if (status == BLOOP_OK && types == 0)
        return fault(w, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
    if (status == BLOOP_OK && types > 1)
        return fault(w, "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
                        "supported datatypes");
    return status;
}

static bloop_status read_scalar(walk *w, bloop_tag tag, unsigned level, bool build)
{
    (void)level;
    bloop_slice text = { NULL, 0 };
    bloop_status status = tag == BLOOP_TAG_B ? read_binary(w, &text) : bl_in_decode_text(w->reading, "String", &text);
    return status == BLOOP_OK ? build_scalar(w, tag, text, build) : status;
}

static bloop_status read_truth(walk *w, bloop_tag tag, unsigned level, bool build)
{
    (void)level;
    bl_in_truth truth = BL_IN_ABSENT;
    bloop_status status = bl_in_decode_truth(w->reading, &truth);
    if (status != BLOOP_OK)
        return status;
    if (tag == BLOOP_TAG_NULL && truth == BL_IN_FALSE)
        return fault(w, INVALID "Null attribute value types must have the value of true");
    if (building(w, build) && tag == BLOOP_TAG_NULL)
        bloop_build_null(w->builder);
    else if (building(w, build))
        bloop_build_bool(w->builder, truth == BL_IN_TRUE);
    return BLOOP_OK;
}

static bloop_status read_set(walk *w, bloop_tag tag, unsigned level, bool build)
{
    static const struct {
        bloop_tag element;
        const char *empty;
    } kinds[BLOOP_TAG_COUNT] = {
        [BLOOP_TAG_SS] = { BLOOP_TAG_S, INVALID "An string set  may not be empty" },
        [BLOOP_TAG_NS] = { BLOOP_TAG_N, INVALID "An number set  may not be empty" },
        [BLOOP_TAG_BS] = { BLOOP_TAG_B, INVALID "Binary sets should not be empty" },
    };
    size_t count = 0;
    if (bloop_json_peek(w->json) != BLOOP_JSON_BEGIN_ARRAY)
        return bl_in_refuse_collection(w->reading, &list_shape, false);
    const uint8_t *from = w->json->at;
    if (bloop_json_enter_array(w->json))
        return bl_in_refuse_json(w->reading);
    if (building(w, build))
        bloop_build_begin(w->builder, tag);
    for (; bloop_json_next_element(w->json); count++) {
        bloop_status status = BLOOP_OK;
        if (bloop_json_peek(w->json) != BLOOP_JSON_NULL)
            status = read_scalar(w, kinds[tag].element, level, build);
        else if (bloop_json_skip(w->json))
            status = bl_in_refuse_json(w->reading);
        else
            status = fault(w, INVALID "A set may not contain null");
        if (status != BLOOP_OK)
            return status;
    }
    bloop_status status = container_end(w);
    if (status != BLOOP_OK)
        return status;
    if (count == 0)
        return fault(w, "%s", kinds[tag].empty);
    if (building(w, build))
        bloop_build_end(w->builder);
    /* What else it was it has told of by itself. */
    bool failed = build && !w->fault && w->builder->status == BLOOP_INVALID_VALUE;
    return failed ? fault_of_duplicates(w, tag, from) : BLOOP_OK;
}

static bloop_status read_list(walk *w, bloop_tag tag, unsigned level, bool build)
{
    if (bloop_json_peek(w->json) != BLOOP_JSON_BEGIN_ARRAY)
        return bl_in_refuse_collection(w->reading, &list_shape, false);
    if (bloop_json_enter_array(w->json))
        return bl_in_refuse_json(w->reading);
    if (building(w, build))
        bloop_build_begin(w->builder, tag);
    while (bloop_json_next_element(w->json)) {
        bloop_status status = read_value(w, level + 1, build);
        if (status != BLOOP_OK)
            return status;
    }
    return end_document(w, build);
}

static bloop_status read_map(walk *w, bloop_tag tag, unsigned level, bool build)
{
    bloop_slice name;
    if (bloop_json_peek(w->json) != BLOOP_JSON_BEGIN_OBJECT)
        return bl_in_refuse_collection(w->reading, &bl_shape_item, false);
    if (bloop_json_enter_object(w->json))
        return bl_in_refuse_json(w->reading);
    if (building(w, build))
        bloop_build_begin(w->builder, tag);
    while (bloop_json_next_name(w->json, &name)) {
        if (building(w, build))
            bloop_build_name(w->builder, name.data, name.size);
        bloop_status status = read_value(w, level + 1, build);
        if (status != BLOOP_OK)
            return status;
    }
    return end_document(w, build);
}

static bloop_status end_document(walk *w, bool build)
{
    bloop_status status = container_end(w);
    if (status == BLOOP_OK && building(w, build))
        bloop_build_end(w->builder);
    return status;
}

/* The base64 of a binary, of which the service says other things than of texts. */
static bloop_status read_binary(walk *w, bloop_slice *out)
{
    switch (bloop_json_peek(w->json)) {
    case BLOOP_JSON_STRING: return bl_in_decode_text(w->reading, "String", out);
    case BLOOP_JSON_TRUE:
    case BLOOP_JSON_FALSE:
    case BLOOP_JSON_NUMBER:
        return bl_error(BLOOP_INVALID_SYNTAX, "only base-64-encoded strings are convertible to bytes");
    case BLOOP_JSON_BEGIN_ARRAY:
        return bl_error(BLOOP_INVALID_SYNTAX, "Unrecognized collection type class java.nio.ByteBuffer");
    default: return bl_in_refuse_collection(w->reading, &bl_shape_value, true);
    }
}

static bloop_status build_scalar(walk *w, bloop_tag tag, bloop_slice text, bool build)
{
    bloop_number number;
    if (tag == BLOOP_TAG_B)
        return decode_binary(w, text, build);
    if (tag == BLOOP_TAG_N && bloop_number_parse(text.data, text.size, &number))
        return fault(w, "%s", bloop_last_error()->message);
    if (!building(w, build))
        return BLOOP_OK;
    if (tag == BLOOP_TAG_N)
        bloop_build_number(w->builder, number);
    else
        bloop_build_string(w->builder, text.data, text.size);
    return BLOOP_OK;
}

static bloop_status decode_binary(walk *w, bloop_slice text, bool build)
{
    bl_buffer *bytes = &w->json->scratch;
    if (text.size % 4 != 0)
        return bl_error(BLOOP_INVALID_SYNTAX, "Base64 encoded length is expected a multiple of 4 bytes but found: %zu",
                        text.size);
    bl_buffer_clear(bytes);
    bloop_status status = bl_base64_decode(bytes, text.data, text.size);
    if (status == BLOOP_NO_MEMORY)
        return status;
    if (status != BLOOP_OK)
        return bl_error(BLOOP_INVALID_SYNTAX, "Invalid last non-pad Base64 character dectected");
    if (building(w, build))
        bloop_build_binary(w->builder, bytes->data, bytes->size);
    return BLOOP_OK;
}

static bool building(walk *w, bool build)
{
    return build && !w->fault && w->builder->status == BLOOP_OK;
}

/* Remembers what is wrong, unless something else was wrong before; the reading goes on. */
static bloop_status fault(walk *w, const char *format, ...)
{
    char text[1024];
    if (w->fault)
        return BLOOP_OK;
    if (w->builder->status != BLOOP_OK)
        return fault_of_builder(w);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    w->fault = bl_arena_text(&w->reading->arena, text, strlen(text));
    return w->fault ? BLOOP_OK : BLOOP_NO_MEMORY;
}

/* The same when it was the builder that noticed: nesting, names that are there twice. */
static bloop_status fault_of_builder(walk *w)
{
    if (w->builder->status == BLOOP_NO_MEMORY)
        return bl_error(BLOOP_NO_MEMORY, "%s", w->builder->message);
    w->fault = bl_arena_text(&w->reading->arena, w->builder->message, strlen(w->builder->message));
    return w->fault ? BLOOP_OK : BLOOP_NO_MEMORY;
}

/* The elements are read again, for the message. `from` is where the array begins. */
static bloop_status fault_of_duplicates(walk *w, bloop_tag tag, const uint8_t *from)
{
    char space[512];
    bl_buffer list = { 0 };
    bloop_json_reader again;
    bloop_slice text;
    bl_buffer_use(&list, space, sizeof space);
    bl_json_reader_use(&again, (const char *)from, (size_t)(w->json->at - from));
    if (tag != BLOOP_TAG_NS && bloop_json_enter_array(&again) == BLOOP_OK) {
        while (list.size < sizeof space && bloop_json_next_element(&again) &&
               bloop_json_read_string(&again, &text) == BLOOP_OK)
            bl_buffer_format(&list, "%s%.*s", list.size ? ", " : "", (int)bl_in_shown(text, 256), text.data);
    }
    bloop_builder_reset(w->builder);
    bloop_status status = BLOOP_OK;
    if (list.status != BLOOP_OK)
        status = list.status;
    else if (tag == BLOOP_TAG_NS)
        status = fault(w, "Input collection contains duplicates");
    else
        status = fault(w, INVALID "Input collection [%.*s]%s contains duplicates.", (int)list.size,
                       (const char *)list.data, tag == BLOOP_TAG_BS ? "of type BS" : "");
    bl_json_reader_release(&again);
    bl_buffer_free(&list);
    return status;
}

/* Whether a container ended as it should. */
static bloop_status container_end(walk *w)
{
    return w->json->state != BL_JSON_FAILED ? BLOOP_OK : bl_in_refuse_json(w->reading);
}

/* The finished value, out of the builder's way. */
static bloop_status keep(bl_wire_reading *reading, bloop_value *out)
{
    bloop_value value;
    bloop_status status = bloop_builder_value(&reading->builder, &value);
    if (status != BLOOP_OK)
        return status;
    const uint8_t *copy = bl_arena_copy(&reading->arena, value.data, value.size);
    if (!copy)
        return BLOOP_NO_MEMORY;
    *out = (bloop_value){ copy, value.size };
    return BLOOP_OK;
}
