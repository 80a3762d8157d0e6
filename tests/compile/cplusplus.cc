// The headers in C++: types and functions; the macros are for C.
#include <bloop.h>

bloop_status use(bloop_engine *engine, const bloop_model *model, const bloop_column *column);
bloop_status use(bloop_engine *engine, const bloop_model *model, const bloop_column *column)
{
    void *object = bloop_object_new(model);
    bloop_set_of_String tags = { nullptr, 0 };
    bloop_status status = bloop_object_set(object, column, &tags);
    bloop_free(object);
    return engine ? status : BLOOP_INVALID_ARGUMENT;
}
