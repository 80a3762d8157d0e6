/* Requests of DynamoDB's protocol for a load generator, and what their answers have to be. */
#ifndef BENCH_DYNAMO_H
#define BENCH_DYNAMO_H

#include "item.h"
#include "load.h"

#define DYNAMO_TABLE "bench-plain"

/* Items in packed form, kept with their number. */
typedef struct dynamo_items {
    size_t count;
    bloop_builder **builders; /* one an item */
    bloop_item *items;
} dynamo_items;

/* Items `first` to `first + count - 1`, with these visits. group_size 0: each has a hash key of its own, else that many
   have one. */
bool dynamo_items_make(uint64_t first, size_t count, size_t group_size, int64_t visits, dynamo_items *out);
void dynamo_items_free(dynamo_items *items);

/* A growing list of requests. */
typedef struct dynamo_requests {
    load_request *list;
    size_t count;
} dynamo_requests;
void dynamo_requests_free(dynamo_requests *requests);

/* Each adds one request. */
bool dynamo_create_table(dynamo_requests *out);
bool dynamo_describe_table(dynamo_requests *out);
bool dynamo_list_tables(dynamo_requests *out);
bool dynamo_get(dynamo_requests *out, bloop_item item);
bool dynamo_put(dynamo_requests *out, bloop_item item);
bool dynamo_visit(dynamo_requests *out, bloop_item item); /* UpdateItem: adds 1 to visits */
bool dynamo_query(dynamo_requests *out, bloop_item of_group);
bool dynamo_batch_write(dynamo_requests *out, const bloop_item *items, size_t count);

/* Whether an answer has these items, and nothing else. */
bool dynamo_is_item(const char *body, size_t size, bloop_item expected);
bool dynamo_is_page(const char *body, size_t size, const bloop_item *expected, size_t count);
bool dynamo_is_empty(const char *body, size_t size);       /* {} */
bool dynamo_is_all_written(const char *body, size_t size); /* {"UnprocessedItems":{}} */
bool dynamo_is_active(const char *body, size_t size);      /* DescribeTable: it can be used */

#endif
