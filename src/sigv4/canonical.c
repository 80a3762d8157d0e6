/* The canonical request: the one text that stands for all ways to send the same request. */
#include "sigv4_private.h"

#include <stdlib.h>

enum { FEW_HEADERS = 32 };

static void write_headers(bl_buffer *out, const bl_sigv4_header *const *sorted, size_t count);
static void write_names(bl_buffer *out, const bl_sigv4_header *const *sorted, size_t count);
static void write_lower(bl_buffer *out, bl_sigv4_text text);
static void write_value(bl_buffer *out, bl_sigv4_text value);
static size_t plain_size(bl_sigv4_text text);
static int compare_headers(const void *left, const void *right);
static bool same_name(const bl_sigv4_header *a, const bl_sigv4_header *b);

bloop_status bl_sigv4_canonical_request(const bl_sigv4_request *request, const char payload_hash[BL_SIGV4_HEX_SIZE],
                                        bl_buffer *out, bl_sigv4_text *signed_headers)
{
    return bl_sigv4_canonical_except(request, (bl_sigv4_text){ NULL, 0 }, payload_hash, out, signed_headers);
}

bloop_status bl_sigv4_canonical_except(const bl_sigv4_request *request, bl_sigv4_text except,
                                       const char payload_hash[BL_SIGV4_HEX_SIZE], bl_buffer *out,
                                       bl_sigv4_text *signed_headers)
{
    const bl_sigv4_header *few[FEW_HEADERS], **sorted = few;
    size_t count = request->header_count;
    if (count > FEW_HEADERS)
        sorted = bl_alloc_zeroed(count, sizeof(bl_sigv4_header *));
    if (!sorted)
        return BLOOP_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &request->headers[i];
    qsort(sorted, count, sizeof(bl_sigv4_header *), compare_headers);

    bl_sigv4_append(out, request->method);
    bl_buffer_byte(out, '\n');
    bl_sigv4_write_path(out, request->path);
    bl_buffer_byte(out, '\n');
    bloop_status status = bl_sigv4_write_query(out, request->query, except);
    bl_buffer_byte(out, '\n');
    write_headers(out, sorted, count);
    bl_buffer_byte(out, '\n');
    size_t names = out->size;
    write_names(out, sorted, count);
    size_t names_size = out->size - names;
    bl_buffer_byte(out, '\n');
    bl_buffer_append(out, payload_hash, BL_SIGV4_HEX_SIZE - 1);
    if (sorted != few)
        bl_free(sorted);
    if (status == BLOOP_OK)
        status = out->status;
    if (status == BLOOP_OK)
        *signed_headers = (bl_sigv4_text){ (const char *)out->data + names, names_size };
    return status;
}

int bl_sigv4_compare_names(bl_sigv4_text a, bl_sigv4_text b)
{
    for (size_t i = 0; i < a.size && i < b.size; i++) {
        unsigned char left = (unsigned char)bl_sigv4_lower(a.data[i]), right = (unsigned char)bl_sigv4_lower(b.data[i]);
        if (left != right)
            return left < right ? -1 : 1;
    }
    return (a.size > b.size) - (a.size < b.size);
}

bl_sigv4_text bl_sigv4_trim(bl_sigv4_text text)
{
    while (text.size && bl_sigv4_is_space(text.data[0])) {
        text.data++;
        text.size--;
    }
    while (text.size && bl_sigv4_is_space(text.data[text.size - 1]))
        text.size--;
    return text;
}

/* Headers of one name become one, their values joined in the order of the request. */
static void write_headers(bl_buffer *out, const bl_sigv4_header *const *sorted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && same_name(sorted[i - 1], sorted[i])) {
            bl_buffer_byte(out, ',');
        } else {
            write_lower(out, sorted[i]->name);
            bl_buffer_byte(out, ':');
        }
        write_value(out, sorted[i]->value);
        if (i + 1 == count || !same_name(sorted[i], sorted[i + 1]))
            bl_buffer_byte(out, '\n');
    }
}

static void write_names(bl_buffer *out, const bl_sigv4_header *const *sorted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && same_name(sorted[i - 1], sorted[i]))
            continue;
        if (i)
            bl_buffer_byte(out, ';');
        write_lower(out, sorted[i]->name);
    }
}

static void write_lower(bl_buffer *out, bl_sigv4_text text)
{
    uint8_t *at = bl_buffer_extend(out, text.size);
    for (size_t i = 0; at && i < text.size; i++)
        at[i] = (uint8_t)bl_sigv4_lower(text.data[i]);
}

/* Without white space around it, and with one space for each run of it inside. */
static void write_value(bl_buffer *out, bl_sigv4_text value)
{
    value = bl_sigv4_trim(value);
    while (value.size) {
        size_t plain = plain_size(value);
        bl_buffer_append(out, value.data, plain);
        value.data += plain;
        value.size -= plain;
        size_t space = 0;
        while (space < value.size && bl_sigv4_is_space(value.data[space]))
            space++;
        if (space)
            bl_buffer_byte(out, ' ');
        value.data += space;
        value.size -= space;
    }
}

/* The bytes before the first white space. Eight are looked at together: a session token has a thousand. */
static size_t plain_size(bl_sigv4_text text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    size_t size = 0;
    for (; text.size - size >= 8; size += 8) {
        uint64_t bytes = bl_load_le64(text.data + size);
        if ((bytes - ones * (' ' + 1)) & ~bytes & (ones * 0x80)) /* one of them is a space or a control character */
            break;
    }
    while (size < text.size && !bl_sigv4_is_space(text.data[size]))
        size++;
    return size;
}

static int compare_headers(const void *left, const void *right)
{
    const bl_sigv4_header *a = *(const bl_sigv4_header *const *)left, *b = *(const bl_sigv4_header *const *)right;
    int order = bl_sigv4_compare_names(a->name, b->name);
    return order ? order : (a > b) - (a < b);
}

static bool same_name(const bl_sigv4_header *a, const bl_sigv4_header *b)
{
    return bl_sigv4_compare_names(a->name, b->name) == 0;
}
