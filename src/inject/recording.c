/* What a recording backend has recorded: a list of calls with their texts. */
#include "inject/recording_private.h"

#include <stdio.h>

#include "inject/request_text_private.h"

static bl_recording *recording_of(bloop_backend *backend);
static bloop_status add(bl_recording *r, bloop_call_kind kind, const char *table, bl_buffer *text);
static void drop_from(bl_recording *r, size_t first);
static void answer(bl_recording *r, bl_ticket of, size_t at, bloop_status status);

bloop_backend *bloop_recording_backend_new(bloop_backend *inner)
{
    if (!inner && bl_error_status() == BLOOP_OK)
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_recording_backend_new: inner is NULL");
    if (!inner)
        return NULL;
    bl_recording *made = bl_alloc_zeroed(1, sizeof *made);
    if (!made) {
        bloop_backend_close(inner);
        return NULL;
    }
    made->base.operations = &bl_recording_operations;
    made->inner = inner;
    pthread_mutex_init(&made->lock, NULL);
    return &made->base;
}

size_t bloop_recorded_count(bloop_backend *recording)
{
    bl_recording *r = recording_of(recording);
    if (!r)
        return 0;
    pthread_mutex_lock(&r->lock);
    size_t count = r->count;
    pthread_mutex_unlock(&r->lock);
    return count;
}

bloop_status bloop_recorded(bloop_backend *recording, size_t index, bloop_recorded_call *out)
{
    bl_recording *r = recording_of(recording);
    if (!r || !out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_recorded: %s",
                        r ? "out is NULL" : "the backend is none that records");
    pthread_mutex_lock(&r->lock);
    size_t count = r->count;
    if (index < count)
        *out = r->calls[index];
    pthread_mutex_unlock(&r->lock);
    if (index < count)
        return BLOOP_OK;
    return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_recorded: call %zu of %zu", index, count);
}

void bloop_recorded_forget(bloop_backend *recording)
{
    bl_recording *r = recording_of(recording);
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    drop_from(r, 0);
    r->forgotten++;
    pthread_mutex_unlock(&r->lock);
}

size_t bloop_recorded_print(bloop_backend *recording, char *text, size_t size)
{
    size_t length = 0;
    bl_recording *r = recording_of(recording);
    if (size)
        text[0] = '\0';
    if (!r)
        return 0;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < r->count; i++) {
        bool room = length < size;
        int added = snprintf(room ? text + length : NULL, room ? size - length : 0, "%s\n", r->calls[i].text);
        length += added < 0 ? 0 : (size_t)added;
    }
    pthread_mutex_unlock(&r->lock);
    return length;
}

const char *bloop_call_name(bloop_call_kind kind)
{
    static const char *const names[BLOOP_CALL_KIND_COUNT] = {
        [BLOOP_CALL_CREATE_TABLE] = "create_table", [BLOOP_CALL_DESCRIBE_TABLE] = "describe_table",
        [BLOOP_CALL_LIST_TABLES] = "list_tables",   [BLOOP_CALL_UPDATE_TABLE] = "update_table",
        [BLOOP_CALL_DELETE_TABLE] = "delete_table", [BLOOP_CALL_GET] = "get",
        [BLOOP_CALL_BATCH_GET] = "batch_get",       [BLOOP_CALL_WRITE] = "write",
        [BLOOP_CALL_BATCH_WRITE] = "batch_write",   [BLOOP_CALL_SEARCH] = "search",
    };
    return (unsigned)kind < BLOOP_CALL_KIND_COUNT ? names[kind] : "?";
}

bloop_status bl_recording_begin(bl_recording *r, bloop_call_kind kind, const char *table, bl_buffer *text,
                                bl_ticket *out)
{
    pthread_mutex_lock(&r->lock);
    *out = (bl_ticket){ r->forgotten, r->count };
    bloop_status status = add(r, kind, table, text);
    pthread_mutex_unlock(&r->lock);
    bl_buffer_free(text);
    return status;
}

bloop_status bl_recording_begin_writes(bl_recording *r, const bloop_write_request *writes, size_t count, bl_ticket *out)
{
    bloop_status status = BLOOP_OK;
    pthread_mutex_lock(&r->lock);
    *out = (bl_ticket){ r->forgotten, r->count };
    for (size_t i = 0; status == BLOOP_OK && i < count; i++) {
        bl_buffer text = { 0 };
        bl_text_of_write(&text, &writes[i]);
        status = add(r, BLOOP_CALL_WRITE, writes[i].table, &text);
        bl_buffer_free(&text);
    }
    if (status != BLOOP_OK)
        drop_from(r, out->first);
    pthread_mutex_unlock(&r->lock);
    return status;
}

bloop_status bl_recording_end(bl_recording *r, bl_ticket of, bloop_status status)
{
    pthread_mutex_lock(&r->lock);
    answer(r, of, of.first, status);
    pthread_mutex_unlock(&r->lock);
    return status;
}

void bl_recording_end_writes(bl_recording *r, bl_ticket of, const bloop_write_result *results, size_t count)
{
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < count; i++)
        answer(r, of, of.first + i, results[i].status);
    pthread_mutex_unlock(&r->lock);
}

/* NULL for another backend. */
static bl_recording *recording_of(bloop_backend *backend)
{
    return backend && backend->operations == &bl_recording_operations ? (bl_recording *)backend : NULL;
}

/* Text and table's name are one block, which the text stands at the beginning of. */
static bloop_status add(bl_recording *r, bloop_call_kind kind, const char *table, bl_buffer *text)
{
    void *calls = r->calls;
    bloop_status status = bl_grow(&calls, &r->capacity, r->count + 1, sizeof *r->calls);
    r->calls = calls;
    if (status != BLOOP_OK)
        return status;
    size_t length = text->size, size;
    bl_buffer_byte(text, '\0');
    if (table)
        bl_buffer_append(text, table, strlen(table) + 1);
    char *words = (char *)bl_buffer_take(text, &size);
    if (!words)
        return BLOOP_NO_MEMORY;
    r->calls[r->count++] =
        (bloop_recorded_call){ .kind = kind, .table = table ? words + length + 1 : NULL, .text = words };
    return BLOOP_OK;
}

static void drop_from(bl_recording *r, size_t first)
{
    while (r->count > first) {
        char *words = (char *)(uintptr_t)r->calls[--r->count].text;
        bl_free(words);
    }
}

static void answer(bl_recording *r, bl_ticket of, size_t at, bloop_status status)
{
    if (of.forgotten != r->forgotten)
        return;
    r->calls[at].status = status;
    r->calls[at].answered = true;
}
