"""What boto3's guide does with DynamoDB, and what else programs do with its client: every answer is compared."""

import decimal
import sys
import threading

import boto3
import botocore.config
import botocore.exceptions
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

URL, STORE = sys.argv[1:]
CONFIG = botocore.config.Config(retries={"max_attempts": 1}, max_pool_connections=16)
dynamodb = boto3.resource("dynamodb", endpoint_url=URL, region_name="us-east-1", config=CONFIG)
client = dynamodb.meta.client
plain = boto3.client("dynamodb", endpoint_url=URL, region_name="us-east-1", config=CONFIG)
checks = 0


def same(got, wanted):
    global checks
    checks += 1
    assert got == wanted, f"got {got!r} instead of {wanted!r}"


def fails(code, words, call, **arguments):
    try:
        call(**arguments)
    except botocore.exceptions.ClientError as error:
        same(error.response["Error"]["Code"], code)
        same(error.response["ResponseMetadata"]["HTTPStatusCode"], 400)
        assert words in error.response["Error"]["Message"], error.response
        return error.response
    raise AssertionError(f"{code} was expected")


def make_users():
    table = dynamodb.create_table(
        TableName="users",
        KeySchema=[{"AttributeName": "username", "KeyType": "HASH"}, {"AttributeName": "last_name", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": "username", "AttributeType": "S"},
            {"AttributeName": "last_name", "AttributeType": "S"},
        ],
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    )
    table.wait_until_exists()
    same(table.item_count, 0)
    same(table.table_status, "ACTIVE")
    same(client.list_tables()["TableNames"], ["users"])
    fails("ResourceInUseException", "users", client.create_table, TableName="users", KeySchema=table.key_schema,
          AttributeDefinitions=table.attribute_definitions, BillingMode="PAY_PER_REQUEST")
    return table


def one_item(users):
    jane = {"username": "janedoe", "first_name": "Jane", "last_name": "Doe", "age": 25, "account_type": "standard_user"}
    key = {"username": "janedoe", "last_name": "Doe"}
    answer = users.put_item(Item=jane)
    same(answer["ResponseMetadata"]["HTTPStatusCode"], 200)
    same(users.get_item(Key=key)["Item"], jane)
    users.update_item(Key=key, UpdateExpression="SET age = :val1", ExpressionAttributeValues={":val1": 26})
    same(users.get_item(Key=key, ConsistentRead=True)["Item"]["age"], 26)
    answer = users.update_item(Key=key, UpdateExpression="ADD age :n REMOVE #t", ReturnValues="ALL_NEW",
                               ExpressionAttributeNames={"#t": "account_type"}, ExpressionAttributeValues={":n": 4})
    same(answer["Attributes"], {"username": "janedoe", "first_name": "Jane", "last_name": "Doe", "age": 30})
    same(users.delete_item(Key=key, ReturnValues="ALL_OLD")["Attributes"]["age"], 30)
    same("Item" in users.get_item(Key=key), False)


def every_type(users):
    item = {
        "username": "types", "last_name": "all", "text": "žluťoučký 🐴", "empty": "", "yes": True, "nothing": None,
        "big": decimal.Decimal("99999999999999999999999999999999999999"), "small": decimal.Decimal("-1E-130"),
        "binary": Binary(bytes(range(256))), "list": [1, "two", [3], {"four": 4}], "map": {"a": {"b": {"c": []}}},
        "strings": {"a", "b"}, "numbers": {1, decimal.Decimal("2.5")}, "binaries": {Binary(b"x"), Binary(b"y")},
    }
    users.put_item(Item=item)
    same(users.get_item(Key={"username": "types", "last_name": "all"})["Item"], item)


def conditions(users):
    key = {"username": "janedoe", "last_name": "Doe"}
    users.put_item(Item={**key, "age": 1}, ConditionExpression=Attr("username").not_exists())
    fails("ConditionalCheckFailedException", "The conditional request failed", users.put_item, Item=key,
          ConditionExpression="attribute_not_exists(username)")
    answer = fails("ConditionalCheckFailedException", "The conditional request failed", users.delete_item, Key=key,
                   ConditionExpression=Attr("age").gt(5), ReturnValuesOnConditionCheckFailure="ALL_OLD")
    same(answer["Item"], {"username": {"S": "janedoe"}, "last_name": {"S": "Doe"}, "age": {"N": "1"}})
    fails("ValidationException", "Invalid UpdateExpression: Syntax error", users.update_item, Key=key,
          UpdateExpression="SET age =")
    fails("ValidationException", "The provided key element does not match the schema", users.get_item,
          Key={"username": "janedoe"})
    fails("ResourceNotFoundException", "not found", dynamodb.Table("nowhere").get_item, Key=key)
    users.delete_item(Key=key)


def batches(users):
    with users.batch_writer(overwrite_by_pkeys=["username", "last_name"]) as batch:
        for i in range(120):
            batch.put_item(Item={"username": f"user{i % 100}", "last_name": "unknown", "account_type": "anonymous",
                                 "age": i, "address": {"state": "CA" if i % 2 else "NY", "zipcode": 10000 + i}})
    keys = [{"username": f"user{i}", "last_name": "unknown"} for i in range(100)]
    answer = dynamodb.batch_get_item(RequestItems={"users": {"Keys": keys, "ProjectionExpression": "age"}})
    same(len(answer["Responses"]["users"]), 100)
    same(answer["UnprocessedKeys"], {})
    same(sum(item["age"] for item in answer["Responses"]["users"]), sum(range(20, 120)))
    fails("ValidationException", "duplicates", client.batch_get_item,
          RequestItems={"users": {"Keys": [keys[0], keys[0]]}})


def searches(users):
    answer = users.query(KeyConditionExpression=Key("username").eq("user7") & Key("last_name").begins_with("un"))
    same([item["age"] for item in answer["Items"]], [107])
    answer = users.scan(FilterExpression=Attr("age").lt(40) & Attr("address.state").eq("CA"))
    same(sorted(int(item["age"]) for item in answer["Items"]), list(range(21, 40, 2)))
    same(answer["ScannedCount"], 101)
    pages = list(client.get_paginator("scan").paginate(TableName="users", PaginationConfig={"PageSize": 7}))
    same(len(pages), 15)
    same(sum(page["Count"] for page in pages), 101)
    whole = {item["username"] for page in pages for item in page["Items"]}
    parts = [users.scan(Segment=i, TotalSegments=4)["Items"] for i in range(4)]
    same({item["username"] for part in parts for item in part}, whole)
    same(sum(len(part) for part in parts), 101)
    same(users.scan(Select="COUNT")["Count"], 101)


def indexes():
    table = dynamodb.create_table(
        TableName="songs", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "title", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": t}
                              for n, t in (("artist", "S"), ("title", "S"), ("year", "N"), ("genre", "S"))],
        LocalSecondaryIndexes=[{"IndexName": "by_year", "Projection": {"ProjectionType": "KEYS_ONLY"}, "KeySchema": [
            {"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "year", "KeyType": "RANGE"}]}],
        GlobalSecondaryIndexes=[{"IndexName": "by_genre", "Projection": {"ProjectionType": "ALL"}, "KeySchema": [
            {"AttributeName": "genre", "KeyType": "HASH"}, {"AttributeName": "year", "KeyType": "RANGE"}]}],
    )
    table.wait_until_exists()
    with table.batch_writer() as batch:
        for i in range(40):
            batch.put_item(Item={"artist": f"a{i % 4}", "title": f"t{i:02}", "year": 2000 - i, "genre": "gj"[i % 2],
                                 "length": i})
    answer = table.query(IndexName="by_year", KeyConditionExpression=Key("artist").eq("a1") & Key("year").lte(1980))
    same([int(i["year"]) for i in answer["Items"]], sorted(2000 - i for i in range(1, 40, 4) if 2000 - i <= 1980))
    answer = table.query(IndexName="by_genre", KeyConditionExpression=Key("genre").eq("j"), ScanIndexForward=False,
                         Limit=3, ReturnConsumedCapacity="INDEXES")
    same([i["title"] for i in answer["Items"]], ["t01", "t03", "t05"])
    same("by_genre" in answer["ConsumedCapacity"]["GlobalSecondaryIndexes"], True)
    rest = table.query(IndexName="by_genre", KeyConditionExpression=Key("genre").eq("j"), ScanIndexForward=False,
                       ExclusiveStartKey=answer["LastEvaluatedKey"])
    same(rest["Count"], 17)
    client.update_table(TableName="songs", AttributeDefinitions=[{"AttributeName": "length", "AttributeType": "N"}],
                        GlobalSecondaryIndexUpdates=[{"Create": {
                            "IndexName": "by_length", "Projection": {"ProjectionType": "KEYS_ONLY"},
                            "KeySchema": [{"AttributeName": "length", "KeyType": "HASH"}]}}])
    client.get_waiter("table_exists").wait(TableName="songs")
    same(table.query(IndexName="by_length", KeyConditionExpression=Key("length").eq(7))["Items"][0]["title"], "t07")
    table.delete()
    table.wait_until_not_exists()


def legacy():
    answer = plain.query(TableName="users", KeyConditions={
        "username": {"AttributeValueList": [{"S": "user3"}], "ComparisonOperator": "EQ"}})
    same(answer["Items"][0]["age"], {"N": "103"})
    answer = plain.update_item(TableName="users", Key={"username": {"S": "user3"}, "last_name": {"S": "unknown"}},
                                AttributeUpdates={"age": {"Action": "ADD", "Value": {"N": "1"}}},
                                Expected={"age": {"Value": {"N": "103"}}}, ReturnValues="UPDATED_NEW")
    same(answer["Attributes"], {"age": {"N": "104"}})


def what_is_asked_beside(users):
    same(client.describe_limits()["TableMaxReadCapacityUnits"] > 0, True)
    same(len(client.describe_endpoints()["Endpoints"]), 1)
    same(client.describe_time_to_live(TableName="users")["TimeToLiveDescription"]["TimeToLiveStatus"], "DISABLED")
    same("ContinuousBackupsDescription" in client.describe_continuous_backups(TableName="users"), True)
    same(client.list_tags_of_resource(ResourceArn=users.table_arn)["Tags"], [])


def capacity(users):
    """Units as the developer guide counts them: 4 KB a read, half when eventually consistent; 1 KB a write."""
    key = {"username": "big", "last_name": "x"}
    answer = users.put_item(Item={**key, "text": "x" * 5000}, ReturnConsumedCapacity="TOTAL",
                            ReturnItemCollectionMetrics="SIZE")
    same(answer["ConsumedCapacity"], {"TableName": "users", "CapacityUnits": 5.0})
    same("ItemCollectionMetrics" in answer, False)
    for consistent, units in ((True, 2.0), (False, 1.0)):
        answer = users.get_item(Key=key, ConsistentRead=consistent, ReturnConsumedCapacity="TOTAL")
        same(answer["ConsumedCapacity"]["CapacityUnits"], units)
    answer = client.batch_get_item(RequestItems={"users": {"Keys": [key, {"username": "no", "last_name": "x"}]}},
                                   ReturnConsumedCapacity="TOTAL")
    same(answer["ConsumedCapacity"], [{"TableName": "users", "CapacityUnits": 1.5}])
    users.delete_item(Key=key)


def return_values(users):
    key = {"username": "values", "last_name": "x"}
    update = {"Key": key, "UpdateExpression": "SET a = :new, #c.d = :new",
              "ExpressionAttributeNames": {"#c": "c"}, "ExpressionAttributeValues": {":new": "new"}}
    for kind, wanted in (
        ("NONE", None), ("ALL_OLD", {**key, "a": "old", "b": 1, "c": {"d": "old", "e": 2}}),
        ("ALL_NEW", {**key, "a": "new", "b": 1, "c": {"d": "new", "e": 2}}),
        ("UPDATED_OLD", {"a": "old", "c": {"d": "old"}}), ("UPDATED_NEW", {"a": "new", "c": {"d": "new"}}),
    ):
        users.put_item(Item={**key, "a": "old", "b": 1, "c": {"d": "old", "e": 2}})
        same(users.update_item(**update, ReturnValues=kind).get("Attributes"), wanted)
    users.delete_item(Key=key)


def errors_by_class(users):
    key = {"username": "errors", "last_name": "x"}
    for kind, call, arguments in (
        (client.exceptions.ConditionalCheckFailedException, users.put_item,
         {"Item": key, "ConditionExpression": Attr("username").exists()}),
        (client.exceptions.ResourceNotFoundException, client.delete_table, {"TableName": "nowhere"}),
        (client.exceptions.ResourceInUseException, client.create_table,
         {"TableName": "users", "KeySchema": users.key_schema, "AttributeDefinitions": users.attribute_definitions,
          "BillingMode": "PAY_PER_REQUEST"}),
    ):
        try:
            call(**arguments)
            raise AssertionError(f"{kind} was expected")
        except kind as error:
            same(error.response["ResponseMetadata"]["HTTPHeaders"]["content-type"], "application/x-amz-json-1.0")
    for words, arguments in (
        ("Item size has exceeded the maximum allowed size", {"Item": {**key, "text": "x" * 410000}}),
        ("Attribute name is a reserved keyword; reserved keyword: name",
         {"Item": key, "ConditionExpression": "name = :n", "ExpressionAttributeValues": {":n": 1}}),
        ("Value provided in ExpressionAttributeValues unused in expressions: keys: {:n}",
         {"Item": key, "ConditionExpression": "attribute_exists(a)", "ExpressionAttributeValues": {":n": 1}}),
        ("An expression attribute name used in the document path is not defined; attribute name: #n",
         {"Item": key, "ConditionExpression": "attribute_exists(#n)"}),
        ("Missing the key last_name in the item", {"Item": {"username": "errors"}}),
        ("Type mismatch for key username expected: S actual: N", {"Item": {"username": 1, "last_name": "x"}}),
    ):
        fails("ValidationException", words, users.put_item, **arguments)
    try:
        client.get_waiter("table_exists").wait(TableName="nowhere", WaiterConfig={"Delay": 0, "MaxAttempts": 2})
        raise AssertionError("the waiter found a table that there is not")
    except botocore.exceptions.WaiterError as error:
        same("Max attempts exceeded" in str(error), True)


def many_tables():
    names = [f"page-{i:02}" for i in range(7)]
    for name in names:
        client.create_table(TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "B"}],
                            BillingMode="PAY_PER_REQUEST")
    pages = list(client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 3}))
    same([len(page["TableNames"]) for page in pages], [3, 3, 2])
    same([table.name for table in dynamodb.tables.all()], [*names, "users"])
    for name in names:
        client.delete_table(TableName=name)


def many_threads(users):
    key = {"username": "counter", "last_name": "shared"}

    def count():
        for _ in range(50):
            client.update_item(TableName="users", Key=key, UpdateExpression="ADD n :one",
                               ExpressionAttributeValues={":one": 1})

    threads = [threading.Thread(target=count) for _ in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    same(users.get_item(Key=key, ConsistentRead=True)["Item"]["n"], 400)


def main():
    users = make_users()
    one_item(users)
    every_type(users)
    conditions(users)
    batches(users)
    searches(users)
    indexes()
    legacy()
    what_is_asked_beside(users)
    capacity(users)
    return_values(users)
    errors_by_class(users)
    many_tables()
    many_threads(users)
    users.delete()
    users.wait_until_not_exists()
    print(f"= boto3 {boto3.__version__}, {STORE}: {checks} answers as expected")


main()
