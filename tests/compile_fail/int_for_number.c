/* culprit: balance */
#include "models.h"

void set(struct Account *account);
void set(struct Account *account)
{
    bloop_set(account, balance, 5);
}
