/* Items that look alike: read by comparing, each must be just what it is when it is read in the usual way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "json/json.h"

#define NAME_27 "a_name_of_27_letters_______"

/* A page under way. */
typedef struct page {
    bl_json_alike alike;
    bloop_builder builder;
    size_t straight; /* items that were read by comparing */
} page;

static uint32_t random_state = 1;

static unsigned draw(unsigned below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

/* Reads the items of an array in the way that pages are read, and compares each with the usual way. */
static void expect_same(page *p, const char *text, size_t size)
{
    static uint8_t room[65536];
    bloop_json_reader reader;
    bloop_builder *usual = bloop_builder_new();
    assert_non_null(usual);
    bl_json_reader_use(&reader, text, size);
    assert_int_equal(bloop_json_enter_array(&reader), BLOOP_OK);
    while (bloop_json_next_element(&reader)) {
        const uint8_t *begin = reader.at;
        bloop_item expected;
        size_t read = bl_json_read_alike(&reader, &p->alike, &p->builder, room, sizeof room);
        const uint8_t *end = reader.at;
        if (read == 0) {
            assert_int_equal(reader.status, BLOOP_OK);
            bloop_builder_reset(usual);
            assert_int_equal(bloop_json_read_item(&reader, usual), BLOOP_OK);
            bl_json_learn_alike(&reader, &p->alike, begin);
            continue;
        }
        assert_int_equal(bloop_item_of_json((const char *)begin, (size_t)(end - begin), usual, &expected), BLOOP_OK);
        assert_int_equal(read, expected.size);
        assert_memory_equal(room, expected.data, read);
        p->straight++;
    }
    assert_int_equal(bloop_json_finish(&reader), BLOOP_OK);
    bl_json_reader_release(&reader);
    bloop_builder_free(usual);
}

static size_t read_page(const char *text)
{
    page p = { .straight = 0 };
    /* Of just the size, so that a sanitizer sees a byte read too many. */
    size_t size = strlen(text);
    char *copy = malloc(size);
    assert_non_null(copy);
    memcpy(copy, text, size);
    expect_same(&p, copy, size);
    free(copy);
    bl_builder_free(&p.builder);
    return p.straight;
}

static void reads_what_is_alike(void **state)
{
    static const struct {
        const char *text;
        size_t straight;
    } cases[] = {
        { "[{\"b\":{\"S\":\"x\"},\"a\":{\"N\":\"1\"}},{\"b\":{\"S\":\"yy\"},\"a\":{\"N\":\"-20.50\"}},"
          "{\"b\":{\"S\":\"so long that a copy of thirty-two bytes is not enough for it\"},\"a\":{\"N\":\"0\"}},"
          "{\"b\":{\"S\":\"the last one is too near to the end\"},\"a\":{\"N\":\"0\"}}]",
          2 },
        /* White space, in the same places. */
        { "[{\"b\": {\"S\": \"x\"}, \"a\": {\"N\": \"1\"}}, {\"b\": {\"S\": \"y\"}, \"a\": {\"N\": \"2\"}}, "
          "{\"b\": {\"S\": \"z\"}, \"a\": {\"N\": \"3\"}}]                                ",
          2 },
        /* Missing attributes, at either end; and one that is new. */
        { "[{\"a\":{\"S\":\"1\"},\"b\":{\"S\":\"2\"},\"c\":{\"S\":\"3\"}},{\"b\":{\"S\":\"4\"}},{\"a\":{\"S\":\"5\"}},"
          "{\"c\":{\"S\":\"6\"}},{\"d\":{\"S\":\"7\"}},{\"d\":{\"S\":\"8\"}}]                                ",
          4 },
        /* Escapes, characters that are not ASCII, and both. */
        { "[{\"a\":{\"S\":\"1\"}},{\"a\":{\"S\":\"\\u00e9\\n\"}},{\"a\":{\"S\":\"\xC3\xA9\"}},{\"a\":{\"S\":\"\xC3\xA9\\t\"}},"
          "{\"a\":{\"S\":\"\"}}]                                ",
          4 },
        /* Numbers that only the usual way reads. */
        { "[{\"a\":{\"N\":\"1\"}},{\"a\":{\"N\":\"1E5\"}},{\"a\":{\"N\":\"0.000\"}},{\"a\":{\"N\":\"+5\"}},"
          "{\"a\":{\"N\":\"12345678901234567890123456789012345678\"}}]                                ",
          2 },
        /* Sets, in any order, with escapes; all other types. */
        { "[{\"a\":{\"SS\":[\"b\",\"a\"]},\"b\":{\"BOOL\":true},\"c\":{\"NULL\":true},\"d\":{\"B\":\"AAH/\"},"
          "\"e\":{\"L\":[{\"S\":\"x\"}]},\"f\":{\"NS\":[\"2\",\"1\"]},\"g\":{\"M\":{}}},"
          "{\"a\":{\"SS\":[\"c\",\"a\",\"b\",\"bb\",\"\"]},\"b\":{\"BOOL\":false},\"c\":{\"NULL\":true},\"d\":{\"B\":\"\"},"
          "\"e\":{\"L\":[]},\"f\":{\"NS\":[\"3\"]},\"g\":{\"M\":{\"x\":{\"S\":\"y\"}}}},"
          "{\"a\":{\"SS\":[\"\\u0063\",\"a\"]},\"b\":{\"BOOL\":false}}]                                ",
          2 },
        /* Maps: flat ones, with something missing; and one that is not flat. */
        { "[{\"m\":{\"M\":{\"b\":{\"N\":\"1\"},\"a\":{\"S\":\"x\"}}},\"n\":{\"M\":{\"k\":{\"M\":{\"l\":{\"N\":\"1\"}}}}}},"
          "{\"m\":{\"M\":{\"b\":{\"N\":\"2\"},\"a\":{\"S\":\"y\"}}},\"n\":{\"M\":{\"k\":{\"M\":{}}}}},"
          "{\"m\":{\"M\":{\"a\":{\"S\":\"z\"}}},\"n\":{\"M\":{}}}]                                ",
          2 },
        /* Other types under the same name, and a name that has more letters. */
        { "[{\"a\":{\"S\":\"1\"}},{\"a\":{\"N\":\"1\"}},{\"ab\":{\"N\":\"1\"}},{\"ab\":{\"N\":\"2\"}}]                      "
          "          ",
          1 },
        /* Names of 27, 28, 29 and 60 letters: with their size, a zero byte and a tag 31, 32, 33 and 64 bytes. */
        { "[{\"" NAME_27 "\":{\"S\":\"1\"},\"" NAME_27 "b\":{\"N\":\"1\"},\"" NAME_27 "cc\":{\"BOOL\":true},"
          "\"" NAME_27 NAME_27 "dddddd\":{\"M\":{\"" NAME_27 "ee\":{\"SS\":[\"x\"]}}}},"
          "{\"" NAME_27 "\":{\"S\":\"\\n\"},\"" NAME_27 "b\":{\"N\":\"22\"},\"" NAME_27 "cc\":{\"BOOL\":false},"
          "\"" NAME_27 NAME_27 "dddddd\":{\"M\":{\"" NAME_27 "ee\":{\"SS\":[\"y\",\"x\"]}}}},"
          "{\"" NAME_27 "\":{\"S\":\"2\"},\"" NAME_27 "cc\":{\"BOOL\":true}}]                                ",
          2 },
        { "[{},{},{\"a\":{\"S\":\"1\"}}]                                ", 0 },
    };
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(cases); i++)
        assert_int_equal(read_page(cases[i].text), cases[i].straight);
}

