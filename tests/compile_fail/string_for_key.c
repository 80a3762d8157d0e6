/* culprit: number */
#include "models.h"

void set(struct Account *account);
void set(struct Account *account)
{
    bloop_set(account, home.number, "seven");
}
