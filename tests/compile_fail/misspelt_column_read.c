/* culprit: emial */
#include "models.h"

const char *email_of(const struct Account *account);
const char *email_of(const struct Account *account)
{
    return account->emial;
}
