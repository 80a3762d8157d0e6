"""Runs scenarios with Bloop for Python: a step a line comes in, its result a line goes out, as in drive.c.

usage: drive.py URL PREFIX; works with Bloop 2.4 (for atomic) and 3.
"""

import base64
import functools
import json
import sys
import uuid
import warnings
from datetime import datetime, timezone
from decimal import Decimal

import bloop.exceptions
import boto3
from bloop import (
    UUID, BaseModel, Binary, Boolean, Column, Condition, DateTime, Engine, GlobalSecondaryIndex, Integer, List,
    LocalSecondaryIndex, Map, Number, Set, String, Timestamp,
)

ISO = "%Y-%m-%dT%H:%M:%S.%f+00:00"
Address = Map(street=String, number=Integer)
Line = Map(name=String, price=Number)


class Document(BaseModel):
    owner = Column(String, hash_key=True)
    number = Column(Integer, range_key=True, dynamo_name="n")
    text = Column(String)
    amount = Column(Number)
    count = Column(Integer)
    flag = Column(Boolean)
    unique = Column(UUID)
    created = Column(DateTime, dynamo_name="c")
    stamp = Column(Timestamp)
    blob = Column(Binary)
    tags = Column(Set(String))
    codes = Column(Set(Integer))
    words = Column(List(String))
    home = Column(Address)
    lines = Column(List(Line))
    by_text = GlobalSecondaryIndex(projection="all", hash_key=text, range_key=number)
    by_count = GlobalSecondaryIndex(projection="keys", hash_key=count)
    by_created = LocalSecondaryIndex(projection={text, flag}, range_key=created)
    by_amount = LocalSecondaryIndex(projection="keys", range_key=amount, strict=False, dynamo_name="amounts")


class Simple(BaseModel):
    id = Column(Integer, hash_key=True)
    a = Column(String)
    b = Column(String)
    c = Column(Number)
    s = Column(Set(String))


