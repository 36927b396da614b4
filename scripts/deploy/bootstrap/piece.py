"""One part that an environment needs: how to see whether it exists, and how to create it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from scripts.errors import OperationError
from scripts.project_name import PROJECT

TAGS = [{"Key": "project", "Value": PROJECT}, {"Key": "managed_by", "Value": "bootstrap"}]
"""The tags of everything that bootstrap creates."""

_ABSENT = 404


@dataclass(frozen=True)
class State:
    """The state of a part: missing, as required, or different; `difference` says how."""

    is_missing: bool = False
    difference: str = ""

    @property
    def word(self) -> str:
        """The state in one word."""
        return "missing" if self.is_missing else "DIFFERS" if self.difference else "ok"


MISSING = State(is_missing=True)
PRESENT = State()


class Piece(ABC):
    """One part; `title` names it."""

    title: str

    @abstractmethod
    def look(self) -> State:
        """Return the part's state; raises OperationError if AWS does not answer."""

    @abstractmethod
    def make(self) -> None:
        """Create the part, or finish what an interrupted run began; raises OperationError if AWS refuses."""

    def note(self) -> str:
        """Return a line for the user, to print once the part exists; by default none."""
        return ""


def ask(call: Callable[..., Mapping[str, Any]], **arguments: object) -> Mapping[str, Any] | None:
    """Return AWS's answer, or None if the thing does not exist; raises OperationError with AWS's own words."""
    try:
        return call(**arguments)
    except ClientError as error:
        if error.response["ResponseMetadata"].get("HTTPStatusCode") == _ABSENT:
            return None
        raise OperationError(f"AWS refuses: {error}; give your role that permission, then run again.") from error
    except BotoCoreError as error:
        raise OperationError(f"AWS does not answer: {error}; run again.") from error


def same_document(one: object, other: object) -> bool:
    """Return whether two policies are equal; each is a document or its text."""
    return _document(one) == _document(other)


def _document(policy: object) -> object:
    return json.loads(policy) if isinstance(policy, str) else policy
