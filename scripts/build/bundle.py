"""Bundles the site's modules and style sheets with esbuild: minified files whose names carry a content hash."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from scripts.build import program
from scripts.child_environment import for_program
from scripts.errors import OperationError
from scripts.tools import NODE, require

ASSETS = "assets"
"""The folder of the files whose names carry a hash; CloudFront and browsers keep them for a year."""

_TARGET = "es2022"  # the syntax that browsers of the last three years support


@dataclass(frozen=True)
class Bundle:
    """The result of esbuild.

    `files`: content by published path. `names`: the published path of each entry point. `needs`: for each entry point,
    the published paths of its static imports. `inputs`: the source files, below site/.
    """

    files: dict[str, bytes]
    names: dict[str, str]
    needs: dict[str, list[str]]
    inputs: frozenset[str]


def bundle(source: Path, entry_points: list[str]) -> Bundle:
    """Bundle `entry_points`, paths below `source`.

    Raises:
        UserError: Node.js is missing or too old.
        OperationError: esbuild refuses the code; the message is its own.
    """
    node = str(require(NODE))
    with tempfile.TemporaryDirectory() as folder:
        output, report = Path(folder, "output"), Path(folder, "report.json")
        command = [
            node,
            str(source / "node_modules" / "esbuild" / "bin" / "esbuild"),
            *entry_points,
            "--bundle",
            "--preserve-symlinks",  # file names, and so hashes, do not depend on where node_modules is
            "--splitting",
            "--format=esm",
            "--minify",
            "--tsconfig-raw={}",  # the bundle ignores the type checker's settings
            f"--target={_TARGET}",
            "--legal-comments=none",  # licenses.txt has the licences
            f"--outdir={output}",
            *(f"--{kind}-names={ASSETS}/[name]-[hash]" for kind in ("entry", "chunk", "asset")),
            "--public-path=/",
            *(f"--loader:{suffix}=file" for suffix in (".png", ".svg", ".webp", ".woff2")),
            f"--metafile={report}",
            "--log-level=warning",
            "--color=false",
        ]
        answer = program.run(command, for_program(), source)
        if answer.returncode:
            said = answer.stderr.partition("\nnode:")[0]  # the rest is the stack trace of esbuild's script
            raise OperationError(f"esbuild refuses the site's code:\n{said.strip()}")
        return _read(output, json.loads(report.read_text(encoding="utf-8")))


def _read(output: Path, report: dict[str, dict[str, dict[str, object]]]) -> Bundle:
    files = {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}

    def published(reported: str) -> str:
        return f"{ASSETS}/{reported.rsplit('/', 1)[-1]}"

    names, needs = {}, {}
    for reported, made in report["outputs"].items():
        if isinstance(entry := made.get("entryPoint"), str):
            names[entry] = published(reported)
            needs[entry] = _static_imports(report["outputs"], reported)
    needs = {entry: [published(name) for name in imported] for entry, imported in needs.items()}
    return Bundle(files, names, needs, frozenset(report["inputs"]))


def _static_imports(outputs: dict[str, dict[str, object]], name: str) -> list[str]:
    """Return the outputs that `name` imports statically, directly or through another output, each once."""
    found: list[str] = []
    waiting = [name]
    while waiting:
        for imported in outputs[waiting.pop()]["imports"]:  # type: ignore[attr-defined] # a list of objects
            if imported["kind"] == "import-statement" and imported["path"] in outputs and imported["path"] not in found:
                found.append(imported["path"])
                waiting.append(imported["path"])
    return found
