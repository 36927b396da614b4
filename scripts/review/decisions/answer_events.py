"""Answers authorizer events with an unpacked zip of the authorizer; runs in its own process.

It imports nothing of this project but the zip's content. Standard input is one JSON object: `folder`, that of the
unpacked zip; `settings` of the function; `events`. Standard output is a JSON array: for each event the policy document,
or null if API Gateway would answer 401 or 500.
"""

import json
import os
import sys


def main() -> None:
    """Answer all events, and write the answers to the real standard output, apart from the authorizer's prints."""
    task = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.environ.update(task["settings"])
    sys.path.insert(0, task["folder"])
    from authorizer.main import handler

    found = []
    for event in task["events"]:
        try:
            found.append(handler(event, None)["policyDocument"])
        except Exception:
            found.append(None)
    json.dump(found, answers)
    answers.close()


if __name__ == "__main__":
    main()
