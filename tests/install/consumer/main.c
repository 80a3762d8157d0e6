/* A program of somebody else: it knows the installed headers only, and uses names that the library uses inside. */

#include <bloop.h>
#include <stdio.h>

/* Internal names of the library are hidden, in the archive too, so a program may have its own. */
int bl_error = 7;
int bl_alloc = 7;

int main(void)
{
    printf("bloop %s: %s\n", bloop_version(), bloop_last_error()->status == BLOOP_OK ? "no error" : "an error");
    return bl_error - bl_alloc;
}
