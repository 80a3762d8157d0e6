/* An engine URL, taken apart. */
#ifndef BL_OPEN_URL_PRIVATE_H
#define BL_OPEN_URL_PRIVATE_H

#include "base/base.h"

#define BL_URL_MAX_PARAMETERS 16

typedef struct bl_url_parameter {
    const char *name, *value;
} bl_url_parameter;

typedef struct bl_url {
    char *text;         /* what the members point into */
    const char *scheme; /* without the colon, in lower case */
    const char *rest;   /* between the scheme and '?', with %XX escapes resolved */
    bl_url_parameter parameters[BL_URL_MAX_PARAMETERS];
    size_t parameter_count;
} bl_url;

/* Takes a URL apart. BLOOP_INVALID_URL with the rule that it breaks. Free *out with bl_url_free. */
bloop_status bl_url_parse(const char *url, bl_url *out);
void bl_url_free(bl_url *url);

/* The value of a parameter; NULL when the URL does not have it. */
const char *bl_url_parameter_value(const bl_url *url, const char *name);

#endif
