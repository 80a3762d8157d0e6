/* culprit: created_on */
#include "models.h"

void set(struct Account *account);
void set(struct Account *account)
{
    bloop_set(account, created_on, 5);
}
