/* Query and Scan: search.c (a call and its walk), search_range.c (from where to where), search_page.c (what it gathers). */
#ifndef BL_STORE_SEARCH_PRIVATE_H
#define BL_STORE_SEARCH_PRIVATE_H

#include "item_private.h"
#include "op/op.h"

#define BL_SEARCH_PREFIX_MAX (5 + BL_KEY_HASH_SIZE)

/* What is searched, and how. */
typedef struct bl_search {
    const bloop_search_request *request;
    const bl_table *table;
    const bl_index *index; /* NULL: the table */
    bl_search_plan plan;
} bl_search;

/* The keys that a search walks over: those that begin with `prefix`, from `low` on and before `high`. */
typedef struct bl_search_range {
    uint8_t prefix[BL_SEARCH_PREFIX_MAX];
    size_t prefix_size;
    bl_key low, high; /* size 0: as far as the prefix goes */
} bl_search_range;

bloop_status bl_search_range_of(const bl_search *search, const uint8_t secret[16], bl_search_range *out);
/* As memcmp, the shorter first where one begins the other. */
int bl_search_compare(bl_bytes a, bl_bytes b);

/* A page under way: packed items, one after the other, in one block of the result. */
typedef struct bl_page {
    const bl_search *search;
    bloop_search_result *out;
    uint8_t *items;
    size_t size, capacity;
    uint64_t examined; /* bytes of items or entries, as the service counts them */
    uint64_t fetched;  /* blocks of 4 KB that the items behind the entries came to, each by itself */
    bloop_builder builder;
} bl_page;

bloop_status bl_page_begin(bl_page *page, const bl_search *search, bloop_search_result *out);
/* Takes an item in, if the filter likes it; *full when the page ends with it. `entry` is where it was found: the item
   itself, or what the index has of it. */
bloop_status bl_page_add(bl_page *page, bl_stored entry, bl_stored item, bool *full);
/* Gives the page to the result. `last` is the item or entry that it ends with; data NULL when nothing is left. */
bloop_status bl_page_end(bl_page *page, bloop_item last);
/* Tells what the page has consumed, after its end. */
bloop_status bl_page_tell_capacity(const bl_page *page);
/* Releases what is not the result's. */
void bl_page_drop(bl_page *page);

#endif
