/* culprit: colunm; lines: 125 */
#include <bloop.h>

BLOOP_MODEL(Account,
    colunm(UUID, id, .hash_key = true));
