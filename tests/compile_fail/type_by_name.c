/* culprit: bloop_tag */
#include "models.h"

bloop_condition *condition(void);
bloop_condition *condition(void)
{
    return bloop_is_type(Account.email, "S");
}
