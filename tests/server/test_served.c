/* The library's own client at a server that is not what it was told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <bloop/remote.h>

#include "support/served.h"
#include "support/stores.h"

static void test_a_server_without_tls_is_told(void **state)
{
    char url[128];
    (void)state;
    served s = served_start(NULL, NULL);
    snprintf(url, sizeof url, "https%s", served_url(&s) + strlen("http"));
    bloop_backend *backend = bloop_remote_open_with(.endpoint = url, .region = "us-east-1", .access_key = "A",
                                                    .secret_key = "secret", .max_attempts = 1);
    assert_non_null(backend);
    bloop_list_tables_result result;
    stores_fails(bloop_list_tables(backend, &(bloop_list_tables_request){ .limit = 1 }, &result), BLOOP_NETWORK);
    const char *message = bloop_last_error()->message;
    if (!strstr(message, "does it speak TLS? If not, its URL begins with http://"))
        fail_msg("%s", message);
    bloop_backend_close(backend);
    served_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_server_without_tls_is_told) };
    return cmocka_run_group_tests_name("server/served", tests, NULL, NULL);
}