static void append_random_text(bl_buffer *out)
{
    static const char *const pieces[] = { "a",    "plain words ",     "\xC3\xA9", "\\n", "\\u00e9", "0123456789abcdef",
                                          "\\\\", "\xF0\x9F\x98\x80", "z" };
    unsigned count = draw(6), kinds = draw(3) ? 2 : 9;
    for (unsigned i = 0; i < count; i++)
        bl_buffer_text(out, pieces[draw(kinds)]);
}

static void append_random_value(bl_buffer *out, unsigned kind, unsigned depth)
{
    switch (kind) {
    case 0:
        bl_buffer_text(out, "{\"S\":\"");
        append_random_text(out);
        bl_buffer_text(out, "\"}");
        break;
    case 1: bl_buffer_format(out, "{\"N\":\"%d.%u\"}", (int)draw(2000000) - 1000000, draw(1000)); break;
    case 2: bl_buffer_format(out, "{\"BOOL\":%s}", draw(2) ? "true" : "false"); break;
    case 3:
        bl_buffer_text(out, "{\"SS\":[");
        for (unsigned i = 0, count = 1 + draw(5); i < count; i++) {
            bl_buffer_format(out, "%s\"%u-%u", i ? "," : "", draw(100), i);
            append_random_text(out);
            bl_buffer_byte(out, '"');
        }
        bl_buffer_text(out, "]}");
        break;
    case 4: bl_buffer_format(out, "{\"NS\":[\"%u\",\"-%u\"]}", draw(1000), 1 + draw(1000)); break;
    case 5: bl_buffer_text(out, "{\"NULL\":true}"); break;
    default:
        bl_buffer_text(out, kind == 6 ? "{\"M\":{" : "{\"L\":[");
        for (unsigned i = 0, any = 0; i < 4; i++) {
            if (draw(3) == 0)
                continue;
            bl_buffer_text(out, any++ ? "," : "");
            if (kind == 6)
                bl_buffer_format(out, "\"k%u\":", 3 - i);
            append_random_value(out, depth < 2 && draw(20) == 0 ? 6 : i, depth + 1);
        }
        bl_buffer_text(out, kind == 6 ? "}}" : "]}");
    }
}

