/* Reading the service's responses: a reader, what it has read so far, and tables of members.

   The functions that read record their failure in the reader and return nothing: all is judged once, at the end. */
#ifndef BL_WIRE_ANSWER_PRIVATE_H
#define BL_WIRE_ANSWER_PRIVATE_H

#include "wire/names_private.h"
#include "wire/wire.h"

typedef struct bl_answer {
    bloop_json_reader reader;
    bloop_builder builder;      /* of items and keys that stand alone */
    bloop_result_memory memory; /* of what was read */
    bool out_of_memory;
} bl_answer;

void bl_answer_begin(bl_answer *answer, const char *body, size_t size);
/* Releases what the answer holds. */
void bl_answer_end(bl_answer *answer);
/* Ends the reading: what was read is handed to *memory, or released when the response is not sound. BLOOP_NETWORK with the
   position and the rule, or BLOOP_NO_MEMORY. */
bloop_status bl_answer_finish(bl_answer *answer, bloop_result_memory *memory);
/* Makes the reader fail, and tells that memory is out. */
void bl_answer_no_memory(bl_answer *answer);
/* Zeroed memory of the result; NULL when it is out, and the reader has failed. */
void *bl_answer_alloc(bl_answer *answer, size_t count, size_t size);

/* A member of an object: its value is read into `into` + `offset`. */
typedef struct bl_answer_member {
    const char *name;
    void (*read)(bl_answer *answer, void *into);
    size_t offset;
} bl_answer_member;
/* Reads an object. Members that are not in the table, or null, are passed over; one that comes twice is refused. At most
   64 rows. */
void bl_answer_members(bl_answer *answer, const bl_answer_member *members, size_t count, void *into);

/* Values, for tables of members; `into` points to what the name says. */
void bl_answer_text(bl_answer *answer, void *into);    /* const char * */
void bl_answer_flag(bl_answer *answer, void *into);    /* bool */
void bl_answer_int64(bl_answer *answer, void *into);   /* int64_t */
void bl_answer_uint64(bl_answer *answer, void *into);  /* uint64_t */
void bl_answer_uint32(bl_answer *answer, void *into);  /* uint32_t */
void bl_answer_double(bl_answer *answer, void *into);  /* double, not negative */
void bl_answer_seconds(bl_answer *answer, void *into); /* int64_t, microseconds since 1970 */
void bl_answer_item(bl_answer *answer, void *into);    /* bloop_item */
/* An item that the answer keeps only until the next one is read. False when the reader has failed. */
bool bl_answer_borrow_item(bl_answer *answer, bloop_item *out);
/* Fails the reader for a batch's table that nothing was asked of; false. */
bool bl_answer_refuse_table(bl_answer *answer, bloop_slice name);
/* A word of an enumeration. False when the value is none of them: the reader has failed. */
bool bl_answer_word(bl_answer *answer, const bl_wire_words *words, int *out);

/* An array whose elements are read one by one into a growing array of the result. An element may be much larger than its text,
   so their number is bounded, by far more than the service sends of anything but items. */
#define BL_ANSWER_MAX_ELEMENTS 65536
typedef struct bl_answer_list {
    void *items;
    size_t count;
} bl_answer_list;
/* Whether there may be one more element; else the reader has failed. */
bool bl_answer_may_add(bl_answer *answer, size_t count);
bl_answer_list bl_answer_array(bl_answer *answer, size_t size, void (*read)(bl_answer *answer, void *into));

/* ConsumedCapacity, of one request and of a batch. */
void bl_answer_capacity(bl_answer *answer, void *into);   /* const bloop_consumed_capacity * */
void bl_answer_capacities(bl_answer *answer, void *into); /* bl_answer_list of bloop_consumed_capacity */
/* ItemCollectionMetrics, without its table. */
void bl_answer_metrics(bl_answer *answer, void *into); /* bloop_collection_metrics */

/* Items one after the other, packed. */
typedef struct bl_page {
    uint8_t *data; /* in the result's memory; NULL: nothing yet */
    size_t size, room;
    uint32_t count;
    bl_json_alike alike;
} bl_page;
/* Appends the item that comes next. Nothing else may be allocated in the result's memory between two of them. */
void bl_page_read_item(bl_answer *answer, bl_page *page);

#endif
