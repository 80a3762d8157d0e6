/* Runs scenarios with this library: a step a line comes in, its result a line goes out. compare.py has this program and
   drive.py do the same, and compares. usage: interop_drive URL */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"

#define MAX_OBJECTS 300

struct named_object {
    char name[32];
    void *object;
};

struct driver {
    bloop_engine *engine;
    struct named_object objects[MAX_OBJECTS];
    size_t object_count;
    bloop_json_writer *out; /* the result of the step, an object that is open */
    bloop_value step;
};

typedef bloop_status (*verb)(struct driver *driver);

static bloop_status begin_scenario(struct driver *driver);
static bloop_status bind_models(struct driver *driver);
static bloop_status new_object(struct driver *driver);
static bloop_status set_columns(struct driver *driver);
static bloop_status unset_columns(struct driver *driver);
static bloop_status save_objects(struct driver *driver);
static bloop_status delete_objects(struct driver *driver);
static bloop_status load_objects(struct driver *driver);
static bloop_status query(struct driver *driver);
static bloop_status scan(struct driver *driver);

static void run_step(struct driver *driver, const char *line, size_t size);
static bloop_status set_all(struct driver *driver, void *object, bloop_value columns);
static bloop_object_list listed_objects(struct driver *driver, void **objects);
static void write_objects(struct driver *driver);
static bloop_status write_rows(struct driver *driver, bloop_search *search);
static void write_columns(struct driver *driver, const void *object);
static void write_missing(struct driver *driver);
static void *object_of(struct driver *driver, const char *name);
static bloop_condition *optional_condition(const bloop_model *model, bloop_value data);
static const char *const *optional_names(bloop_value data, const char **names);
static bloop_value member(const struct driver *driver, const char *name);
static const char *text_member(const struct driver *driver, const char *name);
static bool flag_member(const struct driver *driver, const char *name);

static const struct {
    const char *name;
    verb run;
} verbs[] = {
    { "scenario", begin_scenario },
    { "bind", bind_models },
    { "new", new_object },
    { "set", set_columns },
    { "unset", unset_columns },
    { "save", save_objects },
    { "delete", delete_objects },
    { "load", load_objects },
    { "query", query },
    { "scan", scan },
};

int main(int argc, char **argv)
{
    struct driver driver = { 0 };
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    if (argc != 2 || !(driver.engine = bloop_open(argv[1])))
        drive_fail(argc == 2 ? argv[1] : "usage: interop_drive URL", bloop_last_error()->message);
    while ((size = getline(&line, &room, stdin)) > 0)
        run_step(&driver, line, (size_t)size);
    begin_scenario(&driver);
    free(line);
    bloop_close(driver.engine);
    return 0;
}

bloop_value drive_typed(bloop_value document, bloop_builder *builder)
{
    bloop_value value = { 0 };
    size_t size;
    char *text = bloop_document_to_json(document, BLOOP_JSON_COMPACT, &size);
    if (!text || bloop_value_of_json(text, size, builder, &value) != BLOOP_OK)
        drive_fail(text ? text : "a value", bloop_last_error()->message);
    bloop_json_free(text);
    return value;
}

const char *drive_text(bloop_value value, const char *what)
{
    if (bloop_value_tag(value) != BLOOP_TAG_S)
        drive_fail("a text is missing", what);
    return bloop_value_bytes(value).data;
}

void drive_fail(const char *what, const char *detail)
{
    fprintf(stderr, "interop_drive: %s: %s\n", what, detail);
    exit(2);
}

static void run_step(struct driver *driver, const char *line, size_t size)
{
    bloop_builder *builder = bloop_builder_new();
    driver->out = bloop_json_writer_new(BLOOP_JSON_COMPACT);
    if (bloop_document_of_json(line, size, builder, &driver->step) != BLOOP_OK)
        drive_fail(line, bloop_last_error()->message);
    const char *name = text_member(driver, "do");
    size_t i = 0;
    while (i < sizeof verbs / sizeof *verbs && strcmp(verbs[i].name, name) != 0)
        i++;
    if (i == sizeof verbs / sizeof *verbs)
        drive_fail("there is no verb", name);

    bloop_json_write_object(driver->out);
    bloop_status status = verbs[i].run(driver);
    bloop_json_put_string(driver->out, "status", bloop_status_name(status));
    if (status != BLOOP_OK)
        bloop_json_put_string(driver->out, "message", bloop_last_error()->message);
    bloop_json_write_end(driver->out);
    bloop_slice text;
    if (bloop_json_writer_text(driver->out, &text) != BLOOP_OK)
        drive_fail("the result", bloop_last_error()->message);
    puts(text.data);
    fflush(stdout);
    bloop_json_writer_free(driver->out);
    bloop_builder_free(builder);
}

