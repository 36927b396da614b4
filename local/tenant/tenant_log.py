"""The tenant's log, as Auth0's dashboard and `GET /api/v2/logs` show one: who signed in, what Actions said.

Kept in memory, the last thousand rows: it is for the person who watches, and holds what the log file must not, such as
user ids. https://auth0.com/docs/deploy-monitor/logs/log-event-type-codes
"""

import datetime
import re
import secrets
from collections import deque

from local.tenant.store import Document

_ROWS = 1000
_SIGNED = re.compile(r"[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")  # a JWT


class TenantLog:
    """Rows, the newest first."""

    def __init__(self) -> None:
        self._rows: deque[Document] = deque(maxlen=_ROWS)

    def add(self, kind: str, description: str, **fields: object) -> None:
        """Keep a row without the fields that have no value.

        `kind` is Auth0's event type code, or action_console or action_error, which Auth0 keeps apart from its log.
        """
        now = datetime.datetime.now(datetime.UTC)
        row = {
            "log_id": f"900{now:%Y%m%d%H%M%S%f}{secrets.randbelow(10**9):09}",
            "date": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "type": kind,
            "description": without_tokens(description),
            **{name: value for name, value in fields.items() if value is not None},
        }
        self._rows.appendleft(row)

    def rows(self) -> list[Document]:
        """Return every row that is kept, the newest first."""
        return list(self._rows)


def without_tokens(text: str, secret_values: tuple[str, ...] = ()) -> str:
    """Return a text in which nothing is left that looks like a JWT, and none of the given secrets."""
    for value in secret_values:
        if value:
            text = text.replace(value, "(secret)")
    return _SIGNED.sub("(token)", text)
