/* Shows what a reader tells, as a line that tests can compare. */
#ifndef TEST_JSON_EVENTS_H
#define TEST_JSON_EVENTS_H

#include "json/json.h"

/* A copy of a text that ends where its memory does, so that a sanitizer sees a byte read too many. Free it with free. */
char *exact_copy(const char *text, size_t size);

/* All events up to the end or the error, with their texts: `{ name:"a" [ number:1 true ] } end`. Appends to `out`. */
void show_events(bloop_json_reader *reader, bl_buffer *out);

/* Whether a text is JSON, read event by event, and read past with bloop_json_skip, which must agree. */
bool is_json(const char *text, size_t size);

#endif
