"""The process in which one Action runs once, in V8: {"code", "event"} on stdin, {"commands"} or {"error"} on stdout.

A process of its own, because an endless loop behind an `await` cannot be stopped from inside V8's own process.
"""

import json
import os
import sys
from pathlib import Path

from py_mini_racer import JSEvalException, JSPromiseError, MiniRacer

_MEMORY_LIMIT_BYTES = 128 * 1024 * 1024


def execute(code: str, event: dict[str, object]) -> dict[str, object]:
    """Run the code's `onExecutePostLogin` with an event and return what it asked for, or the error it ended with."""
    engine = MiniRacer()
    engine.set_hard_memory_limit(_MEMORY_LIMIT_BYTES)
    harness = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").rstrip()
    arguments = f"{json.dumps(code)}, {json.dumps(json.dumps(event))}"
    try:
        answer = engine.eval(f"{harness}({arguments})")
        return {"commands": json.loads(str(answer.get()))}  # type: ignore[union-attr]
    except (JSEvalException, JSPromiseError) as error:
        return {"error": _first_line(str(error))}


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0].removeprefix("JavaScript rejected promise with reason: ") if lines else "unknown error"


if __name__ == "__main__":
    request = json.load(sys.stdin)
    json.dump(execute(request["code"], request["event"]), sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # V8 may still be busy with what the Action left behind; nobody waits for it
