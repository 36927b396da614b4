"""AWS SDKs: a second attempt at a request gets the answer of the first attempt, if that succeeded.

On a busy machine a client sometimes loses the answer to a request that was carried out. The client sends the request
again, as after any broken connection. A conditional PutItem then fails on the item that it just made, and so does
Terraform's apply. We do not know where the answers get lost. The SDKs give all attempts at a request the same
`amz-sdk-invocation-id`, so this addition keeps the last answers. It does not keep answers to reads: repeating a read is
harmless. AWS itself keeps no answers, and loses far fewer.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack import app

from local.aws.private_names import wrap

type Message = dict[str, Any]
"""An ASGI event."""

_KEPT = 256  # requests; a second attempt follows within seconds
_NAME = b"amz-sdk-invocation-id"
_READS = {"GET", "HEAD"}

_answers: OrderedDict[bytes, asyncio.Future[list[Message]]] = OrderedDict()
_log = logging.getLogger("gatehouse.repeated_requests")


async def serve(
    original: Callable[..., Awaitable[None]],
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Serve a request, or repeat the answer if its first attempt was served or is being served."""
    name = dict(scope.get("headers", ())).get(_NAME)
    if name is None or scope["method"] in _READS:
        await original(scope, receive, send)
        return
    while (earlier := _answers.get(name)) is not None:
        if _succeeded(answer := await asyncio.shield(earlier)):
            _log.warning("%s %s is answered again", scope["method"], scope["path"])
            while (await receive()).get("more_body"):
                pass
            for message in answer:
                await send(message)
            return
        if _answers.get(name) is earlier:
            del _answers[name]
    await _serve_first(name, original, scope, receive, send)


async def _serve_first(
    name: bytes,
    original: Callable[..., Awaitable[None]],
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    answer: list[Message] = []
    ended = _answers[name] = asyncio.get_running_loop().create_future()
    while len(_answers) > _KEPT:
        _answers.popitem(last=False)

    async def keep_and_send(message: Message) -> None:
        answer.append(message)
        await send(message)

    try:
        await original(scope, receive, keep_and_send)
    finally:
        ended.set_result(answer)


def _succeeded(answer: list[Message]) -> bool:
    return bool(answer) and answer[0].get("status", 0) // 100 == 2


def install() -> None:
    """Look for a kept answer before ministack's application serves the request."""
    wrap(app, "app", serve)
