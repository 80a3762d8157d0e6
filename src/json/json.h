/* The interface of area json: the inside of readers and writers, so that they can stand on a stack, and on storage of
   the caller's. The public half is in bloop/json.h. */
#ifndef BL_JSON_H
#define BL_JSON_H

#include <bloop/json.h>

#include "base/base.h"
#include "value/value.h"

/* What may come next. */
typedef enum bl_json_state {
    BL_JSON_AT_VALUE,   /* a value: at the start, after a name, before an element */
    BL_JSON_AT_ELEMENT, /* just inside an array: an element or the end */
    BL_JSON_AT_NAME,    /* just inside an object: a name or the end */
    BL_JSON_AFTER,      /* behind a value: a comma or the end of what it is in */
    BL_JSON_FAILED
} bl_json_state;

/* Which of the open containers are objects: one bit a level. */
typedef struct bl_json_levels {
    uint64_t objects[BLOOP_JSON_MAX_DEPTH / 64];
} bl_json_levels;
static inline bool bl_json_in_object(const bl_json_levels *levels, uint32_t depth)
{
    return depth > 0 && (levels->objects[(depth - 1) / 64] >> ((depth - 1) % 64) & 1);
}
static inline void bl_json_set_level(bl_json_levels *levels, uint32_t level, bool object)
{
    uint64_t bit = UINT64_C(1) << (level % 64), *word = &levels->objects[level / 64];
    *word = object ? *word | bit : *word & ~bit;
}

/* The longest words of a failure that are kept, without the position. */
#define BL_JSON_MESSAGE_SIZE 256

struct bloop_json_reader {
    const uint8_t *begin, *at, *end;
    const uint8_t *token; /* where the last event begins; of a failure, where it is */
    bloop_slice text;     /* of the last event */
    bl_json_state state;
    uint32_t depth, max_depth;
    bl_json_levels levels;
    bl_arena strings; /* what had escapes, without them */
    bl_buffer scratch;
    bloop_status status;
    bloop_json_position failed_at;
    char message[BL_JSON_MESSAGE_SIZE]; /* the rule that was broken, without the position */
};
/* Makes a reader of a struct with any content; bl_json_reader_release frees what it holds. */
void bl_json_reader_use(bloop_json_reader *reader, const char *text, size_t size);
void bl_json_reader_release(bloop_json_reader *reader);

struct bloop_json_writer {
    bl_buffer buffer; /* areas above may append to it what is known to be JSON */
    bool indented;
    bool first; /* nothing is in the innermost container yet */
    bool named; /* a name waits for its value */
    uint32_t depth;
    bl_json_levels levels;
    bloop_status status;
    char message[BL_JSON_MESSAGE_SIZE];
};
/* Makes a writer of a struct with any content. `storage`, of `size` bytes, is used until it is too small; it may be NULL. */
void bl_json_writer_use(bloop_json_writer *writer, bloop_json_style style, void *storage, size_t size);
void bl_json_writer_release(bloop_json_writer *writer);
/* Takes the place of the next value and writes what separates it from the one before. False when no value can come: the
   writer fails, or has. What is true is followed by a value, appended to the buffer. */
bool bl_json_begin_value(bloop_json_writer *writer);
/* Fails the writer from outside, unless it has failed already. */
void bl_json_writer_fail(bloop_json_writer *writer, bloop_status status, const char *format, ...) BLOOP_PRINTF_(3, 4);
/* A name and a string that are known to be UTF-8. */
void bl_json_write_trusted_name(bloop_json_writer *writer, bloop_slice name);
void bl_json_write_trusted_string(bloop_json_writer *writer, bloop_slice text);
/* A value that is known to be JSON, as it is. */
void bl_json_write_raw(bloop_json_writer *writer, const char *text, size_t size);
/* A string that is known to be UTF-8, with its quotes, at the end of any buffer. */
void bl_json_append_string(bl_buffer *out, const char *text, size_t size);
/* A packed value or item in the compact DynamoDB form, at the end of any buffer. */
void bl_json_append_value(bl_buffer *out, bloop_value value);
void bl_json_append_item(bl_buffer *out, bloop_item item);

#endif
