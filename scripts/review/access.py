"""`make access`: show who may call what, as access.yaml and the OpenAPI documents say.

python -m scripts.review.access [--root DIRECTORY]
"""

import argparse
from pathlib import Path

from scripts.build.data_files.operations import operations
from scripts.build.data_files.project import Project, load_project
from scripts.errors import run
from scripts.tools import ROOT


def main() -> None:
    """Print the matrix of the checkout; a mistake in its data files ends with exit code 2."""
    parser = argparse.ArgumentParser(prog="make access", description="Show who may call what.")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout to read, to compare two of them")
    print(matrix(load_project(parser.parse_args().root)))


def matrix(project: Project) -> str:
    """Return a Markdown table: a row for each operation, what it needs, and a column for each that may be granted it.

    First the connections, then the machine clients, which say that they are.
    """
    grantees = [
        (f"{grantee['display_name']}{mark}", set(grantee["scopes"]))
        for section, mark in (("connections", ""), ("machine_clients", " (machine)"))
        for _, grantee in sorted(project.access[section].items())
    ]
    lines = [
        _row(["operation", "needs", *(title for title, _ in grantees)]),
        _row(["---", "---", *(":---:" for _ in grantees)]),
    ]
    for name in sorted(project.apis):
        for operation in operations(project.apis[name]):
            needs = (
                "nothing: public"
                if operation.any_of is None
                else " or ".join(" and ".join(f"`{scope}`" for scope in needed) for needed in operation.any_of)
            )
            marks = ["yes" if operation.allows(scopes) else "no" for _, scopes in grantees]
            lines.append(_row([f"`{operation}`", needs, *marks]))
    return "\n".join(lines)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    run(main)