static bloop_status begin_scenario(struct driver *driver)
{
    for (size_t i = 0; i < driver->object_count; i++)
        bloop_free(driver->objects[i].object);
    driver->object_count = 0;
    return BLOOP_OK;
}

static bloop_status bind_models(struct driver *driver)
{
    size_t count;
    const bloop_model *const *models = drive_models(&count);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; i < count && status == BLOOP_OK; i++)
        status =
            bloop_bind_model(driver->engine, models[i], &(bloop_bind_options){ .size = sizeof(bloop_bind_options) });
    return status;
}

/* {"do": "new", "model": "Simple", "object": "a", "set": {"id": {"N": "1"}}} */
static bloop_status new_object(struct driver *driver)
{
    if (driver->object_count == MAX_OBJECTS)
        drive_fail("too many objects", text_member(driver, "object"));
    struct named_object *slot = &driver->objects[driver->object_count++];
    snprintf(slot->name, sizeof slot->name, "%s", text_member(driver, "object"));
    slot->object = bloop_object_new(drive_model(text_member(driver, "model")));
    return slot->object ? set_all(driver, slot->object, member(driver, "set")) : bloop_last_error()->status;
}

static bloop_status set_columns(struct driver *driver)
{
    return set_all(driver, object_of(driver, text_member(driver, "object")), member(driver, "set"));
}

static bloop_status unset_columns(struct driver *driver)
{
    void *object = object_of(driver, text_member(driver, "object"));
    bloop_walk walk = bloop_value_walk(member(driver, "columns"));
    bloop_status status = BLOOP_OK;
    while (status == BLOOP_OK && bloop_walk_next(&walk)) {
        const char *name = drive_text(walk.value, "a column");
        const bloop_column *column = bloop_model_column(bloop_object_model(object), name);
        if (!column)
            drive_fail("there is no column", name);
        status = bloop_object_unset(object, column);
    }
    return status;
}

static bloop_status save_objects(struct driver *driver)
{
    void *objects[MAX_OBJECTS];
    bloop_object_list list = listed_objects(driver, objects);
    bloop_condition *condition = optional_condition(bloop_object_model(objects[0]), member(driver, "condition"));
    bloop_status status =
        bloop_save_all(driver->engine, list, .condition = condition, .atomic = flag_member(driver, "atomic"));
    write_objects(driver);
    return status;
}

static bloop_status delete_objects(struct driver *driver)
{
    void *objects[MAX_OBJECTS];
    bloop_object_list list = listed_objects(driver, objects);
    bloop_condition *condition = optional_condition(bloop_object_model(objects[0]), member(driver, "condition"));
    bloop_status status =
        bloop_delete_all(driver->engine, list, .condition = condition, .atomic = flag_member(driver, "atomic"));
    write_objects(driver);
    return status;
}

static bloop_status load_objects(struct driver *driver)
{
    void *objects[MAX_OBJECTS];
    bloop_object_list list = listed_objects(driver, objects);
    bloop_status status = bloop_load_all(driver->engine, list, .consistent = flag_member(driver, "consistent"));
    if (status == BLOOP_MISSING_OBJECTS)
        write_missing(driver);
    write_objects(driver);
    return status;
}

/* {"do": "query", "model": "Document", "index": "by_text", "key": […], "filter": […], "projection": ["text"]} */
static bloop_status query(struct driver *driver)
{
    const bloop_model *model = drive_model(text_member(driver, "model"));
    const char *names[32];
    bloop_query_options options = {
        .size = sizeof options,
        .key = optional_condition(model, member(driver, "key")),
        .filter = optional_condition(model, member(driver, "filter")),
        .projection_names = optional_names(member(driver, "projection"), names),
        .count = flag_member(driver, "count"),
        .consistent = flag_member(driver, "consistent"),
        .descending = flag_member(driver, "descending"),
    };
    if (!member(driver, "index").data)
        return write_rows(driver, bloop_query_model(driver->engine, model, &options));
    return write_rows(
        driver, bloop_query_index(driver->engine, bloop_model_index(model, text_member(driver, "index")), &options));
}

static bloop_status scan(struct driver *driver)
{
    const bloop_model *model = drive_model(text_member(driver, "model"));
    const char *names[32];
    bloop_scan_options options = {
        .size = sizeof options,
        .filter = optional_condition(model, member(driver, "filter")),
        .projection_names = optional_names(member(driver, "projection"), names),
        .count = flag_member(driver, "count"),
        .consistent = flag_member(driver, "consistent"),
    };
    if (!member(driver, "index").data)
        return write_rows(driver, bloop_scan_model(driver->engine, model, &options));
    return write_rows(
        driver, bloop_scan_index(driver->engine, bloop_model_index(model, text_member(driver, "index")), &options));
}

