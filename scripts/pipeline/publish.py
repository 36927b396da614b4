"""`make publish VERSION=<version>`: publish build/release as the release of the tag v<version> on GitHub.

The release stays a draft until it has all files. The command completes an earlier draft of the same version, and never
changes a published release.
"""

import os
import re

from github.GitRelease import GitRelease
from github.Repository import Repository

from scripts.console import detail
from scripts.errors import UserError, run
from scripts.pipeline.github_api import repository_of
from scripts.pipeline.job import current
from scripts.pipeline.release import NOTES, RELEASE, version_of

_LINK_TO_A_FILE = re.compile(r"\]\((?!https?://|#)([^)\s]+)\)")


def main() -> None:
    """Create the draft, upload the files that it lacks, publish it."""
    version = version_of("publish", __doc__)
    if not (RELEASE / NOTES).exists():
        raise UserError(f"there is nothing to publish; run `make release VERSION={version}` first.")
    tag = f"v{version}"
    job = current(os.environ)
    notes = linked((RELEASE / NOTES).read_text(encoding="utf-8"), f"{job.repository_url}/blob/{tag}")
    with repository_of(job) as repository:
        release = _draft(repository, tag, notes)
        present = {asset.name: asset for asset in release.get_assets()}
        for path in sorted(RELEASE.iterdir()):
            if path.name == NOTES:
                continue
            if path.name in present:
                present[path.name].delete_asset()  # an interrupted run left it
            release.upload_asset(str(path), name=path.name)
            detail(f"uploaded {path.name}")
        release.update_release(name=tag, message=notes, draft=False)
        detail(f"published {release.html_url}")


def linked(notes: str, base: str) -> str:
    """Return notes whose relative links point below `base`; on a release's page they would lead nowhere."""
    return _LINK_TO_A_FILE.sub(rf"]({base}/\1)", notes)


def _draft(repository: Repository, tag: str, notes: str) -> GitRelease:
    for each in repository.get_releases():
        if each.tag_name == tag:
            if not each.draft:
                raise UserError(f"{each.html_url} is published already; use the next version.")
            return each
    return repository.create_git_release(tag, name=tag, message=notes, draft=True)


if __name__ == "__main__":
    run(main)
