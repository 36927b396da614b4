"""The signature is the one that botocore makes, whatever is signed."""

from datetime import UTC, datetime
from unittest import mock

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given, settings
from hypothesis import strategies as st

from table_api.sigv4 import Credentials, signed

NOW = 1_800_000_000.0
keys = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=40)
hosts = st.sampled_from(["dynamodb.eu-west-1.amazonaws.com", "127.0.0.1:8000", "localhost:4566"])


def by_botocore(credentials: Credentials, region: str, headers: dict[str, str], body: bytes) -> str:
    request = AWSRequest("POST", f"https://{headers['host']}/", headers=headers, data=body)
    moment = datetime.fromtimestamp(NOW, UTC)
    with mock.patch("botocore.auth.get_current_datetime", return_value=moment):
        SigV4Auth(BotoCredentials(*credentials), "dynamodb", region).add_auth(request)
    return str(request.headers["Authorization"])


@settings(deadline=None)
@given(
    credentials=st.builds(Credentials, keys, keys, st.none() | keys),
    region=st.sampled_from(["eu-west-1", "us-gov-west-1", "cn-north-1"]),
    host=hosts,
    target=keys,
    body=st.binary(max_size=200),
)
def test_a_request_is_signed_as_botocore_signs_it(
    credentials: Credentials, region: str, host: str, target: str, body: bytes
) -> None:
    headers = {
        "host": host,
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": f"DynamoDB_20120810.{target}",
    }
    own = signed(credentials, service="dynamodb", region=region, headers=headers, body=body, now=NOW)
    assert own["authorization"] == by_botocore(credentials, region, headers, body)
    assert own.get("x-amz-security-token") == credentials.session_token
