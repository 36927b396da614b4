"""The tenant's log, as in Auth0's dashboard and `GET /api/v2/logs`: sign-ins, and the output of Actions.

It keeps the last thousand rows, in memory only: they contain user ids, which must not be in the log file.
https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
"""

import datetime
import re
import secrets
from collections import deque

from local.tenant.encodings import timestamp
from local.tenant.store import Document

_ROWS = 1000
_SIGNED = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")  # a JWT


class TenantLog:
    """Rows, the newest first."""

    def __init__(self) -> None:
        self._rows: deque[Document] = deque(maxlen=_ROWS)

    def add(self, kind: str, description: str, **fields: object) -> None:
        """Add a row, without the fields that are None.

        `kind` is Auth0's event type code, or action_console or action_error, which Auth0's log does not have.
        """
        now = datetime.datetime.now(datetime.UTC)
        row = {
            "log_id": f"900{now:%Y%m%d%H%M%S%f}{secrets.randbelow(10**9):09}",
            "date": timestamp(now.timestamp()),
            "type": kind,
            "description": without_tokens(description),
            **{name: value for name, value in fields.items() if value is not None},
        }
        self._rows.appendleft(row)

    def rows(self) -> list[Document]:
        """Return every row, the newest first."""
        return list(self._rows)


def without_tokens(text: str, secret_values: tuple[str, ...] = ()) -> str:
    """Return a text with `(token)` for each JWT and `(secret)` for each of the given secrets."""
    for value in secret_values:
        if value:
            text = text.replace(value, "(secret)")
    return _SIGNED.sub("(token)", text)
