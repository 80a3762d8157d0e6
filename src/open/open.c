/* From a URL to a backend, and to an engine. A scheme is a row of the table. */
#include "open/open.h"

#include <stdlib.h>

#include "open/remote_url_private.h"
#include "open/url_private.h"
#include "store/store.h"

#define DEFAULT_URL "file:bloop.db"

typedef struct url_scheme {
    const char *name;
    bloop_backend *(*open)(const bl_url *url);
    const char *const *parameters; /* that the scheme takes besides prefix; NULL ends them */
} url_scheme;

static bloop_backend *open_memory(const bl_url *url);
static bloop_backend *open_file(const bl_url *url);
static const char *configured_url(void);
static bloop_backend *open_with(const bl_url *url);
static bloop_status check_parameters(const bl_url *url, const url_scheme *scheme);
static bloop_status refuse_parameter(const url_scheme *scheme, const char *name);
static bloop_status store_options_of(const bl_url *url, bloop_store_options *options);
static bloop_status parse_bytes(const char *text, size_t *out);

static const char *const memory_parameters[] = { "map", NULL };
static const char *const file_parameters[] = { "durability", "mode", "map", NULL };
/* The region is the first, for aws: URLs have it in another place. */
static const char *const endpoint_parameters[] = { "region",       "profile",   "timeout_ms",      "connect_timeout_ms",
                                                   "max_attempts", "in_flight", "max_connections", "ca_file",
                                                   "proxy",        NULL };
static const url_scheme schemes[] = {
    { "memory", open_memory, memory_parameters },      { "file", open_file, file_parameters },
    { "http", bl_open_endpoint, endpoint_parameters }, { "https", bl_open_endpoint, endpoint_parameters },
    { "aws", bl_open_aws, endpoint_parameters + 1 },
};

bloop_engine *bloop_open(const char *url)
{
    if (!url)
        url = configured_url();
    bl_url parsed;
    if (bl_url_parse(url, &parsed) != BLOOP_OK)
        return NULL;
    bloop_engine *engine = NULL;
    bloop_backend *backend = open_with(&parsed);
    if (backend)
        engine = bloop_engine_new_with(.dynamodb = backend, .table_prefix = bl_url_parameter_value(&parsed, "prefix"));
    bl_url_free(&parsed);
    return engine;
}

bloop_backend *bloop_backend_open(const char *url)
{
    if (!url) {
        bl_error(BLOOP_INVALID_ARGUMENT, "bloop_backend_open: the URL is NULL");
        return NULL;
    }
    bl_url parsed;
    if (bl_url_parse(url, &parsed) != BLOOP_OK)
        return NULL;
    bloop_backend *backend = NULL;
    if (bl_url_parameter_value(&parsed, "prefix"))
        bl_error(BLOOP_INVALID_URL,
                 "the URL parameter 'prefix' is for engines: a backend has no table names of its own");
    else
        backend = open_with(&parsed);
    bl_url_free(&parsed);
    return backend;
}

/* A variable that is empty is as good as none. */
static const char *configured_url(void)
{
    const char *url = getenv("BLOOP_URL");
    return url && *url ? url : DEFAULT_URL;
}

static bloop_backend *open_with(const bl_url *url)
{
    for (size_t i = 0; i < BL_COUNT_OF(schemes); i++) {
        const url_scheme *found = &schemes[i];
        if (strcmp(found->name, url->scheme) != 0)
            continue;
        return check_parameters(url, found) == BLOOP_OK ? found->open(url) : NULL;
    }
    bl_error(BLOOP_INVALID_URL,
             "'%s:' is no scheme of an engine URL: use memory:, file:, http:, https: or aws:", url->scheme);
    return NULL;
}

static bloop_status check_parameters(const bl_url *url, const url_scheme *scheme)
{
    for (size_t i = 0; i < url->parameter_count; i++) {
        const char *name = url->parameters[i].name;
        bool known = strcmp(name, "prefix") == 0;
        for (size_t k = 0; !known && scheme->parameters[k]; k++)
            known = strcmp(name, scheme->parameters[k]) == 0;
        if (!known)
            return refuse_parameter(scheme, name);
    }
    return BLOOP_OK;
}

/* Says which there are, for most of those that are none are misspelt. */
static bloop_status refuse_parameter(const url_scheme *scheme, const char *name)
{
    bl_buffer known = { 0 };
    for (size_t i = 0; scheme->parameters[i]; i++)
        bl_buffer_format(&known, "%s, ", scheme->parameters[i]);
    char *text = (char *)bl_buffer_take(&known, NULL);
    if (!text)
        return BLOOP_NO_MEMORY;
    bloop_status status = bl_error(BLOOP_INVALID_URL, "%s: URLs have no parameter '%s': there are %sand prefix",
                                   scheme->name, name, text);
    bl_free(text);
    return status;
}

static bloop_backend *open_memory(const bl_url *url)
{
    if (*url->rest) {
        bl_error(BLOOP_INVALID_URL, "memory: takes no path, and has '%s'", url->rest);
        return NULL;
    }
    bloop_store_options options = { 0 };
    return store_options_of(url, &options) == BLOOP_OK ? bloop_store_open(&options) : NULL;
}

static bloop_backend *open_file(const bl_url *url)
{
    if (!*url->rest) {
        bl_error(BLOOP_INVALID_URL, "file: needs a path: file:accounts.db");
        return NULL;
    }
    bloop_store_options options = { .path = url->rest };
    return store_options_of(url, &options) == BLOOP_OK ? bloop_store_open(&options) : NULL;
}

static bloop_status store_options_of(const bl_url *url, bloop_store_options *options)
{
    const char *durability = bl_url_parameter_value(url, "durability");
    const char *mode = bl_url_parameter_value(url, "mode");
    const char *map = bl_url_parameter_value(url, "map");
    if (durability && strcmp(durability, "later") == 0)
        options->durability = BLOOP_DURABLE_LATER;
    else if (durability && strcmp(durability, "durable") != 0)
        return bl_error(BLOOP_INVALID_URL, "durability=%s: must be 'durable' or 'later'", durability);
    if (mode && strcmp(mode, "ro") == 0)
        options->read_only = true;
    else if (mode && strcmp(mode, "rw") != 0)
        return bl_error(BLOOP_INVALID_URL, "mode=%s: must be 'rw' or 'ro'", mode);
    return map ? parse_bytes(map, &options->map_bytes) : BLOOP_OK;
}

/* A positive decimal number of bytes. */
static bloop_status parse_bytes(const char *text, size_t *out)
{
    size_t bytes = 0;
    for (const char *c = text; *c; c++) {
        size_t digit = (size_t)(*c - '0');
        if (*c < '0' || *c > '9' || __builtin_mul_overflow(bytes, 10, &bytes) ||
            __builtin_add_overflow(bytes, digit, &bytes))
            return bl_error(BLOOP_INVALID_URL, "map=%s: must be a number of bytes", text);
    }
    if (bytes == 0)
        return bl_error(BLOOP_INVALID_URL, "map=%s: must be a positive number of bytes", text);
    *out = bytes;
    return BLOOP_OK;
}