static void reads_random_pages(void **state)
{
    size_t straight = 0;
    (void)state;
    for (int round = 0; round < 300; round++) {
        bl_buffer text = { 0 };
        bl_buffer_byte(&text, '[');
        for (unsigned i = 0, items = 1 + draw(12); i < items; i++) {
            bl_buffer_text(&text, i ? ",{" : "{");
            for (unsigned k = 0, any = 0; k < 8; k++) {
                if (draw(10) == 0)
                    continue;
                bl_buffer_format(&text, "%s\"%s%u\":", any++ ? "," : "", k % 2 ? "some_long_name" : "n", 7 - k);
                append_random_value(&text, k, 0);
            }
            bl_buffer_byte(&text, '}');
        }
        bl_buffer_text(&text, "]                                ");
        bl_buffer_byte(&text, 0);
        assert_int_equal(text.status, BLOOP_OK);
        straight += read_page((const char *)text.data);
        bl_buffer_free(&text);
    }
    assert_true(straight > 500);
}

/* Nothing is read, and the usual way tells. */
static void leaves_what_is_wrong(void **state)
{
    static const char *const wrong[] = {
        "{\"a\":{\"S\":\"1\"},\"a\":{\"S\":\"1\"}}",
        "{\"a\":{\"S\":1}}",
        "{\"a\":{\"S\":\"\xFF\"}}",
        "{\"a\":{\"S\":\"\n\"}}",
        "{\"a\":{\"S\":\"x\"}",
        "{\"a\":{\"S\":\"x\"},}",
        "{\"a\":{\"S\":\"x\"}}}",
        "{\"a\":{\"S\":\"\\x\"}}",
        "{,\"a\":{\"S\":\"x\"}}",
        "{\"s\":{\"SS\":[\"x\",\"x\"]}}",
        "{\"s\":{\"SS\":[]}}",
        "{\"s\":{\"SS\":[\"x\",]}}",
        "{\"s\":{\"SS\":[\"x\"}]}",
        "{\"n\":{\"N\":\"\"}}",
        "{\"n\":{\"N\":\"1x\"}}",
        "{\"n\":{\"N\":\"1\n\"}}",
        "{\"t\":{\"BOOL\":tru}}",
        "{\"l\":{\"L\":[1]}}",
        "{\"m\":{\"M\":{\"k\":{\"S\":\"x\"},\"k\":{\"S\":\"x\"}}}}",
    };
    static const char start[] =
        "[{\"a\":{\"S\":\"x\"},\"s\":{\"SS\":[\"x\"]},\"n\":{\"N\":\"1\"},\"t\":{\"BOOL\":true},\"l\":{\"L\":[]},"
        "\"m\":{\"M\":{\"k\":{\"S\":\"x\"}}}},";
    static uint8_t room[4096];
    (void)state;
    for (size_t i = 0; i < BL_COUNT_OF(wrong); i++) {
        char text[1024];
        int size = snprintf(text, sizeof text, "%s%s]                                ", start, wrong[i]);
        bloop_json_reader reader;
        page p = { .straight = 0 };
        bloop_builder *usual = bloop_builder_new();
        bl_json_reader_use(&reader, text, (size_t)size);
        assert_int_equal(bloop_json_enter_array(&reader), BLOOP_OK);
        assert_true(bloop_json_next_element(&reader));
        const uint8_t *begin = reader.at;
        assert_int_equal(bloop_json_read_item(&reader, usual), BLOOP_OK);
        bl_json_learn_alike(&reader, &p.alike, begin);
        assert_true(bloop_json_next_element(&reader));
        if (bl_json_read_alike(&reader, &p.alike, &p.builder, room, sizeof room) == 0 && reader.status == BLOOP_OK) {
            bloop_builder_reset(usual);
            bloop_json_read_item(&reader, usual);
        }
        assert_false(bloop_json_next_element(&reader));
        bloop_status status = bloop_json_finish(&reader);
        if (status != BLOOP_INVALID_SYNTAX && status != BLOOP_INVALID_VALUE)
            fail_msg("%s was read", wrong[i]);
        bl_json_reader_release(&reader);
        bl_builder_free(&p.builder);
        bloop_builder_free(usual);
    }
}

