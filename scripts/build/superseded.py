"""Keeps files of earlier builds deployed for 30 days, so that an open page survives a deployment.

An open page loads some of its modules later, by their names in its own build. The deployed site lists its files in
files.json. `keep_superseded` downloads the files that the new build lacks and adds them, with the day on which they
were superseded, until 30 days have passed.
"""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import httpx

from scripts.build.bundle import ASSETS
from scripts.build.content_types import CONTENT_TYPES
from scripts.build.site import LIST
from scripts.console import detail

KEPT = timedelta(days=30)
"""After that time, an open page fails to load a module and asks its visitor to reload."""

_NAME = re.compile(rf"{ASSETS}/[A-Za-z0-9._-]+")


def keep_superseded(site: httpx.Client, built: Path, today: date) -> list[str]:
    """Add the deployed site's earlier files to `built`, a folder of build_site, and return their names.

    `site` is a client of the deployed site. If the site has no list, or does not answer, nothing is kept; in the
    second case a message says so.
    """
    try:
        deployed = _deployed(site)
        own = json.loads((built / LIST).read_text(encoding="utf-8"))
        kept = {name: since for name, since in deployed.items() if name not in own["content_types"]}
        superseded = {name: since or today for name, since in kept.items() if since is None or today - since < KEPT}
        for name in superseded:
            _fetch(site, name, built / name)
    except httpx.HTTPError as error:
        detail(f"the deployed site does not answer ({type(error).__name__}): open pages may have to reload")
        return []
    if superseded:
        types = {name: CONTENT_TYPES[Path(name).suffix] for name in superseded}
        own["content_types"] = dict(sorted((own["content_types"] | types).items()))
        own["superseded"] = {name: since.isoformat() for name, since in sorted(superseded.items())}
        (built / LIST).write_text(json.dumps(own, indent=2) + "\n", encoding="utf-8")
        detail(f"{len(superseded)} files of earlier builds stay, for open pages")
    return sorted(superseded)


def _deployed(site: httpx.Client) -> dict[str, date | None]:
    """Return the deployed files whose names carry a hash, each with the day on which it was superseded, if it was."""
    answer = site.get(f"/{LIST}")
    if answer.status_code != httpx.codes.OK or not answer.headers.get("content-type", "").startswith(
        "application/json"
    ):
        return {}
    listed = answer.json()
    superseded = {name: date.fromisoformat(since) for name, since in listed.get("superseded", {}).items()}
    names = [name for name in listed["content_types"] if _NAME.fullmatch(name) and Path(name).suffix in CONTENT_TYPES]
    return {name: superseded.get(name) for name in names}


def _fetch(site: httpx.Client, name: str, path: Path) -> None:
    answer = site.get(f"/{name}")
    answer.raise_for_status()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(answer.content)
