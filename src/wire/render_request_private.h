/* The writers of requests, by the kind of operation. Each writes the members of the body, which is begun and ended for it. */
#ifndef BL_WIRE_RENDER_REQUEST_PRIVATE_H
#define BL_WIRE_RENDER_REQUEST_PRIVATE_H

#include "wire/render_private.h"

typedef void bl_request_renderer(bloop_json_writer *writer, const bl_wire_request *request);

bl_request_renderer bl_render_request_get, bl_render_request_write, bl_render_request_search;
bl_request_renderer bl_render_request_batch_get, bl_render_request_batch_write;
bl_request_renderer bl_render_request_create_table, bl_render_request_update_table, bl_render_request_list_tables;

/* ReturnConsumedCapacity and ReturnItemCollectionMetrics, when they are asked for. */
void bl_render_request_capacity(bloop_json_writer *writer, bloop_capacity_detail capacity);
void bl_render_request_metrics(bloop_json_writer *writer, bool metrics);

#endif
