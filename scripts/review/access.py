"""`make access`: show who may call which operation, according to access.yaml and the OpenAPI documents.

python -m scripts.review.access [--format markdown|json] [--root DIRECTORY]
"""

import argparse
import json
import os
from pathlib import Path
from typing import Any

from scripts.build.data_files.operations import Operation, operations
from scripts.build.data_files.project import Project, load_project
from scripts.errors import run
from scripts.review.formats import FORMATS, chosen_format
from scripts.review.markdown import table
from scripts.tools import ROOT

_KINDS = (("connections", "connection", ""), ("machine_clients", "machine_client", " (machine)"))


def main() -> None:
    """Print the matrix of the checkout; a mistake in its data files ends with exit code 2."""
    parser = argparse.ArgumentParser(prog="make access", description="Show who may call what.")
    parser.add_argument("--format", choices=FORMATS, help="default: FORMAT, else markdown")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to read")
    arguments = parser.parse_args()
    wanted = chosen_format(arguments.format, os.environ)
    document = access_document(load_project(arguments.root))
    print(matrix(document) if wanted == "markdown" else json.dumps(document, indent=2, ensure_ascii=False))


def access_document(project: Project) -> dict[str, Any]:
    """Return who may call which operation, for programs.

    `callers`: the connections, then the machine clients, each with `kind`, `name`, `display_name` and `scopes`.
    `operations`: each with `api`, `method`, `path`, `public`, `needs` (alternatives, each a list of scopes that are all
    needed; null if public), `site` (`list` or `detail` for the view of the site that calls it, else null) and
    `callers`, the names of those who may call it. A public operation is open to everyone, with or without a token.
    """
    callers = [
        {
            "kind": kind,
            "name": name,
            "display_name": grantee["display_name"],
            "scopes": sorted(grantee["scopes"]),
        }
        for section, kind, _ in _KINDS
        for name, grantee in sorted(project.access[section].items())
    ]
    return {
        "audience": project.access["audience"],
        "callers": callers,
        "operations": [
            {
                "api": api,
                "method": operation.method,
                "path": operation.path,
                "public": operation.any_of is None,
                "needs": None if operation.any_of is None else [list(needed) for needed in operation.any_of],
                "site": _site_view(api, operation),
                "callers": [caller["name"] for caller in callers if operation.allows(set(caller["scopes"]))],
            }
            for api in sorted(project.apis)
            for operation in operations(project.apis[api])
        ],
    }


def matrix(document: dict[str, Any]) -> str:
    """Return access_document's content as a Markdown table: a row for each operation, a column for each caller.

    The connections come first, then the machine clients, marked as such.
    """
    marks = {kind: mark for _, kind, mark in _KINDS}
    callers = document["callers"]
    headings = ["operation", "needs", "site", "no token"]
    headings += [caller["display_name"] + marks[caller["kind"]] for caller in callers]
    rows = [
        [
            f"`{operation['method']} {operation['path']}`",
            _needs(operation["needs"]),
            operation["site"] or "",
            _yes(operation["public"]),
            *(_yes(caller["name"] in operation["callers"]) for caller in callers),
        ]
        for operation in document["operations"]
    ]
    return table(headings, rows, centred_from=3)


def _needs(needs: list[list[str]] | None) -> str:
    if needs is None:
        return "nothing: public"
    return " or ".join(" and ".join(f"`{scope}`" for scope in needed) for needed in needs)


def _yes(allowed: bool) -> str:  # noqa: FBT001 - the one argument of a formatter
    return "yes" if allowed else "no"


def _site_view(api: str, operation: Operation) -> str | None:
    """Return the view that calls an operation; the site derives its views from the documents."""
    views = {("GET", f"/{api}"): "list", ("GET", f"/{api}/{{id}}"): "detail"}
    return views.get((operation.method, operation.path))


if __name__ == "__main__":
    run(main)
