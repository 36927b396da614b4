"""CloudFront UpdateFunction: the answer has the new version in a header spelt `ETtag`.

AWS's own model of the call has this spelling (botocore, cloudfront 2020-05-31, UpdateFunctionResult). Terraform reads
that header to learn which version to publish. ministack sends only `ETag`, so publishing fails.
"""

from collections.abc import Callable, Mapping

from ministack.services import cloudfront

from local.aws.private_names import Reply, wrap


def update_function(
    original: Callable[..., Reply], name: str, request_headers: Mapping[str, str], request_body: bytes
) -> Reply:
    """Update the function, and answer with the version under both spellings."""
    status, headers, body = original(name, request_headers, request_body)
    if "ETag" in headers:
        headers = {**headers, "ETtag": headers["ETag"]}
    return status, headers, body


def install() -> None:
    """Replace ministack's UpdateFunction."""
    wrap(cloudfront, "_cf_update_function", update_function)
