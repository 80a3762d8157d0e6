/* The fake, and assertions about what comes of it. */
#include "credentials_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "surroundings.h"

bloop_status fake_serve(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body)
{
    service *s = context;
    bl_buffer_format(&s->log, "%s %s", request->method, request->url);
    for (size_t i = 0; i < request->header_count; i++)
        bl_buffer_format(&s->log, "|%s: %s", request->headers[i].name, request->headers[i].value);
    bl_buffer_format(&s->log, "|%.*s|%lld%s\n", (int)request->body_size, request->body ? request->body : "",
                     (long long)request->timeout_ms, request->direct ? " direct" : "");
    if (s->asked == s->count)
        return bl_error(BLOOP_NETWORK, "no more answers");
    const answer *a = &s->answers[s->asked++];
    if (a->status != BLOOP_OK)
        return bl_error(a->status, "the fake does not answer");
    *http_status = a->http_status;
    bl_buffer_text(body, a->body);
    return body->status;
}

bl_credentials_provider *provider_of(const char *profile, const bl_remote_choices *choices, service *s)
{
    bl_shared_config *config = NULL;
    bl_credentials_provider *provider = NULL;
    if (bl_shared_config_load(profile, &config) != BLOOP_OK ||
        bl_credentials_provider_new(config, choices, s ? fake_serve : NULL, s, &provider) != BLOOP_OK)
        fail_msg("%s", bloop_last_error()->message);
    bl_shared_config_free(config);
    return provider;
}

const char *describe_credentials(bl_credentials_provider *provider, char *out, size_t size)
{
    bl_credentials credentials = { 0 };
    if (bl_credentials_get(provider, &credentials) == BLOOP_OK) {
        snprintf(out, size, "%s/%s/%s", credentials.access_key.data, credentials.secret_key.data,
                 credentials.token.data);
        assert_int_equal(credentials.access_key.size, strlen(credentials.access_key.data));
        assert_int_equal(credentials.secret_key.size, strlen(credentials.secret_key.data));
        assert_int_equal(credentials.token.size, strlen(credentials.token.data));
    } else {
        snprintf(out, size, "%s", bloop_last_error()->message);
    }
    bl_credentials_clear(&credentials);
    return out;
}

void assert_credentials(const char *profile, const bl_remote_choices *choices, service *s, const char *expected)
{
    char out[1024];
    bl_credentials_provider *provider = provider_of(profile, choices, s);
    assert_string_equal(describe_credentials(provider, out, sizeof out), expected);
    bl_credentials_provider_free(provider);
}

void assert_refused(const char *profile, const bl_remote_choices *choices, bloop_status status, const char *expected)
{
    bl_shared_config *config = NULL;
    bl_credentials_provider *provider = NULL;
    assert_int_equal(bl_shared_config_load(profile, &config), BLOOP_OK);
    assert_int_equal(bl_credentials_provider_new(config, choices, NULL, NULL, &provider), status);
    assert_non_null(strstr(bloop_last_error()->message, expected));
    assert_null(provider);
    bl_shared_config_free(config);
}

bloop_status fake_serve_silently(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body)
{
    service *fake = context;
    bl_buffer log;
    char room[2048];
    bl_buffer_use(&log, room, sizeof room);
    fake->log = log;
    bloop_status status = fake_serve(context, request, http_status, body);
    assert_true(fake->log.fixed);
    fake->log = (bl_buffer){ 0 };
    return status;
}

void check_services(const service_case *cases, size_t count, const char *home_file, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        surroundings s = surroundings_new();
        char path[PATH_MAX];
        service fake = { .answers = cases[i].answers, .count = BL_COUNT_OF(cases[i].answers) };
        for (size_t j = 0; j < BL_COUNT_OF(cases[i].variables); j++) {
            if (cases[i].variables[j])
                putenv((char *)(uintptr_t)cases[i].variables[j]);
        }
        if (home_file)
            surroundings_file(&s, home_file, text, path);
        assert_credentials(NULL, &(bl_remote_choices){ 0 }, &fake, cases[i].expected);
        bl_buffer_byte(&fake.log, 0);
        if (cases[i].asked)
            assert_string_equal(fake.log.data, cases[i].asked);
        bl_buffer_free(&fake.log);
        surroundings_remove(&s);
    }
}
