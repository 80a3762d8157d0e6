/* Text for print-outs and messages: types and attribute values. */
#include "model/type_private.h"

#include <stdio.h>

#define DEEPEST 8 /* levels of types within types that are shown */

static void describe(bl_text *text, const bloop_type *type, int depth);
static void add_elements(bl_text *text, bloop_value container);
static void add_element(bl_text *text, const bloop_walk *walk);
static void add_quoted(bl_text *text, bloop_slice bytes);
static void add_number(bl_text *text, bloop_number number);

size_t bloop_type_print(const bloop_type *type, char *text, size_t size)
{
    bl_text out;
    bl_text_begin(&out, text, size);
    bl_type_describe(&out, type);
    return out.length;
}

void bl_text_begin(bl_text *text, char *storage, size_t size)
{
    *text = (bl_text){ .at = storage, .size = storage ? size : 0 };
    if (text->size)
        storage[0] = '\0';
}

void bl_text_add(bl_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->at, text->size, format, arguments);
    va_end(arguments);
    if (length <= 0)
        return;
    size_t shown = (size_t)length < text->size ? (size_t)length : text->size ? text->size - 1 : 0;
    text->length += (size_t)length;
    text->size -= shown;
    if (text->at)
        text->at += shown;
}

void bl_text_value(bl_text *text, bloop_value value)
{
    switch (bloop_value_tag(value)) {
    case BLOOP_TAG_NONE: bl_text_add(text, "none"); break;
    case BLOOP_TAG_NULL: bl_text_add(text, "null"); break;
    case BLOOP_TAG_BOOL: bl_text_add(text, "%s", bloop_value_bool(value) ? "true" : "false"); break;
    case BLOOP_TAG_N: add_number(text, bloop_value_number(value)); break;
    case BLOOP_TAG_B:
        bl_text_add(text, "b");
        /* fall through */
    case BLOOP_TAG_S: add_quoted(text, bloop_value_bytes(value)); break;
    default: add_elements(text, value); break;
    }
}

void bl_type_describe(bl_text *text, const bloop_type *type)
{
    describe(text, type, 0);
}

const char *bl_type_text(const bloop_type *type, char text[BL_TYPE_TEXT_SIZE])
{
    bloop_type_print(type, text, BL_TYPE_TEXT_SIZE);
    return text;
}

/* Set and List show what they hold; a type with a name of its own shows that. */
static void describe(bl_text *text, const bloop_type *type, int depth)
{
    bool is_plain = type && type->inner && type->name &&
                    ((type->like == &bloop_type_Set && strcmp(type->name, "Set") == 0) ||
                     (type->like == &bloop_type_List && strcmp(type->name, "List") == 0));
    bl_text_add(text, "%s", type && type->name ? type->name : "?");
    if (!is_plain)
        return;
    bl_text_add(text, "(");
    if (depth < DEEPEST)
        describe(text, type->inner, depth + 1);
    else
        bl_text_add(text, "...");
    bl_text_add(text, ")");
}

static void add_elements(bl_text *text, bloop_value container)
{
    bool is_list = bloop_value_tag(container) == BLOOP_TAG_L;
    bloop_walk walk = bloop_value_walk(container);
    bl_text_add(text, is_list ? "[" : "{");
    for (bool more = false; bloop_walk_next(&walk); more = true) {
        bl_text_add(text, more ? ", " : "");
        add_element(text, &walk);
    }
    bl_text_add(text, is_list ? "]" : "}");
}

static void add_element(bl_text *text, const bloop_walk *walk)
{
    switch (walk->tag) {
    case BLOOP_TAG_NS: add_number(text, bloop_walk_number(walk)); break;
    case BLOOP_TAG_BS:
        bl_text_add(text, "b");
        /* fall through */
    case BLOOP_TAG_SS: add_quoted(text, walk->bytes); break;
    case BLOOP_TAG_M:
        bl_text_add(text, "%.*s: ", (int)walk->name.size, walk->name.data);
        /* fall through */
    default: bl_text_value(text, walk->value); break; /* nests to BLOOP_MAX_DEPTH at most */
    }
}

static void add_quoted(bl_text *text, bloop_slice bytes)
{
    char quoted[BL_QUOTE_SIZE];
    bl_text_add(text, "%s", bl_quote(quoted, bytes.data, bytes.size));
}

static void add_number(bl_text *text, bloop_number number)
{
    char digits[BLOOP_NUMBER_TEXT_SIZE];
    bloop_number_format(number, digits);
    bl_text_add(text, "%s", digits);
}
