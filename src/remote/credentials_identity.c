/* Credentials for an identity token, such as Kubernetes writes into a file: AWS STS exchanges it, unsigned, for those
   of a role (AssumeRoleWithWebIdentity). */
#include "credentials_source_private.h"

/* The texts. */
enum { URL, REGION, TOKEN_FILE, ROLE, SESSION };

enum { TIMEOUT_MS = 5000 };

static bl_config_value find(const bl_shared_config *config, bl_variable variable, const char *key);
static bloop_status load(const bl_credentials_source *source, bl_credentials *out);
static bloop_status write_form(const bl_credentials_source *source, bl_buffer *out);

bloop_status bl_source_web_identity(const bl_shared_config *config, bl_credentials_source *source)
{
    bl_config_value file = find(config, BL_AWS_WEB_IDENTITY_TOKEN_FILE, "web_identity_token_file");
    bl_config_value role = find(config, BL_AWS_ROLE_ARN, "role_arn");
    bl_config_value session = find(config, BL_AWS_ROLE_SESSION_NAME, "role_session_name");
    if (!file.text)
        return BLOOP_OK;
    if (!role.text)
        return bl_config_refuse(config, &file, "a role (AWS_ROLE_ARN, role_arn) has to be given with it");
    bloop_status status = bl_sts_place(config, source, URL, REGION);
    if (status == BLOOP_OK)
        status = (source->texts[TOKEN_FILE] = bl_config_path(config, file.text)) ? BLOOP_OK : BLOOP_NO_MEMORY;
    if (status == BLOOP_OK)
        status = bl_credentials_source_text(source, ROLE, role.text);
    if (status == BLOOP_OK)
        status = bl_sts_session(source, SESSION, session.text);
    source->name = "the web identity's credentials";
    source->timeout_ms = TIMEOUT_MS;
    source->load = load;
    return status;
}

/* A profile that the caller chose is not overruled by the environment. */
static bl_config_value find(const bl_shared_config *config, bl_variable variable, const char *key)
{
    return bl_config_profile_is_chosen(config) ? bl_config_key(config, key) : bl_config_look_up(config, variable, key);
}

static bloop_status load(const bl_credentials_source *source, bl_credentials *out)
{
    bl_buffer form = { 0 }, answer = { 0 };
    bl_secret_begin(&form);
    bl_secret_begin(&answer);
    bloop_status status = write_form(source, &form);
    if (status == BLOOP_OK) {
        const bl_fetch_header header = { "Content-Type", "application/x-www-form-urlencoded" };
        const bl_fetch_request request = { .method = "POST",
                                           .url = source->texts[URL],
                                           .headers = &header,
                                           .header_count = 1,
                                           .body = (const char *)form.data,
                                           .body_size = form.size,
                                           .timeout_ms = source->timeout_ms };
        status = bl_source_fetch(source, &request, true, &answer);
    }
    if (status == BLOOP_OK)
        status = bl_sts_read_answer(source, &answer, out);
    bl_secret_end(&form);
    bl_secret_end(&answer);
    return status;
}

/* The token is read each time, since it is replaced before it expires. */
static bloop_status write_form(const bl_credentials_source *source, bl_buffer *out)
{
    bl_buffer token = { 0 };
    bl_secret_begin(&token);
    bloop_status status = bl_credentials_read_token(source->name, source->texts[TOKEN_FILE], &token);
    if (status == BLOOP_OK && token.size == 0)
        status = bl_error(BLOOP_ACCESS_DENIED, "%s: %s is empty", source->name, source->texts[TOKEN_FILE]);
    if (status == BLOOP_OK) {
        bl_buffer_text(out, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15");
        bl_sts_write_field(out, "RoleArn", source->texts[ROLE], strlen(source->texts[ROLE]));
        bl_sts_write_field(out, "RoleSessionName", source->texts[SESSION], strlen(source->texts[SESSION]));
        bl_sts_write_field(out, "WebIdentityToken", (const char *)token.data, token.size);
        status = out->status;
    }
    bl_secret_end(&token);
    return status;
}
