"""Runs Actions in a separate process, one login at a time, and replaces the process if an Action does not return.

Nothing inside V8's process can stop an endless loop after an `await`, and V8 ends its process when memory runs out.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TIME_LIMIT_SECONDS = 20.0  # Auth0's own limit for the whole trigger
# The code of an Action sees no setting and no secret of the shell.
_PASSED = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
_LINE_LIMIT_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Run:
    """The result of an Action: its calls of `api` as [method, ...arguments], console as [level, text], and error."""

    commands: list[list[Any]] = field(default_factory=list)
    console: list[list[str]] = field(default_factory=list)
    error: str | None = None


class ActionProcess:
    """Starts the process for the first login, so that the process belongs to the running event loop."""

    def __init__(self, time_limit_seconds: float = _TIME_LIMIT_SECONDS) -> None:
        self.time_limit_seconds = time_limit_seconds
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._cache: dict[str, Any] = {}  # the content of `api.cache`, shared by all Actions and logins of the trigger

    async def execute(self, actions: list[dict[str, Any]], event: dict[str, Any]) -> list[Run]:
        """Run Actions, each {"code", "secrets"}, in order, and return the result of each.

        The last result has an error if its Action threw or used too much memory, or if all Actions took too long.
        """
        async with self._turn:
            request = {"actions": actions, "event": event, "cache": self._cache}
            answer = await self._ask(json.dumps(request).encode() + b"\n")
            self._cache = answer.get("cache", self._cache)
        return [Run(**run) for run in answer["runs"]]

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
        self._process = None  # it gets no other login until it has answered
        answer: dict[str, Any]
        try:
            async with asyncio.timeout(self.time_limit_seconds):
                answer = json.loads(await _exchange(process, line))
        except TimeoutError:
            answer = _failed(f"the Actions took longer than {self.time_limit_seconds:g} seconds")
        except (ValueError, ConnectionError):
            answer = _failed("the Action used too much memory")
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
            "local.tenant.action_worker",
            str(os.getpid()),
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**_PASSED, "PYTHONPATH": str(Path(__file__).parents[2])},
            limit=_LINE_LIMIT_BYTES,
        )


async def _exchange(process: Process, line: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        raise ConnectionError("the process was started without pipes")
    process.stdin.write(line)
    await process.stdin.drain()
    return await process.stdout.readline()


def _failed(error: str) -> dict[str, Any]:
    return {"runs": [{"error": error}]}
