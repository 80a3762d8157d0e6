#include "events.h"

#include <stdlib.h>

static const char *const words[] = {
    [BLOOP_JSON_ERROR] = "error",    [BLOOP_JSON_BEGIN_OBJECT] = "{", [BLOOP_JSON_END_OBJECT] = "}",
    [BLOOP_JSON_BEGIN_ARRAY] = "[",  [BLOOP_JSON_END_ARRAY] = "]",    [BLOOP_JSON_NAME] = "name:",
    [BLOOP_JSON_STRING] = "string:", [BLOOP_JSON_NUMBER] = "number:", [BLOOP_JSON_TRUE] = "true",
    [BLOOP_JSON_FALSE] = "false",    [BLOOP_JSON_NULL] = "null",      [BLOOP_JSON_END] = "end",
};

char *exact_copy(const char *text, size_t size)
{
    char *copy = malloc(size ? size : 1);
    if (copy && size)
        memcpy(copy, text, size);
    return copy;
}

void show_events(bloop_json_reader *reader, bl_buffer *out)
{
    bloop_json_event event;
    do {
        event = bloop_json_next(reader);
        bloop_slice text = bloop_json_text(reader);
        if (out->size)
            bl_buffer_byte(out, ' ');
        bl_buffer_text(out, words[event]);
        if (event == BLOOP_JSON_NAME || event == BLOOP_JSON_STRING)
            bl_buffer_byte(out, '"');
        if (text.data)
            bl_buffer_append(out, text.data, text.size);
        if (event == BLOOP_JSON_NAME || event == BLOOP_JSON_STRING)
            bl_buffer_byte(out, '"');
    } while (event != BLOOP_JSON_END && event != BLOOP_JSON_ERROR);
}

static bool skips(const char *text, size_t size, bloop_status *status)
{
    bloop_json_reader reader;
    bl_json_reader_use(&reader, text, size);
    bloop_json_skip(&reader);
    *status = bloop_json_finish(&reader);
    bl_json_reader_release(&reader);
    return *status == BLOOP_OK;
}

bool is_json(const char *text, size_t size)
{
    char *copy = exact_copy(text, size);
    bloop_json_reader reader;
    bloop_json_event event;
    bloop_status status, skip_status;
    bl_json_reader_use(&reader, copy, size);
    do
        event = bloop_json_next(&reader);
    while (event != BLOOP_JSON_END && event != BLOOP_JSON_ERROR);
    status = reader.status;
    bl_json_reader_release(&reader);
    bool skipped = skips(copy, size, &skip_status);
    free(copy);
    if (skipped != (event == BLOOP_JSON_END) || status != skip_status)
        abort();
    return skipped;
}
