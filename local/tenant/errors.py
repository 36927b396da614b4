"""The kinds of failure of a request; the answers are Auth0's."""


class StoreError(Exception):
    """The disk of the store is full or failed, and nothing has changed; the text is a sentence for the log."""


class OAuthError(Exception):
    """An error of the token endpoint: `{"error": ..., "error_description": ...}` (RFC 6749 §5.2)."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


class PageError(Exception):
    """An error that the browser shows as a page of the tenant, because the request's redirect_uri cannot be trusted."""

    def __init__(self, title: str, explanation: str, status: int = 400) -> None:
        super().__init__(title)
        self.title = title
        self.explanation = explanation
        self.status = status


class LoginError(Exception):
    """An error of a sign-in, sent to the application's redirect_uri (RFC 6749 §4.1.2.1)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
