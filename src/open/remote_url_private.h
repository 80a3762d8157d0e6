/* The schemes of remote endpoints. */
#ifndef BL_OPEN_REMOTE_URL_PRIVATE_H
#define BL_OPEN_REMOTE_URL_PRIVATE_H

#include <bloop/op.h>

#include "open/url_private.h"

/* http://HOST:PORT and https://…. NULL and the last error on failure. */
bloop_backend *bl_open_endpoint(const bl_url *url);
/* aws:REGION, or aws: for the region that is configured. */
bloop_backend *bl_open_aws(const bl_url *url);

#endif
