/* Requests as an SDK would send them, and their answers. */
#include "dynamo.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define AUTHORIZATION                                                                    \
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/us-east-1/dynamodb/aws4_request, " \
    "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "                          \
    "Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TABLE_MEMBER "\"TableName\":\"" DYNAMO_TABLE "\""

static bool pack(void *object, uint64_t number, size_t group_size, int64_t visits, bloop_builder *builder,
                 bloop_item *out);
static void pack_columns(const void *object, const char *hash_key, bloop_builder *builder);
static bool add(dynamo_requests *out, const char *operation, char *body);
static char *joined(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *json_of(bloop_item item);
static char *key_of(bloop_item item);
static char *member_of(bloop_item item, const char *name);

bool dynamo_items_make(uint64_t first, size_t count, size_t group_size, int64_t visits, dynamo_items *out)
{
    dynamo_items made = { .builders = calloc(count, sizeof *made.builders),
                          .items = calloc(count, sizeof *made.items) };
    void *object = bloop_object_new(plain_item.model);
    bool done = made.builders && made.items && object;
    for (; done && made.count < count; made.count++) {
        bloop_builder *builder = made.builders[made.count] = bloop_builder_new();
        done = builder && pack(object, first + made.count, group_size, visits, builder, &made.items[made.count]);
    }
    bloop_free(object);
    if (!done) {
        dynamo_items_free(&made);
        return bench_fail("items: %s", bloop_last_error()->message);
    }
    *out = made;
    return true;
}

void dynamo_items_free(dynamo_items *items)
{
    for (size_t i = 0; items->builders && i < items->count; i++)
        bloop_builder_free(items->builders[i]);
    free(items->builders);
    free(items->items);
    *items = (dynamo_items){ 0 };
}

void dynamo_requests_free(dynamo_requests *requests)
{
    for (size_t i = 0; i < requests->count; i++)
        free(requests->list[i].text);
    free(requests->list);
    *requests = (dynamo_requests){ 0 };
}

bool dynamo_create_table(dynamo_requests *out)
{
    return add(
        out, "CreateTable",
        strdup("{" TABLE_MEMBER ",\"BillingMode\":\"PAY_PER_REQUEST\",\"KeySchema\":["
               "{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"},{\"AttributeName\":\"entry\",\"KeyType\":\"RANGE\"}],"
               "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"},"
               "{\"AttributeName\":\"entry\",\"AttributeType\":\"S\"}]}"));
}

bool dynamo_describe_table(dynamo_requests *out)
{
    return add(out, "DescribeTable", strdup("{" TABLE_MEMBER "}"));
}

bool dynamo_list_tables(dynamo_requests *out)
{
    return add(out, "ListTables", strdup("{}"));
}

bool dynamo_get(dynamo_requests *out, bloop_item item)
{
    char *key = key_of(item);
    char *body = key ? joined("{" TABLE_MEMBER ",\"Key\":%s}", key) : NULL;
    free(key);
    return add(out, "GetItem", body);
}

bool dynamo_put(dynamo_requests *out, bloop_item item)
{
    char *json = json_of(item);
    char *body = json ? joined("{" TABLE_MEMBER ",\"Item\":%s}", json) : NULL;
    bloop_json_free(json);
    return add(out, "PutItem", body);
}

bool dynamo_visit(dynamo_requests *out, bloop_item item)
{
    char *key = key_of(item);
    char *body = key ? joined("{" TABLE_MEMBER ",\"Key\":%s,\"UpdateExpression\":\"SET visits = visits + :one\","
                              "\"ExpressionAttributeValues\":{\":one\":{\"N\":\"1\"}}}",
                              key)
                     : NULL;
    free(key);
    return add(out, "UpdateItem", body);
}

bool dynamo_query(dynamo_requests *out, bloop_item of_group)
{
    char *id = member_of(of_group, "id");
    char *body = id ? joined("{" TABLE_MEMBER ",\"KeyConditionExpression\":\"id = :id\","
                             "\"ExpressionAttributeValues\":{\":id\":%s}}",
                             id)
                    : NULL;
    bloop_json_free(id);
    return add(out, "Query", body);
}

bool dynamo_batch_write(dynamo_requests *out, const bloop_item *items, size_t count)
{
    char *body = strdup("{\"RequestItems\":{\"" DYNAMO_TABLE "\":[");
    for (size_t i = 0; body && i < count; i++) {
        char *json = json_of(items[i]);
        char *longer = json ? joined("%s%s{\"PutRequest\":{\"Item\":%s}}", body, i ? "," : "", json) : NULL;
        bloop_json_free(json);
        free(body);
        body = longer;
    }
    char *whole = body ? joined("%s]}}", body) : NULL;
    free(body);
    return add(out, "BatchWriteItem", whole);
}

