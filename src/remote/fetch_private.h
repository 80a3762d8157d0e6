/* HTTP for the services that hand out credentials. Private to src/remote. */
#ifndef BL_REMOTE_FETCH_PRIVATE_H
#define BL_REMOTE_FETCH_PRIVATE_H

#include <curl/curl.h>

#include "remote_private.h"

/* A bl_fetch, whose context is the backend's terms: whom it trusts, and its proxy, hold for these services too. */
bloop_status bl_fetch_with_curl(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body);
/* The way to a host: whom to trust on it, and the proxy ("": none; NULL: as the environment has it). */
CURLcode bl_fetch_set_way(CURL *easy, const bl_remote_terms *terms, const char *proxy);

#endif
