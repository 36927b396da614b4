"""`make publish VERSION=<version>`: make the release on GitHub from build/release, for the tag v<version>.

The release is a draft until all files are there. An earlier draft of the same version is taken up; a published
release is never changed.
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
    """Make the draft, upload what it lacks, publish it."""
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
                present[path.name].delete_asset()  # of an interrupted run
            release.upload_asset(str(path), name=path.name)
            detail(f"uploaded {path.name}")
        release.update_release(name=tag, message=notes, draft=False)
        detail(f"published {release.html_url}")


def linked(notes: str, base: str) -> str:
    """Return notes whose links to files lead below `base`: on a release's page they would lead nowhere."""
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
