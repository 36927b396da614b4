"""Lambda: the log of an invocation is complete, and the answer does not wait for it.

A thread of ministack reads a function's output. After each answer ministack waits up to 50 ms for a first line. That is
too long for an invocation without a log. On a busy machine it is too short for the others: their lines then appear with
the worker's next invocation, or are lost with the worker. But a handler writes its lines into the pipe before its
answer. So the code that answers reads the pipe as well. A lock lets one thread read at a time: once it
is free, all lines read so far are in the queue.
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
    """The standard error of one process, read line by line, by one thread at a time."""

    def __init__(self, stream: IO[str], lines: queue.Queue[str]) -> None:
        self._stream, self._lines = stream, lines
        self._reading = threading.Lock()
        self._begun = b""
        self.open = True

    def wait(self, milliseconds: int | None = None) -> bool:
        """Return whether there is output, or its end; without a limit, wait for either."""
        arrivals = select.poll()  # one for each call, because a poll object serves only one thread
        arrivals.register(self._stream, select.POLLIN)
        return bool(arrivals.poll(milliseconds))

    def read(self) -> None:
        """Put the lines that have arrived into the queue."""
        with self._reading:
            while self.open and self.wait(0):
                chunk = os.read(self._stream.fileno(), _CHUNK_BYTES)
                self.open = bool(chunk)
                *whole, self._begun = (self._begun + (chunk or b"\n" * bool(self._begun))).split(b"\n")
                for line in whole:
                    self._lines.put(line.decode(errors="replace"))


def read_stderr(_original: Callable[..., None], worker: Any) -> None:  # noqa: ANN401 -- ministack's own type
    """Read the worker's output until it ends, so that a full pipe never blocks it."""
    worker.log_pipe = pipe = _Pipe(worker._proc.stderr, worker._stderr_queue)
    while pipe.open:
        pipe.wait()
        pipe.read()


def drain_log(_original: Callable[..., str], worker: Any, **_waits: float) -> str:  # noqa: ANN401
    """Return the log lines of the invocation that just answered, joined by newlines."""
    worker.log_pipe.read()
    return str(worker._drain_stderr())


def install() -> None:
    """Replace how ministack's Lambda workers read and wait for logs."""
    require(lambda_runtime.Worker, "_drain_stderr")
    wrap_method(lambda_runtime.Worker, "_read_stderr", read_stderr)
    wrap_method(lambda_runtime.Worker, "_drain_stderr_bounded", drain_log)
