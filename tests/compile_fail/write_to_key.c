/* culprit: number */
#include "models.h"

void set(struct Account *account);
void set(struct Account *account)
{
    account->home.number = 5;
}
