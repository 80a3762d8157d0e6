/* The names and meanings of statuses, out of the one list. */
#include <bloop/error.h>

const char *bloop_status_name(bloop_status status)
{
    switch (status) {
#define BLOOP_STATUS_(name, number, text) \
    case number:                          \
        return #name;
#include <bloop/error_list.h>
#undef BLOOP_STATUS_
    }
    return "?";
}

const char *bloop_status_text(bloop_status status)
{
    switch (status) {
#define BLOOP_STATUS_(name, number, text) \
    case number:                          \
        return text;
#include <bloop/error_list.h>
#undef BLOOP_STATUS_
    }
    return "a status that this library does not have";
}
