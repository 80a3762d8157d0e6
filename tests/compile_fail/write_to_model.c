/* culprit: email */
#include "models.h"

void set(void);
void set(void)
{
    Account.email.hash_key = true;
}
