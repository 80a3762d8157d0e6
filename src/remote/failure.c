/* libcurl's failures in this library's words: a table. */
#include "attempt_private.h"

typedef struct failure_row {
    CURLcode code;
    bl_failure failure;
} failure_row;

/* Those that are not here are faults of a setting, or of the other side, that another attempt would meet again. */
static const failure_row rows[] = {
    { CURLE_COULDNT_RESOLVE_PROXY, { BLOOP_NETWORK, true } },
    { CURLE_COULDNT_RESOLVE_HOST, { BLOOP_NETWORK, true } },
    { CURLE_COULDNT_CONNECT, { BLOOP_NETWORK, true } },
    { CURLE_SSL_CONNECT_ERROR, { BLOOP_NETWORK, true } },
    { CURLE_OPERATION_TIMEDOUT, { BLOOP_TIMEOUT, true } },
    { CURLE_SEND_ERROR, { BLOOP_NETWORK, true } },
    { CURLE_RECV_ERROR, { BLOOP_NETWORK, true } },
    { CURLE_GOT_NOTHING, { BLOOP_NETWORK, true } },
    { CURLE_PARTIAL_FILE, { BLOOP_NETWORK, true } },
    { CURLE_WEIRD_SERVER_REPLY, { BLOOP_NETWORK, true } },
    { CURLE_UNSUPPORTED_PROTOCOL, { BLOOP_NETWORK, true } }, /* the answer is no HTTP */
    { CURLE_ABORTED_BY_CALLBACK, { BLOOP_NETWORK, true } },  /* the connection broke, and libcurl may not send again */
    { CURLE_OUT_OF_MEMORY, { BLOOP_NO_MEMORY, false } },
};

bl_failure bl_failure_of_curl(CURLcode code)
{
    for (size_t i = 0; i < BL_COUNT_OF(rows); i++)
        if (rows[i].code == code)
            return rows[i].failure;
    return (bl_failure){ BLOOP_NETWORK, false };
}
