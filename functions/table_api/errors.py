"""The refusals of a table's API; an error's text is the sentence for the caller."""

from guard.answers import ApiError, NotFoundError

__all__ = [
    "ApiError",
    "ContentTooLargeError",
    "InvalidRequestError",
    "NotFoundError",
    "PreconditionFailedError",
    "ReusedKeyError",
    "TableError",
    "UnsupportedMediaTypeError",
]


class InvalidRequestError(ApiError):
    """The operation does not accept the query, a header or the body."""

    status = 400
    code = "invalid_request"


class PreconditionFailedError(ApiError):
    """The item has changed since the caller read it (RFC 9110 §13.1.1)."""

    status = 412
    code = "precondition_failed"


class ContentTooLargeError(ApiError):
    """The body is longer than an item may be (RFC 9110 §15.5.14)."""

    status = 413
    code = "content_too_large"


class UnsupportedMediaTypeError(ApiError):
    """According to its header, the body is not JSON (RFC 9110 §15.5.16)."""

    status = 415
    code = "unsupported_media_type"


class ReusedKeyError(ApiError):
    """The Idempotency-Key belongs to another request (draft-ietf-httpapi-idempotency-key-header, section 2.7)."""

    status = 422
    code = "idempotency_key_reused"


class TableError(ApiError):
    """DynamoDB failed, or answered something unexpected; `reason` is for the log, never for the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__("The data cannot be reached at the moment. Try again later.")
        self.reason = reason
