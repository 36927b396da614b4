"""AWS SDKs: the answer to a request that is sent again is the answer to its first attempt, when that succeeded.

On a busy machine, now and then, a client does not get the answer to a request that was carried out, and sends it again
as after any broken connection: a conditional PutItem then fails on the item that it has just made, and Terraform's
apply with it. Where the answers get lost is not known. The SDKs give all attempts at one request one name
(`amz-sdk-invocation-id`), so the last answers are kept, but for those to reads, which may well be repeated. AWS itself
keeps none, and loses none that often.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ministack import app

from local.aws.private_names import wrap

type Message = dict[str, Any]
"""An event of ASGI."""

_KEPT = 256  # requests; the second attempt comes within seconds
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
    """Serve a request as the ASGI application does, but for one that was served before, or is being served."""
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
    """Put the kept answers in front of ministack's application."""
    wrap(app, "app", serve)