bool dynamo_is_item(const char *body, size_t size, bloop_item expected)
{
    bloop_slice name;
    bloop_item item;
    bool good = false;
    bloop_json_reader *reader = bloop_json_reader_new(body, size);
    bloop_builder *builder = bloop_builder_new();
    if (reader && builder && bloop_json_enter_object(reader) == BLOOP_OK && bloop_json_next_name(reader, &name) &&
        name.size == strlen("Item") && memcmp(name.data, "Item", name.size) == 0 &&
        bloop_json_read_item(reader, builder) == BLOOP_OK && bloop_builder_value(builder, &item) == BLOOP_OK)
        good = bloop_value_equal(item, expected) && !bloop_json_next_name(reader, &name) &&
               bloop_json_finish(reader) == BLOOP_OK;
    bloop_builder_free(builder);
    bloop_json_reader_free(reader);
    return good;
}

/* The answer as a document: its items are then maps of maps, "S" to text and so on, as those expected are made to be. */
bool dynamo_is_page(const char *body, size_t size, const bloop_item *expected, size_t count)
{
    bloop_value page, wanted;
    bloop_builder *builder = bloop_builder_new(), *each = bloop_builder_new();
    bool good = builder && each && bloop_document_of_json(body, size, builder, &page) == BLOOP_OK &&
                bloop_number_compare(bloop_value_number(bloop_item_get(page, "Count", 5)),
                                     bloop_number_of_int64((int64_t)count)) == 0;
    bloop_value items = good ? bloop_item_get(page, "Items", 5) : (bloop_value){ NULL, 0 };
    good = good && items.data && bloop_value_count(items) == count;
    for (uint32_t i = 0; good && i < count; i++) {
        char *json = json_of(expected[i]);
        good = json && bloop_document_of_json(json, strlen(json), each, &wanted) == BLOOP_OK &&
               bloop_value_equal(bloop_list_get(items, i), wanted);
        bloop_json_free(json);
    }
    bloop_builder_free(each);
    bloop_builder_free(builder);
    return good;
}

bool dynamo_is_empty(const char *body, size_t size)
{
    return size == 2 && memcmp(body, "{}", size) == 0;
}

bool dynamo_is_all_written(const char *body, size_t size)
{
    static const char all[] = "\"UnprocessedItems\":{}";
    return memmem(body, size, all, sizeof all - 1) != NULL;
}

bool dynamo_is_active(const char *body, size_t size)
{
    static const char active[] = "\"TableStatus\":\"ACTIVE\"";
    return memmem(body, size, active, sizeof active - 1) != NULL;
}

static bool pack(void *object, uint64_t number, size_t group_size, int64_t visits, bloop_builder *builder,
                 bloop_item *out)
{
    char group[48];
    if (plain_item.set_keys(object, number) != BLOOP_OK || plain_item.set_rest(object, number) != BLOOP_OK ||
        plain_item.set_visits(object, visits) != BLOOP_OK)
        return false;
    snprintf(group, sizeof group, "00000000-0000-4000-8000-%012llu",
             (unsigned long long)(group_size ? number / group_size : 0));
    bloop_build_begin(builder, BLOOP_TAG_M);
    pack_columns(object, group_size ? group : NULL, builder);
    bloop_build_end(builder);
    return bloop_builder_value(builder, out) == BLOOP_OK;
}

static void pack_columns(const void *object, const char *hash_key, bloop_builder *builder)
{
    size_t count;
    const bloop_column *const *columns = bloop_model_columns(plain_item.model, &count);
    for (size_t i = 0; i < count; i++) {
        const char *name = bloop_column_dynamo_name(columns[i]);
        if (hash_key && strcmp(name, "id") == 0) {
            bloop_put_string(builder, name, hash_key);
            continue;
        }
        bloop_build_name(builder, name, strlen(name));
        bloop_build_value(builder, bloop_object_packed(object, columns[i]));
    }
}

/* Takes the body, which is NULL when memory was short. */
static bool add(dynamo_requests *out, const char *operation, char *body)
{
    load_request *list = body ? realloc(out->list, (out->count + 1) * sizeof *list) : NULL;
    if (list)
        out->list = list;
    char *text = list ? joined("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n"
                               "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.%s\r\n"
                               "X-Amz-Date: 20261122T120000Z\r\nAuthorization: " AUTHORIZATION "\r\n"
                               "Content-Length: %zu\r\n\r\n%s",
                               operation, strlen(body), body)
                      : NULL;
    free(body);
    if (!text)
        return bench_fail("out of memory");
    out->list[out->count++] = (load_request){ text, strlen(text) };
    return true;
}

static char *joined(const char *format, ...)
{
    char *text = NULL;
    va_list list;
    va_start(list, format);
    int size = vasprintf(&text, format, list);
    va_end(list);
    return size < 0 ? NULL : text;
}

static char *json_of(bloop_item item)
{
    return bloop_item_to_json(item, BLOOP_JSON_COMPACT, NULL);
}

static char *key_of(bloop_item item)
{
    char *id = member_of(item, "id"), *entry = member_of(item, "entry");
    char *key = id && entry ? joined("{\"id\":%s,\"entry\":%s}", id, entry) : NULL;
    bloop_json_free(id);
    bloop_json_free(entry);
    return key;
}

static char *member_of(bloop_item item, const char *name)
{
    return bloop_value_to_json(bloop_item_get(item, name, strlen(name)), BLOOP_JSON_COMPACT, NULL);
}
