/* Takes an engine URL apart: SCHEME:REST?NAME=VALUE&NAME=VALUE. */
#include "open/url_private.h"

static bloop_status split(bl_url *url);
static bloop_status split_parameters(bl_url *url, char *query);
static bool unescape(char *text);
static int hex_digit(char c);

bloop_status bl_url_parse(const char *url, bl_url *out)
{
    bl_url parsed = { .text = bl_copy_text(url) };
    if (!parsed.text)
        return BLOOP_NO_MEMORY;
    bloop_status status = split(&parsed);
    if (status != BLOOP_OK) {
        char quoted[BL_QUOTE_SIZE];
        bl_url_free(&parsed);
        return bl_error_context("the URL %s", bl_quote(quoted, url, strlen(url)));
    }
    *out = parsed;
    return BLOOP_OK;
}

void bl_url_free(bl_url *url)
{
    bl_free(url->text);
    *url = (bl_url){ 0 };
}

const char *bl_url_parameter_value(const bl_url *url, const char *name)
{
    for (size_t i = 0; i < url->parameter_count; i++)
        if (strcmp(url->parameters[i].name, name) == 0)
            return url->parameters[i].value;
    return NULL;
}

static bloop_status split(bl_url *url)
{
    char *colon = strchr(url->text, ':');
    if (!colon || colon == url->text)
        return bl_error(BLOOP_INVALID_URL, "it must begin with memory:, file:, http://, https:// or aws:");
    *colon = 0;
    for (char *c = url->text; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    url->scheme = url->text;

    char *rest = colon + 1;
    char *query = strchr(rest, '?');
    if (query)
        *query++ = 0;
    if (!unescape(rest))
        return bl_error(BLOOP_INVALID_URL, "a %% must be followed by two hex digits, other than 00");
    url->rest = rest;
    return query ? split_parameters(url, query) : BLOOP_OK;
}

static bloop_status split_parameters(bl_url *url, char *query)
{
    for (char *next; query && *query; query = next) {
        next = strchr(query, '&');
        if (next)
            *next++ = 0;
        char *value = strchr(query, '=');
        if (!value || value == query)
            return bl_error(BLOOP_INVALID_URL, "the parameter '%s' must be NAME=VALUE", query);
        *value++ = 0;
        if (!unescape(query) || !unescape(value))
            return bl_error(BLOOP_INVALID_URL, "a %% must be followed by two hex digits, other than 00");
        if (bl_url_parameter_value(url, query))
            return bl_error(BLOOP_INVALID_URL, "the parameter '%s' is given twice", query);
        if (url->parameter_count == BL_URL_MAX_PARAMETERS)
            return bl_error(BLOOP_INVALID_URL, "it has more than %d parameters", BL_URL_MAX_PARAMETERS);
        url->parameters[url->parameter_count++] = (bl_url_parameter){ query, value };
    }
    return BLOOP_OK;
}

/* Resolves %XX in place. */
static bool unescape(char *text)
{
    char *out = text;
    for (char *in = text; *in; in++) {
        if (*in != '%') {
            *out++ = *in;
            continue;
        }
        int high = hex_digit(in[1]), low = high < 0 ? -1 : hex_digit(in[2]);
        if (low < 0 || (high == 0 && low == 0))
            return false;
        *out++ = (char)(high * 16 + low);
        in += 2;
    }
    *out = 0;
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}
