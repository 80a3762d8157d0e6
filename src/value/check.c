/* The one door for packed bytes of unknown origin: every rule of the encoding, with the place where it is broken. */
#include "value/packed_private.h"

typedef struct checker {
    const uint8_t *start, *at, *end; /* `end` is that of the innermost container */
    uint32_t level;                  /* of the value at `at`: 0 for the whole, as the builder counts */
} checker;

typedef bloop_status check_function(checker *in);

static bloop_status check_value(checker *in);
static bloop_status check_null(checker *in);
static bloop_status check_bool(checker *in);
static bloop_status check_number(checker *in);
static bloop_status check_string(checker *in);
static bloop_status check_binary(checker *in);
static bloop_status check_set(checker *in);
static bloop_status check_document(checker *in);
static bloop_status check_elements(checker *in, uint8_t tag, uint32_t count);
static bloop_status check_element(checker *in, uint8_t tag, const uint8_t *last);
static bloop_status check_bytes(checker *in, size_t size, bool text);
static bloop_status check_form(checker *in);
static bloop_status damaged(const checker *in, const char *rule);
static bool has(const checker *in, size_t size);

static check_function *const checks[BLOOP_TAG_COUNT] = {
    [BLOOP_TAG_NULL] = check_null,  [BLOOP_TAG_BOOL] = check_bool, [BLOOP_TAG_N] = check_number,
    [BLOOP_TAG_S] = check_string,   [BLOOP_TAG_B] = check_binary,  [BLOOP_TAG_SS] = check_set,
    [BLOOP_TAG_NS] = check_set,     [BLOOP_TAG_BS] = check_set,    [BLOOP_TAG_L] = check_document,
    [BLOOP_TAG_M] = check_document,
};

bloop_status bloop_value_check(const void *data, size_t size)
{
    if (!data || size == 0)
        return bl_error(BLOOP_CORRUPT, "a packed value of no bytes");
    checker in = { .start = data, .at = data, .end = (const uint8_t *)data + size };
    bloop_status status = check_value(&in);
    if (status == BLOOP_OK && in.at != in.end)
        return damaged(&in, "bytes after the value's end");
    return status;
}

/* Each check leaves `at` after what it has checked. The recursion is as deep as BLOOP_MAX_DEPTH allows. */
static bloop_status check_value(checker *in)
{
    if (in->level > BLOOP_MAX_DEPTH)
        return damaged(in, "nested deeper than 32 levels");
    if (!has(in, 1))
        return damaged(in, "a value is missing");
    uint8_t tag = *in->at;
    if (tag >= BLOOP_TAG_COUNT || !checks[tag])
        return damaged(in, "no such tag");
    return checks[tag](in);
}

static bloop_status check_null(checker *in)
{
    in->at++;
    return BLOOP_OK;
}

static bloop_status check_bool(checker *in)
{
    if (!has(in, 2))
        return damaged(in, "BOOL is cut off");
    if (in->at[1] > 1)
        return damaged(in, "BOOL is neither 0 nor 1");
    in->at += 2;
    return BLOOP_OK;
}

static bloop_status check_number(checker *in)
{
    in->at++;
    return check_form(in);
}

static bloop_status check_string(checker *in)
{
    if (!has(in, BYTES_HEAD))
        return damaged(in, "a size is cut off");
    in->at += BYTES_HEAD;
    return check_bytes(in, bl_load_le32(in->at - 4), true);
}

static bloop_status check_binary(checker *in)
{
    if (!has(in, BYTES_HEAD))
        return damaged(in, "a size is cut off");
    in->at += BYTES_HEAD;
    return check_bytes(in, bl_load_le32(in->at - 4), false);
}

static bloop_status check_set(checker *in)
{
    if (has(in, CONTAINER_HEAD) && bl_load_le32(in->at + 5) == 0)
        return damaged(in, "an empty set");
    return check_document(in);
}

static bloop_status check_document(checker *in)
{
    if (!has(in, CONTAINER_HEAD))
        return damaged(in, "size and count are cut off");
    uint8_t tag = *in->at;
    uint32_t size = bl_load_le32(in->at + 1), count = bl_load_le32(in->at + 5);
    if (!has(in, CONTAINER_HEAD + (size_t)size))
        return damaged(in, "a size beyond the end");
    const uint8_t *outer_end = in->end;
    in->at += CONTAINER_HEAD;
    in->end = in->at + size;
    in->level++;
    bloop_status status = check_elements(in, tag, count);
    in->level--;
    if (status == BLOOP_OK && in->at != in->end)
        return damaged(in, "more bytes in a container than its elements");
    in->end = outer_end;
    return status;
}

static bloop_status check_elements(checker *in, uint8_t tag, uint32_t count)
{
    const uint8_t *last = NULL;
    for (; count > 0; count--) {
        const uint8_t *start = in->at;
        bloop_status status = BLOOP_OK;
        if (tag != BLOOP_TAG_L)
            status = check_element(in, tag, last);
        if (status == BLOOP_OK && !is_set(tag))
            status = check_value(in);
        if (status != BLOOP_OK)
            return status;
        last = start;
    }
    return BLOOP_OK;
}

/* An element of a set, or the name of an entry, and that it comes after the one before. */
static bloop_status check_element(checker *in, uint8_t tag, const uint8_t *last)
{
    const uint8_t *start = in->at;
    bloop_status status;
    if (tag == BLOOP_TAG_NS) {
        status = check_form(in);
    } else {
        size_t head = tag == BLOOP_TAG_M ? 2 : 4;
        if (!has(in, head))
            return damaged(in, "an element is cut off");
        in->at += head;
        status = check_bytes(in, head == 2 ? bl_load_le16(start) : bl_load_le32(start), tag != BLOOP_TAG_BS);
    }
    if (status != BLOOP_OK || !last)
        return status;
    element before = element_at(tag, last), current = element_at(tag, start);
    if (compare_bytes(before.key, before.key_size, current.key, current.key_size) < 0)
        return BLOOP_OK;
    in->at = start;
    return damaged(in, "elements out of order, or twice");
}

static bloop_status check_bytes(checker *in, size_t size, bool text)
{
    if (!has(in, size) || !has(in, size + 1))
        return damaged(in, "a size beyond the end");
    if (text && !is_utf8((const char *)in->at, size))
        return damaged(in, "text that is not UTF-8");
    if (in->at[size] != 0)
        return damaged(in, "no zero byte after text or bytes");
    in->at += size + 1;
    return BLOOP_OK;
}

static bloop_status check_form(checker *in)
{
    if (!has(in, 1) || !has(in, 1 + (size_t)*in->at))
        return damaged(in, "a number is cut off");
    if (!bl_number_form_valid(in->at + 1, *in->at))
        return damaged(in, "a number that is not in its one form");
    in->at += 1 + *in->at;
    return BLOOP_OK;
}

static bloop_status damaged(const checker *in, const char *rule)
{
    return bl_error(BLOOP_CORRUPT, "a packed value is damaged at byte %zu: %s", (size_t)(in->at - in->start), rule);
}

static bool has(const checker *in, size_t size)
{
    return size <= (size_t)(in->end - in->at);
}
