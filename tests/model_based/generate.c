/* Tables, keys and items. */
#include "model_based/generate.h"

#include <string.h>

#include "model_based/generate_parts.h"

enum { HASH_MAX = 2048, RANGE_MAX = 1024, ITEM_MAX = 400 * 1024 };

static tree *make_key(const bloop_table_definition *table, const char *name, size_t number, size_t most,
                      trial_random *random);
static void add_index_attributes(tree *item, size_t table, trial_random *random);
static void fill_up(tree *item, trial_random *random);

static const bloop_attribute_definition people_attributes[] = {
    { "id", BLOOP_TAG_S }, { "gs", BLOOP_TAG_S }, { "gn", BLOOP_TAG_N }, { "gb", BLOOP_TAG_B }
};
static const char *const text_and_doc[] = { "text", "doc" };
static const char *const big_and_n[] = { "big", "n" };
static const bloop_index_definition people_global[] = {
    { .name = "all_by_gs", .hash_key = "gs", .range_key = "gn", .projection = BLOOP_PROJECT_ALL },
    { .name = "keys_by_gb", .hash_key = "gb", .projection = BLOOP_PROJECT_KEYS_ONLY },
    { .name = "some_by_gn",
      .hash_key = "gn",
      .projection = BLOOP_PROJECT_INCLUDE,
      .include = text_and_doc,
      .include_count = 2 },
};
static const bloop_attribute_definition event_attributes[] = {
    { "who", BLOOP_TAG_S }, { "at", BLOOP_TAG_S }, { "ls", BLOOP_TAG_S }, { "gn", BLOOP_TAG_N }, { "gb", BLOOP_TAG_B }
};
static const bloop_index_definition event_global[] = {
    { .name = "some_by_ls",
      .hash_key = "ls",
      .range_key = "at",
      .projection = BLOOP_PROJECT_INCLUDE,
      .include = text_and_doc,
      .include_count = 2 },
};
static const bloop_index_definition event_local[] = {
    { .name = "all_at_ls", .hash_key = "who", .range_key = "ls", .projection = BLOOP_PROJECT_ALL },
    { .name = "keys_at_gn", .hash_key = "who", .range_key = "gn", .projection = BLOOP_PROJECT_KEYS_ONLY },
    { .name = "some_at_gb",
      .hash_key = "who",
      .range_key = "gb",
      .projection = BLOOP_PROJECT_INCLUDE,
      .include = big_and_n,
      .include_count = 2 },
};
static const bloop_attribute_definition number_and_binary[] = { { "num", BLOOP_TAG_N }, { "bin", BLOOP_TAG_B } };
static const bloop_index_definition reading_global[] = {
    { .name = "turned_around", .hash_key = "bin", .range_key = "num", .projection = BLOOP_PROJECT_KEYS_ONLY },
};
static const bloop_index_definition plain_global[] = {
    { .name = "by_num", .hash_key = "num", .projection = BLOOP_PROJECT_ALL },
};

static const bloop_table_definition tables[TABLES] = {
    { .name = "people",
      .hash_key = "id",
      .attributes = people_attributes,
      .attribute_count = 4,
      .global_indexes = people_global,
      .global_index_count = 3,
      .billing = BLOOP_BILLING_PAY_PER_REQUEST },
    { .name = "events",
      .hash_key = "who",
      .range_key = "at",
      .attributes = event_attributes,
      .attribute_count = 5,
      .global_indexes = event_global,
      .global_index_count = 1,
      .local_indexes = event_local,
      .local_index_count = 3,
      .billing = BLOOP_BILLING_PAY_PER_REQUEST },
    { .name = "readings",
      .hash_key = "num",
      .range_key = "bin",
      .attributes = number_and_binary,
      .attribute_count = 2,
      .global_indexes = reading_global,
      .global_index_count = 1,
      .billing = BLOOP_BILLING_PAY_PER_REQUEST },
    { .name = "blobs",
      .hash_key = "bin",
      .range_key = "num",
      .attributes = number_and_binary,
      .attribute_count = 2,
      .billing = BLOOP_BILLING_PAY_PER_REQUEST },
    { .name = "plain",
      .hash_key = "bin",
      .attributes = number_and_binary,
      .attribute_count = 2,
      .global_indexes = plain_global,
      .global_index_count = 1,
      .billing = BLOOP_BILLING_PAY_PER_REQUEST },
};

const bloop_table_definition *generate_tables(void)
{
    return tables;
}

void generate_keys(key_pool *pool, trial_random *random)
{
    memset(pool, 0, sizeof *pool);
    for (size_t t = 0; t < TABLES; t++) {
        for (size_t i = 0; i < HASH_KEYS; i++)
            pool->hash[t][i] = make_key(&tables[t], tables[t].hash_key, i, HASH_MAX, random);
        for (size_t i = 0; tables[t].range_key && i < RANGE_KEYS; i++)
            pool->range[t][i] = make_key(&tables[t], tables[t].range_key, i, RANGE_MAX, random);
    }
}

