"""The refusals of a table's API; the text of an error is the sentence that the caller reads."""

from guard.answers import ApiError, NotFoundError

__all__ = ["ApiError", "InvalidRequestError", "NotFoundError", "TableError"]


class InvalidRequestError(ApiError):
    """The query is not one that the operation takes."""

    status = 400
    code = "invalid_request"


class TableError(ApiError):
    """DynamoDB did not answer as it should; `reason` is for the log, never for the caller."""

    def __init__(self, reason: str) -> None:
        super().__init__("The data cannot be read at the moment. Try again later.")
        self.reason = reason
