/* See fake.h. */
#include "fake.h"

#include <time.h>

#include "support/notation.h"

BLOOP_DEFINE_MODEL(Document,
    column(Integer, id,     .hash_key = true),
    column(String,  folder, .range_key = true),
    column(String,  title,  .dynamo_name = "t"),
    column(Integer, size),
    global_index(by_title, .hash_key = &Document.title, .projection = BLOOP_KEYS),
    table(.name = "documents"));

BLOOP_DEFINE_MODEL(Note,
    column(String, id, .hash_key = true),
    column(String, text),
    table(.name = "notes"));

int64_t slept_ms[64];
size_t sleeps;

/* In place of the C library's. */
int nanosleep(const struct timespec *time, struct timespec *left)
{
    (void)left;
    if (sleeps < sizeof slept_ms / sizeof slept_ms[0])
        slept_ms[sleeps] = time->tv_sec * 1000 + time->tv_nsec / 1000000;
    sleeps++;
    return 0;
}

/* Adds to the log (printf's format). */
#define say(f, ...) ((void)snprintf((f)->log + strlen((f)->log), sizeof(f)->log - strlen((f)->log), __VA_ARGS__))

static void say_value(fake *f, bloop_value value)
{
    notation n = { 0 };
    say(f, " %s", notation_print(&n, value));
    notation_free(&n);
}

static void say_paths(fake *f, const bloop_projection_paths *projection)
{
    if (!projection)
        say(f, " everything");
    for (size_t i = 0; projection && i < projection->count; i++)
        say(f, "%s%.*s", i ? "," : " of ", (int)projection->paths[i].steps[0].name.size,
            projection->paths[i].steps[0].name.data);
}

static bloop_status answer(fake *f, fake_operation operation)
{
    const fake_answer *a = &f->answers[operation];
    int call = f->calls[operation]++;
    if (a->status == BLOOP_OK || call < a->after || call - a->after >= a->times)
        return BLOOP_OK;
    return bloop_backend_fail(a->status, "the fake says %s", bloop_status_name(a->status));
}

static bloop_status create_table(bloop_backend *base, const bloop_table_definition *table, bloop_table_result *out)
{
    fake *f = (fake *)base;
    (void)out;
    say(f, "create_table %s %s%s%s\n", table->name, table->hash_key, table->range_key ? " " : "",
        table->range_key ? table->range_key : "");
    return answer(f, FAKE_CREATE_TABLE);
}

/* What the models are, as a service would tell it. */
static bloop_table_definition describe(const char *name, bool documents)
{
    static const bloop_attribute_definition attributes[] = { { "id", BLOOP_TAG_N },
                                                             { "folder", BLOOP_TAG_S },
                                                             { "t", BLOOP_TAG_S } };
    static const bloop_attribute_definition attribute = { "id", BLOOP_TAG_S };
    static const bloop_index_definition index = { .name = "by_title",
                                                  .hash_key = "t",
                                                  .projection = BLOOP_PROJECT_KEYS_ONLY };
    return (bloop_table_definition){ .name = name,
                                     .hash_key = "id",
                                     .range_key = documents ? "folder" : NULL,
                                     .attributes = documents ? attributes : &attribute,
                                     .attribute_count = documents ? 3 : 1,
                                     .global_indexes = documents ? &index : NULL,
                                     .global_index_count = documents ? 1 : 0 };
}

static bloop_status describe_table(bloop_backend *base, const char *table, bloop_table_result *out)
{
    fake *f = (fake *)base;
    say(f, "describe_table %s\n", table);
    bloop_status status = answer(f, FAKE_DESCRIBE_TABLE);
    if (status != BLOOP_OK)
        return status;
    bloop_index_state *state = bloop_result_alloc(&out->memory, sizeof *state);
    char *name = bloop_result_alloc(&out->memory, strlen(table) + 1);
    assert_true(state && name);
    strcpy(name, table);
    out->table.definition = describe(name, strstr(table, "documents") != NULL);
    if (f->hash_key)
        out->table.definition.hash_key = f->hash_key;
    bool created = f->creating-- <= 0, built = created && f->building-- <= 0;
    out->table.status = created ? BLOOP_TABLE_ACTIVE : BLOOP_TABLE_CREATING;
    state->status = built ? BLOOP_TABLE_ACTIVE : BLOOP_TABLE_CREATING;
    out->table.global_states = state;
    return BLOOP_OK;
}

static bloop_status get_item(bloop_backend *base, const bloop_get_request *request, bloop_get_result *out)
{
    fake *f = (fake *)base;
    notation n = { 0 };
    say(f, "get_item %s", request->table);
    say_value(f, request->key);
    say_paths(f, request->projection);
    say(f, "%s%s\n", request->projection_is_hint ? ", about" : "", request->consistent ? ", consistent" : "");
    bloop_status status = answer(f, FAKE_GET_ITEM);
    if (status != BLOOP_OK || !f->item)
        return status;
    status = request->receive(request->context, *f->item ? notation_value(&n, f->item) : request->key);
    out->found = status == BLOOP_OK;
    notation_free(&n);
    return status;
}

