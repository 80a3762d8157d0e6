#!/usr/bin/env python3
"""Writes sigv4_vectors.inc beside itself: AWS's published vectors of Signature Version 4, one row a case.

usage: tests/vectors/sigv4_vectors.py FOLDER

FOLDER is tests/aws-signing-test-suite/v4 of github.com/awslabs/aws-c-auth. The output is committed.

Cases that turn off the normalizing of paths are left out: that is S3's way, and no other service's. Tokens that are added
after signing ("omit_session_token") are not part of what is signed.
"""

import json
import pathlib
import sys

COMMIT = "495329c2433034bd8fd53fc6ba9e0202d3fac876"
OUTPUT = pathlib.Path(__file__).with_suffix(".inc")
HEAD = """/* AWS's test vectors of Signature Version 4. Written by sigv4_vectors.py; not to be edited.
   Source: github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4, commit
   COMMIT. Copyright Amazon.com, Inc. or its affiliates, Apache License 2.0.

   SIGV4_VECTOR(name, how, method, path, query, headers, body, token, canonical request, string to sign, signature):
   headers are names and values in turn; `how` is HEADER, where the signature goes into a header, or QUERY, where it is a
   parameter. */
"""


def main(folder):
    rows = []
    for case in sorted(pathlib.Path(folder).iterdir()):
        context = json.loads((case / "context.json").read_text())
        if context["normalize"]:
            rows += [row(case, context, "header"), row(case, context, "query")]
    OUTPUT.write_text(HEAD.replace("COMMIT", COMMIT) + "".join(rows))


def row(case, context, how):
    part = lambda name: (case / f"{how}-{name}.txt").read_text()
    method, path, query, headers, body = parse((case / f"{how}-signed-request.txt").read_text())
    token = context["credentials"].get("token", "")
    unsigned = {"authorization"} | ({"x-amz-security-token"} if context.get("omit_session_token") else set())
    headers = [(name, value) for name, value in headers if name.lower() not in unsigned]
    query = "&".join(part for part in query.split("&") if part.partition("=")[0].lower() not in unsigned)
    assert context["region"] == "us-east-1" and context["service"] == "service"
    assert context["timestamp"] == "2015-08-30T12:36:00Z"
    pairs = ", ".join(f"{literal(name)}, {literal(value)}" for name, value in headers)
    texts = [part("canonical-request"), part("string-to-sign"), part("signature").strip()]
    return (
        f"SIGV4_VECTOR({literal(case.name)}, {how.upper()}, {literal(method)}, {literal(path)}, {literal(query)},\n"
        f"    ({pairs}),\n    {literal(body)}, {literal(token)},\n    "
        + ",\n    ".join(literal(text) for text in texts)
        + ")\n"
    )


def parse(text):
    head, _, body = text.partition("\n\n")
    lines = head.split("\n")
    method, rest = lines[0].split(" ", 1)
    path, _, query = rest.rsplit(" ", 1)[0].partition("?")
    headers = []
    for line in lines[1:]:
        if line.startswith(" "):
            headers[-1] = (headers[-1][0], headers[-1][1] + "\n" + line)
        elif line:
            name, _, value = line.partition(":")
            headers.append((name, value))
    return method, path, query, headers, body.strip("\n")


def literal(text):
    pieces = []
    for byte in text.encode():
        char = chr(byte)
        if char == "\n":
            pieces.append("\\n")
        elif char in '"\\':
            pieces.append("\\" + char)
        elif 32 <= byte < 127:
            pieces.append(char)
        else:
            pieces.append(f"\\{byte:03o}")
    return '"' + "".join(pieces) + '"'


main(sys.argv[1])
