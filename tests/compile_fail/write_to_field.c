/* culprit: email */
#include "models.h"

void set(struct Account *account);
void set(struct Account *account)
{
    account->email = "x";
}
