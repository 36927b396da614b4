"""Lambda: an invocation is logged whole, and answered without a wait for its log.

A thread of ministack reads what a function writes, and after each answer ministack waits up to 50 ms for a first line:
too long for an invocation that logs nothing, and on a busy machine too short for the others, whose lines come with the
worker's next invocation, or are lost with the worker. But a handler's lines are in the pipe before its answer is: so
whoever answers reads the pipe too, and what the thread has taken from it is in the queue when the thread lets go of it.
"""

import os
import queue
import select
import threading
from collections.abc import Callable
from typing import IO, Any

from ministack.core import lambda_runtime

from local.aws.private_names import require, wrap_method

_CHUNK_BYTES = 65_536


class _Pipe:
    """What one process writes to its standard error; read by one thread at a time, line by line."""

    def __init__(self, stream: IO[str], lines: queue.Queue[str]) -> None:
        self._stream, self._lines = stream, lines
        self._reading = threading.Lock()
        self._begun = b""
        self.open = True

    def wait(self, milliseconds: int | None = None) -> bool:
        """Return whether there is something to read, the end included; without a limit, wait for it."""
        arrivals = select.poll()  # of this call: a poll object serves one thread
        arrivals.register(self._stream, select.POLLIN)
        return bool(arrivals.poll(milliseconds))

    def read(self) -> None:
        """Put the lines that are there into the queue."""
        with self._reading:
            while self.open and self.wait(0):
                chunk = os.read(self._stream.fileno(), _CHUNK_BYTES)
                self.open = bool(chunk)
                *whole, self._begun = (self._begun + (chunk or b"\n" * bool(self._begun))).split(b"\n")
                for line in whole:
                    self._lines.put(line.decode(errors="replace"))


def read_stderr(_original: Callable[..., None], worker: Any) -> None:  # noqa: ANN401 -- ministack's own type
    """Read what the worker's process writes until it ends, so that a full pipe never stops it."""
    worker.log_pipe = pipe = _Pipe(worker._proc.stderr, worker._stderr_queue)
    while pipe.open:
        pipe.wait()
        pipe.read()


def drain_log(_original: Callable[..., str], worker: Any, **_waits: float) -> str:  # noqa: ANN401
    """Return the log lines of the invocation that has just answered, joined by newlines."""
    worker.log_pipe.read()
    return str(worker._drain_stderr())


def install() -> None:
    """Replace the reading and the wait of ministack's Lambda workers."""
    require(lambda_runtime.Worker, "_drain_stderr")
    wrap_method(lambda_runtime.Worker, "_read_stderr", read_stderr)
    wrap_method(lambda_runtime.Worker, "_drain_stderr_bounded", drain_log)
