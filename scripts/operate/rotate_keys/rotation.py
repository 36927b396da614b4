"""The common part of every rotation: its inputs, and how it waits."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scripts import revocation_list
from scripts.console import detail, step
from scripts.operate import logs
from scripts.operate.doctor.target import Target

if TYPE_CHECKING:
    from scripts.environments import Environment

SPREADING_SECONDS = 10  # until every host of the tenant signs with the new key; Auth0 gives no figure
_PROGRESS_SECONDS = 30


@dataclass(frozen=True)
class Rotation:
    """The environment, its tenant, the options of the command line, and the shell's variables."""

    environment: "Environment"
    tenant: Target
    dry_run: bool
    confirmed: str
    shell: Mapping[str, str]


def wait(until: float, why: str) -> None:
    """Wait until a time (Unix, seconds); print the reason and the time."""
    if (left := until - time.time()) > 0:
        step(f"Waiting {why}: {logs.shown(until)}, {revocation_list.duration(left)}")
    while (left := until - time.time()) > 0:
        time.sleep(min(left, _PROGRESS_SECONDS))
        detail(f"{max(until - time.time(), 0):.0f} s left")
