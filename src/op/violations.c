/* The constraints of the service model (its service-2.json: min, max, pattern) and how the service words what breaks
   them. */
#include "op/violations_private.h"

#include <stdarg.h>
#include <stdio.h>

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

enum { MAX_VIOLATIONS = 10, WHERE_SIZE = 160 };

static void add(bl_violations *v, const char *value, const char *constraint, const char *where);
static void append(bl_violations *v, const char *format, ...) BLOOP_PRINTF_(2, 3);
static bool matches_pattern(const char *name);

void bl_violation(bl_violations *v, const char *value, const char *constraint, const char *where, ...)
{
    char place[WHERE_SIZE];
    va_list arguments;
    va_start(arguments, where);
    vsnprintf(place, sizeof place, where, arguments);
    va_end(arguments);
    add(v, value, constraint, place);
}

void bl_violation_of_name(bl_violations *v, bl_name_kind kind, const char *name, const char *where, ...)
{
    char place[WHERE_SIZE], constraint[96];
    va_list arguments;
    va_start(arguments, where);
    vsnprintf(place, sizeof place, where, arguments);
    va_end(arguments);
    if (!name) {
        add(v, NULL, "Member must not be null", place);
        return;
    }
    const name_rule *rule = &name_rules[kind];
    size_t size = strlen(name);
    if (rule->pattern && size && !matches_pattern(name))
        add(v, name, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", place);
    if (size < rule->min) {
        snprintf(constraint, sizeof constraint, "Member must have length greater than or equal to %zu", rule->min);
        add(v, name, constraint, place);
    }
    if (size > rule->max) {
        snprintf(constraint, sizeof constraint, "Member must have length less than or equal to %zu", rule->max);
        add(v, name, constraint, place);
    }
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
    add(v, text, constraint, place);
}

bloop_status bl_violations_end(const bl_violations *v)
{
    if (BL_LIKELY(v->count == 0))
        return BLOOP_OK;
    return bl_error(BLOOP_VALIDATION, "%u validation error%s detected: %s", v->count, v->count > 1 ? "s" : "", v->text);
}

static void add(bl_violations *v, const char *value, const char *constraint, const char *where)
{
    if (v->count == MAX_VIOLATIONS)
        return;
    append(v, "%sValue ", v->count++ ? "; " : "");
    if (value)
        append(v, "'%.300s'", value);
    else
        append(v, "null");
    append(v, " at '%s' failed to satisfy constraint: %s", where, constraint);
}

static void append(bl_violations *v, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(v->text + v->length, sizeof v->text - v->length, format, arguments);
    va_end(arguments);
    size_t room = sizeof v->text - 1 - v->length;
    v->length += size < 0 ? 0 : (size_t)size < room ? (size_t)size : room;
}

static bool matches_pattern(const char *name)
{
    for (const char *c = name; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
        if (!letter && !(*c >= '0' && *c <= '9') && *c != '_' && *c != '.' && *c != '-')
            return false;
    }
    return true;
}
