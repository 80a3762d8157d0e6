/* culprit: Address; lines: 22 */
#include "models.h"

bloop_condition *condition(struct Address address);
bloop_condition *condition(struct Address address)
{
    return bloop_where(Account, "home = ?", address);
}
