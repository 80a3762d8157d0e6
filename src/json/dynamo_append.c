/* The compact DynamoDB form, appended to a buffer: what a server and a client spend most of their writing on. Packed values
   are known to be well-formed, so they are read as they lie (bloop/value.h has the encoding), there is nothing to check, and
   no order of calls to watch. Recursion is bounded by the depth of a packed value. */
#include "json/json.h"
#include "json/scan_private.h"

#define CONTAINER_HEAD 9 /* tag, size and count */
#define COUNT_AT       5

static const uint8_t *append_value(bl_buffer *out, const uint8_t *at);
static const uint8_t *append_map(bl_buffer *out, const uint8_t *at);
static const uint8_t *append_list(bl_buffer *out, const uint8_t *at);
static const uint8_t *append_set(bl_buffer *out, const uint8_t *at);
static inline const uint8_t *append_text(bl_buffer *out, const uint8_t *at, size_t size, const char *head,
                                         const char *tail);
static inline void copy_text(uint8_t *to, const uint8_t *from, size_t size);
static const uint8_t *append_number(bl_buffer *out, const uint8_t *at, const char *head, const char *tail);
static const uint8_t *append_base64(bl_buffer *out, const uint8_t *at, const char *head, const char *tail);

void bl_json_append_item(bl_buffer *out, bloop_item item)
{
    append_map(out, item.data);
}

void bl_json_append_value(bl_buffer *out, bloop_value value)
{
    append_value(out, value.data);
}

/* Each of these returns where the value ends. */
static const uint8_t *append_value(bl_buffer *out, const uint8_t *at)
{
    switch (at[0]) {
    case BLOOP_TAG_S: return append_text(out, at + 5, bl_load_le32(at + 1), "{\"S\":\"", "\"}") + 1;
    case BLOOP_TAG_N: return append_number(out, at + 1, "{\"N\":\"", "\"}");
    case BLOOP_TAG_B: return append_base64(out, at + 1, "{\"B\":\"", "\"}");
    case BLOOP_TAG_BOOL: bl_buffer_text(out, at[1] ? "{\"BOOL\":true}" : "{\"BOOL\":false}"); return at + 2;
    case BLOOP_TAG_M:
        bl_buffer_append(out, "{\"M\":", 5);
        at = append_map(out, at);
        bl_buffer_byte(out, '}');
        return at;
    case BLOOP_TAG_L: return append_list(out, at);
    case BLOOP_TAG_NULL: bl_buffer_text(out, "{\"NULL\":true}"); return at + 1;
    default: return append_set(out, at);
    }
}

static const uint8_t *append_map(bl_buffer *out, const uint8_t *at)
{
    uint32_t count = bl_load_le32(at + COUNT_AT);
    at += CONTAINER_HEAD;
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            at = append_text(out, at + 2, bl_load_le16(at), ",\"", "\":") + 1;
        else
            at = append_text(out, at + 2, bl_load_le16(at), "{\"", "\":") + 1;
        at = append_value(out, at);
    }
    bl_buffer_append(out, count ? "}" : "{}", count ? 1 : 2);
    return at;
}

static const uint8_t *append_list(bl_buffer *out, const uint8_t *at)
{
    uint32_t count = bl_load_le32(at + COUNT_AT);
    at += CONTAINER_HEAD;
    bl_buffer_append(out, "{\"L\":[", 6);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            bl_buffer_byte(out, ',');
        at = append_value(out, at);
    }
    bl_buffer_append(out, "]}", 2);
    return at;
}

static const uint8_t *append_set(bl_buffer *out, const uint8_t *at)
{
    uint8_t tag = at[0];
    uint32_t count = bl_load_le32(at + COUNT_AT);
    at += CONTAINER_HEAD;
    bl_buffer_append(out, tag == BLOOP_TAG_SS ? "{\"SS\":[" : tag == BLOOP_TAG_NS ? "{\"NS\":[" : "{\"BS\":[", 7);
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            bl_buffer_byte(out, ',');
        if (tag == BLOOP_TAG_SS)
            at = append_text(out, at + 4, bl_load_le32(at), "\"", "\"") + 1;
        else if (tag == BLOOP_TAG_NS)
            at = append_number(out, at, "\"", "\"");
        else
            at = append_base64(out, at, "\"", "\"");
    }
    bl_buffer_append(out, "]}", 2);
    return at;
}

/* Text with what stands before and behind it, quotes included: the usual text, which needs no escapes, takes one look and one
   copy. `at` is where the text begins; returns where it ends. `head` and `tail` are literals, whose sizes the compiler knows
   where this is inlined. */
static inline __attribute__((always_inline)) const uint8_t *append_text(bl_buffer *out, const uint8_t *at, size_t size,
                                                                        const char *head, const char *tail)
{
    size_t head_size = strlen(head), tail_size = strlen(tail);
    if (BL_UNLIKELY(!bl_json_plain(at, size))) {
        bl_buffer_append(out, head, head_size - 1);
        bl_json_append_string(out, (const char *)at, size);
        bl_buffer_append(out, tail + 1, tail_size - 1);
        return at + size;
    }
    uint8_t *to = bl_buffer_extend(out, head_size + size + tail_size);
    if (BL_LIKELY(to != NULL)) {
        memcpy(to, head, head_size);
        copy_text(to + head_size, at, size);
        memcpy(to + head_size + size, tail, tail_size);
    }
    return at + size;
}

/* memcpy for texts, which are short: pieces of fixed size that may overlap, and no call. */
static inline void copy_text(uint8_t *to, const uint8_t *from, size_t size)
{
    if (size > 32) {
        memcpy(to, from, size);
    } else if (size >= 16) {
        memcpy(to, from, 16);
        memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 8) {
        memcpy(to, from, 8);
        memcpy(to + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        memcpy(to, from, 4);
        memcpy(to + size - 4, from + size - 4, 4);
    } else {
        for (size_t i = 0; i < size; i++)
            to[i] = from[i];
    }
}

/* `at` is its size, one byte, and then its form. */
static const uint8_t *append_number(bl_buffer *out, const uint8_t *at, const char *head, const char *tail)
{
    char text[BLOOP_NUMBER_TEXT_SIZE + 16];
    size_t head_size = strlen(head), tail_size = strlen(tail);
    memcpy(text, head, head_size);
    size_t size = head_size + bl_number_form_text(at + 1, at[0], text + head_size);
    memcpy(text + size, tail, tail_size);
    bl_buffer_append(out, text, size + tail_size);
    return at + 1 + at[0];
}

/* `at` is its size, four bytes, and then its bytes. */
static const uint8_t *append_base64(bl_buffer *out, const uint8_t *at, const char *head, const char *tail)
{
    size_t size = bl_load_le32(at);
    bl_buffer_append(out, head, strlen(head));
    bl_base64_encode(out, at + 4, size);
    bl_buffer_append(out, tail, strlen(tail));
    return at + 4 + size + 1;
}
