/* What the files that read share: tokens, steps and failures. Functions that return a bool have recorded the failure when
   it is false. */
#ifndef BL_JSON_READER_PRIVATE_H
#define BL_JSON_READER_PRIVATE_H

#include "json/json.h"
#include "json/scan_private.h"

/* A string, without its quotes, or a number, as it stands in the text. */
typedef struct bl_json_token {
    const uint8_t *data;
    size_t size;
    bool escaped;
} bl_json_token;

/* Failures. Each keeps the first one, tells the thread, and returns its status. */
bloop_status bl_json_fail(bloop_json_reader *reader, bloop_status status, const uint8_t *at, const char *format, ...)
    BLOOP_PRINTF_(4, 5);
/* A failure that another area has just told the thread of, at a place of the text. */
bloop_status bl_json_fail_as_told(bloop_json_reader *reader, const uint8_t *at);
/* "<what> is expected, not <what is there>". */
bloop_status bl_json_fail_expected(bloop_json_reader *reader, const uint8_t *at, const char *what);
bloop_status bl_json_fail_misuse(bloop_json_reader *reader, const char *rule);
/* Tells the thread again what the reader failed with. */
bloop_status bl_json_tell(const bloop_json_reader *reader);

/* Whether a value comes next; else it is a misuse. */
bool bl_json_expect_value(bloop_json_reader *reader);

/* The next event; `token` is its text, not yet unescaped. */
bloop_json_event bl_json_step(bloop_json_reader *reader, bl_json_token *token);

/* What a step inside a container comes to. */
typedef enum bl_json_found { BL_JSON_FAILURE, BL_JSON_MORE, BL_JSON_NO_MORE } bl_json_found;
/* Goes to the next member's value, or past the end of the object; in state AT_NAME or AFTER. */
bl_json_found bl_json_to_member(bloop_json_reader *reader, bl_json_token *name);
/* Goes to the next element, or past the end of the array; in state AT_ELEMENT or AFTER. */
bl_json_found bl_json_to_element(bloop_json_reader *reader);

/* Tokens. Each begins at `at`, with the byte that tells its kind, and leaves `at` behind the token. */
bool bl_json_take_number(bloop_json_reader *reader, bl_json_token *out);
bool bl_json_take_literal(bloop_json_reader *reader, const char *literal, size_t size);
/* A name, with the colon behind it, at a byte that may be anything. */
bool bl_json_take_name_slow(bloop_json_reader *reader, bl_json_token *out);
/* The rest of a string, from `stop`, a byte of it that needs a closer look. */
bool bl_json_take_string_rest(bloop_json_reader *reader, const uint8_t *stop, bl_json_token *out);

/* The token as text: in the text itself or, when it has escapes, among reader->strings. */
bool bl_json_keep_text(bloop_json_reader *reader, const bl_json_token *token, bloop_slice *out);
/* Likewise, but what has escapes is in reader->scratch, until the next call. */
bool bl_json_borrow_text_slow(bloop_json_reader *reader, const bl_json_token *token, bloop_slice *out);

/* What follows the tag of a value of the DynamoDB form, and its closing brace. */
bool bl_json_read_payload(bloop_json_reader *reader, bloop_builder *builder, bloop_tag tag);

static inline bloop_slice bl_json_token_slice(const bl_json_token *token)
{
    return (bloop_slice){ (const char *)token->data, token->size };
}

static inline bool bl_json_borrow_text(bloop_json_reader *reader, const bl_json_token *token, bloop_slice *out)
{
    if (BL_UNLIKELY(token->escaped))
        return bl_json_borrow_text_slow(reader, token, out);
    *out = bl_json_token_slice(token);
    return true;
}

static inline bool bl_json_take_string(bloop_json_reader *reader, bl_json_token *out)
{
    const uint8_t *content = reader->at + 1;
    const uint8_t *stop = bl_json_scan(content, reader->end);
    if (BL_UNLIKELY(stop == reader->end || *stop != '"'))
        return bl_json_take_string_rest(reader, stop, out);
    *out = (bl_json_token){ content, (size_t)(stop - content), false };
    reader->at = stop + 1;
    return true;
}

/* Skips white space. Compact text has none, so one comparison has to do. */
static inline void bl_json_skip_space(bloop_json_reader *reader)
{
    if (BL_UNLIKELY(reader->at < reader->end && *reader->at <= ' '))
        reader->at = bl_json_scan_space(reader->at, reader->end);
}

/* Skips white space and, if `byte` comes next, that too. */
static inline bool bl_json_accept(bloop_json_reader *reader, uint8_t byte)
{
    bl_json_skip_space(reader);
    if (reader->at == reader->end || *reader->at != byte)
        return false;
    reader->at++;
    return true;
}

static inline bool bl_json_take_name(bloop_json_reader *reader, bl_json_token *out)
{
    if (BL_LIKELY(reader->end - reader->at >= 4 && *reader->at == '"')) {
        const uint8_t *content = reader->at + 1;
        const uint8_t *stop = bl_json_scan(content, reader->end);
        if (BL_LIKELY(reader->end - stop >= 2 && stop[0] == '"' && stop[1] == ':')) {
            *out = (bl_json_token){ content, (size_t)(stop - content), false };
            reader->at = stop + 2;
            return true;
        }
    }
    return bl_json_take_name_slow(reader, out);
}

#endif
