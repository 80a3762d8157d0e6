"""Runs the scenarios with the reference and with this library on one endpoint, and compares each step.

usage: compare.py URL PROGRAM PYTHON MODE [COUNT [SEED]]     PROGRAM is interop_drive; PYTHON has a Bloop; MODE is "atomic"
for the scenarios that only Bloop 2.4 can run, "plain" for the others. COUNT more are made by chance.

Compared are the result of each step (status, what the objects are then, rows, counts) and, after each write, the items
that are stored, as boto3 reads them. After a scenario each side also reads the other's tables, which it has bound. A step with "differs" is one where the two are meant to differ, for the reason that
DIFFERENCES has ("at" the endpoint that is named, or anywhere): it fails when they do not.
"""

import base64
import collections
import json
import os
import pathlib
import subprocess
import sys
import time
from decimal import Context, Decimal

import boto3

from chance import Chance

HERE = pathlib.Path(__file__).parent
TABLES = ["Document", "Simple"]
THEIRS, OURS = "reference-", "ours-"
# Why results differ where they are meant to; docs/decisions.md and docs/conformance.md have the long form.
DIFFERENCES = {
    "empty": "Bloop stores an empty string, list or map as nothing; the service has them, and so do we",
    "keys": "a row of ours always has the model's keys",
    "lenient": "the service refuses a filter on what an index lacks and the query does not ask for; ours asks for it "
               "(DynamoDB Local refuses such a filter in any case)",
    "consistent": "Bloop reads a global index without consistency that was asked for; ours refuses, as the service does",
}
# Bloop 3 has fewer exceptions than Bloop 1, whose names ours are; and one for all that the service refuses.
SAME_STATUS = {
    "INVALID_KEY_CONDITION": "INVALID_SEARCH", "INVALID_FILTER_CONDITION": "INVALID_SEARCH",
    "INVALID_PROJECTION": "INVALID_SEARCH", "INVALID_INDEX": "INVALID_SEARCH", "INVALID_SEARCH_MODE": "INVALID_SEARCH",
    "INVALID_COMPARISON_OPERATOR": "INVALID_CONDITION", "VALIDATION": "BLOOP_EXCEPTION",
}
EXACT = Context(prec=200)


class Side:
    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)

    def run(self, line):
        self.process.stdin.write(line)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.process.args[0]} ended with {self.process.wait()} at {line}")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        if self.process.wait():
            sys.exit(f"{self.process.args[0]} ended with {self.process.returncode}")


def canonical(value):
    """Equal for equal attribute values: numbers by value, sets in any order."""
    if not isinstance(value, dict):
        return value
    (tag, inner), = value.items()
    if tag == "N":
        return [tag, str(Decimal(inner).normalize(EXACT))]
    if tag in ("SS", "BS"):
        return [tag, sorted(inner)]
    if tag == "NS":
        return [tag, sorted(str(Decimal(n).normalize(EXACT)) for n in inner)]
    if tag == "L":
        return [tag, [canonical(part) for part in inner]]
    return [tag, {name: canonical(part) for name, part in inner.items()}] if tag == "M" else [tag, inner]


def comparable(step, result):
    """What of a step's result must be equal on both sides: all but messages, and the order of a scan."""
    columns = lambda row: {name: canonical(value) for name, value in row.items()}
    rows = [columns(row) for row in result.get("rows", [])]
    if step["do"] == "scan" or step.get("unordered"):
        rows.sort(key=lambda row: json.dumps(row, sort_keys=True))
    status = result["status"]
    return {
        "status": SAME_STATUS.get(status, status), "rows": rows,
        "count": result.get("count"), "scanned": result.get("scanned"), "not_found": sorted(result.get("not_found", [])),
        "objects": {name: columns(row) for name, row in result.get("objects", {}).items()},
    }


def stored(client, prefix, decode):
    """All items, by table, in the order of their text. Bloop's Binary is base64 text in a binary attribute: `decode`."""
    def plain(value):
        (tag, inner), = value.items()
        if tag == "B":
            return {tag: (inner.decode() if decode else base64.b64encode(inner).decode())}
        return value

    found = {}
    for table in TABLES:
        items = client.scan(TableName=prefix + table, ConsistentRead=True)["Items"]
        found[table] = sorted(({name: canonical(plain(value)) for name, value in item.items()} for item in items),
                              key=lambda item: json.dumps(item, sort_keys=True))
    return found


