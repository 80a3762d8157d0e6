/* culprit: emial */
#include "models.h"

void set(struct Account *account);
void set(struct Account *account)
{
    bloop_set(account, emial, "x");
}
