"""Items that a server has acknowledged are there when another is started on its file: `before` writes, `after` reads."""

import sys

import boto3

COUNT = 200
client = boto3.client("dynamodb")


def item(i):
    return {"id": {"N": str(i)}, "text": {"S": "ü" * i}, "codes": {"NS": sorted({str(i), "0"})}}


def before():
    client.create_table(TableName="kept", BillingMode="PAY_PER_REQUEST",
                        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}])
    for i in range(COUNT):
        client.put_item(TableName="kept", Item=item(i))


def after():
    assert client.describe_table(TableName="kept")["Table"]["ItemCount"] == COUNT
    for i in range(COUNT):
        got = client.get_item(TableName="kept", Key={"id": {"N": str(i)}})["Item"]
        got["codes"]["NS"].sort()
        assert got == item(i), got
    print(f"= {COUNT} items found after a restart")


{"before": before, "after": after}[sys.argv[1]]()
