/* Texts cut at every byte, allocations that fail at every point, and random documents through a writer and a reader. */
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "events.h"
#include "support/fail_alloc.h"

static const char item_text[] =
    "{\"s\": {\"S\":\"a\\u00e9\\ud83d\\ude00\xC3\xA9\"}, \"n\":{\"N\":\"-12.5e1\"},\"b\":{\"B\":\"\\/\\/8=\"},\"t\":{\"BOOL\":true},"
    "\"z\":{\"NULL\":true},\"ss\":{\"SS\":[\"q\",\"a\\n\"]},\"ns\":{\"NS\":[\"1\",\"2\"]},\"bs\":{\"BS\":[\"AA==\"]},"
    "\"l\":{\"L\":[{\"M\":{\"x\":{\"S\":\"a string that is longer than the buffers that stand on the stack, or so it is said\"}}}]}}";
static const char document_text[] =
    "{\"a\":[1,2.5,\"x\\n\",true,null,{\"deep\":[[],{}]}],\"b\\u0041\":\"some text that is rather long, longer than 64 bytes at least\"}";

/* The last error must say the status, whatever went wrong. */
static void assert_told(bloop_status status)
{
    assert_int_not_equal(status, BLOOP_OK);
    assert_int_equal(bloop_last_error()->status, status);
    assert_true(bloop_last_error()->message[0] != 0);
}

static void refuses_cut_texts(void **state)
{
    (void)state;
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    for (size_t cut = 0; cut < sizeof item_text - 1; cut++) {
        char *text = exact_copy(item_text, cut);
        assert_told(bloop_item_of_json(text, cut, builder, &value));
        assert_int_equal(is_json(text, cut), false);
        free(text);
    }
    for (size_t cut = 0; cut < sizeof document_text - 1; cut++) {
        char *text = exact_copy(document_text, cut);
        assert_told(bloop_document_of_json(text, cut, builder, &value));
        free(text);
    }
    assert_int_equal(bloop_item_of_json(item_text, sizeof item_text - 1, builder, &value), BLOOP_OK);
    assert_int_equal(bloop_document_of_json(document_text, sizeof document_text - 1, builder, &value), BLOOP_OK);
    bloop_builder_free(builder);
}

/* Any byte changed to any of these is read without harm; what is accepted is well-formed. */
static void survives_changed_bytes(void **state)
{
    (void)state;
    static const char bytes[] = "\0\"\\{}[]:,09-.eE \nanu\x80\xC3\xED\xF0\xFF";
    bloop_builder *builder = bloop_builder_new();
    bloop_value value;
    size_t accepted = 0;
    for (size_t at = 0; at < sizeof item_text - 1; at++) {
        for (size_t i = 0; i < sizeof bytes - 1; i++) {
            char *text = exact_copy(item_text, sizeof item_text - 1);
            text[at] = bytes[i];
            if (bloop_item_of_json(text, sizeof item_text - 1, builder, &value) == BLOOP_OK) {
                accepted++;
                assert_int_equal(bloop_value_check(value.data, value.size), BLOOP_OK);
                assert_true(is_json(text, sizeof item_text - 1));
            }
            free(text);
        }
    }
    assert_true(accepted > 100);
    bloop_builder_free(builder);
}

static bloop_status item_both_ways(void *context)
{
    (void)context;
    bloop_item item;
    bloop_builder *builder = bloop_builder_new();
    if (!builder)
        return BLOOP_NO_MEMORY;
    bloop_status status = bloop_item_of_json(item_text, sizeof item_text - 1, builder, &item);
    if (status == BLOOP_OK) {
        char *text = bloop_item_to_json(item, BLOOP_JSON_INDENTED, NULL);
        status = text ? BLOOP_OK : bloop_last_error()->status;
        bloop_json_free(text);
    }
    bloop_builder_free(builder);
    return status;
}

static bloop_status document_both_ways(void *context)
{
    (void)context;
    bloop_value value;
    bloop_builder *builder = bloop_builder_new();
    if (!builder)
        return BLOOP_NO_MEMORY;
    bloop_status status = bloop_document_of_json(document_text, sizeof document_text - 1, builder, &value);
    if (status == BLOOP_OK) {
        char *text = bloop_document_to_json(value, BLOOP_JSON_COMPACT, NULL);
        status = text ? BLOOP_OK : bloop_last_error()->status;
        bloop_json_free(text);
    }
    bloop_builder_free(builder);
    return status;
}

