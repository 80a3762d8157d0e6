"""PynamoDB's documentation, page by page, as programs whose results are compared."""

import os
import sys
from datetime import datetime, timedelta, timezone

import pynamodb
from pynamodb.attributes import (
    BinaryAttribute, BooleanAttribute, JSONAttribute, ListAttribute, MapAttribute, NumberAttribute, NumberSetAttribute,
    TTLAttribute, UnicodeAttribute, UnicodeSetAttribute, UTCDateTimeAttribute, VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.constants import STREAM_NEW_AND_OLD_IMAGE
from pynamodb.exceptions import DeleteError, DoesNotExist, PutError, QueryError, TableError, TransactWriteError
from pynamodb.expressions.operand import Path
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

URL = os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
NOW = datetime(2026, 11, 22, 12, 30, 15, 123456, timezone.utc)
checks = 0


def same(got, wanted):
    global checks
    checks += 1
    assert got == wanted, f"got {got!r} instead of {wanted!r}"


def raises(kind, call, *arguments, **named):
    global checks
    checks += 1
    try:
        call(*arguments, **named)
    except kind as error:
        return error
    raise AssertionError(f"{kind} was expected")


class ViewIndex(GlobalSecondaryIndex):
    class Meta:
        index_name = "view-index"
        read_capacity_units = 2
        write_capacity_units = 1
        projection = AllProjection()

    view = NumberAttribute(default=0, hash_key=True)


class DateIndex(LocalSecondaryIndex):
    class Meta:
        index_name = "date-index"
        projection = IncludeProjection(["views"])

    forum_name = UnicodeAttribute(hash_key=True)
    last_post = UTCDateTimeAttribute(range_key=True)


class Thread(Model):
    class Meta:
        table_name = "Thread"
        host = URL
        region = "us-east-1"
        read_capacity_units = 1
        write_capacity_units = 1
        stream_view_type = STREAM_NEW_AND_OLD_IMAGE

    view_index = ViewIndex()
    date_index = DateIndex()
    forum_name = UnicodeAttribute(hash_key=True)
    subject = UnicodeAttribute(range_key=True)
    view = NumberAttribute(default=0)
    views = NumberAttribute(default=0)
    last_post = UTCDateTimeAttribute(default=lambda: NOW)
    tags = UnicodeSetAttribute(null=True)
    notes = ListAttribute(default=list)


def quickstart():
    class User(Model):
        class Meta:
            table_name = "dynamodb-user"
            host = URL
            billing_mode = "PAY_PER_REQUEST"

        email = UnicodeAttribute(null=True)
        first_name = UnicodeAttribute(range_key=True)
        last_name = UnicodeAttribute(hash_key=True)

    same(User.exists(), False)
    same(raises(PutError, User("John", "Denver").save).cause_response_code, "ResourceNotFoundException")
    User.create_table(wait=True)
    same(User.exists(), True)
    User("Denver", "John", email="djohn@company.org").save()
    for i in range(50):
        User("Smith", f"Name{i:02}", email="foo").save()
    same(User.count(), 51)
    same(User.count("Smith"), 50)
    same([user.first_name for user in User.query("Denver", User.first_name.startswith("J"))], ["John"])
    same([user.email for user in User.query("Denver", filter_condition=User.email.is_type())], ["djohn@company.org"])
    user = User.get("Denver", "John")
    same((user.last_name, user.first_name, user.email), ("Denver", "John", "djohn@company.org"))
    raises(DoesNotExist, User.get, "does not", "exist")
    same(len(list(User.scan(User.first_name.contains("e4")))), 10)
    user.update(actions=[User.email.set("other@company.org")])
    user.refresh()
    same(user.email, "other@company.org")
    user.delete()
    raises(DoesNotExist, user.refresh)
    User.delete_table()
    same(User.exists(), False)


def indexes_and_queries():
    Thread.create_table(wait=True)
    table = Thread.describe_table()
    same(table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"], 2)
    same(table["LocalSecondaryIndexes"][0]["Projection"]["NonKeyAttributes"], ["views"])
    with Thread.batch_write() as batch:
        for i in range(300):
            batch.save(Thread(f"forum-{i % 3}", f"subject-{i:03}", view=i % 10, views=i,
                              last_post=NOW - timedelta(hours=i), tags={f"t{i % 2}"}))
    same([t.views for t in Thread.query("forum-1", Thread.subject > "subject-290")], [292, 295, 298])
    same([t.views for t in Thread.query("forum-1", scan_index_forward=False, limit=3)], [298, 295, 292])
    same(sorted(t.views for t in Thread.view_index.query(7, filter_condition=Thread.views < 60)), [7, 17, 27, 37, 47, 57])
    recent = Thread.date_index.query("forum-0", DateIndex.last_post >= NOW - timedelta(hours=9))
    same([t.views for t in recent], [9, 6, 3, 0])
    same(Thread.view_index.count(3), 30)
    same(len(list(Thread.scan(Thread.tags.contains("t1")))), 150)
    pages, key, seen = 0, None, []
    while pages == 0 or key:
        results = Thread.query("forum-2", limit=30, page_size=30, last_evaluated_key=key)
        seen += [t.views for t in results]
        key = results.last_evaluated_key
        pages += 1
    same((pages, seen), (4, list(range(2, 300, 3))))
    parts = [[t.views for t in Thread.scan(segment=i, total_segments=3)] for i in range(3)]
    same(sorted(sum(parts, [])), list(range(300)))
    keys = [(f"forum-{i % 3}", f"subject-{i:03}") for i in range(150)]
    same(sorted(t.views for t in Thread.batch_get(keys)), list(range(150)))
    raises(QueryError, lambda: list(Thread.query("forum-1", Thread.forum_name == "x")))


def conditions_and_updates():
    thread = Thread("conditions", "one", views=5)
    thread.save(Thread.forum_name.does_not_exist())
    raises(PutError, thread.save, Thread.subject.does_not_exist())
    same(raises(PutError, thread.save, Thread.views > 10).cause_response_code, "ConditionalCheckFailedException")
    thread.save((Thread.views.between(1, 5) | Thread.tags.exists()) & ~Thread.notes.contains("x"))
    raises(DeleteError, thread.delete, condition=Thread.views.is_in(1, 2))
    thread.update(actions=[
        Thread.views.add(1), Thread.tags.add({"a", "b"}), Thread.notes.set(Thread.notes.append(["first"])),
        Thread.view.set(Thread.view - 3),
    ])
    same((thread.views, thread.tags, thread.notes, thread.view), (6, {"a", "b"}, ["first"], -3))
    thread.update(actions=[Thread.notes[0].set("second"), Thread.tags.delete({"a"}), Thread.view.remove()],
                  condition=Thread.notes[0].startswith("fir"))
    same((thread.notes, thread.tags), (["second"], {"b"}))
    thread.update(actions=[Thread.view.set(Thread.view | 9)])
    same(thread.view, 9)
    thread.delete(Path("views") == 6)
    same(Thread.count("conditions"), 0)


def attributes():
    class Address(MapAttribute):
        street = UnicodeAttribute()
        number = NumberAttribute(attr_name="nr")

    class Everything(Model):
        class Meta:
            table_name = "Everything"
            host = URL
            billing_mode = "PAY_PER_REQUEST"

        id = NumberAttribute(hash_key=True)
        text = UnicodeAttribute(null=True)
        binary = BinaryAttribute(null=True, legacy_encoding=False)
        flag = BooleanAttribute(null=True)
        when = UTCDateTimeAttribute(null=True)
        data = JSONAttribute(null=True)
        home = Address(null=True)
        others = ListAttribute(of=Address, default=list)
        anything = MapAttribute(null=True)
        numbers = NumberSetAttribute(null=True)
        expires = TTLAttribute(null=True)

    # The server keeps times to live as any number, and expires nothing.
    raises(TableError, Everything.create_table, wait=True)
    same(Everything.exists(), True)
    values = {
        "text": "žluťoučký 🐴", "binary": bytes(range(256)), "flag": True, "when": NOW, "data": {"a": [1, None, "x"]},
        "numbers": {1, 2.5, -3}, "expires": NOW.replace(microsecond=0),
    }
    Everything(1, home=Address(street="Main Street", number=7), others=[Address(street="x", number=1)],
               anything={"deep": {"list": [1, "two", None]}}, **values).save()
    got = Everything.get(1, consistent_read=True)
    for name, value in values.items():
        same(getattr(got, name), value)
    same((got.home.street, got.home.number, got.others[0].number), ("Main Street", 7, 1))
    same(got.anything.as_dict(), {"deep": {"list": [1, "two", None]}})
    same([e.id for e in Everything.scan(Everything.home.number == 7)], [1])
    same([e.id for e in Everything.scan(Everything.others[0]["street"] == "y")], [])
    got.update(actions=[Everything.home.number.set(8)])
    same(Everything.get(1).home.number, 8)


def optimistic_locking():
    class Office(Model):
        class Meta:
            table_name = "Office"
            host = URL
            billing_mode = "PAY_PER_REQUEST"

        id = UnicodeAttribute(hash_key=True)
        name = UnicodeAttribute()
        version = VersionAttribute()

    Office.create_table(wait=True)
    office = Office("1", name="first")
    office.save()
    other = Office.get("1")
    office.name = "second"
    office.save()
    same((office.version, other.version), (2, 1))
    other.name = "third"
    raises(PutError, other.save)
    raises(DeleteError, other.delete)
    office.delete()


def low_level():
    connection = Connection(host=URL)
    same("Thread" in connection.list_tables()["TableNames"], True)
    same(connection.describe_table("Thread")["TableStatus"], "ACTIVE")
    connection.put_item("Thread", "low", range_key="level", attributes={"views": {"N": "3"}})
    same(connection.get_item("Thread", "low", range_key="level")["Item"]["views"], {"N": "3"})
    same(connection.query("Thread", "low", Path("subject").startswith("l"))["Count"], 1)
    connection.update_item("Thread", "low", range_key="level", actions=[Path("views").set(4)])
    same(connection.scan("Thread", Path("views") == 4)["Count"], 2)
    connection.delete_item("Thread", "low", range_key="level")


def transactions_are_refused():
    def write():
        with TransactWrite(connection=Connection(host=URL)) as transaction:
            transaction.save(Thread("transaction", "x"))

    same(raises(TransactWriteError, write).cause_response_code, "UnknownOperationException")


CHAPTERS = [quickstart, indexes_and_queries, conditions_and_updates, attributes, optimistic_locking, low_level,
            transactions_are_refused]
for chapter in CHAPTERS:
    print(chapter.__name__, flush=True)
    chapter()
print(f"= PynamoDB {pynamodb.__version__}, {sys.argv[1]}: {len(CHAPTERS) - 1} chapters, {checks} results as expected, "
      "left out: transactions")
