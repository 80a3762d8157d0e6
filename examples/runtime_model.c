/* A model made at run time, for tools and bindings: columns come from a description, objects are set by column.

   The description here is a table of text, as it might come from a file. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *type;
    bool hash_key;
} description[] = {
    { "sensor", "string", true },
    { "place", "string", false },
    { "reading", "number", false },
    { "seen", "datetime", false },
};

static const struct {
    const char *name;
    const bloop_type *type;
} types[] = {
    { "string", &bloop_type_String },
    { "number", &bloop_type_Number },
    { "datetime", &bloop_type_DateTime },
};

static void must(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

static const bloop_type *type_of(const char *name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, name) == 0)
            return types[i].type;
    return NULL;
}

/* What goes wrong on the way is told by bloop_model_build. */
static bloop_model *build_model(void)
{
    bloop_model_builder *builder = bloop_model_builder_new("Sensor", NULL);
    must(builder != NULL);
    for (size_t i = 0; i < sizeof description / sizeof description[0]; i++)
        bloop_model_add_column(builder, &(bloop_column){ .name = description[i].name,
                                                         .type = type_of(description[i].type),
                                                         .hash_key = description[i].hash_key });
    bloop_model_set_table(builder, &(bloop_table){ .name = "sensors" });
    return bloop_model_build(builder);
}

static void print_object(const char *what, const void *object)
{
    char text[256];
    bloop_object_print(object, text, sizeof text);
    printf("%s %s\n", what, text);
}

/* The value's C type is the column's: const char * for a String. */
static void *new_sensor(const bloop_model *model, const char *name)
{
    void *sensor = bloop_object_new(model);
    must(sensor && bloop_object_set(sensor, bloop_model_hash_key(model), &name) == BLOOP_OK);
    return sensor;
}

/* With bloop_object_set_packed a value needs no C type at all: it is taken as a load would take it. */
static void set_from_json(void *object, const char *column, const char *json)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    must(builder != NULL);
    must(bloop_value_of_json(json, strlen(json), builder, &value) == BLOOP_OK);
    must(bloop_object_set_packed(object, bloop_model_column(bloop_object_model(object), column), value) == BLOOP_OK);
    bloop_builder_free(builder);
}

int main(void)
{
    bloop_model *model = build_model();
    must(model != NULL);
    size_t count;
    const bloop_column *const *columns = bloop_model_columns(model, &count);
    for (size_t i = 0; i < count; i++) {
        char text[128];
        bloop_column_print(columns[i], text, sizeof text);
        printf("%s\n", text);
    }

    bloop_engine *engine = bloop_open("memory:");
    must(engine && bloop_bind_model(engine, model, NULL) == BLOOP_OK);
    void *saved = new_sensor(model, "attic-1");
    set_from_json(saved, "reading", "{\"N\": \"21.50\"}");
    set_from_json(saved, "seen", "{\"S\": \"2016-08-09T01:16:25.322849+00:00\"}");
    must(bloop_save_objects(engine, bloop_objects(saved), NULL) == BLOOP_OK);

    void *loaded = new_sensor(model, "attic-1");
    must(bloop_load_objects(engine, bloop_objects(loaded), NULL) == BLOOP_OK);
    print_object("loaded", loaded);
    const bloop_number *reading = bloop_object_get(loaded, bloop_model_column(model, "reading"));
    printf("as a double: %g\n", bloop_number_to_double(*reading));
    bloop_column_state place = bloop_object_column_state(loaded, bloop_model_column(model, "place"));
    printf("place has a value: %s\n", place == BLOOP_VALUE ? "yes" : "no");

    bloop_free(saved);
    bloop_free(loaded);
    bloop_close(engine);
    bloop_model_free(model); /* last: objects and engines use it */
    return 0;
}
