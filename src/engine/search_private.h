/* A search from the inside: what it asks for, fixed when it is made, and where it stands. */
#ifndef BL_ENGINE_SEARCH_PRIVATE_H
#define BL_ENGINE_SEARCH_PRIVATE_H

#include "engine/engine_private.h"

struct bloop_search {
    /* Fixed. */
    bloop_engine *engine; /* with a reference; NULL in searches that failed before they had one */
    const bl_model_info *info;
    const bl_index_info *index; /* NULL: the table */
    bl_taken key, filter;
    bloop_search_request request;
    bloop_projection_paths projection;
    bloop_path *paths;
    uint64_t *requested;  /* the columns that rows have */
    uint64_t *fetched;    /* those that a filter needs besides, and the index does not project; NULL: none */
    bool drops_rows;      /* it counts, and has rows only because of those */
    bl_buffer origin;     /* the start key of the token that it was made with */
    bool failed_for_good; /* it could not be made: a reset does not help */

    /* Where it stands. */
    bl_buffer start; /* the start key of the next page */
    bloop_search_result page;
    size_t position;    /* in the page */
    bloop_item current; /* in the page: the row that was returned last */
    bool last_page;
    uint64_t count, scanned;
    bloop_object *row; /* lent to the caller; NULL: kept */
    bloop_status status;
    bl_error_copy error;
};

/* Whether an expression is a key condition of the index or table: BLOOP_INVALID_KEY_CONDITION. */
bloop_status bl_search_check_key(const bloop_search *search, const bloop_expr *key);
/* Whether a filter names available columns only, and none of the keys that a query asks for: BLOOP_INVALID_FILTER_CONDITION.
   Notes what the index does not project. To be called before the projection is set. */
bloop_status bl_search_check_filter(bloop_search *search, const bloop_expr *filter);
/* Sets the columns that are asked for: `columns`, or `names`, or what table or index have. BLOOP_INVALID_PROJECTION. */
bloop_status bl_search_project(bloop_search *search, const bloop_column *const *columns, const char *const *names);
/* The available columns, as bits, and the keys that are searched by. */
const uint64_t *bl_search_available(const bloop_search *search);
const bl_column_info *bl_search_hash_key(const bloop_search *search);
const bl_column_info *bl_search_range_key(const bloop_search *search); /* NULL: none */

/* "model Account", "index by_email of model Account": for messages. Returns `text`. */
#define BL_SEARCH_NAME_SIZE 256
const char *bl_search_name(const bloop_search *search, char text[BL_SEARCH_NAME_SIZE]);

/* Reads a token of a search like this one and writes the start key that is in it. BLOOP_INVALID_POSITION. */
bloop_status bl_token_read(const bloop_search *search, const char *token, bl_buffer *start);

/* A scan's part for one thread of several: it shares what is fixed with `whole`, which must outlive it, and has a place of
   its own. It is at no segment yet. Released, not closed. */
void bl_search_part(const bloop_search *whole, bloop_search *part);
void bl_search_part_begin(bloop_search *part, int32_t segment);
void bl_search_part_release(bloop_search *part);

/* Whether it is the one search that is not memory of its own. */
bool bl_search_is_constant(const bloop_search *search);

/* Fails a search: keeps the thread's last error. Returns its status. */
bloop_status bl_search_fail(bloop_search *search);

#endif
