"""The size of the upload: the authorizer's zip."""

from tests.performance.material import Archive
from tests.performance.table import Row


def rows(archive: Archive) -> list[Row]:
    """Return the heavier of the two architectures."""
    sizes = {architecture: path.stat().st_size / 1e6 for architecture, path in archive.zips.items()}
    heavier = max(sizes, key=lambda architecture: sizes[architecture])
    return [Row("archive: with bytecode, the heavier architecture", sizes[heavier], "MB", bar=5.1, note=heavier)]
