/* Building packed values in one pass: values are appended, containers get their size, count and order when they end. */
#include <stdio.h>

#include "value/number_private.h"
#include "value/packed_private.h"

/* So that heads and ends of values can be added without overflow, and sizes fit their 32 bits. */
#define MAX_BYTES ((size_t)UINT32_MAX - 16)

static bl_level *open_level(bloop_builder *builder);
static void fail(bloop_builder *builder, bloop_status status, const char *format, ...) BLOOP_PRINTF_(3, 4);
static void keep_message(bloop_builder *builder, const char *message);
static bool text_valid(bloop_builder *builder, const char *text, size_t size, const char *what);
static bool enter(bloop_builder *builder, bloop_tag tag);
static void refuse(bloop_builder *builder, bloop_tag tag);
static inline uint8_t *extend(bloop_builder *builder, size_t size);
static void add_bytes(bloop_builder *builder, bloop_tag tag, bloop_tag set, const void *data, size_t size);
static void add_element(bloop_builder *builder, bl_level *level, const void *data, size_t size);
static void add_number_element(bloop_builder *builder, bl_level *level, const uint8_t *form, size_t size);
static void copy_form(uint8_t *to, const uint8_t *form, size_t size);
static void note_order(bloop_builder *builder, bl_level *level, size_t start, element added);
static void fail_duplicate(bloop_builder *builder, uint8_t tag, element twin);
static void sort(bloop_builder *builder, bl_level *level);

bloop_builder *bloop_builder_new(void)
{
    return bl_alloc_zeroed(1, sizeof(bloop_builder));
}

void bloop_builder_free(bloop_builder *builder)
{
    if (!builder)
        return;
    bl_builder_free(builder);
    bl_free(builder);
}

void bl_builder_use(bloop_builder *builder, void *storage, size_t size)
{
    bl_buffer_use(&builder->buffer, storage, size);
    builder->depth = 0;
    builder->status = BLOOP_OK;
}

void bl_builder_free(bloop_builder *builder)
{
    bl_buffer_free(&builder->buffer);
    builder->depth = 0;
    builder->status = BLOOP_OK;
}

void bloop_builder_reset(bloop_builder *builder)
{
    bl_buffer_clear(&builder->buffer);
    builder->depth = 0;
    builder->status = BLOOP_OK;
}

void bl_builder_fail(bloop_builder *builder, bloop_status status)
{
    if (builder->status != BLOOP_OK)
        return;
    builder->status = status;
    keep_message(builder, bloop_last_error()->message);
}

bloop_status bloop_builder_value(bloop_builder *builder, bloop_value *out)
{
    if (builder->status != BLOOP_OK)
        return bl_error(builder->status, "%s", builder->message);
    if (builder->depth > 0)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%u unfinished containers in a value", (unsigned)builder->depth);
    if (builder->buffer.size == 0)
        return bl_error(BLOOP_INVALID_ARGUMENT, "a builder without a value");
    *out = (bloop_value){ builder->buffer.data, builder->buffer.size };
    return BLOOP_OK;
}

void bloop_build_name(bloop_builder *builder, const char *name, size_t size)
{
    bl_level *level = open_level(builder);
    if (builder->status != BLOOP_OK)
        return;
    if (!level || level->tag != BLOOP_TAG_M || level->named) {
        fail(builder, BLOOP_INVALID_ARGUMENT, "a name out of place in a value: names belong to the values of a map");
        return;
    }
    if (size > UINT16_MAX) {
        fail(builder, BLOOP_INVALID_VALUE, "Attribute name is too large, must be less than 65536 bytes");
        return;
    }
    size_t start = builder->buffer.size;
    if (!text_valid(builder, name, size, "name"))
        return;
    uint8_t *at = extend(builder, 2 + size + 1);
    if (!at)
        return;
    bl_store_le16(at, (uint16_t)size);
    copy_bytes(at + 2, name, size);
    at[2 + size] = 0;
    level->named = 1;
    note_order(builder, level, start, (element){ .key = (const uint8_t *)name, .key_size = size });
}

