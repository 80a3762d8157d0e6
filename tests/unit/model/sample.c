#include "sample.h"

#include <bloop/json.h>

static bl_arena memory;

BLOOP_DEFINE_MODEL(Account, ACCOUNT);
BLOOP_DEFINE_MODEL(Document, DOCUMENT);

typedef bloop_status (*json_reader)(const char *text, size_t size, bloop_builder *builder, bloop_value *out);

static bloop_value read_json(const char *json, json_reader read)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    if (read(json, strlen(json), builder, &value) != BLOOP_OK)
        fail_msg("%s: %s", json, bloop_last_error()->message);
    value.data = bl_arena_copy(&memory, value.data, value.size);
    assert_non_null(value.data);
    bloop_builder_free(builder);
    return value;
}

bloop_item sample_item(const char *json)
{
    return read_json(json, bloop_item_of_json);
}

bloop_value sample_value(const char *json)
{
    return read_json(json, bloop_value_of_json);
}

const char *sample_text(bloop_value value)
{
    if (!value.data)
        return "-";
    char *text = bloop_value_to_json(value, BLOOP_JSON_COMPACT, NULL);
    assert_non_null(text);
    const char *copy = bl_arena_text(&memory, text, strlen(text));
    bloop_json_free(text);
    return copy;
}

int sample_free(void **state)
{
    (void)state;
    bl_arena_free(&memory);
    return 0;
}

bloop_number sample_number(const char *text)
{
    bloop_number number;
    assert_int_equal(bloop_number_parse(text, strlen(text), &number), BLOOP_OK);
    return number;
}

bloop_uuid sample_uuid(const char *text)
{
    bloop_uuid uuid;
    assert_int_equal(bloop_uuid_parse(text, strlen(text), &uuid), BLOOP_OK);
    return uuid;
}

bloop_datetime sample_datetime(const char *text)
{
    bloop_datetime datetime;
    assert_int_equal(bloop_datetime_parse(text, strlen(text), &datetime), BLOOP_OK);
    return datetime;
}

void sample_check_error(bloop_status status, const char *message, const char *file, int line)
{
    const bloop_error *error = bloop_last_error();
    if (error->status != status || strcmp(error->message, message) != 0)
        print_error("%s:%d: the error is %s \"%s\"\n", file, line, bloop_status_name(error->status), error->message);
    _assert_int_equal(error->status, status, file, line);
    _assert_string_equal(error->message, message, file, line);
}

static const char *actions_text(const void *object, bl_save_scope scope);

const char *sample_actions(const void *object)
{
    return actions_text(object, BL_SAVE_ALL);
}

const char *sample_changes(const void *object)
{
    return actions_text(object, BL_SAVE_CHANGED);
}

static const char *actions_text(const void *object, bl_save_scope scope)
{
    char text[6000];
    bl_actions actions = { .more = NULL };
    assert_int_equal(bl_object_actions(object, scope, &actions), BLOOP_OK);
    size_t size = bloop_update_print(&actions.update, text, sizeof text);
    bl_actions_free(&actions);
    return bl_arena_text(&memory, text, size);
}

const char *sample_atomic(const void *object)
{
    char text[6000];
    bl_atomic storage = { .more = NULL };
    const bloop_expr *expr;
    assert_int_equal(bl_object_atomic(object, NULL, &storage, &expr), BLOOP_OK);
    size_t size = bloop_expr_print(expr, text, sizeof text);
    bl_atomic_free(&storage);
    return bl_arena_text(&memory, text, size);
}
