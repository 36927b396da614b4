"""The process in which Actions run, one at a time; it is ended and begun again when one does not come back.

A process of its own, because an endless loop behind an `await` cannot be stopped from inside V8's own process, and V8
ends the whole process when its memory is used up.
"""

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from local_tenant.errors import LoginError

_TIME_LIMIT_SECONDS = 20.0  # Auth0's own limit for the whole trigger
_LINE_LIMIT_BYTES = 8 * 1024 * 1024

_log = logging.getLogger(__name__)


class ActionProcess:
    """Starts with the first Action, so that it belongs to the event loop that asks."""

    def __init__(self, time_limit_seconds: float = _TIME_LIMIT_SECONDS) -> None:
        self._time_limit_seconds = time_limit_seconds
        self._process: Process | None = None
        self._turn = asyncio.Lock()

    async def execute(self, code: str, event: dict[str, Any]) -> list[list[Any]]:
        """Run an Action and return the calls that it made of its `api`, as [method, ...arguments].

        Raise LoginError(access_denied) with the error's text when it throws, takes too long or uses too much memory.
        """
        async with self._turn:
            answer = await self._ask(json.dumps({"code": code, "event": event}).encode() + b"\n")
        if "error" in answer:
            _log.warning("an Action failed; the sign-in that ran it says why")
            raise LoginError("access_denied", answer["error"])
        commands: list[list[Any]] = answer["commands"]
        return commands

    async def close(self) -> None:
        """End the process."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.wait()
            self._process = None

    async def _ask(self, line: bytes) -> dict[str, Any]:
        process = self._process
        if process is None or process.returncode is not None:
            process = await self._start()
        self._process = None  # until it has answered, it cannot be trusted with another Action
        answer: dict[str, Any]
        try:
            async with asyncio.timeout(self._time_limit_seconds):
                answer = json.loads(await _exchange(process, line))
        except TimeoutError:
            answer = {"error": f"the Action took longer than {self._time_limit_seconds:g} seconds"}
        except (ValueError, ConnectionError):
            answer = {"error": "the Action used too much memory"}
        else:
            self._process = process
            return answer
        finally:
            if self._process is None and process.returncode is None:
                process.kill()
        await process.wait()
        return answer

    @staticmethod
    async def _start() -> Process:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "local_tenant.action_worker",
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            limit=_LINE_LIMIT_BYTES,
        )


async def _exchange(process: Process, line: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise ConnectionError("the process was started without pipes")
    process.stdin.write(line)
    await process.stdin.drain()
    return await process.stdout.readline()
