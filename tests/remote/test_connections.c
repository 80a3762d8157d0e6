/* How connections come about: TLS and whom it trusts, proxies, endpoints, and the URLs that open a backend. */
#include "remote_test.h"

#include <bloop/engine.h>

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "certificates.h"
#include "support/scratch.h"

typedef struct fixture {
    scratch folder;
    authority ours, others;
} fixture;

static int begin(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = scratch_new();
    f->ours = make_authority(f->folder.folder, "ours");
    f->others = make_authority(f->folder.folder, "others");
    *state = f;
    return 0;
}

static int end(void **state)
{
    fixture *f = *state;
    scratch_remove(&f->folder);
    free(f);
    return 0;
}

/* Says that it is there; remembers how it was asked. */
static void answer(void *context, const peer_request *request, peer_reply *reply)
{
    char *head = context;
    if (head)
        snprintf(head, 4096, "%s", request->head);
    *reply = (peer_reply){ .body = "{}", .crc = true };
}

static peer *secure_peer(fixture *f, const authority *issuer, cert_flaw flaw)
{
    identity id = make_identity(f->folder.folder, "server", issuer, flaw);
    return peer_start(&(peer_options){ .answer = answer, .certificate = id.certificate, .key = id.key });
}

static void test_a_trusted_server_is_spoken_to(void **state)
{
    fixture *f = *state;
    peer *p = secure_peer(f, &f->ours, FLAW_NONE);
    bloop_backend *backend = open_at(p, .ca_file = f->ours.certificate);
    for (int i = 0; i < 5; i++)
        expect_ok(put_thing(backend, "a"));
    assert_int_equal(peer_connections(p), 1);
    bloop_backend_close(backend);
    peer_stop(p);
}

/* No such connection is made, so that no write may have happened; and none is tried again. */
static void test_others_are_not(void **state)
{
    static const struct {
        cert_flaw flaw;
        bool other_issuer, default_issuers;
        const char *words;
    } cases[] = {
        { FLAW_OTHER_HOST, false, false, "no alternative certificate subject name matches" },
        { FLAW_EXPIRED, false, false, "certificate has expired" },
        { FLAW_NOT_YET_VALID, false, false, "certificate is not yet valid" },
        { FLAW_NONE, true, false, "unable to get local issuer certificate" },
        { FLAW_NONE, false, true, "unable to get local issuer certificate" },
    };
    fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        peer *p = secure_peer(f, cases[i].other_issuer ? &f->others : &f->ours, cases[i].flaw);
        bloop_backend *backend = open_at(p, .ca_file = cases[i].default_issuers ? NULL : f->ours.certificate);
        expect_failure(write_thing(backend, &(text_write){ .kind = BLOOP_WRITE_PUT,
                                                           .item = "{id: \"a\"}",
                                                           .condition = "attribute_not_exists(id)" }),
                       BLOOP_NETWORK, cases[i].words);
        assert_int_equal(peer_requests(p), 0);
        assert_int_equal(peer_connections(p), 1);
        bloop_backend_close(backend);
        peer_stop(p);
    }
}

/* Takes one connection, answers its first bytes in plain text, and waits for its end. */
/* STS, and the table's service. */
static void hand_out_or_answer(void *context, const peer_request *request, peer_reply *reply)
{
    if (strncmp(request->body, "Action=AssumeRole&", strlen("Action=AssumeRole&")) == 0)
        *reply =
            (peer_reply){ .body = "<Credentials><AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s"
                                  "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-02T03:04:05Z"
                                  "</Expiration></Credentials>" };
    else
        answer(context, request, reply);
}

