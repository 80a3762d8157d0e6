/* The expressions of one request: the memory of their trees, and the placeholders that they use. */
#include <stdlib.h>

#include "expr/text_private.h"
#include "value/value.h"

#define MAX_PLACEHOLDER  255
#define MAX_SUBSTITUTION (2 * 1024 * 1024)

/* Up to so many are looked for one by one; more are sorted first. */
#define FEW_PLACEHOLDERS 16

/* The two maps of placeholders are alike to their functions. */
typedef struct placeholder_map {
    const char *parameter;
    char sign;
    const void *first;
    size_t count, stride;
} placeholder_map;

static placeholder_map names_of(const bloop_placeholders *placeholders);
static placeholder_map values_of(const bloop_placeholders *placeholders);
static bloop_slice key_at(const placeholder_map *map, size_t index);
static bloop_status check_keys(const placeholder_map *map, size_t *size);
static bloop_status check_key(const placeholder_map *map, bloop_slice key);
static bloop_status prepare(bloop_expr_text *text, const placeholder_map *map, bool **used, bl_sorted_key **sorted);
static bool find(const placeholder_map *map, const bl_sorted_key *sorted, bloop_slice key, size_t *index);
static int compare_keys(const void *a, const void *b);
static bloop_status check_used(const placeholder_map *map, const bool *used);

bloop_expr_text *bloop_expr_text_new(const bloop_placeholders *placeholders)
{
    bloop_expr_text *text = bl_alloc(sizeof *text);
    if (text)
        bl_expr_text_begin(text, placeholders);
    return text;
}

void bloop_expr_text_free(bloop_expr_text *text)
{
    if (!text)
        return;
    bl_expr_text_end(text);
    bl_free(text);
}

void bl_expr_text_begin(bloop_expr_text *text, const bloop_placeholders *placeholders)
{
    /* Not the whole struct: its storage need not be cleared. */
    text->placeholders = placeholders ? *placeholders : (bloop_placeholders){ .names = NULL };
    text->used_names = text->used_values = NULL;
    text->sorted_names = text->sorted_values = NULL;
    text->model = false;
    text->position = 0;
    text->storage_used = 0;
    text->arena = (bl_arena){ .blocks = NULL };
}

void bl_expr_text_end(bloop_expr_text *text)
{
    bl_arena_free(&text->arena);
}

size_t bloop_expr_text_position(const bloop_expr_text *text)
{
    return text->position;
}

bloop_status bloop_placeholders_check(const bloop_placeholders *placeholders)
{
    placeholder_map names = names_of(placeholders), values = values_of(placeholders);
    size_t name_size = 0, value_size = 0;
    bloop_status status = placeholders->names ? check_keys(&names, &name_size) : BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < names.count; i++) {
        const bloop_name_placeholder *p = &placeholders->names[i];
        name_size += p->name.size;
        if (p->name.size == 0)
            status = bl_error(BLOOP_VALIDATION, "%s contains invalid value: Empty attribute name for key %.*s",
                              names.parameter, (int)p->placeholder.size, p->placeholder.data);
    }
    if (status == BLOOP_OK && placeholders->values)
        status = check_keys(&values, &value_size);
    for (size_t i = 0; status == BLOOP_OK && i < values.count; i++)
        value_size += bloop_value_size(placeholders->values[i].value);
    const char *large = name_size > MAX_SUBSTITUTION                ? names.parameter
                        : value_size > MAX_SUBSTITUTION             ? values.parameter
                        : name_size + value_size > MAX_SUBSTITUTION ? "Combined size of ExpressionAttributeNames and "
                                                                      "ExpressionAttributeValues"
                                                                    : NULL;
    return status == BLOOP_OK && large ? bl_error(BLOOP_VALIDATION, "%s exceeds max size", large) : status;
}

bloop_status bloop_expr_text_finish(bloop_expr_text *text)
{
    placeholder_map names = names_of(&text->placeholders), values = values_of(&text->placeholders);
    bloop_status status = check_used(&names, text->used_names);
    return status == BLOOP_OK ? check_used(&values, text->used_values) : status;
}

void *bl_expr_text_alloc(bloop_expr_text *text, size_t size)
{
    size_t rounded = (size + 15) & ~(size_t)15;
    if (size > sizeof text->storage || rounded > sizeof text->storage - text->storage_used)
        return bl_arena_alloc(&text->arena, size);
    void *memory = text->storage + text->storage_used;
    text->storage_used += rounded;
    return memory;
}

bloop_status bl_expr_text_prepare(bloop_expr_text *text)
{
    placeholder_map names = names_of(&text->placeholders), values = values_of(&text->placeholders);
    bloop_status status = BLOOP_OK;
    if (!text->used_names && names.count)
        status = prepare(text, &names, &text->used_names, &text->sorted_names);
    if (status == BLOOP_OK && !text->used_values && values.count)
        status = prepare(text, &values, &text->used_values, &text->sorted_values);
    return status;
}

const bloop_name_placeholder *bl_expr_text_name(bloop_expr_text *text, bloop_slice placeholder)
{
    placeholder_map map = names_of(&text->placeholders);
    size_t index = 0;
    if (!find(&map, text->sorted_names, placeholder, &index))
        return NULL;
    text->used_names[index] = true;
    return &text->placeholders.names[index];
}

