/* Growing arrays of bytes whose first failed append is remembered, so that writers check once, at the end. */
#include "base/base.h"

#include <stdio.h>

enum { SMALLEST = 64 };

static bool grow(bl_buffer *buffer, size_t size);
static void fail(bl_buffer *buffer, bloop_status status);

void bl_buffer_use(bl_buffer *buffer, void *storage, size_t capacity)
{
    *buffer = (bl_buffer){ .data = storage, .capacity = capacity, .fixed = true };
}

uint8_t *bl_buffer_extend_slow(bl_buffer *buffer, size_t size)
{
    if (buffer->status != BLOOP_OK)
        return NULL;
    if ((!buffer->data || size > buffer->capacity - buffer->size) && !grow(buffer, size))
        return NULL;
    uint8_t *at = buffer->data + buffer->size;
    buffer->size += size;
    return at;
}

void bl_buffer_text(bl_buffer *buffer, const char *text)
{
    bl_buffer_append(buffer, text, strlen(text));
}

void bl_buffer_format(bl_buffer *buffer, const char *format, ...)
{
    char text[256];
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(text, sizeof text, format, arguments);
    if (size < 0) {
        fail(buffer, bl_error(BLOOP_INTERNAL, "a text can't be formatted"));
    } else if ((size_t)size < sizeof text) {
        bl_buffer_append(buffer, text, (size_t)size);
    } else {
        /* One byte more than the text, for the zero that vsnprintf insists on. */
        uint8_t *at = bl_buffer_extend(buffer, (size_t)size + 1);
        if (at) {
            vsnprintf((char *)at, (size_t)size + 1, format, again);
            buffer->size--;
        }
    }
    va_end(again);
    va_end(arguments);
}

void bl_buffer_reserve(bl_buffer *buffer, size_t size)
{
    if (bl_buffer_extend(buffer, size))
        buffer->size -= size;
}

void bl_buffer_clear(bl_buffer *buffer)
{
    buffer->size = 0;
    buffer->status = BLOOP_OK;
}

void bl_buffer_free(bl_buffer *buffer)
{
    if (!buffer->fixed)
        bl_free(buffer->data);
    *buffer = (bl_buffer){ 0 };
}

uint8_t *bl_buffer_take(bl_buffer *buffer, size_t *size)
{
    size_t written = buffer->size;
    uint8_t *end = bl_buffer_extend(buffer, 1);
    if (!end) {
        if (bl_error_status() != buffer->status)
            bl_error(buffer->status, "%s", bloop_status_text(buffer->status));
        return NULL;
    }
    *end = 0;
    uint8_t *data = buffer->fixed ? bl_copy(buffer->data, buffer->size) : buffer->data;
    buffer->size = written;
    if (!data) {
        fail(buffer, BLOOP_NO_MEMORY);
        return NULL;
    }
    if (size)
        *size = written;
    *buffer = (bl_buffer){ 0 };
    return data;
}

static bool grow(bl_buffer *buffer, size_t size)
{
    if (size > PTRDIFF_MAX - buffer->size) {
        fail(buffer, bl_error_no_memory(SIZE_MAX));
        return false;
    }
    size_t needed = buffer->size + size;
    size_t capacity = buffer->capacity < SMALLEST ? SMALLEST : 2 * buffer->capacity;
    if (capacity < needed)
        capacity = needed;
    uint8_t *data = buffer->fixed ? bl_alloc(capacity) : bl_realloc(buffer->data, capacity);
    if (!data) {
        fail(buffer, BLOOP_NO_MEMORY);
        return false;
    }
    if (buffer->fixed && buffer->data)
        memcpy(data, buffer->data, buffer->size);
    buffer->data = data;
    buffer->capacity = capacity;
    buffer->fixed = false;
    return true;
}

static void fail(bl_buffer *buffer, bloop_status status)
{
    if (buffer->status == BLOOP_OK)
        buffer->status = status;
}
