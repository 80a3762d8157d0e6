/* JSON text, read and written, and the JSON forms of packed values.

   The reader and the writer are complete (RFC 8259), strict, and keep no tree. Text is UTF-8, which is checked both ways;
   U+0000 is a character like any other. Both remember their first failure: later calls do nothing, and how it went is
   asked once, at the end (bloop_json_finish, bloop_json_writer_text).

   Packed values have two JSON forms:
     the DynamoDB form   {"S": "text"}, {"N": "12.5"}, {"M": {"tags": {"SS": ["a", "b"]}}}: what the service speaks;
     the document form   "text", 12.5, {"tags": ["a", "b"]}: plain JSON, in which sets and binaries lose their type. */
#ifndef BLOOP_JSON_H
#define BLOOP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>
#include <bloop/export.h>
#include <bloop/number.h>
#include <bloop/value.h>

BLOOP_BEGIN_C_

/* How deep arrays and objects may nest in what a reader reads, unless it is told otherwise: enough for an item of
   DynamoDB's 32 levels, each of which takes two in the DynamoDB form, inside a response. */
#define BLOOP_JSON_DEFAULT_DEPTH 128
/* The most that a reader can be told, and that a writer writes. */
#define BLOOP_JSON_MAX_DEPTH 1024

/* Reading.

   A reader goes through a text once, forwards. Either event by event, with bloop_json_next; or, when the program knows
   what it expects, with the functions below it, which fail when something else comes. The two mix freely.

     bloop_json_enter_object(reader);
     while (bloop_json_next_name(reader, NULL)) {
         if (bloop_json_text_is(reader, "port"))
             bloop_json_read_int64(reader, &port);
         else
             bloop_json_skip(reader);
     }
     status = bloop_json_finish(reader);

   Names that occur twice in an object are legal JSON: a reader reports both.

   Failures: BLOOP_INVALID_SYNTAX (the text is no JSON), BLOOP_INVALID_VALUE (it is, but not what was asked for, or it nests too
   deeply), BLOOP_INVALID_ARGUMENT (a call out of place) and BLOOP_NO_MEMORY. The message begins with the position. */
typedef struct bloop_json_reader bloop_json_reader;

/* What bloop_json_next came to. The numbers are part of the ABI. */
typedef enum bloop_json_event {
    BLOOP_JSON_ERROR = 0,
    BLOOP_JSON_BEGIN_OBJECT = 1,
    BLOOP_JSON_END_OBJECT = 2,
    BLOOP_JSON_BEGIN_ARRAY = 3,
    BLOOP_JSON_END_ARRAY = 4,
    BLOOP_JSON_NAME = 5, /* the name of a member of an object; its value comes next */
    BLOOP_JSON_STRING = 6,
    BLOOP_JSON_NUMBER = 7,
    BLOOP_JSON_TRUE = 8,
    BLOOP_JSON_FALSE = 9,
    BLOOP_JSON_NULL = 10,
    BLOOP_JSON_END = 11 /* the value is complete, and only white space was behind it */
} bloop_json_event;

/* A place in a text. */
typedef struct bloop_json_position {
    size_t offset; /* bytes before it */
    size_t line;   /* from 1; lines end in a line feed */
    size_t column; /* from 1, in characters */
} bloop_json_position;

/* A reader of `size` bytes, which it borrows: they must stay as they are until it is freed or reset. NULL when out of
   memory. */
BLOOP_API bloop_json_reader *bloop_json_reader_new(const char *text, size_t size);
/* NULL is fine. */
BLOOP_API void bloop_json_reader_free(bloop_json_reader *reader);
/* Begins anew with another text; keeps memory and depth, forgets a failure. */
BLOOP_API void bloop_json_reader_reset(bloop_json_reader *reader, const char *text, size_t size);
/* Sets how deep arrays and objects may nest, 1 to BLOOP_JSON_MAX_DEPTH; else BLOOP_INVALID_ARGUMENT and no change. */
BLOOP_API bloop_status bloop_json_reader_set_depth(bloop_json_reader *reader, uint32_t levels);

/* Goes on to the next event. BLOOP_JSON_ERROR when the text is wrong there, and from then on; BLOOP_JSON_END at the end,
   and from then on. */
BLOOP_API bloop_json_event bloop_json_next(bloop_json_reader *reader);
/* The name or string that was read last, unescaped, or the number as it stands in the text, checked but not converted
   ("1E400"); {NULL, 0} after anything else. Valid until the reader is freed or reset. No zero byte follows it: it lies in the
   text itself, unless it had escapes. */
