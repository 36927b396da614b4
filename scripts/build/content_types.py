"""The kinds of file in site/: the content type of each, and the files that are not deployed."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from scripts.errors import UserError

CONTENT_TYPES = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
"""By suffix. Every response carries `nosniff`, so a browser refuses a file with the wrong type."""

SOURCES = frozenset({".css", ".js"})
"""The bundler's inputs; its outputs are deployed instead."""

CONFIGURATION = "config.json"
"""The site's configuration, which Terraform writes at each deployment."""

_TOOLS = frozenset(
    {"biome.json", "jsconfig.json", "libraries.json", "package-lock.json", "package.json", "tsconfig.json"}
)
"""The configuration files of tools, at the top of site/."""


def site_files(source: Path) -> dict[str, Path]:
    """Return the files of `source` that belong to the site, by their path in it.

    Hidden files, the leftovers of editors (`name~`), type declarations (`.d.ts`), node_modules and the tools' settings
    do not belong to it.

    Raises:
        UserError: a file has no known content type, is a symbolic link, or has the name of a generated file.
    """
    files = {}
    for path in sorted(_own_files(source)):
        name = path.relative_to(source).as_posix()
        if path.is_symlink():
            raise UserError(f"site/{name} is a symbolic link, which is not deployed; put the file itself there.")
        if path.suffix not in CONTENT_TYPES:
            kind = path.suffix or "nameless"
            raise UserError(
                f"site/{name} would be left out of the site, because no media type is known for {kind} files; move it "
                "out of site/, or add the type to scripts/build/content_types.py."
            )
        if name in {CONFIGURATION, "files.json"} or name.startswith("assets/"):
            raise UserError(f"site/{name} has the name of a file that the deployment creates; rename it.")
        files[name] = path
    return files


def _own_files(source: Path) -> Iterator[Path]:
    for folder, folders, names in source.walk():
        inside = PurePosixPath(folder.relative_to(source))
        folders[:] = [each for each in folders if not _stays_at_home(inside / each)]  # node_modules has thousands
        for name in names:
            if not (_stays_at_home(inside / name) or _is_for_tools(inside / name)):
                yield folder / name


def _stays_at_home(path: PurePosixPath) -> bool:
    return path.name.startswith(".") or path.name.endswith("~") or str(path) == "node_modules"


def _is_for_tools(path: PurePosixPath) -> bool:
    return str(path) in _TOOLS or path.name.endswith(".d.ts")
