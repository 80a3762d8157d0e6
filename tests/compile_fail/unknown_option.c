/* culprit: hashkey; lines: 40 */
#include <bloop.h>

BLOOP_MODEL(Account,
    column(UUID, id, .hashkey = true));
