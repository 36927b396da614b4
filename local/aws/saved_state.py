"""AWS keeps what it has acknowledged: the local AWS saves its state whenever changes pause, not only on a clean stop.

ministack writes its state when it shuts down. A kill -9 or a crash of the machine would lose all changes since the
start, but Terraform's state would still list them. ministack itself writes S3 objects at once (S3_PERSIST).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any

from ministack import app
from ministack.core import persistence

from local.aws.private_names import require, wrap

_PAUSE_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 10.0  # if changes do not pause, as during an apply
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_READS = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "Filter")
"""The first words of operations that read by POST, as in `x-amz-target: DynamoDB_20120810.GetItem`."""


class _Changes:
    """The first and the last change since the state was saved, in seconds of the monotonic clock."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = 0.0

    def note(self) -> None:
        self.last = monotonic()
        if self.first is None:
            self.first = self.last

    def due(self) -> bool:
        if self.first is None:
            return False
        now = monotonic()
        return now - self.last >= _PAUSE_SECONDS or now - self.first >= _LONGEST_DELAY_SECONDS


_changes = _Changes()
_tasks: set[asyncio.Task[None]] = set()  # strong references, because the loop keeps only weak ones


async def serve(
    original: Callable[..., Awaitable[None]],
    scope: Mapping[str, Any],
    receive: Callable[..., Awaitable[Any]],
    send: Callable[..., Awaitable[None]],
) -> None:
    """Serve a request, and note it if it may have changed state."""
    if scope["type"] == "lifespan":
        _tasks.add(asyncio.create_task(_save_for_ever()))
    await original(scope, receive, send)
    if scope["type"] == "http" and _may_change(scope):
        _changes.note()


def _may_change(scope: Mapping[str, Any]) -> bool:
    if scope["method"] in _SAFE_METHODS:
        return False
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host = headers.get(b"host", "")
    if app._parse_cloudfront_dataplane_host(host) or app._parse_execute_api_url(host, scope["path"]):
        return False  # a visitor's request; if its Lambda writes, that is another request
    operation = headers.get(b"x-amz-target", "").rpartition(".")[2]
    return not operation.startswith(_READS)


async def _save_for_ever() -> None:
    while True:
        await asyncio.sleep(_PAUSE_SECONDS / 2)
        if _changes.due():
            _changes.first = None
            persistence.save_all(app._build_persistence_save_dict())


def install() -> None:
    """Watch the requests of ministack's application; do nothing without PERSIST_STATE=1."""
    require(app, "_build_persistence_save_dict", "_parse_cloudfront_dataplane_host", "_parse_execute_api_url")
    require(persistence, "PERSIST_STATE", "save_all")
    if persistence.PERSIST_STATE:
        logging.getLogger("persistence").setLevel(logging.WARNING)  # otherwise each save logs a line for each service
        wrap(app, "app", serve)
