/* Certificates made by the tests that need them. */
#ifndef BLOOP_TEST_REMOTE_CERTIFICATES_H
#define BLOOP_TEST_REMOTE_CERTIFICATES_H

#include <limits.h>

/* PEM files in a folder. */
typedef struct authority {
    char certificate[PATH_MAX], key[PATH_MAX];
} authority;

typedef struct identity {
    char certificate[PATH_MAX], key[PATH_MAX];
} identity;

/* What is wrong with a certificate. */
typedef enum cert_flaw { FLAW_NONE, FLAW_OTHER_HOST, FLAW_EXPIRED, FLAW_NOT_YET_VALID } cert_flaw;

authority make_authority(const char *folder, const char *name);
/* For 127.0.0.1 and localhost, unless it is to be flawed. */
identity make_identity(const char *folder, const char *name, const authority *issuer, cert_flaw flaw);

#endif