void bl_build_known_name(bloop_builder *builder, const uint8_t *head, size_t size)
{
    bl_level *level = open_level(builder);
    if (BL_UNLIKELY(!level || level->tag != BLOOP_TAG_M || level->named)) {
        bloop_build_name(builder, (const char *)head + 2, size - 3);
        return;
    }
    size_t start = builder->buffer.size;
    uint8_t *at = builder->status == BLOOP_OK ? extend(builder, size) : NULL;
    if (!at)
        return;
    copy_bytes(at, head, size);
    level->named = 1;
    level->count++;
    level->last = start;
}

void bloop_build_null(bloop_builder *builder)
{
    uint8_t *at = enter(builder, BLOOP_TAG_NULL) ? extend(builder, 1) : NULL;
    if (at)
        at[0] = BLOOP_TAG_NULL;
}

void bloop_build_bool(bloop_builder *builder, bool value)
{
    uint8_t *at = enter(builder, BLOOP_TAG_BOOL) ? extend(builder, 2) : NULL;
    if (!at)
        return;
    at[0] = BLOOP_TAG_BOOL;
    at[1] = value;
}

void bloop_build_number(bloop_builder *builder, bloop_number number)
{
    uint8_t form[BL_NUMBER_SIZE];
    bloop_status status = bl_number_is_small(number) ? BLOOP_OK : bl_decimal_check(bl_decimal_of(number));
    if (status != BLOOP_OK)
        bl_builder_fail(builder, status);
    else
        bl_build_number_form(builder, form, bl_number_encode(number, form));
}

void bloop_build_int64(bloop_builder *builder, int64_t value)
{
    uint8_t form[BL_NUMBER_SIZE];
    bl_build_number_form(builder, form, bl_number_encode_int64(value, form));
}

void bl_build_number_form(bloop_builder *builder, const uint8_t *form, size_t size)
{
    bl_level *level = open_level(builder);
    if (level && level->tag == BLOOP_TAG_NS) {
        add_number_element(builder, level, form, size);
        return;
    }
    uint8_t *at = enter(builder, BLOOP_TAG_N) ? extend(builder, 2 + size) : NULL;
    if (!at)
        return;
    at[0] = BLOOP_TAG_N;
    at[1] = (uint8_t)size;
    copy_form(at + 2, form, size);
}

void bloop_build_string(bloop_builder *builder, const char *text, size_t size)
{
    if (text_valid(builder, text, size, "string"))
        add_bytes(builder, BLOOP_TAG_S, BLOOP_TAG_SS, text, size);
}

void bloop_build_binary(bloop_builder *builder, const void *data, size_t size)
{
    add_bytes(builder, BLOOP_TAG_B, BLOOP_TAG_BS, data, size);
}

void bloop_build_value(bloop_builder *builder, bloop_value value)
{
    if (!value.data)
        fail(builder, BLOOP_INVALID_ARGUMENT, "no value to copy into a value");
    else if (builder->depth + bl_value_depth(value) > BLOOP_MAX_DEPTH + 1)
        fail(builder, BLOOP_INVALID_VALUE, "%s", BL_NESTING_MESSAGE);
    else
        bl_build_packed(builder, value.data, value.size);
}

void bl_build_packed(bloop_builder *builder, const uint8_t *data, size_t size)
{
    uint8_t *at = enter(builder, (bloop_tag)data[0]) ? extend(builder, size) : NULL;
    if (at)
        memcpy(at, data, size);
}

void bloop_build_begin(bloop_builder *builder, bloop_tag container)
{
    if (!is_container((uint8_t)container)) {
        fail(builder, BLOOP_INVALID_ARGUMENT, "%s holds no values", bloop_tag_name(container));
        return;
    }
    size_t start = builder->buffer.size;
    uint8_t *at = enter(builder, container) ? extend(builder, CONTAINER_HEAD) : NULL;
    if (!at)
        return;
    at[0] = (uint8_t)container;
    builder->levels[builder->depth++] = (bl_level){ .start = start, .tag = (uint8_t)container };
}

