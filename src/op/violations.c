/* The constraints of the service model (its service-2.json: min, max, pattern) and how the service words what breaks
   them. */
#include <stdarg.h>
#include <stdio.h>

#include "op/op.h"

/* What the service model says of each kind of name. */
typedef struct name_rule {
    size_t min, max;
    bool pattern; /* [a-zA-Z0-9_.-]+ */
} name_rule;

static const name_rule name_rules[] = {
    [BL_NAME_NEW_TABLE] = { 3, 255, true },      [BL_NAME_TABLE] = { 1, 255, true },
    [BL_NAME_START_TABLE] = { 3, 255, true },    [BL_NAME_INDEX] = { 3, 255, true },
    [BL_NAME_KEY_ATTRIBUTE] = { 1, 255, false }, [BL_NAME_INCLUDED] = { 1, 255, false },
};

enum { MAX_VIOLATIONS = 10, WHERE_SIZE = 512, MAX_PRINTED = 300 };

static void add(bl_violations *v, const char *value, size_t size, const char *constraint, const char *where);
static bool another(bl_violations *v);
static void append(bl_violations *v, const char *format, ...) BLOOP_PRINTF_(2, 3);
static void append_arguments(bl_violations *v, const char *format, va_list arguments);
static void add_length(bl_violations *v, const char *value, size_t size, const char *relation, size_t limit,
                       const char *where);
static int printed(const char *text, size_t size);
static bool matches_pattern(bloop_slice name);

void bl_violation(bl_violations *v, const char *value, const char *constraint, const char *where, ...)
{
    char place[WHERE_SIZE];
    va_list arguments;
    va_start(arguments, where);
    vsnprintf(place, sizeof place, where, arguments);
    va_end(arguments);
    add(v, value, value ? strlen(value) : 0, constraint, place);
}

void bl_violation_in_words(bl_violations *v, const char *format, ...)
{
    if (!another(v))
        return;
    va_list arguments;
    va_start(arguments, format);
    append_arguments(v, format, arguments);
    va_end(arguments);
}

void bl_violation_of_name(bl_violations *v, bl_name_kind kind, const char *name, const char *where, ...)
{
    if (BL_LIKELY(bl_is_name(kind, (bloop_slice){ name, name ? strlen(name) : 0 })))
        return;
    char place[WHERE_SIZE];
    va_list arguments;
    va_start(arguments, where);
    vsnprintf(place, sizeof place, where, arguments);
    va_end(arguments);
    bl_violation_of_name_text(v, kind, (bloop_slice){ name, name ? strlen(name) : 0 }, place);
}

void bl_violation_of_name_text(bl_violations *v, bl_name_kind kind, bloop_slice name, const char *where)
{
    const name_rule *rule = &name_rules[kind];
    if (!name.data) {
        add(v, NULL, 0, "Member must not be null", where);
        return;
    }
    if (rule->pattern && name.size && !matches_pattern(name))
        add(v, name.data, name.size, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", where);
    if (name.size < rule->min)
        add_length(v, name.data, name.size, "greater", rule->min, where);
    if (name.size > rule->max)
        add_length(v, name.data, name.size, "less", rule->max, where);
}

bool bl_is_name(bl_name_kind kind, bloop_slice name)
{
    const name_rule *rule = &name_rules[kind];
    return name.data && name.size >= rule->min && name.size <= rule->max && (!rule->pattern || matches_pattern(name));
}

void bl_violation_of_length(bl_violations *v, const char *value, size_t length, size_t low, size_t high,
                            const char *where)
{
    if (length < low)
        add_length(v, value, strlen(value), "greater", low, where);
    if (length > high)
        add_length(v, value, strlen(value), "less", high, where);
}

void bl_violation_of_map_key(bl_violations *v, bloop_slice name)
{
    const name_rule *rule = &name_rules[BL_NAME_NEW_TABLE];
    bl_violation_in_words(v,
                          "Value '{%.*s=…}' at 'requestItems' failed to satisfy constraint: Map keys must satisfy "
                          "constraint: [Member must have length less than or equal to %zu, Member must have length "
                          "greater than or equal to %zu, Member must satisfy regular expression pattern: "
                          "[a-zA-Z0-9_.-]+]",
                          printed(name.data, name.size), name.data ? name.data : "", rule->max, rule->min);
}

void bl_violation_of_map_value(bl_violations *v, bloop_slice name, bool empty)
{
    bl_violation_in_words(v,
                          "Value '{%.*s=[%s]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy "
                          "constraint: [Member must have length less than or equal to %d, Member must have length "
                          "greater than or equal to 1]",
                          printed(name.data, name.size), name.data ? name.data : "", empty ? "" : "…",
                          BL_MAX_BATCH_WRITE);
}

void bl_violation_of_number(bl_violations *v, int64_t value, int64_t low, int64_t high, const char *where, ...)
{
    if (value >= low && value <= high)
        return;
    char place[WHERE_SIZE], text[24], constraint[96];
    va_list arguments;
    va_start(arguments, where);
    vsnprintf(place, sizeof place, where, arguments);
    va_end(arguments);
    snprintf(text, sizeof text, "%lld", (long long)value);
    snprintf(constraint, sizeof constraint, "Member must have value %s than or equal to %lld",
             value < low ? "greater" : "less", (long long)(value < low ? low : high));
    add(v, text, strlen(text), constraint, place);
}

bloop_status bl_violations_end(const bl_violations *v)
{
    if (BL_LIKELY(v->count == 0))
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, "%u validation error%s detected: %s", v->count, v->count > 1 ? "s" : "", v->text);
}

static void add(bl_violations *v, const char *value, size_t size, const char *constraint, const char *where)
{
    if (!another(v))
        return;
    append(v, "Value ");
    if (value)
        append(v, "'%.*s'", printed(value, size), value);
    else
        append(v, "null");
    append(v, " at '%s' failed to satisfy constraint: %s", where, constraint);
}

static void add_length(bl_violations *v, const char *value, size_t size, const char *relation, size_t limit,
                       const char *where)
{
    char constraint[96];
    snprintf(constraint, sizeof constraint, "Member must have length %s than or equal to %zu", relation, limit);
    add(v, value, size, constraint, where);
}

/* Begins one more, if there is room for it. */
static bool another(bl_violations *v)
{
    if (v->count == MAX_VIOLATIONS)
        return false;
    if (v->count++)
        append(v, "; ");
    return true;
}

static void append(bl_violations *v, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append_arguments(v, format, arguments);
    va_end(arguments);
}

static void append_arguments(bl_violations *v, const char *format, va_list arguments)
{
    size_t room = sizeof v->text - v->length;
    int size = vsnprintf(v->text + v->length, room, format, arguments);
    if (size >= 0 && (size_t)size < room) {
        v->length += (size_t)size;
        return;
    }
    /* Full: what is there ends with a whole character. */
    v->length = bl_utf8_error_at(v->text, sizeof v->text - 1);
    v->text[v->length] = '\0';
}

/* How much of a text is printed: whole characters. */
static int printed(const char *text, size_t size)
{
    if (size > MAX_PRINTED) {
        size = MAX_PRINTED;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    return (int)size;
}

static bool matches_pattern(bloop_slice name)
{
    for (size_t i = 0; i < name.size; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '.' && c != '-')
            return false;
    }
    return name.size > 0;
}
