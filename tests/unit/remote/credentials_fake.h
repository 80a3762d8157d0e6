/* A fake of the services that hand out credentials, and what tests of all sources share. */
#ifndef BLOOP_TEST_CREDENTIALS_FAKE_H
#define BLOOP_TEST_CREDENTIALS_FAKE_H

#include "remote/credentials_source_private.h"

/* Answers requests in turn, and writes down what was asked. */
typedef struct answer {
    bloop_status status;
    int http_status;
    const char *body;
} answer;

typedef struct service {
    const answer *answers;
    size_t count, asked;
    bl_buffer log; /* "GET url|name: value|…|body (timeout)" a line */
} service;

/* Its bl_fetch; and one whose log takes no memory of the library's, to fail or to be looked into, and is not kept. */
bloop_status fake_serve(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body);
bloop_status fake_serve_silently(void *context, const bl_fetch_request *request, int *http_status, bl_buffer *body);

/* Each fails the test when it does not hold. `s` NULL: there is nothing to ask services with. */
bl_credentials_provider *provider_of(const char *profile, const bl_remote_choices *choices, service *s);
/* "access key/secret key/token", or the message of a failure. Returns `out`. */
const char *describe_credentials(bl_credentials_provider *provider, char *out, size_t size);
void assert_credentials(const char *profile, const bl_remote_choices *choices, service *s, const char *expected);
/* That no provider can be made, and that the message has `expected` in it. */
void assert_refused(const char *profile, const bl_remote_choices *choices, bloop_status status, const char *expected);

/* What a service is asked, what it answers, and what becomes of that. */
typedef struct service_case {
    const char *variables[3];
    answer answers[4];
    const char *asked;    /* NULL: not compared */
    const char *expected; /* as describe_credentials has it */
} service_case;

/* With a file of the home (NULL: none). */
void check_services(const service_case *cases, size_t count, const char *home_file, const char *text);

#define FUTURE "2999-01-02T03:04:05Z"
/* What STS answers: the credentials A/s/t/+=. */
#define STS_GOOD                                                                                            \
    "<AssumeRoleWithWebIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"             \
    "<AssumeRoleWithWebIdentityResult><Audience>x</Audience><Credentials><SessionToken>t/+=</SessionToken>" \
    "<SecretAccessKey>s</SecretAccessKey><Expiration>" FUTURE                                               \
    "</Expiration><AccessKeyId>A</AccessKeyId></Credentials>"                                               \
    "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"

#endif
