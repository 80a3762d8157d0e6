/* The store without models: DynamoDB's operations as typed requests (bloop/op.h), on items that are read from JSON.

   A shop's table is created, orders are put, one is updated under a condition, and the result is printed as JSON. */
#include <bloop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const orders[] = {
    "{\"shop\": \"berlin\", \"order\": 1, \"lines\": [{\"article\": \"tea\", \"count\": 2}], \"paid\": false}",
    "{\"shop\": \"berlin\", \"order\": 2, \"lines\": [], \"note\": \"call first\", \"paid\": false}",
    "{\"shop\": \"oslo\", \"order\": 1, \"lines\": [{\"article\": \"cups\", \"count\": 6}], \"paid\": true}",
};

static void must(bloop_status status);

static void create_table(bloop_backend *store)
{
    const bloop_attribute_definition keys[] = { { "shop", BLOOP_TAG_S }, { "order", BLOOP_TAG_N } };
    const bloop_table_definition table = { .name = "orders",
                                           .hash_key = "shop",
                                           .range_key = "order",
                                           .attributes = keys,
                                           .attribute_count = 2,
                                           .billing = BLOOP_BILLING_PAY_PER_REQUEST };
    must(bloop_create_table(store, &table, NULL));
}

static void put_orders(bloop_backend *store, bloop_builder *builder)
{
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        bloop_item item; /* plain JSON is the document form; bloop_item_of_json reads DynamoDB's {"S": …} form */
        must(bloop_document_of_json(orders[i], strlen(orders[i]), builder, &item));
        must(bloop_write_item(store, &(bloop_write_request){ .kind = BLOOP_WRITE_PUT, .table = "orders", .item = item },
                              NULL));
    }
}

static bloop_item key_of(bloop_builder *builder, const char *shop, int64_t order)
{
    bloop_item key;
    bloop_builder_reset(builder);
    bloop_build_begin(builder, BLOOP_TAG_M);
    bloop_put_string(builder, "shop", shop);
    bloop_put_int64(builder, "order", order);
    bloop_build_end(builder);
    must(bloop_builder_value(builder, &key)); /* what any of the calls above had to say, comes here */
    return key;
}

static void print_item(const char *what, bloop_item item)
{
    char *text = bloop_document_to_json(item, BLOOP_JSON_COMPACT, NULL);
    must(text ? BLOOP_OK : bloop_last_error()->status);
    printf("%s: %s\n", what, text);
    bloop_json_free(text);
}

/* SET paid = :true REMOVE note, if paid = :false. The trees are plain data on the stack. */
static bloop_status pay(bloop_backend *store, const char *shop, int64_t order)
{
    bloop_builder *for_key = bloop_builder_new(), *for_true = bloop_builder_new(), *for_false = bloop_builder_new();
    must(for_key && for_true && for_false ? BLOOP_OK : BLOOP_NO_MEMORY);
    bloop_value yes, no;
    bloop_build_bool(for_true, true);
    bloop_build_bool(for_false, false);
    must(bloop_builder_value(for_true, &yes));
    must(bloop_builder_value(for_false, &no));

    const bloop_step paid = { .name = { "paid", 4 } }, note = { .name = { "note", 4 } };
    const bloop_action actions[] = {
        { .kind = BLOOP_ACTION_SET, .path = { &paid, 1 }, .value = { .kind = BLOOP_EXPR_VALUE, .value = yes } },
        { .kind = BLOOP_ACTION_REMOVE, .path = { &note, 1 } },
    };
    const bloop_expr left = { .kind = BLOOP_EXPR_PATH, .path = { &paid, 1 } };
    const bloop_expr right = { .kind = BLOOP_EXPR_VALUE, .value = no };
    const bloop_expr unpaid = { .kind = BLOOP_EXPR_EQ, .count = 2, .args = (const bloop_expr *[]){ &left, &right } };

    const bloop_update update = { actions, 2 };
    const bloop_write_request request = { .kind = BLOOP_WRITE_UPDATE,
                                          .table = "orders",
                                          .item = key_of(for_key, shop, order),
                                          .update = &update,
                                          .condition = &unpaid,
                                          .return_values = BLOOP_RETURN_ALL_NEW,
                                          .return_old_on_failure = true };

    bloop_write_result result = { 0 };
    bloop_status status = bloop_write_item(store, &request, &result);
    if (result.attributes.data)
        print_item(status == BLOOP_OK ? "paid" : "refused, since the item is", result.attributes);
    bloop_result_free(&result.memory);
    bloop_builder_free(for_key);
    bloop_builder_free(for_true);
    bloop_builder_free(for_false);
    return status;
}

static void print_order(bloop_backend *store, bloop_builder *builder, const char *shop, int64_t order)
{
    const bloop_get_request request = { .table = "orders", .key = key_of(builder, shop, order) };
    bloop_get_result result = { 0 };
    must(bloop_get_item(store, &request, &result));
    if (result.found)
        print_item("stored", result.item);
    else
        printf("stored: nothing\n");
    bloop_result_free(&result.memory);
}

int main(void)
{
    bloop_backend *store = bloop_backend_open("memory:");
    bloop_builder *builder = bloop_builder_new();
    must(store && builder ? BLOOP_OK : bloop_last_error()->status);
    create_table(store);
    put_orders(store, builder);
    must(pay(store, "berlin", 2));
    printf("a second time: %s\n", bloop_status_text(pay(store, "berlin", 2)));
    print_order(store, builder, "berlin", 1);
    print_order(store, builder, "berlin", 7);
    bloop_builder_free(builder);
    bloop_backend_close(store);
    return 0;
}

static void must(bloop_status status)
{
    if (status == BLOOP_OK)
        return;
    fprintf(stderr, "%s: %s\n", bloop_status_name(status), bloop_last_error()->message);
    exit(1);
}
