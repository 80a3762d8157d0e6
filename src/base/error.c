/* The last error of each thread: one fixed record in thread-local storage, so that recording an error can't fail. Only
   a long list of objects lives on the heap; a thread-specific key frees it when the thread ends. */
#include <bloop/error.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/base.h"
#include "base/error_private.h"

enum { FIXED_OBJECTS = 16 };

typedef struct record {
    bloop_error error;
    char message[BL_ERROR_SIZE];
    void *fixed[FIXED_OBJECTS];
    void **heap; /* in place of `fixed` when more than that was reserved; NULL until then */
    size_t heap_capacity;
} record;

static _Thread_local record last;

static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static atomic_bool key_made;

static void make_key(void);
static void release_record(void *memory);
static bool freed_at_thread_exit(void);
static void **objects_of(record *r);
static void set_message(const char *text, size_t size);
static size_t format_message(char *out, size_t capacity, const char *format, va_list arguments);

const bloop_error *bloop_last_error(void)
{
    if (!last.error.message)
        last.error.message = last.message;
    return &last.error;
}

bloop_status bl_error(bloop_status status, const char *format, ...)
{
    char text[BL_ERROR_SIZE + 1];
    va_list arguments;
    va_start(arguments, format);
    size_t size = format_message(text, sizeof text, format, arguments);
    va_end(arguments);
    set_message(text, size);
    last.error.status = status;
    last.error.objects = NULL;
    last.error.object_count = 0;
    return status;
}

bloop_status bl_error_no_memory(size_t size)
{
    if (size > PTRDIFF_MAX)
        return bl_error(BLOOP_NO_MEMORY, "out of memory: more bytes than an address can count");
    return bl_error(BLOOP_NO_MEMORY, "out of memory: %zu bytes", size);
}

bloop_status bl_error_context(const char *format, ...)
{
    if (last.error.status == BLOOP_OK)
        return BLOOP_OK;
    char text[2 * BL_ERROR_SIZE + 2];
    va_list arguments;
    va_start(arguments, format);
    size_t size = format_message(text, BL_ERROR_SIZE, format, arguments);
    va_end(arguments);
    memcpy(text + size, ": ", 2);
    size_t rest = strlen(last.message);
    memcpy(text + size + 2, last.message, rest);
    set_message(text, size + 2 + rest);
    return last.error.status;
}

bloop_status bl_error_as(bloop_status status)
{
    last.error.status = status;
    return status;
}

void bl_error_clear(void)
{
    last.message[0] = '\0';
    last.error.status = BLOOP_OK;
    last.error.objects = NULL;
    last.error.object_count = 0;
}

bloop_status bl_error_status(void)
{
    return last.error.status;
}

bloop_status bl_error_reserve_objects(size_t count)
{
    if (count <= FIXED_OBJECTS || count <= last.heap_capacity)
        return BLOOP_OK;
    if (!freed_at_thread_exit())
        return bl_error_no_memory(count < SIZE_MAX / sizeof(void *) ? count * sizeof(void *) : SIZE_MAX);
    bool first = !last.heap;
    void *heap = last.heap;
    bloop_status status = bl_grow(&heap, &last.heap_capacity, count, sizeof(void *));
    if (status != BLOOP_OK)
        return status;
    last.heap = heap;
    if (first)
        memcpy(last.heap, last.fixed, sizeof last.fixed);
    if (last.error.objects)
        last.error.objects = last.heap;
    return BLOOP_OK;
}

void bl_error_add_object(void *object)
{
    size_t capacity = last.heap ? last.heap_capacity : FIXED_OBJECTS;
    if (last.error.object_count >= capacity)
        return;
    void **objects = objects_of(&last);
    objects[last.error.object_count++] = object;
    last.error.objects = objects;
}

void bl_error_save(bl_error_copy *out)
{
    out->status = last.error.status;
    memcpy(out->message, last.message, strlen(last.message) + 1);
}

bloop_status bl_error_restore(const bl_error_copy *copy)
{
    bl_error_clear();
    set_message(copy->message, strnlen(copy->message, sizeof copy->message));
    last.error.status = copy->status;
    return copy->status;
}

void bl_error_release(void)
{
    release_record(&last);
}

static void **objects_of(record *r)
{
    return r->heap ? r->heap : r->fixed;
}

/* The library may be unloaded before a thread that used it ends; the key must not outlive the code of its destructor. */
__attribute__((destructor)) static void delete_key(void)
{
    if (atomic_exchange(&key_made, false))
        pthread_key_delete(key);
}

static void make_key(void)
{
    key_made = pthread_key_create(&key, release_record) == 0;
}

static bool freed_at_thread_exit(void)
{
    pthread_once(&key_once, make_key);
    return key_made && pthread_setspecific(key, &last) == 0;
}

static void release_record(void *memory)
{
    record *r = memory;
    bl_free(r->heap);
    r->heap = NULL;
    r->heap_capacity = 0;
    r->error.objects = NULL;
    r->error.object_count = 0;
}

/* Makes `text` the message, cut to the record's size at the start of a character, with "…" in place of the rest. */
static void set_message(const char *text, size_t size)
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    last.error.message = last.message;
    if (size < BL_ERROR_SIZE) {
        memcpy(last.message, text, size);
        last.message[size] = '\0';
        return;
    }
    size_t kept = BL_ERROR_SIZE - sizeof ellipsis;
    while (kept > 0 && ((uint8_t)text[kept] & 0xC0) == 0x80)
        kept--;
    memcpy(last.message, text, kept);
    memcpy(last.message + kept, ellipsis, sizeof ellipsis);
}

/* Formats into a buffer apart from the record, since arguments may point into the current message. Returns the size of
   what is in `out`, which is capacity - 1 when the text was longer. */
static size_t format_message(char *out, size_t capacity, const char *format, va_list arguments)
{
    int size = vsnprintf(out, capacity, format, arguments);
    if (size < 0) {
        out[0] = '\0';
        return 0;
    }
    return (size_t)size < capacity ? (size_t)size : capacity - 1;
}
