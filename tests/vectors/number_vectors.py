#!/usr/bin/env python3
"""Writes number_vectors.inc beside itself: what Python's decimal and float make of numbers, for tests of bloop_number.

usage: tests/vectors/number_vectors.py    (the output is committed; with its fixed seed it changes only with this file)
"""

import pathlib
import random
import re
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

# Wide enough that no sum of two numbers is ever rounded here.
EXACT = Context(prec=1000, Emin=-100000, Emax=100000)
MAX_DIGITS, MAX_MAGNITUDE, MIN_MAGNITUDE = 38, 125, -130
OUTPUT = pathlib.Path(__file__).with_suffix(".inc")

EDGES = [
    "0", "1", "-1", "9", "10", "-10", "99", "100", "101", "1000", "0.1", "0.01", "-0.001", "0.5", "12.5", "-12500",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
    "18446744073709551615", "18446744073709551616", "999999999999999999", "1000000000000000001",
    "340282366920938463463374607431768211455", "99999999999999999999999999999999999999",
    "-99999999999999999999999999999999999999", "1E37", "1E38", "5E37", "49999999999999999999999999999999999999",
    "9.9999999999999999999999999999999999999E125", "-9.9999999999999999999999999999999999999E125", "1E125", "9E125",
    "1E-130", "-1E-130", "1.2345678901234567890123456789012345678E-130", "9.99E-130", "1E-129",
    "1.2345678901234567890123456789012345678", "0.99999999999999999999999999999999999999",
    "12345678901234567890123456789012345678E-60", "1E-38", "1E-37", "-3E20", "7E-20", "123456789.987654321",
]

TEXTS = EDGES + [
    "-0", "+0", "0.000", "00042", "-00.50", "+7", ".5", "5.", "-.25", "1.0", "3.1400", "1.5E2", "1.5e+2", "150e-2",
    "-12.50e+3", "1" + "0" * 125, "1" + "0" * 126, "0." + "0" * 129 + "1", "0." + "0" * 130 + "1",
    "0" * 200 + "1" + "0" * 100, "0." + "0" * 60 + "12345678901234567890123456789012345678",
    "12345678901234567890123456789012345678" + "0" * 80, "123456789012345678901234567890123456789",
    "-1.23456789012345678901234567890123456789", "100000000000000000000000000000000000001",
    "1000000000000000000000000000000000000010", "1e126", "-1e126", "1E-131", "-1e-131", "9.99E-131",
    "1e2147483647", "1e2147483648", "1e-2147483648", "1e99999999999", "1e-99999999999", "1e9223372036854775807",
    "-1e-9223372036854775808", "1e0000000000000000000000005", "0e125", "0e126", "0e-130", "0e-131", "0.0e126",
    "0.0e127", "-0.0e-130", "0.0e-9999", "0e9223372036854775807",
    "123456789012345678901234567890123456789e100", "123456789012345678901234567890123456789e-200",
    "0." + "0" * 1000 + "1e1001", "1" + "0" * 1000 + "e-1000",
]

NOT_NUMBERS = [
    "-", "+", ".", "-.", "e5", "1e", "1e+", "1e-", "1e5.5", "1.2.3", "--1", "+-1", "1 ", " 1", "0x10", "1_000", "1,5",
    "NaN", "Infinity", "-inf", "b", "1e5x", "٣", "1d", "1f", "1e9223372036854775808", "-1e-9223372036854775809",
    "0e99999999999999999999999",
]

DOUBLES = [
    0.1, 0.2, 0.3, 0.1 + 0.2, 1 / 3, 2 / 3, 1.0, -1.0, 100.0, 1e22, 1e23, 123456789.125, 5e-130, 9.5e125, 1e-130, 1e125,
    9007199254740991.0, 9007199254740992.0, 9007199254740993.0, 2.0**63, 2.0**64, 2.0**-44, 2.0**-24, 2.0**100,
    2.0**-100,
    5.684341886080802e-14, 4.35, 4.349999999999999, 0.000001, 1.7976931348623157e100, 123456.789e3, 299792458.0,
    3.14159,
    6.62607015e-34, 2.0**-400, 2.0**400, 8.41e21, 2.2250738585072011e-100, 9.109e-31, 2.0**-430, 1e126, 1e-131,
]


def shown(number):
    """As DynamoDB returns it, or the kind of error that keeps it from being stored."""
    if number == 0:
        return "0"
    number = number.normalize(EXACT)
    if number.adjusted() > MAX_MAGNITUDE:
        return "OVERFLOW"
    if number.adjusted() < MIN_MAGNITUDE:
        return "UNDERFLOW"
    if len(number.as_tuple().digits) > MAX_DIGITS:
        return "DIGITS"
    return format(number, "f")


def fits(number):
    return not shown(number).isupper()


def random_number(source):
    digits = source.choice([1, 2, 3, 5, 9, 17, 18, 19, 20, 21, 37, 38])
    coefficient = source.randrange(10 ** (digits - 1), 10**digits)
    exponent = source.choice([0, 0, -2, -digits, source.randrange(-40, 40), source.randrange(-140, 120)])
    number = Decimal(source.choice([coefficient, -coefficient])).scaleb(exponent, EXACT)
    return number if fits(number) else random_number(source)


def near(source, number):
    """A number that differs from another in the last digits, or is its opposite: what sums and order go wrong on."""
    digits = number.as_tuple().digits
    unit = Decimal(1).scaleb(number.adjusted() - source.choice([37, 37, 36, len(digits)]), EXACT)
    close = EXACT.add(number.copy_negate() if source.random() < 0.5 else number, unit)
    return close if fits(close) else random_number(source)


def quoted(text):
    return '"' + text + '"'