void bloop_build_end(bloop_builder *builder)
{
    bl_level *level = open_level(builder);
    if (builder->status != BLOOP_OK)
        return;
    if (!level || level->named) {
        fail(builder, BLOOP_INVALID_ARGUMENT, level ? "a name without a value" : "no container to end in a value");
        return;
    }
    if (is_set(level->tag) && level->count == 0) {
        fail(builder, BLOOP_INVALID_VALUE, "an empty %s: sets have at least one element", bloop_tag_name(level->tag));
        return;
    }
    size_t size = builder->buffer.size - level->start - CONTAINER_HEAD;
    if (size > UINT32_MAX) {
        fail(builder, BLOOP_INVALID_VALUE, "a value of %zu bytes: the largest possible has 4 GiB", size);
        return;
    }
    if (level->unsorted)
        sort(builder, level);
    uint8_t *head = builder->buffer.data + level->start;
    bl_store_le32(head + 1, (uint32_t)size);
    bl_store_le32(head + 5, level->count);
    builder->depth--;
}

void bloop_put_string(bloop_builder *builder, const char *name, const char *text)
{
    bloop_build_name(builder, name, strlen(name));
    bloop_build_string(builder, text, strlen(text));
}

void bloop_put_int64(bloop_builder *builder, const char *name, int64_t value)
{
    bloop_build_name(builder, name, strlen(name));
    bloop_build_int64(builder, value);
}

/* NULL outside containers. */
static bl_level *open_level(bloop_builder *builder)
{
    return builder->depth ? &builder->levels[builder->depth - 1] : NULL;
}

static void fail(bloop_builder *builder, bloop_status status, const char *format, ...)
{
    char message[sizeof builder->message + 8];
    if (builder->status != BLOOP_OK)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    builder->status = status;
    keep_message(builder, message);
}

/* Cut, if need be, between two characters. */
static void keep_message(bloop_builder *builder, const char *message)
{
    size_t size = strlen(message);
    if (size >= sizeof builder->message) {
        size = sizeof builder->message - 1;
        while (size > 0 && ((unsigned char)message[size] & 0xC0) == 0x80)
            size--;
    }
    memcpy(builder->message, message, size);
    builder->message[size] = 0;
}

static bool text_valid(bloop_builder *builder, const char *text, size_t size, const char *what)
{
    char quoted[BL_QUOTE_SIZE];
    if (BL_LIKELY(is_utf8(text, size)))
        return true;
    fail(builder, BLOOP_INVALID_VALUE, "the %s %s is not UTF-8 at byte %zu", what, bl_quote(quoted, text, size),
         bl_utf8_error_at(text, size));
    return false;
}

/* Takes the place of the next value in the open container. */
static bool enter(bloop_builder *builder, bloop_tag tag)
{
    if (BL_UNLIKELY(builder->status != BLOOP_OK))
        return false;
    bl_level *level = open_level(builder);
    if (BL_UNLIKELY(builder->depth > BLOOP_MAX_DEPTH)) {
        refuse(builder, tag);
        return false;
    }
    if (level && level->tag == BLOOP_TAG_M && level->named) {
        level->named = 0;
        return true;
    }
    if (level && level->tag == BLOOP_TAG_L) {
        level->count++;
        return true;
    }
    if (!level && builder->buffer.size == 0)
        return true;
    refuse(builder, tag);
    return false;
}

/* Says why there is no place for a value. */
static void refuse(bloop_builder *builder, bloop_tag tag)
{
    bl_level *level = open_level(builder);
    if (!level)
        fail(builder, BLOOP_INVALID_ARGUMENT, "a second value after the first has ended");
    else if (is_set(level->tag))
        fail(builder, BLOOP_INVALID_VALUE, "an element of type %s in %s", bloop_tag_name(tag),
             bloop_tag_name(level->tag));
    else if (level->tag == BLOOP_TAG_M && !level->named)
        fail(builder, BLOOP_INVALID_ARGUMENT, "a value without a name in a map");
    else
        fail(builder, BLOOP_INVALID_VALUE, "%s", BL_NESTING_MESSAGE);
}

static inline uint8_t *extend(bloop_builder *builder, size_t size)
{
    uint8_t *at = bl_buffer_extend(&builder->buffer, size);
    if (BL_UNLIKELY(!at))
        bl_builder_fail(builder, builder->buffer.status);
    return at;
}

