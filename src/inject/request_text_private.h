/* Requests as text, for those who read a recording. Each is added to a buffer, without a newline or a zero byte. */
#ifndef BL_INJECT_REQUEST_TEXT_PRIVATE_H
#define BL_INJECT_REQUEST_TEXT_PRIVATE_H

#include <bloop/op.h>

#include "base/base.h"

void bl_text_of_table(bl_buffer *out, const bloop_table_definition *table); /* "notes id:S" and its indexes */
void bl_text_of_table_update(bl_buffer *out, const bloop_update_table_request *request);
void bl_text_of_get(bl_buffer *out, const bloop_get_request *request);
void bl_text_of_batch_get(bl_buffer *out, const bloop_batch_get_request *request);
void bl_text_of_write(bl_buffer *out, const bloop_write_request *request);
void bl_text_of_search(bl_buffer *out, const bloop_search_request *request);

#endif