/* The room is never written beyond its end, and what does not fit is not read. */
static void keeps_to_its_room(void **state)
{
    static const char text[] =
        "[{\"a\":{\"S\":\"x\"}},{\"a\":{\"S\":\"some more words\"}},{}]                                ";
    (void)state;
    for (size_t size = 0; size < 200; size++) {
        bloop_json_reader reader;
        page p = { .straight = 0 };
        bloop_builder *usual = bloop_builder_new();
        uint8_t *room = malloc(size + 1);
        bl_json_reader_use(&reader, text, sizeof text - 1);
        bloop_json_enter_array(&reader);
        bloop_json_next_element(&reader);
        const uint8_t *begin = reader.at;
        bloop_json_read_item(&reader, usual);
        bl_json_learn_alike(&reader, &p.alike, begin);
        bloop_json_next_element(&reader);
        begin = reader.at;
        size_t read = bl_json_read_alike(&reader, &p.alike, &p.builder, room, size);
        assert_true(read == 0 || read <= size);
        assert_true(read > 0 || reader.at == begin);
        assert_true(read > 0 || size < 130); /* twice the text, and some */
        bl_json_reader_release(&reader);
        bl_builder_free(&p.builder);
        bloop_builder_free(usual);
        free(room);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_alike),
        cmocka_unit_test(reads_random_pages),
        cmocka_unit_test(leaves_what_is_wrong),
        cmocka_unit_test(keeps_to_its_room),
    };
    return cmocka_run_group_tests_name("json/alike", tests, NULL, NULL);
}
