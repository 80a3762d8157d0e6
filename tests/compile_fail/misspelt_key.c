/* culprit: stret; lines: 95 */
#include "models.h"

void set(struct Account *account);
void set(struct Account *account)
{
    bloop_set(account, home, bloop_map(Address, set(stret, "Main Street")));
}