/* Whom the backend trusts it also trusts to hand out credentials, and nobody else. */
static void test_credentials_come_from_whom_is_trusted(void **state)
{
    static const char config[] = "[default]\nrole_arn = arn\nsource_profile = base\n[profile base]\n"
                                 "aws_access_key_id = B\naws_secret_access_key = b\n";
    fixture *f = *state;
    char head[4096] = "", path[PATH_MAX];
    identity id = make_identity(f->folder.folder, "server", &f->ours, FLAW_NONE);
    peer *p = peer_start(
        &(peer_options){ .answer = hand_out_or_answer, .context = head, .certificate = id.certificate, .key = id.key });
    scratch_write(scratch_path(&f->folder, "config", path), config, sizeof config - 1);
    setenv("AWS_CONFIG_FILE", path, 1);
    setenv("AWS_ENDPOINT_URL", peer_url(p), 1);
    bloop_remote_options options = { .size = sizeof options, .ca_file = f->ours.certificate, .max_attempts = 1 };
    bloop_backend *backend = bloop_remote_open(&options);
    assert_non_null(backend);
    expect_ok(get_thing(backend, "a"));
    assert_non_null(strstr(head, "Credential=AKIDROLE/"));
    bloop_backend_close(backend);
    options.ca_file = f->others.certificate;
    backend = bloop_remote_open(&options);
    assert_non_null(backend);
    expect_failure(get_thing(backend, "a"), BLOOP_NETWORK, "the role's credentials: ");
    bloop_backend_close(backend);
    setenv("AWS_CONFIG_FILE", "/nonexistent/config", 1);
    unsetenv("AWS_ENDPOINT_URL");
    peer_stop(p);
}

static void *speak_plainly(void *listener)
{
    static const char refusal[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    char bytes[4096];
    int s = accept(*(int *)listener, NULL, NULL);
    if (recv(s, bytes, sizeof bytes, 0) > 0)
        (void)!send(s, refusal, sizeof refusal - 1, MSG_NOSIGNAL);
    while (recv(s, bytes, sizeof bytes, 0) > 0)
        ;
    close(s);
    return NULL;
}

static void test_a_server_without_tls_is_told(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof address;
    pthread_t server;
    char url[64];
    (void)state;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    assert_int_equal(pthread_create(&server, NULL, speak_plainly, &listener), 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%d", ntohs(address.sin_port));
    bloop_backend *backend = open_at(NULL, .endpoint = url, .max_attempts = 1);
    expect_failure(get_thing(backend, "a"), BLOOP_NETWORK, "does it speak TLS? If not, its URL begins with http://");
    bloop_backend_close(backend);
    pthread_join(server, NULL);
    close(listener);
}

static void test_the_environment_names_whom_to_trust(void **state)
{
    static const char *const names[] = { "AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE" };
    fixture *f = *state;
    peer *p = secure_peer(f, &f->ours, FLAW_NONE);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setenv(names[i], f->ours.certificate, 1);
        bloop_backend *backend = open_at(p);
        expect_ok(get_thing(backend, "a"));
        bloop_backend_close(backend);
        /* What is chosen comes first. */
        backend = open_at(p, .ca_file = f->others.certificate, .max_attempts = 1);
        expect_status(get_thing(backend, "a"), BLOOP_NETWORK);
        bloop_backend_close(backend);
        unsetenv(names[i]);
    }
    bloop_backend *backend = open_at(p, .ca_file = "/nonexistent/authorities.pem");
    expect_failure(get_thing(backend, "a"), BLOOP_NETWORK, "authorities.pem");
    bloop_backend_close(backend);
    peer_stop(p);
}

/* A process that does not ignore SIGPIPE survives a server that goes away, over TLS too. */
static void close_at_once(void *context, const peer_request *request, peer_reply *reply)
{
    (void)context;
    (void)request;
    *reply = (peer_reply){ .fault = PEER_RESETS };
}

static void meet_resets(void *context)
{
    signal(SIGPIPE, SIG_DFL);
    for (int i = 0; i < 20; i++)
        trial_check(get_thing(context, "a") == BLOOP_NETWORK, "%s", bloop_last_error()->message);
}

typedef struct forked_client {
    int url[2]; /* a pipe: the client is told its server's URL once there is one */
    const char *ca_file;
} forked_client;

static void open_and_meet_resets(void *context)
{
    const forked_client *client = context;
    char url[128] = "";
    trial_check(read(client->url[0], url, sizeof url - 1) > 0, "there is no URL");
    bloop_remote_options options = {
        .size = sizeof options, .endpoint = url, .ca_file = client->ca_file, .max_attempts = 1
    };
    bloop_backend *backend = remote_test_open(NULL, &options);
    meet_resets(backend);
    bloop_backend_close(backend);
}

static void test_a_broken_connection_is_no_signal(void **state)
{
    fixture *f = *state;
    identity id = make_identity(f->folder.folder, "server", &f->ours, FLAW_NONE);
    const peer_options servers[] = {
        { .answer = close_at_once },
        { .answer = close_at_once, .certificate = id.certificate, .key = id.key },
    };
    for (size_t i = 0; i < 2; i++) {
        forked_client client = { .ca_file = f->ours.certificate };
        assert_int_equal(pipe(client.url), 0);
        /* Before there are threads: one that held a lock of the allocator would leave it locked in the child for good. */
        pid_t child = trial_fork(open_and_meet_resets, &client);
        peer *p = peer_start(&servers[i]);
        size_t size = strlen(peer_url(p));
        assert_int_equal(write(client.url[1], peer_url(p), size), size);
        trial_join(child);
        peer_stop(p);
        close(client.url[0]);
        close(client.url[1]);
    }
}

/* The peer is the proxy here: it is asked for the whole URL. */
static void test_proxies(void **state)
{
    static const struct {
        const char *variable;  /* that names the proxy; NULL: the option does */
        const char *exception; /* no_proxy */
        bool used;
    } cases[] = {
        { NULL, NULL, true },
        { "http_proxy", NULL, true },
        { "http_proxy", "dynamodb.example", false },
        { "all_proxy", NULL, true },
    };
    char head[4096] = "";
    (void)state;
    peer *p = peer_start(&(peer_options){ .answer = answer, .context = head });
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (cases[i].variable)
            setenv(cases[i].variable, peer_url(p), 1);
        if (cases[i].exception)
            setenv("no_proxy", cases[i].exception, 1);
        bloop_backend *backend = open_at(p, .endpoint = "http://dynamodb.example:8000", .max_attempts = 1,
                                         .proxy = cases[i].variable ? NULL : peer_url(p));
        if (cases[i].used) {
            expect_ok(get_thing(backend, "a"));
            assert_non_null(strstr(head, "POST http://dynamodb.example:8000/ HTTP/1.1\r\n"));
            assert_non_null(strstr(head, "\r\nHost: dynamodb.example:8000\r\n"));
        } else {
            uint64_t before = peer_requests(p);
            assert_int_not_equal(get_thing(backend, "a"), BLOOP_OK);
            assert_int_equal(peer_requests(p), before);
        }
        bloop_backend_close(backend);
        if (cases[i].variable)
            unsetenv(cases[i].variable);
        unsetenv("no_proxy");
    }
    /* An empty proxy is none, whatever the environment says. */
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", peer_dead_port());
    setenv("http_proxy", url, 1);
    bloop_backend *backend = open_at(p, .proxy = "");
    expect_ok(get_thing(backend, "a"));
    bloop_backend_close(backend);
    unsetenv("http_proxy");
    peer_stop(p);
}

