/* The models that the failing programs use. */
#include <bloop.h>

BLOOP_MAP(Address, key(String, street), key(Integer, number));
BLOOP_MODEL(Account,
    column(UUID,        id, .hash_key = true),
    column(String,      email),
    column(Number,      balance),
    column(DateTime,    created_on),
    column(Set(String), tags),
    column(Map(Address), home));
