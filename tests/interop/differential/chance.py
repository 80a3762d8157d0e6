"""Scenarios by chance, in the form of scenarios.jsonl: few keys and few values, so that objects meet."""

import random

KEYS = {"Document": [("o", 1), ("o", 2), ("p", -3)], "Simple": [(1,), (2,)]}
TEXTS = [{"S": text} for text in ("a", "ab", "b", "ü")]
NUMBERS = [{"N": text} for text in ("-1.5", "0", "2", "10", "12345678901234567890123456789012345678")]
INTEGERS = [{"N": text} for text in ("-4", "1", "2", "30")]
DATES = [{"S": f"2026-0{month}-22T12:30:15.000001+00:00"} for month in (1, 2, 3)]
VALUES = {
    "Document": {
        "text": TEXTS, "amount": NUMBERS, "count": INTEGERS, "flag": [{"BOOL": True}, {"BOOL": False}],
        "unique": [{"S": f"6f1c3a5e-0000-4000-8000-00000000000{i}"} for i in range(3)], "created": DATES,
        "stamp": [{"N": "-1"}, {"N": "1795350615"}], "blob": [{"B": "AQID"}, {"B": "AP8="}],
        "tags": [{"SS": ["a"]}, {"SS": ["b", "a"]}, {"SS": ["ü"]}], "codes": [{"NS": ["1", "-2"]}, {"NS": ["30"]}],
        "words": [{"L": [{"S": "a"}]}, {"L": [{"S": "b"}, {"S": "ab"}]}],
        "home": [{"M": {"street": {"S": "a"}, "number": {"N": "2"}}}, {"M": {"number": {"N": "1"}}}],
        "lines": [{"L": [{"M": {"name": {"S": "a"}, "price": {"N": "1.25"}}}]}, {"L": [{"M": {"price": {"N": "2"}}}]}],
    },
    "Simple": {"a": TEXTS, "b": TEXTS, "c": NUMBERS, "s": [{"SS": ["a"]}, {"SS": ["b", "a"]}]},
}
# Places that a condition can compare, with values for them.
PLACES = {
    "Document": {
        **{name: (name, values) for name, values in VALUES["Document"].items()},
        "word": (["words", 0], TEXTS), "street": (["home", "street"], TEXTS), "house": (["home", "number"], INTEGERS),
        "price": (["lines", 0, "price"], NUMBERS), "number": ("number", INTEGERS),
    },
    "Simple": {name: (name, values) for name, values in VALUES["Simple"].items()},
}
ELEMENTS = {"tags": TEXTS, "codes": INTEGERS, "words": TEXTS, "text": TEXTS, "s": TEXTS}
ORDERED = {"text", "amount", "count", "created", "stamp", "unique", "word", "street", "house", "price", "number", "a",
           "b", "c"}
INDEXES = {
    None: (("owner", [{"S": "o"}, {"S": "p"}]), ("number", INTEGERS)), "by_text": (("text", TEXTS), ("number", INTEGERS)),
    "by_count": (("count", INTEGERS), None), "by_created": (("owner", [{"S": "o"}]), ("created", DATES)),
    "by_amount": (("owner", [{"S": "o"}]), ("amount", NUMBERS)),
}


class Chance:
    def __init__(self, seed, atomic):
        self.random = random.Random(seed)
        self.atomic = atomic

    def scenario(self, number, steps):
        yield {"do": "scenario", "name": f"by chance {number}", "atomic": self.atomic}
        self.model = self.random.choice(["Document", "Simple"])
        self.objects = [f"o{i}" for i in range(4)]
        for name in self.objects:
            yield {"do": "new", "model": self.model, "object": name, "set": {**self.key(), **self.some_values()}}
        for _ in range(steps):
            yield self.step()

    def key(self):
        key = self.random.choice(KEYS[self.model])
        return {"id": {"N": str(key[0])}} if len(key) == 1 else {"owner": {"S": key[0]}, "number": {"N": str(key[1])}}

    def some_values(self):
        values = VALUES[self.model]
        return {name: self.random.choice(values[name]) for name in values if self.random.random() < 0.3}

    def step(self):
        verb = self.random.choices(["save", "delete", "load", "set", "unset", "query", "scan"], [6, 2, 3, 4, 2, 3, 2])[0]
        if self.model == "Simple" and verb == "query":
            verb = "scan"
        return {"do": verb, **getattr(self, verb)()}

    def save(self):
        step = {"objects": [self.random.choice(self.objects)]}
        if self.random.random() < 0.5:
            step["condition"] = self.condition(2)
        if self.atomic and self.random.random() < 0.6:
            step["atomic"] = True
        return step

    delete = save

    def load(self):
        return {"objects": self.random.sample(self.objects, self.random.randint(1, 3))}

    def set(self):
        return {"object": self.random.choice(self.objects), "set": self.some_values()}

    def unset(self):
        names = list(VALUES[self.model])
        return {"object": self.random.choice(self.objects), "columns": self.random.sample(names, self.random.randint(1, 2))}

    def query(self):
        index = self.random.choice(list(INDEXES))
        (hash_key, hashes), range_key = INDEXES[index]
        key = ["==", hash_key, self.random.choice(hashes)]
        if range_key and self.random.random() < 0.6:
            key = ["and", key, self.comparison(range_key[0], range_key[1], ["==", "<", "<=", ">", ">=", "between"])]
        step = {"model": self.model, "key": key, "unordered": index is not None}
        if index:
            step["index"] = index
        if index == "by_amount":
            # What a lenient index does not have must be asked for by name where it is filtered by (for Bloop; ours sees to it).
            step["projection"] = ["owner", "number", *VALUES["Document"]]
        if self.random.random() < 0.5:
            step["filter"] = self.condition(2)
        step[self.random.choice(["count" if index != "by_amount" else "other", "descending", "other"])] = True
        return step

    def scan(self):
        step = {"model": self.model}
        if self.model == "Document" and self.random.random() < 0.3:
            step["index"] = self.random.choice(["by_text", "by_count", "by_created", "by_amount"])
        if self.random.random() < 0.8 and step.get("index") != "by_amount":
            step["filter"] = self.condition(3)
        step[self.random.choice(["count", "other", "other"])] = True
        return step

    def condition(self, depth):
        kind = self.random.random()
        if depth > 0 and kind < 0.4:
            parts = [self.condition(depth - 1) for _ in range(self.random.randint(2, 3))]
            return [self.random.choice(["and", "or"]), *parts]
        if depth > 0 and kind < 0.5:
            return ["not", self.condition(depth - 1)]
        name = self.random.choice(list(PLACES[self.model]))
        place, values = PLACES[self.model][name]
        if kind < 0.6:
            return [self.random.choice(["is", "is_not"]), place, None]
        if name in ELEMENTS and kind < 0.7:
            return ["contains", place, self.random.choice(ELEMENTS[name])]
        operators = ["==", "!=", "in"] + (["<", "<=", ">", ">=", "between"] if name in ORDERED else [])
        if values is TEXTS:
            operators.append("begins_with")
        return self.comparison(place, values, operators)

    def comparison(self, place, values, operators):
        operator = self.random.choice(operators)
        if operator == "between":
            return [operator, place, *(values[i] for i in sorted(self.random.sample(range(len(values)), 2)))]
        if operator == "in":
            return [operator, place, self.random.sample(values, self.random.randint(1, 2))]
        return [operator, place, self.random.choice(values)]
