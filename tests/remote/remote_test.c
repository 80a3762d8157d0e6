/* What the tests of the remote backend share. */
#include "remote_test.h"

void remote_test_begin(void)
{
    static const char *const names[] = {
        "http_proxy",        "https_proxy",
        "HTTPS_PROXY",       "all_proxy",
        "ALL_PROXY",         "no_proxy",
        "NO_PROXY",          "AWS_PROFILE",
        "AWS_REGION",        "AWS_DEFAULT_REGION",
        "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
        "AWS_CA_BUNDLE",     "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL",  "AWS_MAX_ATTEMPTS",
        "AWS_RETRY_MODE",    "CURL_CA_BUNDLE",
        "SSL_CERT_FILE",     "SSL_CERT_DIR",
        "AWS_CONFIG_FILE",   "AWS_ENDPOINT_URL_DYNAMODB",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
    setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
    setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials", 1);
    setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
}

bloop_backend *remote_test_open(const peer *p, bloop_remote_options *options)
{
    if (!options->endpoint)
        options->endpoint = peer_url(p);
    if (!options->region)
        options->region = "us-east-1";
    if (!options->access_key) {
        options->access_key = "AKIDEXAMPLE";
        options->secret_key = "secret";
    }
    if (!options->retry_base_ms)
        options->retry_base_ms = 1;
    if (!options->throttle_base_ms)
        options->throttle_base_ms = 1;
    bloop_backend *backend = bloop_remote_open(options);
    trial_check(backend, "%s: %s", options->endpoint, bloop_last_error()->message);
    return backend;
}

void remote_test_expect(bloop_status got, bloop_status wanted, const char *words, const char *file, int line)
{
    const bloop_error *error = bloop_last_error();
    if (got != wanted)
        trial_fail(file, line, "%s instead of %s: %s", bloop_status_name(got), bloop_status_name(wanted),
                   got ? error->message : "");
    if (wanted != BLOOP_OK && error->status != wanted)
        trial_fail(file, line, "the last error is %s: %s", bloop_status_name(error->status), error->message);
    if (words && !strstr(error->message, words))
        trial_fail(file, line, "'%s' does not say '%s'", error->message, words);
}

bloop_status get_thing(bloop_backend *backend, const char *id)
{
    notation n = { 0 };
    char key[128];
    snprintf(key, sizeof key, "{id: \"%s\"}", id);
    bloop_get_request request = { .table = "things", .key = notation_value(&n, key) };
    bloop_get_result result;
    bloop_status status = bloop_get_item(backend, &request, &result);
    bloop_result_free(&result.memory);
    notation_free(&n);
    return status;
}

bloop_status put_thing(bloop_backend *backend, const char *id)
{
    char item[128];
    snprintf(item, sizeof item, "{id: \"%s\"}", id);
    return write_thing(backend, &(text_write){ .kind = BLOOP_WRITE_PUT, .item = item });
}

bloop_write_request text_request(notation *n, const text_write *w)
{
    return (bloop_write_request){
        .kind = w->kind,
        .table = "things",
        .item = notation_value(n, w->item),
        .update = w->update ? notation_update(n, w->update) : NULL,
        .condition = w->condition ? notation_condition(n, w->condition) : NULL,
        .return_values = w->returns,
    };
}

bloop_status write_thing(bloop_backend *backend, const text_write *w)
{
    notation n = { 0 };
    bloop_write_request request = text_request(&n, w);
    bloop_write_result result;
    bloop_status status = bloop_write_item(backend, &request, &result);
    bloop_result_free(&result.memory);
    notation_free(&n);
    return status;
}