void free_keys(key_pool *pool)
{
    for (size_t t = 0; t < TABLES; t++) {
        for (size_t i = 0; i < HASH_KEYS; i++)
            tree_free(pool->hash[t][i]);
        for (size_t i = 0; i < RANGE_KEYS; i++)
            tree_free(pool->range[t][i]);
    }
}

tree *generate_key(const key_pool *pool, size_t table, trial_random *random)
{
    size_t hash = trial_below(random, HASH_KEYS);
    return key_at(pool, table, hash, trial_below(random, RANGE_KEYS));
}

tree *key_at(const key_pool *pool, size_t table, size_t hash, size_t range)
{
    tree *key = tree_new(BLOOP_TAG_M);
    tree_put(key, tables[table].hash_key, tree_copy(pool->hash[table][hash]));
    if (tables[table].range_key)
        tree_put(key, tables[table].range_key, tree_copy(pool->range[table][range]));
    return key;
}

model_write generate_put(const key_pool *pool, size_t table, trial_random *random)
{
    static const char *const names[] = { "n", "text", "flag", "nothing", "ss", "ns", "bs", "list", "doc" };
    model_write write = { .kind = BLOOP_WRITE_PUT, .table = table, .item = generate_key(pool, table, random) };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (trial_chance(random, 45))
            tree_put(write.item, names[i], generate_attribute(names[i], random));
    add_index_attributes(write.item, table, random);
    if (trial_chance(random, 1) && trial_chance(random, 40))
        fill_up(write.item, random);
    if (trial_chance(random, 1))
        tree_put(write.item, tables[table].hash_key, generate_any(random));
    write.return_values = trial_chance(random, 25) ? BLOOP_RETURN_ALL_OLD : BLOOP_RETURN_NONE;
    return write;
}

model_write generate_delete(const key_pool *pool, size_t table, trial_random *random)
{
    model_write write = { .kind = BLOOP_WRITE_DELETE, .table = table, .item = generate_key(pool, table, random) };
    if (trial_chance(random, 1))
        tree_put(write.item, "text", generate_attribute("text", random));
    write.return_values = trial_chance(random, 25) ? BLOOP_RETURN_ALL_OLD : BLOOP_RETURN_NONE;
    return write;
}

/* Every second is as long as may be and shares all but its end with the others; some are of zero bytes. */
static tree *make_key(const bloop_table_definition *table, const char *name, size_t number, size_t most,
                      trial_random *random)
{
    char bytes[HASH_MAX];
    bloop_tag type = BLOOP_TAG_NONE;
    for (size_t i = 0; i < table->attribute_count; i++)
        if (strcmp(table->attributes[i].name, name) == 0)
            type = table->attributes[i].type;
    if (type == BLOOP_TAG_N)
        return tree_number(number % 3 == 0   ? (int64_t)number
                           : number % 3 == 1 ? -(int64_t)number * 1000
                                             : (int64_t)(trial_next(random) >> 14));
    if (number % 2) {
        memset(bytes, number % 4 == 1 ? 'p' : '\0', most);
        bytes[most - 1] = (char)('a' + number);
        return tree_bytes(type, bytes, most - (number % 4 == 1 ? 0 : number));
    }
    /* Three zeros and six ones: alike to who escapes zeros and not ones. */
    memset(bytes, number == 4 ? '\1' : number % 4 ? '\0' : 'k', sizeof bytes);
    return tree_bytes(type, bytes, number == 4 ? 6 : 1 + number);
}

/* Mostly as the indexes want them. */
static void add_index_attributes(tree *item, size_t table, trial_random *random)
{
    static const char *const names[] = { "gs", "gn", "gb", "ls", "num", "bin" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool is_key = strcmp(names[i], tables[table].hash_key) == 0 ||
                      (tables[table].range_key && strcmp(names[i], tables[table].range_key) == 0);
        if (!is_key && trial_chance(random, 60))
            tree_put(item, names[i], generate_attribute(names[i], random));
    }
}

/* To the largest item that may be, or to some size, or beyond by a byte. */
static void fill_up(tree *item, trial_random *random)
{
    static char bytes[ITEM_MAX];
    size_t size = tree_item_size(item) + strlen("big");
    size_t wanted = trial_chance(random, 50) ? ITEM_MAX - size : trial_below(random, ITEM_MAX - size);
    tree_put(item, "big", tree_bytes(BLOOP_TAG_B, bytes, wanted));
    if (trial_chance(random, 25))
        tree_put(item, "big", tree_bytes(BLOOP_TAG_B, bytes, ITEM_MAX - size + 1));
}
