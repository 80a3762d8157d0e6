/* Paths and queries in their canonical form: segments resolved, parameters sorted, bytes percent-encoded in one way. */
#include "sigv4_private.h"

#include <stdlib.h>

enum { FEW_PARAMETERS = 16 };

/* A parameter of a query, encoded, as offsets into a buffer that may move. */
typedef struct parameter {
    const bl_buffer *text;
    size_t name, name_size;
    size_t value, value_size;
} parameter;

static void write_encoded(bl_buffer *out, bl_sigv4_text text);
static bool is_unreserved(char c);
static void leave_segment(bl_buffer *out, size_t root);
static bl_sigv4_text next_piece(bl_sigv4_text *text, char separator);
static bl_sigv4_text split_value(bl_sigv4_text *piece);
static void write_decoded(bl_buffer *out, bl_sigv4_text text);
static int hex_digit(char c);
static bool is_parameter(bl_sigv4_text encoded, bl_sigv4_text name);
static size_t read_parameters(bl_sigv4_text query, bl_sigv4_text except, parameter *parameters, bl_buffer *text);
static void recode(bl_buffer *text, bl_sigv4_text encoded, size_t *at, size_t *size);
static int compare_parameters(const void *left, const void *right);
static int compare_bytes(const bl_buffer *text, size_t a, size_t a_size, size_t b, size_t b_size);

/* RFC 3986, 5.2.4; and several slashes are one. What is encoded in the request is encoded once more, as for every
   service but S3. */
void bl_sigv4_write_path(bl_buffer *out, bl_sigv4_text path)
{
    size_t root = out->size;
    bool is_folder = path.size && path.data[path.size - 1] == '/';
    while (path.size) {
        bl_sigv4_text segment = next_piece(&path, '/');
        if (segment.size == 0 || bl_sigv4_same(segment, bl_sigv4_text_of(".")))
            continue;
        if (bl_sigv4_same(segment, bl_sigv4_text_of(".."))) {
            leave_segment(out, root);
            continue;
        }
        bl_buffer_byte(out, '/');
        write_encoded(out, segment);
    }
    if (is_folder || out->size == root)
        bl_buffer_byte(out, '/');
}

bloop_status bl_sigv4_write_query(bl_buffer *out, bl_sigv4_text query, bl_sigv4_text except)
{
    if (query.size == 0)
        return out->status;
    parameter few[FEW_PARAMETERS], *parameters = few;
    size_t most = 1;
    for (size_t i = 0; i < query.size; i++)
        most += query.data[i] == '&';
    if (most > FEW_PARAMETERS)
        parameters = bl_alloc_zeroed(most, sizeof *parameters);
    if (!parameters)
        return BLOOP_NO_MEMORY;
    char room[512];
    bl_buffer text;
    bl_buffer_use(&text, room, sizeof room);
    size_t count = read_parameters(query, except, parameters, &text);
    bloop_status status = text.status;
    if (status == BLOOP_OK) {
        qsort(parameters, count, sizeof *parameters, compare_parameters);
        for (size_t i = 0; i < count; i++) {
            if (i)
                bl_buffer_byte(out, '&');
            bl_buffer_append(out, text.data + parameters[i].name, parameters[i].name_size);
            bl_buffer_byte(out, '=');
            bl_buffer_append(out, text.data + parameters[i].value, parameters[i].value_size);
        }
        status = out->status;
    }
    bl_buffer_free(&text);
    if (parameters != few)
        bl_free(parameters);
    return status;
}

bool bl_sigv4_query_value(bl_sigv4_text query, bl_sigv4_text name, bl_buffer *out)
{
    while (query.size) {
        bl_sigv4_text piece = next_piece(&query, '&'), value = split_value(&piece);
        if (is_parameter(piece, name)) {
            write_decoded(out, value);
            return true;
        }
    }
    return false;
}