static bloop_status hand_over(fake *f, const bloop_batch_get_request *request, size_t count)
{
    for (size_t i = 0; f->item && i < count; i++) {
        bloop_status status = request->receive(request->context, i, request->keys[i].key);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

/* What is found is the key itself. */
static bloop_status batch_get_item(bloop_backend *base, const bloop_batch_get_request *request,
                                   bloop_batch_get_result *out)
{
    fake *f = (fake *)base;
    int call = f->calls[FAKE_BATCH_GET_ITEM];
    say(f, "batch_get_item %zu", request->count);
    for (size_t i = 0; i < request->count && request->count <= 8; i++)
        say_value(f, request->keys[i].key);
    for (size_t i = 0; i < request->table_count; i++) {
        say(f, " %s", request->tables[i].table);
        say_paths(f, request->tables[i].projection);
        say(f, "%s", request->tables[i].consistent ? ", consistent" : "");
    }
    say(f, "\n");
    bloop_status status = answer(f, FAKE_BATCH_GET_ITEM);
    if (status != BLOOP_OK) {
        bloop_status handed = hand_over(f, request, f->receives_before_fail);
        assert_int_equal(handed, BLOOP_OK);
        return bloop_backend_fail(status, "the fake says %s", bloop_status_name(status));
    }
    size_t left = call < 16 ? f->unprocessed[call] : f->unprocessed[15];
    left = left < request->count ? left : request->count;
    size_t *unprocessed = bloop_result_alloc(&out->memory, (left + 1) * sizeof *unprocessed);
    assert_non_null(unprocessed);
    for (size_t i = 0; i < left; i++)
        unprocessed[i] = request->count - left + i;
    out->unprocessed = unprocessed;
    out->unprocessed_count = left;
    return hand_over(f, request, request->count - left);
}

static void say_write(fake *f, const bloop_write_request *request)
{
    static const char *const verbs[] = { "put", "update", "delete" };
    char text[1024];
    say(f, "%s %s", verbs[request->kind], request->table);
    say_value(f, request->item);
    if (request->update && request->update->count) {
        (void)bloop_update_print(request->update, text, sizeof text);
        say(f, " %s", text);
    }
    if (request->condition && request->condition->kind != BLOOP_EXPR_EMPTY) {
        (void)bloop_expr_print(request->condition, text, sizeof text);
        say(f, " if %s", text);
    }
    assert_int_equal(request->return_values, BLOOP_RETURN_NONE);
    say(f, "\n");
}

static void tell(bloop_write_result *result, bloop_status status)
{
    char *words = bloop_result_alloc(&result->memory, 64);
    assert_non_null(words);
    snprintf(words, 64, "this write: %s", bloop_status_name(status));
    result->status = status;
    result->message = words;
}

static bloop_status write_items(bloop_backend *base, const bloop_write_request *requests, size_t count,
                                bloop_in_flight in_flight, bloop_write_result *results)
{
    fake *f = (fake *)base;
    f->in_flight = in_flight;
    if (count > 8)
        say(f, "write_items %zu\n", count);
    for (size_t i = 0; i < count && count <= 8; i++)
        say_write(f, &requests[i]);
    bloop_status status = answer(f, FAKE_WRITE_ITEMS);
    for (size_t i = 0; status != BLOOP_OK && !f->silent && i < count; i++)
        if (!f->fail_write || (size_t)f->fail_write == i + 1)
            tell(&results[i], status);
    return status;
}

static void close_fake(bloop_backend *base)
{
    ((fake *)base)->closed = true;
}

void fake_make(fake *f)
{
    memset(f, 0, sizeof *f);
    f->operations = (bloop_backend_operations){ .name = "fake",
                                                .create_table = create_table,
                                                .describe_table = describe_table,
                                                .get_item = get_item,
                                                .batch_get_item = batch_get_item,
                                                .write_items = write_items,
                                                .close = close_fake };
    f->base.operations = &f->operations;
    f->item = "";
    sleeps = 0;
}

bloop_engine *fake_engine(fake *f)
{
    fake_make(f);
    bloop_engine *engine = bloop_engine_new_with(.dynamodb = &f->base);
    assert_non_null(engine);
    expect_ok(bloop_bind(engine, Document));
    expect_ok(bloop_bind(engine, Note));
    fake_forget(f);
    return engine;
}

void fake_expect_(fake *f, const char *text, int line)
{
    if (strcmp(f->log, text) != 0)
        fail_msg("line %d:\n%s--- instead of\n%s", line, f->log, text);
    f->log[0] = 0;
}

void fake_forget(fake *f)
{
    f->log[0] = 0;
    memset(f->calls, 0, sizeof f->calls);
    sleeps = 0;
}

void expect_status_(bloop_status got, bloop_status wanted, const char *words, int line)
{
    const bloop_error *error = bloop_last_error();
    if (got != wanted)
        fail_msg("line %d: %s instead of %s: %s", line, bloop_status_name(got), bloop_status_name(wanted),
                 got == BLOOP_OK ? "" : error->message);
    if (wanted != BLOOP_OK && error->status != wanted)
        fail_msg("line %d: the last error is %s, not %s", line, bloop_status_name(error->status),
                 bloop_status_name(wanted));
    if (words && !strstr(error->message, words))
        fail_msg("line %d: '%s' does not say '%s'", line, error->message, words);
}

struct Document *new_document(int64_t id, const char *folder)
{
    struct Document *document = bloop_new(Document);
    assert_non_null(document);
    expect_ok(bloop_set(document, id, id));
    expect_ok(bloop_set(document, folder, folder));
    return document;
}

struct Note *new_note(const char *id)
{
    struct Note *note = bloop_new(Note);
    assert_non_null(note);
    expect_ok(bloop_set(note, id, id));
    return note;
}

static void count_one(void *context, bloop_event *event)
{
    (void)event;
    ++*(int *)context;
}

bloop_connection count_signals(bloop_engine *engine, bloop_signal signal, int *count)
{
    *count = 0;
    bloop_connection connection = bloop_connect(signal, engine, count_one, count);
    assert_true(connection != 0);
    return connection;
}
