/* culprit: email */
#include "models.h"

void append(struct Account *account);
void append(struct Account *account)
{
    bloop_append(account, email, "x");
}
