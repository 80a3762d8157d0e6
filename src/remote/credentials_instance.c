/* Credentials of an EC2 instance's role: from its metadata service, version 2. */
#include "credentials_source_private.h"

#include <stdlib.h>
#include <strings.h>

/* The texts. */
enum { ENDPOINT };

enum { TIMEOUT_MS = 1000, MAX_TIMEOUT_S = 3600, MAX_WORD = 1024 };

#define IPV4       "http://169.254.169.254"
#define IPV6       "http://[fd00:ec2::254]"
#define TOKEN_PATH "/latest/api/token"
#define ROLES_PATH "/latest/meta-data/iam/security-credentials/"
#define EXTENSION  (INT64_C(10) * 60 * 1000000) /* of credentials that the service did not renew in time */

static bloop_status find_endpoint(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status find_timeout(const bl_shared_config *config, bl_credentials_source *source);
static bloop_status load(const bl_credentials_source *source, bl_credentials *out);
static bloop_status ask_for_token(const bl_credentials_source *source, bl_buffer *token);
static bloop_status ask(const bl_credentials_source *source, const char *token, const char *role, bl_buffer *body);
static bloop_status check_word(const bl_credentials_source *source, const char *what, const char *forbidden,
                               bl_buffer *text);

bloop_status bl_source_instance(const bl_shared_config *config, bl_credentials_source *source)
{
    bool disabled = false;
    bl_config_value disable = bl_config_look_up(config, BL_AWS_EC2_METADATA_DISABLED, NULL);
    bloop_status status = bl_config_bool(config, &disable, &disabled);
    if (status != BLOOP_OK || disabled)
        return status;
    status = find_endpoint(config, source);
    if (status == BLOOP_OK)
        status = find_timeout(config, source);
    source->name = "the instance's credentials";
    source->load = load;
    return status;
}

static bloop_status find_endpoint(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value url =
        bl_config_look_up(config, BL_AWS_EC2_METADATA_SERVICE_ENDPOINT, "ec2_metadata_service_endpoint");
    bl_config_value mode =
        bl_config_look_up(config, BL_AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE, "ec2_metadata_service_endpoint_mode");
    bool ipv6 = mode.text && strcasecmp(mode.text, "ipv6") == 0;
    if (mode.text && !ipv6 && strcasecmp(mode.text, "ipv4") != 0)
        return bl_config_refuse(config, &mode, "\"ipv4\" or \"ipv6\" is expected");
    if (url.text && strncasecmp(url.text, "http://", 7) != 0 && strncasecmp(url.text, "https://", 8) != 0)
        return bl_config_refuse(config, &url, "an URL such as http://169.254.169.254 is expected");
    bloop_status status = bl_credentials_source_text(source, ENDPOINT, url.text ? url.text : ipv6 ? IPV6 : IPV4);
    char *endpoint = source->texts[ENDPOINT];
    for (size_t size = endpoint ? strlen(endpoint) : 0; size && endpoint[size - 1] == '/'; size--)
        endpoint[size - 1] = '\0';
    return status;
}

static bloop_status find_timeout(const bl_shared_config *config, bl_credentials_source *source)
{
    source->timeout_ms = TIMEOUT_MS;
    bl_config_value value = bl_config_look_up(config, BL_AWS_METADATA_SERVICE_TIMEOUT, "metadata_service_timeout");
    if (!value.text)
        return BLOOP_OK;
    size_t digits = strspn(value.text, "0123456789");
    long seconds = strtol(value.text, NULL, 10);
    if (digits == 0 || value.text[digits] || digits > 4 || seconds == 0 || seconds > MAX_TIMEOUT_S)
        return bl_config_refuse(config, &value, "a number of seconds from 1 to 3600 is expected");
    source->timeout_ms = (int64_t)seconds * 1000;
    return BLOOP_OK;
}

static bloop_status load(const bl_credentials_source *source, bl_credentials *out)
{
    bl_buffer token = { 0 }, role = { 0 }, body = { 0 };
    bl_secret_begin(&token);
    bl_secret_begin(&body);
    bloop_status status = ask_for_token(source, &token);
    if (status == BLOOP_OK)
        status = ask(source, (const char *)token.data, "", &role);
    if (status == BLOOP_OK)
        status = check_word(source, "name of a role", "/?#%", &role);
    if (status == BLOOP_OK)
        status = ask(source, (const char *)token.data, (const char *)role.data, &body);
    if (status == BLOOP_OK)
        status =
            bl_credentials_read_json(source->name, (bl_sigv4_text){ (const char *)body.data, body.size }, false, out);
    /* When the service can't renew them, the expired ones may well be honoured: the SDKs go on with them. */
    int64_t now = source->now();
    if (status == BLOOP_OK && out->expires_at <= now)
        out->expires_at = now + EXTENSION;
    bl_secret_end(&token);
    bl_buffer_free(&role);
    bl_secret_end(&body);
    if (status == BLOOP_ACCESS_DENIED)
        return bl_error(status, "%s; and %s", source->none, bloop_last_error()->message);
    return status;
}

/* It is the first that is asked: no answer means that this is no instance. */
static bloop_status ask_for_token(const bl_credentials_source *source, bl_buffer *token)
{
    bl_buffer url = { 0 };
    bl_buffer_text(&url, source->texts[ENDPOINT]);
    bl_buffer_text(&url, TOKEN_PATH);
    bl_buffer_byte(&url, 0);
    bloop_status status = url.status;
    if (status == BLOOP_OK) {
        const bl_fetch_header header = { "x-aws-ec2-metadata-token-ttl-seconds", "21600" };
        const bl_fetch_request request = { .method = "PUT",
                                           .url = (const char *)url.data,
                                           .headers = &header,
                                           .header_count = 1,
                                           .timeout_ms = source->timeout_ms,
                                           .direct = true };
        status = bl_source_fetch(source, &request, false, token);
    }
    bl_buffer_free(&url);
    if (status == BLOOP_NETWORK || status == BLOOP_TIMEOUT)
        return bl_error(BLOOP_ACCESS_DENIED, "no instance metadata service answers at %s", source->texts[ENDPOINT]);
    return status == BLOOP_OK ? check_word(source, "token", "", token) : status;
}

/* The name of the role, or with its name the role's credentials. */
static bloop_status ask(const bl_credentials_source *source, const char *token, const char *role, bl_buffer *body)
{
    bl_buffer url = { 0 };
    bl_buffer_text(&url, source->texts[ENDPOINT]);
    bl_buffer_text(&url, ROLES_PATH);
    bl_buffer_text(&url, role);
    bl_buffer_byte(&url, 0);
    bloop_status status = url.status;
    if (status == BLOOP_OK) {
        const bl_fetch_header header = { "x-aws-ec2-metadata-token", token };
        const bl_fetch_request request = { .method = "GET",
                                           .url = (const char *)url.data,
                                           .headers = &header,
                                           .header_count = 1,
                                           .timeout_ms = source->timeout_ms,
                                           .direct = true };
        status = bl_source_fetch(source, &request, true, body);
    }
    bl_buffer_free(&url);
    return status;
}

/* An answer that is one word, which goes into a header or an URL. Ends it with a zero byte. */
static bloop_status check_word(const bl_credentials_source *source, const char *what, const char *forbidden,
                               bl_buffer *text)
{
    size_t size = 0;
    while (size < text->size && text->data[size] > ' ' && text->data[size] < 0x7F &&
           !strchr(forbidden, text->data[size]))
        size++;
    bool ends = size == text->size || text->data[size] == '\n' || text->data[size] == '\r';
    if (size == 0 || size > MAX_WORD || !ends)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: the metadata service has no %s", source->name, what);
    text->size = size;
    bl_buffer_byte(text, 0);
    return text->status;
}
