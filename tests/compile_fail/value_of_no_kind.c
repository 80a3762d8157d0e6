/* culprit: Address */
#include "models.h"

bloop_condition *condition(struct Address address);
bloop_condition *condition(struct Address address)
{
    return bloop_eq(Account.home, address);
}