BLOOP_API bloop_slice bloop_json_text(const bloop_json_reader *reader);
/* Whether that is `text`, which ends in a zero byte. */
BLOOP_API bool bloop_json_text_is(const bloop_json_reader *reader, const char *text);
/* Where the last event began; after a failure, where the text is wrong. Counts lines from the start: for messages. */
BLOOP_API bloop_json_position bloop_json_where(const bloop_json_reader *reader);

/* The kind of the value that comes next, where one does (after a name or bloop_json_next_element, and at the start), by its first
   byte: BLOOP_JSON_BEGIN_OBJECT, _BEGIN_ARRAY, _STRING, _NUMBER, _TRUE, _FALSE or _NULL. Reads nothing; BLOOP_JSON_ERROR,
   which is no failure yet, when no value begins there. */
BLOOP_API bloop_json_event bloop_json_peek(const bloop_json_reader *reader);
/* Begins the object or array that comes next. */
BLOOP_API bloop_status bloop_json_enter_object(bloop_json_reader *reader);
BLOOP_API bloop_status bloop_json_enter_array(bloop_json_reader *reader);
/* Goes to the next member of the object, whose value has to be read or skipped then. False when there was no other, and
   the object is left; also after a failure. `name` may be NULL (see bloop_json_text_is). */
BLOOP_API bool bloop_json_next_name(bloop_json_reader *reader, bloop_slice *name);
/* Goes to the next element of the array, likewise. */
BLOOP_API bool bloop_json_next_element(bloop_json_reader *reader);
/* Read the value that comes next. On failure *out is untouched. */
BLOOP_API bloop_status bloop_json_read_string(bloop_json_reader *reader, bloop_slice *out);
/* With a zero byte at its end, and U+0000 refused. NULL after a failure. Valid until the reader is freed or reset. */
BLOOP_API const char *bloop_json_read_text(bloop_json_reader *reader);
/* BLOOP_INVALID_VALUE for more than 38 significant digits, or beyond the range of a bloop_number. */
BLOOP_API bloop_status bloop_json_read_number(bloop_json_reader *reader, bloop_number *out);
/* BLOOP_INVALID_VALUE for a fraction (1.0 and 1e2 have none), or when it does not fit. */
BLOOP_API bloop_status bloop_json_read_int64(bloop_json_reader *reader, int64_t *out);
BLOOP_API bloop_status bloop_json_read_bool(bloop_json_reader *reader, bool *out);
/* Reads past the value that comes next, whatever it is, and checks it. */
BLOOP_API bloop_status bloop_json_skip(bloop_json_reader *reader);
/* Reads past the end of the innermost object or array that was begun, likewise. */
BLOOP_API bloop_status bloop_json_leave(bloop_json_reader *reader);
/* Makes the reader fail at the last event with BLOOP_INVALID_VALUE and the program's own words. A reader that has failed
   already keeps its failure. Returns the status. */
BLOOP_API bloop_status bloop_json_refuse(bloop_json_reader *reader, const char *format, ...) BLOOP_PRINTF_(2, 3);
/* Ends the reading: reads the white space after the value. Fails with what went wrong first; with BLOOP_INVALID_SYNTAX when
   something follows the value; with BLOOP_INVALID_ARGUMENT when the value was not read to its end. */
BLOOP_API bloop_status bloop_json_finish(bloop_json_reader *reader);

/* Writing.

   A writer appends to a text of its own. Calls that would make no JSON (a value without a name in an object, a name in an
   array, an end too many, two values) are its failure, with BLOOP_INVALID_ARGUMENT; others are BLOOP_INVALID_VALUE (bad UTF-8,
   an infinity, a number that is none) and BLOOP_NO_MEMORY. */
typedef struct bloop_json_writer bloop_json_writer;

typedef enum bloop_json_style {
    BLOOP_JSON_COMPACT = 0, /* no white space */
    BLOOP_JSON_INDENTED = 1 /* a line for each member and element, two spaces a level */
} bloop_json_style;

/* NULL when out of memory. */
BLOOP_API bloop_json_writer *bloop_json_writer_new(bloop_json_style style);
/* NULL is fine. */
BLOOP_API void bloop_json_writer_free(bloop_json_writer *writer);
/* Forgets everything, failure included, and keeps the memory. */
BLOOP_API void bloop_json_writer_reset(bloop_json_writer *writer);