static bloop_status read_texts(void *context)
{
    bloop_json_reader *reader = bloop_json_reader_new(context, strlen(context));
    if (!reader)
        return BLOOP_NO_MEMORY;
    bloop_json_enter_array(reader);
    while (bloop_json_next_element(reader))
        bloop_json_read_text(reader);
    bloop_status status = bloop_json_finish(reader);
    bloop_json_reader_free(reader);
    return status;
}

static bloop_status write_much(void *context)
{
    (void)context;
    bloop_slice text;
    bloop_json_writer *writer = bloop_json_writer_new(BLOOP_JSON_INDENTED);
    if (!writer)
        return BLOOP_NO_MEMORY;
    bloop_json_write_array(writer);
    for (int i = 0; i < 300; i++) {
        bloop_json_write_object(writer);
        bloop_json_put_string(writer, "name", "some text with a \" in it");
        bloop_json_put_int64(writer, "number", i);
        bloop_json_write_end(writer);
    }
    bloop_json_write_end(writer);
    bloop_status status = bloop_json_writer_text(writer, &text);
    bloop_json_writer_free(writer);
    return status;
}

/* A text that stands in storage of the caller's has to be copied to be given away. */
static bloop_status take_from_storage(void *context)
{
    char storage[64];
    bloop_json_writer writer;
    bl_json_writer_use(&writer, BLOOP_JSON_COMPACT, storage, sizeof storage);
    bloop_json_write_string(&writer, context, strlen(context));
    char *text = bloop_json_writer_take(&writer, NULL);
    bloop_status status = text ? BLOOP_OK : bloop_last_error()->status;
    bloop_json_free(text);
    bl_json_writer_release(&writer);
    return status;
}

static void survives_failed_allocations(void **state)
{
    (void)state;
    char texts[] = "[\"with\\nescape\",\"plain\",\"\\u00e9\"]";
    assert_in_range(fail_alloc_every(item_both_ways, NULL), 4, 100);
    assert_in_range(fail_alloc_every(document_both_ways, NULL), 3, 100);
    assert_in_range(fail_alloc_every(read_texts, texts), 2, 100);
    assert_in_range(fail_alloc_every(write_much, NULL), 5, 100);
    assert_int_equal(fail_alloc_every(take_from_storage, texts), 1);
}

static uint64_t seed;

static uint32_t next_random(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 32) % below;
}

/* Valid UTF-8 of up to 40 characters: ASCII, what has to be escaped, and two to four bytes. */
static size_t random_text(char *out)
{
    static const char *const characters[] = {
        "\"",   "\\",       "/",        "\n",           "\x01",         "\x1F",
        "\x7F", "\xC2\x80", "\xC3\xA9", "\xE2\x82\xAC", "\xEF\xBF\xBF", "\xF0\x9F\x98\x80",
    };
    size_t size = 0;
    for (uint32_t left = next_random(40); left > 0; left--) {
        const char *character = characters[next_random(BL_COUNT_OF(characters))];
        if (next_random(4)) {
            out[size++] = (char)('a' + next_random(26));
        } else {
            memcpy(out + size, character, strlen(character));
            size += strlen(character);
        }
    }
    return size;
}

static void write_random(bloop_json_writer *writer, int depth)
{
    char text[200];
    uint32_t kind = next_random(depth > 0 ? 8 : 5);
    switch (kind) {
    case 0: bloop_json_write_null(writer); return;
    case 1: bloop_json_write_bool(writer, next_random(2)); return;
    case 2:
        bloop_json_write_int64(writer, (int64_t)next_random(UINT32_MAX) * (next_random(2) ? -1 : 2000000000));
        return;
    case 3:
    case 4: bloop_json_write_string(writer, text, random_text(text)); return;
    case 5: bloop_json_write_array(writer); break;
    default: bloop_json_write_object(writer); break;
    }
    for (uint32_t left = next_random(6); left > 0; left--) {
        if (kind != 5) {
            size_t size = random_text(text);
            size += (size_t)snprintf(text + size, 16, "%u", left); /* so that no name occurs twice */
            bloop_json_write_name(writer, text, size);
        }
        write_random(writer, depth - 1);
    }
    bloop_json_write_end(writer);
}

