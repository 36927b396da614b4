"""The parameters of a browser's request."""

from starlette.datastructures import QueryParams
from starlette.requests import Request


async def read_parameters(request: Request) -> QueryParams:
    """Return a GET's query or a POST's form fields (OpenID Connect Core §3.1.2.1), without uploaded files."""
    if request.method != "POST":
        return request.query_params
    form = await request.form()
    return QueryParams([(name, value) for name, value in form.multi_items() if isinstance(value, str)])


def single(parameters: QueryParams, name: str) -> str | None:
    """Return a parameter that occurs exactly once; None if it is missing or repeated (RFC 6749 §3.1)."""
    values = parameters.getlist(name)
    return values[0] if len(values) == 1 else None
