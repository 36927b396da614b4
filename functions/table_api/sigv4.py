"""Signs a request to AWS: Signature Version 4, for a POST to `/` without a query, which is all that DynamoDB takes.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

A test compares it with botocore's signer. botocore itself takes half of a plain function's cold start
(docs/decisions/0025).
"""

import time
from collections.abc import Mapping
from hashlib import sha256
from hmac import digest
from typing import NamedTuple


class Credentials(NamedTuple):
    """The keys of an AWS role; Lambda hands them over in the environment, for the life of a container."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None


def signed(
    credentials: Credentials, *, service: str, region: str, headers: Mapping[str, str], body: bytes, now: float
) -> dict[str, str]:
    """Return the headers of a POST to `/` with a signature; `headers` hold `host`, `now` is Unix time in seconds."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    whole = {name.lower(): value for name, value in headers.items()} | {"x-amz-date": moment}
    if credentials.session_token:
        whole["x-amz-security-token"] = credentials.session_token
    names = ";".join(sorted(whole))
    lines = [f"{name}:{whole[name].strip()}" for name in sorted(whole)]
    request = "\n".join(["POST", "/", "", *lines, "", names, sha256(body).hexdigest()])
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, sha256(request.encode()).hexdigest()])
    key = f"AWS4{credentials.secret_access_key}".encode()
    for part in scope.split("/"):
        key = digest(key, part.encode(), "sha256")
    signature = digest(key, text.encode(), "sha256").hex()
    credential = f"{credentials.access_key_id}/{scope}"
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return {**whole, "authorization": authorization}