MODELS = {"Document": Document, "Simple": Simple}
COMPARISONS = {"==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}


class WithoutBackups:
    """DynamoDB Local has no continuous backups; Bloop's guide has the same patch for tests against it."""

    def __init__(self, client):
        self.client = client

    def describe_continuous_backups(self, **_):
        return {"ContinuousBackupsDescription": {"ContinuousBackupsStatus": "DISABLED"}}

    def __getattr__(self, name):
        return getattr(self.client, name)


class Driver:
    def __init__(self, url, prefix):
        client = WithoutBackups(boto3.client("dynamodb", endpoint_url=url))
        self.engine = Engine(dynamodb=client, table_name_template=prefix + "{table_name}")
        self.objects = {}

    def run(self, step):
        result = {}
        try:
            getattr(self, "do_" + step["do"])(step, result)
            result["status"] = "OK"
        except (bloop.exceptions.BloopException, ArithmeticError, ValueError, TypeError) as error:
            result["status"] = status_of(error)
            result["message"] = str(error)
            if isinstance(error, bloop.exceptions.MissingObjects):
                result["not_found"] = [name for name, object in self.objects.items() if object in error.objects]
        if step["do"] in ("save", "delete", "load"):
            result["objects"] = {name: columns_of(self.objects[name]) for name in step["objects"]}
        return result

    def do_scenario(self, step, result):
        self.objects.clear()

    def do_bind(self, step, result):
        for model in MODELS.values():
            self.engine.bind(model)

    def do_new(self, step, result):
        self.objects[step["object"]] = MODELS[step["model"]]()
        self.do_set(step, result)

    def do_set(self, step, result):
        target = self.objects[step["object"]]
        for name, value in step.get("set", {}).items():
            setattr(target, name, load_value(getattr(type(target), name).typedef, value))

    def do_unset(self, step, result):
        for name in step["columns"]:
            setattr(self.objects[step["object"]], name, None)

    def do_save(self, step, result):
        self.write(self.engine.save, step)

    def do_delete(self, step, result):
        self.write(self.engine.delete, step)

    def write(self, call, step):
        targets = [self.objects[name] for name in step["objects"]]
        options = {"atomic": True} if step.get("atomic") else {}
        if "condition" in step:
            options["condition"] = condition_of(type(targets[0]), step["condition"])
        call(*targets, **options)

    def do_load(self, step, result):
        self.engine.load(*(self.objects[name] for name in step["objects"]), consistent=step.get("consistent", False))

    def do_query(self, step, result):
        self.search(functools.partial(self.engine.query, forward=not step.get("descending", False)), step, result)

    def do_scan(self, step, result):
        self.search(self.engine.scan, step, result)

    def search(self, call, step, result):
        result.update(rows=[], count=0, scanned=0)
        model = MODELS[step["model"]]
        options = {name: condition_of(model, step[name]) for name in ("key", "filter") if name in step}
        options["projection"] = "count" if step.get("count") else set(step.get("projection", ())) or "all"
        options["consistent"] = step.get("consistent", False)
        search = call(getattr(model, step["index"]) if "index" in step else model, **options)
        # The model's columns that are keys are part of every row of ours; of Bloop's if they are asked for.
        result["rows"] = [] if step.get("count") else [columns_of(row) for row in search]
        result.update(count=search.count, scanned=search.scanned)


def status_of(error):
    """The status of ours that has the meaning of an exception."""
    name = type(error).__name__
    words = "".join("_" + letter if letter.isupper() else letter for letter in name).strip("_").upper()
    return "INVALID_VALUE" if isinstance(error, (ArithmeticError, TypeError)) or name == "ValueError" else words


def condition_of(model, data):
    operator, *arguments = data
    if operator in ("and", "or"):
        condition = Condition()
        for part in arguments:
            condition = condition & condition_of(model, part) if operator == "and" else condition | condition_of(model, part)
        return condition
    if operator == "not":
        return ~condition_of(model, arguments[0])
    place, typedef = place_of(model, arguments[0])
    inner = typedef.inner_typedef if operator == "contains" and hasattr(typedef, "inner_typedef") else typedef
    operands = arguments[1] if operator == "in" else arguments[1:]
    values = [operand_of(model, inner, operand) for operand in operands]
    if operator in COMPARISONS:
        return getattr(place, COMPARISONS[operator])(values[0])
    return getattr(place, operator + "_" if operator in ("in", "is") else operator)(*values)


def place_of(model, data):
    """A column or path, and the type of what is there."""
    name, *steps = data if isinstance(data, list) else [data]
    place, typedef = getattr(model, name), getattr(model, name).typedef
    for step in steps:
        place, typedef = place[step], typedef[step]
    return place, typedef


def operand_of(model, typedef, data):
    if data is None:
        return None
    if "column" in data:
        return place_of(model, data["column"])[0]
    return load_value(typedef, data)


def load_value(typedef, data):
    """The Python value that a column of this type has for {"S": "a"}."""
    (tag, value), = data.items()
    if isinstance(typedef, Map):
        return {name: load_value(typedef.types[name], inner) for name, inner in value.items()}
    if isinstance(typedef, List):
        return [load_value(typedef.inner_typedef, inner) for inner in value]
    if isinstance(typedef, Set):
        return {load_value(typedef.inner_typedef, {tag[0]: inner}) for inner in value}
    if isinstance(typedef, Timestamp):
        return datetime.fromtimestamp(int(value), timezone.utc)
    if isinstance(typedef, Integer):
        return int(Decimal(value))
    if isinstance(typedef, Number):
        return Decimal(value)
    if isinstance(typedef, DateTime):
        return datetime.strptime(value, ISO).replace(tzinfo=timezone.utc)
    if isinstance(typedef, UUID):
        return uuid.UUID(value)
    return base64.b64decode(value) if isinstance(typedef, Binary) else value


def dump_value(typedef, value):
    """The contrary; None for what Bloop stores as nothing."""
    if value is None or value in ("", b"", [], set()):
        return None
    if isinstance(typedef, Map):
        inner = {name: dump_value(typedef.types[name], part) for name, part in value.items()}
        return {"M": {name: part for name, part in inner.items() if part is not None}} if any(inner.values()) else None
    if isinstance(typedef, List):
        return {"L": [dump_value(typedef.inner_typedef, part) for part in value]}
    if isinstance(typedef, Set):
        return {typedef.backing_type: [next(iter(dump_value(typedef.inner_typedef, part).values())) for part in value]}
    if isinstance(typedef, Timestamp):
        return {"N": str(int(value.timestamp()))}
    if isinstance(typedef, Number):
        return {"N": str(value)}
    if isinstance(typedef, DateTime):
        return {"S": value.strftime(ISO)}
    if isinstance(typedef, Binary):
        return {"B": base64.b64encode(value).decode()}
    return {"BOOL": value} if isinstance(typedef, Boolean) else {"S": str(value)}


def columns_of(object):
    columns = {}
    for column in object.Meta.columns:
        if not hasattr(object, column.name):
            columns[column.name] = "missing"
        else:
            columns[column.name] = dump_value(column.typedef, getattr(object, column.name)) or "none"
    return columns


def main():
    warnings.simplefilter("ignore")
    driver = Driver(*sys.argv[1:])
    for line in sys.stdin:
        print(json.dumps(driver.run(json.loads(line))), flush=True)


main()
