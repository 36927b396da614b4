"""How a request to the local tenant fails: with Auth0's own answers."""


class StoreError(Exception):
    """The store's disk is full or failed, and nothing was changed; the text is the sentence for the log."""


class OAuthError(Exception):
    """A refusal of the token end point: `{"error": ..., "error_description": ...}` (RFC 6749 §5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


class PageError(Exception):
    """A page for the person at the browser, without a redirect: the request's own redirect_uri cannot be trusted."""

    def __init__(self, title: str, explanation: str, status: int = 400) -> None:
        super().__init__(title)
        self.title = title
        self.explanation = explanation
        self.status = status


class LoginError(Exception):
    """A sign-in that ends with an error at the application's redirect_uri (RFC 6749 §4.1.2.1)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
