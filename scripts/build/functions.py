"""Builds build/<architecture>/<function>.zip: the authorizer with its access model, each API with its document."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import whole_file
from scripts.build.bytecode import Compiler
from scripts.build.data_files import Project, load_project
from scripts.build.wheels import library_files
from scripts.build.zip_format import zip_bytes
from scripts.errors import OperationError, UserError

AUTHORIZER = "authorizer"
BUDGET_BYTES = 5_100_000
"""The largest allowed size of a zip, to notice an unwanted library. The authorizer's zip, the largest, has 5.0 MB."""

_DATA_FILES = frozenset({"openapi.yaml", "sample.json"})
"""The other files of an API's folder: the build compiles the document, Terraform reads the sample."""

_BUILDERS = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Built:
    """A built zip; `changed` says whether this run wrote it."""

    path: Path
    size_bytes: int
    sha256: str
    changed: bool


def build_functions(
    root: Path, output: Path, architecture: str, audience: str | None = None, names: Sequence[str] | None = None
) -> Iterator[Built]:
    """Build the zip of each function under `root` in `output`/<architecture>, and yield it.

    `audience` replaces the one of access.yaml in the authorizer's access model. `names` are the functions to build, all
    by default.

    A zip with unchanged inputs keeps its date. Raises UserError for a mistake in the data files, before it writes any
    zip, or if the compiler is not that of `.python-version`; OperationError if a library cannot be downloaded or a zip
    is over its budget.
    """
    python_version = _python_version(root)
    compiler = Compiler(python_version, output / "cache" / "bytecode")
    wheels, directory = output / "cache" / "wheels", output / architecture
    record_path = directory / "inputs.json"
    record = _read_record(record_path)
    apis = _api_names(root)
    shared = _shared_digest(root, apis, f"{architecture} {compiler.digest}")
    digests = {name: _inputs_digest(root, name, shared, audience) for name in names or [AUTHORIZER, *apis]}
    stale = [name for name in digests if not _stands(directory / f"{name}.zip", record.get(name), digests[name])]
    parts = {}
    if stale:
        project = load_project(root, audience)
        for name in stale:
            libraries = library_files(_requirements(root, name), python_version, architecture, wheels)
            parts[name] = _files(root, name, project), libraries
        compiler.compile(*(files for pair in parts.values() for files in pair))  # all at once: it starts slowly
    for name in digests:
        path = directory / f"{name}.zip"
        if name in parts:
            built = _write(compiler.with_bytecode(*parts[name]), path)
            record[name] = {"inputs": digests[name], "sha256": built.sha256}
            record_path.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n", encoding="utf-8")
            yield built
        else:
            yield Built(path, path.stat().st_size, record[name]["sha256"], changed=False)


def _python_version(root: Path) -> str:
    """Return the minor version of Lambda's Python, such as `3.13`."""
    return ".".join((root / ".python-version").read_text(encoding="utf-8").strip().split(".")[:2])


def _api_names(root: Path) -> list[str]:
    return sorted(path.parent.name for path in (root / "functions").glob("*/openapi.yaml"))


def _requirements(root: Path, name: str) -> Path:
    return root / "requirements" / ("authorizer.txt" if name == AUTHORIZER else "apis.txt")


def _files(root: Path, name: str, project: Project) -> dict[str, bytes]:
    """Return our own files of a function's zip, by their name in it; tests import modules by the same names."""
    functions = root / "functions"
    sources = _sources(functions, _packages(name))
    files = {source.relative_to(functions).as_posix(): source.read_bytes() for source in sources}
    if name == AUTHORIZER:
        files[f"{name}/access_model.json"] = _json(project.access_model)
    else:
        files[f"{name}/openapi.json"] = _json(project.apis[name])
    return files


def _packages(name: str) -> list[str]:
    """Return the folders of functions/ that a function's zip contains."""
    return [name] if name == AUTHORIZER else [name, "guard", "table_api"]


def _sources(functions: Path, packages: Iterable[str]) -> list[Path]:
    """Return the modules of the packages, without hidden files and editors' backup files.

    Raises:
        UserError: the zip would lack a file of a package.
    """
    sources = []
    for path in sorted(path for package in packages for path in (functions / package).rglob("*")):
        name = path.relative_to(functions)
        if any(part.startswith(".") or part.endswith("~") or part == "__pycache__" for part in name.parts):
            continue
        if path.suffix == ".py":
            sources.append(path)
        elif path.is_file() and path.name not in _DATA_FILES:
            raise UserError(
                f"functions/{name} would be left out of the function, which holds only Python modules and the OpenAPI "
                "document; put its content into a module, or move it out of functions/."
            )
    return sources


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def _shared_digest(root: Path, apis: Iterable[str], kind: str) -> bytes:
    """Return a digest of every zip's common inputs: the data files, the code of the build, and the zip's kind."""
    functions = root / "functions"
    return _digest(
        kind.encode(),
        [
            *(functions / api / "openapi.yaml" for api in apis),
            functions / "openapi.schema.json",
            root / "auth0" / "access.yaml",
            root / "auth0" / "access.schema.json",
            *sorted(_BUILDERS.glob("*.py")),
            *sorted((_BUILDERS / "data_files").glob("*.py")),
        ],
    )


def _inputs_digest(root: Path, name: str, shared: bytes, audience: str | None) -> str:
    """Return a digest of all inputs of a zip: the common ones, its sources, its requirements, and another audience."""
    of_preview = audience.encode() if audience and name == AUTHORIZER else b""
    return _digest(
        shared + of_preview, [*_sources(root / "functions", _packages(name)), _requirements(root, name)]
    ).hex()


def _digest(beginning: bytes, paths: Iterable[Path]) -> bytes:
    digest = hashlib.sha256(beginning)
    for path in paths:
        content = path.read_bytes() if path.exists() else b""
        digest.update(f"\0{path.relative_to(path.parents[1])}\0{len(content)}\0".encode() + content)
    return digest.digest()


def _read_record(path: Path) -> dict[str, dict[str, str]]:
    try:
        record: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return record


def _stands(path: Path, recorded: dict[str, str] | None, inputs: str) -> bool:
    if recorded is None or recorded["inputs"] != inputs or not path.exists():
        return False
    return _sha256(path) == recorded["sha256"]


def _write(files: dict[str, bytes], path: Path) -> Built:
    content = zip_bytes(files)
    if len(content) > BUDGET_BYTES:
        heaviest = max(files, key=lambda name: len(files[name]))
        raise OperationError(
            f"{path.name} would be {len(content) / 1e6:.1f} MB, over the budget of {BUDGET_BYTES / 1e6:.1f} MB; "
            f"its heaviest file is {heaviest}"
        )
    changed = whole_file.write(path, content)
    return Built(path, len(content), hashlib.sha256(content).hexdigest(), changed)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
