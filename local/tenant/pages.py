"""HTML answers: a template for each page, with headers that forbid any other content."""

import secrets
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from local.tenant.errors import PageError
from local.tenant.look import Look

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


_PLAIN = Look()


def page(
    template: str,
    *,
    status: int = 200,
    form_target: str = "",
    look: Look = _PLAIN,
    **values: Any,  # noqa: ANN401 - any value for the template
) -> HTMLResponse:
    """Return a page.

    `form_target`: the origin to which a form's answer redirects, for the Content-Security-Policy. `look`: the tenant's
    look, for the pages that Auth0 shows with it.
    """
    nonce = secrets.token_urlsafe(16)
    text = _TEMPLATES.get_template(template).render(nonce=nonce, look=look, **values)
    response = HTMLResponse(text, status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; "
        f"form-action 'self' {form_target}; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def error_page(error: PageError) -> HTMLResponse:
    """Return the page for an error that must not be sent to a redirect_uri."""
    return page("error.html", status=error.status, title=error.title, explanation=error.explanation)