BLOOP_API void bloop_json_write_object(bloop_json_writer *writer); /* begins one */
BLOOP_API void bloop_json_write_array(bloop_json_writer *writer);  /* begins one */
BLOOP_API void bloop_json_write_end(bloop_json_writer *writer);    /* ends the innermost */
/* The name of the next value of an object. */
BLOOP_API void bloop_json_write_name(bloop_json_writer *writer, const char *name, size_t size);
/* Escapes only what must be: quotes, backslashes and control characters. */
BLOOP_API void bloop_json_write_string(bloop_json_writer *writer, const char *text, size_t size);
/* Plain decimal, exact: at most BLOOP_NUMBER_TEXT_SIZE characters. */
BLOOP_API void bloop_json_write_number(bloop_json_writer *writer, bloop_number value);
/* A number as its text, which is checked and written as it is. */
BLOOP_API void bloop_json_write_number_text(bloop_json_writer *writer, const char *text, size_t size);
BLOOP_API void bloop_json_write_int64(bloop_json_writer *writer, int64_t value);
/* With the fewest of 15 to 17 digits that read back as the same double. JSON has no infinities and no NaN. */
BLOOP_API void bloop_json_write_double(bloop_json_writer *writer, double value);
BLOOP_API void bloop_json_write_bool(bloop_json_writer *writer, bool value);
BLOOP_API void bloop_json_write_null(bloop_json_writer *writer);

/* Shorthands for name and value. `name` and `text` end in a zero byte. */
BLOOP_API void bloop_json_put_string(bloop_json_writer *writer, const char *name, const char *text);
BLOOP_API void bloop_json_put_int64(bloop_json_writer *writer, const char *name, int64_t value);
BLOOP_API void bloop_json_put_bool(bloop_json_writer *writer, const char *name, bool value);

/* The finished text, which the writer owns until it is changed, reset or freed; a zero byte follows it. Fails with what
   went wrong first, and with BLOOP_INVALID_ARGUMENT while the value is not complete. */
BLOOP_API bloop_status bloop_json_writer_text(bloop_json_writer *writer, bloop_slice *out);
/* The finished text, which is the caller's (bloop_json_free) and ends in a zero byte; the writer is then reset. `size`,
   which may be NULL, is its length. NULL, and no change, where bloop_json_writer_text fails. */
BLOOP_API char *bloop_json_writer_take(bloop_json_writer *writer, size_t *size);
/* Releases a text that this library made. NULL is fine. */
BLOOP_API void bloop_json_free(char *text);

/* Packed values, inside larger texts. Each reads the value that comes next and gives it to a builder, as the value of the
   name that was given last or an element of the container that is open there. On failure both builder and reader have failed.
   BLOOP_INVALID_VALUE, besides the builder's own failures, for what the DynamoDB form forbids: other than one type a
   value, unknown types, empty sets, duplicates, bad base64, a NULL that is not true. BLOOP_INVALID_SYNTAX, other than above,
   also for JSON of another form, such as {"S": 5} or a value that is no object: the service tells these two apart, too
   (ValidationException, SerializationException). Depth is bounded by DynamoDB's 32 levels. */
BLOOP_API bloop_status bloop_json_read_value(bloop_json_reader *reader, bloop_builder *builder); /* {"S": "text"} */
BLOOP_API bloop_status bloop_json_read_item(bloop_json_reader *reader,
                                            bloop_builder *builder); /* {"id": {"S": "text"}} */
/* The document form: objects become M, arrays L, strings S, numbers N (BLOOP_INVALID_VALUE for one that N can't hold
   exactly). */
BLOOP_API bloop_status bloop_json_read_document(bloop_json_reader *reader, bloop_builder *builder);

BLOOP_API void bloop_json_write_value(bloop_json_writer *writer, bloop_value value);
/* BLOOP_INVALID_VALUE when `item` is no M. */
BLOOP_API void bloop_json_write_item(bloop_json_writer *writer, bloop_item item);
/* The document form: sets become arrays, binaries strings of base64. */
BLOOP_API void bloop_json_write_document(bloop_json_writer *writer, bloop_value value);

/* The same for whole texts. The builder is reset first, and owns the result until it is reset or freed;
   when the text is refused it has failed. *out is then untouched. */
BLOOP_API bloop_status bloop_value_of_json(const char *text, size_t size, bloop_builder *builder, bloop_value *out);
BLOOP_API bloop_status bloop_item_of_json(const char *text, size_t size, bloop_builder *builder, bloop_item *out);
BLOOP_API bloop_status bloop_document_of_json(const char *text, size_t size, bloop_builder *builder, bloop_value *out);
/* The text is the caller's (bloop_json_free), and ends in a zero byte. `size`, which may be NULL, is its length. NULL on
   failure. */
BLOOP_API char *bloop_value_to_json(bloop_value value, bloop_json_style style, size_t *size);
BLOOP_API char *bloop_item_to_json(bloop_item item, bloop_json_style style, size_t *size);
BLOOP_API char *bloop_document_to_json(bloop_value value, bloop_json_style style, size_t *size);

BLOOP_END_C_

#endif
