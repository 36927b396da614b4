"""Sends the answer of /authorize to the application: by a redirect, a form, or a message to its window."""

from starlette.responses import RedirectResponse, Response

from local.tenant.errors import LoginError
from local.tenant.pages import page
from local.tenant.sign_in.return_address import ReturnAddress


def send(to: ReturnAddress, answer: dict[str, str]) -> Response:
    """Return the response that carries an answer to the application."""
    match to.response_mode:
        case "form_post":
            return _form(to, answer)
        case "web_message":
            return _message(to, answer)
        case _:
            # After a POST, 303 makes the browser use GET. no-referrer keeps the code out of the next Referer header.
            headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
            return RedirectResponse(to.url(answer), 303, headers)


def refuse(to: ReturnAddress, error: LoginError) -> Response:
    """Return the response that carries an error to the application (RFC 6749 §4.1.2.1)."""
    return send(to, {"error": error.error, "error_description": error.description})


def decline(to: ReturnAddress, description: str) -> Response:
    """Return the response for a user who declined (`access_denied`)."""
    return refuse(to, LoginError("access_denied", description))


def _form(to: ReturnAddress, answer: dict[str, str]) -> Response:
    # OAuth 2.0 Form Post Response Mode §2: a page that submits itself.
    return page("form_post.html", form_target=to.origin, target=to.redirect_uri, fields=to.with_state(answer))


def _message(to: ReturnAddress, answer: dict[str, str]) -> Response:
    response = page("web_message.html", answer=to.with_state(answer), origin=to.origin)
    policy = response.headers["Content-Security-Policy"]
    response.headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'", f"frame-ancestors {to.origin}"
    )
    return response
