/* The ordinary item: a UUID and a String as keys, and one column of nearly every type. */
#include "item.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

BLOOP_MAP(Home,
    key(String,  city),
    key(Integer, number),
    key(String,  street));

BLOOP_MODEL(Plain,
    column(UUID,        id,       .hash_key = true),
    column(String,      entry,    .range_key = true),
    column(DateTime,    created_on),
    column(Integer,     visits),
    column(Number,      balance),
    column(Boolean,     verified),
    column(String,      name),
    column(String,      notes),
    column(Set(String), tags),
    column(Map(Home),   home),
    table(.name = "bench-plain"));

/* All that an object is compared with. */
typedef struct expectation {
    bloop_uuid id;
    char entry[32], name[48], city[24], street[32], tags[3][24];
    bloop_datetime created_on;
    bloop_number balance;
    bool verified;
    int64_t house;
} expectation;

static bloop_status set_keys(void *object, uint64_t number);
static bloop_status set_grouped_keys(void *object, uint64_t number);
static bloop_status set_rest(void *object, uint64_t number);
static bloop_status set_visits(void *object, int64_t visits);
static bool is_as_made(const void *object, uint64_t number, int64_t visits);
static bool is_as_grouped(const void *object, uint64_t number, int64_t visits);
static bool is_rest_as_made(const struct Plain *plain, uint64_t number, int64_t visits);
static uint64_t touch(const void *object);
static bloop_uuid id_of(uint64_t number);
static bool expect(uint64_t number, expectation *out);
static bool is_home(const struct Home *home, const expectation *expected);
static bool has_tags(const bloop_set_of_String *tags, const expectation *expected);

const item_kind plain_item = {
    .model = bloop_model_of(Plain),
    .range_name = "entry",
    .set_keys = set_keys,
    .set_rest = set_rest,
    .set_visits = set_visits,
    .is_as_made = is_as_made,
    .touch = touch,
};

const item_kind grouped_item = {
    .model = bloop_model_of(Plain),
    .range_name = "entry",
    .set_keys = set_grouped_keys,
    .set_rest = set_rest,
    .set_visits = set_visits,
    .is_as_made = is_as_grouped,
    .touch = touch,
};

static const char notes[] = "What is known about this one was put down by several hands, and none of them said when.";

bool item_number(const item_kind *kind, bloop_item item, uint64_t *number)
{
    char digits[NUMBER_DIGITS + 1], *end;
    bloop_slice range = bloop_value_bytes(bloop_item_get(item, kind->range_name, strlen(kind->range_name)));
    if (range.size < NUMBER_DIGITS)
        return false;
    memcpy(digits, range.data + range.size - NUMBER_DIGITS, NUMBER_DIGITS);
    digits[NUMBER_DIGITS] = 0;
    *number = strtoull(digits, &end, 10);
    return *end == 0;
}

bloop_uuid grouped_item_id(uint64_t number)
{
    return id_of(number - number % ITEMS_A_GROUP);
}

uint64_t touch_text(const char *text)
{
    return touch_bytes(text, strlen(text));
}

uint64_t touch_bytes(const void *data, size_t size)
{
    uint64_t sum = 0, word;
    const uint8_t *at = data, *end = at + size;
    for (; end - at >= 8; at += 8) {
        memcpy(&word, at, 8);
        sum += word;
    }
    while (at < end)
        sum += *at++;
    return sum;
}

static bloop_status set_keys(void *object, uint64_t number)
{
    struct Plain *plain = object;
    expectation made;
    if (!expect(number, &made))
        return bloop_last_error()->status;
    bloop_status status = bloop_set(plain, id, made.id);
    return status == BLOOP_OK ? bloop_set(plain, entry, made.entry) : status;
}

static bloop_status set_grouped_keys(void *object, uint64_t number)
{
    bloop_status status = set_keys(object, number);
    return status == BLOOP_OK ? bloop_set((struct Plain *)object, id, grouped_item_id(number)) : status;
}

static bloop_status set_rest(void *object, uint64_t number)
{
    struct Plain *plain = object;
    expectation made;
    if (!expect(number, &made))
        return bloop_last_error()->status;
    const char *tags[] = { made.tags[0], made.tags[1], made.tags[2] };
    const bloop_status statuses[] = {
        bloop_set(plain, created_on, made.created_on),
        bloop_set(plain, visits, FIRST_VISITS),
        bloop_set(plain, balance, made.balance),
        bloop_set(plain, verified, made.verified),
        bloop_set(plain, name, made.name),
        bloop_set(plain, notes, notes),
        bloop_set(plain, tags, { tags, 3 }),
        bloop_set(plain, home,
                  bloop_map(Home, set(city, made.city), set(number, made.house), set(street, made.street))),
    };
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++)
        if (statuses[i] != BLOOP_OK)
            return statuses[i];
    return BLOOP_OK;
}

