/* What backends of ours can't show of what the suite asks for, and why: the tests that are left out. A row that names no test
   of the suite fails the run, so that the list does not outlive its reasons. What others' servers do otherwise is in
   tests/interop/peers/known_differences.ini. */
#include <string.h>

#include "contract.h"

typedef struct difference {
    const char *test, *why;
} difference;

typedef struct differing {
    const char *backend;
    const difference *rows; /* the one without a test ends them */
} differing;

static const differing *find(const char *backend);

/* The embedded store behind its own server. */
static const difference remote[] = {
    { "tells_whether_it_was_there", "the protocol does not tell it" },
    { "survives_failed_allocations", "the store's allocations are made by the server" },
    { NULL, NULL },
};

static const differing all[] = {
    { "remote", remote },
};

bool contract_differs(const char *backend, const char *test)
{
    const differing *of = find(backend);
    for (const difference *row = of ? of->rows : NULL; row && row->test; row++)
        if (strcmp(row->test, test) == 0)
            return true;
    return false;
}

size_t contract_difference_count(const char *backend)
{
    const differing *of = find(backend);
    size_t count = 0;
    while (of && of->rows[count].test)
        count++;
    return count;
}

static const differing *find(const char *backend)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].backend, backend) == 0)
            return &all[i];
    return NULL;
}
