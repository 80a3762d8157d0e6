/* Values that several tests of packed values need. */
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef void build_function(bloop_builder *builder);

static void build_named(bloop_builder *builder, build_function *const *values, const char *const *keys, size_t count,
                        bool reversed);
static void build_nothing(bloop_builder *builder);
static void build_flag(bloop_builder *builder);
static void build_amount(bloop_builder *builder);
static void build_text(bloop_builder *builder);
static void build_bytes(bloop_builder *builder);
static void build_strings(bloop_builder *builder);
static void build_numbers(bloop_builder *builder);
static void build_binaries(bloop_builder *builder);
static void build_list(bloop_builder *builder);
static void build_map(bloop_builder *builder);

static build_function *const parts[] = { build_list,    build_nothing, build_strings,  build_flag, build_text,
                                         build_numbers, build_bytes,   build_binaries, build_map,  build_amount };
static const char *const names[] = { "list",    "nothing", "strings", "flag", "text",
                                     "numbers", "bytes",   "bins",    "map",  "a" };

void sample_item(bloop_builder *builder)
{
    build_named(builder, parts, names, BL_COUNT_OF(parts), false);
}

void sample_item_reordered(bloop_builder *builder)
{
    build_named(builder, parts, names, BL_COUNT_OF(parts), true);
}

void sample_nested(bloop_builder *builder, int depth)
{
    for (int i = 0; i < depth; i++)
        bloop_build_begin(builder, BLOOP_TAG_L);
    bloop_build_null(builder);
    for (int i = 0; i < depth; i++)
        bloop_build_end(builder);
}

bloop_value sample_finish(bloop_builder *builder)
{
    bloop_value value = { NULL, 0 };
    if (bloop_builder_value(builder, &value) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    return value;
}

bloop_number sample_number(const char *text)
{
    bloop_number number;
    if (bloop_number_parse(text, strlen(text), &number) != BLOOP_OK)
        fail_msg("%s: %s", text, bloop_last_error()->message);
    return number;
}

static void build_named(bloop_builder *builder, build_function *const *values, const char *const *keys, size_t count,
                        bool reversed)
{
    bloop_build_begin(builder, BLOOP_TAG_M);
    for (size_t i = 0; i < count; i++) {
        size_t at = reversed ? count - 1 - i : i;
        bloop_build_name(builder, keys[at], strlen(keys[at]));
        values[at](builder);
    }
    bloop_build_end(builder);
}

static void build_nothing(bloop_builder *builder)
{
    bloop_build_null(builder);
}

static void build_flag(bloop_builder *builder)
{
    bloop_build_bool(builder, true);
}

static void build_amount(bloop_builder *builder)
{
    bloop_build_number(builder, sample_number("-12.50"));
}

static void build_text(bloop_builder *builder)
{
    bloop_build_string(builder, "caf\xC3\xA9", 5);
}

static void build_bytes(bloop_builder *builder)
{
    bloop_build_binary(builder, "\x00\xFF\x80", 3);
}

static void build_strings(bloop_builder *builder)
{
    bloop_build_begin(builder, BLOOP_TAG_SS);
    bloop_build_string(builder, "b", 1);
    bloop_build_string(builder, "", 0);
    bloop_build_string(builder, "ab", 2);
    bloop_build_string(builder, "a", 1);
    bloop_build_end(builder);
}

static void build_numbers(bloop_builder *builder)
{
    bloop_build_begin(builder, BLOOP_TAG_NS);
    bloop_build_int64(builder, 10);
    bloop_build_int64(builder, -1000);
    bloop_build_number(builder, sample_number("0.5"));
    bloop_build_int64(builder, 0);
    bloop_build_end(builder);
}

static void build_binaries(bloop_builder *builder)
{
    bloop_build_begin(builder, BLOOP_TAG_BS);
    bloop_build_binary(builder, "\xFF", 1);
    bloop_build_binary(builder, "\x00\x01", 2);
    bloop_build_end(builder);
}

static void build_list(bloop_builder *builder)
{
    bloop_build_begin(builder, BLOOP_TAG_L);
    build_text(builder);
    build_strings(builder);
    bloop_build_begin(builder, BLOOP_TAG_L);
    bloop_build_end(builder);
    bloop_build_end(builder);
}

static void build_map(bloop_builder *builder)
{
    build_named(builder, parts + 1, (const char *const[]){ "y", "x", "" }, 3, false);
}