def read(text):
    """As shown(), but a zero has the magnitude that it is written with, as the service counts it."""
    # Python has no exponents as long as ours; any that is out of range will do.
    number = EXACT.create_decimal(re.sub("e(-?)[1-9][0-9]{9,}$", r"e\g<1>9999", text))
    if number == 0 and number.adjusted() > MAX_MAGNITUDE:
        return "OVERFLOW"
    if number == 0 and number.adjusted() < MIN_MAGNITUDE:
        return "UNDERFLOW"
    return shown(number)


def parse_rows():
    for text in TEXTS:
        yield quoted(text), quoted(read(text))


def pair_rows(source):
    edges = [EXACT.create_decimal(text) for text in EDGES]
    numbers = [number for number in edges if fits(number)]
    pairs = [(a, a.copy_negate()) for a in numbers[1:8]]
    pairs += [(a, b) for a in numbers[-30::4] for b in numbers[::5]]
    pairs += [(Decimal("1E38"), Decimal(-1)), (Decimal("2E38"), Decimal(-1)), (Decimal("1E39"), Decimal(-1))]
    pairs += [(Decimal("1E38"), Decimal("-99999999999999999999999999999999999999"))]
    pairs += [(Decimal("1E38"), Decimal("-9E37"))]
    pairs += [(Decimal("1.9E38"), Decimal("-99999999999999999999999999999999999999"))]
    pairs += [(Decimal("5E125"), Decimal("5E125")), (Decimal("-9E125"), Decimal("-1E125")), (Decimal("1E-130"),) * 2]
    pairs += [(Decimal("1E-129"), Decimal("9.9E-130")), (Decimal("1.1E-130"), Decimal("1E-130"))]
    for _ in range(60):
        a = random_number(source)
        pairs.append((a, random_number(source)))
        pairs.append((a, near(source, a)))
    for a, b in pairs:
        order = (a > b) - (a < b)
        total, difference = shown(EXACT.add(a, b)), shown(EXACT.subtract(a, b))
        yield quoted(str(a)), quoted(str(b)), quoted(total), quoted(difference), str(order)


def round_rows(source):
    fixed = [("2.5", 1), ("3.5", 1), ("-2.5", 1), ("-3.5", 1), ("2.51", 1), ("99.5", 2), ("98.5", 2), ("0", 5),
             ("1", 38),
             ("9.9999999999999999999999999999999999999E125", 37), ("9.5E-130", 1), ("9.4E-130", 1),
             ("12345678901234567890123456789012345650", 36), ("12345678901234567890123456789012345750", 36)]
    cases = [(Decimal(text), digits) for text, digits in fixed]
    cases += [(random_number(source), source.randrange(1, 39)) for _ in range(30)]
    for number, digits in cases:
        rounded = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emin=-100000, Emax=100000).plus(number)
        yield quoted(str(number)), str(digits), quoted(shown(rounded))


def double_rows(source):
    doubles = list(DOUBLES)
    for _ in range(40):
        doubles.append(source.uniform(-1, 1) * 10.0 ** source.randrange(-120, 120))
        doubles.append(round(source.uniform(-1000, 1000), source.randrange(0, 8)))
    doubles += [2.0**power for power in range(-420, 410, 37)]
    for double in doubles:
        yield double.hex(), quoted(shown(EXACT.create_decimal(repr(double))))


def nearest_double_rows(source):
    numbers = [EXACT.create_decimal(text) for text in EDGES]
    numbers += [EXACT.create_decimal(text) for text in (
        "9007199254740993", "9007199254740995", "9007199254740992.99999999999999999999", "9007199254740993.00000000001",
        "1.00000000000000011102230246251565404236", "1.0000000000000001110223024625156540424", "8.5E22", "1E23",
        "1E22")]
    numbers = [number for number in numbers if fits(number)] + [random_number(source) for _ in range(40)]
    for number in numbers:
        yield quoted(str(number)), float(number).hex()


def integer_rows(source):
    numbers = [EXACT.create_decimal(text) for text in EDGES + [
        "9223372036854775807.9", "-9223372036854775808.9", "922337203685477580.75", "-0.9", "1E18", "1E19", "9E18",
        "-9E18",
        "92233720368547758E2", "92233720368547759E2", "9.3E18", "1E125"]]
    numbers = [number for number in numbers if fits(number)] + [random_number(source) for _ in range(20)]
    for number in numbers:
        whole = int(number.to_integral_value(ROUND_DOWN, EXACT))
        kind = "NEITHER"
        if -(2**63) <= whole < 2**63:
            kind = "EXACT" if whole == number else "TRUNCATED"
        value = "INT64_MIN" if whole == -(2**63) else f"INT64_C({whole})"
        yield quoted(str(number)), kind, value if kind != "NEITHER" else "0"


def table(declaration, rows):
    rows = ["    { " + ", ".join(row) + " },\n" for row in rows]
    return f"static const {declaration}[] = {{\n" + "".join(rows) + "};\n", len(rows)


def main():
    source = random.Random(1)
    tables = [
        table("parse_vector parse_vectors", parse_rows()),
        table("char *const not_numbers", [(quoted(text),) for text in NOT_NUMBERS]),
        table("pair_vector pair_vectors", pair_rows(source)),
        table("round_vector round_vectors", round_rows(source)),
        table("double_vector double_vectors", double_rows(source)),
        table("nearest_vector nearest_vectors", nearest_double_rows(source)),
        table("integer_vector integer_vectors", integer_rows(source)),
    ]
    tables[1] = tables[1][0].replace("{ \"", "\"").replace("\" }", "\""), tables[1][1]
    text = "/* Written by number_vectors.py. The types of the rows are those of the test that includes this. */\n\n"
    OUTPUT.write_text(text + "\n".join(text for text, _ in tables))
    print(sum(count for _, count in tables), "rows")


main()
