/* Random bytes from the system. */
#include "base/base.h"

#include <errno.h>
#include <sys/random.h>

bloop_status bl_random(void *out, size_t size)
{
    uint8_t *to = out;
    while (size > 0) {
        ssize_t got = getrandom(to, size, 0);
        if (got < 0 && errno != EINTR)
            return bl_error(BLOOP_IO, "the system gives no random bytes: %s", strerrordesc_np(errno));
        if (got > 0) {
            to += got;
            size -= (size_t)got;
        }
    }
    return BLOOP_OK;
}
