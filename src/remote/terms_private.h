/* From options, environment and files to the terms of a backend. Private to src/remote. */
#ifndef BL_REMOTE_TERMS_PRIVATE_H
#define BL_REMOTE_TERMS_PRIVATE_H

#include "remote_private.h"

/* On failure what was made so far stays in *out and *credentials, for bl_terms_clear and its like. */
bloop_status bl_terms_resolve(const bloop_remote_options *options, bl_remote_terms *out,
                              bl_credentials_provider **credentials);
void bl_terms_clear(bl_remote_terms *terms);

/* Takes an endpoint apart: what is sent to, the header Host, and the path that is signed. BLOOP_INVALID_URL. */
bloop_status bl_endpoint_parse(const char *endpoint, bl_remote_terms *out);

#endif