static void test_endpoints_with_a_path(void **state)
{
    char head[4096] = "", url[128];
    (void)state;
    peer *p = peer_start(&(peer_options){ .answer = answer, .context = head });
    snprintf(url, sizeof url, "%s/some/path", peer_url(p));
    bloop_backend *backend = open_at(p, .endpoint = url);
    expect_ok(get_thing(backend, "a"));
    assert_non_null(strstr(head, "POST /some/path HTTP/1.1\r\n"));
    bloop_backend_close(backend);
    peer_stop(p);
}

static void test_endpoints_that_are_none(void **state)
{
    static const struct {
        const char *endpoint;
        bloop_status status;
        const char *words;
    } cases[] = {
        { "ftp://host", BLOOP_INVALID_URL, "http" },
        { "http://", BLOOP_INVALID_URL, "http://" },
        { "http://user:word@host", BLOOP_INVALID_URL, "credentials" },
        { "http://host:99999", BLOOP_INVALID_URL, "99999" },
        { "http://host/?a=b", BLOOP_INVALID_URL, "query" },
        { "http://ho st", BLOOP_INVALID_URL, "ho st" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bloop_remote_options options = { .size = sizeof options, .endpoint = cases[i].endpoint };
        assert_null(bloop_remote_open(&options));
        remote_test_expect(bloop_last_error()->status, cases[i].status, cases[i].words, cases[i].endpoint, __LINE__);
        assert_null(strstr(bloop_last_error()->message, "word"));
    }
}

static void test_options_that_are_none(void **state)
{
    static const bloop_remote_options cases[] = {
        { .size = 1 },
        { .size = sizeof(bloop_remote_options), .endpoint = "http://host", .access_key = "key" },
        { .size = sizeof(bloop_remote_options), .endpoint = "http://host", .secret_key = "key" },
        { .size = sizeof(bloop_remote_options), .endpoint = "http://host", .session_token = "token" },
        { .size = sizeof(bloop_remote_options), .access_key = "key", .secret_key = "key" }, /* no region anywhere */
        { .size = sizeof(bloop_remote_options), .endpoint = "http://host", .profile = "no such profile" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(bloop_remote_open(&cases[i]));
        expect_status(bloop_last_error()->status, BLOOP_INVALID_ARGUMENT);
    }
}

/* Emulators take any signature: none has to be configured, and nobody is asked for one. */
static void test_other_endpoints_need_no_credentials(void **state)
{
    char head[4096] = "", url[128];
    (void)state;
    peer *p = peer_start(&(peer_options){ .answer = answer, .context = head });
    snprintf(url, sizeof url, "%s?timeout_ms=60000&max_attempts=1&in_flight=4&max_connections=8", peer_url(p));
    bloop_backend *backend = bloop_backend_open(url);
    assert_non_null(backend);
    expect_ok(get_thing(backend, "a"));
    assert_non_null(strstr(head, "/us-east-1/dynamodb/aws4_request"));
    bloop_backend_close(backend);

    /* What is configured is used. */
    setenv("AWS_ACCESS_KEY_ID", "AKIDCONFIGURED", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "configured", 1);
    setenv("AWS_REGION", "eu-west-1", 1);
    backend = bloop_backend_open(peer_url(p));
    assert_non_null(backend);
    expect_ok(get_thing(backend, "a"));
    assert_non_null(strstr(head, "Credential=AKIDCONFIGURED/"));
    assert_non_null(strstr(head, "/eu-west-1/dynamodb/aws4_request"));
    bloop_backend_close(backend);

    /* An endpoint in the environment, and a region in the URL. */
    setenv("AWS_ENDPOINT_URL_DYNAMODB", peer_url(p), 1);
    backend = bloop_backend_open("aws:ap-south-1");
    assert_non_null(backend);
    expect_ok(get_thing(backend, "a"));
    assert_non_null(strstr(head, "/ap-south-1/dynamodb/aws4_request"));
    bloop_backend_close(backend);
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
    unsetenv("AWS_REGION");

    /* Such an endpoint needs nothing else. */
    backend = bloop_remote_open(NULL);
    assert_non_null(backend);
    expect_ok(get_thing(backend, "a"));
    assert_non_null(strstr(head, "Credential=bloop/"));
    assert_non_null(strstr(head, "/us-east-1/dynamodb/aws4_request"));
    bloop_backend_close(backend);
    unsetenv("AWS_ENDPOINT_URL_DYNAMODB");
    peer_stop(p);
}

static void test_urls_that_are_none(void **state)
{
    static const struct {
        const char *url;
        bloop_status status;
        const char *words;
    } cases[] = {
        { "http:host", BLOOP_INVALID_URL, "http" },
        { "http://host?timeout_ms=0", BLOOP_INVALID_URL, "timeout_ms=0" },
        { "http://host?timeout_ms=soon", BLOOP_INVALID_URL, "timeout_ms=soon" },
        { "http://host?max_attempts=4294967296", BLOOP_INVALID_URL, "max_attempts" },
        { "http://host?durability=later", BLOOP_INVALID_URL, "no parameter 'durability'" },
        { "aws:us-east-1?region=us-west-2", BLOOP_INVALID_URL, "no parameter 'region'" },
        { "aws:", BLOOP_INVALID_ARGUMENT, "region" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_null(bloop_backend_open(cases[i].url));
        remote_test_expect(bloop_last_error()->status, cases[i].status, cases[i].words, cases[i].url, __LINE__);
    }
}

int main(void)
{
    remote_test_begin();
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_credentials_come_from_whom_is_trusted),
        TEST(test_a_trusted_server_is_spoken_to),
        TEST(test_others_are_not),
        TEST(test_a_server_without_tls_is_told),
        TEST(test_the_environment_names_whom_to_trust),
        TEST(test_a_broken_connection_is_no_signal),
        cmocka_unit_test(test_proxies),
        cmocka_unit_test(test_endpoints_with_a_path),
        cmocka_unit_test(test_endpoints_that_are_none),
        cmocka_unit_test(test_options_that_are_none),
        cmocka_unit_test(test_other_endpoints_need_no_credentials),
        cmocka_unit_test(test_urls_that_are_none),
    };
    return cmocka_run_group_tests_name("remote/connections", tests, NULL, NULL);
}
