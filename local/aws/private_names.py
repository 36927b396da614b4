"""Checks and replaces ministack's private names; no other file does so directly."""

import functools
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

from local.start import StartError

PINNED_VERSION = "1.5.33"

type Reply = tuple[int, dict[str, Any], bytes]
"""The answer of a ministack handler: status, headers, body."""

type OriginReply = tuple[int, str, dict[str, Any], bytes]
"""The answer of a distribution's origin: status, reason phrase, headers by lower-case name (a list if one repeats),
body."""


def require_pinned_version() -> None:
    """Raise StartError unless the pinned version of ministack is installed: the additions fit no other."""
    try:
        installed = version("ministack")
    except PackageNotFoundError:
        installed = "none"
    if installed != PINNED_VERSION:
        raise StartError(
            f"the local AWS needs ministack {PINNED_VERSION} but found {installed}; "
            "delete .venv and run the make verb again"
        )


def require(owner: ModuleType | type, *names: str) -> None:
    """Raise StartError if a module or class lacks one of `names`, which an addition reads or replaces."""
    missing = [name for name in names if not hasattr(owner, name)]
    if missing:
        raise StartError(
            f"{owner.__name__} has no {', '.join(missing)}, which the local AWS builds on; "
            f"delete .venv and run the make verb again to install ministack {PINNED_VERSION}"
        )


def wrap(module: ModuleType, name: str, wrapper: Callable[..., Any]) -> None:
    """Replace `module.name` by `wrapper`, whose first argument is the original."""
    require(module, name)
    setattr(module, name, functools.partial(wrapper, getattr(module, name)))


def wrap_method(owner: type, name: str, wrapper: Callable[..., Any]) -> None:
    """Replace the method `owner.name` by `wrapper`, whose first arguments are the original and the object."""
    require(owner, name)
    original = getattr(owner, name)

    def method(instance: object, *arguments: object, **named: object) -> object:
        return wrapper(original, instance, *arguments, **named)

    setattr(owner, name, method)