const bloop_value_placeholder *bl_expr_text_value(bloop_expr_text *text, bloop_slice placeholder)
{
    placeholder_map map = values_of(&text->placeholders);
    size_t index = 0;
    if (!find(&map, text->sorted_values, placeholder, &index))
        return NULL;
    text->used_values[index] = true;
    return &text->placeholders.values[index];
}

static placeholder_map names_of(const bloop_placeholders *placeholders)
{
    return (placeholder_map){ "ExpressionAttributeNames", '#', placeholders->names,
                              placeholders->names ? placeholders->name_count : 0, sizeof(bloop_name_placeholder) };
}

static placeholder_map values_of(const bloop_placeholders *placeholders)
{
    return (placeholder_map){ "ExpressionAttributeValues", ':', placeholders->values,
                              placeholders->values ? placeholders->value_count : 0, sizeof(bloop_value_placeholder) };
}

/* The key is the first member of either struct. */
static bloop_slice key_at(const placeholder_map *map, size_t index)
{
    return *(const bloop_slice *)(const void *)((const char *)map->first + index * map->stride);
}

static bloop_status check_keys(const placeholder_map *map, size_t *size)
{
    if (map->count == 0)
        return bl_error(BLOOP_VALIDATION, "%s must not be empty", map->parameter);
    bloop_status status = BLOOP_OK;
    for (size_t i = 0; status == BLOOP_OK && i < map->count; i++) {
        bloop_slice key = key_at(map, i);
        *size += key.size;
        status = check_key(map, key);
    }
    return status;
}

static bloop_status check_key(const placeholder_map *map, bloop_slice key)
{
    const char *problem = key.size == 0                ? "contains an empty key"
                          : key.size > MAX_PLACEHOLDER ? "contains a key that is too long"
                                                       : NULL;
    if (problem && key.size)
        return bl_error(BLOOP_VALIDATION, "%s contains invalid key: The expression attribute map %s; size of key: %zu",
                        map->parameter, problem, key.size);
    if (problem)
        return bl_error(BLOOP_VALIDATION, "%s contains invalid key: The expression attribute map %s;", map->parameter,
                        problem);
    bl_token token = bl_token_next(key, 0, false);
    bl_token_kind wanted = map->sign == '#' ? BL_TOKEN_NAME : BL_TOKEN_VALUE;
    if (token.kind == wanted && token.start == 0 && token.end == key.size)
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, "%s contains invalid key: Syntax error; key: \"%.*s\"", map->parameter,
                    (int)key.size, key.data);
}

static bloop_status prepare(bloop_expr_text *text, const placeholder_map *map, bool **used, bl_sorted_key **sorted)
{
    if (map->count > MAX_SUBSTITUTION)
        return bl_error(BLOOP_VALIDATION, "%s exceeds max size", map->parameter);
    bool *marks = bl_expr_text_alloc(text, map->count);
    if (!marks)
        return BLOOP_NO_MEMORY;
    memset(marks, 0, map->count);
    if (map->count > FEW_PLACEHOLDERS) {
        bl_sorted_key *keys = bl_expr_text_alloc(text, map->count * sizeof *keys);
        if (!keys)
            return BLOOP_NO_MEMORY;
        for (size_t i = 0; i < map->count; i++)
            keys[i] = (bl_sorted_key){ key_at(map, i), i };
        qsort(keys, map->count, sizeof *keys, compare_keys);
        *sorted = keys;
    }
    *used = marks;
    return BLOOP_OK;
}

/* The first of equal ones. */
static bool find(const placeholder_map *map, const bl_sorted_key *sorted, bloop_slice key, size_t *index)
{
    size_t low = 0, high = map->count;
    while (sorted && low < high) {
        size_t middle = low + (high - low) / 2;
        if (bl_name_compare(sorted[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    size_t end = !sorted ? map->count : low < map->count ? low + 1 : low;
    for (size_t i = low; i < end; i++) {
        bloop_slice candidate = sorted ? sorted[i].key : key_at(map, i);
        if (candidate.size != key.size || memcmp(candidate.data, key.data, key.size) != 0)
            continue;
        *index = sorted ? sorted[i].index : i;
        return true;
    }
    return false;
}

static int compare_keys(const void *a, const void *b)
{
    const bl_sorted_key *one = a, *two = b;
    int order = bl_name_compare(one->key, two->key);
    return order ? order : (one->index > two->index) - (one->index < two->index);
}

/* The unused ones of up to the message's size are named, in the order of the request. */
static bloop_status check_used(const placeholder_map *map, const bool *used)
{
    char space[700];
    bl_buffer unused = { 0 };
    bl_buffer_use(&unused, space, sizeof space);
    bool any = false;
    for (size_t i = 0; i < map->count && unused.size < sizeof space / 2; i++) {
        if (used && used[i])
            continue;
        bloop_slice key = key_at(map, i);
        if (any)
            bl_buffer_append(&unused, ", ", 2);
        any = true;
        bl_buffer_append(&unused, key.data, key.size);
    }
    bloop_status status = BLOOP_OK;
    if (any)
        status = bl_error(BLOOP_VALIDATION, "Value provided in %s unused in expressions: keys: {%.*s}", map->parameter,
                          (int)unused.size, (const char *)unused.data);
    bl_buffer_free(&unused);
    return status;
}
