/* HTTP for the services that hand out credentials. Private to src/remote. */
#ifndef BL_REMOTE_FETCH_PRIVATE_H
#define BL_REMOTE_FETCH_PRIVATE_H

#include "credentials_private.h"

/* A bl_fetch, whose context is the backend's terms: whom it trusts, and its proxy, hold for these services too. */
bloop_status bl_fetch_with_curl(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body);

#endif
