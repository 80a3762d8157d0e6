/* Searches in tests of the contract: a request and what it gives, as text. */
#ifndef BLOOP_TEST_SEARCHES_H
#define BLOOP_TEST_SEARCHES_H

#include "contract.h"

/* A table "things" with the key id:S, rank:N and the indexes
     all    global, group:S                 projects everything
     keys   global, group:S, when:N         keys only
     some   global, when:N                  and note
     near   local, when:N                   keys only
     noted  local, group:S                  and note
     whole  local, group:S                  everything */
void given_searched(contract *c);

/* A search and what is expected of it. Texts as the notation has them. */
typedef struct hunt {
    bloop_search_kind kind;
    const char *table; /* NULL: "things" */
    const char *index, *key, *filter, *projection;
    bloop_select select;
    bool hint, consistent, descending;
    int32_t limit, segment, total;
    const char *start;
    bloop_status status;
    const char *message;
    const char *items; /* a list; NULL: no items at all. In any order for scans */
    int count;         /* of items that met the filter; 0: as many as `items` */
    int scanned;       /* 0: as many as `items` */
    const char *last;  /* NULL: nothing is left */
} hunt;
#define expect_search(c, ...) contract_expect_search((c), &(hunt){ __VA_ARGS__ }, __LINE__)
void contract_expect_search(contract *c, const hunt *h, int line);
#define expect_query(c, ...) expect_search((c), .kind = BLOOP_SEARCH_QUERY, __VA_ARGS__)
#define expect_scan(c, ...)  expect_search((c), .kind = BLOOP_SEARCH_SCAN, __VA_ARGS__)

/* The request that a hunt makes. */
bloop_search_request hunt_request(contract *c, const hunt *h);

#endif
