/* culprit: emial */
#include "models.h"

bloop_condition *condition(void);
bloop_condition *condition(void)
{
    return bloop_gt(bloop_size(Account.emial), 3);
}
