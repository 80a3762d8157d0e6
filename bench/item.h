/* The items that are measured: each made from its number, so that every value can be checked. */
#ifndef BENCH_ITEM_H
#define BENCH_ITEM_H

#include <bloop.h>

/* A model, and what is done with its objects. `visits` is the column that saves change. */
typedef struct item_kind {
    const bloop_model *model;
    const char *range_name; /* of the range key's attribute, which ends in the number */
    bloop_status (*set_keys)(void *object, uint64_t number);
    bloop_status (*set_rest)(void *object, uint64_t number);
    bloop_status (*set_visits)(void *object, int64_t visits);
    /* Whether every field is what set_keys and set_rest say, with these visits. */
    bool (*is_as_made)(const void *object, uint64_t number, int64_t visits);
    /* Reads every byte of every field. */
    uint64_t (*touch)(const void *object);
} item_kind;

#define FIRST_VISITS INT64_C(1000000001)

enum {
    NUMBER_DIGITS = 12,   /* what a range key ends in */
    ITEMS_A_GROUP = 1000, /* of the grouped kind, how many have one hash key */
};

/* The item of docs/performance.md, about 400 bytes. */
extern const item_kind plain_item;
/* The same, a thousand with one hash key. */
extern const item_kind grouped_item;
bloop_uuid grouped_item_id(uint64_t number);
/* One hash key for all; range keys of 1,024 bytes that share their first 1,000; a global index that is sorted by them. */
extern const item_kind long_item;

/* The number of an item in the store. */
bool item_number(const item_kind *kind, bloop_item item, uint64_t *number);

uint64_t touch_text(const char *text);
uint64_t touch_bytes(const void *data, size_t size);

#endif
