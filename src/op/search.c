/* bloop_search_page and the walk over a page. */
#include <bloop/op.h>
#include <bloop/sys/backend.h>

#include "op/op.h"
#include "op/writes_private.h"
#include "value/value.h"

bloop_status bloop_search_page(bloop_backend *backend, const bloop_search_request *request, bloop_search_result *out)
{
    if (out)
        *out = (bloop_search_result){ 0 };
    if (!backend || !request || !out)
        return bl_error(BLOOP_INVALID_ARGUMENT, "%s: an argument that is needed is NULL", __func__);
    if (!backend->operations->search_page)
        return bl_op_unsupported(backend, "search_page");
    bloop_status status = bl_op_check_search(request);
    if (status != BLOOP_OK)
        return status;
    status = backend->operations->search_page(backend, request, out);
    if (status == BLOOP_OK)
        return BLOOP_OK;
    bloop_result_free(&out->memory);
    *out = (bloop_search_result){ 0 };
    return status;
}

bool bloop_page_next(const bloop_search_result *page, size_t *position, bloop_item *item)
{
    if (*position >= page->items_size)
        return false;
    *item = bl_value_at(page->items + *position);
    *position += item->size;
    return true;
}
