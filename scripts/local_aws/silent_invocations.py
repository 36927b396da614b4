"""Lambda: an invocation that logs nothing is answered at once.

After each answer ministack waits up to 50 ms for a first log line. A handler's lines are in the pipe before its answer
is, so a wait that lets the reading thread run is enough; a request that passes the authorizer and an API waits twice.
"""

from collections.abc import Callable

from ministack.core import lambda_runtime

from scripts.local_aws.private_names import wrap_method

_FIRST_LINE_SECONDS = 0.005


def drain_log(
    original: Callable[..., str], worker: object, first_line_wait: float = _FIRST_LINE_SECONDS, **limits: float
) -> str:
    """Return the log lines of the invocation that has just answered, joined by newlines."""
    return original(worker, first_line_wait=first_line_wait, **limits)


def install() -> None:
    """Replace the wait of ministack's Lambda workers."""
    wrap_method(lambda_runtime.Worker, "_drain_stderr_bounded", drain_log)
