/* What the tests of requests share: reading a body, the message that refuses it, and a request told as text. */
#ifndef BLOOP_TEST_WIRE_REQUESTS_H
#define BLOOP_TEST_WIRE_REQUESTS_H

#include "wire/wire.h"

/* A body, with ' for ", and what it comes to. */
typedef struct request_case {
    bl_wire_operation operation;
    const char *body;
    const char *expected;
} request_case;

/* The text with a quotation mark for each apostrophe, in `out`; a backslash before an apostrophe keeps it. */
void request_body(bl_buffer *out, const char *text);

/* Reads each body, and then has op judge what came of it, as a server does. `expected` is the refusal's message. */
void check_refusals(const request_case *cases, size_t count, bloop_status status);

/* Reads each body; `expected` is what came of it, as request_text tells it. */
void check_requests(const request_case *cases, size_t count);

/* What a request says that is not its default: "Books key={id: 1} projection=[a, b.c] consistent". */
void request_text(bl_buffer *out, const bl_wire_request *request);

/* What op has to say of a request before a backend sees it. */
bloop_status request_judge(const bl_wire_request *request);

#endif
