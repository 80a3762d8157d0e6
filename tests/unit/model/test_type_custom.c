/* Types of a program's own. The first three are the reference's examples (its docs/user/types.rst): a string enumeration,
   an integer enumeration, and a reversed string. */
#include <ctype.h>
#include <stdlib.h>

#include "sample.h"

typedef enum Color { red = 1, green, blue } Color;
static const char *const color_names[] = { NULL, "red", "green", "blue" };

static bloop_status load_color(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)memory;
    const char *const *names = type->argument;
    for (int i = red; i <= blue; i++) {
        if (strcmp(names[i], stored->as.text.data) == 0) {
            *(Color *)value = (Color)i;
            return BLOOP_OK;
        }
    }
    return bloop_type_fail(BLOOP_INVALID_VALUE, "\"%s\" is no color", stored->as.text.data);
}

static bloop_status dump_color(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)memory;
    const char *const *names = type->argument;
    Color color = *(const Color *)value;
    if (color < red || color > blue)
        return bloop_type_fail(BLOOP_INVALID_VALUE, "%d is no color", (int)color);
    stored->as.text = (bloop_slice){ names[color], strlen(names[color]) };
    return BLOOP_OK;
}

static bloop_status load_shade(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    int64_t number;
    bloop_status status = bloop_type_load(&bloop_type_Integer, stored, &number, memory);
    (void)type;
    if (status == BLOOP_OK)
        *(Color *)value = (Color)number;
    return status;
}

static bloop_status dump_shade(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type;
    int64_t number = *(const Color *)value;
    return bloop_type_dump(&bloop_type_Integer, &number, stored, memory);
}

static char *reversed(const char *text, size_t size, bloop_memory *memory)
{
    char *copy = bloop_memory_alloc(memory, size + 1);
    for (size_t i = 0; copy && i < size; i++)
        copy[i] = text[size - 1 - i];
    return copy;
}

static bloop_status load_reversed(const bloop_type *type, const bloop_stored *stored, void *value, bloop_memory *memory)
{
    (void)type;
    char *text = reversed(stored->as.text.data, stored->as.text.size, memory);
    *(const char **)value = text;
    return text ? BLOOP_OK : bloop_last_error()->status;
}

static bloop_status dump_reversed(const bloop_type *type, const void *value, bloop_stored *stored, bloop_memory *memory)
{
    (void)type;
    const char *text = *(const char *const *)value;
    if (!*text)
        stored->tag = BLOOP_TAG_NONE; /* as the reference's String: nothing */
    else
        stored->as.text = (bloop_slice){ reversed(text, strlen(text), memory), strlen(text) };
    return stored->tag == BLOOP_TAG_NONE || stored->as.text.data ? BLOOP_OK : bloop_last_error()->status;
}

/* A point, at the wire level: {"L": [x, y]}. */
typedef struct point {
    int64_t x, y;
} point;

static bloop_status load_point(const bloop_type *type, bloop_value stored, void *value, bloop_memory *memory)
{
    (void)type, (void)memory;
    point *out = value;
    if (bloop_value_count(stored) != 2)
        return bloop_type_fail(BLOOP_INVALID_VALUE, "a point has two coordinates");
    bloop_status status = bloop_number_to_int64(bloop_value_number(bloop_list_get(stored, 0)), &out->x);
    return status == BLOOP_OK ? bloop_number_to_int64(bloop_value_number(bloop_list_get(stored, 1)), &out->y) : status;
}

static bloop_status dump_point(const bloop_type *type, const void *value, bloop_builder *builder, bloop_memory *memory)
{
    (void)type, (void)memory;
    bloop_build_begin(builder, BLOOP_TAG_L);
    bloop_build_int64(builder, ((const point *)value)->x);
    bloop_build_int64(builder, ((const point *)value)->y);
    bloop_build_end(builder);
    return BLOOP_OK;
}

static bool point_at_origin(const bloop_type *type, const void *value)
{
    (void)type;
    return ((const point *)value)->x == 0 && ((const point *)value)->y == 0;
}

static char registered[200];
static bloop_status note_registered(const bloop_type *type, struct bloop_engine *engine)
{
    strcat(registered, type->name);
    strcat(registered, engine ? " " : "! ");
    return BLOOP_OK;
}

BLOOP_TYPE(Color, Color, .backing = BLOOP_TAG_S, .load = load_color, .dump = dump_color, .argument = color_names,
           .on_register = note_registered);
BLOOP_TYPE(Shade, Color, .backing = BLOOP_TAG_N, .load = load_shade, .dump = dump_shade);
BLOOP_TYPE(Reversed, const char *, .backing = BLOOP_TAG_S, .load = load_reversed, .dump = dump_reversed);
BLOOP_TYPE(Point, point, .backing = BLOOP_TAG_L, .load_value = load_point, .dump_value = dump_point,
           .is_absent = point_at_origin, .on_register = note_registered);

