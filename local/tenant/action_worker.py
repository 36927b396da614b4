"""Runs the Actions of one login in V8, each in a new isolate. Its argument is the process id of its tenant.

Reads a line of JSON: {"actions": [{"code", "secrets"}], "event", "cache"}. Writes a line: {"runs": [...], "cache"}; a
run is {"commands", "console"}, with "error" if the Action failed. No Action runs after one that failed or denied.

A new isolate costs three milliseconds. It isolates the globals, prototypes and timers of one login from the next.
"""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from py_mini_racer import JSEvalException, JSOOMException, JSPromise, JSPromiseError, MiniRacer

_MEMORY_LIMIT_BYTES = 128 * 1024 * 1024
_HARNESS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8").rstrip()


def execute(actions: list[dict[str, Any]], event: dict[str, Any], cache: dict[str, Any]) -> dict[str, Any]:
    """Run the Actions in order; each sees the transaction's metadata and the cache as the previous one left them."""
    runs: list[dict[str, Any]] = []
    for action in actions:
        answer = _run(action["code"], {"event": {**event, "secrets": action["secrets"]}, "cache": cache})
        runs.append({name: answer[name] for name in ("commands", "console", "error") if name in answer})
        if "error" in answer or any(command[0] == "access.deny" for command in answer["commands"]):
            return {"runs": runs, "cache": answer.get("cache", cache)}
        cache = answer["cache"]
        event = {**event, "transaction": {**event.get("transaction", {}), "metadata": answer["metadata"]}}
    return {"runs": runs, "cache": cache}


def _run(code: str, given: dict[str, Any]) -> dict[str, Any]:
    engine = MiniRacer()
    engine.set_hard_memory_limit(_MEMORY_LIMIT_BYTES)
    try:
        promise = engine.eval(f"{_HARNESS}({json.dumps(code)}, {json.dumps(json.dumps(given))})")
        if not isinstance(promise, JSPromise):
            return _failed("the Action did not return a promise")
        answer: dict[str, Any] = json.loads(str(promise.get()))
    except JSOOMException:
        return _failed("the Action used too much memory")
    except (JSEvalException, JSPromiseError) as error:
        return _failed(_first_line(str(error)))
    except ValueError:
        return _failed("the Action returned nothing readable")
    else:
        return answer
    finally:
        engine.close()


def _failed(error: str) -> dict[str, Any]:
    return {"commands": [], "console": [], "error": error}


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return lines[0].removeprefix("JavaScript rejected promise with reason: ") if lines else "unknown error"


def _end_with(parent: int) -> None:
    """End this process once the tenant has ended: a busy Action does not notice that the pipe was closed.

    `parent` is the tenant's process id. It may have ended before this process began, so `getppid` alone cannot tell.
    """
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    for line in sys.stdin:
        request = json.loads(line)
        sys.stdout.write(json.dumps(execute(request["actions"], request["event"], request["cache"])) + "\n")
        sys.stdout.flush()
    os._exit(0)  # do not wait for V8: an Action may have left timers or promises
