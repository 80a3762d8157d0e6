/* See store.h. */
#include "store.h"

bloop_backend *memory_store(void)
{
    bloop_backend *made = bloop_store_open(&(bloop_store_options){ .path = NULL });
    assert_non_null(made);
    return made;
}

void given_notes(bloop_backend *backend, const char *table)
{
    const bloop_attribute_definition id = { "id", BLOOP_TAG_S };
    const bloop_table_definition definition = { .name = table,
                                                .hash_key = "id",
                                                .attributes = &id,
                                                .attribute_count = 1,
                                                .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    expect_ok(bloop_create_table(backend, &definition, NULL));
}

void expect_status_(bloop_status got, bloop_status wanted, int line)
{
    if (got != wanted)
        fail_msg("line %d: %s instead of %s: %s", line, bloop_status_name(got), bloop_status_name(wanted),
                 bloop_last_error()->message);
    if (wanted != BLOOP_OK)
        assert_int_equal(bloop_last_error()->status, wanted);
}

bloop_status write_note(bloop_backend *backend, bloop_write_kind kind, const char *table, const char *item,
                        const char *update, const char *condition)
{
    notation n = { 0 };
    const bloop_write_request request = { .kind = kind,
                                          .table = table,
                                          .item = notation_value(&n, item),
                                          .update = update ? notation_update(&n, update) : NULL,
                                          .condition = condition ? notation_condition(&n, condition) : NULL };
    bloop_status status = bloop_write_item(backend, &request, NULL);
    notation_free(&n);
    return status;
}

int has_note(bloop_backend *backend, const char *key)
{
    notation n = { 0 };
    const bloop_get_request request = { .table = "notes", .key = notation_value(&n, key) };
    bloop_get_result result;
    bloop_status status = bloop_get_item(backend, &request, &result);
    bool found = result.found;
    bloop_result_free(&result.memory);
    notation_free(&n);
    return status == BLOOP_OK ? found : -(int)status;
}