static void add_bytes(bloop_builder *builder, bloop_tag tag, bloop_tag set, const void *data, size_t size)
{
    bl_level *level = open_level(builder);
    if (BL_UNLIKELY(size > MAX_BYTES)) {
        fail(builder, BLOOP_INVALID_VALUE, "a value of %zu bytes: the largest possible has 4 GiB", size);
        return;
    }
    if (level && level->tag == set) {
        add_element(builder, level, data, size);
        return;
    }
    uint8_t *at = enter(builder, tag) ? extend(builder, BYTES_HEAD + size + 1) : NULL;
    if (!at)
        return;
    at[0] = (uint8_t)tag;
    bl_store_le32(at + 1, (uint32_t)size);
    copy_bytes(at + BYTES_HEAD, data, size);
    at[BYTES_HEAD + size] = 0;
}

static void add_element(bloop_builder *builder, bl_level *level, const void *data, size_t size)
{
    size_t start = builder->buffer.size;
    uint8_t *at = builder->status == BLOOP_OK ? extend(builder, 4 + size + 1) : NULL;
    if (!at)
        return;
    bl_store_le32(at, (uint32_t)size);
    copy_bytes(at + 4, data, size);
    at[4 + size] = 0;
    note_order(builder, level, start, (element){ .key = data, .key_size = size });
}

static void add_number_element(bloop_builder *builder, bl_level *level, const uint8_t *form, size_t size)
{
    size_t start = builder->buffer.size;
    uint8_t *at = builder->status == BLOOP_OK ? extend(builder, 1 + size) : NULL;
    if (!at)
        return;
    at[0] = (uint8_t)size;
    copy_form(at + 1, form, size);
    note_order(builder, level, start, (element){ .key = form, .key_size = size });
}

/* Compilers do not see that a number's form is short, and warn of the copying of long ones. */
static void copy_form(uint8_t *to, const uint8_t *form, size_t size)
{
    copy_bytes(to, form, size < BL_NUMBER_SIZE ? size : BL_NUMBER_SIZE);
}

/* Counts the element or entry that begins at `start`, and compares it with the one before. Its key is read where it
   came from: bytes that have just been written in small parts are slow to read in large ones. */
static void note_order(bloop_builder *builder, bl_level *level, size_t start, element added)
{
    if (level->count++ > 0) {
        element last = element_at(level->tag, builder->buffer.data + level->last);
        int order = compare_bytes(last.key, last.key_size, added.key, added.key_size);
        if (BL_UNLIKELY(order == 0))
            fail_duplicate(builder, level->tag, added);
        level->unsorted |= order > 0;
    }
    level->last = start;
}

static void fail_duplicate(bloop_builder *builder, uint8_t tag, element twin)
{
    char text[BL_QUOTE_SIZE > BLOOP_NUMBER_TEXT_SIZE ? BL_QUOTE_SIZE : BLOOP_NUMBER_TEXT_SIZE];
    if (tag == BLOOP_TAG_NS)
        bloop_number_format(bl_number_decode(twin.key, twin.key_size), text);
    else
        bl_quote(text, twin.key, twin.key_size);
    fail(builder, BLOOP_INVALID_VALUE, tag == BLOOP_TAG_M ? "a map with two values named %s" : "a set with %s twice",
         text);
}

static void sort(bloop_builder *builder, bl_level *level)
{
    uint8_t *content = builder->buffer.data + level->start + CONTAINER_HEAD;
    size_t size = builder->buffer.size - level->start - CONTAINER_HEAD;
    bloop_status status = bl_sort_elements(level->tag, content, size, level->count);
    if (status != BLOOP_OK) {
        bl_builder_fail(builder, status);
        return;
    }
    element before = element_at(level->tag, content);
    for (uint32_t left = level->count - 1; left > 0; left--) {
        const uint8_t *next = level->tag == BLOOP_TAG_M ? bl_value_end(before.rest) : before.rest;
        element current = element_at(level->tag, next);
        if (compare_bytes(before.key, before.key_size, current.key, current.key_size) == 0) {
            fail_duplicate(builder, level->tag, current);
            return;
        }
        before = current;
    }
}
