"""A server that was given credentials answers those who sign with them, and nobody else."""

import urllib.error
import urllib.request
import os

import boto3
import botocore.config
import botocore.exceptions

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
CALLERS = [
    # key, secret, token, the error's code (none: it is answered)
    ("AKIDEXAMPLE", SECRET, None, None),
    ("ASIAVISITOR", "another/secret", "a-token-that-is-asked-for", None),
    ("AKIDEXAMPLE", SECRET + "x", None, "InvalidSignatureException"),
    ("AKIDNOBODY", SECRET, None, "UnrecognizedClientException"),
    ("ASIAVISITOR", "another/secret", None, "UnrecognizedClientException"),
    ("ASIAVISITOR", "another/secret", "another-token", "UnrecognizedClientException"),
]


def refusal(key, secret, token):
    config = botocore.config.Config(retries={"max_attempts": 1})
    client = boto3.client("dynamodb", aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token,
                          config=config)
    try:
        client.list_tables()
    except botocore.exceptions.ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400, error.response
        return error.response["Error"]["Code"]
    return None


def unsigned():
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL_DYNAMODB"], b"{}", headers)
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        return error.read().decode()
    return "answered"


for key, secret, token, code in CALLERS:
    got = refusal(key, secret, token)
    assert got == code, f"{key} with token {token}: {got} instead of {code}"
assert "MissingAuthenticationToken" in unsigned(), unsigned()
print(f"= {len(CALLERS) + 1} signed and unsigned callers told apart")