static bloop_status set_visits(void *object, int64_t visits)
{
    return bloop_set((struct Plain *)object, visits, visits);
}

static bool is_as_made(const void *object, uint64_t number, int64_t visits)
{
    const struct Plain *plain = object;
    bloop_uuid id = id_of(number);
    return memcmp(&plain->id, &id, sizeof id) == 0 && is_rest_as_made(plain, number, visits);
}

static bool is_as_grouped(const void *object, uint64_t number, int64_t visits)
{
    const struct Plain *plain = object;
    bloop_uuid id = grouped_item_id(number);
    return memcmp(&plain->id, &id, sizeof id) == 0 && is_rest_as_made(plain, number, visits);
}

static bool is_rest_as_made(const struct Plain *plain, uint64_t number, int64_t visits)
{
    expectation expected;
    return expect(number, &expected) && strcmp(plain->entry, expected.entry) == 0 &&
           plain->created_on.microseconds == expected.created_on.microseconds && plain->visits == visits &&
           bloop_number_compare(plain->balance, expected.balance) == 0 && plain->verified == expected.verified &&
           strcmp(plain->name, expected.name) == 0 && strcmp(plain->notes, notes) == 0 &&
           has_tags(&plain->tags, &expected) && is_home(&plain->home, &expected);
}

static uint64_t touch(const void *object)
{
    const struct Plain *plain = object;
    uint64_t sum = touch_bytes(&plain->id, sizeof plain->id) + touch_text(plain->entry) +
                   (uint64_t)plain->created_on.microseconds + (uint64_t)plain->visits +
                   touch_bytes(&plain->balance, sizeof plain->balance) + plain->verified + touch_text(plain->name) +
                   touch_text(plain->notes);
    for (size_t i = 0; i < plain->tags.count; i++)
        sum += touch_text(plain->tags.items[i]);
    return sum + touch_text(plain->home.city) + (uint64_t)plain->home.number + touch_text(plain->home.street);
}

static bloop_uuid id_of(uint64_t number)
{
    bloop_uuid id;
    uint64_t one = bench_mix(number), two = bench_mix(~number);
    memcpy(id.bytes, &one, 8);
    memcpy(id.bytes + 8, &two, 8);
    return id;
}

static bool expect(uint64_t number, expectation *out)
{
    static const char *const cities[] = { "Lisbon", "Tromsø", "Kyoto", "Valparaíso", "Bergen", "Nairobi" };
    uint64_t one = bench_mix(number), two = bench_mix(~number);
    out->id = id_of(number);
    snprintf(out->entry, sizeof out->entry, "entry-%012" PRIu64, number);
    snprintf(out->name, sizeof out->name, "Somebody called %08" PRIx64, one >> 32);
    snprintf(out->city, sizeof out->city, "%s", cities[two % 6]);
    snprintf(out->street, sizeof out->street, "%" PRIu64 " Harbour Road", 100 + one % 900);
    for (int i = 0; i < 3; i++)
        snprintf(out->tags[i], sizeof out->tags[i], "tag-%d-%06" PRIx64, i, two >> (8 * i) & 0xFFFFFF);
    out->created_on = bloop_datetime_of_unix((int64_t)(1400000000 + one % 300000000));
    out->created_on.microseconds += (int64_t)(two % 1000000);
    out->verified = one % 2 == 0;
    out->house = (int64_t)(1 + two % 250);
    char balance[32];
    int size = snprintf(balance, sizeof balance, "%" PRIu64 ".%02" PRIu64, one % 10000000, two % 100);
    return bloop_number_parse(balance, (size_t)size, &out->balance) == BLOOP_OK;
}

static bool is_home(const struct Home *home, const expectation *expected)
{
    return bloop_map_has(Home, *home, city) && bloop_map_has(Home, *home, number) &&
           bloop_map_has(Home, *home, street) && strcmp(home->city, expected->city) == 0 &&
           home->number == expected->house && strcmp(home->street, expected->street) == 0;
}

/* A stored set is sorted, and so are these. */
static bool has_tags(const bloop_set_of_String *tags, const expectation *expected)
{
    for (size_t i = 0; i < 3; i++)
        if (tags->count != 3 || strcmp(tags->items[i], expected->tags[i]) != 0)
            return false;
    return true;
}