static void write_encoded(bl_buffer *out, bl_sigv4_text text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (is_unreserved(c)) {
            bl_buffer_byte(out, (uint8_t)c);
        } else {
            uint8_t byte = (uint8_t)c;
            const char escape[] = { '%', digits[byte >> 4], digits[byte & 15] };
            bl_buffer_append(out, escape, sizeof escape);
        }
    }
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~';
}

/* Takes back the last segment that was written after `root`, with its slash. */
static void leave_segment(bl_buffer *out, size_t root)
{
    if (out->status != BLOOP_OK)
        return;
    while (out->size > root && out->data[out->size - 1] != '/')
        out->size--;
    if (out->size > root)
        out->size--;
}

/* Cuts off what comes before the next separator, and the separator. */
static bl_sigv4_text next_piece(bl_sigv4_text *text, char separator)
{
    const char *end = memchr(text->data, separator, text->size);
    size_t size = end ? (size_t)(end - text->data) : text->size;
    bl_sigv4_text piece = { text->data, size };
    size_t taken = size + (end != NULL);
    text->data += taken;
    text->size -= taken;
    return piece;
}

/* Leaves the name in *piece, and returns what comes after its first '='. */
static bl_sigv4_text split_value(bl_sigv4_text *piece)
{
    bl_sigv4_text rest = *piece;
    *piece = next_piece(&rest, '=');
    return rest;
}

/* A '%' that begins no escape stands for itself, and so does '+': it is a space in forms, not in queries. */
static void write_decoded(bl_buffer *out, bl_sigv4_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '%' && text.size - i > 2) {
            int high = hex_digit(text.data[i + 1]), low = hex_digit(text.data[i + 2]);
            if (high >= 0 && low >= 0) {
                c = (char)(high << 4 | low);
                i += 2;
            }
        }
        bl_buffer_byte(out, (uint8_t)c);
    }
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = bl_sigv4_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool is_parameter(bl_sigv4_text encoded, bl_sigv4_text name)
{
    char room[64];
    bl_buffer decoded;
    bl_buffer_use(&decoded, room, sizeof room);
    if (encoded.size <= sizeof room) /* then decoding it takes no more; the names that are asked for are short */
        write_decoded(&decoded, encoded);
    return bl_sigv4_same((bl_sigv4_text){ room, decoded.size }, name);
}

/* Nothing between two '&' is no parameter. */
static size_t read_parameters(bl_sigv4_text query, bl_sigv4_text except, parameter *parameters, bl_buffer *text)
{
    size_t count = 0;
    while (query.size) {
        bl_sigv4_text piece = next_piece(&query, '&');
        if (piece.size == 0)
            continue;
        bl_sigv4_text value = split_value(&piece);
        if (except.size && is_parameter(piece, except))
            continue;
        parameter *next = &parameters[count++];
        next->text = text;
        recode(text, piece, &next->name, &next->name_size);
        recode(text, value, &next->value, &next->value_size);
    }
    return count;
}

static void recode(bl_buffer *text, bl_sigv4_text encoded, size_t *at, size_t *size)
{
    char room[256];
    bl_buffer plain;
    bl_buffer_use(&plain, room, sizeof room);
    write_decoded(&plain, encoded);
    *at = text->size;
    if (plain.status == BLOOP_OK)
        write_encoded(text, (bl_sigv4_text){ (const char *)plain.data, plain.size });
    else
        text->status = plain.status;
    *size = text->size - *at;
    bl_buffer_free(&plain);
}

/* By name, then by value, as bytes; comparing "name=value" as one text would sort "a-b" before "a". */
static int compare_parameters(const void *left, const void *right)
{
    const parameter *a = left, *b = right;
    int order = compare_bytes(a->text, a->name, a->name_size, b->name, b->name_size);
    return order ? order : compare_bytes(a->text, a->value, a->value_size, b->value, b->value_size);
}

static int compare_bytes(const bl_buffer *text, size_t a, size_t a_size, size_t b, size_t b_size)
{
    size_t common = a_size < b_size ? a_size : b_size;
    int order = common ? memcmp(text->data + a, text->data + b, common) : 0;
    return order ? order : (a_size > b_size) - (a_size < b_size);
}
