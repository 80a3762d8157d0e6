/* Credentials of a container: from an agent that the environment names (ECS, EKS Pod Identity). */
#include "credentials_source_private.h"

#include <strings.h>

/* The texts. */
enum { URL, TOKEN, TOKEN_FILE };

enum { TIMEOUT_MS = 2000 };

#define AGENT "http://169.254.170.2"

static bloop_status load(const bl_credentials_source *source, bl_credentials *out);
static bloop_status read_authorization(const bl_credentials_source *source, bl_buffer *out);
static bloop_status check_url(const char *url);
static bool is_loopback(const char *host, size_t size);

bloop_status bl_source_container(const bl_shared_config *config, bl_credentials_source *source)
{
    const char *relative = bl_config_variable(config, BL_AWS_CONTAINER_CREDENTIALS_RELATIVE_URI);
    const char *full = bl_config_variable(config, BL_AWS_CONTAINER_CREDENTIALS_FULL_URI);
    if (!relative && !full)
        return BLOOP_OK;
    bl_buffer url = { 0 };
    bl_buffer_text(&url, relative ? AGENT : full);
    if (relative)
        bl_buffer_text(&url, relative);
    source->texts[URL] = (char *)bl_buffer_take(&url, NULL);
    bl_buffer_free(&url);
    bloop_status status = source->texts[URL] ? check_url(source->texts[URL]) : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK)
        status =
            bl_credentials_source_text(source, TOKEN, bl_config_variable(config, BL_AWS_CONTAINER_AUTHORIZATION_TOKEN));
    if (status == BLOOP_OK)
        status = bl_credentials_source_text(source, TOKEN_FILE,
                                            bl_config_variable(config, BL_AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE));
    source->name = "the container's credentials";
    source->timeout_ms = TIMEOUT_MS;
    source->load = load;
    return status;
}

static bloop_status load(const bl_credentials_source *source, bl_credentials *out)
{
    bl_buffer token = { 0 }, body = { 0 };
    bl_secret_begin(&token);
    bl_secret_begin(&body);
    bloop_status status = read_authorization(source, &token);
    if (status == BLOOP_OK) {
        const bl_fetch_header headers[] = { { "Accept", "application/json" },
                                            { "Authorization", (const char *)token.data } };
        const bl_fetch_request request = { .method = "GET",
                                           .url = source->texts[URL],
                                           .headers = headers,
                                           .header_count = token.size ? 2 : 1,
                                           .timeout_ms = source->timeout_ms,
                                           .direct = true };
        status = bl_source_fetch(source, &request, true, &body);
    }
    if (status == BLOOP_OK)
        status =
            bl_credentials_read_json(source->name, (bl_sigv4_text){ (const char *)body.data, body.size }, false, out);
    bl_secret_end(&token);
    bl_secret_end(&body);
    return status;
}

/* The file comes before the variable, and is read each time: its token is replaced now and then. */
static bloop_status read_authorization(const bl_credentials_source *source, bl_buffer *out)
{
    bloop_status status = out->status;
    if (status != BLOOP_OK)
        return status;
    if (source->texts[TOKEN_FILE])
        status = bl_credentials_read_token(source->name, source->texts[TOKEN_FILE], out);
    else if (source->texts[TOKEN])
        bl_buffer_text(out, source->texts[TOKEN]);
    for (size_t i = 0; status == BLOOP_OK && i < out->size; i++) {
        if (out->data[i] < ' ' || out->data[i] == 0x7F)
            status = bl_error(BLOOP_ACCESS_DENIED, "%s: the authorization token has a control character in it",
                              source->name);
    }
    if (status == BLOOP_OK && out->size) {
        bl_buffer_byte(out, 0);
        status = out->status;
    }
    return status;
}

/* Credentials come over plain HTTP from the machine itself only: from a loopback address or the agents' own. */
static bloop_status check_url(const char *url)
{
    static const char *const agents[] = { "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]" };
    if (strncasecmp(url, "https://", 8) == 0)
        return BLOOP_OK;
    bool valid = strncasecmp(url, "http://", 7) == 0;
    if (valid) {
        const char *host = url + 7;
        size_t size = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
        size_t whole = strcspn(host, "/?#");
        valid = size <= whole && !memchr(host, '@', whole) && is_loopback(host, size);
        for (size_t i = 0; i < BL_COUNT_OF(agents) && !valid; i++)
            valid = size <= whole && !memchr(host, '@', whole) && size == strlen(agents[i]) &&
                    strncasecmp(host, agents[i], size) == 0;
    }
    return valid ? BLOOP_OK
                 : bl_error(
                       BLOOP_INVALID_ARGUMENT,
                       "AWS_CONTAINER_CREDENTIALS_FULL_URI: an https URL is expected, or an http URL of this machine "
                       "or of an agent of Amazon's");
}

static bool is_loopback(const char *host, size_t size)
{
    static const char *const names[] = { "localhost", "[::1]" };
    for (size_t i = 0; i < BL_COUNT_OF(names); i++) {
        if (size == strlen(names[i]) && strncasecmp(host, names[i], size) == 0)
            return true;
    }
    /* 127.0.0.0/8, as four numbers: a name may begin with "127." too. */
    size_t dots = 0;
    for (size_t i = 0; i < size; i++) {
        if (host[i] != '.' && (host[i] < '0' || host[i] > '9'))
            return false;
        dots += host[i] == '.';
    }
    return dots == 3 && size > 4 && strncmp(host, "127.", 4) == 0;
}