/* What a random document shows, and the document itself, which is the caller's. */
static char *random_document(bloop_json_style style, size_t *size)
{
    bloop_json_writer *writer = bloop_json_writer_new(style);
    bloop_json_write_array(writer);
    for (int i = 0; i < 20; i++)
        write_random(writer, 5);
    bloop_json_write_end(writer);
    char *text = bloop_json_writer_take(writer, size);
    bloop_json_writer_free(writer);
    assert_non_null(text);
    return text;
}

static void events_of(const char *text, size_t size, bl_buffer *out)
{
    bloop_json_reader *reader = bloop_json_reader_new(text, size);
    show_events(reader, out);
    assert_int_equal(bloop_json_finish(reader), BLOOP_OK);
    bloop_json_reader_free(reader);
}

/* The two styles of one document show the same events. */
static void both_styles_are_one_document(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 100; round++) {
        bl_buffer events[2] = { { 0 }, { 0 } };
        for (int style = 0; style < 2; style++) {
            size_t size;
            seed = round * 0x9E3779B97F4A7C15;
            char *text = random_document((bloop_json_style)style, &size);
            events_of(text, size, &events[style]);
            bloop_json_free(text);
        }
        assert_int_equal(events[0].size, events[1].size);
        assert_memory_equal(events[0].data, events[1].data, events[0].size);
        bl_buffer_free(&events[0]);
        bl_buffer_free(&events[1]);
    }
}

/* Runs Python with the two files as its input and output. False when it fails, or is not there. */
static bool run_python(const char *script, FILE *input, FILE *output)
{
    char name[] = "python3", option[] = "-c", text[256];
    char *const arguments[] = { name, option, text, NULL };
    posix_spawn_file_actions_t actions;
    pid_t child;
    int ended = -1;
    snprintf(text, sizeof text, "%s", script);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, fileno(input), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(output), STDOUT_FILENO);
    if (posix_spawnp(&child, name, &actions, NULL, arguments, environ) == 0)
        waitpid(child, &ended, 0);
    posix_spawn_file_actions_destroy(&actions);
    return ended == 0;
}

/* A text as Python writes it after reading it; free it with bl_free. */
static char *through_python(const char *script, const char *text, size_t size, size_t *their_size)
{
    FILE *input = tmpfile(), *output = tmpfile();
    bl_buffer theirs = { 0 };
    char block[4096];
    size_t count;
    assert_non_null(input);
    assert_non_null(output);
    assert_int_equal(fwrite(text, 1, size, input), size);
    rewind(input);
    assert_true(run_python(script, input, output));
    rewind(output);
    while ((count = fread(block, 1, sizeof block, output)) > 0)
        bl_buffer_append(&theirs, block, count);
    fclose(input);
    fclose(output);
    return (char *)bl_buffer_take(&theirs, their_size);
}

/* Python reads what we write, and we read what Python writes of it, with all its escapes. */
static void agrees_with_python(void **state)
{
    (void)state;
    static const char *const scripts[] = {
        "import json,sys; json.dump(json.load(sys.stdin.buffer), sys.stdout)",
        "import json,sys; sys.stdout.buffer.write(json.dumps(json.load(sys.stdin.buffer),"
        "ensure_ascii=False,indent=3).encode())",
    };
    if (!run_python("import json", stdin, stdout))
        skip();
    for (uint64_t round = 1; round <= 20; round++) {
        bl_buffer ours = { 0 }, theirs = { 0 };
        size_t size, their_size;
        seed = round * 0xD1B54A32D192ED03;
        char *text = random_document((bloop_json_style)(round % 2), &size);
        char *their_text = through_python(scripts[round / 2 % 2], text, size, &their_size);
        events_of(text, size, &ours);
        events_of(their_text, their_size, &theirs);
        assert_int_equal(ours.size, theirs.size);
        assert_memory_equal(ours.data, theirs.data, ours.size);
        bloop_json_free(text);
        bl_free(their_text);
        bl_buffer_free(&ours);
        bl_buffer_free(&theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_cut_texts),           cmocka_unit_test(survives_changed_bytes),
        cmocka_unit_test(survives_failed_allocations), cmocka_unit_test(both_styles_are_one_document),
        cmocka_unit_test(agrees_with_python),
    };
    return cmocka_run_group_tests_name("json/robust", tests, NULL, NULL);
}
