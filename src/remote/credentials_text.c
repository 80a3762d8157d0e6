/* Credentials out of texts: those of a file or a variable, JSON, a file with a token. */
#include "credentials_source_private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <bloop/json.h>

/* The longest text of credentials; room for one that is percent-encoded, and for BL_FETCH_BODY_MAX bytes. */
enum { MAX_TEXT = 32 << 10, SECRET_ROOM = 4 * MAX_TEXT };

/* What a document of a source says. Texts lie in the reader. */
typedef struct document {
    bl_credentials_texts texts;
    bl_sigv4_text expiration, code, message;
    int64_t version;
} document;

static bloop_status check_text(const char *source, const char *what, bl_sigv4_text text);
static bool read_document(bloop_json_reader *reader, document *out);
static bloop_status check_document(const char *source, const document *found, bool versioned, int64_t *expires_at);
static void wipe_copy(bl_sigv4_text text, bl_sigv4_text json);
static bl_sigv4_text place(char **at, bl_sigv4_text text);

bloop_status bl_credentials_make(const char *source, const bl_credentials_texts *texts, bl_credentials *out)
{
    bloop_status status = check_text(source, "access key", texts->access_key);
    if (status == BLOOP_OK)
        status = check_text(source, "secret key", texts->secret_key);
    if (status == BLOOP_OK && texts->token.size)
        status = check_text(source, "session token", texts->token);
    if (status != BLOOP_OK)
        return status;
    bl_credentials made = { .expires_at = texts->expires_at };
    made.memory_size = texts->access_key.size + texts->secret_key.size + texts->token.size + 3;
    made.memory = bl_alloc_zeroed(1, made.memory_size);
    if (!made.memory)
        return BLOOP_NO_MEMORY;
    char *at = made.memory;
    made.access_key = place(&at, texts->access_key);
    made.secret_key = place(&at, texts->secret_key);
    made.token = place(&at, texts->token);
    *out = made;
    return BLOOP_OK;
}

bloop_status bl_credentials_read_json(const char *source, bl_sigv4_text json, bool versioned, bl_credentials *out)
{
    document found = { .texts = { .expires_at = INT64_MAX } };
    bloop_json_reader *reader = bloop_json_reader_new(json.data, json.size);
    if (!reader)
        return BLOOP_NO_MEMORY;
    bloop_status status = BLOOP_OK;
    if (!read_document(reader, &found)) {
        /* The reader's own message may show what it read. */
        status = bl_error_status() == BLOOP_NO_MEMORY
                     ? BLOOP_NO_MEMORY
                     : bl_error(BLOOP_ACCESS_DENIED, "%s: the answer is not JSON with credentials", source);
    }
    if (status == BLOOP_OK)
        status = check_document(source, &found, versioned, &found.texts.expires_at);
    if (status == BLOOP_OK)
        status = bl_credentials_make(source, &found.texts, out);
    wipe_copy(found.texts.secret_key, json);
    wipe_copy(found.texts.token, json);
    bloop_json_reader_free(reader);
    return status;
}

bloop_status bl_credentials_read_token(const char *source, const char *path, bl_buffer *out)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = descriptor < 0 ? -1 : 1;
    while (count > 0 && out->status == BLOOP_OK && out->size <= MAX_TEXT) {
        uint8_t chunk[1024];
        count = read(descriptor, chunk, sizeof chunk);
        if (count > 0)
            bl_buffer_append(out, chunk, (size_t)count);
        explicit_bzero(chunk, sizeof chunk);
    }
    int error = errno;
    if (descriptor >= 0)
        close(descriptor);
    char reason[128];
    if (count < 0)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: %s can't be read: %s", source, path,
                        strerror_r(error, reason, sizeof reason));
    if (out->size > MAX_TEXT)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: %s is too large for a token", source, path);
    while (out->size && out->data[out->size - 1] <= ' ')
        out->size--;
    return out->status;
}

void bl_secret_begin(bl_buffer *buffer)
{
    bl_buffer_extend(buffer, SECRET_ROOM);
    buffer->size = 0;
}

void bl_secret_end(bl_buffer *buffer)
{
    if (buffer->data)
        explicit_bzero(buffer->data, buffer->capacity);
    bl_buffer_free(buffer);
}

static bloop_status check_text(const char *source, const char *what, bl_sigv4_text text)
{
    if (text.size == 0)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: there is no %s", source, what);
    if (text.size > MAX_TEXT)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: the %s is too long", source, what);
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7F)
            return bl_error(BLOOP_ACCESS_DENIED, "%s: the %s has white space or a control character in it", source,
                            what);
    }
    return BLOOP_OK;
}

/* Processes say SessionToken, metadata services Token. A null is as if it were not there. */
static bool read_document(bloop_json_reader *reader, document *out)
{
    const struct {
        const char *name;
        bl_sigv4_text *text;
    } members[] = {
        { "AccessKeyId", &out->texts.access_key },
        { "SecretAccessKey", &out->texts.secret_key },
        { "SessionToken", &out->texts.token },
        { "Token", &out->texts.token },
        { "Expiration", &out->expiration },
        { "Code", &out->code },
        { "Message", &out->message },
    };
    bloop_json_enter_object(reader);
    while (bloop_json_next_name(reader, NULL)) {
        bl_sigv4_text *text = NULL;
        bool is_version = bloop_json_text_is(reader, "Version");
        for (size_t i = 0; i < BL_COUNT_OF(members) && !text; i++)
            text = bloop_json_text_is(reader, members[i].name) ? members[i].text : NULL;
        bloop_slice value = { NULL, 0 };
        if (text && bloop_json_peek(reader) == BLOOP_JSON_STRING && bloop_json_read_string(reader, &value) == BLOOP_OK)
            *text = (bl_sigv4_text){ value.data, value.size };
        else if (is_version && bloop_json_peek(reader) == BLOOP_JSON_NUMBER)
            bloop_json_read_int64(reader, &out->version);
        else
            bloop_json_skip(reader);
    }
    return bloop_json_finish(reader) == BLOOP_OK;
}

static bloop_status check_document(const char *source, const document *found, bool versioned, int64_t *expires_at)
{
    char code[BL_QUOTE_SIZE], message[BL_QUOTE_SIZE];
    if (found->code.size && !(found->code.size == 7 && memcmp(found->code.data, "Success", 7) == 0))
        return bl_error(BLOOP_ACCESS_DENIED, "%s: the service says %s, %s", source,
                        bl_quote(code, found->code.data, found->code.size),
                        bl_quote(message, found->message.data, found->message.size));
    if (versioned && found->version != 1)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: \"Version\" has to be 1", source);
    if (found->expiration.size == 0)
        return BLOOP_OK;
    bloop_datetime instant;
    if (bloop_datetime_parse(found->expiration.data, found->expiration.size, &instant) != BLOOP_OK)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: \"Expiration\" is no time in ISO 8601", source);
    *expires_at = instant.microseconds;
    return BLOOP_OK;
}

/* A text with escapes lies in the reader's own memory, which is not wiped when it is freed; the others lie in the JSON. */
static void wipe_copy(bl_sigv4_text text, bl_sigv4_text json)
{
    bool is_copy = text.size && (text.data < json.data || text.data >= json.data + json.size);
    if (is_copy)
        explicit_bzero((char *)(uintptr_t)text.data, text.size);
}

static bl_sigv4_text place(char **at, bl_sigv4_text text)
{
    bl_sigv4_text placed = { *at, text.size };
    if (text.size)
        memcpy(*at, text.data, text.size);
    *at += text.size + 1;
    return placed;
}
