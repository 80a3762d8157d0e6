/* Types of your own: an enumeration that is stored as text, and a temperature that is stored as text with its unit. */
#include <bloop.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum size_class { SMALL, MEDIUM, LARGE } size_class;
static const char *const size_names[] = { "small", "medium", "large", NULL };

static bloop_status load_name(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_name(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory);
static bloop_status load_celsius(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory);
static bloop_status dump_celsius(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory);

/* Each is a type of a model by the name Named(…). The argument is the conversions' own: another enumeration would have
   the same two functions, and names of its own. */
BLOOP_TYPE(Size, size_class, .backing = BLOOP_TAG_S, .load = load_name, .dump = dump_name, .argument = size_names);
BLOOP_TYPE(Celsius, double, .backing = BLOOP_TAG_S, .load = load_celsius, .dump = dump_celsius);

BLOOP_MODEL(Plant,
    column(String,         name,  .hash_key = true),
    column(Named(Size),    size),
    column(Named(Celsius), coldest),
    column(Set(Named(Size)), pots),
    table(.name = "plants"));

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s\n", bloop_last_error()->message);
    exit(1);
}

/* What is stored, as JSON. */
static void print_stored(bloop_engine *engine, const char *name)
{
    bloop_builder *builder = bloop_builder_new();
    bloop_item key;
    must(builder ? BLOOP_OK : BLOOP_NO_MEMORY);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "name", name);
    bloop_build_end(builder);
    must(bloop_builder_value(builder, &key));
    bloop_get_result result = { 0 };
    must(bloop_get_item(bloop_engine_backend(engine), &(bloop_get_request){ .table = "plants", .key = key }, &result));
    char *text = bloop_item_to_json(result.item, BLOOP_JSON_COMPACT, NULL);
    must(text ? BLOOP_OK : bloop_last_error()->status);
    printf("stored: %s\n", text);
    bloop_json_free(text);
    bloop_result_free(&result.memory);
    bloop_builder_free(builder);
}

int main(void)
{
    bloop_engine *engine = bloop_open("memory:");
    must(engine ? bloop_bind(engine, Plant) : bloop_last_error()->status);

    struct Plant *fern = bloop_new(Plant);
    must(bloop_set(fern, name, "fern"));
    must(bloop_set(fern, size, MEDIUM));
    must(bloop_set(fern, coldest, -7.5));
    must(bloop_set(fern, pots, { (const Size[]){ SMALL, MEDIUM }, 2 }));
    must(bloop_save(engine, fern));
    print_stored(engine, "fern");

    /* Conditions convert by the column's type. */
    must(bloop_set(fern, size, LARGE));
    must(bloop_save(engine, fern, .condition = bloop_eq(Plant.size, bloop_as(Named(Size), MEDIUM))));
    must(bloop_load(engine, fern));
    printf("loaded: a %s fern that survives %.1f degrees\n", size_names[fern->size], fern->coldest);

    /* A value that the type refuses leaves the object as it was. */
    if (bloop_set(fern, size, (size_class)7) != BLOOP_OK)
        printf("refused: %s\n", bloop_last_error()->message);
    if (bloop_set(fern, coldest, INFINITY) != BLOOP_OK)
        printf("refused: %s\n", bloop_last_error()->message);
    bloop_free(fern);
    bloop_close(engine);
    return 0;
}

static bloop_status load_name(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)memory;
    const char *const *names = type->argument;
    for (int i = 0; names[i]; i++)
        if (strlen(names[i]) == stored->as.text.size &&
            memcmp(names[i], stored->as.text.data, stored->as.text.size) == 0) {
            *(size_class *)value = (size_class)i;
            return BLOOP_OK;
        }
    return bloop_type_fail(BLOOP_INVALID_VALUE, "'%.*s' is no %s", (int)stored->as.text.size, stored->as.text.data,
                           type->name);
}

static bloop_status dump_name(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)memory;
    const char *const *names = type->argument;
    size_class wanted = *(const size_class *)value;
    for (int i = 0; names[i]; i++)
        if (i == (int)wanted) {
            stored->as.text = (bloop_slice){ names[i], strlen(names[i]) };
            return BLOOP_OK;
        }
    return bloop_type_fail(BLOOP_INVALID_VALUE, "%d is no %s", (int)wanted, type->name);
}

static bloop_status load_celsius(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)memory;
    char *end; /* stored text ends in a zero byte that its size does not count */
    double degrees = strtod(stored->as.text.data, &end);
    if (end == stored->as.text.data || strcmp(end, " C") != 0)
        return bloop_type_fail(BLOOP_INVALID_VALUE, "'%s' is no %s", stored->as.text.data, type->name);
    *(double *)value = degrees;
    return BLOOP_OK;
}

static bloop_status dump_celsius(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    double degrees = *(const double *)value;
    if (!isfinite(degrees))
        return bloop_type_fail(BLOOP_INVALID_VALUE, "%f is no %s", degrees, type->name);
    enum { ROOM = 32 };
    char *text = bloop_memory_alloc(memory, ROOM); /* lives until the value is stored */
    if (!text)
        return bloop_last_error()->status;
    int size = snprintf(text, ROOM, "%.15g C", degrees);
    stored->as.text = (bloop_slice){ text, (size_t)size };
    return BLOOP_OK;
}
