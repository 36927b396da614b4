"""What an API refuses, one class for each answer; the text of an error is the sentence that the caller reads."""


class ApiError(Exception):
    """A request that gets no data."""

    status = 500
    code = "server_error"


class InvalidRequestError(ApiError):
    """The query is not one that the operation takes."""

    status = 400
    code = "invalid_request"


class InsufficientScopeError(ApiError):
    """The scopes in the authorizer's context do not cover the operation.

    `scope` is what the operation needs, as the scope attribute of WWW-Authenticate (RFC 6750 section 3).
    """

    status = 403
    code = "insufficient_scope"

    def __init__(self, scope: str) -> None:
        super().__init__(f"The access token does not grant what this needs: {scope}.")
        self.scope = scope


class NotFoundError(ApiError):
    """There is no such item, or no such path."""

    status = 404
    code = "not_found"


class UnguardedError(ApiError):
    """A guarded operation was reached with no authorizer in front of it: the deployment is at fault, not the caller."""


class TableError(ApiError):
    """DynamoDB did not answer as it should; `reason` is for the log, never for the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__("The data cannot be read at the moment. Try again later.")
        self.reason = reason
