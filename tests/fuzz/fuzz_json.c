/* Any bytes as JSON. What is accepted is written and read again, and must come out the same; both ways of scanning, reading
   and reading past, must agree; and each form of a packed value must be a fixed point. */
#include <stdlib.h>

#include "json/json.h"
#include "unit/json/scan_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One form of a packed value: how it is read and written. */
typedef struct form {
    bloop_status (*read)(const char *text, size_t size, bloop_builder *builder, bloop_value *out);
    char *(*write)(bloop_value value, bloop_json_style style, size_t *size);
    bool exact; /* what is written is read as the same value; the document form forgets types */
} form;

static void require(bool holds);
static bool check_text(const char *text, size_t size);
static char *rewrite(const char *text, size_t size, bloop_json_style style, size_t *written);
static void write_event(bloop_json_writer *writer, bloop_json_event event, bloop_slice text);
static bool skips(const char *text, size_t size);
static void check_form(const form *form, const char *text, size_t size, bool is_json);
static void check_written(const form *form, bloop_value value, bloop_json_style style, bool exact);

static const form forms[] = {
    { bloop_value_of_json, bloop_value_to_json, true },
    { bloop_item_of_json, bloop_item_to_json, true },
    { bloop_document_of_json, bloop_document_to_json, false },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    require(scans_agree(data, size));
    bool is_json = check_text(text, size);
    for (size_t i = 0; i < BL_COUNT_OF(forms); i++)
        check_form(&forms[i], text, size, is_json);
    return 0;
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void write_event(bloop_json_writer *writer, bloop_json_event event, bloop_slice text)
{
    switch (event) {
    case BLOOP_JSON_BEGIN_OBJECT: bloop_json_write_object(writer); break;
    case BLOOP_JSON_BEGIN_ARRAY: bloop_json_write_array(writer); break;
    case BLOOP_JSON_END_OBJECT:
    case BLOOP_JSON_END_ARRAY: bloop_json_write_end(writer); break;
    case BLOOP_JSON_NAME: bloop_json_write_name(writer, text.data, text.size); break;
    case BLOOP_JSON_STRING: bloop_json_write_string(writer, text.data, text.size); break;
    case BLOOP_JSON_NUMBER: bloop_json_write_number_text(writer, text.data, text.size); break;
    case BLOOP_JSON_TRUE:
    case BLOOP_JSON_FALSE: bloop_json_write_bool(writer, event == BLOOP_JSON_TRUE); break;
    case BLOOP_JSON_NULL: bloop_json_write_null(writer); break;
    case BLOOP_JSON_ERROR:
    case BLOOP_JSON_END: break;
    }
}

/* Reads a text and writes what it says. The written text, or NULL when the text is no JSON. */
static char *rewrite(const char *text, size_t size, bloop_json_style style, size_t *written)
{
    bloop_json_reader *reader = bloop_json_reader_new(text, size);
    bloop_json_writer *writer = bloop_json_writer_new(style);
    bloop_json_event event;
    char *out = NULL;
    require(reader && writer);
    do {
        event = bloop_json_next(reader);
        require(bloop_json_where(reader).offset <= size);
        write_event(writer, event, bloop_json_text(reader));
    } while (event != BLOOP_JSON_END && event != BLOOP_JSON_ERROR);
    if (event == BLOOP_JSON_END)
        require((out = bloop_json_writer_take(writer, written)) != NULL);
    bloop_json_writer_free(writer);
    bloop_json_reader_free(reader);
    return out;
}

static bool skips(const char *text, size_t size)
{
    bloop_json_reader *reader = bloop_json_reader_new(text, size);
    require(reader != NULL);
    bloop_json_skip(reader);
    bloop_status status = bloop_json_finish(reader);
    bloop_json_reader_free(reader);
    return status == BLOOP_OK;
}

/* Whether it is JSON. Compact and indented text must be rewritten to each other. */
static bool check_text(const char *text, size_t size)
{
    size_t compact_size, indented_size, again_size;
    char *compact = rewrite(text, size, BLOOP_JSON_COMPACT, &compact_size);
    require(skips(text, size) == (compact != NULL));
    if (!compact)
        return false;
    char *indented = rewrite(compact, compact_size, BLOOP_JSON_INDENTED, &indented_size);
    require(indented != NULL);
    char *again = rewrite(indented, indented_size, BLOOP_JSON_COMPACT, &again_size);
    require(again && again_size == compact_size && memcmp(again, compact, again_size) == 0);
    bloop_json_free(compact);
    bloop_json_free(indented);
    bloop_json_free(again);
    return true;
}

static void check_written(const form *form, bloop_value value, bloop_json_style style, bool exact)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_value again;
    size_t size;
    char *text = form->write(value, style, &size);
    require(builder && text);
    require(form->read(text, size, builder, &again) == BLOOP_OK);
    require(!exact || bloop_value_equal(value, again));
    bloop_json_free(text);
    bloop_builder_free(builder);
}

static void check_form(const form *form, const char *text, size_t size, bool is_json)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    require(builder != NULL);
    if (form->read(text, size, builder, &value) == BLOOP_OK) {
        require(is_json);
        require(bloop_value_check(value.data, value.size) == BLOOP_OK);
        check_written(form, value, BLOOP_JSON_COMPACT, true);
        check_written(form, value, BLOOP_JSON_INDENTED, true);
        if (form->exact)
            check_written(&forms[2], value, BLOOP_JSON_COMPACT, false);
        else
            check_written(&forms[0], value, BLOOP_JSON_COMPACT, true);
    } else {
        require(bloop_last_error()->status != BLOOP_OK && bloop_last_error()->status != BLOOP_INTERNAL);
    }
    bloop_builder_free(builder);
}
