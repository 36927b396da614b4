"""Runs Actions in V8, each in its own context: a line {"code", "event"} in, a line {"commands"} or {"error"} out."""

import json
import os
import sys
from pathlib import Path

from py_mini_racer import JSEvalException, JSPromise, JSPromiseError, MiniRacer

_MEMORY_LIMIT_BYTES = 128 * 1024 * 1024
_HARNESS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").rstrip()


def execute(code: str, event: dict[str, object]) -> dict[str, object]:
    """Run the code's `onExecutePostLogin` with an event and return what it asked for, or the error it ended with."""
    engine = MiniRacer()
    engine.set_hard_memory_limit(_MEMORY_LIMIT_BYTES)
    try:
        promise = engine.eval(f"{_HARNESS}({json.dumps(code)}, {json.dumps(json.dumps(event))})")
        answer = promise.get() if isinstance(promise, JSPromise) else "[]"
        return {"commands": json.loads(str(answer))}
    except (JSEvalException, JSPromiseError) as error:
        return {"error": _first_line(str(error))}
    finally:
        engine.close()


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0].removeprefix("JavaScript rejected promise with reason: ") if lines else "unknown error"


if __name__ == "__main__":
    for line in sys.stdin:
        request = json.loads(line)
        sys.stdout.write(json.dumps(execute(request["code"], request["event"])) + "\n")
        sys.stdout.flush()
    os._exit(0)  # V8 may still be busy with what an Action left behind; nobody waits for it
