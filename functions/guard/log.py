"""The lines of an API's log: JSON, one object for each line."""

import json
from collections.abc import Callable
from typing import Any


class Log:
    """Writes lines, each with the ids of its request."""

    def __init__(self, service: str, write: Callable[[str], object]) -> None:
        """Take the API's name, and the function that writes a line."""
        self._service = service
        self._write = write
        self._request: dict[str, Any] = {}

    def begin(self, request_id: object, function_request_id: object) -> None:
        """Take the ids of the request to which the next lines belong: API Gateway's, and Lambda's."""
        self._request = {"request_id": request_id, "function_request_id": function_request_id}

    def info(self, message: str, **members: object) -> None:
        """Write a line about an event."""
        self._line("INFO", message, members)

    def error(self, message: str, **members: object) -> None:
        """Write a line about a failure that a person has to look into."""
        self._line("ERROR", message, members)

    def _line(self, level: str, message: str, members: dict[str, object]) -> None:
        entry = {"level": level, "message": message, "service": self._service, **self._request, **members}
        self._write(json.dumps(entry, default=str) + "\n")
