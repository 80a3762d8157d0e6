#!/usr/bin/env python3
"""Signs random requests with botocore and with this library, and compares.

usage: compare.py PROGRAM [COUNT [SEED]]    PROGRAM is interop_sign_requests; a Python with botocore runs this
"""

import datetime
import random
import subprocess
import sys
import time
from unittest import mock

import botocore
from botocore.auth import SIGNED_HEADERS_BLACKLIST, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~"
PRINTABLE = "".join(map(chr, range(33, 127)))
LETTERS = "äöüßéñøłžşğ日本語中文한국어ελληνικάрусскийעבריתعربي🎉😀𝄞"
REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2", "cn-north-1", "us-gov-west-1", "local"]


def main():
    program = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else time.time_ns()
    chance = random.Random(seed)
    print(f"sigv4: {count} requests, seed {seed}")
    signer = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    different = sum(not agree(signer, random_case(chance)) for _ in range(count))
    signer.stdin.close()
    if signer.wait() or different:
        sys.exit(f"sigv4: {different} of {count} signatures differ")
    print(f"= botocore {botocore.__version__}: {count} signatures equal")


def random_case(chance):
    text = lambda alphabet, most, least=0: "".join(chance.choices(alphabet, k=chance.randint(least, most)))
    anything = PRINTABLE + LETTERS + " "
    pieces = ["", ".", "..", "...", "%41", "%2F", "a b", "+", "~", "*", "a=b", "@:!$'()"]
    segments = [chance.choice(pieces) if chance.random() < 0.4 else text(SAFE + LETTERS, 8) for _ in range(chance.randint(0, 6))]
    headers = [("Host", text("abcdefghij.", 20, 1) + chance.choice(["", ":8000"]))]
    for _ in range(chance.randint(0, 8)):
        name = chance.choice(["X-", "x-amz-", "Content-", ""]) + text(SAFE[:36], 6, 1)
        if name.lower() not in ("host", "date", "x-amz-date", "x-amz-security-token", "authorization", "x-amz-content-sha256"):
            headers.append((name, text(PRINTABLE + LETTERS + " \t" * 10, 60)))
            if chance.random() < 0.2:
                headers.append((name.swapcase(), text(anything, 20)))
    if chance.random() < 0.3:
        headers.append((chance.choice(SIGNED_HEADERS_BLACKLIST), "never signed"))
    chance.shuffle(headers)
    return {
        "credentials": Credentials(
            text(SAFE[:62], 30, 3), text(PRINTABLE, 80, 1), text(PRINTABLE, 1500, 1) if chance.random() < 0.5 else None
        ),
        "now": datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=chance.randint(0, 4_000_000_000)),
        "region": chance.choice(REGIONS),
        "service": chance.choice(["dynamodb", "streams.dynamodb", "sts", "service"]),
        "method": chance.choice(["GET", "POST", "PUT", "DELETE", "HEAD"]),
        "path": "/" + "/".join(segments).replace("?", "").replace("#", ""),
        "params": [(text(anything, 6), text(anything, 12)) for _ in range(chance.choice([0, 0, 1, 2, 5, 25]))],
        "headers": headers,
        "body": chance.randbytes(chance.choice([0, 2, 55, 56, 64, 400, 5000])),
        "encode": lambda value: encode(chance, value),
    }


def encode(chance, value):
    """As some client might: what needs no escape has one now and then, in either case."""
    pieces = []
    for byte in value.encode():
        if chr(byte) in SAFE and chance.random() < 0.9:
            pieces.append(chr(byte))
        else:
            pieces.append(f"%{byte:02{chance.choice('xX')}}")
    return "".join(pieces)


def agree(signer, case):
    expected, headers = botocore_signs(case)
    credentials = case["credentials"]
    query = "&".join(case["encode"](name) + "=" + case["encode"](value) for name, value in case["params"])
    time_text = case["now"].strftime("%Y%m%dT%H%M%SZ")
    fields = [credentials.access_key, credentials.secret_key, time_text, case["region"], case["service"], case["method"]]
    fields += [case["path"], query, case["body"]] + [text for header in headers for text in header]
    line = "\t".join((field if isinstance(field, bytes) else field.encode()).hex() for field in fields)
    signer.stdin.write(line.encode() + b"\n")
    signer.stdin.flush()
    signed = signer.stdout.readline().decode().rstrip("\n")
    if signed != expected:
        print(f"botocore: {expected}\nbloop:    {signed}\n{case}")
    return signed == expected


def botocore_signs(case):
    """The header Authorization, and the headers that are signed."""
    url = "https://example.amazonaws.com" + case["path"]
    request = AWSRequest(case["method"], url, params=case["params"], data=case["body"])
    for name, value in case["headers"]:
        request.headers[name] = value
    with mock.patch("botocore.auth.get_current_datetime", return_value=case["now"]):
        SigV4Auth(case["credentials"], case["service"], case["region"]).add_auth(request)
    authorization = request.headers["Authorization"]
    skipped = [*SIGNED_HEADERS_BLACKLIST, "authorization"]
    return authorization, [header for header in request.headers.items() if header[0].lower() not in skipped]


main()
