/* culprit: bloop_model_ */
#include "models.h"

bloop_condition *condition(void);
bloop_condition *condition(void)
{
    return bloop_where(Account.email, "email = ?", "x");
}