BLOOP_MAP(Drawing, key(Named(Point), center), key(Named(Color), fill), key(Named(Reversed), title));

BLOOP_MODEL(Shirt,
    column(Named(Reversed), id, .hash_key = true),
    column(Named(Color), color),
    column(Named(Shade), shade),
    column(Named(Point), place),
    column(Set(Named(Color)), palette),
    column(Set(Named(Reversed)), labels),
    column(List(Named(Point)), path),
    column(Map(Drawing), drawing));

static const bloop_type bad_digits = { .name = "H", .size = sizeof(bloop_number), BLOOP_ROUNDED(39) };

static const char *stored_as(const struct Shirt *shirt, const bloop_column *column)
{
    return sample_text(bloop_object_packed(shirt, column));
}

static void test_string_enumeration(void **state)
{
    (void)state;
    struct Shirt *shirt = bloop_new(Shirt);
    assert_int_equal(bloop_set(shirt, color, red), BLOOP_OK);
    assert_string_equal(stored_as(shirt, &Shirt.color), "{\"S\":\"red\"}");
    assert_int_equal(bloop_set(shirt, palette, { (Color[]){ red, green }, 2 }), BLOOP_OK);
    assert_string_equal(stored_as(shirt, &Shirt.palette), "{\"SS\":[\"green\",\"red\"]}");
    assert_int_equal(shirt->palette.items[0], green);
    assert_int_equal(bloop_set(shirt, color, 9), BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Shirt.color: 9 is no color");
    assert_int_equal(shirt->color, red);
    assert_int_equal(bl_object_load(&shirt->bloop_object_, sample_item("{\"color\":{\"S\":\"pink\"}}"), NULL),
                     BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Shirt.color: \"pink\" is no color");
    assert_int_equal(bl_object_load(&shirt->bloop_object_, sample_item("{\"color\":{\"S\":\"blue\"}}"), NULL),
                     BLOOP_OK);
    assert_int_equal(shirt->color, blue);
    bloop_free(shirt);
}

static void test_integer_enumeration(void **state)
{
    (void)state;
    struct Shirt *shirt = bloop_new(Shirt);
    assert_int_equal(bloop_set(shirt, shade, blue), BLOOP_OK);
    assert_string_equal(stored_as(shirt, &Shirt.shade), "{\"N\":\"3\"}");
    assert_int_equal(bl_object_load(&shirt->bloop_object_, sample_item("{\"shade\":{\"N\":\"2\"}}"), NULL), BLOOP_OK);
    assert_int_equal(shirt->shade, green);
    bloop_free(shirt);
}

static void test_reversed_string(void **state)
{
    (void)state;
    struct Shirt *shirt = bloop_new(Shirt);
    assert_int_equal(bloop_set(shirt, id, "abc"), BLOOP_OK);
    assert_string_equal(stored_as(shirt, &Shirt.id), "{\"S\":\"cba\"}");
    assert_string_equal(shirt->id, "abc");
    bloop_set(shirt, labels, { (const char *[]){ "ab", "xy" }, 2 });
    assert_string_equal(stored_as(shirt, &Shirt.labels), "{\"SS\":[\"ba\",\"yx\"]}");
    assert_string_equal(shirt->labels.items[1], "xy");
    assert_int_equal(bloop_set(shirt, id, ""), BLOOP_OK);
    assert_int_equal(bloop_state(shirt, id), BLOOP_NONE);
    assert_int_equal(bloop_set(shirt, labels, { (const char *[]){ "" }, 1 }), BLOOP_OK);
    assert_int_equal(bloop_state(shirt, labels), BLOOP_NONE);
    bloop_free(shirt);
}

static void test_wire_level(void **state)
{
    (void)state;
    struct Shirt *shirt = bloop_new(Shirt);
    assert_int_equal(bloop_set(shirt, place, { 3, -4 }), BLOOP_OK);
    assert_string_equal(stored_as(shirt, &Shirt.place), "{\"L\":[{\"N\":\"3\"},{\"N\":\"-4\"}]}");
    assert_true(shirt->place.x == 3 && shirt->place.y == -4);
    bloop_set(shirt, path, { (point[]){ { 1, 2 }, { 0, 0 }, { 5, 6 } }, 3 });
    assert_int_equal(shirt->path.count, 2);
    assert_true(shirt->path.items[1].y == 6);
    bloop_set(shirt, drawing, bloop_map(Drawing, set(center, { 0, 0 }), set(fill, green), set(title, "")));
    assert_string_equal(stored_as(shirt, &Shirt.drawing), "{\"M\":{\"fill\":{\"S\":\"green\"}}}");
    assert_int_equal(bl_object_load(&shirt->bloop_object_, sample_item("{\"place\":{\"L\":[]}}"), NULL),
                     BLOOP_INVALID_VALUE);
    assert_error(BLOOP_INVALID_VALUE, "Shirt.place: a point has two coordinates");
    bloop_free(shirt);
}

static void test_register_hooks(void **state)
{
    (void)state;
    const bl_model_info *info;
    assert_int_equal(bl_model_info_of(bloop_model_of(Shirt), &info), BLOOP_OK);
    assert_int_equal(bl_model_register_types(info, (struct bloop_engine *)&info), BLOOP_OK);
    /* color, drawing (its keys), palette, path, place: in the order of their names */
    assert_string_equal(registered, "Color Point Color Color Point Point ");
}

static void test_incomplete_types(void **state)
{
    static const bloop_type no_size = { .name = "A", .like = &bloop_type_String };
    static const bloop_type no_functions = { .name = "B", .size = 8, .backing = BLOOP_TAG_S };
    static const bloop_type no_backing = { .name = "C", .size = 8, .load = load_color, .dump = dump_color };
    static const bloop_type no_name = { .size = 8, .like = &bloop_type_String };
    static const bloop_type wire_set = {
        .name = "E", .size = 16, .like = &bloop_type_Set, .inner = &bloop_type_of_Point
    };
    static const bloop_type no_inner = { .name = "F", .size = 16, .like = &bloop_type_List };
    static const bloop_type other_value = {
        .name = "I", .size = 8, .kind = BLOOP_KIND_DOUBLE, .like = &bloop_type_Integer
    };
    static const bloop_type bad_zone = {
        .name = "G", .size = sizeof(bloop_datetime), .like = &bloop_type_DateTime, .argument = "Mars/Olympus"
    };
    static const struct {
        const bloop_type *type;
        bloop_status status;
        const char *message;
    } cases[] = {
        { NULL, BLOOP_UNKNOWN_TYPE, "X: there is no type, or it has no size" },
        { &no_size, BLOOP_UNKNOWN_TYPE, "X: there is no type, or it has no size" },
        { &no_functions, BLOOP_UNKNOWN_TYPE, "X: the type B has no function to load or to dump" },
        { &no_backing, BLOOP_UNKNOWN_TYPE, "X: the type C has no backing type" },
        { &no_name, BLOOP_UNKNOWN_TYPE, "X: the type has no name" },
        { &wire_set, BLOOP_INVALID_MODEL, "X: there are sets of S, N and B only, but Point is stored as L" },
        { &no_inner, BLOOP_UNKNOWN_TYPE, "X: the type F has no inner type" },
        { &other_value, BLOOP_UNKNOWN_TYPE, "X: the type I has other C values than Integer, which it is like" },
        { &bad_zone, BLOOP_INVALID_MODEL, "X: the type G: " },
        { &bad_digits, BLOOP_INVALID_MODEL, "X: the type H rounds to 39 digits, but numbers have 1 to 38" },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        bloop_model_builder *builder = bloop_model_builder_new("M", NULL);
        bloop_model_add_column(builder, &(bloop_column){ .name = "id", .type = &bloop_type_String, .hash_key = true });
        bloop_model_add_column(builder, &(bloop_column){ .name = "X", .type = cases[i].type });
        assert_null(bloop_model_build(builder));
        assert_int_equal(bloop_last_error()->status, cases[i].status);
        assert_true(strncmp(bloop_last_error()->message, "M.", 2) == 0);
        const char *message = bloop_last_error()->message + 2;
        if (strncmp(message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s", message);
    }
}

static void test_types_print(void **state)
{
    const struct {
        const bloop_type *type;
        const char *text;
    } cases[] = {
        { &bloop_type_UUID, "UUID" },
        { &bloop_type_of_Color, "Color" },
        { BLOOP_T_Set(Integer), "Set(Integer)" },
        { BLOOP_T_List(Set(Named(Color))), "List(Set(Color))" },
        { BLOOP_T_List(Map(Drawing)), "List(Drawing)" },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++) {
        char text[40], part[4];
        assert_int_equal(bloop_type_print(cases[i].type, text, sizeof text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
        assert_int_equal(bloop_type_print(cases[i].type, part, sizeof part), strlen(cases[i].text));
        assert_int_equal(strlen(part), 3);
    }
    assert_int_equal(bloop_type_backing(BLOOP_T_Set(Named(Color))), BLOOP_TAG_SS);
    assert_int_equal(bloop_type_backing(&bloop_type_Dynamic), BLOOP_TAG_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_string_enumeration, sample_free),
        cmocka_unit_test_teardown(test_integer_enumeration, sample_free),
        cmocka_unit_test_teardown(test_reversed_string, sample_free),
        cmocka_unit_test_teardown(test_wire_level, sample_free),
        cmocka_unit_test_teardown(test_register_hooks, sample_free),
        cmocka_unit_test_teardown(test_incomplete_types, sample_free),
        cmocka_unit_test_teardown(test_types_print, sample_free),
    };
    return cmocka_run_group_tests_name("model/type_custom", tests, NULL, NULL);
}
