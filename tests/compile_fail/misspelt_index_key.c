/* culprit: emial; lines: 35 */
#include <bloop.h>

BLOOP_MODEL(Account,
    column(UUID, id, .hash_key = true),
    column(String, email),
    global_index(by_email, .hash_key = &Account.emial));
