/* The keys of records: what is sorted how. Pure; no transaction in sight.

   A key is: space (1 byte), id of table or index (u32), hash of the hash key (16 bytes), range key, and for an index entry
   the hash and range key of its item. Parts that can have any length end in themselves: no encoded range key is the
   beginning of another, so that what follows one never mixes with what sorts it. src/store/README.md has the encoding. */
#ifndef BL_STORE_KEYS_PRIVATE_H
#define BL_STORE_KEYS_PRIVATE_H

#include <bloop/value.h>

#include "record_private.h"

#define BL_KEY_HASH_SIZE 16

/* An attribute that is part of a key. */
typedef struct bl_key_attribute {
    const char *name; /* NULL: there is none */
    size_t size;
    bloop_tag type;
} bl_key_attribute;

typedef struct bl_key_schema {
    bl_key_attribute hash, range;
} bl_key_schema;

typedef struct bl_key {
    size_t size;
    uint8_t bytes[BL_KEY_MAX];
} bl_key;

static inline bl_bytes bl_key_bytes(const bl_key *key)
{
    return (bl_bytes){ key->bytes, key->size };
}

/* The beginning that all keys of a table or index share; alone, the key of a record a table has. */
void bl_key_of_id(bl_key *out, bl_space space, uint32_t id);

/* The key of a table's description. `size` is at most 255. */
void bl_key_of_name(bl_key *out, bl_space space, const char *name, size_t size);

/* The key of the item that has these key attributes. They must be there and of the schema's types, as the checks of
   requests make sure; BLOOP_CORRUPT otherwise, for items that come from a file. */
bloop_status bl_key_of_item(bl_key *out, const uint8_t secret[16], uint32_t table, const bl_key_schema *schema,
                            bloop_item item);

/* Whether the item has the attributes by which an index is sorted, so that it is in the index. */
bool bl_key_is_in(const bl_key_schema *schema, bloop_item item);

/* The key of an item's entry in an index. `item_key` is from bl_key_of_item; the item is in the index (bl_key_is_in). */
void bl_key_of_entry(bl_key *out, const uint8_t secret[16], uint32_t index, const bl_key_schema *schema,
                     bloop_item item, const bl_key *item_key);

/* The parts of keys, added to the end of one: the hash of a hash key, and a range key. */
void bl_key_add_hash(bl_key *key, const uint8_t secret[16], bloop_value value);
void bl_key_add_range(bl_key *key, bloop_value value);

/* Whether two items have the same key attributes, bit for bit. */
bool bl_key_equal(const bl_key_schema *schema, bloop_item a, bloop_item b);

/* For messages: table or index id and key attributes, such as `id = "x", rank = 7`. Returns `out`. */
const char *bl_key_describe(const bl_key_schema *schema, bloop_item item, char *out, size_t size);

#endif