static bloop_status set_all(struct driver *driver, void *object, bloop_value columns)
{
    (void)driver;
    bloop_walk walk = bloop_value_walk(columns);
    bloop_builder *builder = bloop_builder_new();
    bloop_status status = BLOOP_OK;
    while (status == BLOOP_OK && bloop_walk_next(&walk)) {
        const bloop_column *column = bloop_model_column(bloop_object_model(object), walk.name.data);
        if (!column)
            drive_fail("there is no column", walk.name.data);
        status = bloop_object_set_packed(object, column, drive_typed(walk.value, builder));
    }
    bloop_builder_free(builder);
    return status;
}

static bloop_object_list listed_objects(struct driver *driver, void **objects)
{
    bloop_walk walk = bloop_value_walk(member(driver, "objects"));
    size_t count = 0;
    while (count < MAX_OBJECTS && bloop_walk_next(&walk))
        objects[count++] = object_of(driver, drive_text(walk.value, "an object"));
    if (count == 0)
        drive_fail("there are no objects", text_member(driver, "do"));
    return bloop_objects_in(objects, count);
}

/* What the step's objects are now. */
static void write_objects(struct driver *driver)
{
    bloop_walk walk = bloop_value_walk(member(driver, "objects"));
    bloop_json_write_name(driver->out, "objects", 7);
    bloop_json_write_object(driver->out);
    while (bloop_walk_next(&walk)) {
        const char *name = drive_text(walk.value, "an object");
        bloop_json_write_name(driver->out, name, strlen(name));
        write_columns(driver, object_of(driver, name));
    }
    bloop_json_write_end(driver->out);
}

static bloop_status write_rows(struct driver *driver, bloop_search *search)
{
    const void *row;
    bloop_json_write_name(driver->out, "rows", 4);
    bloop_json_write_array(driver->out);
    while ((row = bloop_next(search)))
        write_columns(driver, row);
    bloop_json_write_end(driver->out);
    bloop_json_put_int64(driver->out, "count", (int64_t)bloop_search_count(search));
    bloop_json_put_int64(driver->out, "scanned", (int64_t)bloop_search_scanned(search));
    return bloop_search_close(search);
}

/* {"text": {"S": "a"}, "blob": "none", "flag": "missing"} */
static void write_columns(struct driver *driver, const void *object)
{
    size_t count;
    const bloop_column *const *columns = bloop_model_columns(bloop_object_model(object), &count);
    bloop_json_write_object(driver->out);
    for (size_t i = 0; i < count; i++) {
        bloop_column_state state = bloop_object_column_state(object, columns[i]);
        bloop_value value = bloop_object_packed(object, columns[i]);
        bloop_json_write_name(driver->out, columns[i]->name, strlen(columns[i]->name));
        if (state == BLOOP_VALUE && value.data)
            bloop_json_write_value(driver->out, value);
        else if (state == BLOOP_MISSING)
            bloop_json_write_string(driver->out, "missing", 7);
        else
            bloop_json_write_string(driver->out, "none", 4);
    }
    bloop_json_write_end(driver->out);
}

/* The names of the objects that the last load did not find. */
static void write_missing(struct driver *driver)
{
    const bloop_error *error = bloop_last_error();
    bloop_json_write_name(driver->out, "not_found", 9);
    bloop_json_write_array(driver->out);
    for (size_t i = 0; i < error->object_count; i++)
        for (size_t j = 0; j < driver->object_count; j++)
            if (driver->objects[j].object == error->objects[i])
                bloop_json_write_string(driver->out, driver->objects[j].name, strlen(driver->objects[j].name));
    bloop_json_write_end(driver->out);
}

static void *object_of(struct driver *driver, const char *name)
{
    for (size_t i = 0; i < driver->object_count; i++)
        if (strcmp(driver->objects[i].name, name) == 0)
            return driver->objects[i].object;
    drive_fail("there is no object", name);
}

static bloop_condition *optional_condition(const bloop_model *model, bloop_value data)
{
    return data.data ? drive_condition(model, data) : NULL;
}

static const char *const *optional_names(bloop_value data, const char **names)
{
    size_t count = 0;
    if (!data.data)
        return NULL;
    for (bloop_walk walk = bloop_value_walk(data); count < 31 && bloop_walk_next(&walk); count++)
        names[count] = drive_text(walk.value, "a column");
    names[count] = NULL;
    return names;
}

static bloop_value member(const struct driver *driver, const char *name)
{
    return bloop_item_get(driver->step, name, strlen(name));
}

static const char *text_member(const struct driver *driver, const char *name)
{
    return drive_text(member(driver, name), name);
}

static bool flag_member(const struct driver *driver, const char *name)
{
    return bloop_value_bool(member(driver, name));
}
