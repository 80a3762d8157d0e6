/* culprit: bloop_column */
#include "models.h"

bloop_search *query(bloop_engine *engine);
bloop_search *query(bloop_engine *engine)
{
    return bloop_query(engine, Account.email, .key = bloop_eq(Account.email, "x"));
}
