/* What the responses of several operations have in common. */
#ifndef BL_WIRE_RESPONSE_PRIVATE_H
#define BL_WIRE_RESPONSE_PRIVATE_H

#include "wire/body_private.h"

/* The members, with their names; nothing when there is nothing to tell. */
void bl_response_capacity(bloop_json_writer *writer, const bloop_consumed_capacity *capacity);
void bl_response_capacities(bloop_json_writer *writer, const bloop_consumed_capacity *capacity, size_t count);
/* The value alone: a table's metrics stand in an array where a batch is answered. */
void bl_response_metrics(bloop_json_writer *writer, const bloop_collection_metrics *metrics);

#endif
