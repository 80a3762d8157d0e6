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

/* Items that look alike, as those of a page do: the same attributes, of the same types, in the same order. What the last one
   looked like is remembered, and the next is read by comparing; attributes may be missing. Zeroed is ready; then it points into
   itself, and stays where it is. */
#define BL_JSON_ALIKE_FIELDS 40
typedef struct bl_json_alike_fields {
    uint8_t first, count;
} bl_json_alike_fields;
#define BL_JSON_ALIKE_LEAD 32
typedef struct bl_json_alike_field {
    const uint8_t *head; /* in the text: from the name's quote to where the value's content begins */
    const uint8_t *name; /* in it */
    const uint8_t *end;  /* where the content ended: before the closing quote or bracket, if it has one */
    uint32_t head_size;
    uint16_t name_size;
    uint8_t tag;
    uint8_t lead_size; /* of what comes before the content in a packed item: the name and the tag; 0: it is too long */
    uint8_t lead[BL_JSON_ALIKE_LEAD];
    bl_json_alike_fields map; /* M: what is in it; none: it is read in the usual way */
    /* Of the item that is being read: */
    bool present, packed; /* packed: in the builder */
    const uint8_t *text;  /* the content of S and N, in the text */
    uint32_t size;        /* of that; of SS the elements; of BOOL the value */
    uint32_t at;          /* where it is in the builder; of SS the first element */
} bl_json_alike_field;
/* What stands between two contents, from the end of the one to the beginning of the other. */
typedef struct bl_json_alike_step {
    const uint8_t *text; /* in the text */
    size_t size;
    bl_json_alike_field *field; /* that it leads to */
} bl_json_alike_step;
typedef struct bl_json_alike {
    bl_json_alike_field fields[BL_JSON_ALIKE_FIELDS];
    bl_json_alike_field *order[BL_JSON_ALIKE_FIELDS]; /* those that stand together, by name */
    bl_json_alike_step
        steps[BL_JSON_ALIKE_FIELDS]; /* to each content, those of maps included, in the order of the text */
    const uint8_t *last_end;         /* of the last content */
    uint32_t last_size;              /* of what stands behind it */
    uint8_t step_count;              /* 0: there is no telling what stands between */
    bl_json_alike_fields item;       /* none: nothing is remembered */
    uint8_t used;                    /* fields, those of maps included */
    uint8_t misses;                  /* items in a row that were not alike */
    uint8_t detours; /* items in a row that were alike, but with something missing or spaced otherwise */
} bl_json_alike;
/* Reads the item that comes next into `room`. Returns its size; 0 when it has to be read in the usual way, because it is not
   alike or needs more room: then nothing was read; or when the text is wrong: then the reader has failed. `builder` is for what
   does not go straight. */
size_t bl_json_read_alike(bloop_json_reader *reader, bl_json_alike *alike, bloop_builder *builder, uint8_t *room,
                          size_t size);
/* Remembers the item that ends where the reader is, and begins at `item`: it has just been read. */
void bl_json_learn_alike(const bloop_json_reader *reader, bl_json_alike *alike, const uint8_t *item);

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
