/* Shared by the files that judge searches: search_check.c (without the table), search_plan.c, search_start.c and
   search_paths.c (with it). */
#ifndef BL_OP_SEARCH_PRIVATE_H
#define BL_OP_SEARCH_PRIVATE_H

#include "op/op.h"

/* Whether the starting key has as many attributes as what is searched, and those of its key: of the table or the index. */
bloop_status bl_search_check_start(const bloop_table_definition *table, const bloop_search_request *request,
                                   const bl_search_plan *plan);
/* The same of one key attribute of what is searched, which the service looks at together with the key condition. */
bloop_status bl_search_check_start_piece(const bloop_table_definition *table, const bloop_search_request *request,
                                         const bl_search_plan *plan, bool range);
/* Whether the starting key has the table's key, and a query may have ended there. */
bloop_status bl_search_check_start_table(const bloop_table_definition *table, const bloop_search_request *request);
bloop_status bl_search_check_start_bounds(const bloop_search_request *request, const bl_search_plan *plan);

/* Whether projection and filter treat keys as the scalars that they are. */
bloop_status bl_search_check_scalars(const bloop_table_definition *table, const bloop_search_request *request);
/* Whether a query's filter leaves the keys of what is searched to the key condition. */
bloop_status bl_search_check_filter_keys(const bloop_search_request *request, const bl_search_plan *plan);
/* Whether an index has the attributes that are asked of it; sets plan->fetches. */
bloop_status bl_search_check_projected(const bloop_table_definition *table, const bloop_search_request *request,
                                       bl_search_plan *plan);

static inline bloop_value bl_search_key_value(bloop_item item, const char *name)
{
    return bloop_item_get(item, name, strlen(name));
}

#endif
