/* Zone files: the format TZif (RFC 8536), versions 1 to 4. Version 1 counts seconds in 32 bits; later ones repeat
   everything in 64, followed by a rule for the time after the last change. Nothing in a file is trusted. */
#include "base/base.h"
#include "base/calendar_private.h"
#include "base/zone_private.h"

enum { HEADER_SIZE = 44, TYPE_SIZE = 6, MOST_TYPES = 256 };

typedef struct header {
    uint8_t version;
    uint32_t ut_flags, standard_flags, leaps, times, types, letters;
} header;

/* One data block: where its parts start. */
typedef struct block {
    header counts;
    const uint8_t *times, *indexes, *types;
    size_t time_size;
    size_t size; /* of all parts */
} block;

static const char *find_blocks(const uint8_t *data, size_t size, block *found, bl_zone_rule *rule, bool *has_rule);
static bool read_header(const uint8_t *data, size_t size, header *out);
static bool read_block(const uint8_t *data, size_t size, size_t time_size, block *out);
static const char *check_block(const block *b);
static bool read_footer(const uint8_t *data, size_t size, bl_zone_rule *rule, bool *has_rule);
static int64_t time_at(const block *b, size_t index);
static int32_t offset_of_type(const block *b, size_t type);
static bl_zone *build(const char *name, const block *b);

bloop_status bl_zone_parse(const char *name, const uint8_t *data, size_t size, bl_zone **out)
{
    block found;
    bl_zone_rule rule = { 0 };
    bool has_rule = false;
    const char *fault = find_blocks(data, size, &found, &rule, &has_rule);
    if (!fault)
        fault = check_block(&found);
    if (fault) {
        char quoted[BL_QUOTE_SIZE];
        return bl_error(BLOOP_INVALID_VALUE, "the file of time zone %s is not usable: %s",
                        bl_quote(quoted, name, strlen(name)), fault);
    }
    bl_zone *zone = build(name, &found);
    if (!zone)
        return BLOOP_NO_MEMORY;
    zone->rule = rule;
    zone->has_rule = has_rule;
    *out = zone;
    return BLOOP_OK;
}

/* Finds the data block to use, the last one, and the rule after it. Returns the fault. */
static const char *find_blocks(const uint8_t *data, size_t size, block *found, bl_zone_rule *rule, bool *has_rule)
{
    if (!read_block(data, size, 4, found))
        return "it is no TZif file, or cut short";
    if (found->counts.version < '2')
        return NULL;
    size_t first = HEADER_SIZE + found->size;
    if (!read_block(data + first, size - first, 8, found))
        return "its second part is cut short";
    first += HEADER_SIZE + found->size;
    return read_footer(data + first, size - first, rule, has_rule) ? NULL : "the rule at its end is not valid";
}

static bool read_header(const uint8_t *data, size_t size, header *out)
{
    if (size < HEADER_SIZE || memcmp(data, "TZif", 4) != 0)
        return false;
    out->version = data[4];
    out->ut_flags = bl_load_be32(data + 20);
    out->standard_flags = bl_load_be32(data + 24);
    out->leaps = bl_load_be32(data + 28);
    out->times = bl_load_be32(data + 32);
    out->types = bl_load_be32(data + 36);
    out->letters = bl_load_be32(data + 40);
    return true;
}

static bool read_block(const uint8_t *data, size_t size, size_t time_size, block *out)
{
    header counts;
    if (!read_header(data, size, &counts))
        return false;
    uint64_t times_size = (uint64_t)counts.times * time_size;
    uint64_t types_size = (uint64_t)counts.types * TYPE_SIZE;
    uint64_t leaps_size = (uint64_t)counts.leaps * (time_size + 4);
    uint64_t total =
        times_size + counts.times + types_size + counts.letters + leaps_size + counts.standard_flags + counts.ut_flags;
    if (total > size - HEADER_SIZE)
        return false;
    out->counts = counts;
    out->time_size = time_size;
    out->times = data + HEADER_SIZE;
    out->indexes = out->times + times_size;
    out->types = out->indexes + counts.times;
    out->size = (size_t)total;
    return true;
}

static const char *check_block(const block *b)
{
    if (b->counts.leaps > 0)
        return "its times count leap seconds";
    if (b->counts.types == 0 || b->counts.types > MOST_TYPES)
        return "it has no local time types, or too many";
    for (size_t i = 0; i < b->counts.types; i++) {
        int32_t offset = offset_of_type(b, i);
        if (offset <= -BL_DAY_SECONDS || offset >= BL_DAY_SECONDS)
            return "an offset from UTC is not less than a day";
    }
    for (size_t i = 0; i < b->counts.times; i++) {
        if (b->indexes[i] >= b->counts.types)
            return "a change refers to a local time type that is not there";
        if (i > 0 && time_at(b, i) <= time_at(b, i - 1))
            return "its changes are not in order";
    }
    return NULL;
}

/* A line feed, the rule, a line feed. The rule may be empty: then nobody knows what comes after the last change. */
static bool read_footer(const uint8_t *data, size_t size, bl_zone_rule *rule, bool *has_rule)
{
    if (size < 2 || data[0] != '\n')
        return false;
    const uint8_t *text = data + 1;
    const uint8_t *end = memchr(text, '\n', size - 1);
    if (!end)
        return false;
    *has_rule = end > text;
    return !*has_rule || bl_zone_rule_parse((const char *)text, (size_t)(end - text), rule);
}

static int64_t time_at(const block *b, size_t index)
{
    const uint8_t *at = b->times + index * b->time_size;
    return b->time_size == 8 ? (int64_t)bl_load_be64(at) : (int32_t)bl_load_be32(at);
}

static int32_t offset_of_type(const block *b, size_t type)
{
    return (int32_t)bl_load_be32(b->types + type * TYPE_SIZE);
}

/* The zone, its tables and its name in one block. */
static bl_zone *build(const char *name, const block *b)
{
    size_t count = b->counts.times, name_size = strlen(name) + 1;
    bl_zone *zone = bl_alloc(sizeof *zone + count * (sizeof(int64_t) + sizeof(int32_t)) + name_size);
    if (!zone)
        return NULL;
    int64_t *times = (int64_t *)(void *)(zone + 1);
    int32_t *offsets = (int32_t *)(void *)(times + count);
    char *name_copy = (char *)(offsets + count);
    memcpy(name_copy, name, name_size);
    for (size_t i = 0; i < count; i++) {
        times[i] = time_at(b, i);
        offsets[i] = offset_of_type(b, b->indexes[i]);
    }
    *zone = (bl_zone){
        .name = name_copy,
        .first_offset = offset_of_type(b, 0),
        .count = count,
        .times = times,
        .offsets = offsets,
    };
    return zone;
}
