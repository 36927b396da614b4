"""Lambda GetFunction: with a qualifier, `Code.Location` leads to the code of that version.

ministack always leads to the newest code. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
"""

import json
from collections.abc import Callable

from ministack.services import lambda_svc

from local.aws.private_names import Reply, require, wrap


def get_function(original: Callable[..., Reply], name: str, qualifier: str | None = None) -> Reply:
    """Return ministack's answer, with the qualifier in the address of the code."""
    status, headers, body = original(name, qualifier)
    if status != 200 or qualifier is None:
        return status, headers, body
    answer = json.loads(body)
    if location := answer["Code"].get("Location"):
        address, _, query = location.partition("?")
        answer["Code"]["Location"] = f"{address}:{qualifier}?{query}"
    return status, headers, json.dumps(answer).encode()


def serve_function_code(
    original: Callable[..., Reply], name: str, account_id: str | None = None, region: str | None = None
) -> Reply:
    """Answer with the code of a version, if the address names one."""
    name, _, qualifier = name.partition(":")
    if not qualifier:
        return original(name, account_id, region)
    function = lambda_svc._functions.get_scoped(account_id, region, name)
    record, _ = lambda_svc._effective_func_record_for_qualifier(function, qualifier)
    if record is None:
        return 404, {"Content-Type": "text/plain"}, b"Version not found"
    return 200, {"Content-Type": "application/zip"}, record.get("code_zip") or b""


def install() -> None:
    """Replace GetFunction, and the handler of the address that it gives."""
    require(lambda_svc, "_functions", "_effective_func_record_for_qualifier")
    wrap(lambda_svc, "_get_function", get_function)
    wrap(lambda_svc, "serve_function_code", serve_function_code)
