"""Lambda: an exception that a handler raises ends the invocation, not the execution environment.

AWS starts a new environment only after a time-out, an exit or a failed import (Lambda Developer Guide, "Lambda
execution environment lifecycle"). ministack ends the process after every exception, so each token that an authorizer
refuses with "Unauthorized" would cost a cold start of half a second.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime

from local.aws.private_names import require, wrap_method
from local.start import StartError

# ministack's worker reports an exception with this line; ministack keeps the process only for the status "ok".
_REPORTED = '{"status": "error", "error": str(e), "trace": traceback.format_exc()}'
_KEPT = '{"status": "ok", "raised": True, "error": str(e), "trace": traceback.format_exc()}'


def invoke(original: Callable[..., dict[str, Any]], *arguments: object, **named: object) -> dict[str, Any]:
    """Invoke the handler; report an exception as ministack does: status "error", the message, the traceback."""
    result = original(*arguments, **named)
    if result.pop("raised", False):
        result["status"] = "error"
    return result


def install() -> None:
    """Change the status in the worker's script, and restore it in the answer."""
    require(lambda_runtime, "_PYTHON_WORKER_SCRIPT", "Worker")
    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_REPORTED) != 1:
        raise StartError(
            "ministack's Lambda worker reports exceptions in a new way; "
            "delete .venv and run the make verb again to install the pinned ministack"
        )
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_REPORTED, _KEPT)
    wrap_method(lambda_runtime.Worker, "invoke", invoke)
