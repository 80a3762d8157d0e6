/* culprit: int */
#include "models.h"

bloop_condition *condition(void);
bloop_condition *condition(void)
{
    return bloop_where(Account, 3);
}