def clear(client):
    for prefix in (THEIRS, OURS):
        for table, keys in (("Document", ("owner", "n")), ("Simple", ("id",))):
            for item in client.scan(TableName=prefix + table)["Items"]:
                client.delete_item(TableName=prefix + table, Key={name: item[name] for name in keys})


def scenarios(atomic):
    """The steps of each scenario, which begins with a line {"do": "scenario", …}."""
    found = []
    for line in (HERE / "scenarios.jsonl").read_text().splitlines():
        if line.strip():
            step = json.loads(line)
            if step["do"] == "scenario":
                found.append([])
            found[-1].append(step)
    return [steps for steps in found if steps[0].get("atomic", False) == atomic]


def main():
    url, program, python, mode = sys.argv[1:5]
    count = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    seed = int(sys.argv[6]) if len(sys.argv) > 6 else time.time_ns()
    client = boto3.client("dynamodb", endpoint_url=url)
    theirs = Side([python, str(HERE / "drive.py"), url, THEIRS])
    ours = Side([program, f"{url}?prefix={OURS}"])
    sides = [theirs, ours, Side([python, str(HERE / "drive.py"), url, OURS]),
             Side([program, f"{url}?prefix={THEIRS}"])]
    for side in sides:
        answer = side.run(json.dumps({"do": "bind"}) + "\n")
        assert answer["status"] == "OK", answer
    endpoint = os.environ["ENDPOINT_NAME"]
    print(f"seed {seed}")
    chosen = scenarios(mode == "atomic")
    chance = Chance(seed, mode == "atomic")
    chosen += [list(chance.scenario(number, 25)) for number in range(count)]
    steps, differences, failures, statuses = 0, 0, 0, collections.Counter()
    for scenario in chosen:
        clear(client)
        for step in scenario:
            line = json.dumps(step) + "\n"
            results = [theirs.run(line), ours.run(line)]
            left, right = (comparable(step, result) for result in results)
            if step["do"] in ("save", "delete"):
                left["stored"], right["stored"] = stored(client, THEIRS, True), stored(client, OURS, False)
            steps += 1
            statuses[right["status"]] += 1
            differs = step.get("differs") if step.get("at", endpoint) == endpoint else None
            if differs:
                assert differs in DIFFERENCES, step
                differences += 1
            if (left == right) == bool(differs):
                failures += 1
                report(scenario[0], step, left, right, results)
                break
        else:
            failures += not readable(scenario, sides)
    for side in sides:
        side.close()
    print(f"statuses: {dict(statuses)}")
    version = subprocess.run([python, "-c", "import bloop; print(bloop.__version__)"], capture_output=True, text=True)
    print(f"= Bloop for Python {version.stdout.strip()} on {endpoint}: {len(chosen)} scenarios, {steps} "
          f"steps equal, and what they store, but for {differences} that are meant to differ, {failures} failures")
    sys.exit(failures != 0)


def readable(scenario, sides):
    """Whether all four ways to read what a scenario has stored give the same; but for Binary, which Bloop encodes twice."""
    if any("differs" in step for step in scenario):
        return True
    for table in TABLES:
        step = {"do": "scan", "model": table}
        line = json.dumps(step) + "\n"
        results = [comparable(step, side.run(line)) for side in sides]
        for result in results:
            for row in result["rows"]:
                row.pop("blob", None)
            result["rows"].sort(key=lambda row: json.dumps(row, sort_keys=True))
        if any(result != results[0] for result in results):
            print(f"scenario {scenario[0]['name']}: what is stored in {table} is read in different ways:")
            print(*map(json.dumps, results), sep="\n")
            return False
    return True


def report(scenario, step, left, right, results):
    print(f"scenario {scenario['name']}, step {json.dumps(step)}:")
    if left == right:
        print("  was meant to differ")
    for name in left:
        if left[name] != right[name]:
            print(f"  {name}: the reference: {json.dumps(left[name])}\n  {' ' * len(name)}  this library:  {json.dumps(right[name])}")
    print("  messages:", [result.get("message") for result in results])


main()
