/* Errors as a client receives them: from the service, from what stands in for it, or from a proxy on the way. */
#include "wire/answer_private.h"
#include "wire/errors_private.h"

#include <stdio.h>

/* What the body says, as far as it can be read. */
typedef struct error_body {
    bloop_slice type, code, message;
    bool has_item;
} error_body;

static void read_body(bl_answer *answer, error_body *body, bool wants_item);
static void read_text(bloop_json_reader *reader, bloop_slice *out);
static void set_name(char out[64], bloop_slice type);
static void classify(int http_status, bloop_slice message, const bl_wire_error_row *row, bl_wire_error *out);
static bloop_status status_of_http(int http_status, bool named);
static bool says(bloop_slice message, const char *words);
static bloop_status tell(int http_status, bloop_slice message, const bl_wire_error *error);
static bloop_status give_item(bl_answer *answer, bloop_result_memory *memory, bloop_item *out);

void bl_wire_read_error(int http_status, const char *header_type, const char *body, size_t size,
                        bloop_result_memory *memory, bloop_item *item, bl_wire_error *out)
{
    bl_answer answer;
    error_body read = { 0 };
    *out = (bl_wire_error){ 0 };
    if (item)
        *item = (bloop_item){ NULL, 0 };
    bl_answer_begin(&answer, body, size);
    read_body(&answer, &read, item != NULL);
    if (header_type)
        set_name(out->name, (bloop_slice){ header_type, strlen(header_type) });
    if (!*out->name)
        set_name(out->name, read.type.size ? read.type : read.code);
    classify(http_status, read.message, bl_wire_error_of_name(out->name), out);
    if (answer.reader.status == BLOOP_NO_MEMORY || (item && read.has_item && give_item(&answer, memory, item)))
        out->status = BLOOP_NO_MEMORY;
    else
        tell(http_status, read.message, out);
    bl_answer_end(&answer);
}

/* Whatever can't be read ends the reading, and what was read before it counts. */
static void read_body(bl_answer *answer, error_body *body, bool wants_item)
{
    bloop_json_reader *reader = &answer->reader;
    bloop_slice name;
    bloop_json_enter_object(reader);
    while (bloop_json_next_name(reader, &name)) {
        if (bl_slice_is(name, "__type"))
            read_text(reader, &body->type);
        else if (bl_slice_is(name, "code") || bl_slice_is(name, "Code"))
            read_text(reader, &body->code);
        else if (bl_slice_is(name, "message") || bl_slice_is(name, "Message"))
            read_text(reader, &body->message);
        else if (bl_slice_is(name, "Item") && wants_item && !body->has_item &&
                 bloop_json_peek(reader) == BLOOP_JSON_BEGIN_OBJECT)
            body->has_item = bloop_json_read_item(reader, &answer->builder) == BLOOP_OK;
        else
            bloop_json_skip(reader);
    }
}

static void read_text(bloop_json_reader *reader, bloop_slice *out)
{
    if (bloop_json_peek(reader) == BLOOP_JSON_STRING)
        bloop_json_read_string(reader, out);
    else
        bloop_json_skip(reader);
}

/* Of "com.amazon.coral.service#AccessDeniedException:http://…" the middle. */
static void set_name(char out[64], bloop_slice type)
{
    *out = 0;
    if (!type.data)
        return;
    const char *colon = memchr(type.data, ':', type.size);
    size_t end = colon ? (size_t)(colon - type.data) : type.size, begin = end;
    while (begin > 0 && type.data[begin - 1] != '#')
        begin--;
    size_t size = 0;
    for (size_t at = begin; at < end && size < 63; at++)
        if (type.data[at] > ' ' && type.data[at] < 0x7F)
            out[size++] = type.data[at];
    out[size] = 0;
}

static void classify(int http_status, bloop_slice message, const bl_wire_error_row *row, bl_wire_error *out)
{
    unsigned flags = row ? row->flags : 0;
    out->status = row ? row->status : status_of_http(http_status, *out->name != 0);
    out->throttled = (flags & BL_WIRE_THROTTLED) || http_status == 429 || http_status == 509;
    out->transient = (flags & BL_WIRE_TRANSIENT) || http_status == 500 || (http_status >= 502 && http_status <= 504);
    out->clock_skewed = flags & BL_WIRE_SKEWED;
    if (flags & BL_WIRE_SKEW_IF_SAID)
        out->clock_skewed = says(message, "Signature expired") || says(message, "Signature not yet current");
    out->not_run = out->throttled || (http_status >= 400 && http_status < 500);
}

static bloop_status status_of_http(int http_status, bool named)
{
    static const struct {
        int http_status;
        bloop_status status;
    } known[] = {
        { 401, BLOOP_ACCESS_DENIED }, { 403, BLOOP_ACCESS_DENIED }, { 408, BLOOP_TIMEOUT },
        { 413, BLOOP_VALIDATION },    { 429, BLOOP_THROTTLED },     { 509, BLOOP_THROTTLED },
    };
    for (size_t i = 0; i < BL_COUNT_OF(known); i++)
        if (known[i].http_status == http_status)
            return known[i].status;
    return named || http_status >= 500 ? BLOOP_SERVICE : BLOOP_NETWORK;
}

static bool says(bloop_slice message, const char *words)
{
    size_t size = strlen(words);
    for (size_t at = 0; at + size <= message.size; at++)
        if (memcmp(message.data + at, words, size) == 0)
            return true;
    return false;
}

/* The service's words as they are, where it is one of its errors that callers know by status. */
static bloop_status tell(int http_status, bloop_slice message, const bl_wire_error *error)
{
    char quoted[BL_QUOTE_SIZE];
    int size = message.size > 4096 ? 4096 : (int)message.size;
    bool plain = error->status != BLOOP_SERVICE && error->status != BLOOP_NETWORK && *error->name;
    if (plain && size > 0)
        return bl_error(error->status, "%.*s", size, message.data);
    if (size > 0)
        return bl_error(error->status, "the endpoint answered HTTP %d, %s: %s", http_status,
                        *error->name ? error->name : "an error without a name",
                        bl_quote(quoted, message.data, message.size));
    return bl_error(error->status, "the endpoint answered HTTP %d, %s", http_status,
                    *error->name ? error->name : "which is none of DynamoDB's errors");
}

static bloop_status give_item(bl_answer *answer, bloop_result_memory *memory, bloop_item *out)
{
    bloop_item read;
    bloop_status status = bloop_builder_value(&answer->builder, &read);
    uint8_t *room = status == BLOOP_OK ? bl_result_room(memory, NULL, read.size) : NULL;
    if (!room)
        return BLOOP_NO_MEMORY;
    memcpy(room, read.data, read.size);
    *out = (bloop_item){ room, read.size };
    return BLOOP_OK;
}
