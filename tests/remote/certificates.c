/* Certificates for the tests of TLS, made with OpenSSL. */
#include "certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "support/trial.h"

enum { DAY = 24 * 60 * 60 };

static X509 *new_certificate(EVP_PKEY *key, const char *name, long from_s, long to_s);
static void extend(X509 *certificate, int what, const char *value);
static void write_files(const char *certificate_path, X509 *certificate, const char *key_path, EVP_PKEY *key);
static EVP_PKEY *read_key(const char *path);
static X509 *read_certificate(const char *path);

authority make_authority(const char *folder, const char *name)
{
    authority made;
    snprintf(made.certificate, sizeof made.certificate, "%s/%s.pem", folder, name);
    snprintf(made.key, sizeof made.key, "%s/%s.key", folder, name);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    trial_check(key, "no key");
    X509 *certificate = new_certificate(key, name, -DAY, DAY);
    trial_check(X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) == 1, "no issuer");
    extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
    trial_check(X509_sign(certificate, key, EVP_sha256()) > 0, "not signed");
    write_files(made.certificate, certificate, made.key, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return made;
}

identity make_identity(const char *folder, const char *name, const authority *issuer, cert_flaw flaw)
{
    identity made;
    snprintf(made.certificate, sizeof made.certificate, "%s/%s.pem", folder, name);
    snprintf(made.key, sizeof made.key, "%s/%s.key", folder, name);
    EVP_PKEY *key = EVP_EC_gen("P-256"), *issuer_key = read_key(issuer->key);
    X509 *issued_by = read_certificate(issuer->certificate);
    trial_check(key && issuer_key && issued_by, "no key");
    long from = flaw == FLAW_NOT_YET_VALID ? DAY / 2 : -DAY, to = flaw == FLAW_EXPIRED ? -DAY / 2 : DAY;
    X509 *certificate = new_certificate(key, name, from, to);
    trial_check(X509_set_issuer_name(certificate, X509_get_subject_name(issued_by)) == 1, "no issuer");
    extend(certificate, NID_subject_alt_name,
           flaw == FLAW_OTHER_HOST ? "DNS:elsewhere.example,IP:127.0.0.2" : "DNS:localhost,IP:127.0.0.1");
    trial_check(X509_sign(certificate, issuer_key, EVP_sha256()) > 0, "not signed");
    write_files(made.certificate, certificate, made.key, key);
    X509_free(certificate);
    X509_free(issued_by);
    EVP_PKEY_free(issuer_key);
    EVP_PKEY_free(key);
    return made;
}

static X509 *new_certificate(EVP_PKEY *key, const char *name, long from_s, long to_s)
{
    static long serial;
    X509 *certificate = X509_new();
    trial_check(certificate && X509_set_version(certificate, 2) == 1, "no certificate");
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), from_s);
    X509_gmtime_adj(X509_getm_notAfter(certificate), to_s);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                               -1, 0);
    trial_check(X509_set_pubkey(certificate, key) == 1, "no public key");
    return certificate;
}

static void extend(X509 *certificate, int what, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, what, value);
    trial_check(extension && X509_add_ext(certificate, extension, -1) == 1, "no extension");
    X509_EXTENSION_free(extension);
}

static void write_files(const char *certificate_path, X509 *certificate, const char *key_path, EVP_PKEY *key)
{
    FILE *file = fopen(certificate_path, "w");
    trial_check(file && PEM_write_X509(file, certificate) == 1 && fclose(file) == 0, "no certificate file");
    file = fopen(key_path, "w");
    trial_check(file && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1 && fclose(file) == 0,
                "no key file");
}

static EVP_PKEY *read_key(const char *path)
{
    FILE *file = fopen(path, "r");
    EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    return key;
}

static X509 *read_certificate(const char *path)
{
    FILE *file = fopen(path, "r");
    X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
    if (file)
        fclose(file);
    return certificate;
}
