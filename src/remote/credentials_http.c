/* One exchange with a service that hands out credentials. */
#include "credentials_source_private.h"

enum { PATIENT_ATTEMPTS = 3, FIRST_PAUSE_MS = 100, HTTP_OK = 200, HTTP_SERVER_ERROR = 500 };

bloop_status bl_source_fetch(const bl_credentials_source *source, const bl_fetch_request *request, bool patient,
                             bl_buffer *body)
{
    bloop_status status = body->status;
    if (status == BLOOP_OK && !source->fetch)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: there is nothing to ask the service with", source->name);
    if (status != BLOOP_OK)
        return status;
    int http_status = 0, attempts = patient ? PATIENT_ATTEMPTS : 1;
    size_t before = body->size;
    for (int attempt = 0; attempt < attempts; attempt++) {
        if (attempt)
            bl_sleep_ms((int64_t)FIRST_PAUSE_MS << attempt);
        body->size = before;
        http_status = 0;
        status = source->fetch(source->context, request, &http_status, body);
        bool again = status == BLOOP_NETWORK || status == BLOOP_TIMEOUT || http_status >= HTTP_SERVER_ERROR;
        if (!again)
            break;
    }
    if (status != BLOOP_OK)
        return bl_error_context("%s", source->name);
    if (http_status != HTTP_OK)
        return bl_error(BLOOP_ACCESS_DENIED, "%s: the service answers with HTTP status %d", source->name, http_status);
    return body->status;
}
