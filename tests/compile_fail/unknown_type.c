/* culprit: Strin; lines: 80 */
#include <bloop.h>

BLOOP_MODEL(Account,
    column(UUID, id, .hash_key = true),
    column(Strin, email));
